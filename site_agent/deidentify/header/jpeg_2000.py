"""What a JPEG 2000 picture carries beside itself (ITU-T T.800, T.814).

Comments hold anything; so do the boxes of a whole JP2 file, which should not stand in a
film, but does.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from site_agent.deidentify.header.codestream import (
    Span,
    Stream,
    Unreadable,
    in_pieces,
)

# Markers (T.800 A.2).
_SOC, _SIZ, _SOT, _SOD, _EOC, _COM = 0xFF4F, 0xFF51, 0xFF90, 0xFF93, 0xFFD9, 0xFF64
_ENCODER = re.compile(
    rb"(?:Created by (?:GDCM/)?OpenJPEG version |Kakadu-v?|OpenJPH Ver "
    rb"|Creator: JasPer Version )[0-9.]{1,12}\0?"
)
# Boxes of a JP2 file (T.800 I.5) that tell how to show the picture.
_SHOWING = frozenset((b"jP  ", b"ftyp", b"jp2h", b"rreq"))
_BEGINNING = re.compile(rb"\xff\x4f\xff\x51")
_ENDING = re.compile(rb"\xff\xd9")


def carried_by_jpeg_2000(stream: Stream) -> Iterator[Span]:
    """Give what the pictures of a stream carry.

    Raises
    ------
    Unreadable
        When it holds something else.
    """
    at = 0
    if stream.window(4, 4) == b"jP  ":
        at = yield from _of_boxes(stream)
    while at < stream.size:
        if stream.number(at, 2) != _SOC:
            raise Unreadable("a compressed picture without its beginning")
        stream.pictures += 1
        at, tile = at + 2, -1
        while at < stream.size:
            marker = stream.number(at, 2)
            if marker == _EOC:
                at += 2
                break
            if marker == _SOD:
                at = _after_tile(stream, tile, at)
                continue
            if marker == _SOT:
                tile = at
            length = stream.number(at + 2, 2)
            if marker < 0xFF40 or length < 2 or at + 2 + length > stream.size:
                raise Unreadable("a compressed picture that is broken")
            if marker == _SIZ:
                stream.sizes.add(_size(stream, at + 6))
            if marker == _COM:
                text = stream.window(at + 6, length - 4)
                if not _ENCODER.fullmatch(text):
                    yield at + 6, max(0, length - 4)
            at += 2 + length
        after = stream.find(_BEGINNING, at)
        yield from in_pieces(at, after)
        at = after


def _size(stream: Stream, at: int) -> Span:
    """Read the rows and columns of a picture (T.800 A.5.1)."""
    right, bottom, left, top = (stream.number(at + 4 * each, 4) for each in range(4))
    return bottom - top, right - left


def _of_boxes(stream: Stream) -> Generator[Span, None, int]:
    """Look at the boxes before the picture, and give where it begins."""
    at = 0
    while (kind := stream.window(at + 4, 4)) != b"jp2c":
        length = stream.number(at, 4)
        if length < 8 or at + length > stream.size:
            raise Unreadable("a compressed picture that is broken")
        if kind not in _SHOWING:
            yield from in_pieces(at + 8, at + length)
        at += length
    return at + (16 if stream.number(at, 4) == 1 else 8)


def _after_tile(stream: Stream, tile: int, at: int) -> int:
    """Give where a tile's data end: it says so itself, or the picture ends there."""
    if tile < 0:
        raise Unreadable("a compressed picture that is broken")
    length = stream.number(tile + 6, 4)
    if length and tile + length <= at:
        raise Unreadable("a compressed picture that is broken")
    if not length:
        return stream.find(_ENDING, at)
    return min(tile + length, stream.size)
