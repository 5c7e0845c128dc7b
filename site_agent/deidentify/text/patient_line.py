"""Names of a patient line, before an age or a birthday: ``Clear, Josh, 79 y/o``.

There a word of medicine is a name too, when it is somebody's name, or beside one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.ages import years
from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    COMMON,
    FUNCTION,
    HOUSE,
    INITIAL,
    LABEL,
    LETTER,
    PARTICLE,
    STREET,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import either, phrases, words

_JOINTS = frozenset((" ", ", ", ",", "-", "'", "\u2019"))
_AFTER_INITIAL = frozenset((". ", "."))
_NO_NAME = FUNCTION | HOUSE | LABEL | STREET | TITLE
_FEWEST, _MOST = 2, 5  # words, initials among them


def find_before_ages(page: Page, letter: bytearray) -> Iterator[Span]:
    """Find names at the beginning of a sentence that an age follows.

    `letter` tells for each word whether it stands in a letterhead; only there a name
    may be but of words of medicine.
    """
    for match in _age().finditer(page.folded):
        start = match.start() + len(", ")
        last = bisect_left(page.starts, start) - 1
        if last < 0 or page.text[page.ends[last] : start] not in (", ", "., "):
            continue
        first = _first(page, last)
        if first is None:
            continue
        if match[0][-1].isdigit():  # Indication: Rust, 87, intubated
            named = first == last and page.gaps[first].rstrip(" ")[-1:] == ":"
        else:
            born = page.folded[match.end() : match.end() + 1].isdigit()
            named = _names(page, first, last, bool(letter[first]) or born)
        if named:
            yield Span(page.starts[first], page.ends[last], Category.NAME, "before-age")


@cache
def _age() -> re.Pattern[str]:
    """Match an age, or what stands before the figures of one or of a birthday."""
    born = either(phrases("ages", "born"))
    return re.compile(
        rf", (?:[0-9]{{1,3}}(?![0-9])[\s-]{{0,2}}(?:{years()})(?![a-z])"
        rf"|(?:{born}) (?=[0-9])|[1-9][0-9](?=, [a-z]))"
    )


def _first(page: Page, last: int) -> int | None:
    """Give where a name begins that ends with a word; None if it fills no sentence."""
    first = last + 1
    while first and last - first < _MOST:
        first -= 1
        if not _may_be_of_name(page, first, last):
            return _behind(page, first, last)
        gap = page.gaps[first]
        if gap in _JOINTS:
            continue
        if gap in _AFTER_INITIAL and first and page.kinds[first - 1] & INITIAL:
            continue
        begins = not first or "\n" in gap or gap.strip()[-1:] in (".", ":", ";", "|")
        return first if begins or _is_behind_figures(gap) else None
    return None


def _may_be_of_name(page: Page, word: int, last: int) -> bool:
    kind = page.kinds[word]
    if kind & _NO_NAME and not kind & COMMON:
        # A small word ends a name: ``Ek, Per``.
        return word == last and bool(kind & FUNCTION) and bool(kind & CAPITAL)
    return bool(kind & (CAPITAL | PARTICLE))


def _behind(page: Page, word: int, last: int) -> int | None:
    """Give where a name with a comma begins behind a word: ``Befund von Rust, Anna``.

    Behind a time of day it needs no comma.
    """
    first = word + 1
    while first < last and page.kinds[first] & PARTICLE:
        first += 1
    parted = any(gap in (", ", ",") for gap in page.gaps[first + 1 : last + 1])
    return first if first <= last and (parted or _is_hour(page, word)) else None


def _is_hour(page: Page, word: int) -> bool:
    """Whether a word stands behind a time of day: ``13:48h, Rust, Anna``."""
    before, after = page.gaps[word], page.gaps[word + 1]
    if not before[-1:].isdigit() or after != ", ":
        return False
    return page.folds[word] in words("days", "hours")


def _is_behind_figures(gap: str) -> bool:
    """Whether figures and a comma or a dash stand before a name: ``16:21 - Rust``."""
    return gap.rstrip(" ,-\u2013")[-1:].isdigit() and gap[-2:] in (
        ", ",
        "- ",
        "\u2013 ",
    )


def _names(page: Page, first: int, last: int, due: bool) -> bool:
    """Whether words are a name; where one is due, it may be of words of medicine."""
    kinds = page.kinds[first : last + 1]
    if len(kinds) < _FEWEST:
        return False
    if any(kind & UNKNOWN for kind in kinds):
        return True
    if any(kind & LETTER and not kind & COMMON for kind in kinds):
        return False
    if any(kind & INITIAL for kind in kinds):
        return True
    return due and any(kind & COMMON for kind in kinds)
