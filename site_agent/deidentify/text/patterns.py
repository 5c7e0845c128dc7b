"""Identifiers that show by their form alone: phones, numbers, times, dates, ages.

Every figure of a text is looked at once, with the words before it. Measurements,
vertebrae, scores and sizes are no identifiers (``3.5 cm``, ``T12``, ``5/10``, ``8-12
weeks``). Every pattern is bounded, so that none goes back over more than a few dozen
characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from site_agent.deidentify.text.ages import (
    age_at,
    before_years_of_birth,
    is_told_before_measures,
    may_be_age,
    year_of_birth_at,
)
from site_agent.deidentify.text.beside_dates import with_neighbours
from site_agent.deidentify.text.called import called_at
from site_agent.deidentify.text.codes import (
    bed_at,
    british_postcode_at,
    lengths_of_postcodes,
    postcode_at,
    room_at,
    town_code_at,
    whole_number,
)
from site_agent.deidentify.text.dates import date_at, date_from_month
from site_agent.deidentify.text.days import day_at, roman_day_at
from site_agent.deidentify.text.lexicon import (
    AGED,
    BROKEN,
    CAPITAL,
    DATED,
    FUNCTION,
    MONTH,
    NUMBERED,
    NUMERAL,
)
from site_agent.deidentify.text.moments import find_moments
from site_agent.deidentify.text.number_forms import number_at
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.periods import (
    period_at,
    quarter_at,
    week_at,
)
from site_agent.deidentify.text.rung import before_numbers, rung_at
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.typists import find_typists
from site_agent.deidentify.text.uncalled import (
    is_measured,
    may_be_uncalled,
    uncalled_at,
    with_code,
)
from site_agent.deidentify.text.vocabulary import words
from site_agent.deidentify.text.web import find_web_addresses
from site_agent.deidentify.text.worded import (
    ages_in_words,
    day_of_month,
    is_other_word,
    worded_day,
)

_UNIT = r"(?:mm|cm|ml|cc|mg|mcg|kg|kv|kvp|mas|ma|hz|bpm|hu|fr|french|gauge|g|m|l|%|x|°)"
# A size, and what else a figure with a unit is; a list of sizes is taken whole.
_SIZE = r"\d{1,4}(?:[.,]\d{1,3})?"
_MEASURE = re.compile(
    rf"{_SIZE}(?:\s?(?:x|\u00d7|-|to|by)\s?{_SIZE}){{0,3}}"
    rf"[ -]?(?=[mckhbfgl%x\u00b0]){_UNIT}(?![a-z0-9])"
)
# ``May 5``, where ``may 5`` would be a verb.
_MONTH_AND_DAY = re.compile(
    r"[a-z]{3,5}\.? (?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
    r"(?![\d:/]|[.,]\d|\s?(?:mm|cm|x|%))"
)
# Behind eight figures, of who has no number of citizens: ``19600101-A12B``.
_RESERVE = re.compile(r"(?<=\d{8})[-+][a-z]\d\d[a-z\d](?![a-z\d])")
_LETTERS_BEFORE = 6
_MOST_OF_MEASURE = 4
# What may follow a figure of a measure: a unit, the next size, or what is between.
_BEFORE_UNIT = frozenset("x\u00d7-tbmckhfgl%\u00b0")
# What shows after a short figure that it is neither a time, a phone nor a number.
_CLOSED_FIGURE = re.compile(
    r"[,;.]?(?:[ \n](?![\dahpu(+/-])|$)|[,;](?!\d)|[ \n]?[b-gi-oq-tv-z](?![a-z]*\d)"
)
_FEWEST_OF_NUMBERS = 4
_MONTHLY = MONTH | BROKEN | NUMERAL | AGED
_NEAR = (0, 1, 2)
# The day, the year, and days and moments in one.
_DIGITS_OF_DAYS = 8
_MORE_FIGURES = re.compile(r"[-/._ ']{1,3}\d")
_IN_DATES = frozenset("-/._ '")
# What nearly always stands before a figure.
_NO_LETTERS = frozenset(" -/.,:(\n+")
_DIGITS_OF_DATES = frozenset((1, 2, 4, 8, 12, 14))
_DIGITS_OF_YEARS = (2, 4)
_PARTED_NUMBERS = frozenset((Category.ID, Category.PHONE))
_LONGEST_OF_WEEK, _LONGEST_OF_DAY, _LONG_YEAR = 2, 2, 4
_CENTURIES, _APOSTROPHES = ("19", "20"), frozenset("'\u2019")
_LONGEST_STROKE = 3


def find_patterns(page: Page, dated: list[tuple[int, int]]) -> Iterator[Span]:
    """Find what identifies by its form.

    Parameters
    ----------
    page
        The text taken apart.
    dated
        ``[start, end)`` of the parts of the text in which two figures with a stroke
        between them are a day and a month, as in a comparison.
    """
    yield from find_web_addresses(page)
    yield from find_moments(page)
    yield from find_typists(page)
    date = Category.DATE
    for span in _by_form(page, dated):
        yield with_neighbours(page, span) if span[2] is date else span


def _by_form(page: Page, dated: list[tuple[int, int]]) -> Iterator[Span]:
    """Find phones, numbers, times, ages, and dates without what goes with them."""
    folded = page.folded
    kinds = page.kinds
    may_be_months = [at for at in page.sought if kinds[at] & _MONTHLY]
    if any(kinds[at] & AGED for at in may_be_months):
        yield from ages_in_words(page)
    months = list(_months(page, may_be_months))
    yield from months
    told = _Told(
        dates={span.end for span in months},
        dated=dated,
        monthly={at - gap for at in may_be_months for gap in _NEAR},
        coded=lengths_of_postcodes(page.language),
        births=before_years_of_birth(),
        weeks=words("periods", "weeks"),
        rung=before_numbers(),
    )
    end, date = 0, Category.DATE
    for start, stop in page.figures:
        if start < end:
            continue
        span = _figure(page, start, stop, told)
        if span is not None:
            _, end, category, rule = span
            if rule == "measure":
                continue
            if category in _PARTED_NUMBERS:
                span = with_code(page, whole_number(folded, span))
                end = span.end
            elif category is date:
                told.dates.add(end)
            yield span


class _Told(NamedTuple):
    """What is known of a page's dates before a figure is looked at.

    `dates` are the ends of those that were found, `dated` the parts where a fraction
    may be a day, `monthly` the words of which one of the next three may be a month.
    `coded` are the lengths of figures that may begin a postcode, `births` the words
    before a year of birth, `weeks` those before the number of a week, `rung` those
    before a number that somebody is rung at.
    """

    dates: set[int]
    dated: list[tuple[int, int]]
    monthly: set[int]
    coded: tuple[int, ...]
    births: frozenset[str]
    weeks: frozenset[str]
    rung: frozenset[str]


def _months(page: Page, may_be: list[int]) -> Iterator[Span]:
    for word in may_be:
        kind = page.kinds[word]
        if kind & MONTH:
            if (day := worded_day(page, word)) is not None:
                yield day
            start = page.starts[word]
            end = date_from_month(page.folded, start)
            if end is not None:
                yield Span(start, end, Category.DATE, "date")
            elif kind & CAPITAL:
                match = _MONTH_AND_DAY.match(page.folded, start)
                if match is not None and not is_other_word(page, word):
                    yield Span(*match.span(), Category.DATE, "month-and-day")


def _figure(page: Page, start: int, end: int, told: _Told) -> Span | None:
    """Tell what the figure at ``[start, end)`` is, and with how much around it."""
    folded, length = page.folded, end - start
    word = bisect_right(page.starts, start) - 1
    before = folded[start - 1] if start else "\n"
    after = folded[end : end + 1]
    if before not in _NO_LETTERS and before.isalpha():
        return _behind_letters(page, start, end, word, told)
    if before in "-/_." and start > 1 and folded[start - 2].isalpha():
        begin = _first_letter(folded, start - 1, start)
        if (found := number_at(folded, begin)) is not None:
            return found
    dated = length in _DIGITS_OF_DATES
    if dated and (
        length >= _DIGITS_OF_DAYS
        or (
            after in _IN_DATES
            and not folded[end + 1 : end + 2].isalpha()
            and _MORE_FIGURES.match(folded, end)
        )
    ):
        if (date := _date(folded, start)) is not None:
            return date
        dated = False
    monthly = dated and word + 1 in told.monthly
    if monthly and (day := _day_with_month(page, start, word)) is not None:
        return day
    if word >= 0:
        found = None
        if length <= _LONGEST_OF_WEEK and page.folds[word] in told.weeks:
            found = week_at(page, start, end, word)
        elif (length == _LONG_YEAR and folded.startswith(_CENTURIES, start)) or (
            before in _APOSTROPHES and length in _DIGITS_OF_YEARS
        ):
            found = period_at(page, start, end, word)
        if found is not None:
            return found
    aged = 1 < length < _LONG_YEAR and may_be_age(folded, start, length)
    if (
        aged
        and is_told_before_measures(page, end, word)
        and (age := age_at(page, start, word))
    ):
        return age  # ``93 M``, ``93 l.``, where ``93 m`` and ``93 l`` are sizes
    if length <= _MOST_OF_MEASURE and _may_have_unit(folded, end, after):
        measure = _MEASURE.match(folded, start)
        if measure is not None:
            return Span(*measure.span(), Category.ID, "measure")
    if length in told.coded and (code := postcode_at(page, start, end)) is not None:
        return code
    if before in "+(" and (found := number_at(folded, start - 1)) is not None:
        return found
    numbered = word >= 0 and _is_numbered(page, word)
    if numbered:
        if (
            length in _DIGITS_OF_YEARS
            and page.folds[word] in told.births
            and (year := year_of_birth_at(page, start, end, word))
        ):
            return year
        if (called := called_at(page, start, word)) is not None:
            return called
    if (
        word >= 0
        and page.folds[word] in told.rung
        and (rung := rung_at(page, start, word))
    ):
        return rung
    if length >= _FEWEST_OF_NUMBERS or not _CLOSED_FIGURE.match(folded, end):
        found = number_at(folded, start)
        if found is not None:
            return None if _is_clinical(page, found, word) else found
        if may_be_uncalled(folded, start, end):
            found = uncalled_at(page, start, word)
        if found is None and length <= _LONGEST_OF_DAY:
            found = day_at(page, start, word, told.dates, told.dated)
        if found is not None:
            return found
    if aged and (
        age := age_at(page, start, word) or _beside_birth(folded, start, end, told)
    ):
        return age
    return (
        bed_at(page, start)
        or (room_at(page, start, word) if numbered else None)
        or town_code_at(page, start, end, word)
    )


def _is_numbered(page: Page, word: int) -> bool:
    """Whether one of the three words up to `word` may call a figure something."""
    kinds = page.kinds
    before = kinds[word - 1] | kinds[word - 2] if word > 1 else kinds[0]
    return bool((kinds[word] | before) & NUMBERED)


def _first_letter(folded: str, begin: int, start: int) -> int:
    """Give where the letters begin that end at `begin`, near the figure at `start`."""
    while begin and start - begin < _LETTERS_BEFORE and folded[begin - 1].isalpha():
        begin -= 1
    return begin


def _behind_letters(
    page: Page, start: int, end: int, word: int, told: _Told
) -> Span | None:
    """Tell what the figure ``[start, end)`` is that letters are joined to."""
    folded = page.folded
    begin = _first_letter(folded, start, start)
    if start - begin == 1 and folded[begin - 1 : begin] == "-":
        begin = _first_letter(folded, begin - 1, start)  # IMG-Z2840
    dated, small = end - start in _DIGITS_OF_DATES, page.words[word].islower()
    if dated and small and (found := _glued_date(page, start, word, told)):
        return found
    found = quarter_at(folded, begin) if folded[start - 1] == "q" else None
    found = (
        found
        or number_at(folded, begin)
        or called_at(page, start, word)
        or bed_at(page, start)
        or room_at(page, start, word)
        or postcode_at(page, start, end)
        or british_postcode_at(page, word)
    )
    if found is None and may_be_uncalled(folded, start, end):
        found = uncalled_at(page, start, word)
    if found is None and dated and not small and start - begin > 1:
        found = _glued_date(page, start, word, told)
    return found


def _glued_date(page: Page, start: int, word: int, told: _Told) -> Span | None:
    """Find the date that a word is joined to: ``since22. 01. 2023``."""
    if word + 1 in told.monthly and (
        last := date_at(page.folded, start, in_figures=False)
    ):
        return Span(start, last, Category.DATE, "date")
    if page.ends[word] - page.starts[word] == 1:
        return None
    return _date(page.folded, start) or (
        day_at(page, start, word, told.dates, told.dated)
        if page.kinds[word] & (FUNCTION | DATED)
        else None
    )


def _day_with_month(page: Page, start: int, word: int) -> Span | None:
    """Find the date whose day is the figure at `start`, and its month a word."""
    stop = date_at(page.folded, start, in_figures=False)
    if stop is not None:
        return Span(start, stop, Category.DATE, "date")
    return day_of_month(page, start) or roman_day_at(page, start, word)


def _date(folded: str, start: int) -> Span | None:
    """Find a date in figures, or a number that goes on behind one."""
    stop = date_at(folded, start, in_figures=True)
    if stop is None:
        return None
    if folded.startswith("-", stop) and folded[stop + 1 : stop + 2].isdigit():
        number = number_at(folded, start)  # 19850412-1234
        if number is not None:
            return number
    if folded[stop : stop + 1] in "-+" and (reserve := _RESERVE.match(folded, stop)):
        return Span(start, reserve.end(), Category.ID, "id-form")
    return Span(start, stop, Category.DATE, "date")


def _beside_birth(folded: str, start: int, end: int, told: _Told) -> Span | None:
    """Find an age beside the day of birth: ``3.2.1933 / 92``, ``3.2.1933 (92)``."""
    for place in range(start - _LONGEST_STROKE, start):
        if place in told.dates and folded[place:start].strip() in ("/", "("):
            return Span(start, end, Category.AGE, "age-over-89")
    return None


def _may_have_unit(folded: str, end: int, after: str) -> bool:
    """Whether a figure may go on as a measure does; few go on so."""
    if after == " ":
        return folded[end + 1 : end + 2] in _BEFORE_UNIT
    if after in ".,":
        return folded[end + 1 : end + 2].isdigit()
    return after in _BEFORE_UNIT


def _is_clinical(page: Page, span: Span, word: int) -> bool:
    """Whether a number is a value that was measured: ``1500000 IU``."""
    if span.category is not Category.ID or not page.folded[span.end - 1].isdigit():
        return False
    return is_measured(page, span.start, span.end, word)
