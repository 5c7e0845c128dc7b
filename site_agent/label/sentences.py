"""Sections into sentences, sentences into words.

A sentence ends at a full stop, question or exclamation mark before a space and not
inside a number (``1.5 cm``), at an empty line, and before a list item. A single line
break is a space: letters are often wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_LETTERS = [chr(code) for code in range(0x530)]  # Latin, Greek, Cyrillic
_SMALL = "".join(filter(str.islower, _LETTERS))
_LARGE = "".join(filter(str.isupper, _LETTERS))
_END = re.compile(
    r"[.!?;\n](?:"  # one character first, which the search can look for
    rf"(?<=[{_SMALL}0-9\])%][.!?])(?:\s+|(?=[{_LARGE}]))"  # "clear. Heart" and without
    rf"|(?<=[.!?])\s+(?=[{_LARGE}0-9\[(])"
    r"|(?<=;)\s*"
    r"|(?<=\n)\s*\n"
    r"|(?<=\n)(?=\s{0,9}(?:[-*\u2022]|\d{1,2}[.)])\s))"
)
_ABBREVIATIONS = ["dr", "mr", "mrs", "ms", "approx", "vs", "st", "no", "cf", "ca"]
_ABBREVIATIONS += ["e.g", "i.e"]
_WORD = re.compile(  # "patient's" is one word, "l'opacité" two
    r"[^\W\d_]+(?:'(?:s|t|d|m|re|ve|ll)\b)?|\d+(?:[.,]\d+)*|[,;:()/]"
)


LONGEST = 120  # words; what is longer is no sentence, but must not take long
_BEFORE_A_STOP = 16  # characters that tell whether it ends an abbreviation


class Word(NamedTuple):
    """A lower-case word or a punctuation mark, and its place in the section."""

    text: str
    start: int
    end: int


def abbreviation(written: Iterable[str]) -> re.Pattern[str]:
    """Make a pattern of what ends in a full stop that ends no sentence.

    Parameters
    ----------
    written
        A language's own, with or without their last full stop: ``V. a.`` is found as
        ``V.a.`` too, and ``der #.`` with any number of two digits (``der 7. Rippe``).
    """
    shapes = "|".join(re.escape(w.rstrip(".")) for w in (*_ABBREVIATIONS, *written))
    known = shapes.replace(r"\#", r"\d{1,2}").replace(r"\ ", r"\s?")
    return re.compile(rf"(?:\b(?:{known})\.|^\d{{1,2}}\.)$", re.IGNORECASE)


_ABBREVIATION = abbreviation(())


def sentences(
    section: str, abbreviated: re.Pattern[str] = _ABBREVIATION
) -> Iterator[list[Word]]:
    """Give the words of each sentence of a section; empty sentences are left out."""
    for start, end in spans(section, abbreviated):
        words = words_at(section, start, end)
        for first in range(0, len(words), LONGEST):
            yield words[first : first + LONGEST]


def spans(
    section: str, abbreviated: re.Pattern[str] = _ABBREVIATION
) -> Iterator[tuple[int, int]]:
    """Give the places of the sentences of a section."""
    start = 0
    for match in _END.finditer(section):
        end = match.start()
        if section[end] == ".":
            before = section[max(start, end + 1 - _BEFORE_A_STOP) : end + 1]
            if abbreviated.search(before.strip()):
                continue
        yield start, end
        start = match.end()
    yield start, len(section)


def words_at(section: str, start: int, end: int) -> list[Word]:
    """Give the words between two places, with their places."""
    return [
        Word(word[0].lower(), word.start(), word.end())
        for word in _WORD.finditer(section, start, end)
    ]


def texts_at(section: str, start: int, end: int) -> list[str]:
    """Give the words between two places."""
    return [word.lower() for word in _WORD.findall(section, start, end)]
