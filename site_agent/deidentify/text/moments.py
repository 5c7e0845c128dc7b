"""Dates of which a part is left out: a month, a year, a day of the week or of a month.

``since November``, ``w styczniu 2022``, ``depuis 2021``, ``jeudi 18``, ``el día 12``.
Each is one only after a word that says so, in the language of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.lexicon import CAPITAL, DATED
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import either, last_words, phrases, words

_MONTH, _WEEKDAY, _YEARS, _DAYS = 1, 2, 4, 8
_TABLES = (("months", _MONTH), ("before_years", _YEARS), ("before_days", _DAYS))
_DAY = r"(?:[12]\d|3[01]|[1-9])"


def find_moments(page: Page) -> Iterator[Span]:
    """Find dates that are told by a part of them and the word before it."""
    cues = _cues(page.language)
    folds, kinds = page.folds, page.kinds
    for word in page.sought:
        if kinds[word] & DATED and (cue := cues.get(folds[word], 0)):
            found = _moment(page, word, cue)
            if found is not None:
                yield found


def _moment(page: Page, word: int, cue: int) -> Span | None:
    start, end = page.starts[word], page.ends[word]
    if cue & _MONTH:
        year = _year_of_month().match(page.folded, end)
        if year is not None or _is_dated(page, word):
            stop = end if year is None else year.end()
            return Span(start, stop, Category.DATE, "month-alone")
    if cue & _YEARS and (year := _year_alone().match(page.folded, end)):
        return Span(*year.span(1), Category.DATE, "year-alone")
    if cue & _WEEKDAY and (day := _day_of_week().match(page.folded, end)):
        first = word
        if page.folds[word] in words("moments", "hyphened"):
            if not word or page.gaps[word] != "-":
                return None
            first -= 1  # terça-feira 12
        return Span(page.starts[first], day.end(1), Category.DATE, "day-of-week")
    if cue & _DAYS and (day := _day_of_month().match(page.folded, end)):
        return Span(*day.span(1), Category.DATE, "day-alone")
    return None


def _is_dated(page: Page, word: int) -> bool:
    """Whether a word before the name of a month says that it is one."""
    if not word or page.gaps[word] not in (" ", "-"):
        return False
    verb = page.folds[word] in words("moments", "verbs")
    verb = verb and page.language in ("en", "")
    if verb and not page.kinds[word] & CAPITAL:
        return False
    return page.folds[word - 1] in last_words("before_months", page.language)


@cache
def _year_alone() -> re.Pattern[str]:
    counted = either(phrases("measured", "units") | words("moments", "counts"))
    return re.compile(
        r" ((?:19[3-9]|20[0-4])\d)(?![\d/-]|[.,]\d|\s?[%\u00d7\u00b0]"
        rf"|\s?(?:{counted})(?![a-z]))"
    )


@cache
def _year_of_month() -> re.Pattern[str]:
    of = either(words("moments", "of_years"))
    return re.compile(rf" (?:(?:{of}) )?(?:19|20)\d\d(?!\d)")


@cache
def _day_of_week() -> re.Pattern[str]:
    of = either(words("moments", "of_weekdays"))
    ordinals = either(words("numbers", "ordinals"))
    return re.compile(
        rf"[.,]? (?:(?:{of}) )?({_DAY}(?:{ordinals}|\.(?=\s|$))?)"
        rf"{_no_count()}(?=[\s.,;:)]|$)"
    )


@cache
def _day_of_month() -> re.Pattern[str]:
    after = either(phrases("after_days"))
    return re.compile(rf" ({_DAY}){_no_count()}(?=[.,;)\n]|$| (?:{after})\b)")


def _no_count() -> str:
    """Give what a day must not go on with: figures, a unit, what it would count."""
    counts = either(words("moments", "counts"))
    units = r"mm|cm|ml|cc|mg|%|x|[ap]\.?m"
    return rf"(?!\d|[.,:/-]\d|\s?(?:{units}|{counts})(?![a-z]))"


@cache
def _cues(language: str) -> dict[str, int]:
    """Map the words of a language that may begin or tell a date to what they tell."""
    days = words("moments", "weekdays") | words("moments", "hyphened")
    cues = dict.fromkeys(days, _WEEKDAY)
    for table, told in _TABLES:
        for word in last_words(table, language):
            cues[word] = cues.get(word, 0) | told
    return cues
