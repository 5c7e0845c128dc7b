"""Phone numbers of any length that a sentence says somebody is rung at.

``please ring me on 3487``, ``erreichbar unter 91655``: a word for it stands before them
in the sentence, and right before the figures where the number is told.
"""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.lexicon import TITLE
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import words

_NUMBER = re.compile(
    r"\d{1,6}(?:[ /-]\d{2,5}){0,4}"
    r"(?![\w%\u00b0]|[.,:/-]\d| ?(?:mm|cm|ml|mg|kg|hours?|days?|hrs?|min)\b)"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_FEWEST, _MOST_BEFORE, _MOST_BEHIND = 4, 14, 6
_BEFORE = frozenset((" ", ": ", " -"))
_ENDED = re.compile(r"[.!?;][ \n]|\n")


def rung_at(page: Page, start: int, word: int) -> Span | None:
    """Find the number whose first figures stand at `start`, `word` before them.

    The word is one of `before_numbers`.
    """
    gap = page.text[page.ends[word] : start]
    number = _NUMBER.match(page.text, start)
    if number is None or _YEAR.fullmatch(number[0]):
        return None
    if sum(map(str.isdigit, number[0])) < _FEWEST:
        return None
    if page.folds[word] in words("rung", "offices"):
        told = gap in (", ", " (", ": ", " ")
    else:
        told = gap in _BEFORE and _is_said(page, word)
    if not told:
        return None
    begin = start - gap.endswith("-")
    return Span(begin, number.end(), Category.PHONE, "phone-rung")


@cache
def before_numbers() -> frozenset[str]:
    """Give the folded words that `rung_at` asks for before a number."""
    return words("rung", "before") | words("rung", "offices") | words("rung", "said")


def _is_said(page: Page, word: int) -> bool:
    """Whether somebody is rung in the sentence of the number behind a word."""
    said, folds, gaps = words("rung", "said"), page.folds, page.gaps
    for at in range(word, max(-1, word - _MOST_BEFORE), -1):
        if folds[at] in said:
            return True
        if _ENDED.search(gaps[at]) and not (at and page.kinds[at - 1] & TITLE):
            break
    for at in range(word + 1, min(len(folds), word + _MOST_BEHIND)):
        if _ENDED.search(gaps[at]):
            return False
        if folds[at] in said:
            return True
    return False
