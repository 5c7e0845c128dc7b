"""Values that stay as they came, as bytes: looked at and not decoded.

It is what `dataset` does with the values that pydicom decodes.
"""

from __future__ import annotations

from functools import lru_cache

from site_agent.deidentify.header.encoding import NUMBER_BYTES
from site_agent.deidentify.header.own_identifiers import OwnIdentifiers
from site_agent.deidentify.header.structure import Declined
from site_agent.deidentify.header.texts import values_of
from site_agent.deidentify.header.values import (
    has_date,
    holds_text,
    is_multiplicity,
    looks_right,
    numbers_in,
)

_LONGEST_KNOWN = 64  # bytes of a value that is held in memory for the next film


def is_number(
    multiplicity: str, vr: str, value: bytes, own: OwnIdentifiers, *, little: bool
) -> bool:
    """Whether binary numbers are as many as they should be, and name nobody.

    Raises
    ------
    Declined
        When they are cut off, or of a VR without a fixed size.
    """
    size = NUMBER_BYTES.get(vr)
    if size is None or len(value) % size:
        raise Declined("numbers that are cut off")
    if not is_multiplicity(multiplicity, len(value) // size):
        return False
    in_order = value if little else _swapped(value, vr)
    numbers = numbers_in(in_order, vr)
    if numbers and (has_date(numbers) or own.stand_among(numbers)):
        return False
    return len(value) < 8 or not holds_text(in_order)


def right_text(tag: int, vr: str, value: bytes) -> bytes | None:
    """Keep text whose values look right; of code strings, those that do."""
    is_short = len(value) <= _LONGEST_KNOWN
    return (_checked_once if is_short else _checked_now)(tag, vr, value)


def _checked_now(tag: int, vr: str, value: bytes) -> bytes | None:
    texts = values_of(value, vr)
    right = [looks_right(tag, vr, text.strip(" \0")) for text in texts]
    if all(right):
        return value.rstrip(b" \0")
    if vr == "CS" and right[0]:
        pairs = zip(texts, right, strict=True)
        kept = [text.strip(" \0") if ok else "" for text, ok in pairs]
        return "\\".join(kept).encode("latin-1")
    return None


# Films of one device have most of their values in common.
_checked_once = lru_cache(maxsize=4096)(_checked_now)


def _swapped(value: bytes, vr: str) -> bytes:
    size = 2 if vr == "AT" else NUMBER_BYTES[vr]
    return b"".join(value[at : at + size][::-1] for at in range(0, len(value), size))
