"""Flower's programs as children of the site agent: started, watched, never left over.

A child is started from this installation, with an environment of its own that no secret
of the parent gets into, and ends when its parent does, even by ``kill -9``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
"""What a child may know of its parent's environment."""

_SWITCHES = {"FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1"}

# Asks the kernel (Linux) for SIGTERM when the parent is gone, then becomes the program.
_TETHER = """
import ctypes, os, sys
prctl = getattr(ctypes.CDLL(None), "prctl", None)
if prctl:
    prctl(1, 15)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""
_GRACE_SECONDS = 5.0
_MOST_LOG_BYTES = 10_000_000


class Child:
    """One program that is to run; `watch` starts it again when it has ended.

    The kernel ends a child with the *thread* that started it: start and watch from one
    thread that lives as long as the children should.

    Parameters
    ----------
    command : sequence of str
        A program of this installation's ``bin`` folder, and its arguments.
    log : Path
        Where its output goes; an old one of more than 10 MB is put aside at a start.
    environment : mapping
        Variables beyond those that every child gets.
    pause : float
        Seconds between its end and its next start.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        pause: float = 2.0,
    ) -> None:
        self._command = command
        self._log = log
        self._environment = environment
        self._pause = pause
        self._process: subprocess.Popen[bytes] | None = None
        self._ended_at: float | None = None

    def start(self) -> None:
        """Start the program."""
        if self._log.exists() and self._log.stat().st_size > _MOST_LOG_BYTES:
            self._log.replace(self._log.with_suffix(".old.log"))
        tether = [sys.executable, "-I", "-S", "-c", _TETHER, str(os.getpid())]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [*tether, *self._command],
                env=_environment() | dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._ended_at = None

    def watch(self) -> None:
        """Start the program again when it has ended, after the pause."""
        if self._process is None or self._process.poll() is None:
            return
        if self._ended_at is None:
            self._ended_at = time.monotonic()
        if time.monotonic() - self._ended_at >= self._pause:
            self.start()

    def stop(self) -> None:
        """End the program: politely, then by force."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def started(self) -> bool:
        """Whether the program was started and not stopped."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """The number of the running process, None when there is none."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process and running else None


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    programs = Path(sys.executable).parent
    package = Path(__file__).parents[2]
    return kept | {
        **_SWITCHES,
        "PATH": f"{programs}{os.pathsep}{kept.get('PATH', os.defpath)}",
        # The children import the very package that their parent runs.
        "PYTHONPATH": str(package),
        "PYTHONUNBUFFERED": "1",
    }
