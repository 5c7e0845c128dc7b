"""Values of XML and JSON that their names call a person's or a number.

``<patient nr="47">Rust, Anna</patient>``, ``requester="S Head"``, ``"medico": "Rust"``
name somebody, whatever word it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.lexicon import CAPITAL, CLINICAL, COMMON, LETTER
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import phrases

_ELEMENT = re.compile(r">(?P<value>[^<>\n]{2,80})</(?:\w{1,20}:)?(?P<name>\w{2,40})>")
_ATTRIBUTE = re.compile(
    r"(?<!\w)(?P<name>[^\W\d_][\w.-]{1,40}) ?= ?\"(?P<value>[^\"\n<>]{1,80})\""
)
_MEMBER = re.compile(
    r"\"(?P<name>[^\W\d_][\w. -]{1,40})\" ?: ?\"(?P<value>[^\"\n]{1,80})\""
)
# ``patientName``, ``patient_name``.
_INSIDE = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.-]")
_FIGURE = re.compile(r"\d")
_MOST_WORDS = 6


def find_fields(page: Page) -> Iterator[Span]:
    """Find the values of named elements, attributes and members."""
    text = page.text
    for sign, pattern in (("</", _ELEMENT), ('="', _ATTRIBUTE), ('":', _MEMBER)):
        if sign in text:
            for match in pattern.finditer(text):
                yield from _value(page, match)


def _value(page: Page, match: re.Match[str]) -> Iterator[Span]:
    called = fold(_INSIDE.sub(" ", match["name"])).strip()
    start, end = match.span("value")
    if _FIGURE.search(match["value"]):
        if called in _numbers():
            yield Span(start, end, Category.ID, "field")
    elif called in _persons() and _may_be_name(page, start, end):
        yield Span(start, end, Category.NAME, "field")


def _may_be_name(page: Page, start: int, end: int) -> bool:
    """Whether a value is a few words of which one may be somebody's name."""
    first, last = bisect_left(page.starts, start), bisect_left(page.starts, end)
    kinds = page.kinds[first:last]
    return 0 < len(kinds) <= _MOST_WORDS and any(
        kind & CAPITAL and (kind & COMMON or not kind & (CLINICAL | LETTER))
        for kind in kinds
    )


@cache
def _persons() -> frozenset[str]:
    return phrases("person_lines") | phrases("roles")


@cache
def _numbers() -> frozenset[str]:
    return phrases("numbered_id") | phrases("person_lines")
