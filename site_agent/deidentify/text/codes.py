"""Figures that tell a place: rooms, beds, postcodes; and the whole of a parted number.

Forms of postcodes are those of the Universal Postal Union's list of addressing systems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from site_agent.deidentify.text.lexicon import (
    ACRONYM,
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    FUNCTION,
    LABEL,
    LETTER,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import either, words

_ROOM = re.compile(
    r"[a-z]?\d{1,4}[a-z]?(?:[-/:.]\d{1,4}[a-z]?){0,2}(?:-[a-z](?![a-z]))?"
    r"(?![a-z\d]|[.,]\d|\s?(?:mm|cm)\b)"
)
# A ward, its room and its bed without a word for them: ``5C/12-2``.
_BED = re.compile(r"(?<![\w.,/-])\d{1,2}[A-Z]/\d{1,3}-\d{1,2}(?![\w.,/-]\w)")
_BEFORE_BED = 4
_AFTER_ROOM = frozenset((" ", ".", ". ", ": ", ":", " n. ", " nr "))
_TOWN = r"(?=,? [A-Z\u00c0-\u00de\u0141\u015a\u0179\u017b][^\W\d_A-Z]{2})"
_FIVE = ((5,), re.compile(r"\d{5}" + _TOWN))
# Languages whose postcodes begin with a figure: how long it is, and how they look.
_CODED = {
    **dict.fromkeys(("de", "fr", "es", "it"), _FIVE),
    "nl": ((4,), re.compile(r"\d{4} ?(?!CM|MM|ML|CC)[A-Z]{2}(?![A-Za-z\d])")),
    "pl": ((2,), re.compile(r"\d\d-\d{3}(?!\d)" + _TOWN)),
    "pt": ((4, 5), re.compile(r"\d{4,5}-\d{3}(?!\d)")),
    "sv": ((3,), re.compile(r"\d{3} \d\d" + _TOWN)),
}
# No figure of a unit, and no ordinal, ends so: ``T2 1ST RIB``.
_BRITISH = re.compile(
    r"[A-Z]{1,2}\d[A-Z\d]? \d(?!ST|ND|RD|TH)[ABD-HJLNP-UW-Z]{2}(?![A-Za-z\d])"
)
_LENGTHS_BEHIND = frozenset((4, 5))
_BEFORE_CODE = frozenset((", ", " ", " - ", "\n", ",\n"))
_CODE_BEHIND = re.compile(r"\d{5}(?:-\d{4})?(?=[.,;)|\n]|$)|\d{4}(?=[.;)|\n]|$)")
_NO_TOWN = CLINICAL | LABEL | FUNCTION | LETTER
_TOWN_KINDS = UNKNOWN | COMMON | ACRONYM
_FURTHER = re.compile(
    r"[-/+._](?=[a-z]{0,4}\d)[a-z\d]{1,12}(?![a-z\d])|(?<=\d{4})[-/.][a-z](?![\w.])"
)
_JOINED_BEFORE = re.compile(r"(?<![a-z\d])[a-z]{0,4}\d[a-z\d]{0,11}[-/+._]$")
_GROUP_BEFORE = re.compile(
    r"(?<![\w.,/+(-])(?:\+\d{1,3}|[a-z]{2}\d\d|\d{2,4}|\(\+?\d{1,4}\)|\+\d{1,3} ?\(0\))"
    r"(?: ?[-\u2013] ?| )$"
)
_JOINTS, _BETWEEN_GROUPS = frozenset("-/+._"), frozenset("- \u2013")
# Of a number of which a part was found.
_REST = re.compile(
    r"(?=[\d/.-])\d{0,12}(?:[/.-]\d{1,8}){0,4}[a-z]?(?!\w|,\d|\s?(?:mm|cm|ml)\b)"
)
_REST_BEFORE = re.compile(r"(?<![\w.,])(?:\d{1,8}[/.-]){0,3}\d{0,8}[/.-]?$")
_MAY_JOIN = frozenset("0123456789/.-")
_NOT_JOINED = frozenset((Category.DATE, Category.TIME, Category.AGE))
_PARTED = re.compile(r"\d[ ]\d")
_ENDS_OF_GROUPS = _JOINTS | _BETWEEN_GROUPS
_MOST_GROUPS = 8
_FEWEST_OF_LONG = 7
_LONGEST_BEFORE = 20


def room_at(page: Page, start: int, word: int) -> Span | None:
    """Find the room, bed or ward whose figure stands at `start`, `word` before it."""
    if word > 0 and page.ends[word] == start and start - page.starts[word] == 1:
        word, start = word - 1, page.starts[word]
    if (
        word > 0
        and page.folds[word] in words("numbers", "called")
        and page.gaps[word] == " "
    ):
        word -= 1  # łóżko nr 4
    if word < 0 or page.folds[word] not in words("numbers", "rooms"):
        return None
    if page.text[page.ends[word] : start] not in _AFTER_ROOM:
        return None
    match = _ROOM.match(page.folded, start)
    return Span(*match.span(), Category.PLACE, "room") if match else None


def bed_at(page: Page, start: int) -> Span | None:
    """Find a bed without a word for it, whose figure is at `start`: ``5C/12-2``."""
    if "/" not in page.text[start : start + _BEFORE_BED]:
        return None
    match = _BED.match(page.text, start)
    return Span(*match.span(), Category.PLACE, "room") if match else None


def lengths_of_postcodes(language: str) -> tuple[int, ...]:
    """Give how long the first figures of a postcode of the text's country may be."""
    return _CODED[language][0] if language in _CODED else ()


