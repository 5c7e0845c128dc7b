"""What was found in a text, and putting placeholders in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple


class Category(StrEnum):
    """What was found; the value is what takes its place."""

    NAME = "[NAME]"
    DATE = "[DATE]"
    TIME = "[TIME]"
    PHONE = "[PHONE]"
    ID = "[ID]"
    EMAIL = "[EMAIL]"
    URL = "[URL]"
    PLACE = "[PLACE]"
    AGE = "90+"
    DOUBT = "[?]"


class Span(NamedTuple):
    """``[start, end)`` of a text, what it is, and the rule that found it."""

    start: int
    end: int
    category: Category
    rule: str


Instead = Callable[[Span, str], str]
"""Gives what takes the place of a span, from the span and what is written there."""


def merge(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans that overlap; the longest of them says what it is."""
    joined: Span | None = None
    begun = end = longest = 0
    for span in sorted(spans):
        start, stop, category, rule = span
        if start >= end or joined is None:
            if joined is not None:
                yield joined if joined[1] == end else joined._replace(end=end)
            joined, begun, end, longest = span, start, stop, stop - start
            continue
        if stop - start > longest:
            longest = stop - start
            joined = Span(begun, stop, category, rule)
        if stop > end:
            end = stop
    if joined is not None:
        yield joined if joined[1] == end else joined._replace(end=end)


def placeholder(span: Span, _: str) -> str:
    """Give what tells the kind of a span."""
    return span.category


def replace(
    text: str,
    spans: Iterable[Span],
    instead: Instead = placeholder,
    first: int = 0,
    last: int | None = None,
) -> str:
    """Put in the place of each span what `instead` gives; the rest stays as it is.

    The spans are in order and do not overlap, as `merge` gives them. Only the text
    ``[first, last)`` is given; each span has at least a part in it.
    """
    parts: list[str] = []
    plainly, at, stop = (
        instead is placeholder,
        first,
        len(text) if last is None else last,
    )
    for span in spans:
        start, end, category, _ = span
        parts.append(text[at:start])
        if plainly:
            parts.append(category)
        else:
            written = text[max(first, start) : min(end, stop)]
            parts.append(instead(span, written))
        at = end
    parts.append(text[at:stop])
    return "".join(parts)


def begins_sentence(text: str, start: int) -> bool:
    """Whether nothing but space, a bullet or a number stands before in the sentence."""
    before = text[max(0, start - 24) : start].rstrip(" \t\n-*\u2022\u2013")
    return not before or before[-1] in ".:;!?)"
