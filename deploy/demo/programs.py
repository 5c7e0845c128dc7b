"""Run the real command line programs, wait for them, and always clean up after them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

_GRACE = 20.0
"""Seconds in which a program may end by itself before it is killed."""


class ChapterFailed(Exception):
    """The story cannot go on; the message says what failed and where the log is."""


@dataclass(frozen=True, slots=True)
class Running:
    """A program in the background, in a process group of its own."""

    title: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path


@dataclass(slots=True)
class Programs:
    """The programs of one demonstration. Each writes to a log below `logs`."""

    logs: Path
    running: list[Running] = field(default_factory=list)
    _count: int = 0

    def run(
        self,
        *command: str | Path,
        deadline: float,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Run a program to its end and return what it printed.

        Parameters
        ----------
        command : str or pathlib.Path
            The program's name, as in ``.venv/bin``, and its arguments.
        deadline : float
            Seconds after which it is killed.
        environment : mapping, optional
            Variables beside those of this process.

        Raises
        ------
        ChapterFailed
            If it exits with another code than 0, or is too late.
        """
        title, words = _title(command), _resolve(command)
        log = self._log(title)
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            ) as process,
        ):
            try:
                printed, _ = process.communicate(timeout=deadline)
            except BaseException as error:
                _signal_group(process, signal.SIGKILL)
                process.wait()
                if isinstance(error, subprocess.TimeoutExpired):
                    raise ChapterFailed(
                        f"`{title}` did not end within {deadline:.0f} s; log: {log}"
                    ) from None
                raise
        if process.returncode:
            said = log.read_text("utf-8", "replace").strip() or "it printed no message"
            raise ChapterFailed(
                f"`{title}` exited with {process.returncode}; log: {log}\n{_tail(said)}"
            )
        return printed.decode()

    def start(self, *command: str | Path, home: Path) -> Running:
        """Start a program that serves `home` in the background."""
        command = (*command, "--home", home)
        title = _title(command)
        log = self._log(title)
        with log.open("wb") as output:
            process = subprocess.Popen(
                _resolve(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(Running(title, home, process, log))
        return self.running[-1]

    def wait_for(
        self, what: str, look: Callable[[], Found | None], *, deadline: float, log: Path
    ) -> Found:
        """Look again and again until something is there.

        Raises
        ------
        ChapterFailed
            If `deadline` (seconds) passes, or a background program has ended.
        """
        end = time.monotonic() + deadline
        while True:
            found = look()
            if found is not None:
                return found
            for each in self.running:
                if each.process.poll() is not None:
                    said = _tail(each.log.read_text("utf-8", "replace"))
                    raise ChapterFailed(
                        f"`{each.title}` ended with {each.process.returncode} while "
                        f"waiting for {what}; log: {each.log}\n{said}"
                    )
            if time.monotonic() > end:
                raise ChapterFailed(
                    f"{what}: nothing within {deadline:.0f} s; log: {log}"
                )
            time.sleep(0.5)

    def stop(self) -> None:
        """End all background programs, the last started first."""
        for each in reversed(self.running):
            _signal_group(each.process, signal.SIGTERM)
        end = time.monotonic() + _GRACE
        for each in reversed(self.running):
            with suppress(subprocess.TimeoutExpired):
                each.process.wait(max(0.1, end - time.monotonic()))
            _signal_group(each.process, signal.SIGKILL)
            each.process.wait()
        self.running.clear()

    def _log(self, title: str) -> Path:
        self._count += 1
        self.logs.mkdir(parents=True, exist_ok=True)
        name = "-".join(
            word for word in title.split() if word.replace("-", "").isalpha()
        )
        return self.logs / f"{self._count:02d}-{name}.log"


def _resolve(command: tuple[str | Path, ...]) -> list[str]:
    """Find the program beside the Python that runs this."""
    program = Path(sys.executable).parent / str(command[0])
    if not program.exists():
        raise ChapterFailed(f"{program} is not there; `make .venv` installs it")
    return [str(program), *map(str, command[1:])]


def _title(command: tuple[str | Path, ...]) -> str:
    """Name the program and its sub-commands, without paths and secrets."""
    words = takewhile(re.compile("[a-z][a-z-]*").fullmatch, map(str, command))
    return " ".join(words)


def _tail(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the whole group; the program may have left children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
