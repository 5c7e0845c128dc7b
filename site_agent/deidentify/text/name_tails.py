"""What goes on a name to its right, though nothing of it shows a name alone.

A family name typed with a small letter (``Meral kowal``, ``Lioba de boer``), and what
small words join with hyphens (``Niel-bij-As``, ``Van den Velde-de Heer``).
"""

from __future__ import annotations

import re
from bisect import bisect_left

from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    INITIAL,
    LETTER,
    MONTH,
    PARTICLE,
    TITLE,
    UNKNOWN,
    kinds,
)
from site_agent.deidentify.text.name_runs import DOTTED
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span

_LINKED = re.compile(r"(?:-[a-z]{1,4}[- ][^\W\d_a-z][^\W\d_]*)+")
_SHORTEST = 4
_MOST_PARTICLES = 3
_NEVER = CLINICAL | LETTER | TITLE | MONTH


def with_tail(page: Page, span: Span) -> Span:
    """Take in what goes on a name or a place behind its last word."""
    end = span[1]
    after = bisect_left(page.starts, end)
    if not 0 < after < len(page.words) or page.kinds[after] & CAPITAL:
        return span
    gap, kind = page.gaps[after], page.kinds[after - 1]
    if kind & (CAPITAL | CAPS) != CAPITAL and not kind & INITIAL:
        return span
    if gap == " " or (gap in DOTTED and kind & INITIAL):
        if span[2] is Category.NAME:
            stop = _small_name(page, after)
            if stop > after:
                return span._replace(end=page.ends[stop - 1])
    elif gap == "-":
        linked = _LINKED.match(page.text, end)
        if linked is not None:
            return span._replace(end=linked.end())
    return span


def _small_name(page: Page, word: int) -> int:
    """Give the end of a family name with small letters; `word` if none begins there."""
    listed, at = kinds(page.language), word
    last = min(len(page.words), word + _MOST_PARTICLES) - 1
    while at < last and page.kinds[at] & PARTICLE and page.gaps[at + 1] == " ":
        at += 1
    written = page.words[at]
    if len(written) < _SHORTEST or not written.islower():
        return word
    kind = listed[written.capitalize()]
    named = kind & UNKNOWN or (kind & COMMON and not kind & _NEVER)
    return at + 1 if named else word
