"""Pixels where they lie in a file: read when they are looked at, written by frames."""

from __future__ import annotations

import mmap
import struct
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID

from site_agent.deidentify.pixels.film import Pixels
from site_agent.on_disk.copying import write_all

_PIXEL_DATA = 0x7FE0, 0x0010
_FLOATS = (0x7FE0, 0x0008), (0x7FE0, 0x0009)


class FilmFile(NamedTuple):
    """A film in its file.

    Attributes
    ----------
    film : Dataset
        What stands before its pixels.
    is_compressed : bool
        Whether its pixels are encapsulated, or all of it is deflated.
    has_floats, has_pixels : bool
        Whether its pixels are floating point numbers, or any others. A deflated film
        has any, as far as can be told before it is decoded.
    pixels : Pixels or None
        None where they are compressed, or are none, and where the file ends before
        they do.
    """

    film: Dataset
    is_compressed: bool
    has_floats: bool = False
    has_pixels: bool = False
    pixels: Pixels | None = None


def open_in_place(path: Path) -> FilmFile:
    """Read a film without its pixels, and tell of these where they lie.

    Parameters
    ----------
    path : Path
        A film as this program writes it; it is changed where pixels are saved.

    Raises
    ------
    UNREADABLE
        When it is not.
    """
    with path.open("rb") as file:
        film = pydicom.dcmread(file, stop_before_pixels=True)
        syntax = film.file_meta.TransferSyntaxUID
        if syntax.is_deflated:
            return FilmFile(film, is_compressed=True, has_pixels=True)
        tag, length = _next_element(file, syntax)
        floats, found = tag in _FLOATS, tag == _PIXEL_DATA
        start = file.tell()
        if syntax.is_encapsulated or not found:
            return FilmFile(film, syntax.is_encapsulated, floats, found)
        if not 0 < length <= path.stat().st_size - start:
            return FilmFile(film, False, floats, found)
        # A copy: what is written to it stays in memory, so that a full disk is told.
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    content = memoryview(mapped)[start : start + length]

    def save(first: int, last: int) -> None:
        with path.open("r+b", buffering=0) as file:
            file.seek(start + first)
            write_all(file.fileno(), content[first:last])

    forget = partial(mapped.madvise, mmap.MADV_DONTNEED)
    return FilmFile(film, False, floats, found, Pixels(content, save, forget))


def _next_element(file: BinaryIO, syntax: UID) -> tuple[tuple[int, int], int]:
    """Read the head of an element of long length; zeros where the file ends."""
    order = "<" if syntax.is_little_endian else ">"
    shape = struct.Struct(order + ("HHI" if syntax.is_implicit_VR else "HH4xI"))
    head = file.read(shape.size)
    if len(head) < shape.size:
        return (0, 0), 0
    group, element, length = shape.unpack(head)
    return (group, element), length
