"""Parts of a year that are dates: weeks, quarters, seasons and feasts with their year.

``KW 12/2019``, ``vecka 12 2019``, ``Q3 2019``, ``1. Quartal 2019``, ``Easter 2019``,
``verano de 2018``, ``III 2019``; and years alone behind a word that says so.
"""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.lexicon import CAPITAL, NUMERAL
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import either, words

_YEAR_BEHIND = re.compile(r"(?:19|20)\d\d(?![\d/-]|[.,]\d)")
_SHORT_YEAR_BEHIND = re.compile(r"\d\d(?![\d/-]|[.,:]\d|\s?[cm]?m\b)")
_QUARTER = re.compile(
    r"(?<![a-z\d])q[1-4](?:[ ./-]| of | de )'?(?:(?:19|20)\d\d|\d\d)(?!\d)"
)
_FIGURE_BEFORE = re.compile(
    r"(?<![\d.,/-])[1-4](?:\.|st|nd|rd|th|er|e|o|[\u00ba\u00b0])? $"
)
_BEFORE_YEAR = frozenset((" ", " '", " \u2019", ". ", "-", "/", " -", "."))
_BEFORE_WEEK = frozenset((" ", ". ", ".", ""))
_WEEKS = range(1, 54)
_CENTURIES = ("19", "20")
_LONGEST_BEFORE, _SHORT = 5, 2


def period_at(page: Page, start: int, end: int, word: int) -> Span | None:
    """Find a part of a year whose year is the figure ``[start, end)`` behind `word`."""
    folded, first = page.folded, word
    short = end - start == _SHORT
    if not (short or folded.startswith(_CENTURIES, start)):
        return None
    gap = page.text[page.ends[word] : start]
    if gap not in _BEFORE_YEAR or (short and gap[-1] not in "'\u2019"):
        return None
    form = _SHORT_YEAR_BEHIND if short else _YEAR_BEHIND
    if form.match(folded, start) is None:
        return None
    if (
        page.folds[word] in words("periods", "links")
        and word
        and page.gaps[word] == " "
    ):
        first -= 1
    said = page.folds[first]
    if said in words("periods", "parts"):
        begin = page.starts[first]
        near = max(0, begin - _LONGEST_BEFORE)
        before = _FIGURE_BEFORE.search(folded, near, begin)
        begin = begin if before is None else before.start()
        return Span(begin, end, Category.DATE, "part-of-year")
    numeral = page.kinds[word] & NUMERAL and page.kinds[word] & CAPITAL
    told = not page.language or page.language in words("periods", "numerals")
    if numeral and told and first == word and not short:
        return Span(page.starts[word], end, Category.DATE, "part-of-year")
    return None


def week_at(page: Page, start: int, end: int, word: int) -> Span | None:
    """Find the week whose figures are ``[start, end)``; `word` before them says so."""
    if page.text[page.ends[word] : start] not in _BEFORE_WEEK:
        return None
    if int(page.folded[start:end]) not in _WEEKS:
        return None
    year = _year_of_week().match(page.folded, end)
    if year is None and page.folds[word] not in words("periods", "calendar"):
        return None
    stop = end if year is None else year.end()
    return Span(page.starts[word], stop, Category.DATE, "week")


def quarter_at(folded: str, start: int) -> Span | None:
    """Find the quarter of a year that begins with a letter at `start`: ``Q3 2019``."""
    match = _QUARTER.match(folded, start)
    return Span(*match.span(), Category.DATE, "part-of-year") if match else None


@cache
def _year_of_week() -> re.Pattern[str]:
    links = either(words("periods", "links"))
    return re.compile(
        rf"(?:\. ?|, ?| ?[/-] ?| )(?:(?:{links}) )?(?:(?:19|20)\d\d|(?<=/)\d\d)(?!\d)"
    )
