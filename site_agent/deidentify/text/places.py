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
    is_clinical,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import words

_LONGEST = 7  # words on either side
_JOINTS = frozenset((" ", "-", "'", "\u2019", " -", "- ", '"', ' "'))
_ANDS = frozenset(("and", "of", "und", "et", "y", "e", "i"))
_SAINTS = frozenset(("st", "ste", "sta", "sto", "s", "im", "ss", "hl"))


def find_houses(page: Page) -> Iterator[Span]:
    """Find hospitals and practices with their proper names.

    The word for the house alone (``the hospital``, ``University Hospital``) is none.
    """
    end = 0
    for word, kind in enumerate(page.kinds):
        if not kind & HOUSE or word < end:
            continue
        if not kind & CAPITAL and _is_loose(page, word):
            continue
        first = _leftmost(page, word)
        last = _rightmost(page, word)
        if any(_is_proper(page, at) for at in range(first, last + 1)):
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
        if kind & LETTER and not kind & HOUSE and not _passes(folded):
            break
        hyphened = "-" in (page.gaps[at], page.gaps[at + 1])
        medical = kind & CAPS and kind & CLINICAL and not kind & COMMON
        if medical and loud and not (hyphened or folded in _SAINTS or _passes(folded)):
            break
        if small and kind & CLINICAL and not kind & COMMON:
            break
        first = at
    while first < word and not _is_proper(page, first):
        if page.folds[first] in _SAINTS:
            break
        first += 1
    return first


def _rightmost(page: Page, word: int) -> int:
    """Give the last word of the house's name on the right."""
    last, at = word, word + 1
    links = words("houses", "links")
    small = not page.kinds[word] & CAPITAL
    linked = False
    while at < len(page.words) and at - word <= _LONGEST and _is_joined(page, at):
        kind = page.kinds[at]
        folded = page.folds[at]
        if folded in links and not (kind & CAPITAL and kind & UNKNOWN):
            linked = True
        elif not kind & CAPITAL:
            if page.gaps[at] != "-":
                break
        elif (kind & TITLE and folded not in _SAINTS and not _passes(folded)) or (
            kind & (LETTER | FUNCTION) and not kind & HOUSE and not _passes(folded)
        ):
            break
        elif kind & CLINICAL and not kind & COMMON and (kind & CAPS or small):
            if not linked or small:
                break
            last = at
        else:
            if small and not (linked and kind & (UNKNOWN | COMMON)):
                break
            last = at
        at += 1
    while last > word and not _is_proper(page, last):
        last -= 1
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
    if kind & HOUSE:
        return _is_proper_compound(folded)
    if kind & UNKNOWN and not kind & COMMON:
        return not _passes(folded)
    if not kind & CAPITAL or _passes(folded) or folded in words("houses", "links"):
        return False
    if kind & (UNKNOWN | INITIAL):
        return True
    return bool(kind & COMMON) and not kind & LETTER


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
