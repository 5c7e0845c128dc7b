"""Identifiers that show by their form alone: phones, numbers, times, addresses, ages.

Every pattern is bounded, so that none backtracks over more than a few dozen characters.
Measurements, vertebrae, scores and sizes are no identifiers (``3.5 cm``, ``T12``,
``5/10``, ``8-12 weeks``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.dates import find_dates
from site_agent.deidentify.spans import Category, Span
from site_agent.deidentify.vocabulary import either, phrases, written_phrases

_UPPER = "".join(chr(c) for c in range(0x530) if chr(c).isupper())
_ADDRESSES = re.compile(
    r"""
      (?P<EMAIL>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})
    | (?P<URL>(?:https?://|(?<!\w)www\.)[^\s<>"]{3,500})
    """,
    re.VERBOSE,
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
        | \(0\d{1,5}\)\s?\d{2,9}(?:[\s-]\d{2,6}){0,3}
        | 0\d{2,5}[\s/-]\s?\d{3,9}(?:[\s-]\d{2,6}){0,3}
        | 0\d{1,4}-\d{2,9}(?:\s\d{2,4}){0,4}
        | 0\d(?:[\s.]\d\d){4}
        | \(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{3,4}(?:\s?x\d{1,5})?
      )(?![\w]|[.,]\d)
    | (?P<ID>
          \d{1,3}(?:\.\d{1,40}){5,20}
        | [a-z]{1,6}[-/_.]?\d{1,4}[-/_]\d{3,12}(?:[-/_]\d{1,12}){0,3}
        | [a-z]{1,6}[-/_]?\d{5,20}
        | \d{6,24}(?:[-/]\d{1,8}){0,3}
        | (?!(?:19|20)\d\d[-/](?:19|20)\d\d(?!\d))
          \d{2,6}[-/]\d{4,12}[a-z]?(?:[-/]\d{1,8}){0,2}
        | \d{3}-\d{2}-\d{4}
        | [12]\s\d\d\s(?:0[1-9]|1[0-2])\s\d\d\s\d{3}\s\d{3}(?:\s\d\d)?
        | [a-z]{6}\d\d[a-z]\d\d[a-z]\d{3}[a-z]
        | \d{7,10}[a-z]
      )(?!\w|[.,]\d)
    )
    """,
    re.VERBOSE,
)
_YEARS = (
    "years?|yrs?|y/?o|jahren?|jahre?s|ans|anos?|anni|jaar|jarige?|ar|arig|arige|lat|let"
    "|letni[ae]?|roku|leta?"
)
_AGE = re.compile(
    rf"(?<![\d.,])(?:9\d|1[0-2]\d)(?=[\s-]{{0,2}}(?:{_YEARS})(?![a-z])|[\s-]?jahrig)"
    r"|(?<=aged )(?:9\d|1[0-2]\d)(?!\d)"
)


def find_patterns(text: str, folded: str) -> Iterator[Span]:
    """Find what identifies by its form; `folded` is `text` through `fold`."""
    for found in find_dates(folded):
        yield Span(found.start, found.end, Category.DATE, "date")
    for pattern in (_ADDRESSES, _NUMBERS, _called()):
        for match in pattern.finditer(folded):
            kind = str(match.lastgroup)
            yield Span(*match.span(kind), Category[kind], f"{kind.lower()}-form")
    for match in _dated().finditer(folded):
        if _is_day(int(match["one"]), int(match["two"])):
            yield Span(match.start("one"), match.end(), Category.DATE, "day-and-month")
    for match in _AGE.finditer(folded):
        yield Span(*match.span(), Category.AGE, "age-over-89")
    for match in _institutions().finditer(text):
        yield Span(*match.span(), Category.PLACE, "institution")


@cache
def _called() -> re.Pattern[str]:
    """Write the pattern of a number or a phone that is called one."""
    number = r"[a-z]{0,4}[-/ ]?\d[\w/.-]{1,30}"
    return re.compile(
        rf"(?<![\w-])(?:(?:{either(phrases('numbered', 'id'))})(?!\w)"
        rf"[.:#\s]{{0,4}}(?:(?:no|nr|n)\b\.?[:\s]{{0,2}})?(?P<ID>{number}(?<=[\w]))"
        rf"|(?:{either(phrases('numbered', 'phone'))})(?!\w)"
        r"[.:\s]{0,4}(?P<PHONE>[+(]{0,2}\d[\d()+/ .-]{1,24}\d))"
    )


def _is_day(one: int, two: int) -> bool:
    """Whether two numbers are a day and a month, and hardly a score or a fraction."""
    return min(one, two) in range(1, 13) and max(one, two) in range(13, 32)


@cache
def _dated() -> re.Pattern[str]:
    """Write the pattern of a day and a month after a word like ``vom``."""
    return re.compile(
        rf"(?<!\w)(?:{either(phrases('dated'))}):? (?P<one>\d{{1,2}})"
        r"(?P<by>[/.])(?P<two>\d{1,2})(?:(?<=/\d)|(?<=/\d\d)|\.)(?![\d/]|\.\d|\s?[cm]?m\b)"
    )


@cache
def _institutions() -> re.Pattern[str]:
    """Write the pattern of a hospital with its proper name."""
    before = either(written_phrases("institutions", "before"))
    after = either(written_phrases("institutions", "after"))
    word = rf"[{_UPPER}][\w'\u2019-]{{1,40}}"
    link = r"(?:(?:de|del|di|of|w|im|am|in|la|las|los|St\.|Santa|San) |d')"
    return re.compile(
        rf"(?<!\w)(?:(?:{before}) {link}{{0,3}}{word}(?: {link}?{word}){{0,3}}"
        rf"|(?:(?:St\.|{word}) ){{1,3}}(?:{after})(?!\w))"
    )
