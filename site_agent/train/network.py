"""The networks that a training plan can name: MONAI's DenseNet, one grey channel.

Normalisation is by groups (Wu and He, 2018), not by batches: batch statistics are
figures of a site's patients, and would travel with the weights.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import torch
from monai.networks.nets.densenet import DenseNet
from numpy.typing import NDArray
from torch import nn

from protos.training_pb2 import Network
from site_agent.train.loss import OBSERVATIONS


def build(network: Network.ValueType, *, seed: int) -> nn.Module:
    """Make a network with fresh weights.

    It maps images of shape (batch, 1, edge, edge), values 0 to 1, to logits of shape
    (batch, 14) in the order of `OBSERVATIONS`.

    Parameters
    ----------
    network : Network
        ``DENSENET121`` is that of Huang et al. (2017); ``DENSENET_TINY`` is a small one
        of the same make (0.04 million weights) for trials and demonstrations.
    seed : int
        Of the random weights. Leaves torch's own generator as it was.

    Raises
    ------
    ValueError
        When `network` is not one of these.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        match network:
            case Network.DENSENET_TINY:
                return DenseNet(
                    spatial_dims=2,
                    in_channels=1,
                    out_channels=len(OBSERVATIONS),
                    init_features=16,
                    growth_rate=8,
                    block_config=(2, 4, 4),
                    norm=("group", {"num_groups": 8}),
                )
            case Network.DENSENET121:
                return DenseNet(
                    spatial_dims=2,
                    in_channels=1,
                    out_channels=len(OBSERVATIONS),
                    norm=("group", {"num_groups": 32}),
                )
            case _:
                raise ValueError("not a network that this version can train")


def to_vector(module: nn.Module) -> NDArray[np.float32]:
    """Return all weights as one vector, in the order of `protos.update.layout`."""
    weights = [
        tensor.detach().cpu().flatten() for tensor in module.state_dict().values()
    ]
    return np.asarray(torch.cat(weights).numpy(), dtype=np.float32)


def from_vector(module: nn.Module, vector: NDArray[np.float32]) -> None:
    """Set all weights from one vector.

    Raises
    ------
    ValueError
        When the vector is not float32, has another length, or holds a value that is not
        finite.
    """
    state = module.state_dict()
    sizes = [tensor.numel() for tensor in state.values()]
    if vector.dtype != np.float32 or vector.shape != (sum(sizes),):
        raise ValueError("the weights are not those of this network")
    if not np.isfinite(vector).all():
        raise ValueError("a weight is not a finite number")
    parts = torch.from_numpy(vector.copy()).split(sizes)  # type: ignore[no-untyped-call]
    module.load_state_dict(
        {
            name: part.reshape(tensor.shape)
            for (name, tensor), part in zip(state.items(), parts, strict=True)
        }
    )


def layouts() -> dict[str, list[tuple[str, list[int]]]]:
    """Return what ``protos/weights.json`` must say: name and shape of every tensor."""
    return {
        Network.Name(network): [
            (name, list(tensor.shape))
            for name, tensor in build(network, seed=0).state_dict().items()
        ]
        for network in Network.values()
        if network != Network.NETWORK_UNSPECIFIED
    }


if __name__ == "__main__":  # python -m site_agent.train.network > protos/weights.json
    sys.stdout.write(
        json.dumps(layouts(), separators=(",", ":")).replace("]],", "]],\n")
    )
    sys.stdout.write("\n")
