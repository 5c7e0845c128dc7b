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
        if last < 0 or page.text[page.ends[last] : start] != ", ":
            continue
        first = _first(page, last)
        if first is None:
            continue
        if match[0][-1].isdigit():  # Indication: Rust, 87, intubated
            named = first == last and page.gaps[first].rstrip(" ")[-1:] == ":"
        else:
            named = _names(page, first, last, letter)
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
        kind, gap = page.kinds[first], page.gaps[first]
        if not kind & (CAPITAL | PARTICLE) and _is_hour(page, first):
            return first + 1 if first < last else None
        listed = kind & _NO_NAME and not kind & COMMON
        if listed and kind & FUNCTION and first == last:
            listed = not kind & CAPITAL  # Ek, Per
        if listed or not kind & (CAPITAL | PARTICLE):
            return None
        if gap in _JOINTS:
            continue
        if gap in _AFTER_INITIAL and first and page.kinds[first - 1] & INITIAL:
            continue
        begins = not first or "\n" in gap or gap.strip()[-1:] in (".", ":", ";", "|")
        return first if begins or _is_behind_figures(gap) else None
    return None


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


def _names(page: Page, first: int, last: int, letter: bytearray) -> bool:
    kinds = page.kinds[first : last + 1]
    if len(kinds) < _FEWEST:
        return False
    if any(kind & UNKNOWN for kind in kinds):
        return True
    if any(kind & LETTER and not kind & COMMON for kind in kinds):
        return False
    if any(kind & INITIAL for kind in kinds):
        return True
    return bool(letter[first]) and any(kind & COMMON for kind in kinds)
