"""Federated training at the site: permit, frozen data, network, Flower's ClientApp."""
