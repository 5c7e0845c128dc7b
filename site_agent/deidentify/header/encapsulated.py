"""What encapsulated pixels carry beside the picture (PS3.5 A.4, Annex G).

JPEG and JPEG 2000 have room for comments, and nothing hinders bytes from standing
behind a picture's end, or in a table. All of that may name somebody. Here it is found;
the picture itself is not decoded.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from site_agent.deidentify.header.codestream import (
    WINDOW,
    Picture,
    Read,
    Span,
    Stream,
    Unreadable,
)
from site_agent.deidentify.header.jpeg import carried_by_jpeg, carried_by_jpeg_ls
from site_agent.deidentify.header.jpeg_2000 import carried_by_jpeg_2000
from site_agent.deidentify.header.rle import carried_by_rle

_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
SEQUENCE_DELIMITER = _END + bytes(4)
"""Ends encapsulated pixels."""

_MOST = 100_000  # fragments of one film
_RLE = "1.2.840.10008.1.2.5"


def fragments_of(read: Read, start: int, end: int) -> tuple[list[Span], int]:
    """Find the fragments of encapsulated pixels (PS3.5 A.4).

    Parameters
    ----------
    read : callable
        Gives bytes from a place on; fewer where they end.
    start, end : int
        Where the first item begins, which is the Basic Offset Table, and the end of the
        bytes.

    Returns
    -------
    tuple
        The values of all items, that table first; and where the delimiter ends.

    Raises
    ------
    Unreadable
        When there is no delimiter, something else, or more items than fit in memory.
    """
    items: list[Span] = []
    at, window, begin = start, b"", 0
    while True:
        if at - begin + 8 > len(window) or at < begin:
            window, begin = read(at, WINDOW), at
            if len(window) < 8:
                raise Unreadable("pixels that are cut off")
        place = at - begin
        (length,) = struct.unpack_from("<I", window, place + 4)
        at += 8
        if window[place : place + 4] == _END and not length:
            return items, at
        if window[place : place + 4] != _ITEM or at + length > end:
            raise Unreadable("pixels that are cut off")
        items.append((at, length))
        if len(items) > _MOST:
            raise Unreadable("pixels in too many pieces")
        at += length


def carried(
    read: Read, items: Sequence[Span], transfer_syntax: str, picture: Picture
) -> list[Span]:
    """Find the bytes of encapsulated pixels that are no picture and hold something.

    Parameters
    ----------
    read : callable
        Gives bytes from a place on.
    items : sequence of Span
        From `fragments_of`.
    picture : Picture
        What the header says of it. Pictures beyond that are shown by no viewer, and
        nobody looks through them.

    Returns
    -------
    list of Span
        Where such bytes stand. To set them to zero changes no pixel. A single byte is
        none: some encoders pad with it.

    Raises
    ------
    Unreadable
        When the stream breaks the rules of its transfer syntax, has more or fewer
        pictures than the header says or such of another size (a decoder would give
        a part of one, or rows that are no rows), or is of a syntax that is not known
        here (video, JPEG XL), so that nothing can be said of it.
    """
    _check_table(read, items)
    stream = Stream(read, items[1:])
    if transfer_syntax == _RLE:
        spans = carried_by_rle(stream, picture.rows * picture.columns)
        stream.pictures = len(stream.fragments)
    else:
        spans = _look_through(transfer_syntax)(stream)
    found = [
        place
        for start, length in spans
        if length > 1 and any(stream.window(start, length))
        for place in stream.places(start, length)
    ]
    if stream.pictures != picture.frames:
        raise Unreadable("more or fewer pictures than the header says")
    if stream.sizes - {(picture.rows, picture.columns)}:
        raise Unreadable("pictures of another size than the header says")
    return found


def _look_through(transfer_syntax: str) -> Callable[[Stream], Iterator[Span]]:
    for form, by in _CARRIED:
        if form.fullmatch(transfer_syntax):
            return by
    raise Unreadable("pixels compressed in a way that cannot be looked through")


def _check_table(read: Read, items: Sequence[Span]) -> None:
    """Make sure that the Basic Offset Table is one (PS3.5 A.4)."""
    if not items or sum(length for _, length in items[1:]) == 0:
        raise Unreadable("no pixels")
    start, length = items[0]
    size = items[-1][0] + items[-1][1] - start
    if length % 4 or length > 4 * len(items):
        raise Unreadable("a table of frames that is none")
    offsets = struct.unpack(f"<{length // 4}I", read(start, length))
    if offsets and (
        offsets[0]
        or offsets[-1] >= size
        or any(one >= other for one, other in pairwise(offsets))
    ):
        raise Unreadable("a table of frames that is none")


_CARRIED = (
    (re.compile(r"1\.2\.840\.10008\.1\.2\.4\.(5\d|6\d|70)"), carried_by_jpeg),
    (re.compile(r"1\.2\.840\.10008\.1\.2\.4\.8[01]"), carried_by_jpeg_ls),
    (
        re.compile(r"1\.2\.840\.10008\.1\.2\.4\.(9[0-3]|20[1-3])"),
        carried_by_jpeg_2000,
    ),
)
