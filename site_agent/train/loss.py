"""What the labels mean to the network, and the loss that skips what they do not say.

=================  =======================================================
POSITIVE (1.0)     1
NEGATIVE (0.0)     0
UNCERTAIN (-1.0)   masked: "U-Ignore" of Irvin et al., CheXpert, 2019
NOT_MENTIONED      masked, but for No Finding, where it is 0
=================  =======================================================

A report that does not mention a finding does not deny it, so we do not teach the
network that it does. No Finding is different by its definition: it is positive or not
mentioned, and not mentioned exactly where the report asserts or suspects something.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from protos.statistics_pb2 import Assertion, Observation
from protos.update import LARGEST_LOGIT
from site_agent.study import Labels

OBSERVATIONS: tuple[Observation.ValueType, ...] = tuple(
    value
    for value in Observation.values()
    if value != Observation.OBSERVATION_UNSPECIFIED
)
"""The 14 observations in CheXpert's order: the network's outputs."""


def targets(
    labels: Iterable[Labels],
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return values and mask, each of shape (studies, 14).

    A value is 1 or 0; where the mask is false it is 0 and means nothing.
    """
    told = [[each[observation] for observation in OBSERVATIONS] for each in labels]
    table = np.array(told, dtype=np.int64).reshape(-1, len(OBSERVATIONS))
    mask = (table == Assertion.POSITIVE) | (table == Assertion.NEGATIVE)
    no_finding = OBSERVATIONS.index(Observation.NO_FINDING)
    mask[:, no_finding] |= table[:, no_finding] == Assertion.NOT_MENTIONED
    return (table == Assertion.POSITIVE).astype(np.float32), mask


def masked_binary_cross_entropy(
    logits: torch.Tensor, values: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    """Mean binary cross entropy over what the mask shows; 0 where it shows nothing.

    Parameters
    ----------
    logits, values, mask : Tensor, shape (batch, 14)
    """
    each = functional.binary_cross_entropy_with_logits(logits, values, reduction="none")
    shown = mask.to(each.dtype)
    return (each * shown).sum() / shown.sum().clamp(min=1)


def reported_loss(
    logits: torch.Tensor, values: torch.Tensor, mask: torch.Tensor
) -> float:
    """Return the loss as it may be told: no logit counts beyond `LARGEST_LOGIT`.

    Parameters
    ----------
    logits, values, mask : Tensor, shape (batch, 14)

    Returns
    -------
    float
        0 to `LARGEST_LOSS`, not rounded yet.
    """
    held = logits.detach().clamp(-LARGEST_LOGIT, LARGEST_LOGIT)
    return float(masked_binary_cross_entropy(held, values, mask))
