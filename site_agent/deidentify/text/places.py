"""Hospitals and practices, found by the word for the house and the name beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    FUNCTION,
    HOUSE,
    INITIAL,
    LETTER,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import words
from site_agent.deidentify.text.word_lists import eponyms, is_allowed, is_clinical

_LONGEST = 7  # words on either side
_JOINTS = frozenset((" ", "-", "'", "\u2019", " -", "- ", '"', ' "', " '", " \u2019"))
_OF_PLACES = frozenset(
    ("of", "de", "di", "da", "do", "d", "del", "du", "w", "we", "i", "in")
)
_OUR_LADY = frozenset(("senora", "senhora"))
_HOUSE_FIRST = frozenset(("pl", "it", "es", "fr", "pt"))
_COMPOUNDING = frozenset(("de", "nl", "sv", "da", ""))
_SHORTEST_LABEL, _CODE = 4, 2
_ANDS = frozenset(("and", "of", "und", "et", "y", "e", "i"))
_BEFORE_NAMES = frozenset(("st", "ste", "sta", "sto"))
_SAINTS = frozenset(("st", "ste", "sta", "sto", "s", "im", "ss", "hl"))


def find_houses(page: Page) -> Iterator[Span]:
    """Find hospitals and practices with their proper names.

    The word for the house alone (``the hospital``, ``University Hospital``) is none.
    """
    end = 0
    for word in page.sought:
        kind = page.kinds[word]
        if not kind & HOUSE or word < end:
            continue
        if not kind & CAPITAL and _is_loose(page, word):
            continue
        first = _leftmost(page, word)
        last = _rightmost(page, word)
        named = last > word
        if first + 1 < word:
            saint = page.folds[first] in _BEFORE_NAMES
            named = named or saint or _is_first(page, first, first + 1)
        if named or any(_is_proper(page, at) for at in range(first, last + 1)):
            end = last + 1
            yield Span(page.starts[first], page.ends[last], Category.PLACE, "house")


def _is_loose(page: Page, word: int) -> bool:
    """Whether a word with a small letter is a house only now and then (``centre``)."""
    return page.folds[word] in words("houses", "loose")


def _leftmost(page: Page, word: int) -> int:
    """Give the first word of the house's name on the left."""
    first = at = word
    small = not page.kinds[word] & CAPITAL
    loud = word > 0 and bool(page.kinds[word] & page.kinds[word - 1] & CAPS)
    while at > 0 and word - at < _LONGEST and _is_joined(page, at):
        at -= 1
        kind = page.kinds[at]
        folded = page.folds[at]
        if not kind & CAPITAL:
            possessive = folded == "s" and page.gaps[at] in ("'", "\u2019")
            linked = folded in _ANDS
            hyphened = page.gaps[at] == "-" and page.gaps[at + 1] == "-"
            named = linked and at and page.kinds[at - 1] & CAPITAL
            if not possessive and not named and not hyphened:
                break
            continue
        if folded in _ANDS and loud and at and page.kinds[at - 1] & CAPITAL:
            continue
        if kind & (FUNCTION | TITLE) and folded not in _SAINTS:
            break
        saint = page.gaps[at + 1] in ("'", "\u2019") and page.folds[at + 1] == "s"
        first_name = kind & COMMON and _is_first(page, at, at + 1)
        passing = saint or first_name or kind & HOUSE or _passes(folded)
        if kind & LETTER and not passing:
            break
        hyphened = "-" in (page.gaps[at], page.gaps[at + 1])
        medical = kind & CAPS and kind & CLINICAL and not kind & COMMON
        if medical and loud and not (hyphened or folded in _SAINTS or _passes(folded)):
            break
        if small and kind & CLINICAL and not kind & COMMON:
            break
        first = at
    while first < word and not _is_proper(page, first):
        if _is_first(page, first, first + 1) and first + 1 < word:
            break  # Parent Medical Center
        if page.folds[first] in _SAINTS or _is_half(page, first):
            break
        first += 1
    return first


def _is_first(page: Page, at: int, beside: int) -> bool:
    """Whether a word stands where a house's name does: beside ``General``."""
    kind = page.kinds[at]
    if not kind & CAPITAL or kind & (CAPS | FUNCTION | TITLE | HOUSE):
        return False
    if kind & LETTER and not kind & COMMON:
        return False
    if page.language in _COMPOUNDING or page.gaps[max(at, beside)] != " ":
        return False
    return _passes(page.folds[beside]) and not _passes(page.folds[at])


