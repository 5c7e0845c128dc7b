"""A day and a month without a year: ``30.8.``, ``24/12 kl 0510``, ``3.IX.``.

In figures they look like a fraction, a pair of ribs or a level of the spine. So
something has to say that it is a day: a word before it, another date beside it, a time
behind it, the full stop of its month, or the section it stands in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Set as AbstractSet
from functools import cache

from site_agent.deidentify.text.beside_dates import is_short_weekday, is_weekday
from site_agent.deidentify.text.lexicon import CAPITAL, CLINICAL, COMMON, HOUSE, UNKNOWN
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import by_last_word, either, phrases, words

_DAY = re.compile(
    r"(?P<one>\d{1,2})(?P<by>[/.-])(?P<two>\d{1,2})"
    r"(?:(?<=[/-]\d)|(?<=[/-]\d\d)|\.|(?=[\s),;:]))(?![\d/]|[.,-]\d|\s?[cm]?m\b)"
)
_SPACED = re.compile(
    r"(?P<one>\d{1,2})(?P<by>\.) (?P<two>1[0-2]|0?[1-9])\.(?![\d/]|[.,-]\d)"
)
_ROMAN = re.compile(
    r"(?P<one>[12]\d|3[01]|0?[1-9])(?P<by>[./ ])"
    r"(?P<month>X|XI|XII|IX|IV|V|VI|VII|VIII|I|II|III)(?![\w/-]| \d)"
    r"(?:\.\d\d(?!\d)|\.?)"
)
# Swedish ``8/11 -24``.
_SHORT_YEAR = re.compile(
    r"(?:[12]\d|3[01]|0?[1-9])/(?:1[0-2]|0?[1-9]) ?[-\u2013]\d\d(?![\d/-]|[.,]\d)"
)
_SMALL = re.compile(" [^\\W\\d_A-Z\u00c0-\u00de]")
_MONTHS, _TENTH = 12, 10
_DAYS, _QUARTERS, _MOST_EQUAL = 31, 4, 3
_APOSTROPHES = ("'", "\u2019")
_NEAR = 2
_DECIMALS = frozenset(".,")
_WHOLES = frozenset(("7", "12", "52"))
_LONGEST_GAP = 8


def day_at(
    page: Page,
    start: int,
    word: int,
    dates: AbstractSet[int],
    dated: list[tuple[int, int]],
) -> Span | None:
    """Find the day and the month whose figures begin at `start`.

    Parameters
    ----------
    page
        The text taken apart.
    start, word
        Where the first figure stands, and the last word before it; -1 for none.
    dates
        Where the dates end that were found before it.
    dated
        ``[start, end)`` of the parts of the text in which two figures with a stroke
        between them are a day and a month, in order.
    """
    folded = page.folded
    if (of_month := _of_month().match(folded, start)) is not None:
        return Span(start, of_month.end(), Category.DATE, "day-and-month")
    if page.language in words("days", "stroked") and (
        dated_year := _SHORT_YEAR.match(folded, start)
    ):
        return Span(start, dated_year.end(), Category.DATE, "day-and-month")
    match = _DAY.match(folded, start) or _SPACED.match(folded, start)
    if match is None or _counted().match(folded, match.end()):
        return None
    one, two = int(match["one"]), int(match["two"])
    if not (1 <= min(one, two) <= _MONTHS and max(one, two) <= _DAYS):
        if not (0 < one <= _MONTHS and two > _DAYS and match["by"] == "/"):
            return None
        if not (word >= 0 and start - page.ends[word] <= _NEAR):
            return None  # CT 9/98
        if not _is_said(page, match, word, near=True):
            return None
        if page.folds[word] in words("days", "weak"):
            return None
    if match["by"] == "/" and (_is_ratio(folded, start) or _lasts(page, match, word)):
        return None
    near = word >= 0 and start - page.ends[word] <= _NEAR
    elided = page.text[start - 1 : start] in _APOSTROPHES
    counted = near and not elided and page.folds[word] in words("moments", "counted")
    if near and match["by"] == "/" and max(one, two) <= _MONTHS:
        counted |= page.folds[word] in words("moments", "of_many")
    if counted or not (
        _is_said(page, match, word, near=near)
        or _is_listed(folded, start, dates)
        or (match["by"] == "/" and _is_inside(start, dated) and _may_stand(match))
        or (near and _is_of_visit(page, match, word))
        or _has_form(page, match)
    ):
        return None
    sure = (
        max(one, two) > _MONTHS
        or match[0][-1] == "."
        or page.language == "de"
        or _is_listed(folded, start, dates)
    )
    if match["by"] == "." and not sure and len(match["two"]) < len("08"):
        return None
    return Span(start, match.end(), Category.DATE, "day-and-month")


def roman_day_at(page: Page, start: int, word: int) -> Span | None:
    """Find the day at `start` whose month is a Roman numeral: Polish ``3.IX.``."""
    match = _ROMAN.match(page.text, start)
    if match is None:
        return None
    formed = match["by"] == "." == match[0].rstrip("0123456789")[-1]
    if not (formed and len(match["month"]) > 1 and page.language not in ("en", "")):
        if word < 0 or start - page.ends[word] > _NEAR:
            return None
        if not ends_phrase(page, word, by_last_word("dated")):
            return None
    return Span(start, match.end(), Category.DATE, "day-and-month")


def _is_said(page: Page, match: re.Match[str], word: int, *, near: bool) -> bool:
    """Whether a word before it says that it is a day."""
    if not near:
        return False
    high = max(int(match["one"]), int(match["two"])) > _MONTHS
    # 1/2 may be the first of two films.
    long = len(match["one"]) + len(match["two"]) > len("12")
    if is_weekday(page, word) or is_short_weekday(page, word):
        return True
    elided = page.folds[word] in words("days", "elided")
    if elided and page.text[match.start() - 1] in _APOSTROPHES:
        return long or _closed().match(page.folded, match.end()) is not None
    if ends_phrase(page, word, by_last_word("dated")):
        weak = page.folds[word] in words("days", "weak")
        if weak and match["by"] == "/" and _is_fraction(match):
            return False
        if (
            weak
            and match["by"] == "/"
            and not (high or (long and page.language in words("days", "comma")))
        ):
            return _closed().match(page.folded, match.end()) is not None
        return True
    if page.folds[word] not in words("moments", "told"):
        return False
    return high or long or (not _is_fraction(match) and _may_stand(match))


def _may_stand(match: re.Match[str]) -> bool:
    """Whether two figures are no pair of a few equals: film ``1/1``, ILO ``2/2``."""
    return match["one"] != match["two"] or int(match["one"]) > _MOST_EQUAL


def _is_of_visit(page: Page, match: re.Match[str], word: int) -> bool:
    """Whether a day ends what is said of a name: ``(Hospital Taarlo, 08/10)``."""
    kind, end = page.kinds[word], match.end()
    if page.text[page.ends[word] : match.start()] != ", " or match["by"] == "-":
        return False
    if not kind & CAPITAL or kind & CLINICAL or not kind & (UNKNOWN | COMMON | HOUSE):
        return False
    return page.text[end : end + 1] in (")", ".", ";", "\n")


def _is_fraction(match: re.Match[str]) -> bool:
    """Whether two figures are a usual part of something: ``il 2/3``, ``au 1/3``."""
    one, two = match["one"], match["two"]
    return len(one) == len(two) == 1 and int(one) < int(two) <= _QUARTERS


def _is_ratio(folded: str, start: int) -> bool:
    """Whether the first figure is a decimal's last part: ``CTR 16.5/28``."""
    decimal = folded[start - 1 : start] in _DECIMALS
    return decimal and folded[start - 2 : start - 1].isdigit()


