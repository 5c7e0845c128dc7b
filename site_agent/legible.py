"""All that can be read in the bytes of a DICOM file, except the pixels.

A name may survive in any element, known or not, in any character set, behind the pixels
or between elements, or in PixelData itself behind the last pixel. So the file is not
taken apart by its elements: its bytes, pixels left out, are decoded in every character
set that is likely in it.
"""

from __future__ import annotations

import codecs
import math
import re
import zlib
from collections.abc import Iterator
from os import SEEK_CUR
from typing import BinaryIO

from pydicom import dcmread
from pydicom.charset import convert_encodings
from pydicom.dataset import FileDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

_PIXELS = (b"\xe0\x7f\x10\x00", b"\xe0\x7f\x08\x00", b"\xe0\x7f\x09\x00")
_UNDEFINED = b"\xff\xff\xff\xff"
_ITEM = b"\xfe\xff\x00\xe0"
_ALWAYS = ("utf-8", "latin-1", "iso8859-2")
# A tag's first byte may be a digit or a letter, which would join the value before it:
# explicit VR (group, element, VR), or implicit VR (group, element, length < 64 KiB).
_TAG = re.compile(rb"[ -~]\x00(?=..(?:[A-Z]{2}|..\x00\x00))", re.DOTALL)
# Text in UTF-16 inside a binary value.
_WIDE = re.compile(rb"(?:[ -~]\x00){5,}|(?:\x00[ -~]){5,}")


def legible(file: BinaryIO) -> list[str]:
    """Decode a Part 10 file in every likely character set, once for each.

    Raises
    ------
    InvalidDicomError
        `file` is no DICOM file.
    """
    dataset = dcmread(file, stop_before_pixels=True)
    if dataset.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        raw = _inflated(file, dataset)
    else:
        raw = without_pixels(file, file.tell(), size=_size(dataset))
    plain = _TAG.sub(b"\x00\x00", raw)
    texts = [plain.decode(codec, "replace") for codec in _codecs(dataset)]
    wide = [run.replace(b"\x00", b"").decode("ascii") for run in _WIDE.findall(raw)]
    return [*texts, raw.decode("latin-1"), " ".join(wide)]


def without_pixels(file: BinaryIO, start: int, *, size: int | None = None) -> bytes:
    """Read all but the value of the pixel element at `start`.

    Of encapsulated pixels (PS3.5 A.4) the fragments go, the items' tags stay.

    Parameters
    ----------
    size : int, optional
        Bytes that the pixels take by the header; what the value has beyond stays.
    """
    file.seek(0)
    kept = [file.read(start)]
    tag = file.read(4)
    if tag in _PIXELS:
        head = tag + file.read(4)
        if head[4:6].isalpha():  # explicit VR
            head += file.read(4)
        kept.append(head)
        if head[-4:] != _UNDEFINED:
            held = int.from_bytes(head[-4:], "little")
            file.seek(min(held, size or held), SEEK_CUR)
        else:
            kept += _heads_of_items(file)
    else:
        kept.append(tag)
    return b"".join((*kept, file.read()))


def _heads_of_items(file: BinaryIO) -> Iterator[bytes]:
    """Yield the head of each fragment, and pass its value over."""
    while True:
        head = file.read(8)
        yield head
        if head[:4] != _ITEM:
            return
        file.seek(int.from_bytes(head[4:], "little"), SEEK_CUR)


def _size(dataset: FileDataset) -> int | None:
    """Bytes that the pixels take by the Image Pixel Module; None if it does not say."""
    told = [dataset.get(each) for each in ("Rows", "Columns", "BitsAllocated")]
    if not all(isinstance(number, int) for number in told):
        return None
    frames, samples = dataset.get("NumberOfFrames"), dataset.get("SamplesPerPixel")
    return (math.prod([*told, int(frames or 1), int(samples or 1)]) + 7) // 8


def _codecs(dataset: FileDataset) -> list[str]:
    declared = convert_encodings(dataset.get("SpecificCharacterSet") or "ISO_IR 6")
    names = (codecs.lookup(codec).name for codec in (*_ALWAYS, *declared))
    return list(dict.fromkeys(names))


def _inflated(file: BinaryIO, dataset: FileDataset) -> bytes:
    """Inflate what follows the meta group; its pixels stay, for they are few files."""
    length = dataset.file_meta.FileMetaInformationGroupLength
    file.seek(0)
    meta = file.read(132 + 12 + int(length))
    return meta + zlib.decompress(file.read(), -zlib.MAX_WBITS)
