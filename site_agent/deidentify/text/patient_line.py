"""Names of a patient line, before an age or a birthday: ``Clear, Josh, 79 y/o``.

There a word of medicine is a name too, when it is somebody's name, or beside one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from site_agent.deidentify.text.ages import YEARS
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

_YEARS_AFTER = re.compile(rf"[\s-]{{0,2}}(?:{YEARS})(?![a-z])")
# Before the figures of an age, or of a day of birth.
_BORN = re.compile(
    r", (?:anni|lat|aged?|alter|wiek|edad|\*|dob:?|born(?: on)?|geb\.?(?: am)?|geboren"
    r"(?: am| op)?|nee?(?:\(e\))?(?: le)?|nat[oa](?: il)?|ur\.?|fodd|nacid[oa](?: el)?"
    r"|nascid[oa](?: a| em)?) \Z"
)
_NEAR = 16
_JOINTS = frozenset((" ", ", ", "-", "'", "\u2019"))
_AFTER_INITIAL = frozenset((". ", "."))
_NO_NAME = FUNCTION | HOUSE | LABEL | STREET | TITLE
_DIGITS_OF_AGE = 3
_FEWEST, _MOST = 2, 5  # words, initials among them


def find_before_ages(page: Page, letter: bytearray) -> Iterator[Span]:
    """Find names at the beginning of a sentence that an age follows.

    `letter` tells for each word whether it stands in a letterhead; only there a name
    may be but of words of medicine.
    """
    folded = page.folded
    for start, stop in page.figures:
        if start < 2 or folded[start - 1] != " ":
            continue
        if folded[start - 2] == ",":
            short = stop - start <= _DIGITS_OF_AGE
            if not short or not _YEARS_AFTER.match(folded, stop):
                continue
        else:
            near = folded[start - _NEAR if start > _NEAR else 0 : start]
            born = _BORN.search(near) if "," in near else None
            if born is None:
                continue
            start -= len(born[0]) - len(", ")
        last = bisect_left(page.starts, start) - 1
        if last < 0 or page.text[page.ends[last] : start] != ", ":
            continue
        first = _first(page, last)
        if first is not None and _names(page, first, last, letter):
            yield Span(page.starts[first], page.ends[last], Category.NAME, "before-age")


def _first(page: Page, last: int) -> int | None:
    """Give where a name begins that ends with a word; None if it fills no sentence."""
    first = last + 1
    while first and last - first < _MOST:
        first -= 1
        kind, gap = page.kinds[first], page.gaps[first]
        if not kind & (CAPITAL | PARTICLE) or (kind & _NO_NAME and not kind & COMMON):
            return None
        if gap in _JOINTS:
            continue
        if gap in _AFTER_INITIAL and first and page.kinds[first - 1] & INITIAL:
            continue
        begins = not first or "\n" in gap or gap.strip()[-1:] in (".", ":", ";", "|")
        return first if begins else None
    return None


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
