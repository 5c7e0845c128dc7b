"""Whether the machine does something else meanwhile, from Linux's own count of work.

What takes two cores in turns with another program is compared with `cp`, which takes
one: other work on the machine would be counted against the first only.
"""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path

STAT = Path("/proc/stat")
QUIET = 0.12  # cores that other work may take
_PATIENCE = 60.0  # seconds to wait for free cores
_GLANCE = 0.12


@dataclass
class Alone:
    """Begins when the cores are free; then tells whether they stayed so."""

    begun: float = field(init=False)
    _busy: float = field(init=False)
    _own: float = field(init=False)

    def __post_init__(self) -> None:
        patience = time.perf_counter() + _PATIENCE
        while time.perf_counter() < patience:
            before = _busy()
            time.sleep(_GLANCE)
            if _busy() - before < QUIET * _GLANCE:
                break
        self.begun, self._busy, self._own = time.perf_counter(), _busy(), _own()

    def end(self) -> tuple[float, bool]:
        """Give the seconds since, and whether nothing else took a core meanwhile."""
        seconds = time.perf_counter() - self.begun
        other = (_busy() - self._busy) - (_own() - self._own)
        return seconds, other < 0.05 + QUIET * seconds


def _busy() -> float:
    """Processor seconds of all cores so far, with what the host took from them."""
    if not STAT.exists():
        return _own()
    counts = [int(word) for word in STAT.read_text().split("\n")[0].split()[1:9]]
    idle, waiting = counts[3:5]
    return (sum(counts) - idle - waiting) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    """Processor seconds of this process and of those that it waited for."""
    costs = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(cost.ru_utime + cost.ru_stime for cost in costs)
