"""Who may touch the outside, module by module; the layers are in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("protos", "site_agent", "coordinator", "deploy")
GENERATED = ("*_pb2.py", "*_pb2_grpc.py")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def importers(graph: grimp.ImportGraph, package: str, imported: str) -> set[str]:
    if imported not in graph.modules:
        return set()
    found = graph.find_modules_that_directly_import(imported)
    return {module for module in found if module.split(".")[0] == package}


def test_only_the_uplink_speaks_to_the_outside(graph: grimp.ImportGraph) -> None:
    assert importers(graph, "site_agent", "grpc") == {"site_agent.uplink"}
    for client in ("httpx", "requests", "urllib", "urllib3", "aiohttp"):
        assert importers(graph, "site_agent", client) == set()


def test_only_the_store_and_the_ledger_write_databases(
    graph: grimp.ImportGraph,
) -> None:
    assert importers(graph, "site_agent", "sqlite3") == {
        "site_agent.egress",
        "site_agent.schema",
        "site_agent.store",
    }


def test_flower_is_met_at_the_gate_and_in_training_only(
    graph: grimp.ImportGraph,
) -> None:
    for module in importers(graph, "site_agent", "flwr"):
        assert module.startswith(("site_agent.gate", "site_agent.train."))
    for module in importers(graph, "coordinator", "flwr"):
        assert module.startswith("coordinator.training.")


def test_researchers_client_needs_nothing_else_of_the_coordinator(
    graph: grimp.ImportGraph,
) -> None:
    imported = graph.find_modules_directly_imported_by("coordinator.client")
    assert not {module for module in imported if module.split(".")[0] in PACKAGES}


def test_what_surrounds_the_programs_is_needed_by_none_of_them(
    graph: grimp.ImportGraph,
) -> None:
    for package in ("protos", "site_agent", "coordinator"):
        for module in graph.modules:
            if module.split(".")[0] == package:
                imported = graph.find_modules_directly_imported_by(module)
                assert not any(each.startswith("deploy") for each in imported)


def test_no_module_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if not any(path.match(pattern) for pattern in GENERATED)
        and (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}
