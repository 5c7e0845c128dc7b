"""Whether a lookup table is one: as long as its descriptor says, and no text.

Tables of grey values and colours (PS3.3 C.11.1.1, C.11.2.1.1, C.7.6.3.1.5) are bytes
that nobody looks at.
"""

from __future__ import annotations

import re
import struct
from itertools import pairwise

LUT_DATA, LUT_DESCRIPTOR = 0x00283006, 0x00283002
PALETTES = {0x00281201 + n: 0x00281101 + n for n in range(4)}
"""Palette Color Lookup Table Data -> its Descriptor: red, green, blue and alpha."""

SEGMENTED_PALETTES = frozenset(0x00281221 + n for n in range(4))
"""Their length is not told by a descriptor (PS3.3 C.7.9.2)."""

_READABLE = re.compile(rb"[A-Za-z0-9^ ,.:/_-]{8,}")
_WIDE = re.compile(rb"(?:[A-Za-z0-9^ ,.:/_-]\0){8,}|(?:\0[A-Za-z0-9^ ,.:/_-]){8,}")
_FEW = 8  # characters that read as a word by chance
_SMALL_STEP = 0x200  # grey levels of 16 bits, between neighbours of a smooth table


def is_table(data: bytes, entries: int, bits: int) -> bool:
    """Whether bytes can be a table.

    Parameters
    ----------
    data : bytes
        The table; of words in either order.
    entries, bits : int
        First and third value of its descriptor; 0 entries are 65,536.
    """
    count = entries or 1 << 16
    lengths = {2 * count}
    if bits <= 8:
        lengths |= {count, count + (count & 1)}
    return len(data) in lengths and not holds_words(data)


def holds_words(data: bytes) -> bool:
    """Whether a table reads like text somewhere; a ramp over the alphabet does not."""
    narrow = (found[0] for found in _READABLE.finditer(data))
    wide = (found[0].replace(b"\0", b"") for found in _WIDE.finditer(data))
    return not (
        all(_is_monotone(run) or _is_smooth(run) for run in narrow)
        and all(map(_is_monotone, wide))
    )


def _is_monotone(values: bytes | tuple[int, ...]) -> bool:
    pairs = list(pairwise(values))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)


def _is_smooth(run: bytes) -> bool:
    """Whether bytes are words that rise or fall by small steps, or few levels.

    Levels of 8 bits are written with 16 as the same byte twice.
    """
    for start in (0, 1):
        count = (len(run) - start) // 2
        levels, again = run[start::2][:count], run[start + 1 :: 2]
        if levels == again and (count < _FEW or _is_monotone(levels)):
            return True
        for order in "<>":
            words = struct.unpack_from(f"{order}{count}H", run, start)
            steps = (abs(a - b) for a, b in pairwise(words))
            if _is_monotone(words) and max(steps) <= _SMALL_STEP:
                return True
    return False
