"""Ages over 89, and years of birth, in figures.

HIPAA 164.514(b)(2)(i)(C) bands ages over 89; a year of birth tells the same.
"""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.lexicon import CUE
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import words

YEARS = (
    "years?|yrs?|yo|y/?o|y|jahren?|jahre?s|ans|anos?|anni|jaar|jarige?|jr|ar|arig|arige"
    "|aring(?:en)?|lata?|lat(?:ka|ki|ke|ek)|letni(?:a|e|ej|ego|emu|m|ch)?|roku|leta?"
    "|r\\. ?z|j|jahr|enn[ei]|aa"
)
"""The words for years of an age, folded, as a regular expression has them."""
_NINETY = r"(?:9\d|1[0-2]\d)"
_AGE = re.compile(
    rf"{_NINETY}(?:(?=[\s-]{{0,2}}(?:{YEARS})(?![a-z]))|(?=[\s-]?jahrig))"
)
_OLD = re.compile(rf"{_NINETY}(?![\d.,]\d|\d|\s?[cm]?m\b|%)")
# ``93F``, ``93 M``, ``93/f``; ``93 m`` may be a length.
_WITH_SEX = re.compile(rf"{_NINETY}(?=[ /-]?[MFWmfw](?![\w/.]))")
_SMALL_SEX = re.compile(r" ?[mw]\b")
# ``91 a`` in languages whose word for years begins so, but ``91 a 95``.
_SHORT = re.compile(rf"{_NINETY}(?= ?a\.?(?:[,;)\n]|$| (?!\d)))")
_SHORT_IN = frozenset(("es", "pt", "fr", "it"))
_LITRES = re.compile(r" ?l\.")  # Polish ``92 l.``
_WITH_SIGN = re.compile(rf"{_NINETY}(?= ?[\u2640\u2642])")
_SEX_BEFORE = re.compile(r"(?<![\w.])(?:[FMWK][/ ]|\([fmwkvhFMWKVH], ?)$")
_OF_LIFE = re.compile(
    rf"{_NINETY}(?=(?:st|nd|rd|th|e|eme|er|\.)? (?:lebensjahr|geburtstag|birthday"
    r"|year of|anniversaire|verjaardag|roku zycia|urodziny|cumpleanos|compleanno))"
)
# Behind a person: ``Grandmother, 94,``, ``madre (92)``, ``een vrouw van 94``.
_OF_PERSON = re.compile(r"[^\W\d_]{2,20}(?:, | \(| (?:of|von|van|de|di|av|w wieku) )$")
_PERSON_CLOSED = re.compile(
    r"\d{2,3}(?:[,.;)\n]|$| (?:und|and|et|y|e|en|i|och|lives?)\b)"
)
_LONGEST_PERSON = 32
# In brackets behind an initial or a name: ``(J. 95)``, ``(Anna, 94)``.
_BRACKETED = re.compile(r"\((?:[A-Z]\.,?|[A-Z][^\W\d_]{1,20},) $")
_LONGEST_BRACKET = 26
_YEAR = re.compile(r"(?:18|19|20)\d\d(?![\d./-]\d|\d|\s?[cm]?m\b)")
_SHORT_YEAR = re.compile(r"\d\d(?![\d.,/:-]\d|\d|\s?[cm]?m\b|%)")
_NEAR = 4
_FIRST_OF_AGES = {2: "9", 3: "1"}
_FEWEST_OF_YEAR = 4


def may_be_age(folded: str, start: int, length: int) -> bool:
    """Whether the figures at `start` may be an age over 89."""
    return length in _FIRST_OF_AGES and folded[start] == _FIRST_OF_AGES[length]


def age_at(page: Page, start: int, word: int) -> Span | None:
    """Find an age over 89 whose figures, which `may_be_age`, stand behind `word`."""
    folded = page.folded
    match = (
        _AGE.match(folded, start)
        or _with_sex(page, start)
        or _WITH_SIGN.match(folded, start)
        or _OF_LIFE.match(folded, start)
    )
    if match is None and page.language in _SHORT_IN:
        match = _SHORT.match(folded, start)
    if match is None and page.language == "pl":
        match = _OLD.match(folded, start)
        match = match if match and _LITRES.match(folded, match.end()) else None
    if match is None:
        match = _OLD.match(folded, start)
        if match is None or not (
            _is_after(page, word, start, "before")
            or _is_bracketed(page, match)
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


def _is_bracketed(page: Page, match: re.Match[str]) -> bool:
    """Whether an age stands alone in brackets with a name before it."""
    start = match.start()
    return page.text.startswith(")", match.end()) and (
        _BRACKETED.search(page.text, max(0, start - _LONGEST_BRACKET), start)
        is not None
    )


def _is_of_person(page: Page, start: int, word: int) -> bool:
    """Whether a sex or a person stands before an age: ``F/92``, ``madre (92)``."""
    if _SEX_BEFORE.search(page.text, max(0, start - _NEAR), start):
        return True
    person = _OF_PERSON.search(page.folded, max(0, start - _LONGEST_PERSON), start)
    if person is None or not _PERSON_CLOSED.match(page.folded, start):
        return False
    said = word if page.starts[word] == person.start() else word - 1
    while said > 0 and page.starts[said] > person.start():
        said -= 1
    people = words("ages", "people")
    return page.folds[said] in people or (
        bool(page.kinds[said] & CUE) and page.gaps[said + 1].startswith((", ", " ("))
    )


def is_polish_age(page: Page, end: int) -> bool:
    """Whether the figures that end at `end` have the Polish word for years behind."""
    return page.language == "pl" and _LITRES.match(page.folded, end) is not None


def _is_after(page: Page, word: int, start: int, listed: str) -> bool:
    """Whether a listed word stands right before a place, on the same line."""
    if word < 0 or start - page.ends[word] > _NEAR:
        return False
    between = page.text[page.ends[word] : start]
    return "\n" not in between and page.folds[word] in words("ages", listed)
