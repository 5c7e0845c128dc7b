"""Films of compressed pictures, and pictures that carry a name beside what is seen."""

from __future__ import annotations

import struct

from pydicom.dataset import Dataset
from pydicom.uid import HTJ2K, JPEG2000, JPEGBaseline8Bit, JPEGLSLossless, RLELossless

from tests.site_agent.deidentify.chest_film import JPEG_2000, again, chest_film

NAME = b"Reuter^Francisco"
SCAN = b"\xff\xda\0\x02 \xff\0 picture \xff\xd0 goes on"
JFIF = b"\xff\xe0\0\x10JFIF\0\1\2\1\0\1\0\1\0\0"
ADOBE = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\1"
PACKED = b"\x07picture!\0"  # eight literal bytes, and padding (PS3.5 G.3.1)
FRAMES = {JPEGBaseline8Bit: b"\xff\xd8", JPEGLSLossless: b"\xff\xd8"}


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg(*before_scan: bytes, after: bytes = b"\xff\xd9") -> bytes:
    return b"\xff\xd8" + b"".join(before_scan) + SCAN + after


def jpeg_2000(*before_tile: bytes, after: bytes = b"\xff\xd9") -> bytes:
    tile = JPEG_2000.index(b"\xff\x90")
    return JPEG_2000[:tile] + b"".join(before_tile) + JPEG_2000[tile:] + b"data" + after


def rle(offsets: bytes = b"") -> bytes:
    return (struct.pack("<2I", 1, 64) + offsets).ljust(64, b"\0") + PACKED


def frames_in(content: bytes, syntax: str) -> int:
    """Count the pictures that were put together."""
    return max(1, content.count(FRAMES.get(syntax, b"no other has two")))


def shape_in(syntax: str) -> tuple[int, int]:
    """Give the rows and columns of the pictures here."""
    return (2, 4) if syntax == RLELossless else (16, 16)


CARRIERS = [
    (JPEGBaseline8Bit, jpeg(segment(0xFE, NAME))),
    (JPEGBaseline8Bit, jpeg(JFIF, segment(0xE1, b"Exif\0\0" + NAME), ADOBE)),
    (JPEGBaseline8Bit, jpeg(segment(0xE0, JFIF[4:] + NAME))),
    (JPEGBaseline8Bit, jpeg(segment(0xF0, NAME))),
    (JPEGBaseline8Bit, jpeg(after=b"\xff\xff\xfe\0\x12" + NAME + b"\xff\xd9")),
    (JPEGBaseline8Bit, jpeg(after=b"\xff\xd9" + NAME)),
    (JPEGBaseline8Bit, jpeg(after=b"\xff\xd9" + NAME) + jpeg()),
    (JPEGBaseline8Bit, jpeg() + jpeg(segment(0xFE, NAME))),
    (JPEGLSLossless, jpeg(segment(0xEA, NAME))),
    (JPEGLSLossless, jpeg(after=b"\xff\x7f\xff\xd9\0" + NAME)),
    (JPEG2000, jpeg_2000(segment(0x64, b"\0\1" + NAME))),
    (JPEG2000, jpeg_2000(after=b"\xff\xd9" + NAME)),
    (HTJ2K, jpeg_2000(segment(0x64, b"\0\1Kakadu-v8.0 for " + NAME))),
    (
        JPEG2000,
        b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x18xml "
        + NAME
        + b"\0\0\0\0jp2c"
        + jpeg_2000(),
    ),
    (RLELossless, rle(NAME)),
    (RLELossless, rle() + NAME),
]


def film_with(pixels: bytes, syntax: str) -> Dataset:
    film = chest_film()
    film.PixelData = pixels
    film["PixelData"].is_undefined_length = True
    film["PixelData"].VR = "OB"
    film.Rows, film.Columns = shape_in(syntax)
    frames = frames_in(pixels, syntax)
    if frames > 1:
        film.NumberOfFrames = frames
    return again(film, syntax)
