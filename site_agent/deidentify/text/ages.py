"""Ages over 89, and years of birth, in figures.

HIPAA 164.514(b)(2)(i)(C) bands ages over 89; a year of birth tells the same.
"""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.lexicon import CUE, UNKNOWN
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import either, phrases, words

_NINETY = r"(?:0?9\d|1[0-2]\d)"
_OLD = re.compile(rf"{_NINETY}(?![\d.,]\d|\d|\s?[cm]?m\b|%)")
# ``93F``, ``93 M``, ``93/f``; ``93 m`` may be a length.
_WITH_SEX = re.compile(
    rf"{_NINETY}(?=(?:[ /-]| / )?[MFWmfw](?![\w/.])|/?[MFW]\.(?!\w))"
)
_SMALL_SEX = re.compile(r" ?[mw]\b")
# ``91 a`` in languages whose word for years begins so, but ``91 a 95``.
_SHORT = re.compile(rf"{_NINETY}(?= ?a\.?(?:[,;)\n]|$| (?!\d)))")
_SHORT_IN = frozenset(("es", "pt", "fr", "it", "de"))
_LITRES = re.compile(r" ?l\.")  # Polish ``92 l.``
_DECADE = re.compile(r"(?:90|100)s(?![a-z])")
_WITH_SIGN = re.compile(rf"{_NINETY}(?= ?[\u2640\u2642])")
_SEX_BEFORE = re.compile(r"(?<![\w.])(?:[FMWK][/ ]|\([fmwkvhFMWKVH], ?)$")
_LONGEST_PERSON = 32
# In brackets behind an initial or a name: ``(J. 95)``, ``(Anna, 94)``.
_BRACKETED = re.compile(r"\((?:[A-Z]\.,?|[A-Z][^\W\d_]{1,20},) $")
_LONGEST_BRACKET = 26
_YEAR = re.compile(r"(?:18|19|20)\d\d(?![\d./-]\d|\d|\s?[cm]?m\b)")
_SHORT_YEAR = re.compile(r"\d\d(?![\d.,/:-]\d|\d|\s?[cm]?m\b|%)")
_NEAR = 4
_FIRST_OF_AGES = {2: "9", 3: "1"}
_FEWEST_OF_YEAR = 4


def years() -> str:
    """Give the words for years of an age as a regular expression has them."""
    return either(phrases("ages", "years"))


@cache
def _age() -> re.Pattern[str]:
    begun = either(words("ages", "begun_years"))
    return re.compile(
        rf"{_NINETY}(?:(?=[\s-]{{0,2}}(?:{years()})(?![a-z]))|(?=[\s-]?(?:{begun})))"
    )


@cache
def _of_life() -> re.Pattern[str]:
    ordinals = words("numbers", "ordinals") | words("numbers", "ordinals_of_life")
    life = either(phrases("ages", "life"))
    return re.compile(rf"{_NINETY}(?=(?:{either(ordinals)}|\.)? (?:{life}))")


@cache
def _of_person() -> re.Pattern[str]:
    """Match what stands behind a person: ``Oma, 94,``, ``een vrouw van 94``."""
    of = either(phrases("ages", "of"))
    return re.compile(rf"[^\W\d_]{{2,20}}(?:, | \(| (?:{of}) )$")


@cache
def _closed() -> re.Pattern[str]:
    """Match an age behind which what is said of a person goes on or ends."""
    closes = either(words("ages", "closes"))
    return re.compile(rf"\d{{2,3}}(?:[,.;)\n]|$| (?:{closes})\b)")


@cache
def _before_birth() -> re.Pattern[str]:
    """Match what goes on with a birthday behind an age: ``95, d.o.b.``."""
    return re.compile(rf", (?:d\.o\.b|{either(words('ages', 'birth'))})\b")


def may_be_age(folded: str, start: int, length: int) -> bool:
    """Whether the figures at `start` may be an age over 89."""
    if length in _FIRST_OF_AGES and folded[start] == _FIRST_OF_AGES[length]:
        return True
    return length == len("093") and folded.startswith("09", start)  # DICOM 093Y


