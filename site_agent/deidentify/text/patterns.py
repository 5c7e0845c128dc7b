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
from functools import cache
from typing import NamedTuple

from site_agent.deidentify.text.ages import (
    age_at,
    before_years_of_birth,
    is_told_before_measures,
    may_be_age,
    year_of_birth_at,
)
from site_agent.deidentify.text.beside_dates import with_neighbours
from site_agent.deidentify.text.codes import (
    british_postcode_at,
    lengths_of_postcodes,
    postcode_at,
    room_at,
    town_code_at,
    whole_number,
)
from site_agent.deidentify.text.dates import date_at, date_from_month
from site_agent.deidentify.text.days import day_at, roman_day_at
from site_agent.deidentify.text.lexicon import AGED, BROKEN, CAPITAL, MONTH, NUMERAL
from site_agent.deidentify.text.moments import find_moments
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.periods import (
    before_weeks,
    period_at,
    quarter_at,
    week_at,
)
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.typists import find_typists
from site_agent.deidentify.text.uncalled import (
    is_measured,
    may_be_uncalled,
    uncalled_at,
    with_code,
)
from site_agent.deidentify.text.vocabulary import ByEnd, by_last_word, words
from site_agent.deidentify.text.web import find_web_addresses
from site_agent.deidentify.text.worded import ages_in_words, day_of_month, worded_day

