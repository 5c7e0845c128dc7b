"""Letterheads, patient lines, footers and signatures: where they are, what they hold.

There everything that is no label, title, role or word of medicine tells who, when and
where: figures too, and whatever stands between two commas beside such a word.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from site_agent.deidentify.text.letter import Cut, Section
from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    FUNCTION,
    HOUSE,
    INITIAL,
    LETTER,
    MAYBE_HOUSE,
    PARTICLE,
    STREET,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.unknown import is_prose
from site_agent.deidentify.text.vocabulary import words
from site_agent.deidentify.text.word_lists import is_clinical

_CODE = re.compile(r"[a-z]{0,4}-?\d[\d-]{2,}[a-z]{0,2}(?!\w)")
_POSTCODE = re.compile(
    r"[a-z]{1,2}\d[a-z\d]?\s\d[a-z]{2}(?!\w)|\d{4}\s?[a-z]{2}(?!\w)|\d{2,4}-\d{3}(?!\d)"
)
# DICOM: ``(0010,0020) Patient ID``.
_TAG = re.compile(r"\([\da-f]{4},[\da-f]{4}\)")
_LOINC = re.compile(r"\d{3,5}-\d\^")
_UNITS = re.compile(r"\s?(?:views?|vues?|mm|cm|ml|mg|kv|mas|x|%|ebenen|proj)\b")
_CODE_OF_TOWN = re.compile(
    r"\d(?<![\d/.-]\d)(?:(?!(?:(?<=1)9|(?<=2)0)\d\d(?!\d))\d{3,5}|\d{1,3}-\d{3})"
    r"(?![\d/.-])"
)
# To look up a member of an enumeration takes longer than to compare it.
_OTHER, _CONTEXT = Section.OTHER, Section.CONTEXT
_LONGEST_FIGURE = 8
NAMED = 1
"""Of a word that is (part of) a name or a place."""
FIGURED = 2
"""Of a word that is part of a date, a number, an address of mail."""
_PROVINCE = re.compile(r"\([A-Z]{2}\)\s?$")
_FIGURES = re.compile(r"\d")
_WORD = re.compile(r"\s[^\W\d_]{2,}\s+")
_HOUSE_NUMBER = re.compile(
    r"[ .]{1,2}\d{1,5}[a-z]?(?!\w|[.,]\d|\s?(?:mm|cm|ml|mg|ch|%)(?![a-z]))"
    r"(?:\s?[/-]\s?\d{1,4}[a-z]?)?(?![-/.:]\d)(?! [a-z]{3,9}\.? (?:19|20)\d\d)"
)
_NUMBER_BEFORE = re.compile(
    r"(?:(?<=\s)|(?<=^)|(?<=[,(|:]))(?!(?:19|20)\d\d,)\d{1,5}[a-z]?,?[ \t]$"
)
_FIGURE_NEAR = re.compile(r"\d[a-z]?,?\s$")
# `re` looks faster for what begins with one of a few characters.
_CELLS = re.compile(r"\||\t|:|;|<|\u00b7|\.\s| (?: +|//? |- |\u2013 |-- )")
_MOST_WORDS_OF_PART, _LONGEST_TOWN = 8, 3
_OF_PLACES = COMMON | UNKNOWN | STREET | HOUSE | MAYBE_HOUSE
_NO_TOWN = LETTER | TITLE | FUNCTION
_CODE_OF_PART = re.compile(
    r"\s(?:\d{4}\s?[A-Z]{2}|\d{4,5}|\d\d-\d{3}|\d{3} \d\d)(?=\s*$|\s[A-Z\u00c0-\u00de])"
)
_IS_STREET = re.compile(r"\s?[A-Z\u00c0-\u00de][^\W\d_]{3,30} \d{1,4}[a-z]?")


@dataclass(frozen=True, slots=True)
class Zones:
    """What each part of a page is.

    `sections` are ``[start, end)`` with what it is; `letter` has 1 for each word in a
    letterhead or a signature, `lines` where their lines begin and end; `dated` are the
    places where figures may be days.
    """

    sections: list[Cut]
    letter: bytearray
    lines: list[tuple[int, int]]
    dated: list[tuple[int, int]]


def zones_of(page: Page, parts: Sequence[Cut], *, headed: bool) -> Zones:
    """Tell for each word whether it stands in a letterhead or a signature.

    Sentences inside them (``Thank you for sending ...``) do not count, nor does a text
    without any heading that is `headed`.
    """
    letter = bytearray(len(page.words))
    lines: list[tuple[int, int]] = []
    dated: list[tuple[int, int]] = []
    for start, end, section in parts:
        other = section is _OTHER
        if (headed and other) or section is _CONTEXT:
            dated.append((start, end))
        if not other:
            continue
        for first, last in lines_of(page, start, end):
            if not headed and not any(
                kind & (LETTER | TITLE) for kind in page.kinds[first:last]
            ):
                continue
            if not is_prose(page, first, last):
                letter[first:last] = b"\1" * (last - first)
                lines.append((first, last))
    return Zones(list(parts), letter, lines, dated)


def lines_of(page: Page, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the first word of each line of ``[start, end)``, and the first after it."""
    first = bisect_left(page.starts, start)
    last = bisect_left(page.starts, end, first)
    lines = page.lines
    for at in range(bisect_right(lines, first), bisect_left(lines, last)):
        if lines[at] > first:
            yield first, lines[at]
            first = lines[at]
    if last > first:
        yield first, last


