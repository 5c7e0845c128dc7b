"""The structure of a data set, read once and without recursion (PS3.5 chapter 7).

Strict where readers are lenient: an element out of order, a length that leaves its
item, an unknown VR, anything that could be read in two ways is declined. Whoever calls
then takes the slower way, and two readers never disagree about what stands where.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.header.denial import PIXELS
from site_agent.deidentify.header.encoding import (
    ITEM,
    ITEM_END,
    LONG,
    SEQUENCE_END,
    SHORT,
    UNDEFINED,
    Encoding,
)

DEEPEST = 32
"""Sequences nested deeper than this do not stay; real ones have fewer than ten."""

_FIRST_OF_PIXELS = min(PIXELS)
_BULK = frozenset(("OB", "OW"))
_SHORT = {vr: vr.decode("ascii") for vr in SHORT}
_LONG = {vr: vr.decode("ascii") for vr in LONG}
_NO_SEQUENCE = frozenset(_SHORT.values()) | frozenset(_LONG.values()) - {"SQ", "UN"}
_LETTERS = range(0x41, 0x5B)


class Declined(Exception):
    """The engine leaves this file to the slower way; the text says why.

    It holds no value and no name, only what kind of thing was met.
    """


class TooLarge(Declined):
    """A file asks for more memory than there is for it; the slower way takes more."""


class NeedsMore(Exception):
    """The bytes given end before the header does; `upto` says how many it wants."""

    def __init__(self, upto: int) -> None:
        super().__init__(upto)
        self.upto = upto


class Limits(NamedTuple):
    """How much of one file is held in memory.

    Attributes
    ----------
    header : int
        Bytes before the pixels.
    inflated : int
        Bytes of a deflated data set, its pixels among them.
    elements : int
        Data elements and items in the header.
    """

    header: int
    inflated: int
    elements: int


ROOMY = Limits(header=1 << 24, inflated=1 << 25, elements=100_000)
"""About 150 MB at most; a film's header has some hundred elements in 20 kB."""


class Element(NamedTuple):
    """One data element: where its value lies, and the items of a sequence.

    `vr` is as written, empty where the encoding has none. `items` is None for what is
    no sequence, or one that was only passed over: private, or nested too deep.
    """

    tag: int
    vr: str
    start: int
    length: int
    items: list[DataSet] | None = None


DataSet = dict[int, Element]
"""Elements by tag, in the order of their tags."""


@dataclass(slots=True)
class _Open:
    """A sequence that is being read, and the data set around it to come back to."""

    tag: int
    vr: str
    start: int
    end: int | None
    explicit: bool
    items: list[DataSet] | None
    around: DataSet | None
    around_end: int
    around_is_open: bool
    around_explicit: bool


def read_data_set(
    data: bytes,
    start: int,
    size: int,
    encoding: Encoding,
    most: int = ROOMY.elements,
) -> tuple[DataSet, Element | None, int]:
    """Read elements up to the pixels, or to the end.

    Parameters
    ----------
    data : bytes
        The file, or enough of its beginning.
    start, size : int
        Where the data set begins, and where the whole file ends.
    encoding : Encoding
        As the transfer syntax has it.
    most : int
        Elements and items that it may have.

    Returns
    -------
    tuple
        The elements before the pixels; the element of the pixels, its length UNDEFINED
        where they are encapsulated, or None; where that element, or the file, begins or
        ends. The values of all other elements lie within `data`.

    Raises
    ------
    Declined
        When the structure is broken or could be read in two ways.
    TooLarge
        When it has more elements than `most`.
    NeedsMore
        When `data` ends too early.
    """
    walk = _Walk(data, start, size, encoding, most)
    return walk.run()


