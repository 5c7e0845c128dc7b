"""Both sides keep Flower's programs as children, by the same rules."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coordinator.training import children as coordinator_children
from site_agent.train import children as site_children

SLEEPER = (sys.executable, "-c", "import time; print('up'); time.sleep(600)")
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def wait_until(happened) -> None:
    while not happened():
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture(params=[coordinator_children, site_children])
def child_of(request, tmp_path):
    made = []

    def make(command, pause=0.0):
        log = tmp_path / "child.log"
        child = request.param.Child(
            command, log=log, environment={"EXTRA": "1"}, pause=pause
        )
        made.append(child)
        return child

    yield make
    for child in made:
        child.stop()


def test_child_that_ends_is_started_again_after_the_pause(child_of) -> None:
    child = child_of(SLEEPER)
    child.watch()
    assert not child.started
    child.start()
    first = child.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: child.pid is None)
    child.watch()
    assert child.pid not in (None, first)


def test_child_is_not_started_again_within_the_pause(child_of) -> None:
    child = child_of(SLEEPER, pause=600.0)
    child.start()
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: child.pid is None)
    child.watch()
    assert child.pid is None


def test_child_that_is_stopped_stays_so(child_of) -> None:
    child = child_of(SLEEPER)
    child.start()
    pid = child.pid
    child.stop()
    child.watch()
    assert child.pid is None
    assert not is_alive(pid)


def test_secrets_of_the_parent_do_not_reach_the_child(
    child_of, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("HILUM_VAULT_PASSPHRASE", "open sesame")
    child = child_of((sys.executable, "-c", SHOW))
    child.start()
    log = tmp_path / "child.log"
    wait_until(lambda: child.pid is None)
    shown = log.read_text()
    assert "open sesame" not in shown
    for part in ('"EXTRA": "1"', '"FLWR_TELEMETRY_ENABLED": "0"'):
        assert part in shown


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's tether is Linux's")
@pytest.mark.parametrize("module", ["coordinator.training", "site_agent.train"])
def test_child_ends_with_a_parent_that_was_killed(module, tmp_path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from {module}.children import Child
child = Child({SLEEPER!r}, log=Path({str(tmp_path / "log")!r}), environment={{}})
child.start()
print(child.pid, flush=True)
time.sleep(600)
"""
    root = str(Path(__file__).parents[3])
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
    )
    with parent:
        pid = int(parent.stdout.readline())
        wait_until(lambda: "up" in (tmp_path / "log").read_text())
        parent.kill()
    wait_until(lambda: not is_alive(pid))