def _lasts(page: Page, match: re.Match[str], word: int) -> bool:
    """Whether it counts parts of a week or a year: British ``3/7``, ``6/12``.

    So many days of seven or months of twelve; a word beside it says so.
    """
    if match["two"] not in _WHOLES:
        return False
    if page.language and page.language not in words("days", "wholes"):
        return False
    if word >= 0 and page.ends[word] == match.start() - 1:
        before = page.folds[word]
        if before in words("days", "lasting"):
            return True
    return _lasted().match(page.folded, match.end()) is not None


def _is_listed(folded: str, start: int, dates: AbstractSet[int]) -> bool:
    """Whether another date stands right before it."""
    return any(
        place in dates and _and().fullmatch(folded, place, start)
        for place in range(max(0, start - _LONGEST_GAP), start)
    )


def _has_form(page: Page, match: re.Match[str]) -> bool:
    """Whether the figures themselves, or what follows, say that it is a day.

    No fraction begins its second figure with 0 or has a much smaller one there, and no
    sentence begins with a small letter.
    """
    end, two = match.end(), int(match["two"])
    if match["by"] == "/" and _filmed().match(page.folded, end):
        return True
    both = len(match["one"]) == len(match["two"]) == len("08")
    if two <= _MONTHS and _time().match(page.folded, end):
        return True
    if match["by"] == "/":
        padded = match["two"].startswith("0")
        fraction = int(match["one"]) <= _MONTHS  # 24/12 is none
        headed = both and page.text[end : end + 2] in (": ", ":\n")
        return padded or not fraction or headed
    if match["by"] != "." or two > _MONTHS:
        return False
    followed = page.text[end : end + 1]
    if match[0][-1] != ".":
        return both and followed == ":" and page.language in words("days", "comma")
    if _SMALL.match(page.text, end):
        return True
    if page.language not in words("days", "comma"):
        return False
    if followed == ":" or (both and match["two"].startswith("0")):
        return True
    if followed in (",", ";", ")"):
        return True
    begins = page.text[max(0, match.start() - 8) : match.start()].rstrip(" ")[-1:]
    stopped = page.language in words("days", "stopped")
    return stopped and two >= _TENTH and begins not in ("", "\n")


