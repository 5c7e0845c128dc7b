from __future__ import annotations

import hashlib

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load

from coordinator.config import CoordinatorPaths
from coordinator.training import registry
from protos import update
from protos.training_pb2 import Network

TINY = Network.DENSENET_TINY
WEIGHTS = np.arange(update.size(TINY), dtype=np.float32)


def save(home, weights=WEIGHTS, round_number=3):
    return registry.save(home, "plan-1", round_number, TINY, weights, {"round": "3"})


def test_weights_lie_under_the_names_of_their_network(tmp_path) -> None:
    saved = save(tmp_path)
    path = CoordinatorPaths(tmp_path).models / saved.path
    content = path.read_bytes()
    assert hashlib.sha256(content).digest() == saved.sha256
    tensors = load(content)
    flat = [tensors[each.name].ravel() for each in update.layout(TINY)]
    assert np.array_equal(np.concatenate(flat), WEIGHTS)
    assert all(tensors[each.name].shape == each.shape for each in update.layout(TINY))
    with safe_open(path, framework="numpy") as opened:
        assert opened.metadata() == {"round": "3"}
    assert path.stat().st_mode & 0o077 == 0


def test_same_weights_give_the_same_digest(tmp_path) -> None:
    assert save(tmp_path / "a") == save(tmp_path / "b")


def test_rounds_sort_by_name(tmp_path) -> None:
    paths = [save(tmp_path, round_number=number).path for number in (2, 10, 100)]
    assert paths == sorted(paths)


@pytest.mark.parametrize("weights", [WEIGHTS[:-1], WEIGHTS.astype(np.float64)])
def test_weights_of_another_network_are_refused(tmp_path, weights) -> None:
    with pytest.raises(ValueError, match="not those of the network"):
        save(tmp_path, weights)
    assert not CoordinatorPaths(tmp_path).models.exists()
