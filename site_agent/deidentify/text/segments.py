"""Fields of HL7 version 2 segments, and lines of a signature, which hold a name alone.

What stands there names somebody whatever word it is: ``|||LOBE`` in OBR-16, ``HEART``
below a line of underscores. The numbers of fields are those of HL7 2.5.1, chapters 2
(MSH), 3 (PID, PV1, NK1), 4 (ORC, OBR) and 7 (OBX).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from site_agent.deidentify.text.due_names import initialled
from site_agent.deidentify.text.letter import Cut, Section
from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    HOUSE,
    INITIAL,
    LETTER,
    PARTICLE,
    STREET,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.name_runs import JOINTS
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.ranks import is_rank, is_role, skip_titles
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import phrases

_PERSONS = {
    "PID": (5, 6, 9),
    "NK1": (2,),
    "PV1": (7, 8, 9, 17, 52),
    "ORC": (10, 11, 12, 19),
    "OBR": (10, 16, 28, 32, 33, 34, 35),
}
_PLACES = {"MSH": (3, 5), "PID": (11,), "NK1": (4,), "PV1": (3, 6), "ORC": (13, 17)}
_NUMBERS = {
    "PID": (2, 3, 4, 13, 14, 18, 19, 20),
    "NK1": (5, 6),
    "PV1": (19,),
    "ORC": (2, 3, 4, 14),
    "OBR": (2, 3, 17, 18, 19, 20),
}
_KEPT, _OTHER = (Section.FINDINGS, Section.IMPRESSION), Section.OTHER
_FIELDS = (
    (_PERSONS, Category.NAME),
    (_PLACES, Category.PLACE),
    (_NUMBERS, Category.ID),
)
_SEGMENT = re.compile(r"(?:MSH|PID|NK1|PV1|ORC|OBR|OBX)\|[^\n]*")
_CALLED, _VALUE = 3, 5  # of an OBX
# Of a number's field what is one, without who gave it: ``1234^^^PAS~943 4^^^NHS``.
_COMPONENT = re.compile(r"[^|^~&\n]+")
_LETTER = re.compile(r"[^\W\d_]")
_CLOSED = re.compile(r"\.?(?:[,;\n|(]| {2}|\t| [-\u2013/(*]|$)|\.? ?\(")
_MOST_WORDS, _SHORTEST_FIELD = 4, 2
_LONGEST_INITIALS = 3
_TAILS = frozenset(("", ".", ",", "//", "]", ")"))
_JOINTS = JOINTS | {", "}
_MARK = re.compile(
    r"[ \t]{0,9}(?:/s/|//|--|\u2014|\*|\[[a-z. -]{1,12}\]:?|i\. ?[av]\.|w\.g\.)"
    r"[ \t]{1,9}",
    re.IGNORECASE,
)
# No segment that a system adds (HL7 2.5.1, 2.14): ``ZDS|``.
_INITIALS_AND_DATE = re.compile(
    r"([A-Z](?<![\w.][A-Z])(?!(?<=Z)[A-Z]{2}\|)[A-Z]{1,3}(?:[/:][A-Za-z]{2,4})?)"
    r"\s?[/|,-]\s?(?=\d{1,4}[./ -])"
)


def find_in_segments(page: Page) -> Iterator[Span]:
    """Find persons, places and numbers in the fields of HL7 segments."""
    if "|" not in page.text:
        return
    for segment in _SEGMENT.finditer(page.text):
        at = segment.start()
        if at and page.text[at - 1] != "\n":
            continue
        name, fields = page.text[at : at + 3], segment[0].split("|")
        signed = name == "OBX" and _is_person(fields[_CALLED : _CALLED + 1])
        for number, field in enumerate(fields):
            end = at + len(field)
            if signed and number == _VALUE and field:
                yield Span(at, end, Category.NAME, "hl7-field")
            for table, category in _FIELDS:
                if number not in table.get(name, ()) or len(field) < _SHORTEST_FIELD:
                    continue
                if table is _NUMBERS and "^" in field:
                    for part in _COMPONENT.finditer(page.text, at, end):
                        if any(map(str.isdigit, part[0])):
                            yield Span(*part.span(), category, "hl7-field")
                elif table is _NUMBERS or _names(page, at, end):
                    yield Span(at, end, category, "hl7-field")
            at = end + 1


def _is_person(called: list[str]) -> bool:
    """Whether an OBX-3 says that its value is a person: ``SIG^SIGNED BY``."""
    parts = fold("^".join(called)).split("^")
    return not phrases("signature").isdisjoint(parts)


def _names(page: Page, start: int, end: int) -> bool:
    """Whether a field holds more than words of any hospital: not ``ICU`` alone."""
    first = bisect_left(page.starts, start)
    last = bisect_left(page.starts, end, first)
    if last - first == 1 and not page.kinds[first] & UNKNOWN:
        return page.text[start:end].rstrip("^") != page.words[first]
    return last > first


def find_signatures(page: Page, parts: Sequence[Cut]) -> Iterator[Span]:
    """Find lines after the text of a report that hold nothing but a name."""
    last = len(parts) - 1
    while last >= 0 and not _is_kept(parts[last]):
        last -= 1
    if last < 0:
        return
    yield from _alone_on_a_line(page, *parts[last][:2], marked=True)
    for start, end, section in parts[:last]:
        if section is _OTHER:
            yield from _begins_a_line(page, start, end)
    for start, end, section in parts[last + 1 :]:
        if section is _OTHER:
            yield from _alone_on_a_line(page, start, end)
            for match in _INITIALS_AND_DATE.finditer(page.text, start, end):
                if is_role(page, page.word_before(match.start())):
                    continue
                yield Span(*match.span(1), Category.NAME, "initials")


def _is_kept(part: Cut) -> bool:
    return part[2] in _KEPT


def _begins_a_line(page: Page, start: int, end: int) -> Iterator[Span]:
    """Find names with initials that begin a line of a letterhead: ``C Costa, born``."""
    first = bisect_left(page.starts, start)
    last = bisect_left(page.starts, end, first)
    lines = page.lines
    within = lines[bisect_left(lines, first) : bisect_left(lines, last)]
    for word in dict.fromkeys((first, *within)):
        stop = initialled(page, word) if word < last else word
        if (
            word < stop <= last
            and 0 not in page.shapes[word:stop]  # S.C. di Radiodiagnostica
            and _is_free(page, word)
            and _CLOSED.match(page.gaps[stop])
        ):
            begin, until = page.starts[word], page.ends[stop - 1]
            yield Span(begin, until, Category.NAME, "signature")


def _alone_on_a_line(
    page: Page, start: int, end: int, *, marked: bool = False
) -> Iterator[Span]:
    """Find lines of a name; if `marked`, only those that a mark shows to be signed."""
    text, at = page.text, start
    for line in text[start:end].split("\n"):
        begin, stop = at, at + len(line)
        mark = _MARK.match(line)
        at = stop + 1
        if mark is None and (marked or not line):
            continue
        first = bisect_left(page.starts, begin + mark.end() if mark else begin)
        if first >= len(page.words) or page.starts[first] >= stop:
            continue
        if mark is None and text[begin : page.starts[first]].strip():
            continue
        first = skip_titles(page, first)
        if first >= len(page.words) or page.starts[first] >= stop:
            continue
        if page.kinds[first] & LETTER and is_rank(page, first):
            continue
        after = initialled(page, first)
        if not (
            after > first and page.ends[after - 1] <= stop and _is_free(page, first)
        ):
            after = _end_of_name(page, first, stop, marked=mark is not None)
        if after > first:
            begun, ended = page.starts[first], page.ends[after - 1]
            yield Span(begun, ended, Category.NAME, "signature")


def _end_of_name(page: Page, first: int, stop: int, *, marked: bool) -> int:
    """Give the end of a name that fills a line up to `stop`; `first` if none does.

    A role may stand behind it. One letter before it is a name only if it is `marked`.
    """
    word, named = first, marked
    while word < len(page.words) and page.ends[word] <= stop:
        kind = page.kinds[word]
        if word > first:
            if is_role(page, word) and kind & CAPITAL:
                lone = page.kinds[first] & INITIAL and word == first + 1
                named = named and (marked or not lone)  # O MÉDICO
                return word if named and word - first <= _MOST_WORDS else first
            if page.gaps[word] not in _JOINTS:
                return first
        if kind & (LETTER | HOUSE | TITLE | STREET) and not kind & COMMON:
            return first
        if not kind & (CAPITAL | PARTICLE):
            return first
        named |= bool(kind & (COMMON | UNKNOWN)) or _is_short(page, word)
        word += 1
    if not named or not 0 < word - first <= _MOST_WORDS:
        return first
    tail = page.text[page.ends[word - 1] : stop].strip()
    return word if tail in _TAILS else first


def _is_free(page: Page, word: int) -> bool:
    """Whether a line's first word is no label that has a letter behind it."""
    kinds = page.kinds[word : word + 2]
    return not any(kind & LETTER and not kind & COMMON for kind in kinds)


def _is_short(page: Page, word: int) -> bool:
    """Whether a word is the initials of a person: ``ABM``."""
    kind = page.kinds[word]
    short = bool(kind & CAPS) and len(page.words[word]) <= _LONGEST_INITIALS
    return (short or bool(kind & INITIAL)) and not kind & CLINICAL
