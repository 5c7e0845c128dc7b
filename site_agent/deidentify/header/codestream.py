"""The bytes of compressed pixels, read as one stream (PS3.5 8.2, A.4).

The fragments of all frames follow each other in it, since a frame may be cut anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

Read = Callable[[int, int], bytes]
"""Gives bytes from an offset on, as many as asked for; fewer where they end."""

Span = tuple[int, int]
"""Where bytes begin, and how many they are."""

WINDOW = 1 << 16
"""Bytes that are held in memory."""


class Unreadable(Exception):
    """A compressed picture is not what its transfer syntax says, or cannot be told."""


class Picture(NamedTuple):
    """What a header says of its pixels; 0 where it says nothing."""

    rows: int
    columns: int
    frames: int


class Stream:
    """The bytes of all fragments, one after the other.

    `pictures` counts those that were met in them, and `sizes` has what they say of
    their rows and columns.
    """

    def __init__(self, read: Read, fragments: Sequence[Span]) -> None:
        self._read, self.fragments = read, fragments
        self.starts = [0, *accumulate(length for _, length in fragments)]
        self.size = self.starts.pop()
        self._begin, self._held = 0, b""
        self.pictures = 0
        self.sizes: set[Span] = set()

    def window(self, at: int, count: int) -> bytes:
        """Give `count` bytes from a place on; fewer where the stream ends."""
        place = at - self._begin
        if place < 0 or place + count > len(self._held):
            spans = self.places(at, min(max(count, WINDOW), self.size - at))
            self._held = b"".join(self._read(*span) for span in spans)
            self._begin, place = at, 0
        return self._held[place : place + count]

    def number(self, at: int, size: int) -> int:
        """Give a big endian number.

        Raises
        ------
        Unreadable
            When the stream ends before.
        """
        value = self.window(at, size)
        if len(value) < size:
            raise Unreadable("a compressed picture that is cut off")
        return int.from_bytes(value)

    def find(self, pattern: re.Pattern[bytes], at: int) -> int:
        """Give where a pattern of at most 4 bytes first stands; the end if nowhere."""
        while at < self.size:
            window = self.window(at, WINDOW)
            match = pattern.search(window)
            if match is not None:
                return at + match.start()
            at += max(1, len(window) - 3)
        return self.size

    def places(self, at: int, count: int) -> Iterator[Span]:
        """Give where the bytes of a part of the stream stand."""
        number = bisect_right(self.starts, at) - 1
        while count > 0 and 0 <= number < len(self.starts):
            start, length = self.fragments[number]
            inside = at - self.starts[number]
            here = min(count, length - inside)
            if here > 0:
                yield start + inside, here
            at, count, number = at + here, count - here, number + 1


def in_pieces(at: int, end: int) -> Iterator[Span]:
    """Give a part of a stream in parts that are no larger than its window."""
    for piece in range(at, end, WINDOW):
        yield piece, min(WINDOW, end - piece)
