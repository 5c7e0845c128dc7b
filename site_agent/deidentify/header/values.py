"""Whether a value looks like what it should be, and what takes the place of one.

A device may write anything anywhere: a name into a code string, an order's number into
Instance Number, a date into a decimal. A value that does not look right is not mended,
it goes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from itertools import pairwise

from site_agent.deidentify.dictionary import code_words
from site_agent.deidentify.header.denial import COUNTERS, PIXELS
from site_agent.deidentify.header.lookup_tables import (
    LUT_DATA,
    SEGMENTED_PALETTES,
    holds_words,
)
from site_agent.deidentify.header.written_dates import (
    is_a_date,
    names_a_date,
    names_a_number,
)

# Printable ASCII without what addresses (@), names in DICOM form (^) and escapes need.
_PLAIN = re.compile(r"[ -?A-\]_`a-~]{0,1024}")
_AGE_OVER_89 = re.compile(
    r"(?<!\w)0?(?:9\d|1[0-4]\d)[ -]?"
    r"(?:y|yo|y/o|yrs?|years?|jahre?|ans|anni|anos|jaar)(?!\w)",
    re.IGNORECASE,
)
_CODE_STRING = re.compile(r"[A-Z0-9_ ]{0,16}")  # PS3.5 6.2; names have lower case
_CODE_VALUE = re.compile(r"[!-?A-\]_`a-~]{0,18}")  # UCUM has most of ASCII
_WORD = re.compile(r"[^\W\d_]{2,}")
_INTEGER = re.compile(r"[+-]?\d{1,8}")
_COUNTER = re.compile(r"\d{1,5}")
_DECIMAL = re.compile(r"(?=.{1,24}\Z)[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")

_READABLE = re.compile(rb"[A-Za-z0-9^ ]{8}|[A-Za-z]{3}\^")

_FORMS = {"UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
_LEAST_DATE, _MOST_DATE = 1_011_900, 31_122_099

_EXTENDED_OFFSET_TABLE = 0x7FE00001
_TABLES_OF_FRAMES = frozenset((_EXTENDED_OFFSET_TABLE, 0x7FE00002))
_LARGEST_FRAME = 1 << 40

_CODE_VALUES = frozenset({0x00080100, 0x00080119})
CODE_ATTRIBUTES = frozenset(
    {0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119}
)
"""Code Value, Coding Scheme Designator and Version, Code Meaning, Long Code Value."""

_ONLY_IN_ITEMS = CODE_ATTRIBUTES | {LUT_DATA}

_CODE_MEANING = 0x00080104

STANDARD_SCHEMES = frozenset(
    {
        *("DCM", "SCT", "SRT", "SNM3", "99SDM", "LN", "UCUM", "RADLEX", "FMA", "UMLS"),
        *("MDC", "NCIT", "ACR", "BI", "C4", "I9", "I9C", "I10", "I10P", "ICDO3"),
        *("ISO3166_1", "RFC5646", "RXNORM", "UBERON", "NEU", "MSH", "IBSI"),
    }
)
"""Coding schemes (PS3.16 Table 8-1) whose codes mean the same everywhere. A local code
may be an order's number, and its scheme and meaning may name the hospital."""


def looks_right(tag: int, vr: str, text: str) -> bool:
    """Whether one value of a kept attribute of text looks like what it should be.

    Parameters
    ----------
    tag, vr : int, str
        The attribute, and the VR that it was read with.
    text : str
        The value, without padding; an empty one looks right.
    """
    if not text:
        return True
    if tag in _CODE_VALUES:
        return _CODE_VALUE.fullmatch(text) is not None
    if tag == _CODE_MEANING and not _is_meaning(text):
        return False
    if tag in COUNTERS:
        return _COUNTER.fullmatch(text) is not None
    if vr == "IS":
        return _INTEGER.fullmatch(text) is not None and not is_a_date(text)
    if vr == "DS":
        return _DECIMAL.fullmatch(text) is not None and not is_a_date(text)
    shape = _CODE_STRING if vr == "CS" else _PLAIN
    return (
        shape.fullmatch(text) is not None
        and not names_a_number(text)
        and not names_a_date(text)
        and not _AGE_OVER_89.search(text)
    )


def misplaced_in(parent: int) -> frozenset[int]:
    """Give the attributes that say nothing in a sequence, or (0) outside of any.

    Anything may be in them. Outside of sequences that is a code or a table, in them a
    picture: the icons of films go, and nobody looks through pixels there.
    """
    return PIXELS if parent else _ONLY_IN_ITEMS


def _is_meaning(text: str) -> bool:
    """Whether every word is one of those that the standard's code meanings have."""
    return {word.lower() for word in _WORD.findall(text)} <= code_words()


def is_multiplicity(multiplicity: str, count: int) -> bool:
    """Whether values may be as many by a VM (PS3.5 6.4), where that is one number."""
    return not multiplicity.isdecimal() or count in (0, int(multiplicity))


def holds_text(numbers: bytes) -> bool:
    """Whether little endian binary numbers read like a name or a date.

    A damaged tag or length makes numbers of whatever follows. Doubles between 1e-77 and
    1e77 never read so, since their exponent is no letter.
    """
    return _READABLE.search(numbers) is not None


def numbers_in(value: bytes, vr: str) -> tuple[float, ...]:
    """Read little endian binary numbers (VR UL, SL, UV, SV, FL, FD); of others none."""
    form = _FORMS.get(vr)
    if form is None:
        return ()
    return struct.unpack(f"<{len(value) // struct.calcsize(form)}{form}", value)


def has_date(numbers: Iterable[float]) -> bool:
    """Whether a whole number reads as day, month and year in a usual order."""
    return any(
        _LEAST_DATE <= number <= _MOST_DATE
        and number == int(number)
        and is_a_date(f"{int(number):08d}")
        for number in numbers
    )


def are_right_bytes(tag: int, value: bytes) -> bool:
    """Whether bytes that stay can be what they should be.

    That can be told of the tables of frames (PS3.3 C.7.6.3.1.8): offsets rise from 0,
    and neither they nor lengths are as large as six letters and more would make them.
    """
    if tag in SEGMENTED_PALETTES:
        return not holds_words(value)
    if tag not in _TABLES_OF_FRAMES:
        return True
    if len(value) % 8:
        return False
    numbers = struct.unpack(f"<{len(value) // 8}Q", value)
    offsets = numbers if tag == _EXTENDED_OFFSET_TABLE else ()
    return (
        all(number < _LARGEST_FRAME for number in numbers)
        and not any(offsets[:1])
        and all(one < other for one, other in pairwise(offsets))
    )


def dummy(vr: str) -> object:
    """Give a value that is valid for a VR and says nothing."""
    return _DUMMIES.get(vr, 0)


_DUMMIES: dict[str, object] = {
    **dict.fromkeys(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"), "REMOVED"),
    **dict.fromkeys(("OB", "OD", "OF", "OL", "OV", "OW", "UN"), bytes(8)),
    "AS": "000Y",
    "DA": "19000101",
    "DS": "0",
    "DT": "19000101",
    "IS": "0",
    "TM": "000000",
    "UR": "urn:removed",
}