def find_in_letterhead(
    page: Page, zones: Zones, taken: bytearray, found: Sequence[Span]
) -> Iterator[Span]:
    """Find codes, house numbers, postcodes and the rest of addresses.

    `found` are the spans that are known already, in order.
    """
    yield from _figures(page, zones, found)
    kinds = page.kinds
    streets = [at for at in page.sought if kinds[at] & STREET]
    for first, last in zones.lines:
        at = bisect_left(streets, first)
        street = at < len(streets) and streets[at] < last
        yield from _parts(page, first, last, taken, street=street)


def _figures(page: Page, zones: Zones, known: Sequence[Span]) -> Iterator[Span]:
    """Find codes that lie in none of the spans that are known, which are in order."""
    folded, figures = page.folded, page.figures
    met = reach = 0  # how many of them begin before a figure, and how far those go
    for start, end, section in zones.sections:
        if section is not _OTHER:
            continue
        at, first = start, bisect_left(figures, (start, 0))
        for figure, stop in figures[first : bisect_left(figures, (end, 0), first)]:
            if figure < at:
                continue
            while met < len(known) and known[met][0] <= figure:
                end_of_known = known[met][1]
                reach = end_of_known if end_of_known > reach else reach
                met += 1
            if reach >= stop and not folded.startswith("-", reach):
                at = reach
                continue
            begin = figure
            while begin > start and folded[begin - 1].isalpha() and figure - begin < 4:
                begin -= 1
            match = _code_at(page, begin)
            if match is not None and _TAG.match(folded, begin - 1):
                at = begin + len("0010,0020)")
            elif match is not None and _is_in_letterhead(page, zones, match, stop):
                at = match.end()
                yield Span(*match.span(), Category.ID, "letterhead-figure")


def _code_at(page: Page, begin: int) -> re.Match[str] | None:
    match = _POSTCODE.match(page.folded, begin)
    if match is None or page.text[match.end() - 1].islower():  # 1732 or a.b@c.org
        match = _CODE.match(page.folded, begin)
    return match


def _is_in_letterhead(
    page: Page, zones: Zones, match: re.Match[str], stop: int
) -> bool:
    """Whether a code whose first figures end at `stop` tells who, when or where."""
    folded, begin = page.folded, match.start()
    # HL7: 71046^CHEST 2 VIEWS, 36643-5^XR CHEST 2 VIEWS
    coded = folded.startswith("^", stop) or _LOINC.match(folded, begin)
    if coded or _UNITS.match(folded, match.end()):
        return False
    if (
        begin
        and folded[begin - 1] in ".,:/"
        and folded[begin - 2 : begin - 1].isdigit()
    ):
        return False
    word = page.word_before(begin)
    return (
        word < 0
        or bool(zones.letter[word])
        or (word + 1 < len(page.words) and bool(zones.letter[word + 1]))
    )


def _parts(
    page: Page, first: int, last: int, taken: bytearray, *, street: bool
) -> Iterator[Span]:
    """Find, between two commas, the rest of what has a denied word in it.

    `street` says whether one of the words is a street's.
    """
    start, end = page.starts[first], page.ends[last - 1]
    line_end = page.text.find("\n", end)
    end = len(page.text) if line_end < 0 else line_end
    line = page.text[start:end]
    numbered = "," in line and _FIGURES.search(line) is not None
    if not numbered and not street:
        return
    for cell_start, cell_end in _cells(line):
        cell = line[cell_start:cell_end]
        chained = numbered and "," in cell and _FIGURES.search(cell) is not None
        if not chained and not street:
            continue
        at, parts = start + cell_start, [*cell.split(","), ""]
        codes = [
            part[1:2].isdigit() and _CODE_OF_PART.match(part) is not None
            for part in parts
        ]
        for number, part in enumerate(parts[:-1]):
            begin = bisect_left(page.starts, at, first, last)
            stop = bisect_left(page.starts, at + len(part), begin, last)
            placed = street and _has_street(page, begin, stop)
            if begin < stop and (chained or placed):
                if number and codes[number - 1] and _is_town(page, begin, stop):
                    taken[begin:stop] = bytes((NAMED,)) * (stop - begin)
                elif codes[number + 1] and _IS_STREET.fullmatch(part):
                    taken[begin] = NAMED
                rest = _rest(page, begin, stop, at, part, taken, street=placed)
                if rest is not None:
                    yield rest
            at += len(part) + 1


