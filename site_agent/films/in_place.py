"""Pixels where they lie in a file: read when they are looked at, written by frames."""

from __future__ import annotations

import mmap
import struct
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID

from site_agent.deidentify.pixels.film import InPlace

_PIXEL_DATA = 0x7FE0, 0x0010


def read_in_place(path: Path) -> tuple[Dataset, InPlace | None]:
    """Read a film without its pixels, and give these where they lie in its file.

    Parameters
    ----------
    path : Path
        A film as this program writes it; it is changed where something is saved.

    Returns
    -------
    tuple of Dataset and InPlace or None
        None where there are no pixels, or they are compressed.
    """
    with path.open("rb") as file:
        film = pydicom.dcmread(file, stop_before_pixels=True)
        syntax = film.file_meta.TransferSyntaxUID
        if syntax.is_encapsulated or syntax.is_deflated:
            return film, None
        length = _length_of_pixels(file, syntax)
        start = file.tell()
        if not 0 < length <= path.stat().st_size - start:
            return film, None
        # A copy: what is written to it stays in memory, so that a full disk is told.
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    content = memoryview(mapped)[start : start + length]

    def save(first: int, last: int) -> None:
        with path.open("r+b", buffering=0) as file:
            file.seek(start + first)
            left = content[first:last]
            while left:
                left = left[file.write(left) :]

    return film, InPlace(content, save, partial(mapped.madvise, mmap.MADV_DONTNEED))


def _length_of_pixels(file: BinaryIO, syntax: UID) -> int:
    """Read up to the pixels that a file is before; 0 where it is before none."""
    order = "<" if syntax.is_little_endian else ">"
    shape = struct.Struct(order + ("HHI" if syntax.is_implicit_VR else "HH4xI"))
    head = file.read(shape.size)
    if len(head) < shape.size:
        return 0
    group, element, length = shape.unpack(head)
    return int(length) if (group, element) == _PIXEL_DATA else 0
