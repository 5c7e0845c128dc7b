"""FedAvg and FedProx, Flower's own, over the replies that keep to the contract.

A reply counts when it has the one array and the metrics of `protos.update`, and nothing
else. A round counts when enough sites gave one that does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from flwr.app import Array, ArrayRecord, Message, MetricRecord
from flwr.serverapp.strategy import FedAvg, FedProx
from flwr.serverapp.strategy.strategy_utils import aggregate_arrayrecords
from numpy.typing import NDArray

from coordinator.training.grid import PlanGrid, TrainingFailed
from protos import update
from protos.training_pb2 import Strategy, TrainingPlan


@dataclass(frozen=True, slots=True)
class Replies:
    """One round's replies by site: those that count, and why the others do not."""

    good: dict[str, Message] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def metrics(self, site: str) -> dict[str, float]:
        """Return what a site measured."""
        record = self.good[site].content.metric_records[update.METRIC_RECORD]
        return {name: float(value) for name, value in record.items()}  # type: ignore[arg-type]  # `fault_of` let single numbers pass only


class Listener(Protocol):
    """Whoever keeps what a run gives."""

    def trained(
        self, round_number: int, replies: Replies, weights: NDArray[np.float32]
    ) -> None:
        """Take the aggregated weights of a round."""

    def evaluated(self, round_number: int, replies: Replies) -> None:
        """Take the figures of a round's model."""


def weights_of(record: ArrayRecord) -> NDArray[np.float32]:
    """Return the vector in a record; raises KeyError, TypeError or ValueError."""
    return record[update.WEIGHTS].numpy()


def fault_of(reply: Message, size: int, *, arrays: bool) -> str | None:
    """Return why a reply does not count, None when it does.

    Parameters
    ----------
    size : int
        Number of weights of the network.
    arrays : bool
        Whether the reply has to carry weights.
    """
    if reply.has_error():
        return reply.error.reason or f"error {reply.error.code}"
    content = reply.content
    named = {update.ARRAYS} if arrays else set()
    if (
        set(content.metric_records) != {update.METRIC_RECORD}
        or set(content.array_records) != named
        or content.config_records
    ):
        return "the reply has other records than it should"
    metrics = content.metric_records[update.METRIC_RECORD]
    for name, value in metrics.items():
        rule = update.METRICS.get(name)
        if rule is None or isinstance(value, list) or not rule.admits(value):
            return "the reply has a figure that is not allowed"
    if not arrays:
        return None
    if update.EXAMPLES not in metrics:
        return "the reply does not say how many patients it rests on"
    return _array_fault(content.array_records[update.ARRAYS], size)


def _array_fault(record: ArrayRecord, size: int) -> str | None:
    try:
        vector = weights_of(record)
    except (KeyError, TypeError, ValueError):
        return "the reply's weights cannot be read"
    if len(record) != 1 or vector.dtype != np.float32 or vector.shape != (size,):
        return "the reply's weights are not those of the network"
    if not np.isfinite(vector).all():
        return "a weight in the reply is not a finite number"
    return None


def sort(
    grid: PlanGrid, replies: Iterable[Message], size: int, arrays: bool
) -> Replies:
    """Tell the replies that count from the others."""
    sorted_replies = Replies()
    for reply in replies:
        site = grid.site_of(reply)
        fault = fault_of(reply, size, arrays=arrays)
        if fault is None:
            sorted_replies.good[site] = reply
        else:
            sorted_replies.faults[site] = fault
    return sorted_replies


class _OnSites:
    """What both strategies do with replies; goes before Flower's class."""

    grid: PlanGrid
    listener: Listener
    minimum: int
    size: int

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord, None]:
        """Average the replies that count; raises TrainingFailed for too few."""
        sorted_replies = sort(self.grid, replies, self.size, arrays=True)
        if len(sorted_replies.good) < self.minimum:
            raise TrainingFailed(too_few(server_round, sorted_replies, self.minimum))
        contents = [
            sorted_replies.good[site].content for site in sorted(sorted_replies.good)
        ]
        mean = weights_of(aggregate_arrayrecords(contents, update.EXAMPLES))
        weights = np.asarray(mean, dtype=np.float32)
        self.listener.trained(server_round, sorted_replies, weights)
        return ArrayRecord({update.WEIGHTS: Array(weights)}), None

    def aggregate_evaluate(
        self, server_round: int, replies: Iterable[Message]
    ) -> MetricRecord | None:
        """Hand the figures on; a site that gives none stops nobody."""
        sorted_replies = sort(self.grid, replies, self.size, arrays=False)
        self.listener.evaluated(server_round, sorted_replies)
        return None


class _SitesFedAvg(_OnSites, FedAvg):
    pass


class _SitesFedProx(_OnSites, FedProx):
    pass


def strategy_of(
    plan: TrainingPlan, *, grid: PlanGrid, listener: Listener, minimum: int
) -> FedAvg:
    """Return the strategy that a plan names.

    Parameters
    ----------
    minimum : int
        Fewest sites that a round may have.
    """
    strategy: _SitesFedAvg | _SitesFedProx
    if plan.strategy == Strategy.FEDPROX:
        # The sites take mu from the permit; here it is for Flower's own log.
        strategy = _SitesFedProx(proximal_mu=plan.proximal_mu_millionths / 1e6)
    else:
        strategy = _SitesFedAvg()
    strategy.min_train_nodes = strategy.min_evaluate_nodes = minimum
    strategy.min_available_nodes = minimum
    strategy.grid, strategy.listener = grid, listener
    strategy.minimum, strategy.size = minimum, update.size(plan.network)
    return strategy


def too_few(round_number: int, replies: Replies, minimum: int) -> str:
    """Say why a round does not count."""
    faults = "; ".join(f"{site}: {why}" for site, why in sorted(replies.faults.items()))
    return (
        f"round {round_number}: {len(replies.good)} sites gave an update and {minimum} "
        f"are needed" + (f" ({faults})" if faults else "")
    )