def _is_town(page: Page, first: int, last: int) -> bool:
    """Whether all that stands behind a postcode is a name: ``9577HF, Leens``."""
    kinds = page.kinds[first:last]
    return last - first <= _LONGEST_TOWN and not any(
        not kind & CAPITAL or kind & _NO_TOWN for kind in kinds
    )


def _rest(
    page: Page,
    begin: int,
    stop: int,
    start: int,
    text: str,
    taken: bytearray,
    *,
    street: bool,
) -> Span | None:
    """Give the whole part, less the labels at its ends, if it names a place.

    Its words are ``[begin, stop)``, its `text` begins at `start`; `street` says whether
    one of the words is a street's.
    """
    if stop - begin > _MOST_WORDS_OF_PART:
        return None
    if "(" in text and not _PROVINCE.search(text):
        return None
    if NAMED not in taken[begin:stop] and not (
        (street and _FIGURES.search(text)) or _CODE_OF_TOWN.search(text)
    ):
        return None
    while begin < stop and taken[begin] != NAMED and _is_no_name(page, begin):
        begin += 1
    if not street:
        while begin < stop and taken[stop - 1] != NAMED and _ends(page, stop - 1, text):
            stop -= 1
    if begin == stop or FIGURED in taken[begin:stop]:
        return None
    addressed = (street and _FIGURES.search(text)) or _CODE_OF_PART.match(text)
    if not addressed and _is_said(page, begin, stop, taken):
        return None
    before = text[: page.starts[begin] - start]
    after = text[page.ends[stop - 1] - start :]
    taken[begin:stop] = bytes((NAMED,)) * (stop - begin)
    first = page.starts[begin] - _figures_before(before)
    last = page.ends[stop - 1] + _figures_after(after)
    return Span(first, last, Category.PLACE, "address")


def _is_no_name(page: Page, word: int) -> bool:
    return not page.kinds[word] & CAPITAL or _is_label(page, word)


def _figures_before(before: str) -> int:
    """Give how much of what stands before a part of an address is its figures."""
    if not 0 < len(before) < _LONGEST_FIGURE:
        return 0
    figure = _FIGURES.search(before)
    if figure is None:
        return 0
    said = _WORD.search(before, 0, figure.start())  # of 7 Neely Street
    return len(before) - said.end() if said else len(before.lstrip())


def _figures_after(after: str) -> int:
    """Give how much of what stands behind it is its figures, or closes its bracket."""
    if ")" in after[:2]:
        return after.index(")") + 1
    if 0 < len(after) < _LONGEST_FIGURE and _FIGURES.search(after):
        return len(after.rstrip())
    return 0


def _is_said(page: Page, begin: int, stop: int, taken: bytearray) -> bool:
    """Whether the words of a part say something, or when, more than where."""
    links = words("names", "between")
    for word in range(begin, stop):
        kind = page.kinds[word]
        if taken[word] == NAMED or page.folds[word] in links:
            continue
        if not kind & CAPITAL or (kind & CLINICAL and not kind & _OF_PLACES):
            return True
    return False


def _ends(page: Page, word: int, text: str) -> bool:
    """Whether the last word of a part is no part of a place."""
    kind = page.kinds[word]
    if kind & CAPS and len(page.words[word]) == 2 and _CODE_OF_TOWN.search(text):
        return False
    if kind & CAPS and _PROVINCE.search(text):
        return False
    x_ray = kind & INITIAL and page.gaps[word + 1][:1] == "-"
    return _is_label(page, word) or bool(kind & (PARTICLE | FUNCTION) or x_ray)


def _has_street(page: Page, first: int, last: int) -> bool:
    return any(kind & STREET and kind & CAPITAL for kind in page.kinds[first:last])


def _is_label(page: Page, word: int) -> bool:
    kind = page.kinds[word]
    if kind & STREET:
        return False
    if kind & CAPITAL:
        return bool(kind & (LETTER | TITLE))
    folded = page.folds[word]
    return is_clinical(folded, page.language) or folded in words("common", "letter")


def _cells(line: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in _CELLS.finditer(line):
        yield at, match.start()
        at = match.end()
    yield at, len(line)


def with_house_numbers(page: Page, span: Span) -> Span:
    """Take the figures beside a name in a letterhead in: ``Elm Street 12``."""
    begun, stop, category, rule = span
    folded, start, end = page.folded, begun, stop
    if (
        folded[end : end + 1] in (" ", ".")
        and not folded[end + 1 : end + 2].isalpha()
        and (after := _HOUSE_NUMBER.match(folded, end))
    ):
        last = page.folds[page.word_before(end - 1)]
        if last not in words("moments", "counted"):  # ILO 1/1
            end = after.end()
    if folded[start - 1 : start].isspace():
        near = folded[start - 8 if start > 8 else 0 : start]
        # No figure is near behind two letters: ``Anna, Rust``.
        if not near[-4:-2].isalpha() and _FIGURE_NEAR.search(near):
            before = _NUMBER_BEFORE.search(near)
            start -= len(before[0]) if before else 0
    if end == stop and start == begun:
        return span
    return Span(start, end, category, rule)
