"""Values that stay as they came, as bytes: looked at and not decoded.

It is what `dataset` does with the values that pydicom decodes.
"""

from __future__ import annotations

from functools import lru_cache

from site_agent.deidentify.header.encoding import NUMBER_BYTES, Encoding
from site_agent.deidentify.header.own_identifiers import OwnIdentifiers
from site_agent.deidentify.header.profile import Action
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
    texts = values_of(value, vr)
    right = [looks_right(tag, vr, text.strip(" \0")) for text in texts]
    if all(right):
        return value.rstrip(b" \0")
    if vr == "CS" and right[0]:
        pairs = zip(texts, right, strict=True)
        kept = [text.strip(" \0") if ok else "" for text, ok in pairs]
        return "\\".join(kept).encode("latin-1")
    return None


def as_element(
    encoding: Encoding, tag: int, vr: str, value: bytes, kept: bytes | None
) -> tuple[bytes | None, Action]:
    """Give what was kept of a value as an element, and what was done to it."""
    if kept is None:
        return None, Action.REMOVE
    is_whole = len(kept) == len(value.rstrip(b" \0"))
    action = Action.KEEP if is_whole else Action.CLEAN
    return encoding.element(tag, vr, kept), action


def kept_element(
    encoding: Encoding, tag: int, vr: str, value: bytes
) -> tuple[bytes | None, Action]:
    """Give `right_text` of a value as an element, and what was done to it."""
    is_short = len(value) <= _LONGEST_KNOWN
    return (_kept_once if is_short else _kept_now)(encoding, tag, vr, value)


def _kept_now(
    encoding: Encoding, tag: int, vr: str, value: bytes
) -> tuple[bytes | None, Action]:
    return as_element(encoding, tag, vr, value, right_text(tag, vr, value))


# Films of one device have most of their values in common.
_kept_once = lru_cache(maxsize=4096)(_kept_now)


def _swapped(value: bytes, vr: str) -> bytes:
    size = 2 if vr == "AT" else NUMBER_BYTES[vr]
    return b"".join(value[at : at + size][::-1] for at in range(0, len(value), size))
