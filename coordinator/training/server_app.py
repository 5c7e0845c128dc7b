"""Flower's ServerApp: one run, from its permit to the last model.

It runs in a process of its own beside the coordinator and finds everything by the
permit's digest, the only thing in the run's configuration. What a round gives is
written at once: figures by site, the weights as safetensors, a card.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.serverapp import Grid, ServerApp
from numpy.typing import NDArray
from sqlmodel import select

from coordinator.consortium import (
    ALL_SITES,
    open_session,
    record_model,
    record_round,
)
from coordinator.consortium.permits import decisions
from coordinator.models import Node, Plan
from coordinator.publish import model_card
from coordinator.rules.states import Ballot, SignatoryRole
from coordinator.training import registry
from coordinator.training.grid import PlanGrid, TrainingFailed
from coordinator.training.strategies import Replies, strategy_of, weights_of
from protos import bundle, codec, update
from protos.training_pb2 import Network, PermitTerms

LOG = logging.getLogger(__name__)

PATIENCE_SECONDS = 180.0
"""How long sites that are not there are awaited."""

ROUND_SECONDS = 12 * 3600.0
"""How long a round may take; Flower keeps a message no longer either."""

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Train by the permit that the run's configuration names."""
    home = Path(os.environ["HILUM_COORDINATOR_HOME"])
    digest = bundle.terms_digest(dict(context.run_config))
    run = PlannedRun.load(home, digest or b"")
    plan_grid = PlanGrid(
        grid,
        sites=run.sites,
        nodes=run.nodes,
        minimum=run.minimum,
        patience=PATIENCE_SECONDS,
    )
    there = plan_grid.wait_for_all()
    training = run.terms.training
    strategy = strategy_of(training, grid=plan_grid, listener=run, minimum=run.minimum)
    strategy.start(
        plan_grid,
        initial_weights(plan_grid, there, update.size(training.network)),
        num_rounds=training.rounds,
        timeout=ROUND_SECONDS,
    )


def initial_weights(grid: PlanGrid, there: Mapping[int, str], size: int) -> ArrayRecord:
    """Ask the sites, one after the other, for a network with the plan's seed.

    Raises
    ------
    TrainingFailed
        When none gives one.
    """
    reasons = []
    for node in sorted(there, key=lambda node: there[node]):
        question = Message(
            RecordDict({"config": ConfigRecord()}), node, update.INITIAL_WEIGHTS
        )
        for reply in grid.send_and_receive([question], timeout=PATIENCE_SECONDS):
            if reply.has_error():
                reasons.append(f"{there[node]}: {reply.error.reason}")
                continue
            record = reply.content.array_records.get(update.ARRAYS)
            if record is not None and weights_of(record).shape == (size,):
                return record
    said = "; ".join(reasons) or "none answered"
    raise TrainingFailed(f"no site gave the initial weights ({said})")


class PlannedRun:
    """A run by its permit; keeps what its rounds give.

    Parameters
    ----------
    sites
        Those that consented.
    minimum
        Fewest sites that a round may have.
    """

    def __init__(
        self,
        home: Path,
        terms: PermitTerms,
        *,
        digest: bytes,
        sites: tuple[str, ...],
        minimum: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.home, self.terms, self.sites, self.minimum = home, terms, sites, minimum
        self._digest = digest
        self._clock = clock
        self._examples: dict[str, float] = {}
        self._saved: registry.SavedModel | None = None

    @classmethod
    def load(cls, home: Path, digest: bytes) -> PlannedRun:
        """Read a plan by the SHA-256 of its permit's terms.

        Raises
        ------
        TrainingFailed
            When there is none.
        """
        with open_session(home, reads=True) as session:
            plan = session.exec(select(Plan).where(Plan.terms_digest == digest)).first()
            if plan is None:
                raise TrainingFailed("the run's configuration names no permit")
            consents = decisions(session, plan, SignatoryRole.DATA_PROTECTION_OFFICER)
        return cls(
            home,
            codec.decode(PermitTerms, plan.terms),
            digest=digest,
            sites=tuple(
                sorted(
                    site for site, said in consents.items() if said == Ballot.APPROVE
                )
            ),
            minimum=plan.minimum_sites,
        )

    def nodes(self) -> Mapping[int, str]:
        """Return the site of every Flower node that is bound."""
        with open_session(self.home, reads=True) as session:
            return {int(node.node_id): node.site for node in session.exec(select(Node))}

    def trained(
        self, round_number: int, replies: Replies, weights: NDArray[np.float32]
    ) -> None:
        """Keep a round's weights and the sites' figures."""
        figures = {site: replies.metrics(site) for site in replies.good}
        self._examples = {site: told[update.EXAMPLES] for site, told in figures.items()}
        training = self.terms.training
        self._saved = registry.save(
            self.home,
            self.terms.plan,
            round_number,
            training.network,
            weights,
            origin={
                "plan": self.terms.plan,
                "network": Network.Name(training.network),
                "dataset": f"{training.dataset} {training.version}",
                "round": str(round_number),
            },
        )
        self._record(round_number, figures)

    def evaluated(self, round_number: int, replies: Replies) -> None:
        """Keep the figures of a round's model, and its card."""
        figures = {site: replies.metrics(site) for site in replies.good}
        self._record(round_number, figures)
        if self._saved is None:
            raise TrainingFailed(f"round {round_number} was evaluated without a model")
        facts = model_card.Facts(
            plan=self.terms.plan,
            training=self.terms.training,
            version_digest=self.terms.version_digest,
            bundle=self.terms.bundle,
            terms=self._digest,
            round_number=round_number,
            sites=self.sites,
            absent=sorted(set(self.sites) - self._examples.keys()),
            metrics=figures,
            path=self._saved.path,
            sha256=self._saved.sha256,
        )
        with open_session(self.home) as session:
            record_model(
                session,
                self.terms.plan,
                round_number,
                sha256=self._saved.sha256,
                path=self._saved.path,
                card=model_card.card(facts),
                now=int(self._clock()),
            )
        LOG.info("round %d is kept", round_number)

    def _record(
        self, round_number: int, figures: Mapping[str, Mapping[str, float]]
    ) -> None:
        together = {
            name: _mean(
                {site: told[name] for site, told in figures.items() if name in told},
                self._examples,
            )
            for name in (update.TRAIN_LOSS, update.HOLD_OUT_LOSS)
            if any(name in told for told in figures.values())
        }
        with open_session(self.home) as session:
            for site, told in {**figures, ALL_SITES: together}.items():
                record_round(
                    session,
                    self.terms.plan,
                    round_number,
                    site,
                    told,
                    now=int(self._clock()),
                )


def _mean(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Mean of figures, weighted by the (rounded) number of patients."""
    total = sum(weights.get(site, 10.0) for site in values)
    return (
        sum(value * weights.get(site, 10.0) for site, value in values.items()) / total
    )