@cache
def _of_month() -> re.Pattern[str]:
    """Match a day of the last or the next month: ``3 u.s.``, ``12th ult.``."""
    ordinals = either(words("numbers", "ordinals"))
    month = either(phrases("days", "month"))
    alone = either(phrases("days", "month_alone"))
    return re.compile(
        rf"(?:[12]\d|3[01]|[1-9])(?:{ordinals})? ?(?:{month}|(?:{alone})(?! \d))"
    )


@cache
def _filmed() -> re.Pattern[str]:
    return re.compile(rf" (?:{either(words('days', 'filmed'))})(?![a-z])")


@cache
def _lasted() -> re.Pattern[str]:
    return re.compile(rf" (?:{either(words('days', 'lasted'))})(?![a-z])")


@cache
def _and() -> re.Pattern[str]:
    return re.compile(rf"(?:,|;| (?:{either(words('days', 'and'))}))?\s{{1,2}}$")


@cache
def _closed() -> re.Pattern[str]:
    return re.compile(rf"[.,;)\n]|$| (?:{either(words('days', 'closes'))})\b")


@cache
def _counted() -> re.Pattern[str]:
    """Match what follows two figures that are no day."""
    counted, begun = (either(words("days", entry)) for entry in ("counted", "begun"))
    return re.compile(rf"\s?(?:mm|cm|ml|%|(?:{counted})\b|{begun})")


@cache
def _time() -> re.Pattern[str]:
    """Match a time of day, which tells that what stands before it is a day."""
    times = either(phrases("days", "times"))
    hours = either(words("days", "hours"))
    return re.compile(
        rf"[,;]? (?:(?:{times})\.? ?\d|[0-2]\d[0-5]\d(?!\d)"
        rf"|\d{{1,2}} ?(?:[h:.] ?[0-5]\d(?!\d)|(?:{hours})\b))"
    )


def _is_inside(place: int, parts: list[tuple[int, int]]) -> bool:
    """Whether a place lies in one of the parts, which are in order."""
    at = bisect_right(parts, (place, len(parts) and parts[-1][1])) - 1
    return at >= 0 and place < parts[at][1]
