"""How often somebody may try: so many attempts in a window, then wait.

It knows no clock; whoever asks says what time it is. Safe for several threads.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock


class Throttle:
    """Counts attempts by key in a sliding window.

    Parameters
    ----------
    attempts : int
        Most attempts of one key in the window.
    seconds : float
        Length of the window.
    keys : int
        Most keys that are remembered; the one not seen for longest is forgotten, so
        that nobody can fill the memory.
    """

    def __init__(self, *, attempts: int, seconds: float, keys: int = 10_000) -> None:
        self._attempts = attempts
        self._seconds = seconds
        self._keys = keys
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def admit(self, key: str, *, now: float) -> bool:
        """Count an attempt and return whether it may go on."""
        with self._lock:
            times = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while times and times[0] <= now - self._seconds:
                times.popleft()
            admitted = len(times) < self._attempts
            if admitted:
                times.append(now)
            while len(self._seen) > self._keys:
                self._seen.popitem(last=False)
            return admitted

    def refund(self, key: str) -> None:
        """Take back the last attempt of a key that has shown who it is."""
        with self._lock:
            if self._seen.get(key):
                self._seen[key].pop()
