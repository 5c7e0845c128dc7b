"""Addresses in any part of a report: a street, its number, the town with its code.

``ul. Listopada 05/41, 65-401 Płońsk``, ``Borgo Agostino, 87, 57128, Ardenza (LI)``,
``12 Elm Street, Springfield, MD 25315``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase

from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    FUNCTION,
    HOUSE,
    INITIAL,
    LETTER,
    MONTH,
    PARTICLE,
    SHORT_STREET,
    STREET,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.uncalled import is_measured
from site_agent.deidentify.text.vocabulary import words

_STATE = re.compile(r"(?<=[,.] )[A-Z]{2} \d{5}(?:-\d{4})?(?![\d-])")
# `re` looks faster for what begins with a class.
_SHORT_BEFORE = re.compile(
    r"\d(?<![\w.,/-]\d)\d{0,4}[A-Za-z]?(?: [A-Z][a-z]{1,20}){1,2}$"
)
_CALLE = re.compile(
    r"(?<!\w)C/ ?[A-Z][^\W\d_]{1,20}(?: [^\W\d_]{1,20}){0,3},? \d{1,4}(?!\w)"
)
_SHORT_ITALIAN = re.compile(r"\.(?:zz?a|[gs]o|le) ")
_PIAZZA = re.compile(
    r"(?<!\w)(?:P\.z?za|L\.go|C\.so|V\.le) (?:[A-Z][\w.'\u2019]{0,20} ?){1,4}"
    r"(?:(?<= )\d{1,4}(?!\w)|, ?\d{1,4}(?!\w))?"
)
# A town of any form, behind its code: ``Villa D'Alme' (BG)``.
_TO_PROVINCE = re.compile(
    r"(?:[ ,'\u2019]{1,2}(?:[^\W\d_a-z][^\W\d_]{0,20}|[a-z]{1,3})){0,5}"
    r"['\u2019]? \([A-Z]{2}\)"
)
# Of soldiers (USPS Publication 28, 225): ``PSC 7033, Box 8656, APO AP 80255``.
_MILITARY = re.compile(
    r"(?:(?:PSC|CMR|UNIT|Unit|US[A-Z]{1,4}) [\w ]{1,24},? (?:(?:BOX|Box) \d{1,5},? )?)?"
    r"[AFD]PO,? A[AEP] \d{5}(?:-\d{4})?(?!\w)"
)
_DIGITS_OF_CODE, _LONGEST_STATE = 5, 3
_LONGEST_BEFORE = 50
_SMALL = frozenset(ascii_lowercase)
_NUMBER_BEFORE = re.compile(r"(?<![\w.,/-])\d{1,6} ?(?:[A-Za-z]|bis|ter)?,? $")
_JOINTS = frozenset((" ", "-", ". ", "'", "\u2019", "-'", "' "))
# What an address may go on with: a number, a code with its town, a province.
_FURTHER = re.compile(
    r"(?:(?:[ ,.]{1,2}| - )(?:n[.\u00ba\u00b0]{1,2} ?)?"
    r"(?:\d{4} ?[A-Z]{2}(?!\w)|\d{1,6}[A-Za-z]?(?:[/-] ?\d{1,6}[A-Za-z]?|-[IVX]{1,4})?"
    r"|S/N|s/n"
    r"|(?!(?:AT|IN|ON|TO|BY|OF|AM|UM|OP|TE|KL|EL|LE|IL|DE) )[A-Z]{2}(?= \d)"
    r"|[A-Z]\d\d ?[A-Z\d]{4})(?!\w)"
    r"|,? \((?:[A-Z]{2})\)"
    r"|[ ,]{1,2}(?:Apt|Suite|Unit|Flat|Piano|Piso|Appartamento|Apartamento|Puerta|m)\.?"
    r"(?= \d))"
)
_WORDS_BEFORE, _WORDS_AFTER, _ARTICLE = 3, 5, 3
_NUMBERED = re.compile(r" \d{1,4}(?!\w|[.,/]\d| ?[cm]m)")
_TOWN_NEXT = re.compile(r"\d{4,5}|\d\d-\d{3}|\d{4} ?[A-Z]{2}")
_AFTER_TOWN = frozenset(("\n", ",", ";", ")", ""))


def _is_town(page: Page, word: int, at: int) -> bool:
    """Whether the word after a postcode, which ends at `at`, is its town."""
    if word >= len(page.words) or page.text[at : page.starts[word]] not in (" ", ", "):
        return False
    kind = page.kinds[word]
    town = kind & CAPITAL and not kind & (LETTER | TITLE | HOUSE | FUNCTION)
    ends = page.gaps[word + 1][:1] in _AFTER_TOWN
    return bool(town) and (ends or _begins_town(page, word + 1))


def find_addresses(page: Page) -> Iterator[Span]:
    """Find streets with a number, and all that follows of their address."""
    text, kinds, end = page.text, page.kinds, 0
    for word in page.sought:
        kind = kinds[word]
        if kind & STREET and page.starts[word] >= end:
            found = _address(page, word)
            if found is not None:
                end = found.end
                yield found
        if kind & SHORT_STREET and kind & (CAPITAL | CAPS) == CAPITAL:
            short = _short_street(page, word)
            if short is None and _is_abbreviated(page, word):
                short = _address(page, word)
            if short is not None:
                yield short
    if _SHORT_ITALIAN.search(text) is not None:
        for match in _PIAZZA.finditer(text):
            yield Span(*match.span(), Category.PLACE, "street")
    if "C/" in text:
        for match in _CALLE.finditer(text):
            yield Span(*match.span(), Category.PLACE, "street")
    if "PO A" in text or "PO, A" in text:
        for match in _MILITARY.finditer(text):
            yield Span(*match.span(), Category.PLACE, "street")
    for start, stop in page.figures:
        if stop - start == _DIGITS_OF_CODE and start >= _LONGEST_STATE:
            state = _STATE.match(text, start - _LONGEST_STATE)
            if state is not None and not is_measured(
                page, start, stop, page.word_before(start)
            ):
                yield Span(*state.span(), Category.PLACE, "state-and-code")


def _is_abbreviated(page: Page, word: int) -> bool:
    """Whether a street's word is cut short: ``Av Neto``, ``R. do Poço``."""
    if page.folds[word] not in words("streets", "abbreviated"):
        return False
    if not page.kinds[word] & INITIAL:
        return True
    after = word + 1
    return after < len(page.words) and page.folds[after] in words("streets", "links")


