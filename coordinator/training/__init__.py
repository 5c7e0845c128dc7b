"""Federated training at the coordinator: SuperLink, relay, ServerApp, registry."""
