"""What goes on a name to its right, though nothing of it shows a name alone.

A family name typed with a small letter (``Meral kowal``, ``Lioba de boer``), initials
(``Watson GA``, ``WILSON, M.E.``), whatever they abbreviate, and what small words join
with hyphens (``Niel-bij-As``, ``Van den Velde-de Heer``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

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
)
from site_agent.deidentify.text.name_runs import (
    DOTTED,
    is_dotted_word,
    kind_of_small,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.ranks import is_role
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import words, words_in

_LINKED = re.compile(r"(?:-[a-z]{1,4}[- ][^\W\d_a-z][^\W\d_]*)+")
_DOTTED = re.compile(r"(?:,? ?[A-Z]\.-? ?|\.-? ?)[A-Z](?![A-Za-z])\.?")
_TWO = re.compile(
    r",? (?P<two>[A-Z]{2})"
    r"(?=\.?$|\.? ?[,;:)(/\n|]|\. |  | -| (?!de |la |en |in |a )[a-z])"
)
_MOST_PARTICLES = 3
_NEVER = CLINICAL | LETTER | TITLE | MONTH


def with_tail(page: Page, span: Span) -> Span:
    """Take in what goes on a name or a place behind its last word."""
    end = span[1]
    after = bisect_left(page.starts, end)
    if not 0 < after < len(page.words):
        return span
    gap, kind = page.gaps[after], page.kinds[after - 1]
    if page.kinds[after] & CAPITAL:
        may_be = page.kinds[after] & (CAPS | INITIAL) and (
            gap in (" ", ", ") or (kind & INITIAL and gap in DOTTED)
        )
        if span[2] is Category.NAME and may_be:
            return _with_initials(page, span, after)
        return span
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


def _with_initials(page: Page, span: Span, after: int) -> Span:
    """Take in initials that follow; degrees and films (``Dr Rust, MD``) are none."""
    dotted = _DOTTED.match(page.text, span[1])
    if dotted is not None and not is_dotted_word(page, after):
        return span._replace(end=dotted.end())
    two = _TWO.match(page.text, span[1])
    if two is None or is_role(page, after):
        return span
    if page.folds[after] in words("names", "films"):
        return span
    loud = page.gaps[after] == " " and page.kinds[after - 1] & CAPS
    if loud and not page.kinds[after] & UNKNOWN:
        return span  # DR RUST IS
    return span._replace(end=two.end("two"))


def _small_name(page: Page, word: int) -> int:
    """Give the end of a family name with small letters; `word` if none begins there."""
    at = word
    last = min(len(page.words), word + _MOST_PARTICLES) - 1
    while at < last and page.kinds[at] & PARTICLE and page.gaps[at + 1] == " ":
        at += 1
    if at == word and page.folds[at].endswith(_verbs(page.language)):
        return word  # Dr Stein instemde
    kind = kind_of_small(page, at)
    named = kind & UNKNOWN or (kind & COMMON and not kind & _NEVER)
    return at + 1 if named else word


@cache
def _verbs(language: str) -> tuple[str, ...]:
    """Give how verbs end that often stand behind a name, and names seldom."""
    return tuple(words_in("verbs", language))
