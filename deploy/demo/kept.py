"""A demonstration that was left running: noted down, found again, stopped."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

_NOTE = "running.json"
_GRACE = 20.0
"""Seconds in which a program may end by itself before it is killed."""


def note(folder: Path, processes: Mapping[Path, int]) -> None:
    """Note which process serves which home (of the coordinator, of a site)."""
    told = {str(home.relative_to(folder)): pid for home, pid in processes.items()}
    (folder / _NOTE).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def stop(folder: Path) -> int:
    """Stop what is still running of an earlier demonstration in `folder`.

    A process number may belong to something else by now, so a process is only touched
    while the lock of the home that it serves is held.

    Returns
    -------
    int
        How many programs were stopped.
    """
    try:
        told: dict[str, int] = json.loads((folder / _NOTE).read_bytes())
    except (FileNotFoundError, ValueError):
        return 0
    serving = {home: pid for home, pid in told.items() if is_served(folder / home)}
    for number, patience in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, _GRACE)):
        alive = [home for home in serving if is_served(folder / home)]
        for home in alive:
            with suppress(ProcessLookupError):
                os.killpg(serving[home], number)
        _wait_until_free((folder / home for home in alive), patience)
    (folder / _NOTE).unlink()
    return len(serving)


def _wait_until_free(homes: Iterable[Path], seconds: float) -> None:
    end = time.monotonic() + seconds
    for home in homes:
        while is_served(home) and time.monotonic() < end:
            time.sleep(0.1)


def is_served(home: Path) -> bool:
    """Tell whether a process holds the lock that `serve` takes."""
    try:
        with (home / "serve.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
