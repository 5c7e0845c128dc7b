"""From a permit to a run, and from a run to its recorded end. One run at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from coordinator.consortium import (
    finish_run,
    open_session,
    permits_ready,
    running,
    start_run,
)
from coordinator.models import Plan, Run
from coordinator.training.control import Control, RunStatus
from protos import envelope

LOG = logging.getLogger(__name__)

_SERVER_APP_FAILED = "ServerApp failed with exception: "


class Launcher:
    """Hands permits to the SuperLink and watches over what becomes of them.

    What it knows is in the database, so that another process can go on after a crash.
    """

    def __init__(
        self, home: Path, control: Control, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._home = home
        self._control = control
        self._clock = clock

    def step(self) -> None:
        """Do what is next: record the end of a run, or begin one.

        Raises
        ------
        SuperLinkUnavailable
            When the SuperLink does not answer; nothing is lost by trying again.
        """
        now = int(self._clock())
        with open_session(self._home, reads=True) as session:
            under_way = running(session)
        if under_way:
            for run in under_way:
                self._follow(run, now)
            return
        with open_session(self._home) as session:
            ready = permits_ready(session, now=now)
        if ready:
            permit = ready[0]
            digest = envelope.digest(permit.terms)
            # A crash between the next two lines leaves a run that is found again.
            run_id = self._control.run_of(digest) or self._control.start_run(digest)
            with open_session(self._home) as session:
                start_run(session, permit.plan, run_id, now=now)
            LOG.info("%s begins as Flower's run %s", permit.plan, run_id)

    def _follow(self, run: Run, now: int) -> None:
        run_id = int(run.flower_run_id)
        status = self._control.status(run_id)
        if not status.finished and self._has_expired(run, now):
            self._control.stop_run(run_id)
            status = RunStatus(True, "the permit expired while the run was under way")
        if not status.finished:
            return
        failure = status.failure and status.failure.removeprefix(_SERVER_APP_FAILED)
        with open_session(self._home) as session:
            finish_run(session, run.plan, failure=failure, now=now)
        LOG.info("%s ended: %s", run.plan, failure or "completed")

    def _has_expired(self, run: Run, now: int) -> bool:
        with open_session(self._home, reads=True) as session:
            plan = session.get_one(Plan, run.plan)
        return now >= plan.valid_until
