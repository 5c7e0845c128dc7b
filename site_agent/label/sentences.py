"""Sections into sentences, sentences into words.

A sentence ends at a full stop, question or exclamation mark before a space and not
inside a number (``1.5 cm``), at an empty line, and before a list item. A single line
break is a space: letters are often wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_END = re.compile(
    r"(?<=[a-z0-9\])%][.!?])(?:\s+|(?=[A-Z]))"  # "clear. Heart", "clear.Heart"
    r"|(?<=[.!?])\s+(?=[A-Z0-9\[(])"
    r"|;\s*"
    r"|\n\s*\n"
    r"|\n(?=\s{0,9}(?:[-*\u2022]|\d{1,2}[.)])\s)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|approx|vs|st|no|e\.g|i\.e|cf|ca)\.|^\d{1,2}\.)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[,;:()/]")


_LONGEST = 120  # words; what is longer is no sentence, but must not take long


class Word(NamedTuple):
    """A lower-case word or a punctuation mark, and its place in the section."""

    text: str
    start: int
    end: int


def sentences(section: str) -> Iterator[list[Word]]:
    """Give the words of each sentence of a section; empty sentences are left out."""
    start = 0
    for match in [*_END.finditer(section), None]:
        end = match.start() if match else len(section)
        if match and _ABBREVIATION.search(section[max(start, end - 8) : end].strip()):
            continue
        words = [
            Word(word[0].lower(), word.start(), word.end())
            for word in _WORD.finditer(section, start, end)
        ]
        for first in range(0, len(words), _LONGEST):
            yield words[first : first + _LONGEST]
        start = match.end() if match else end
