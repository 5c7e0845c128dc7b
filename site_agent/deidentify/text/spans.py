"""What was found in a text, and putting placeholders in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def merge(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans that overlap; the longest of them says what it is."""
    joined: Span | None = None
    longest = 0
    for span in sorted(spans):
        length = span.end - span.start
        if joined is None or span.start >= joined.end:
            if joined is not None:
                yield joined
            joined, longest = span, length
            continue
        head = span if length > longest else joined
        longest = max(longest, length)
        joined = head._replace(start=joined.start, end=max(joined.end, span.end))
    if joined is not None:
        yield joined


def replace(text: str, spans: Iterable[Span]) -> str:
    """Put each span's placeholder in its place; the rest of the text stays as it is."""
    parts: list[str] = []
    end = 0
    for span in merge(spans):
        parts += (text[end : span.start], span.category.value)
        end = span.end
    return "".join([*parts, text[end:]])


def begins_sentence(text: str, start: int) -> bool:
    """Whether nothing but space, a bullet or a number stands before in the sentence."""
    before = text[max(0, start - 24) : start].rstrip(" \t\n-*\u2022\u2013")
    return not before or before[-1] in ".:;!?)"
