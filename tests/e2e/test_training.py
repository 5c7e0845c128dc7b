"""Federated training from a permit to a model card, with Flower's real programs."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from pathlib import Path

import pytest
from flwr.cli.build import build_fab_from_files
from flwr.common.serde import user_config_to_proto
from flwr.proto.control_pb2 import StartRunRequest
from flwr.proto.fab_pb2 import Fab
from safetensors.numpy import load

from coordinator.config import CoordinatorPaths
from coordinator.rules.states import RunState
from protos import bundle, envelope, update
from protos.training_pb2 import Network
from tests.e2e.world import World, world

pytestmark = pytest.mark.e2e


@pytest.fixture
def three(tmp_path: Path):
    with world(tmp_path, {"alder": 90, "birch": 24, "cedar": 24}) as made:
        yield made


def figures(made: World) -> dict[tuple[int, str, str], float]:
    return {(each.round, each.site, each.name): each.value for each in made.metrics()}


def test_permit_becomes_models_with_cards_and_figures(three: World) -> None:
    terms = three.plan(rounds=2)
    three.permit(terms)
    three.turn_until(lambda: three.ended(terms))
    run = three.run(terms)
    assert (run.state, run.detail) == (RunState.FINISHED, "")
    found = figures(three)
    for round_number in (1, 2):
        assert found[round_number, "alder", update.EXAMPLES] == 60
        assert found[round_number, "birch", update.EXAMPLES] in (10, 20)
        assert (round_number, "", update.TRAIN_LOSS) in found
        assert (round_number, "alder", "auroc-pleural-effusion") in found
        assert (round_number, "birch", "auroc-pleural-effusion") not in found
    first, last = three.models()
    content = (CoordinatorPaths(three.home).models / last.path).read_bytes()
    assert hashlib.sha256(content).digest() == last.sha256 != first.sha256
    tensors = load(content)
    assert {name: each.shape for name, each in tensors.items()} == {
        each.name: each.shape for each in update.layout(Network.DENSENET_TINY)
    }
    assert "alder, birch, cedar" in last.card
    assert last.sha256.hex() in last.card
    for hospital in three.hospitals:
        ledger = hospital.membership.ledger
        assert ledger.verify()
        kinds = ledger.totals()
        assert kinds["weights"][0] >= 2
        assert kinds["metrics"][0] >= 2  # the same figures travel once
        assert "refusal" not in kinds


def test_site_whose_films_were_changed_gives_no_update(three: World) -> None:
    for hospital in three.hospitals[1:]:
        film = next(hospital.membership.paths.studies.glob("*/primary.dcm"))
        film.write_bytes(b"exchanged")
    terms = three.plan(rounds=1, strategy="fedprox")
    three.permit(terms)
    three.turn_until(lambda: three.ended(terms))
    run = three.run(terms)
    assert run.state == RunState.FAILED
    assert run.detail == (
        "round 1: 1 sites gave an update and 2 are needed "
        "(birch: the training failed here; the site's log says why; "
        "cedar: the training failed here; the site's log says why)"
    )
    log = three.hospitals[1].membership.paths.logs / "client-app.log"
    assert "1 films are missing or not those that were frozen" in log.read_text()
    assert not three.models()


def test_run_goes_on_without_a_supernode_that_was_killed(three: World) -> None:
    terms = three.plan(rounds=2)
    three.permit(terms)
    three.turn_until(lambda: three.models())
    supernode, _ = three.hospitals[2].supernode.pids
    os.kill(supernode, signal.SIGKILL)
    three.turn_until(lambda: three.ended(terms))
    run = three.run(terms)
    assert (run.state, run.detail) == (RunState.FINISHED, "")
    assert "absent in this round: cedar" in three.models()[-1].card


def test_superlink_that_was_killed_leaves_no_run_without_an_end(three: World) -> None:
    terms = three.plan(rounds=2)
    three.permit(terms)
    three.turn_until(lambda: three.models())
    superlink, _ = three.supervisor.pids
    os.kill(superlink, signal.SIGKILL)
    three.turn_until(lambda: three.ended(terms))
    run = three.run(terms)
    # It goes on after the restart, unless something was just being pushed.
    assert run.state == RunState.FINISHED or run.detail
    assert three.supervisor.pids[0] != superlink


def test_end_of_the_server_app_is_recorded(three: World) -> None:
    terms = three.plan(rounds=1000)
    three.permit(terms)
    three.turn_until(lambda: three.models())
    _, superexec = three.supervisor.pids
    os.kill(superexec, signal.SIGKILL)  # and its child, the ServerApp, with it
    three.turn_until(lambda: three.ended(terms))
    run = three.run(terms)
    assert run.state == RunState.FAILED
    assert run.detail


SPY = """
import json, time
from flwr.app import Array, ArrayRecord, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp

client, server = ClientApp(), ServerApp()

@client.train()
def train(message, context):
    open({marker!r}, "w").close()

@server.main()
def main(grid, context):
    asked = [Message(RecordDict(), node, "train") for node in grid.get_node_ids()]
    replies = grid.send_and_receive(asked, timeout=60)
    told = [reply.error.reason if reply.has_error() else "" for reply in replies]
    open({told!r}, "w").write(json.dumps(told))
"""
SPY_PROJECT = """
[project]
name = "hilum"
version = "0.1.0"
dependencies = []
[tool.flwr.app]
publisher = "hilum"
[tool.flwr.app.components]
serverapp = "spy:server"
clientapp = "spy:client"
[tool.flwr.app.config]
permit = ""
"""


# Flower's own way to build a bundle calls pathspec by an old name.
@pytest.mark.filterwarnings("ignore:GitWildMatchPattern:DeprecationWarning")
def test_bundle_with_code_reaches_no_site_and_its_server_is_told(
    three: World, tmp_path: Path
) -> None:
    terms = three.plan(rounds=1)
    three.permit(terms)
    three.turn_until(lambda: three.ended(terms))
    marker, told = tmp_path / "marker", tmp_path / "told"
    code = SPY.format(marker=str(marker), told=str(told))
    fab, _ = build_fab_from_files(
        {"pyproject.toml": SPY_PROJECT.encode(), "spy.py": code.encode()}
    )
    digest = envelope.digest(terms)
    three.control.StartRun(
        StartRunRequest(
            fab=Fab(hash_str=hashlib.sha256(fab).hexdigest(), content=fab),
            override_config=user_config_to_proto(dict(bundle.run_config(digest))),
        )
    )
    three.turn_until(lambda: told.exists() and told.read_text())
    assert (
        json.loads(told.read_text())
        == ["The run is not on the bundle installed here."] * 3
    )
    assert not marker.exists()
    for hospital in three.hospitals:
        assert hospital.membership.ledger.totals()["refusal"][0] == 2