class _Walk:
    """A position in one data set. Time grows with its bytes, not with its depth."""

    def __init__(
        self, data: bytes, start: int, size: int, encoding: Encoding, most: int
    ) -> None:
        self.data, self.at, self.size, self.encoding = data, start, size, encoding
        self.left = most
        self.explicit = encoding.explicit
        self.stack: list[_Open] = []
        self.top: DataSet = {}
        self.elements: DataSet | None = self.top
        self.end, self.is_open = size, False
        self.last = -1
        self._short = struct.Struct(encoding.order + "HH2sH").unpack_from
        self._long = struct.Struct(encoding.order + "HHI").unpack_from
        self._length = struct.Struct(encoding.order + "I").unpack_from

    def run(self) -> tuple[DataSet, Element | None, int]:
        if not self.explicit and self.looks_explicit():
            raise Declined("explicit VR under an implicit transfer syntax")
        while True:
            if self.explicit:
                self.plain()
            if self.at >= self.end and not self.is_open:
                if self.at > self.end:
                    raise Declined("a length leaves its item")
                if not self.stack:
                    return self.top, None, self.at
                self.next_item()
                continue
            begin = self.at
            tag, vr, length = self.element_head()
            if tag >> 16 == 0xFFFE:
                if tag != ITEM_END or not self.is_open or length:
                    raise Declined("a delimiter out of place")
                self.next_item()
                continue
            if tag <= self.last:
                raise Declined("attributes out of order")
            self.last = tag
            if tag in PIXELS and not self.stack:
                return self.top, Element(tag, vr, self.at, length), begin
            self.value(tag, vr, length)

    def plain(self) -> None:
        """Read on up to the first element that asks for a closer look.

        Most of a header is short values in their order: they take a third of the time
        here, and what is not among them is left where it is.
        """
        data, elements, unpack = self.data, self.elements, self._short
        at, last, end = self.at, self.last, min(self.end, len(data)) - 8
        while self.left > 0 and at <= end:
            group, number, vr, length = unpack(data, at)
            tag, stop = group << 16 | number, at + 8 + length
            if vr not in _SHORT or not last < tag < _FIRST_OF_PIXELS or stop > end + 8:
                break
            if elements is not None:
                elements[tag] = Element(tag, _SHORT[vr], at + 8, length)
            self.left -= 1
            last, at = tag, stop
        self.at, self.last = at, last

    def element_head(self) -> tuple[int, str, int]:
        """Read tag, VR and length, and stand at the value."""
        self.need(self.at + 8)
        if not self.explicit:
            group, number, length = self._long(self.data, self.at)
            self.at += 8
            return group << 16 | number, "", length
        group, number, vr, length = self._short(self.data, self.at)
        if group == 0xFFFE:
            (length,) = self._length(self.data, self.at + 4)
            self.at += 8
            return group << 16 | number, "", length
        name = _SHORT.get(vr)
        if name is not None:
            self.at += 8
            return group << 16 | number, name, length
        name = _LONG.get(vr)
        if name is None:
            raise Declined("an unknown VR")
        self.need(self.at + 12)
        (length,) = self._length(self.data, self.at + 8)
        self.at += 12
        return group << 16 | number, name, length

    def value(self, tag: int, vr: str, length: int) -> None:
        """Pass over a value, or go into the first item of a sequence."""
        self.count()
        known = None if vr in _NO_SEQUENCE else attributes().get(tag)
        named = known.vr if known else ""
        if length == UNDEFINED:
            if vr in _BULK:
                self.fragments(tag)
            elif vr in ("SQ", "UN") or (not vr and named in ("SQ", "")):
                self.open(tag, vr, None)
            else:
                raise Declined("an undefined length")
            return
        stop = self.at + length
        if stop > self.end:
            raise Declined("a length leaves its item")
        self.need(stop)
        is_sequence = vr == "SQ" or (vr in ("UN", "") and named == "SQ")
        if is_sequence and known and not tag >> 16 & 1:
            self.open(tag, vr, stop)
            return
        if self.elements is not None:
            self.elements[tag] = Element(tag, vr, self.at, length)
        self.at = stop

    def open(self, tag: int, vr: str, end: int | None) -> None:
        """Begin a sequence; `end` is None where a delimiter ends it."""
        is_unknown = vr == "UN"
        if is_unknown and not self.encoding.little:
            raise Declined("an unknown VR in big endian")
        # PS3.5 6.2.2: what is under UN is implicit VR little endian.
        explicit = self.explicit and not is_unknown
        is_kept = self.elements is not None and len(self.stack) < DEEPEST
        self.stack.append(
            _Open(
                tag=tag,
                vr=vr,
                start=self.at,
                end=end,
                explicit=explicit,
                items=[] if is_kept else None,
                around=self.elements,
                around_end=self.end,
                around_is_open=self.is_open,
                around_explicit=self.explicit,
            )
        )
        self.next_item()

    def next_item(self) -> None:
        """Begin the next item of the innermost sequence, or leave the sequence."""
        opened = self.stack[-1]
        if opened.end is not None and self.at == opened.end:
            self.close()
            return
        self.need(self.at + 8)
        group, number, length = self._long(self.data, self.at)
        tag = group << 16 | number
        self.at += 8
        bound = opened.around_end if opened.end is None else opened.end
        if self.at > bound:
            raise Declined("a length leaves its item")
        if tag == SEQUENCE_END and opened.end is None and not length:
            self.close()
            return
        if tag != ITEM:
            raise Declined("no item where one should be")
        self.is_open = length == UNDEFINED
        self.end = bound if self.is_open else self.at + length
        if self.end > bound:
            raise Declined("a length leaves its item")
        if opened.vr == "UN" and opened.end is None and self.looks_explicit():
            raise Declined("explicit VR where implicit should be")
        self.count()
        self.explicit, self.last = opened.explicit, -1
        self.elements = None
        if opened.items is not None:
            self.elements = {}
            opened.items.append(self.elements)

    def close(self) -> None:
        """Leave the innermost sequence for the data set around it."""
        done = self.stack.pop()
        self.elements, self.end = done.around, done.around_end
        self.is_open, self.explicit = done.around_is_open, done.around_explicit
        self.last = done.tag
        if self.elements is not None:
            self.elements[done.tag] = Element(
                done.tag, done.vr, done.start, self.at - done.start, done.items
            )

    def fragments(self, tag: int) -> None:
        """Pass over encapsulated bytes below the top, such as an icon's (PS3.5 A.4)."""
        start = self.at
        while True:
            self.need(self.at + 8)
            group, number, length = self._long(self.data, self.at)
            self.at += 8
            if group << 16 | number == SEQUENCE_END and not length:
                break
            if group << 16 | number != ITEM or self.at + length > self.end:
                raise Declined("no fragment where one should be")
            self.at += length
        if self.elements is not None:
            self.elements[tag] = Element(tag, "", start, UNDEFINED)

    def looks_explicit(self) -> bool:
        """Whether two capital letters stand where a VR would."""
        vr = self.data[self.at + 4 : self.at + 6]
        return len(vr) == 2 and all(letter in _LETTERS for letter in vr)

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooLarge("too many elements")

    def need(self, upto: int) -> None:
        if upto <= len(self.data):
            return
        if upto > self.size:
            raise Declined("the file ends too early")
        raise NeedsMore(upto)
