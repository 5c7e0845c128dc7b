"""Federated training from a permit to a model card, with Flower's real programs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from safetensors.numpy import load

from coordinator.config import CoordinatorPaths
from coordinator.rules.states import RunState
from protos import update
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
        assert kinds["metrics"][0] == 4
        assert "refusal" not in kinds