def postcode_at(page: Page, start: int, end: int) -> Span | None:
    """Find the postcode of the text's country whose first figures are ``[start, end)``.

    In some countries it begins with a figure, elsewhere see `british_postcode_at`.
    """
    if page.language not in _CODED:
        return None
    lengths, form = _CODED[page.language]
    match = form.match(page.text, start) if end - start in lengths else None
    return Span(*match.span(), Category.PLACE, "postcode") if match else None


def town_code_at(page: Page, start: int, end: int, word: int) -> Span | None:
    """Find a postcode that ends an address: ``Zaragoza, 17298.``, ``Ohio 44101``."""
    if end - start not in _LENGTHS_BEHIND or word < 0:
        return None
    kind = page.kinds[word]
    if not kind & CAPITAL or kind & _NO_TOWN or not kind & _TOWN_KINDS:
        return None
    gap = page.text[page.ends[word] : start]
    if gap not in _BEFORE_CODE or (gap == " " and kind & CAPS):  # CPT 71046
        return None
    match = _CODE_BEHIND.match(page.text, start)
    return Span(*match.span(), Category.PLACE, "postcode") if match else None


def british_postcode_at(page: Page, word: int) -> Span | None:
    """Find the postcode that begins with a word of letters."""
    match = _BRITISH.match(page.text, page.starts[word])
    return Span(*match.span(), Category.PLACE, "postcode") if match else None


def whole_number(folded: str, span: Span) -> Span:
    """Widen a number over the figures that are joined to it.

    A part of a number that identifies is not left behind for its separators:
    ``RX240118-0034``, ``+49 (0) 30 - 555 12 34``, ``310512+1234``.
    """
    begun, stop, _, _ = span
    start, end = begun, stop
    parted = span.category is Category.PHONE or (
        _PARTED.search(folded, start, end) is not None
    )
    for _ in range(_MOST_GROUPS):
        after = folded[end : end + 1]
        match = _FURTHER.match(folded, end) if after in _JOINTS else None
        if match is None and parted and after in _BETWEEN_GROUPS:
            match = _further_group().match(folded, end)
        if match is None:
            break
        end = match.end()
    for _ in range(_MOST_GROUPS):
        if folded[start - 1 : start] not in _ENDS_OF_GROUPS:
            break
        near = folded[start - _LONGEST_BEFORE if start > _LONGEST_BEFORE else 0 : start]
        before = _JOINED_BEFORE.search(near) if near[-1:] in _JOINTS else None
        if before is None and _ends_group(near):
            parted = parted or _is_long(folded[begun:end])
            before = _GROUP_BEFORE.search(near) if parted else None
        if before is None:
            break
        start -= len(before[0])
    if start == begun and end == stop:
        return span
    return Span(start, end, span.category, span.rule)


def _is_long(number: str) -> bool:
    return sum(map(str.isdigit, number)) >= _FEWEST_OF_LONG


@cache
def _further_group() -> re.Pattern[str]:
    after = either(words("numbers", "years_after") | words("numbers", "hours"))
    return re.compile(
        r"(?: ?[-\u2013] ?| )(?:\d{2,4}|\d(?=[.,;)]|\n|$))"
        rf"(?![\da-z]|[.,:/]\d|\s?(?:mm|cm|ml|mg|kv|%|x|{after})\b)"
    )


def find_rest_of_numbers(page: Page, spans: Iterable[Span]) -> Iterator[Span]:
    """Find what is left of a number of which a part was found: ``/24`` of ``447/24``.

    A number of `spans` that begins or ends in the midst of figures is taken whole, with
    what is joined to it by a stroke, a hyphen or a full stop.
    """
    folded = page.folded
    for span in spans:
        start, end, category, _ = span
        if category in _NOT_JOINED:
            continue
        stop, begin = end, start
        if folded[end : end + 1] in _MAY_JOIN and folded[end - 1 : end].isdigit():
            rest = _REST.match(folded, end)
            stop = end if rest is None else rest.end()
        if folded[start - 1 : start] in _MAY_JOIN and folded[start].isdigit():
            near = _REST_BEFORE.search(folded, max(0, start - _LONGEST_BEFORE), start)
            begin = start if near is None else near.start()
        if stop > end or begin < start:
            yield Span(begin, stop, category, "rest-of-number")


def _ends_group(near: str) -> bool:
    """Whether a group of figures may end there, with what parts it from the next."""
    bare = near.rstrip("- \u2013")
    return bare != near and (bare[-1:] == ")" or bare[-1:].isdigit())
