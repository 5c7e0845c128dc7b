"""`coordinator plans` and `runs`."""

from __future__ import annotations

from coordinator.cli.terminal import DEFAULT_HOME, Home, day, show
from coordinator.consortium import permits
from coordinator.consortium import runs as use_cases
from coordinator.database import open_session
from coordinator.rules.states import Ballot, SignatoryRole
from protos import codec
from protos.training_pb2 import PermitTerms


def plans(home: Home = DEFAULT_HOME) -> None:
    """List all training plans and how far their permits have come."""
    rows = []
    with open_session(home, reads=True) as session:
        for each in permits.plans(session):
            terms = codec.decode(PermitTerms, each.terms)
            approved, consented = (
                list(permits.decisions(session, each, role).values()).count(
                    Ballot.APPROVE
                )
                for role in SignatoryRole
            )
            rows.append(
                (
                    each.plan,
                    each.title,
                    terms.training.version,
                    each.state,
                    f"{approved} of {terms.quorum}",
                    f"{consented} of {len(terms.sites)}",
                    day(each.valid_until),
                )
            )
    show(
        ("plan", "title", "version", "state", "approved", "consent", "valid until"),
        rows,
        empty="No plans yet; researchers submit them with `consortium plan submit`.",
    )


def runs(home: Home = DEFAULT_HOME) -> None:
    """List all runs and how far they are."""
    rows = []
    with open_session(home, reads=True) as session:
        for each in use_cases.all_runs(session):
            plan = permits.plan(session, each.plan)
            rounds = codec.decode(PermitTerms, plan.terms).training.rounds
            rows.append(
                (
                    each.plan,
                    plan.title,
                    each.state,
                    f"{use_cases.rounds_done(session, each)} of {rounds}",
                    day(each.started_at),
                    day(each.finished_at),
                    each.detail,
                )
            )
    show(
        ("plan", "title", "state", "rounds", "started", "ended", "detail"),
        rows,
        empty="No runs yet; one begins when a permit is in force.",
    )
