"""What a JPEG or JPEG-LS picture carries beside itself (ITU-T T.81, T.87).

Application segments hold cameras' notes (EXIF) and small pictures, comments anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_agent.deidentify.header.codestream import (
    Span,
    Stream,
    Unreadable,
    in_pieces,
)

# Markers of JPEG (ITU-T T.81 B.1) and JPEG-LS (T.87 C.1) without a length.
_START, _STOP, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_TABLES = frozenset((*range(0xC0, 0xD0), *range(0xDA, 0xE0), 0xF7, 0xF8))
# Of these, those that begin a frame, and say how large it is.
_FRAMES = frozenset((*range(0xC0, 0xD0), 0xF7)) - {0xC4, 0xC8, 0xCC}
# What decoders need of application segments: JFIF, SPIFF (T.84), and the colour
# transforms of Adobe and HP.
_NEEDED = (
    (0xE0, b"JFIF\0", 14),
    (0xEE, b"Adobe", 12),
    (0xE8, b"mrfx", 5),
    (0xE8, b"SPIFF\0", 30),
    (0xE8, b"\0\0\0\1\xff\xd8", 6),  # the end of SPIFF's directory
)
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_NEXT_MARKER_LS = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
_BEGINNING = re.compile(rb"\xff\xd8\xff")


def carried_by_jpeg(stream: Stream) -> Iterator[Span]:
    """Give what the pictures of a stream carry.

    Raises
    ------
    Unreadable
        When it holds something else.
    """
    return _carried(stream, _NEXT_MARKER)


def carried_by_jpeg_ls(stream: Stream) -> Iterator[Span]:
    """Give what the pictures of a stream carry; as `carried_by_jpeg`."""
    return _carried(stream, _NEXT_MARKER_LS)


def _carried(stream: Stream, next_marker: re.Pattern[bytes]) -> Iterator[Span]:
    at = 0
    while at < stream.size:
        if stream.number(at, 2) != 0xFF00 | _START:
            raise Unreadable("a compressed picture without its beginning")
        stream.pictures += 1
        at += 2
        while True:
            at, marker = _marker(stream, at)
            if marker == _STOP:
                break
            if marker in _ALONE:
                continue
            length = stream.number(at, 2)
            if length < 2 or at + length > stream.size or marker == _START:
                raise Unreadable("a compressed picture that is broken")
            if marker in _FRAMES:
                stream.sizes.add((stream.number(at + 3, 2), stream.number(at + 5, 2)))
            if marker not in _TABLES:
                yield _beyond_needed(stream, marker, at + 2, length - 2)
            at += length
            if marker == _SCAN:
                at = stream.find(next_marker, at)
                if at == stream.size:
                    return  # many encoders forget the end
        after = stream.find(_BEGINNING, at)
        yield from in_pieces(at, after)
        at = after


def _marker(stream: Stream, at: int) -> tuple[int, int]:
    """Read a marker, with the bytes that may fill before it; give where it ends."""
    if stream.number(at, 1) != 0xFF:
        raise Unreadable("a compressed picture that is broken")
    while (marker := stream.number(at, 1)) == 0xFF:
        at += 1
    return at + 1, marker


def _beyond_needed(stream: Stream, marker: int, at: int, length: int) -> Span:
    for where, name, needed in _NEEDED:
        if marker == where and stream.window(at, len(name)) == name:
            return at + min(needed, length), max(0, length - needed)
    return at, length