def _short_street(page: Page, word: int) -> Span | None:
    start, text = page.starts[word], page.text
    if page.gaps[word] != " " or not word or text[start - 2] not in _SMALL:
        return None
    before = _SHORT_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start - 1)
    if before is None:
        return None
    return Span(before.start(), page.ends[word], Category.PLACE, "street")


def _address(page: Page, word: int) -> Span | None:
    kinds, gaps = page.kinds, page.gaps
    first = word
    while first and word - first < _WORDS_BEFORE and gaps[first] in _JOINTS:
        kind = kinds[first - 1]
        if not kind & CAPITAL or kind & (TITLE | LETTER | HOUSE):
            break
        first -= 1
    dotted = page.folds[word] in words("streets", "dotted")
    if dotted and not gaps[word + 1].startswith("."):
        return None
    capital = bool(kinds[word] & CAPITAL)
    before = _NUMBER_BEFORE.search(
        page.text[max(0, page.starts[first] - 12) : page.starts[first]]
    )
    begins = first == word and _begins_street(page, word)
    numbered = before is not None and (first < word or begins)
    if not capital and first == word and not begins:
        return None
    at, last = page.ends[word], word
    digits, coded = numbered, False
    for _ in range(3 * _WORDS_AFTER):
        further = _FURTHER.match(page.text, at)
        if further is not None:
            digits = digits or any(map(str.isdigit, further[0]))
            digits = digits or further[0][-3:] in ("S/N", "s/n")
            at = further.end()
            coded = _TOWN_NEXT.search(further[0]) is not None
            while last + 1 < len(page.words) and page.starts[last + 1] < at:
                last += 1
            continue
        step = _next_name(page, last, at)
        if step is None and coded and _is_town(page, last + 1, at):
            step = last + 1
        if step is None:
            break
        last, at, coded = step, page.ends[step], False
    if not digits or (at == page.ends[word] and first == word):
        return None
    start = page.starts[first] - (len(before[0]) if before is not None else 0)
    if page.language == "it" and (town := _TO_PROVINCE.match(page.text, at)):
        at = town.end()
    return Span(start, at, Category.PLACE, "street")


def _begins_street(page: Page, word: int) -> bool:
    """Whether a capital or a number follows a street's word: ``rue da Costa``."""
    if word + 1 >= len(page.words) or page.gaps[word + 1] not in (" ", ". "):
        return False
    after = word + 1
    linked = words("streets", "links")
    while page.folds[after] in linked and after + 1 < len(page.words):
        if page.gaps[after + 1] not in _JOINTS:
            return False
        after += 1
    return bool(page.kinds[after] & CAPITAL)


def _begins_town(page: Page, word: int) -> bool:
    """Whether a name goes on behind an article with a capital: ``Oltre Il Colle``."""
    kinds = page.kinds[word : word + 2]
    if len(kinds) < 2 or page.gaps[word] != " " or page.gaps[word + 1] != " ":
        return False
    article, name = kinds
    if article & (CAPITAL | CAPS) != CAPITAL or len(page.words[word]) > _ARTICLE:
        return False
    return bool(name & CAPITAL) and not name & (FUNCTION | TITLE | LETTER)


def _next_name(page: Page, last: int, at: int) -> int | None:
    """Give the next word with a capital of an address, links before it or not."""
    word = last + 1
    if word >= len(page.words) or page.starts[word] - at > 2:
        return None
    gap = page.text[at : page.starts[word]]
    if gap not in _JOINTS and gap not in (", ", "/"):
        return None
    links, linked = 0, words("streets", "links")
    while page.folds[word] in linked and links < 3 and word + 1 < len(page.words):
        if page.gaps[word + 1] not in _JOINTS:
            return None
        word, links = word + 1, links + 1
    kind = page.kinds[word]
    before = page.kinds[word - 1]
    if kind & TITLE and (links or before & (STREET | SHORT_STREET)):
        return word  # Praça do Dr. Jaime
    if kind & CAPITAL and not kind & CAPS and _NUMBERED.match(page.gaps[word + 1]):
        return word  # avenue Alice Comment 5
    if not kind & CAPITAL or kind & TITLE or (kind & HOUSE and not links):
        return None
    if page.folds[word] in words("dwellings", "phones"):
        return None
    if kind & (FUNCTION | LETTER) and not (gap == " " and _begins_town(page, word)):
        return None
    label = kind & CAPS and not page.kinds[last] & CAPS
    if gap == ", " and label and page.gaps[word + 1][1:2].isdigit():
        return None  # Kirchengasse 7, VSNR 9069
    named = kind & (UNKNOWN | MONTH) or (links and kind & COMMON)
    if kind & CAPS and not named:  # in capitals all words have one
        return None
    if (
        (
            gap == ", "
            or (gap == ". " and not page.kinds[last] & (STREET | SHORT_STREET))
        )
        and kind & CLINICAL
        and not kind & (COMMON | UNKNOWN | PARTICLE)
    ):
        return None
    return word
