"""The networks that a training plan can name: MONAI's DenseNet, one grey channel.

Normalisation is by groups (Wu and He, 2018), not by batches: batch statistics are
figures of a site's patients, and would travel with the weights.
"""

from __future__ import annotations

import torch
from monai.networks.nets.densenet import DenseNet
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
