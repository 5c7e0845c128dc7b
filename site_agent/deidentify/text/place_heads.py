"""Words for houses: where one stands that an institution may be called by.

A word of other things too counts beside a generic one, in the full form of a company,
or with a name right behind it (`weak`, `trading` and `closing` of ``vocabulary.toml``).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    COMMON,
    FUNCTION,
    HOUSE,
    INITIAL,
    MAYBE_HOUSE,
    STREET,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.place_ends import forms
from site_agent.deidentify.text.place_words import Part, ends_there, part_of
from site_agent.deidentify.text.vocabulary import words, words_in, written_phrases

_INITIAL = CAPITAL | INITIAL
_CODE = 2


def house_heads(page: Page) -> Iterator[tuple[int, int]]:
    """Give the first and the last word of each word or abbreviation of a house."""
    kinds, heads = page.kinds, list[tuple[int, int]]()
    for word in page.sought:
        kind = kinds[word]
        if kind & HOUSE:
            if kind & CAPITAL or page.folds[word] not in words("houses", "loose"):
                heads.append((word, word))
        elif kind & MAYBE_HOUSE and _is_house_here(page, word):
            heads.append((word, word))
    heads.extend(_abbreviated(page))
    return iter(sorted(heads))


def _abbreviated(page: Page) -> Iterator[tuple[int, int]]:
    """Give the words of abbreviations that have a stop or a hyphen inside."""
    text, shapes, dotted = page.text, page.shapes, _dotted()
    starts = []
    at = shapes.find(_INITIAL)
    while at >= 0:
        if page.gaps[at + 1][:1] == ".":
            starts.append(page.starts[at])
        at = shapes.find(_INITIAL, at + 1)
    for joined in words("houses", "joined"):
        at = text.find(joined.upper())
        while at >= 0:
            starts.append(at)
            at = text.find(joined.upper(), at + 1)
    for start in starts:
        if text.startswith(dotted, start):
            stop = start + len(next(o for o in dotted if text.startswith(o, start)))
            if not text[stop : stop + 1].isalpha():
                yield page.word_before(start), page.word_before(stop - 1)


@cache
def _dotted() -> tuple[str, ...]:
    """Give a house's abbreviations with full stops, the longest first: ``Z.O.Z.``."""
    listed = {one.upper() for one in words("houses", "joined")}
    listed |= written_phrases("houses", "dotted")
    return tuple(sorted(listed, key=len, reverse=True))


def _is_house_here(page: Page, word: int) -> bool:
    """Whether a word that is a house's among other things is one where it stands."""
    folded = page.folds[word]
    if not page.kinds[word] & CAPITAL:
        return folded in words("companies", "small")
    if folded in words("houses", "named"):
        return True
    if folded in words("houses", "trading"):
        return _is_trading(page, word)
    if folded in words("houses", "closing"):
        return _is_closing(page, word)
    if folded in words_in("house_abbreviations", page.language):
        return bool(page.kinds[word] & CAPS)
    if is_company(page, word):
        return True
    before, after = word - 1, word + 1
    if before >= 0 and page.gaps[word] == "-" and page.kinds[before] & CAPITAL:
        return part_of(page, before) is Part.PROPER
    if before >= 0 and page.gaps[word] == " " and page.kinds[before] & CAPITAL:
        if part_of(page, before) in (Part.GENERIC, Part.TRADE):
            return True
        named = page.kinds[before] & (UNKNOWN | STREET)
        if named and page.language == "en" and not page.kinds[before] & COMMON:
            return True
        if page.language == "en" and before and part_of(page, before - 1) is Part.SAINT:
            return True  # Saint Bianca Health
        # Hardy Diagnostics & Imaging
        joined = page.gaps[after] == " & " and after < len(page.words)
        if joined and _is_trade(page, after):
            return part_of(page, before) is Part.PROPER
    while (
        after < len(page.words)
        and after - word <= _CODE
        and page.gaps[after] in (" ", "'", "\u2019")
        and part_of(page, after) is Part.LINK
    ):
        after += 1
    if after == len(page.words) or page.gaps[after] not in (" ", "'", "\u2019"):
        return False
    if is_house_first(page) and part_of(page, after) is Part.FILLING:
        goes_on = page.gaps[after + 1] == " " and after + 1 < len(page.words)
        if goes_on and not page.kinds[after] & CAPS:
            after += 1  # Areszt Śledczy Brzeg
    part = part_of(page, after)
    if page.folds[after] in words("houses", "patrons"):
        return bool(page.kinds[after] & CAPITAL)
    if part in (Part.GENERIC, Part.TRADE, Part.TITLE):
        return True
    if page.language == "en" or page.kinds[after] & UNKNOWN:
        return page.language != "en"
    named = page.kinds[after] & CAPITAL and page.kinds[after] & COMMON
    return bool(named and forms().match(page.folded, page.ends[after]))


def _is_trading(page: Page, word: int) -> bool:
    """Whether a trade begins a company's name: ``Telerradiología Lerma``."""
    after = word + 1
    if after == len(page.words) or page.gaps[after] != " ":
        return False
    kind = page.kinds[after]
    if kind & (HOUSE | MAYBE_HOUSE) or part_of(page, after) is not Part.PROPER:
        return False
    return bool(kind & UNKNOWN) or ends_there(page, after)


def _is_closing(page: Page, word: int) -> bool:
    """Whether a word ends the name of an English house: ``Ayrton District General``."""
    before, after = word - 1, word + 1
    if page.language != "en" or before < 0 or page.gaps[word] != " ":
        return False
    if after < len(page.words) and page.gaps[after] == " ":
        kind = page.kinds[after]
        if kind & CAPITAL and not kind & (FUNCTION | HOUSE | MAYBE_HOUSE):
            return False
    kind, general = page.kinds[before], part_of(page, before) is Part.GENERIC
    return bool(kind & CAPITAL) and (general or kind & (UNKNOWN | COMMON) == UNKNOWN)


def _is_trade(page: Page, at: int) -> bool:
    """Whether there is a word for what houses do, that has a capital."""
    return at < len(page.words) and bool(
        page.kinds[at] & CAPITAL and part_of(page, at) in (Part.GENERIC, Part.TRADE)
    )


def is_company(page: Page, word: int) -> bool:
    """Whether a word ends the name of a company: ``Imagiologia Paiva, Lda.``."""
    if page.folds[word] not in words_in("companies", page.language):
        return False
    short = len(page.words[word]) <= _CODE
    return not short or bool(page.kinds[word] & CAPS)


def is_house_first(page: Page) -> bool:
    """Whether the word for the house comes before its name: ``Szpital Brzeg``."""
    return page.language in words("houses", "first")
