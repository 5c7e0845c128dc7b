"""How many things somebody may have under way at once. Safe for several threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Slots:
    """Counts by key what is under way.

    Parameters
    ----------
    most : int
        Most of one key at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def of(self, key: str) -> Iterator[bool]:
        """Hold a slot while the block runs; False, and none held, when all are taken.

        Nobody waits for a slot.
        """
        with self._lock:
            free = self._taken[key] < self._most
            self._taken[key] += free
        try:
            yield free
        finally:
            with self._lock:
                self._taken[key] -= free
                if not self._taken[key]:
                    del self._taken[key]