def _is_half(page: Page, at: int) -> bool:
    """Whether a word is the first half of a town's name: ``Sian Ville Hospital``."""
    kind = page.kinds[at]
    if kind & (CAPS | FUNCTION | LETTER | HOUSE) or page.language == "de":
        return False
    return page.gaps[at + 1] == " " and bool(page.kinds[at + 1] & UNKNOWN)


def _rightmost(page: Page, word: int) -> int:
    """Give the last word of the house's name on the right."""
    last, at = word, word + 1
    links = words("houses", "links")
    small = not page.kinds[word] & CAPITAL
    german = page.language == "de"
    linked = placed = False
    proper = word
    while at < len(page.words) and at - word <= _LONGEST and _is_joined(page, at):
        kind = page.kinds[at]
        folded = page.folds[at]
        # What has a capital after ``hospital de`` is a place, whatever word it is.
        place = placed and _is_place(kind, len(folded)) and not german
        if folded in links and not (kind & CAPITAL and kind & UNKNOWN):
            linked = True
            placed = folded in _OF_PLACES or placed
            at += 1
            continue
        if not kind & CAPITAL:
            if page.gaps[at] != "-":
                break
        elif place:
            last = proper = at
        elif (kind & TITLE and folded not in _SAINTS and not _passes(folded)) or (
            kind & (LETTER | FUNCTION) and not kind & HOUSE and not _passes(folded)
        ):
            break
        elif _passes(folded) and not small:
            last = at
        elif kind & CLINICAL and not kind & COMMON and (kind & CAPS or small):
            if not linked or small:
                break
            last = at
        else:
            if small and not (linked and kind & (UNKNOWN | COMMON)):
                break
            last = at
        at += 1
    while last > proper and not _is_proper(page, last):
        if page.gaps[last] == "-" and _is_proper(page, last - 1):
            break  # Chaudet-Dessus
        if _is_first(page, last, last - 1) and page.language in _HOUSE_FIRST:
            break  # Szpital Miejski Brzeg
        last -= 1
    return last if last == word else _with_province(page, last)


def _is_place(kind: int, length: int) -> bool:
    if not kind & CAPITAL or kind & (CAPS | HOUSE | TITLE):
        return False
    return not kind & LETTER or bool(kind & COMMON) or length < _SHORTEST_LABEL


def _with_province(page: Page, last: int) -> int:
    """Take in a province after a town: ``Mercier (JU)``, ``Bavel AC``."""
    at = last + 1
    if at < len(page.words) and page.kinds[at] & CAPS and len(page.words[at]) == _CODE:
        bracket = page.gaps[at] == " (" and page.gaps[at + 1].startswith(")")
        closed = page.gaps[at] == " " and page.gaps[at + 1][:1] in (".", ",", ")", "\n")
        if bracket or closed:
            return at
    return last


def _is_joined(page: Page, at: int) -> bool:
    """Whether a word belongs to the same phrase as the one before it."""
    gap = page.gaps[at]
    if gap in _JOINTS:
        return True
    before = page.folds[at - 1]
    return gap in (". ", ".", ".-") and (
        before in _SAINTS or bool(page.kinds[at - 1] & INITIAL)
    )


def _passes(folded: str) -> bool:
    """Whether a word may stand inside a house's name and names nothing by itself."""
    return folded in words("houses", "within")


def _is_proper(page: Page, at: int) -> bool:
    """Whether a word of a house's name is a name."""
    kind = page.kinds[at]
    folded = page.folds[at]
    if folded in _OUR_LADY:
        return True
    if kind & HOUSE:
        return _is_proper_compound(folded)
    if kind & UNKNOWN and not kind & COMMON:
        return not _passes(folded)
    if not kind & CAPITAL or _passes(folded) or folded in words("houses", "links"):
        return False
    if kind & (UNKNOWN | INITIAL) or folded in eponyms():
        return True
    if kind & COMMON:
        return not kind & LETTER
    # What is but built like a word of medicine, where words are not put together.
    built = kind & CLINICAL and not kind & (CAPS | LETTER | FUNCTION | TITLE)
    return (
        bool(built)
        and page.language not in _COMPOUNDING
        and not is_allowed(folded, page.language)
    )


@cache
def _is_proper_compound(folded: str) -> bool:
    """Whether a compound has a proper name in it: ``Müllerkliniken``."""
    if folded in words("houses", "whole"):
        return False
    for ending in sorted(words("houses", "endings"), key=len, reverse=True):
        if folded.endswith(ending):
            before = folded[: -len(ending)]
            general = before in words("houses", "prefixes") or len(before) < 3
            return not (
                general or is_clinical(before) or is_clinical(before.rstrip("s"))
            )
    return False
