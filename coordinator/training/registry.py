"""The model registry's files: safetensors, named by plan and round, with a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as to_safetensors

from coordinator import durable
from coordinator.config import CoordinatorPaths
from protos import update
from protos.training_pb2 import Network


@dataclass(frozen=True, slots=True)
class SavedModel:
    """A model on disk. `path` is relative to the coordinator's ``models/``."""

    path: str
    sha256: bytes


def save(
    home: Path,
    plan: str,
    round_number: int,
    network: Network.ValueType,
    weights: NDArray[np.float32],
    origin: Mapping[str, str],
) -> SavedModel:
    """Keep the weights of one round as the named tensors of their network.

    Parameters
    ----------
    weights : ndarray of float32, shape (n,)
        In the order of `protos.update.layout`.
    origin : mapping
        Goes into the file's metadata.

    Raises
    ------
    ValueError
        When there are not as many weights as the network has.
    """
    layout = update.layout(network)
    ends = np.cumsum([tensor.size for tensor in layout])
    if weights.shape != (ends[-1],) or weights.dtype != np.float32:
        raise ValueError("the weights are not those of the network")
    tensors = {
        tensor.name: weights[end - tensor.size : end].reshape(tensor.shape)
        for tensor, end in zip(layout, ends, strict=True)
    }
    content = to_safetensors(tensors, dict(origin))
    folder = durable.private_folder(CoordinatorPaths(home).models / plan)
    name = f"round-{round_number:04}.safetensors"
    durable.write(folder / name, content)
    return SavedModel(f"{plan}/{name}", hashlib.sha256(content).digest())
