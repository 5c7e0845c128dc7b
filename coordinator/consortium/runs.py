"""Runs on Flower: who trains, what each round gave, which model was kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from coordinator import log
from coordinator.errors import Conflict, NotFound
from coordinator.models import Member, Metric, Model, Node, Plan, Run
from coordinator.rules.states import MemberState, PlanState, RunState

ALL_SITES = ""
"""In place of a site: a figure of all sites together."""


@dataclass(frozen=True, slots=True)
class SuperNodeKey:
    """The EC public key, OpenSSH form, with which a site's SuperNode signs."""

    site: str
    key: str


def supernode_keys(session: Session) -> tuple[SuperNodeKey, ...]:
    """Return the SuperNode keys of the members that are active now."""
    active = select(Member).where(Member.state == MemberState.ACTIVE)
    return tuple(
        SuperNodeKey(site=member.site, key=member.supernode_key)
        for member in session.exec(active.order_by(col(Member.site)))
    )


def bind_node(session: Session, node_id: int, site: str, *, now: int) -> None:
    """Bind a Flower node to the site whose certificate it came with, once for all.

    Raises
    ------
    Conflict
        When the node belongs to another site.
    """
    node = session.get(Node, str(node_id))
    if node is None:
        session.add(Node(node_id=str(node_id), site=site, bound_at=now))
    elif node.site != site:
        raise Conflict("this Flower node belongs to another site")


def site_of_node(session: Session, node_id: int) -> str | None:
    """Return the site that a Flower node belongs to, None when nobody bound it."""
    node = session.get(Node, str(node_id))
    return node.site if node else None


def start_run(session: Session, plan_id: str, flower_run_id: int, *, now: int) -> Run:
    """Record that the plan's permit was handed to Flower as `flower_run_id`.

    Saying the same again changes nothing.

    Raises
    ------
    NotFound, Conflict
        When there is no such plan, its permit is not in force, or another run has it.
    """
    plan = _plan(session, plan_id)
    run = session.exec(select(Run).where(Run.plan == plan_id)).first()
    if run is not None:
        if run.flower_run_id != str(flower_run_id):
            raise Conflict(
                f"plan {plan_id} already has a run; a permit is good for one"
            )
        return run
    if plan.state != PlanState.IN_FORCE:
        raise Conflict(f"plan {plan_id} is {plan.state}; only a permit in force runs")
    plan.state = PlanState.RUNNING
    run = Run(
        plan=plan_id,
        flower_run_id=str(flower_run_id),
        state=RunState.RUNNING,
        started_at=now,
    )
    session.add(run)
    session.flush()
    return run


def record_round(
    session: Session,
    plan_id: str,
    round_number: int,
    site: str,
    metrics: Mapping[str, float],
    *,
    now: int,
) -> None:
    """Record what one round gave at one site, or at `ALL_SITES`.

    A figure that could not be computed (not finite) is left out: there is no such
    number. A figure that was recorded before is replaced, so that a round that is
    repeated after a crash counts once.
    """
    run = _run(session, plan_id)
    held = {
        metric.name: metric
        for metric in session.exec(
            select(Metric).where(
                Metric.run_id == run.id,
                Metric.round == round_number,
                Metric.site == site,
            )
        )
    }
    for name, value in metrics.items():
        if not math.isfinite(value):
            continue
        if name in held:
            held[name].value = value
            held[name].recorded_at = now
        else:
            session.add(
                Metric(
                    run_id=run.id,
                    round=round_number,
                    site=site,
                    name=name,
                    value=value,
                    recorded_at=now,
                )
            )


def record_model(
    session: Session,
    plan_id: str,
    round_number: int,
    *,
    sha256: bytes,
    path: str,
    card: str,
    now: int,
) -> Model:
    """Record a model that was kept, and put its digest into the log.

    `path` is relative to the coordinator's ``models/``; `card` is Markdown.

    Raises
    ------
    Conflict
        When another model is recorded for this round.
    """
    run = _run(session, plan_id)
    held = session.exec(
        select(Model).where(Model.run_id == run.id, Model.round == round_number)
    ).first()
    if held is not None:
        if held.sha256 != sha256:
            raise Conflict(
                f"plan {plan_id} already has another model for round {round_number}"
            )
        return held
    model = Model(
        run_id=run.id,
        round=round_number,
        sha256=sha256,
        path=path,
        card=card,
        recorded_at=now,
    )
    session.add(model)
    log.append_act(
        session,
        log.Act.MODEL_RECORDED,
        now=now,
        plan=plan_id,
        round=round_number,
        sha256=sha256.hex(),
    )
    return model


def finish_run(
    session: Session, plan_id: str, *, failure: str | None = None, now: int
) -> None:
    """Record that a run ended well, or why not; a second time changes nothing."""
    run = _run(session, plan_id)
    if run.state != RunState.RUNNING:
        return
    plan = _plan(session, plan_id)
    run.state = RunState.FINISHED if failure is None else RunState.FAILED
    plan.state = PlanState.FINISHED if failure is None else PlanState.FAILED
    run.detail = (failure or "")[:400]
    run.finished_at = now
    log.append_act(
        session,
        log.Act.RUN_FINISHED,
        now=now,
        plan=plan_id,
        outcome=run.state.value,
    )


def running(session: Session) -> tuple[Run, ...]:
    """Return the runs that have not ended, for whoever watches over Flower."""
    return tuple(session.exec(select(Run).where(Run.state == RunState.RUNNING)))


def _plan(session: Session, plan_id: str) -> Plan:
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFound(f"there is no plan {plan_id}; `coordinator plans` lists them")
    return plan


def _run(session: Session, plan_id: str) -> Run:
    run = session.exec(select(Run).where(Run.plan == plan_id)).first()
    if run is None:
        raise NotFound(f"plan {plan_id} has no run")
    return run


# ---------------------------------------------------------------------------- reading


def all_runs(session: Session) -> tuple[Run, ...]:
    """Return all runs, newest first."""
    return tuple(session.exec(select(Run).order_by(col(Run.id).desc())))


def rounds_done(session: Session, run: Run) -> int:
    """Return the last round of which there is a figure, 0 when there is none."""
    last = select(func.max(Metric.round)).where(Metric.run_id == run.id)
    return session.exec(last).one() or 0


def metrics(session: Session, plan_id: str) -> tuple[Metric, ...]:
    """Return every figure of a plan's run, by round, site and name."""
    run = _run(session, plan_id)
    held = select(Metric).where(Metric.run_id == run.id)
    ordered = held.order_by(col(Metric.round), col(Metric.site), col(Metric.name))
    return tuple(session.exec(ordered))


def models(session: Session) -> tuple[tuple[Model, Run, Plan], ...]:
    """Return all models with their runs and plans, newest first."""
    held = (
        select(Model, Run, Plan)
        .where(Model.run_id == Run.id, Run.plan == Plan.plan)
        .order_by(col(Model.id).desc())
    )
    return tuple((model, run, plan) for model, run, plan in session.exec(held))


def model(session: Session, sha256: str) -> Model:
    """Return the model with a digest, hexadecimal.

    Raises
    ------
    NotFound
        When there is none.
    """
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        digest = b""
    found = session.exec(select(Model).where(Model.sha256 == digest)).first()
    if found is None:
        raise NotFound("there is no such model; list them to see their digests")
    return found
