"""What goes with a date: its day of the week, the first day of a range, its year.

``Monday, Aug 5``, ``lundi 1er juillet``, ``15 and 16 September``, ``28./29.8.``, ``12
mars deux mille vingt-quatre``, ``11.3. d. J.``.
"""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.lexicon import CAPITAL
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Span
from site_agent.deidentify.text.vocabulary import phrases, words
from site_agent.deidentify.text.worded import end_of_year

_DAY = r"(?<![\w.,/-])(?:[12]\d|3[01]|0?[1-9])"
# The first day of a range that a month in figures ends, and one in words.
_BEFORE_FIGURES = re.compile(
    rf"{_DAY}(?:\.(?:(?:1[0-2]|0?[1-9])\.)? ?(?:[-\u2013/]|und|u\.|bis|og|och|a|i)"
    r"|(?:[-\u2013]| (?:e|y|et|au|al|para|na|och|en|tot|bis|und|u\.|and|to))) ?$"
)
_BEFORE_WORDS = re.compile(
    rf"{_DAY}(?:st|nd|rd|th|er|[.\u00ba\u00aa])? ?(?:[-\u2013/,]|and|und|et|y|e|i|og"
    r"|och|en|bis|to|au|al|ao|till|til|tot|do|a|or|oder) ?$"
)
_FIGURE = re.compile("[0-9]")
_BEGINS_WITH_DAY = re.compile(r"(?:[12]\d|3[01]|0?[1-9])(?!\d)")
_OF_MONTH = re.compile(
    r"[ ,](?:u\.s\.|c\.m\.|p\.v\.|ult\.|inst\.|d\. ?[jm]\.|ds\. ?(?:js|mts)\.|b\. ?r\."
    r"|r\.b\.|ub\. ?m\.|l\.j\.)"
)
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)\b")
_BEFORE_DATE = frozenset((" ", ", ", "., ", ". ", " (", ","))
_BEFORE_WORDED = frozenset(("the", "den"))
_WITH_CAPITAL = frozenset(("de", "en"))  # English sat and sun, German do and so
_LONGEST_RANGE = 14


def with_neighbours(page: Page, span: Span) -> Span:
    """Widen a date over what goes with it."""
    begun, stop, category, rule = span
    folded, start, end = page.folded, begun, stop
    if folded[end + 1 : end + 2].isalpha():
        if folded[end - 1].isalpha():
            worded = end_of_year(page, end)
            end = end if worded is None else worded
        if (of_month := _OF_MONTH.match(folded, end)) is not None:
            end = of_month.end()
    if start and folded[start - 1] != "\n" and folded[start - 2] not in ":|":
        near = max(0, start - _LONGEST_RANGE)
        figured = _FIGURE.search(folded, near, start) is not None
        if figured and _BEGINS_WITH_DAY.match(folded, start):
            lettered = any(map(str.isalpha, folded[start:end]))
            form = _BEFORE_WORDS if lettered else _BEFORE_FIGURES
            first = form.search(folded, near, start)
            if first is not None:
                start = first.start()
        word = page.word_before(start - 1)
        if (
            word >= 0
            and page.folds[word] in _beside(page.language)
            and page.ends[word] <= start
        ):
            start = _with_weekday(page, word, start, span)
    if start == begun and end == stop:
        return span
    return Span(start, end, category, rule)


def _with_weekday(page: Page, word: int, start: int, span: Span) -> int:
    """Give where a date begins with the day of the week before it, if one is.

    `word` is one of `_beside`.
    """
    if page.text[page.ends[word] : start] not in _BEFORE_DATE:
        return start
    first, articles = word, words("moments", "articles")
    if page.folds[word] in articles and word and page.gaps[word] in _BEFORE_DATE:
        first -= 1
    if is_weekday(page, first) or is_short_weekday(page, first):
        return page.starts[first]
    if page.folds[first] == "feira" and first and page.gaps[first] == "-":
        return page.starts[first - 1]
    worded = span.rule == "date-in-words" or _ORDINAL.match(page.folded, span.start)
    if worded and page.folds[word] in _BEFORE_WORDED:
        return page.starts[word]
    return start


def is_weekday(page: Page, word: int) -> bool:
    """Whether a word is a day of the week in full, of any language."""
    return page.folds[word] in words("moments", "weekdays")


def is_short_weekday(page: Page, word: int) -> bool:
    """Whether a word is a short day of the week in the language of the text."""
    if page.folds[word] not in _short(page.language):
        return False
    return bool(page.kinds[word] & CAPITAL) or page.language not in _WITH_CAPITAL


@cache
def _beside(language: str) -> frozenset[str]:
    """Give every word that may go with the date right behind it."""
    listed = words("moments", "articles") | words("moments", "weekdays")
    return listed | _short(language) | _BEFORE_WORDED | {"feira"}


@cache
def _short(language: str) -> frozenset[str]:
    try:
        return phrases("weekdays_short", language)
    except KeyError:  # a language without a list
        return frozenset()
