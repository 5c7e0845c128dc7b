"""Runs, figures, models and nodes."""

from __future__ import annotations

import math

import pytest
from sqlmodel import select

from coordinator.consortium import accounts, runs
from coordinator.database import open_session
from coordinator.errors import Conflict, NotFound
from coordinator.models import LogLeaf, Plan, Version
from coordinator.rules.states import PlanState, RunState, UserRole, VersionState


@pytest.fixture
def session(consortium, hospitals):
    """Open a transaction with a plan that is in force."""
    with open_session(consortium.home) as session:
        user = accounts.add_user(
            session, "rosa", "a long password", UserRole.RESEARCHER, now=1
        )
        version = Version(
            dataset="d",
            version="1.0.0",
            digest=b"v" * 32,
            content=b"",
            state=VersionState.RELEASED,
            quorum=1,
            change="",
            proposed_at=1,
        )
        session.add(version)
        session.flush()
        session.add(
            Plan(
                plan="plan-1",
                title="Baseline",
                user_id=user.id,
                version_id=version.id,
                toml="",
                terms=b"",
                terms_digest=b"t" * 32,
                state=PlanState.IN_FORCE,
                submitted_at=1,
                valid_until=1000,
                consent_seconds=0,
                minimum_sites=1,
            )
        )
        session.flush()
        yield session


@pytest.fixture
def run(session):
    return runs.start_run(session, "plan-1", 2**64 - 1, now=10)


def figures(session):
    return [
        (each.round, each.site, each.name, each.value)
        for each in runs.metrics(session, "plan-1")
    ]


def test_run_begins_and_ends_with_its_plan(session, run):
    plan = session.get_one(Plan, "plan-1")
    assert (run.flower_run_id, plan.state) == (str(2**64 - 1), PlanState.RUNNING)
    assert runs.running(session) == (run,)
    runs.finish_run(session, "plan-1", now=20)
    runs.finish_run(session, "plan-1", failure="too late to fail", now=30)
    assert (run.state, run.finished_at, plan.state) == (
        RunState.FINISHED,
        20,
        PlanState.FINISHED,
    )
    kinds = list(session.exec(select(LogLeaf.kind)))
    assert kinds.count("run-finished") == 1


def test_failed_run_says_why(session, run):
    runs.finish_run(session, "plan-1", failure="no site answered" + "!" * 1000, now=20)
    assert run.state == RunState.FAILED
    assert run.detail.startswith("no site answered")
    assert len(run.detail) == 400


def test_round_that_is_repeated_after_a_crash_counts_once(session, run):
    runs.record_round(session, "plan-1", 1, "alder", {"auroc": 0.5}, now=11)
    runs.record_round(session, "plan-1", 1, "alder", {"auroc": 0.6, "loss": 2}, now=12)
    runs.record_round(session, "plan-1", 1, runs.ALL_SITES, {"loss": 1}, now=12)
    assert figures(session) == [
        (1, "", "loss", 1.0),
        (1, "alder", "auroc", 0.6),
        (1, "alder", "loss", 2.0),
    ]
    assert runs.rounds_done(session, run) == 1


def test_figure_that_could_not_be_computed_is_left_out(session, run):
    undefined = {"auroc": math.nan, "loss": math.inf, "studies": 8}
    runs.record_round(session, "plan-1", 1, "alder", undefined, now=11)
    assert figures(session) == [(1, "alder", "studies", 8.0)]


def test_model_is_recorded_once_and_its_digest_is_in_the_log(session, run):
    kept = {"path": "plan-1/m", "card": "", "now": 11}
    first = runs.record_model(session, "plan-1", 3, sha256=b"m" * 32, **kept)
    again = runs.record_model(session, "plan-1", 3, sha256=b"m" * 32, **kept)
    assert first is again
    with pytest.raises(Conflict, match="another model"):
        runs.record_model(session, "plan-1", 3, sha256=b"n" * 32, **kept)
    leaves = session.exec(select(LogLeaf).where(LogLeaf.kind == "model-recorded")).all()
    assert [(b"m" * 32).hex().encode() in leaf.data for leaf in leaves] == [True]


def test_node_belongs_to_one_site_for_good(session):
    runs.bind_node(session, 2**64 - 1, "alder", now=1)
    runs.bind_node(session, 2**64 - 1, "alder", now=2)
    with pytest.raises(Conflict, match="another site"):
        runs.bind_node(session, 2**64 - 1, "birch", now=3)
    assert runs.site_of_node(session, 2**64 - 1) == "alder"
    assert runs.site_of_node(session, 7) is None


def test_supernode_keys_are_those_of_members(session, consortium, hospitals):
    keys = runs.supernode_keys(session)
    assert [each.site for each in keys] == ["alder", "birch", "cedar"]
    assert all(each.key.startswith("ecdsa-sha2-nistp384 ") for each in keys)


def test_what_was_never_begun_is_not_found(session):
    with pytest.raises(NotFound, match="no plan"):
        runs.start_run(session, "plan-2", 1, now=1)
    with pytest.raises(NotFound, match="no run"):
        runs.record_round(session, "plan-1", 1, "alder", {}, now=1)
