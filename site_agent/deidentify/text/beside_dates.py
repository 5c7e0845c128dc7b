"""What goes with a date: its day of the week, the first day of a range, its year.

``Monday, Aug 5``, ``lundi 1er juillet``, ``15 and 16 September``, ``28./29.8.``, ``12
mars deux mille vingt-quatre``, ``11.3. d. J.``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

from site_agent.deidentify.text.lexicon import CAPITAL
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Span
from site_agent.deidentify.text.vocabulary import either, phrases, words
from site_agent.deidentify.text.worded import end_of_year

_DAY = r"(?<![\w.,/-])(?:[12]\d|3[01]|0?[1-9])"
_FIGURE = re.compile("[0-9]")
_BEGINS_WITH_DAY = re.compile(r"(?:[12]\d|3[01]|0?[1-9])(?!\d)")
_BEFORE_DATE = frozenset((" ", ", ", "., ", ". ", " (", ","))
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
        if (of_month := _of_month().match(folded, end)) is not None:
            end = of_month.end()
    if start and folded[start - 1] != "\n" and folded[start - 2] not in ":|":
        near = start - _LONGEST_RANGE if start > _LONGEST_RANGE else 0
        if (
            folded[start].isdecimal()
            and _FIGURE.search(folded, near, start)
            and _BEGINS_WITH_DAY.match(folded, start)
        ):
            lettered = any(map(str.isalpha, folded[start:end]))
            form = _before_words() if lettered else _before_figures()
            first = form.search(folded, near, start)
            if first is not None:
                start = first.start()
        word = bisect_left(page.starts, start) - 1
        if (
            word >= 0
            and page.folds[word] in _beside(page.language)
            and page.ends[word] <= start
        ):
            start = _with_weekday(page, word, start, span)
    if start == begun and end == stop:
        return span
    return Span(start, end, category, rule)


@cache
def _before_figures() -> re.Pattern[str]:
    """Match the first day of a range that a month in figures ends."""
    stopped = either(phrases("ranges", "stopped"))
    spaced = either(phrases("ranges", "spaced"))
    return re.compile(
        rf"{_DAY}(?:\.(?:(?:1[0-2]|0?[1-9])\.)? ?(?:[-\u2013/]|{stopped})"
        rf"|(?:[-\u2013]| (?:{spaced}))) ?$"
    )


@cache
def _before_words() -> re.Pattern[str]:
    """Match the first day of a range that a month in words ends."""
    ordinals = either(words("numbers", "ordinals"))
    worded = either(phrases("ranges", "worded"))
    return re.compile(
        rf"{_DAY}(?:{ordinals}|[.\u00ba\u00aa])? ?(?:[-\u2013/,]|{worded}) ?$"
    )


@cache
def _of_month() -> re.Pattern[str]:
    return re.compile(rf"[ ,](?:{either(phrases('this_month', 'behind'))})")


@cache
def _ordinal() -> re.Pattern[str]:
    return re.compile(rf"\d{{1,2}}(?:{either(words('numbers', 'ordinals'))})\b")


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
    hyphened = page.folds[first] in words("moments", "hyphened")
    if hyphened and first and page.gaps[first] == "-":
        return page.starts[first - 1]
    worded = span.rule == "date-in-words" or _ordinal().match(page.folded, span.start)
    if worded and page.folds[word] in words("moments", "before_worded"):
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
    entries = ("articles", "weekdays", "before_worded", "hyphened")
    return _short(language).union(*(words("moments", entry) for entry in entries))


@cache
def _short(language: str) -> frozenset[str]:
    try:
        return phrases("weekdays_short", language)
    except KeyError:  # a language without a list
        return frozenset()
