"""Programs of the demonstration: run, fail, be late, and be gone afterwards."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.programs import ChapterFailed, Programs, Running


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    programs = Programs(tmp_path / "logs")
    yield programs
    programs.stop()


def started(programs: Programs, code: str) -> Running:
    return programs.start("python", "-c", code, home=programs.logs)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_what_a_program_prints_is_returned(programs: Programs) -> None:
    said = programs.run("python", "-c", "print('yes')", deadline=20)
    assert said == "yes\n"


def test_failure_names_the_exit_code_the_message_and_the_log(
    programs: Programs,
) -> None:
    with pytest.raises(ChapterFailed) as failed:
        programs.run(
            "python", "-c", "raise SystemExit('no such hospital')", deadline=20
        )
    assert "`python` exited with 1" in str(failed.value)
    assert "no such hospital" in str(failed.value)
    assert str(programs.logs) in str(failed.value)


def test_secret_arguments_are_not_in_the_message(programs: Programs) -> None:
    with pytest.raises(ChapterFailed) as failed:
        programs.run(
            "python", "-c", "raise SystemExit(3)", "--token", "t0p", deadline=20
        )
    assert "t0p" not in str(failed.value)


def test_program_that_hangs_is_killed_at_its_deadline(programs: Programs) -> None:
    with pytest.raises(ChapterFailed, match=r"did not end within 1 s"):
        programs.run("python", "-c", "import time; time.sleep(60)", deadline=1)


def test_program_that_is_not_installed_is_named(programs: Programs) -> None:
    with pytest.raises(ChapterFailed, match=r"make \.venv"):
        programs.run("no-such-program", deadline=1)


def test_waiting_ends_when_a_background_program_dies(programs: Programs) -> None:
    running = started(programs, "raise SystemExit('port is taken')")
    with pytest.raises(ChapterFailed, match="port is taken"):
        programs.wait_for("nothing", lambda: None, deadline=30, log=running.log)


def test_waiting_ends_at_its_deadline(programs: Programs) -> None:
    running = started(programs, "import time; time.sleep(60)")
    with pytest.raises(ChapterFailed, match="a model: nothing within 0 s"):
        programs.wait_for("a model", lambda: None, deadline=0.2, log=running.log)


def test_stop_ends_children_that_a_program_left(
    programs: Programs, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, time\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "child = subprocess.Popen(sleep)\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    running = started(programs, code)
    pid = programs.wait_for(
        "the child",
        lambda: int(note.read_text() or 0) if note.exists() else None,
        deadline=20,
        log=running.log,
    )
    programs.stop()
    for _ in range(50):
        if not alive(pid):
            break
        time.sleep(0.1)
    assert not alive(pid)
    assert not programs.running
