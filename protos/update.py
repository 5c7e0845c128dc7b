"""What a site's reply in a training run may carry: one vector of weights, few figures.

Flower's records could carry any number of arrays and any text. Here the weights of a
network travel as one float32 vector, in the order of `layout`, and a metric is one of
`METRICS`, rounded. The site's gate refuses everything else, and so does the ServerApp.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from protos.statistics_pb2 import Observation
from protos.training_pb2 import Network

ARRAYS, METRIC_RECORD = "arrays", "metrics"
"""The records of a message, Flower's own words."""

WEIGHTS = "weights"
"""The only array."""

INITIAL_WEIGHTS = "query.initial_weights"
TRAIN, EVALUATE = "train", "evaluate"
"""The types of message that a site answers."""

EXAMPLES = "num-examples"
"""Patients that the site trained on, rounded to ten: the weight of its update."""

TRAIN_LOSS, HOLD_OUT_LOSS = "train-loss", "hold-out-loss"

LARGEST_LOGIT = 10.0
"""Logits beyond it count as so much in a reported loss: weights that were made for it
could else have the loss tell how many labels are positive, digit by digit."""

LARGEST_LOSS = 10.0
"""Binary cross entropy of a logit of 10 on the wrong side, rounded to 0.01."""


@dataclass(frozen=True, slots=True)
class Metric:
    """The values that a metric may have: multiples of `step` in a closed range."""

    minimum: float
    maximum: float
    step: float

    def admits(self, value: float) -> bool:
        """Tell whether `value` is one of them, to the last bit."""
        return math.isfinite(value) and value == self.rounded(value)

    def rounded(self, value: float) -> float:
        """Return the nearest value that is admitted."""
        held = min(max(value, self.minimum), self.maximum)
        return round(round(held / self.step) * self.step, 6)


def auroc_of(observation: Observation.ValueType) -> str:
    """Name the metric of one label, e.g. ``auroc-pleural-effusion``."""
    return f"auroc-{Observation.Name(observation).lower().replace('_', '-')}"


METRICS: dict[str, Metric] = {
    EXAMPLES: Metric(10, 1_000_000, 10),
    TRAIN_LOSS: Metric(0, LARGEST_LOSS, 0.01),
    HOLD_OUT_LOSS: Metric(0, LARGEST_LOSS, 0.01),
    **{
        auroc_of(observation): Metric(0, 1, 0.01)
        for observation in Observation.values()[1:]
    },
}
"""Every metric that a site may send."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a network; its weights follow those of the one before."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of weights."""
        return math.prod(self.shape)


@cache
def layout(network: Network.ValueType) -> tuple[Tensor, ...]:
    """Return the tensors of a network in the order in which their weights travel.

    Raises
    ------
    KeyError
        When the network is not one that a plan can name.
    """
    table = json.loads(files("protos").joinpath("weights.json").read_bytes())
    return tuple(
        Tensor(name, tuple(shape)) for name, shape in table[Network.Name(network)]
    )


def size(network: Network.ValueType) -> int:
    """Return the number of weights of a network."""
    return sum(tensor.size for tensor in layout(network))
