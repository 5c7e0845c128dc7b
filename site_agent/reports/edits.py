"""Text after some edits, which still knows where each of its characters came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Edit(NamedTuple):
    """The original's characters ``[start, end)`` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A text, and the places in the original that its characters came from.

    `runs` are in order. A run begins at its first number in `text` and either is the
    same as the original from its second number on, or stands as a whole for the
    original between its second number and its third. Without runs nothing was edited.
    """

    text: str
    runs: tuple[tuple[int, int, int], ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Give the place in the original of the characters ``[start, end)``."""
        if not self.runs:
            return start, end
        first, last = self._run(start), self._run(max(start, end - 1))
        begin = first[1] if first[2] else first[1] + start - first[0]
        if end <= start:
            return begin, begin
        return begin, last[2] or last[1] + end - last[0]

    def _run(self, place: int) -> tuple[int, int, int]:
        return self.runs[max(0, bisect_right(self.runs, (place, 1 << 62, 0)) - 1)]


def edited(original: str, edits: Iterable[Edit]) -> Plain:
    """Make edits, which are in order and do not overlap."""
    parts: list[str] = []
    runs: list[tuple[int, int, int]] = []
    length = at = 0
    for start, end, text in edits:
        if start > at:
            runs.append((length, at, 0))
            parts.append(original[at:start])
            length += start - at
        if text:
            runs.append((length, start, end))
            parts.append(text)
            length += len(text)
        at = end
    if not at:
        return Plain(original)
    if at < len(original):
        runs.append((length, at, 0))
        parts.append(original[at:])
    return Plain("".join(parts), tuple(runs) or ((0, 0, len(original)),))
