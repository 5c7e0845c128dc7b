"""Where in a DICOM file the header lies and where the pixels (PS3.10 chapter 7).

Only the header is held in memory. What the standard does not foresee, and what is cut
off, is declined.
"""

from __future__ import annotations

import struct
import zlib
from typing import Literal, NamedTuple

from site_agent.deidentify.dictionary import attributes, is_transfer_syntax
from site_agent.deidentify.header.codestream import Picture, Read, Unreadable
from site_agent.deidentify.header.denial import never_stands
from site_agent.deidentify.header.encapsulated import carried, fragments_of
from site_agent.deidentify.header.encoding import (
    DEFLATED,
    NATIVE,
    UNDEFINED,
    Encoding,
    encoding_of,
)
from site_agent.deidentify.header.structure import (
    DataSet,
    Declined,
    Element,
    Limits,
    NeedsMore,
    TooLarge,
    read_data_set,
)

_FIRST = 1 << 15
_NOT_A_COMMAND = 0x00010000
_MEDIA_STORAGE_CLASS, _MEDIA_STORAGE_INSTANCE = 0x00020002, 0x00020003
_TRANSFER_SYNTAX = 0x00020010
_SIZE, _NUMBER_OF_FRAMES = (0x00280010, 0x00280011), 0x00280008
_LONGEST_NUMBER = 10
_PADDING = " \0"
_PIXEL_VRS = {
    0x7FE00008: ("", "OF"),
    0x7FE00009: ("", "OD"),
    0x7FE00010: ("", "OB", "OW"),
}


class Layout(NamedTuple):
    """A file taken apart. Offsets of elements count from the start of `data`.

    `data` holds the header; of a deflated file, all of its data set inflated, and then
    `pixels_start` counts in it too. `pixels` is None where the file has none; with
    length UNDEFINED they are encapsulated. `pixels_length` counts all bytes of their
    value, the delimiter of encapsulated ones included.
    """

    sop_class: str
    sop_instance: str
    transfer_syntax: str
    encoding: Encoding
    data: bytes
    elements: DataSet
    pixels: Element | None
    pixels_start: int
    pixels_length: int


def lay_out(read: Read, size: int, limits: Limits) -> Layout:
    """Find the parts of a file of `size` bytes.

    Raises
    ------
    Declined
        When anything in it is not as the standard has it.
    TooLarge
        When what is to be held of it exceeds the limits.
    """
    wanted = _FIRST
    while True:
        data = read(0, min(wanted, size))
        if len(data) < min(wanted, size):
            raise Declined("the file ends too early")
        try:
            return _lay_out(data, read, size, limits)
        except NeedsMore as more:
            if more.upto > limits.header:
                raise TooLarge("a large header") from None
            # Twice as much each time, so that all readings together stay linear.
            wanted = min(max(2 * wanted, more.upto + _FIRST), limits.header + _FIRST)


def _lay_out(data: bytes, read: Read, size: int, limits: Limits) -> Layout:
    if data[128:132] != b"DICM":
        raise Declined("no preamble")
    meta, at = _file_meta(data, size)
    syntax = meta.get(_TRANSFER_SYNTAX, "")
    if not is_transfer_syntax(syntax):
        raise Declined("a transfer syntax that the standard does not know")
    if syntax == DEFLATED:
        if size > limits.inflated:
            raise TooLarge("a large deflated data set")
        data = _inflated(read(at, size - at), limits.inflated)
        at, size = 0, len(data)
        read = _reader_of(data)
    encoding = encoding_of(syntax)
    elements, pixels, at = read_data_set(data, at, size, encoding, limits.elements)
    if next(iter(elements), _NOT_A_COMMAND) < _NOT_A_COMMAND:
        raise Declined("a command group")
    length = 0
    if pixels is not None:
        picture = _picture(data, elements, encoding)
        length = _pixels_length(read, size, pixels, syntax, picture)
        _check_rest(read, pixels.start + length, size, pixels.tag, encoding, limits)
    return Layout(
        sop_class=meta.get(_MEDIA_STORAGE_CLASS, ""),
        sop_instance=meta.get(_MEDIA_STORAGE_INSTANCE, ""),
        transfer_syntax=syntax,
        encoding=encoding,
        data=data,
        elements=elements,
        pixels=pixels,
        pixels_start=pixels.start if pixels else at,
        pixels_length=length,
    )


