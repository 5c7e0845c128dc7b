"""What a word may be in the name of an institution, for the grammar of `places`."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache

from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    COMMON,
    FUNCTION,
    HOUSE,
    INITIAL,
    LETTER,
    MAYBE_HOUSE,
    MONTH,
    NUMERAL,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.vocabulary import words
from site_agent.deidentify.text.word_lists import eponyms, is_allowed, is_clinical

POSSESSIVE = frozenset(("'", "\u2019"))
_QUOTES = (" -", "- ", '"', ' "', '" ', " '", "' ", " \u2019", "\u2019 ", " \u201c")
_MORE_QUOTES = (" \u201e", "\u201d ", " \u00ab", "\u00bb ")
_JOINTS = frozenset((" ", "-", "'", "\u2019", *_QUOTES, *_MORE_QUOTES)) | frozenset(
    (" & ", " + ", " - ", " \u2013 ", " / ", ":")
)
_AFTER_SHORT = frozenset((". ", ".", ".-", '."', '. "', ". \u201e"))
_NUMBER_BETWEEN = re.compile(r"(?: n[.\u00b0\u00ba]{1,2})? \d{1,2} ")
_ENDS = frozenset("\n,.;:)]<|>\"'\u2019\u201d\u00bb\t")
_SPACED_ENDS = (" |", " -", " (", " )", " /", " \u2013")
_SHORTEST_PREFIX = 3
_ENTRIES = ("patrons", "within", "weak", "trades", "saints", "named", "links")
_PATRON, _WITHIN, _WEAK, _TRADE, _SAINT, _NAMED, _LINK = (
    1 << at for at in range(len(_ENTRIES))
)


class Part(IntEnum):
    """What a word may be in the name of a house."""

    NONE = 0
    PROPER = 1
    GENERIC = 2
    TRADE = 3
    LINK = 4
    TITLE = 5
    SAINT = 6
    FILLING = 7
    """A word of medicine with a capital; it counts inside, not at the ends."""


def part_of(page: Page, at: int) -> Part:
    """Tell what a word may be in a name; small words are generic or links at most."""
    kind, folded = page.kinds[at], page.folds[at]
    listed = _listed().get(folded, 0)
    capital = kind & CAPITAL
    if capital and listed & _PATRON:
        return Part.PROPER
    if listed & _WITHIN or (kind & NUMERAL and kind & CAPS):
        return Part.GENERIC
    if capital and kind & MAYBE_HOUSE and listed & _WEAK:
        return Part.GENERIC
    if page.gaps[at] == ":":
        return Part.SAINT  # S:t
    if listed & _TRADE:
        return Part.TRADE
    if capital and listed & _SAINT:
        return Part.SAINT
    if capital and listed & _NAMED:
        return Part.PROPER
    if kind & HOUSE:
        return Part.PROPER if is_proper_head(page, at) else Part.GENERIC
    if listed & _LINK and not (capital and kind & UNKNOWN):
        return Part.LINK
    if kind & TITLE:
        return Part.TITLE
    if not capital:
        return Part.LINK if is_inside(page, at) else Part.NONE
    if kind & FUNCTION and is_inside(page, at):
        return Part.LINK
    if kind & FUNCTION or (kind & LETTER and not kind & COMMON):
        return Part.NONE
    if kind & INITIAL:
        return Part.NONE if page.gaps[at + 1] == "-" else Part.PROPER  # X-ray
    if kind & (UNKNOWN | MONTH) or folded in eponyms():
        return Part.PROPER
    if kind & COMMON:
        return Part.FILLING if kind & LETTER else Part.PROPER
    if kind & CAPS:
        return Part.FILLING
    # What is but built like a word of medicine, where words are not put together.
    if (
        page.language
        and page.language not in words("houses", "compounding")
        and not is_allowed(folded, page.language)
    ):
        return Part.PROPER
    if folded.endswith(_of_names()) and not is_allowed(folded, page.language):
        return Part.PROPER  # Löfgrenska sjukhuset
    return Part.FILLING


@cache
def _listed() -> dict[str, int]:
    """Map the words of `houses` to the entries they stand in."""
    listed: dict[str, int] = {}
    for at, entry in enumerate(_ENTRIES):
        for word in words("houses", entry):
            listed[word] = listed.get(word, 0) | 1 << at
    return listed


@cache
def _of_names() -> tuple[str, ...]:
    return tuple(words("houses", "of_names"))


def is_joined(page: Page, at: int) -> bool:
    """Whether a word belongs to the same phrase as the one before it."""
    gap = page.gaps[at]
    if gap in _JOINTS:
        return gap != ":" or page.folds[at - 1] == "s"  # S:t Görans
    if gap in _AFTER_SHORT:
        short = page.folds[at - 1] in words("houses", "dotted_words")
        return short or bool(page.kinds[at - 1] & (INITIAL | TITLE))
    if gap[0] != " " or gap[-1] != " ":
        return False
    return _NUMBER_BETWEEN.fullmatch(gap) is not None


def is_inside(page: Page, at: int) -> bool:
    """Whether a small word stands between two parts: ``Guy's and``, ``-sur-``."""
    if page.folds[at] == "s" and page.gaps[at] in POSSESSIVE:
        return True
    if page.gaps[at] == "-" == page.gaps[at + 1] or page.gaps[at] == ":":
        return True
    if page.gaps[at] == "-" and page.folds[at - 1] in words("houses", "within"):
        return True  # Walk-in
    before = at - 1
    ands = words("houses", "ands")
    if page.folds[at] == "the" and before > 0 and page.folds[before] in ands:
        return True
    if page.folds[at] not in ands or not at:
        return False
    if page.folds[before] == "s" and page.gaps[before] in POSSESSIVE:
        return True
    return bool(page.kinds[before] & CAPITAL)


def ends_there(page: Page, last: int) -> bool:
    """Whether a line, a bracket, a field or a sentence ends after a word."""
    gap = page.gaps[last + 1]
    return not gap or gap[0] in _ENDS or gap[:2] in _SPACED_ENDS


def is_proper_head(page: Page, at: int) -> bool:
    """Whether the word for the house is a name as well: ``Marienhospital``."""
    folded = page.folds[at]
    if folded in words("houses", "named"):
        return True
    return bool(page.kinds[at] & HOUSE) and _is_proper_compound(folded, page.language)


@cache
def _is_proper_compound(folded: str, language: str) -> bool:
    """Whether a compound has a proper name in it: ``M\u00fcllerkliniken``."""
    if folded in words("houses", "whole"):
        return False
    for ending in sorted(words("houses", "endings"), key=len, reverse=True):
        if folded.endswith(ending):
            before = folded[: -len(ending)]
            general = (
                before in words("houses", "prefixes") or len(before) < _SHORTEST_PREFIX
            )
            stems = (before, before.rstrip("s"))
            return not (general or any(is_clinical(one, language) for one in stems))
    return False
