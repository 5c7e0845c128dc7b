"""How data elements are written as bytes (PS3.5 chapter 7), in one transfer syntax."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cache, lru_cache

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD

LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
"""VRs with two reserved bytes and a length of 32 bits (PS3.5 7.1.2)."""

SHORT = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()
)
"""VRs with a length of 16 bits."""

TEXT = frozenset(
    {
        *("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST"),
        *("TM", "UC", "UI", "UR", "UT"),
    }
)
"""VRs whose values are characters (PS3.5 6.2)."""

BYTES = frozenset({"OB", "OD", "OF", "OL", "OV", "OW"})
"""VRs whose value is bytes."""

NUMBER_BYTES = {
    **dict.fromkeys(("US", "SS"), 2),
    **dict.fromkeys(("UL", "SL", "FL", "AT"), 4),
    **dict.fromkeys(("UV", "SV", "FD"), 8),
}
"""VRs of binary numbers, with the bytes that one takes."""

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
NATIVE = frozenset((IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED))
"""Transfer syntaxes whose pixels are not encapsulated (PS3.5 Annex A)."""

_NUL_PADDED = frozenset(("UI", "OB", "UN", ""))
_LONGEST_SHORT = 0xFFFF


class TooLong(Exception):
    """A value does not fit its length field."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """Whether elements carry their VR, and the order of bytes (PS3.5 7.1, 7.3)."""

    explicit: bool
    little: bool
    order: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", "<" if self.little else ">")

    def head(self, tag: int, vr: str, length: int) -> bytes:
        """Give what stands before a value of `length` bytes.

        Raises
        ------
        TooLong
            When the length does not fit.
        """
        return _head(self, tag, vr, length)

    def element(self, tag: int, vr: str, value: bytes) -> bytes:
        """Give an element; a value of odd length is padded (PS3.5 6.2, 7.1.1)."""
        length = len(value)
        if length & 1:
            padding = b"\0" if vr in _NUL_PADDED else b" "
            return _head(self, tag, vr, length + 1) + value + padding
        return _head(self, tag, vr, length) + value

    def item(self, value: bytes) -> bytes:
        """Give an item of a sequence, with its length (PS3.5 7.5)."""
        head = struct.pack(self.order + "HHI", ITEM >> 16, ITEM & 0xFFFF, len(value))
        return head + value


@lru_cache(maxsize=4096)  # films of one device have most of their heads in common
def _head(encoding: Encoding, tag: int, vr: str, length: int) -> bytes:
    if not encoding.explicit:
        return struct.pack(encoding.order + "HHI", tag >> 16, tag & 0xFFFF, length)
    name = vr.encode("ascii")
    if name in LONG:
        form = encoding.order + "HH2sHI"
        return struct.pack(form, tag >> 16, tag & 0xFFFF, name, 0, length)
    if length > _LONGEST_SHORT:
        raise TooLong
    form = encoding.order + "HH2sH"
    return struct.pack(form, tag >> 16, tag & 0xFFFF, name, length)


@cache
def encoding_of(transfer_syntax: str) -> Encoding:
    """Give the encoding of a transfer syntax of the standard (PS3.5 Annex A)."""
    return Encoding(
        explicit=transfer_syntax != IMPLICIT_LITTLE,
        little=transfer_syntax != EXPLICIT_BIG,
    )
