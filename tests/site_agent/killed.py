"""Run the site agent and kill it, as `kill -9` does, at a chosen call.

The call may be in one of its workers, each of which counts its own.

    python -m tests.site_agent.killed MODULE:NAME (before|after) COUNT -- ARGUMENTS

The COUNT-th call of MODULE:NAME ends the process before it begins, or when it is done.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from operator import attrgetter
from typing import Any

from site_agent.cli import main


def arm(point: str, moment: str, count: int) -> None:
    """Replace a function, or a method of a class, by one that kills."""
    module, _, name = point.partition(":")
    owner_name, _, last = name.rpartition(".")
    owner: Any = import_module(module)
    if owner_name:
        owner = attrgetter(owner_name)(owner)
    original = getattr(owner, last)
    calls, program = 0, os.getpid()

    def killer(*args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        this = calls  # others may begin meanwhile
        if this == count and moment == "before":
            os.kill(program, signal.SIGKILL)
        result = original(*args, **named)
        if this == count:
            os.kill(program, signal.SIGKILL)
        return result

    setattr(owner, last, killer)


if __name__ == "__main__":
    arm(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.argv[1:] = sys.argv[5:]
    main()
