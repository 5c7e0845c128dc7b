"""What a file of reports gives: one report after the other, and the rows that are bad.

Every row comes out, as the one or as the other, so that nothing is lost; a bad row is
told by its number and what is wrong with it, never by what is in it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

_NONE: Mapping[str, str] = MappingProxyType({})
_FIRST_SLOTS = 1 << 12
_MOST_NOISE = 10  # one character in so many may be none of text
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")


class Report(NamedTuple):
    """One report as it came.

    `row` counts from 1; a header does not count. `language` is empty where the file
    does not say. `identifiers` are those that came beside the text, by kind.
    """

    row: int
    id: str
    text: str
    language: str = ""
    identifiers: Mapping[str, str] = _NONE


class BadRow(NamedTuple):
    """A row without a report that could be used; `why` is a phrase for people."""

    row: int
    why: str


Row = Report | BadRow

NO_ID = "it has no id"
SECOND = "its id was there before"
NO_TEXT_FILE = "it is no text; many of its characters are none"


def checked(rows: Iterable[Row]) -> Iterator[Row]:
    """Turn rows without an id, with an id seen before or without text into bad ones."""
    seen = SeenIds()
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif not row.id:
            yield BadRow(row.row, NO_ID)
        elif is_noise(row.text):
            yield BadRow(row.row, NO_TEXT_FILE)
        elif not seen.add(row.id):
            yield BadRow(row.row, SECOND)
        else:
            yield row


def is_noise(text: str) -> bool:
    """Whether a text is none: a picture, an archive, anything but characters."""
    if _CONTROL.search(text) is None:  # nearly always
        return False
    return len(_CONTROL.findall(text)) * _MOST_NOISE > len(text)


class SeenIds:
    """The ids that were met, in 16 to 32 bytes each, so that a million take 32 MiB.

    Only a hash of 64 bits is kept; that two ids of a million share one has a chance of
    1 in 30 million, and then the second is reported as met before, not lost unsaid.
    """

    def __init__(self) -> None:
        self._slots = array("q", bytes(8 * _FIRST_SLOTS))
        self._used = 0

    def add(self, identifier: str) -> bool:
        """Take an id in; False when it was there."""
        key = hash(identifier) or 1  # 0 is an empty slot
        if not _put(self._slots, key):
            return False
        self._used += 1
        if 2 * self._used > len(self._slots):
            larger = array("q", bytes(16 * len(self._slots)))
            for each in self._slots:
                if each:
                    _put(larger, each)
            self._slots = larger
        return True


def _put(slots: array[int], key: int) -> bool:
    mask = len(slots) - 1
    at = key & mask
    while (there := slots[at]) != 0:
        if there == key:
            return False
        at = (at + 1) & mask
    slots[at] = key
    return True