def _file_meta(data: bytes, size: int) -> tuple[dict[int, str], int]:
    """Read group 0002, explicit VR little endian (PS3.10 7.1), as text by tag."""
    values: dict[int, str] = {}
    at, last = 132, -1
    while True:
        if at + 12 > len(data):
            if at + 12 <= size:
                raise NeedsMore(at + 12)
            raise Declined("no data set")
        group, number, vr, length = struct.unpack_from("<HH2sH", data, at)
        if group != 2:
            return values, at
        at += 8
        if vr in (b"OB", b"UN", b"UT", b"UR"):
            (length,) = struct.unpack_from("<I", data, at)
            at += 4
        elif vr not in (b"UI", b"SH", b"AE", b"UL"):
            raise Declined("an unknown VR")
        tag = group << 16 | number
        if tag <= last or at + length > size:
            raise Declined("attributes out of order")
        if at + length > len(data):
            raise NeedsMore(at + length)
        if vr == b"UI":
            text = data[at : at + length].decode("latin-1")
            values[tag] = text.split("\\")[0].strip(_PADDING)
        last, at = tag, at + length


def _picture(data: bytes, elements: DataSet, encoding: Encoding) -> Picture:
    """Read what the header says of the picture."""

    def value(tag: int) -> bytes:
        element = elements.get(tag)
        if element is None or element.length == UNDEFINED:
            return b""
        return data[element.start : element.start + element.length]

    order: Literal["little", "big"] = "little" if encoding.little else "big"
    rows, columns = (int.from_bytes(value(tag)[:2], order) for tag in _SIZE)
    frames = value(_NUMBER_OF_FRAMES).strip(b" \0") or b"1"
    is_number = frames.isdigit() and len(frames) < _LONGEST_NUMBER
    return Picture(rows, columns, int(frames) if is_number else 0)


def _pixels_length(
    read: Read, size: int, pixels: Element, syntax: str, picture: Picture
) -> int:
    if pixels.vr not in _PIXEL_VRS[pixels.tag]:
        raise Declined("pixels of an unusual VR")
    is_encapsulated = pixels.length == UNDEFINED
    if is_encapsulated == (syntax in NATIVE):
        raise Declined("pixels that are not as the transfer syntax says")
    if is_encapsulated:
        return _encapsulated_length(read, pixels.start, size, syntax, picture)
    if pixels.length & 1 or pixels.start + pixels.length > size:
        raise Declined("pixels that are cut off")
    return pixels.length


def _encapsulated_length(
    read: Read, start: int, size: int, syntax: str, picture: Picture
) -> int:
    """Count the bytes of encapsulated pixels up to the end of their delimiter."""
    try:
        items, end = fragments_of(read, start, size)
        if carried(read, items, syntax, picture):
            raise Declined("more than a picture in compressed pixels")
    except Unreadable as broken:
        raise Declined(str(broken)) from None
    return end - start


def _check_rest(
    read: Read, start: int, size: int, last: int, encoding: Encoding, limits: Limits
) -> None:
    """Make sure that nothing after the pixels could stay."""
    if start == size:
        return
    data = read(start, min(size - start, limits.header))
    try:
        rest, pixels, _ = read_data_set(
            data, 0, size - start, encoding, limits.elements
        )
    except NeedsMore:
        raise TooLarge("too much after the pixels") from None
    known = attributes()
    if pixels is not None or any(
        tag <= last or (tag in known and not never_stands(tag)) for tag in rest
    ):
        raise Declined("attributes out of order")


def _inflated(stored: bytes, most: int) -> bytes:
    """Inflate a data set (PS3.5 A.5); bounded, for a file may be a bomb."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(stored, most)
    except zlib.error:
        raise Declined("a deflated data set that is broken") from None
    if not inflater.eof:
        if len(data) == most:
            raise TooLarge("a large deflated data set")
        raise Declined("a deflated data set that is cut off")
    return data


def _reader_of(data: bytes) -> Read:
    return lambda offset, count: data[offset : offset + count]
