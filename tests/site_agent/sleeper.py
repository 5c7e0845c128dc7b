"""What a process beside this one does in tests: it sleeps, or dies."""

from __future__ import annotations

import multiprocessing
import os
import time

from site_agent.beside import Answer, Beside

DEADLY = -1.0


def begin() -> Answer:
    """Give what sleeps for as long as it is asked to."""

    def answer(seconds: float) -> float:
        if seconds == DEADLY:
            os._exit(1)
        time.sleep(seconds)
        return seconds

    return answer


def started(beside: Beside) -> int:
    """Start the process and give its number."""
    before = {child.pid for child in multiprocessing.active_children()}
    beside.start()
    (child,) = {child.pid for child in multiprocessing.active_children()} - before
    assert child is not None
    return child
