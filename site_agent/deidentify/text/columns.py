"""Columns of tables that their heads call a person's or a house's.

What stands below ``read by`` in a row of cells names somebody, whatever word it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import phrases, words

_FEWEST = 2  # separators of a row, and known heads
_LONGEST_CELL = 60
_SEPARATORS = "|\t;"
_NAMED = {
    Category.NAME: re.compile(r"[^\W\d_]"),
    Category.PLACE: re.compile(r"[^\W\d_a-z]"),  # not ``here``
}


def find_columns(page: Page) -> Iterator[Span]:
    """Find the cells below a head that says whom or which house they name."""
    for separator in _SEPARATORS:
        if page.text.count(separator) >= _FEWEST:
            yield from _columns(page.text, separator)


def _columns(text: str, separator: str) -> Iterator[Span]:
    at, heads = 0, list[Category | None]()
    for line in text.split("\n"):
        parted = line.count(separator)
        if heads and parted + 1 == len(heads):
            begin = at
            for cell, category in zip(line.split(separator), heads, strict=True):
                bare = cell.strip()
                if category and _holds(bare, category):
                    start = begin + cell.index(bare)
                    yield Span(start, start + len(bare), category, "column")
                begin += len(cell) + 1
        elif line.strip(" -+:=" + separator):  # else a rule below the head
            heads = _heads(line.split(separator)) if parted >= _FEWEST else []
        at += len(line) + 1


def _holds(cell: str, category: Category) -> bool:
    return len(cell) <= _LONGEST_CELL and _NAMED[category].match(cell) is not None


def _heads(cells: list[str]) -> list[Category | None]:
    """Tell what columns hold by their heads, of which two must be known.

    So a row that has but a label and its value is none: ``Patient | Rust``.
    """
    named = [fold(cell).strip(" .:*") for cell in cells]
    heads = [_called(head) for head in named]
    others = words("columns", "others")
    known = sum(map(bool, heads)) + len(others.intersection(named))
    return heads if known >= _FEWEST and any(heads) else []


def _called(head: str) -> Category | None:
    if head in words("columns", "places"):
        return Category.PLACE
    return Category.NAME if head in _persons() else None


@cache
def _persons() -> frozenset[str]:
    said = phrases("person_lines") | phrases("signature") | phrases("addressed")
    return said | phrases("roles") | words("columns", "persons")
