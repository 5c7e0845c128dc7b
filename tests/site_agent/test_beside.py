"""A process beside this one answers each question, and ends with this one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from site_agent.beside import Beside, Stopped
from tests.site_agent.sleeper import DEADLY, begin, started

SERVED = """
import multiprocessing
from site_agent.beside import Beside
from tests.site_agent.sleeper import begin
if __name__ == "__main__":
    beside = Beside(begin)
    beside.start()
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    beside.ask(600.0)
"""


@pytest.fixture(name="beside")
def fixture_beside() -> Iterator[Beside]:
    process = Beside(begin)
    yield process
    process.stop()


def is_running(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_another_takes_the_place_of_a_killed_process(beside: Beside) -> None:
    os.kill(started(beside), signal.SIGKILL)
    assert beside.ask(0.25) == 0.25


def test_question_that_ends_every_process_is_told(beside: Beside) -> None:
    with pytest.raises(Stopped):
        beside.ask(DEADLY)
    assert beside.ask(0.25) == 0.25


def test_answer_that_nobody_waited_for_is_no_answer_to_the_next_question(
    beside: Beside,
) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise TimeoutError

    beside.ask(0.0)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(TimeoutError):
            beside.ask(0.5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert beside.ask(0.125) == 0.125


def test_process_never_takes_ctrl_c(beside: Beside) -> None:
    status = Path(f"/proc/{started(beside)}/status").read_text()
    (blocked,) = re.findall(r"SigBlk:\s+(\w+)", status)
    assert int(blocked, 16) & 1 << signal.SIGINT - 1


def test_process_ends_with_the_one_that_is_killed_whatever_it_does(
    tmp_path: Path,
) -> None:
    program = tmp_path / "served.py"
    program.write_text(SERVED)
    command, here = [sys.executable, program], Path(__file__).parents[2]
    paths = {**os.environ, "PYTHONPATH": str(here)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=paths) as served:
        assert served.stdout is not None
        child = int(served.stdout.readline())
        assert is_running(child)
        served.kill()
    deadline = time.monotonic() + 30
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)