_UNIT = r"(?:mm|cm|ml|cc|mg|mcg|kg|kv|kvp|mas|ma|hz|bpm|hu|fr|french|gauge|g|m|l|%|x|°)"
# A size, and what else a figure with a unit is; a list of sizes is taken whole.
_SIZE = r"\d{1,4}(?:[.,]\d{1,3})?"
_MEASURE = re.compile(
    rf"{_SIZE}(?:\s?(?:x|\u00d7|-|to|by)\s?{_SIZE}){{0,3}}"
    rf"[ -]?(?=[mckhbfgl%x\u00b0]){_UNIT}(?![a-z0-9])"
)
_NUMBERS = re.compile(
    r"""
    (?<![\w.,/])(?:
      (?P<TIME>
          (?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\b\.?)?(?![\d:])
        | (?:[01]?\d|2[0-4])[.h][0-5]\d\s?(?:uhr|h|hrs?)\b
        | (?:[01]?\d|2[0-3])\s?h\s?[0-5]\d\b
        | (?:[01]\d|2[0-3])[0-5]\d\s?(?:hrs?|hours|uhr)\b
        | (?:1[0-2]|[1-9])\s?(?:[ap]\.m\b\.?|pm\b)
      )
    | (?P<PHONE>
          (?:\+|00)\d{1,3}[\s./-]?(?:\(0\)[\s./-]?)?\(?\d{1,5}\)?(?:[\s./-]?\d{2,5}){1,5}
        | \(0[\d ]{1,6}\)\s?\d{2,9}(?:[\s-]\d{2,6}){0,3}
        | 00\s\d{1,3}(?:\s\d{1,4}){2,6}
        | 0\d{1,5}\s?[\s/-]\s?\d{3,9}(?:[\s-]\d{2,6}){0,3}
        | 0\d{1,3}[\s./]\d\d(?:[\s.]\d\d){2,3}
        | \(\d{2,4}\)\s?\d{2,4}(?:[\s-]\d{2,4}){1,3}
        | 1[\s.-]\(?[2-9]\d\d\)?[\s.-]\d{3}[\s.-]\d{4}(?:\s?x\d{1,5})?
        | 1[38]\d\d\s\d{3}\s\d{3}
        | 0\d{1,4}-\d{2,9}(?:\s\d{2,4}){0,4}
        | 0\d(?:[\s.-]\d\d){4}
        | \(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{3,4}(?:\s?x\d{1,5})?
        | [269]\d\d?(?:[\s.]\d{2,3}){3}
        | \d{3}[\s.]\d\d[\s.]\d\d[\s.]\d\d
      )(?![\w]|[.,-]\d)
    | (?P<ID>
          \d{1,3}(?:\.\d{1,40}){5,20}
        | [a-z]\s\d{3}\s\d{3}\s\d{3}
        | [12]\d{12}\s\d\d
        | [a-z]{1,6}[-/_.]?\d{1,4}[-/_]\d{3,12}(?:[-/_]\d{1,12}){0,3}
        | [a-z]{1,6}[-/_]?\d{5,20}
        | \d{6,24}(?:[-/]\d{1,8}){0,3}[a-z]?
        | (?!(?:19|20)\d\d[-/](?:19|20)\d\d(?!\d))
          \d{2,6}[-/]\d{4,12}[a-z]?(?:[-/]\d{1,8}){0,2}
        | \d{3}-\d{2}-\d{4}
        | \d{3}\s\d{2}\s\d{4}
        | \d{3}[\s.]\d{3}[\s.]\d{3}(?:[\s.-]\d{2,3})?
        | \d{3,4}\.\d\d\.\d{3}
        | \d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}
        | [12]\s\d\d\s\d\d\s\d[\dab]\s\d{3}\s\d{3}(?:\s\d\d)?
        | \d(?:\s\d\d){4}(?:\s\d{3}){2}(?:\s\d\d)?
        | [a-z]{6}\d\d[a-z]\d\d[a-z]\d{3}[a-z]
        | \d{7,10}-?[a-z]
        | \d\d\s\d{6}\s[a-z]\s\d{3}
      )(?!\w|[.,]\d)
    )
    """,
    re.VERBOSE,
)
_CALLED = re.compile(
    r"[.:#°º/|=\s-]{0,8}(?:(?:no|nr|n|num|numer|card)\b[.:°º\s]{0,3})?"
    r"(?:(?P<code>[a-z]{1,3}) (?=\d{4}))?"
    r"(?P<number>[a-z]{0,6}(?:-[a-z]{1,3})?[-/]?\d[\w/.-]{0,30}(?<=\w)"
    r"(?:\s\d{1,6}(?![\d:]|[.,-]\d|\s?(?:x|mm|cm|kv)\b)|\s/\s\d{1,10}(?!\d)){0,6}"
    r"(?:\s[a-z]\s\d{3}(?!\w)|\s[a-z]{2}\d(?!\w)|\s[a-z]{2}(?=[,;.)\n]|$))?)"
)
_CALLED_PHONE = re.compile(
    r"[.:=#|\s-]{0,8}(?:(?:no|nr|n)\b[.:°º\s]{0,3})?"
    r"(?P<number>[+(-]{0,2}\d[\d()+/ .-]{1,24}\d(?:\s?[x#]\s?\d{1,5}(?!\d))?)"
)
# ``May 5``, where ``may 5`` would be a verb.
_MONTH_AND_DAY = re.compile(
    r"[a-z]{3,5}\.? (?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
    r"(?![\d:/]|[.,]\d|\s?(?:mm|cm|x|%))"
)
_LETTERS_BEFORE = 6
_MOST_OF_MEASURE = 4
# What may follow a figure of a measure: a unit, the next size, or what is between.
_BEFORE_UNIT = frozenset("x\u00d7-tbmckhfgl%\u00b0")
# What shows after a short figure that it is neither a time, a phone nor a number.
_CLOSED_FIGURE = re.compile(
    r"[,;.]?(?:[ \n](?![\dahpu(+/-])|$)|[,;](?!\d)|[ \n]?[b-gi-oq-tv-z](?![a-z]*\d)"
)
_FEWEST_OF_NUMBERS = 4
_KINDS = {
    "TIME": (Category.TIME, "time-form"),
    "PHONE": (Category.PHONE, "phone-form"),
    "ID": (Category.ID, "id-form"),
}
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
_SHORTEST_CALLED, _SHORTEST_PHONE = 4, 3
_LONGEST_OF_WEEK, _LONGEST_SHORT = 2, 5
_LONGEST_STROKE = 3
_LONGEST_GAP = 8


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
    before a year of birth.
    """

    dates: set[int]
    dated: list[tuple[int, int]]
    monthly: set[int]
    coded: tuple[int, ...]
    births: frozenset[str]


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
                if match is not None:
                    yield Span(*match.span(), Category.DATE, "month-and-day")


def _figure(page: Page, start: int, end: int, told: _Told) -> Span | None:
    """Tell what the figure at ``[start, end)`` is, and with how much around it."""
    folded, length = page.folded, end - start
    word = bisect_right(page.starts, start) - 1
    before = folded[start - 1] if start else "\n"
    after = folded[end : end + 1]
    if before not in _NO_LETTERS and before.isalpha():
        begin = start
        while begin and start - begin < _LETTERS_BEFORE and folded[begin - 1].isalpha():
            begin -= 1
        return (
            (quarter_at(folded, begin) if before == "q" else None)
            or _number(folded, begin)
            or _called(page, start, word)
            or room_at(page, start, word)
            or postcode_at(page, start, end)
            or british_postcode_at(page, word)
            or uncalled_at(page, start, word)
        )
    if before in "-/_." and start > 1 and folded[start - 2].isalpha():
        begin = start - 1
        while begin and start - begin < _LETTERS_BEFORE and folded[begin - 1].isalpha():
            begin -= 1
        if (found := _number(folded, begin)) is not None:
            return found
    dated = length in _DIGITS_OF_DATES
    if dated and (
        length >= _DIGITS_OF_DAYS
        or (after in _IN_DATES and _MORE_FIGURES.match(folded, end))
    ):
        if (date := _date(folded, start)) is not None:
            return date
        dated = False
    if dated and word + 1 in told.monthly:
        stop = date_at(folded, start, in_figures=False)
        if stop is not None:
            return Span(start, stop, Category.DATE, "date")
        if (day := day_of_month(page, start)) is not None:
            return day
        if (day := roman_day_at(page, start, word)) is not None:
            return day
    if (length <= _LONGEST_OF_WEEK or length == _FEWEST_OF_NUMBERS) and (
        found := _part_of_year(page, start, end, word)
    ) is not None:
        return found
    aged = may_be_age(folded, start, length)
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
    if before in "+(" and (found := _number(folded, start - 1)) is not None:
        return found
    if (
        length in _DIGITS_OF_YEARS
        and word >= 0
        and page.folds[word] in told.births
        and (year := year_of_birth_at(page, start, end, word))
    ):
        return year
    if (called := _called(page, start, word)) is not None:
        return called
    if length >= _FEWEST_OF_NUMBERS or not _CLOSED_FIGURE.match(folded, end):
        found = _number(folded, start)
        if found is not None and _is_clinical(page, found, word):
            return None
        if found is None and may_be_uncalled(folded, start, end):
            found = uncalled_at(page, start, word)
        found = found or day_at(page, start, word, told.dates, told.dated)
        if found is not None:
            return found
    if aged and (
        age := age_at(page, start, word) or _beside_birth(folded, start, end, told)
    ):
        return age
    return room_at(page, start, word) or town_code_at(page, start, end, word)


def _date(folded: str, start: int) -> Span | None:
    """Find a date in figures, or a number that goes on behind one."""
    stop = date_at(folded, start, in_figures=True)
    if stop is None:
        return None
    if folded.startswith("-", stop) and folded[stop + 1 : stop + 2].isdigit():
        number = _number(folded, start)  # 19850412-1234
        if number is not None:
            return number
    return Span(start, stop, Category.DATE, "date")


def _beside_birth(folded: str, start: int, end: int, told: _Told) -> Span | None:
    """Find an age that a stroke parts from the day of birth: ``3.2.1933 / 92``."""
    for place in range(start - _LONGEST_STROKE, start):
        if place in told.dates and folded[place:start].strip() == "/":
            return Span(start, end, Category.AGE, "age-over-89")
    return None


def _part_of_year(page: Page, start: int, end: int, word: int) -> Span | None:
    """Find a week, a quarter, a season or a feast whose figures are ``[start, end)``."""
    if word < 0:
        return None
    if end - start <= _LONGEST_OF_WEEK and page.folds[word] in before_weeks():
        return week_at(page, start, end, word)
    if end - start in _DIGITS_OF_YEARS:
        return period_at(page, start, end, word)
    return None


def _may_have_unit(folded: str, end: int, after: str) -> bool:
    """Whether a figure may go on as a measure does; few go on so."""
    if after == " ":
        return folded[end + 1 : end + 2] in _BEFORE_UNIT
    if after in ".,":
        return folded[end + 1 : end + 2].isdigit()
    return after in _BEFORE_UNIT


def _number(folded: str, start: int) -> Span | None:
    match = _NUMBERS.match(folded, start)
    if match is None:
        return None
    category, rule = _KINDS[str(match.lastgroup)]
    return Span(start, match.end(), category, rule)


def _is_clinical(page: Page, span: Span, word: int) -> bool:
    """Whether a number is a value that was measured: ``1500000 IU``."""
    if span.category is not Category.ID or not page.folded[span.end - 1].isdigit():
        return False
    return is_measured(page, span.start, span.end, word)


def _called(page: Page, start: int, word: int) -> Span | None:
    """Find a number or a phone that is called one, `word` before it."""
    ends, folds = page.ends, page.folds
    if word < 0 or start - ends[word] > _LONGEST_GAP:
        return None
    if page.gaps[word] == "-" and folds[word] in words("moments", "scored"):
        return None
    kinds = _kinds_of_numbers()
    for at in range(word, max(-1, word - 3), -1):
        if start - ends[at] > _LONGEST_GAP:
            return None
        if folds[at] not in kinds:
            continue
        if "\n" in page.text[ends[at] : start]:
            return None
        for phrases_by_end, pattern, category in kinds[folds[at]]:
            if ends_phrase(page, at, phrases_by_end):
                match = pattern.match(page.folded, page.ends[at])
                if match is not None and match.end() > start and _tells(match, category):
                    begin, end = match.span("number")
                    if begin > start:
                        continue
                    if category is Category.ID and match["code"]:
                        code = match.start("code")
                        begin = code if page.text[code].isupper() else begin
                    if page.folds[at] in words("numbered_phone_own", "all"):
                        begin = page.starts[at]
                    return Span(begin, end, category, f"{category.name.lower()}-called")
    return None


@cache
def _kinds_of_numbers() -> dict[str, list[tuple[ByEnd, re.Pattern[str], Category]]]:
    """Map the last words of what numbers are called to how such numbers look."""
    found: dict[str, list[tuple[ByEnd, re.Pattern[str], Category]]] = {}
    for table, pattern, category in (
        ("numbered_id", _CALLED, Category.ID),
        ("numbered_phone", _CALLED_PHONE, Category.PHONE),
    ):
        by_end = by_last_word(table)
        for last in by_end:
            found.setdefault(last, []).append((by_end, pattern, category))
    return found


def _tells(match: re.Match[str], category: Category) -> bool:
    """Whether a number is long enough, or so called that a short one is one too."""
    shortest = _SHORTEST_PHONE if category is Category.PHONE else _SHORTEST_CALLED
    if len(match["number"]) >= shortest:
        return True
    gap = match.string[match.start() : match.start("number")]
    if gap.startswith(". "):  # ``no. 7``, but ``in serial. 2 films``
        begun = match.start()
        word = match.string[max(0, begun - _LONGEST_SHORT) : begun]
        return not word.isalpha()
    return any(c in ":#." for c in gap)
