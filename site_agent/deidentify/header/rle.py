"""What RLE compressed frames carry beside the picture (PS3.5 Annex G)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from site_agent.deidentify.header.codestream import WINDOW, Span, Stream, Unreadable

_HEADER = struct.Struct("<16I")
_MOST_SEGMENTS = 15
_NOTHING = 128  # a byte that stands for no pixel (PS3.5 G.3.2)


def carried_by_rle(stream: Stream, pixels: int) -> Iterator[Span]:
    """Look at each frame: offsets that are not used, and what follows its segments.

    Parameters
    ----------
    stream : Stream
        The frames, each in one fragment.
    pixels : int
        Rows by columns: the bytes that a segment stands for.

    Raises
    ------
    Unreadable
        When a frame is broken, or has fewer pixels than that.
    """
    for start, (_, length) in zip(stream.starts, stream.fragments, strict=True):
        header = stream.window(start, _HEADER.size)
        if length < _HEADER.size or len(header) < _HEADER.size:
            raise Unreadable("a compressed picture that is broken")
        count, *offsets = _HEADER.unpack(header)
        used = offsets[:count]
        if not 1 <= count <= _MOST_SEGMENTS or max(used) >= length:
            raise Unreadable("a compressed picture that is broken")
        if used != sorted(used) or used[0] < _HEADER.size:
            raise Unreadable("a compressed picture that is broken")
        yield start + 4 + 4 * count, 60 - 4 * count
        yield start + _HEADER.size, used[0] - _HEADER.size
        for begin, end in zip(used, [*used[1:], length], strict=True):
            at = _end_of_pixels(stream, start + begin, start + end, pixels)
            yield at, start + end - at


def _end_of_pixels(stream: Stream, at: int, end: int, pixels: int) -> int:
    """Give where a segment has told of all its pixels."""
    while pixels > 0:
        if at >= end:
            raise Unreadable("a compressed picture that is broken")
        piece = stream.window(at, min(WINDOW, end - at))
        place = 0
        while pixels > 0 and place < len(piece):
            code = piece[place]
            if code < _NOTHING:
                pixels -= code + 1
                place += code + 2
            elif code > _NOTHING:
                pixels -= 257 - code
                place += 2
            else:
                place += 1
        at += place
    if at > end:
        raise Unreadable("a compressed picture that is broken")
    return at
