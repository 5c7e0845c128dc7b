"""A task that kills its process takes no other task with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from site_agent.workers import Crashed, Workers, mute

pytestmark = pytest.mark.e2e

_given: list[int] = []


def remember(number: int) -> None:
    _given[:] = [number]


def add(task: int) -> int:
    if task < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return task + _given[0]


def fail(task: int) -> int:
    raise OSError(28, "No space left on device")


Start = Literal["fork", "forkserver"]


def workers(jobs: int = 2, start: Start = "forkserver") -> Workers[int, int]:
    return Workers(add, jobs=jobs, setup=remember, arguments=(100,), start=start)


@pytest.mark.parametrize("start", ["fork", "forkserver"])
def test_every_task_gets_its_result(start: Start) -> None:
    with workers(start=start) as pool:
        assert dict(pool.map(range(40))) == {n: n + 100 for n in range(40)}


@pytest.mark.parametrize(("jobs", "start"), [(1, "forkserver"), (3, "fork")])
def test_only_the_task_that_kills_its_process_has_crashed(
    jobs: int, start: Start
) -> None:
    tasks = [1, 2, -3, 4, 5, -6, 7, 8, 9]
    with workers(jobs, start) as pool:
        results = dict(pool.map(tasks))
    assert {task for task, r in results.items() if isinstance(r, Crashed)} == {-3, -6}
    assert [results[task] for task in tasks if task > 0] == [
        101, 102, 104, 105, 107, 108, 109,
    ]  # fmt: skip


def shout(task: int) -> int:
    return os.write(2, b"of REUTER, FRANCISCO\n")


def test_what_libraries_write_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with Workers(shout, jobs=1, setup=mute, start="fork") as pool:
        assert dict(pool.map([1])) == {1: 21}
    assert capfd.readouterr().err == ""


def test_worker_that_somebody_else_kills_costs_no_task() -> None:
    before = multiprocessing.active_children()
    with workers(1) as pool:
        (process,) = {*multiprocessing.active_children()} - {*before}
        process.kill()
        process.join()
        assert dict(pool.map(range(5))) == {n: n + 100 for n in range(5)}


def test_tasks_are_taken_only_as_fast_as_they_are_done() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    with workers() as pool:
        for done, _ in enumerate(pool.map(tasks()), 1):
            assert taken <= done + 2


def test_failure_of_the_work_itself_ends_it() -> None:
    with (
        Workers(fail, jobs=1, setup=remember, arguments=(0,)) as pool,
        pytest.raises(OSError, match="No space") as raised,
    ):
        list(pool.map([1]))
    assert "in fail" in "".join(raised.value.__notes__)  # where in the worker


def environment(told: Path) -> dict[str, str]:
    return {**os.environ, "WORKER_FILE": str(told), "PYTHONPATH": str(Path.cwd())}


ORPHANS = """
import os, time
from tests.site_agent.test_workers import sleep
from site_agent.workers import Workers
if __name__ == "__main__":
    with Workers(sleep, jobs=2, setup=int) as pool:
        for task, process in pool.map([1, 2, 3]):
            pass
"""


def sleep(task: int) -> int:
    Path(os.environ["WORKER_FILE"]).write_text(str(os.getpid()))
    time.sleep(600)
    return 0


def test_worker_ends_when_the_parent_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "worker"
    script = tmp_path / "parent.py"
    script.write_text(ORPHANS)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        env=environment(told),
    )
    while not (told.exists() and told.read_text()):
        assert parent.poll() is None
        time.sleep(0.02)
    parent.kill()
    parent.wait()
    worker = Path("/proc", told.read_text())
    while worker.exists():  # this test hangs when the worker does
        time.sleep(0.02)


@pytest.mark.parametrize("after", [0.0, 0.1, 0.2, 0.4, 0.8, None])
def test_interrupted_group_ends_at_once(tmp_path: Path, after: float | None) -> None:
    """Interrupted while it starts, and (None) while its workers are at their tasks."""
    told = tmp_path / "worker"
    script = tmp_path / "parent.py"
    script.write_text(ORPHANS)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        env=environment(told),
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    if after is None:
        while not (told.exists() and told.read_text()):
            time.sleep(0.02)
    else:
        time.sleep(after)
    os.killpg(parent.pid, signal.SIGINT)
    assert parent.wait() != 0  # this test hangs when the parent does
    if told.exists() and told.read_text():
        while Path("/proc", told.read_text()).exists():
            time.sleep(0.02)
