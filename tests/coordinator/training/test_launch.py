from __future__ import annotations

import pytest
from sqlmodel import select

from coordinator.models import Plan, Run
from coordinator.rules.states import PlanState, RunState
from coordinator.training.control import RunStatus, SuperLinkUnavailable
from coordinator.training.launch import Launcher


class Control:
    """A SuperLink that begins runs and says what it is told to say of them."""

    def __init__(self) -> None:
        self.runs: dict[bytes, int] = {}
        self.told = RunStatus(finished=False)
        self.stopped: list[int] = []
        self.away = False

    def run_of(self, digest: bytes) -> int | None:
        if self.away:
            raise SuperLinkUnavailable("away")
        return self.runs.get(digest)

    def start_run(self, digest: bytes) -> int:
        assert digest not in self.runs
        return self.runs.setdefault(digest, 2**63 + len(self.runs))

    def status(self, run_id: int) -> RunStatus:
        assert run_id in self.runs.values()
        return self.told

    def stop_run(self, run_id: int) -> None:
        self.stopped.append(run_id)


@pytest.fixture
def control() -> Control:
    return Control()


@pytest.fixture
def launcher(permit, control) -> Launcher:
    return Launcher(permit.home, control, clock=lambda: permit.consortium.now)


def run_of(permit) -> Run | None:
    return permit.read(lambda session: session.exec(select(Run)).first())


def test_permit_in_force_becomes_one_run(permit, control, launcher) -> None:
    for _ in range(3):
        launcher.step()
    assert list(control.runs) == [permit.digest]
    run = run_of(permit)
    assert (run.flower_run_id, run.state) == (str(2**63), RunState.RUNNING)


def test_end_of_a_run_is_recorded_once(permit, control, launcher) -> None:
    launcher.step()
    control.told = RunStatus(finished=True)
    launcher.step()
    launcher.step()
    run = run_of(permit)
    assert (run.state, run.detail) == (RunState.FINISHED, "")


def test_failure_is_recorded_with_its_reason(permit, control, launcher) -> None:
    launcher.step()
    control.told = RunStatus(True, "ServerApp failed with exception: too few sites")
    launcher.step()
    run = run_of(permit)
    assert (run.state, run.detail) == (RunState.FAILED, "too few sites")
    plan = permit.read(lambda session: session.get_one(Plan, permit.plan))
    assert plan.state == PlanState.FAILED


def test_crash_after_the_start_finds_the_run_again(permit, control, launcher) -> None:
    begun = control.start_run(permit.digest)
    launcher.step()
    assert run_of(permit).flower_run_id == str(begun)


def test_superlink_that_is_away_costs_nothing(permit, control, launcher) -> None:
    control.away = True
    with pytest.raises(SuperLinkUnavailable):
        launcher.step()
    assert run_of(permit) is None
    control.away = False
    launcher.step()
    assert run_of(permit) is not None


def test_run_does_not_outlive_its_permit(permit, control, launcher) -> None:
    launcher.step()
    permit.consortium.now += 3600
    launcher.step()
    run = run_of(permit)
    assert run.state == RunState.FAILED
    assert "permit expired" in run.detail
    assert control.stopped == [int(run.flower_run_id)]
