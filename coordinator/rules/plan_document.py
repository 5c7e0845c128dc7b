"""A training plan as a researcher writes it (TOML), and as the sites read it."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from coordinator.errors import Malformed
from coordinator.rules.faults import faults_of
from protos.training_pb2 import Network, Strategy, TrainingPlan

MILLION = 1_000_000


def _whole_millionths(value: float) -> float:
    if (Decimal(str(value)) * MILLION) % 1:
        raise ValueError("must be a whole number of millionths")
    return value


Rate = Annotated[float, AfterValidator(_whole_millionths)]


class PlanDocument(BaseModel):
    """The fields of a plan, as they are written; `to_message` gives the contract's."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    title: Annotated[
        str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f<>]*$")
    ]
    dataset: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    version: Annotated[str, Field(pattern=r"^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$")]
    network: Literal["densenet-tiny", "densenet121"]
    strategy: Literal["fedavg", "fedprox"]
    rounds: Annotated[int, Field(ge=1, le=1000)]
    local_epochs: Annotated[int, Field(ge=1, le=100)] = 1
    batch_size: Annotated[int, Field(ge=1, le=1024)]
    image_size: Annotated[int, Field(ge=32, le=1024, multiple_of=32)]
    learning_rate: Annotated[Rate, Field(ge=0.000001, le=1, allow_inf_nan=False)]
    proximal_mu: Annotated[Rate, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    seed: Annotated[int, Field(ge=0, le=4294967295)] = 0

    @model_validator(mode="after")
    def _mu_belongs_to_fedprox(self) -> PlanDocument:
        if (self.strategy == "fedprox") != (self.proximal_mu > 0):
            raise ValueError(
                "proximal_mu must be above 0 with fedprox, and is not given with fedavg"
            )
        return self

    def to_message(self) -> TrainingPlan:
        """Return the plan in the contract's form, without fractions."""
        return TrainingPlan(
            title=self.title,
            dataset=self.dataset,
            version=self.version,
            network=Network.Value(self.network.upper().replace("-", "_")),
            strategy=Strategy.Value(self.strategy.upper()),
            rounds=self.rounds,
            local_epochs=self.local_epochs,
            batch_size=self.batch_size,
            image_size=self.image_size,
            learning_rate_millionths=_millionths(self.learning_rate),
            proximal_mu_millionths=_millionths(self.proximal_mu),
            seed=self.seed,
        )


def _millionths(value: float) -> int:
    return int(Decimal(str(value)) * MILLION)


def parse(text: str) -> PlanDocument:
    """Read a plan.

    Raises
    ------
    Malformed
        When it is not TOML or breaks the form of a plan; the reasons are all faults.
    """
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"the plan is not TOML: {error}") from None
    try:
        return PlanDocument.model_validate(fields)
    except ValidationError as error:
        raise Malformed(*faults_of(error.errors())) from None