def age_at(page: Page, start: int, word: int) -> Span | None:
    """Find an age over 89 whose figures, which `may_be_age`, stand behind `word`."""
    folded = page.folded
    match = (
        _age().match(folded, start)
        or _with_sex(page, start)
        or _WITH_SIGN.match(folded, start)
        or _of_life().match(folded, start)
    )
    if match is None and word >= 0 and page.folds[word] in words("ages", "decades"):
        match = _DECADE.match(folded, start)
    if match is None and page.language in _SHORT_IN:
        match = _SHORT.match(folded, start)
    if match is None and page.language == "pl":
        match = _OLD.match(folded, start)
        match = match if match and _LITRES.match(folded, match.end()) else None
    if match is None:
        match = _OLD.match(folded, start)
        if match is None or not (
            _is_after(page, word, start, "before")
            or _before_birth().match(folded, match.end())
            or _is_bracketed(page, word, match)
            or _is_of_person(page, start, word)
        ):
            return None
    return Span(*match.span(), Category.AGE, "age-over-89")


def year_of_birth_at(page: Page, start: int, end: int, word: int) -> Span | None:
    """Find a year that is said to be one of birth: ``nata nel 1931``, ``Jg. 31``.

    `word`, one of `before_years_of_birth`, stands before its figures, which are at
    ``[start, end)``.
    """
    if end - start == _FEWEST_OF_YEAR:
        match = _YEAR.match(page.folded, start)
        if word > 0 and page.folds[word] in words("ages", "in"):
            if not _is_after(page, word, start, "in"):
                return None
            word, start = word - 1, page.starts[word]
    else:
        match = _SHORT_YEAR.match(page.folded, start)
    if match is None or not _is_after(page, word, start, "birth"):
        return None
    if page.language != "sv" and page.folds[word] == "f":
        return None
    return Span(*match.span(), Category.DATE, "year-of-birth")


@cache
def before_years_of_birth() -> frozenset[str]:
    """Give the words that may stand right before a year of birth."""
    return words("ages", "birth") | words("ages", "in")


def _with_sex(page: Page, start: int) -> re.Match[str] | None:
    match = _WITH_SEX.match(page.text, start)
    if match is None or _SMALL_SEX.match(page.text, match.end()):
        return None
    return match


def _is_bracketed(page: Page, word: int, match: re.Match[str]) -> bool:
    """Whether an age stands in brackets alone, or with a name, behind one."""
    text, start = page.text, match.start()
    if not text.startswith(")", match.end()):
        return False
    if text.startswith(" (", start - 2):  # Rust, Anna (98)
        return word >= 0 and bool(page.kinds[word] & UNKNOWN)
    return _BRACKETED.search(text, max(0, start - _LONGEST_BRACKET), start) is not None


def _is_of_person(page: Page, start: int, word: int) -> bool:
    """Whether a sex or a person stands before an age: ``F/92``, ``madre (92)``."""
    if _SEX_BEFORE.search(page.text, max(0, start - _NEAR), start):
        return True
    person = _of_person().search(page.folded, max(0, start - _LONGEST_PERSON), start)
    if person is None or not _closed().match(page.folded, start):
        return False
    said = word if page.starts[word] == person.start() else word - 1
    while said > 0 and page.starts[said] > person.start():
        said -= 1
    people = words("ages", "people")
    named = page.kinds[said] & UNKNOWN and said == word
    if named and page.folded.startswith(",", start + 2) and person[0].endswith(", "):
        return True  # Indication: Mertens, 91, fell
    return page.folds[said] in people or (
        bool(page.kinds[said] & CUE) and page.gaps[said + 1].startswith((", ", " ("))
    )


def is_told_before_measures(page: Page, end: int, word: int) -> bool:
    """Whether an age that ends at `end` would else be a size: ``93 M``, ``93 l.``."""
    if "M" in page.text[end : end + 2] or is_polish_age(page, end):
        return True
    return word >= 0 and page.folds[word] in words("ages", "before")


def is_polish_age(page: Page, end: int) -> bool:
    """Whether the figures that end at `end` have the Polish word for years behind."""
    return page.language == "pl" and _LITRES.match(page.folded, end) is not None


def _is_after(page: Page, word: int, start: int, listed: str) -> bool:
    """Whether a listed word stands right before a place, on the same line."""
    if word < 0 or start - page.ends[word] > _NEAR:
        return False
    between = page.text[page.ends[word] : start]
    return "\n" not in between and page.folds[word] in words("ages", listed)
