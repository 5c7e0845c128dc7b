"""A day and a month without a year: ``30.8.``, ``24/12 kl 0510``, ``3.IX.``.

In figures they look like a fraction, a pair of ribs or a level of the spine. So
something has to say that it is a day: a word before it, another date beside it, a time
behind it, the full stop of its month, or the section it stands in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Set as AbstractSet

from site_agent.deidentify.text.beside_dates import is_short_weekday, is_weekday
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import by_last_word, words

_DAY = re.compile(
    r"(?P<one>\d{1,2})(?P<by>[/.-])(?P<two>\d{1,2})"
    r"(?:(?<=[/-]\d)|(?<=[/-]\d\d)|\.|(?=[\s),;:]))(?![\d/]|[.,-]\d|\s?[cm]?m\b)"
)
_SPACED = re.compile(
    r"(?P<one>\d{1,2})(?P<by>\.) (?P<two>1[0-2]|0?[1-9])\.(?![\d/.,-])"
)
_ROMAN = re.compile(
    r"(?P<one>[12]\d|3[01]|0?[1-9])(?P<by>[./ ])"
    r"(?P<month>X|XI|XII|IX|IV|V|VI|VII|VIII|I|II|III)(?![\w/-])(?:\.\d\d(?!\d)|\.?)"
)
# Swedish ``8/11 -24``.
_SHORT_YEAR = re.compile(
    r"(?:[12]\d|3[01]|0?[1-9])/(?:1[0-2]|0?[1-9]) ?[-\u2013]\d\d(?![\d/.-])"
)
_SCANDINAVIAN = frozenset(("sv", "da", "nb", "no"))
_STOPPED = frozenset(("de", "pl", "cs", "da", "nb", "no", "fi"))
_ELIDED = frozenset(("l", "dell", "all", "dall", "nell", "sull"))
_SMALL = re.compile(" [^\\W\\d_A-Z\u00c0-\u00de]")
# Of the last or the next month: Italian ``3 u.s.``, English ``12th ult.``.
_OF_MONTH = re.compile(
    r"(?:[12]\d|3[01]|[1-9])(?:st|nd|rd|th)? ?(?:u\.s\.|p\.v\.|ult\.(?! \d))"
)
_MONTHS, _TENTH = 12, 10
_DAYS = 31
_AND = re.compile(r"(?:,|;| and| und| et| y| e| en| i| och| oraz)?\s{1,2}$")
# Before a fraction they say nothing of a date.
_WEAK = frozenset(
    ("on", "du", "le", "au", "del", "el", "il", "z", "de", "do", "em", "van", "op")
) | {"den", "from"}
_CLOSED = re.compile(r"[.,;)\n]|$| (?:and|et|y|e|en|i|und|och)\b")
_NOT_DAYS = re.compile(
    r"\s?(?:mm|cm|ml|%|weeks?|wks?|days?|months?|years?|hours?|tage|wochen|monate|jours"
    r"|semaines|mois|dias|semanas|meses|giorni|settimane|mesi|dagen|weken|maanden|dni"
    r"|tygodni|veckor|dagar|x\b|pack|pain|points?|puntos|punti|pontos|rippen?\b|ribs?\b|cotes?\b|costill"
    r"|costel|cost[ae]\b|zebr|revben|bwk|lwk|grad)"
)
# A time of day tells that what stands before it is a day.
_TIME = re.compile(
    r"[,;]? (?:(?:kl|klo|um|om|at|as|a las|a|o|godz|ore|alle|h)\.? ?\d"
    r"|[0-2]\d[0-5]\d(?!\d)|\d{1,2} ?(?:[h:.] ?[0-5]\d(?!\d)|uhr\b|hs?\b|hrs?\b|u\b))"
)
# There a comma stands between whole figures and tenths, so that a stop does not.
_COMMA = frozenset(
    ("de", "cs", "pl", "da", "nb", "no", "fi", "sv", "nl", "fr", "it", "es", "pt")
)
_APOSTROPHES = ("'", "\u2019")
_NEAR = 2
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
    if (of_month := _OF_MONTH.match(folded, start)) is not None:
        return Span(start, of_month.end(), Category.DATE, "day-and-month")
    if page.language in _SCANDINAVIAN and (
        dated_year := _SHORT_YEAR.match(folded, start)
    ):
        return Span(start, dated_year.end(), Category.DATE, "day-and-month")
    match = _DAY.match(folded, start) or _SPACED.match(folded, start)
    if match is None or _NOT_DAYS.match(folded, match.end()):
        return None
    one, two = int(match["one"]), int(match["two"])
    if not (1 <= min(one, two) <= _MONTHS and max(one, two) <= _DAYS):
        return None
    near = word >= 0 and start - page.ends[word] <= _NEAR
    elided = page.text[start - 1 : start] in _APOSTROPHES
    counted = near and not elided and page.folds[word] in words("moments", "counted")
    if counted or not (
        _is_said(page, match, word, near=near)
        or _is_listed(folded, start, dates)
        or (match["by"] == "/" and _is_inside(start, dated))
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
    if page.folds[word] in _ELIDED and page.text[match.start() - 1] in _APOSTROPHES:
        return long or _CLOSED.match(page.folded, match.end()) is not None
    if ends_phrase(page, word, by_last_word("dated")):
        weak = page.folds[word] in _WEAK
        if (
            weak
            and match["by"] == "/"
            and not (high or (long and page.language in _COMMA))
        ):
            return _CLOSED.match(page.folded, match.end()) is not None
        return True
    return (high or long) and page.folds[word] in words("moments", "told")


def _is_listed(folded: str, start: int, dates: AbstractSet[int]) -> bool:
    """Whether another date stands right before it."""
    return any(
        place in dates and _AND.fullmatch(folded, place, start)
        for place in range(max(0, start - _LONGEST_GAP), start)
    )


def _has_form(page: Page, match: re.Match[str]) -> bool:
    """Whether the figures themselves, or what follows, say that it is a day.

    No fraction begins its second figure with 0 or has a much smaller one there, and no
    sentence begins with a small letter.
    """
    end, two = match.end(), int(match["two"])
    both = len(match["one"]) == len(match["two"]) == len("08")
    if _TIME.match(page.folded, end) and two <= _MONTHS:
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
        return both and followed == ":" and page.language in _COMMA
    if _SMALL.match(page.text, end):
        return True
    if page.language not in _COMMA:
        return False
    if followed == ":" or (both and match["two"].startswith("0")):
        return True
    if followed in (",", ";", ")"):
        return True
    begins = page.text[max(0, match.start() - 8) : match.start()].rstrip(" ")[-1:]
    return two >= _TENTH and page.language in _STOPPED and begins not in ("", "\n")


def _is_inside(place: int, parts: list[tuple[int, int]]) -> bool:
    """Whether a place lies in one of the parts, which are in order."""
    at = bisect_right(parts, (place, len(parts) and parts[-1][1])) - 1
    return at >= 0 and place < parts[at][1]
