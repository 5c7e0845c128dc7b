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
from io import BytesIO

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


def legible(content: bytes) -> list[str]:
    """Decode a Part 10 file in every likely character set, once for each.

    Raises
    ------
    InvalidDicomError
        `content` is no DICOM file.
    """
    stream = BytesIO(content)
    dataset = dcmread(stream, stop_before_pixels=True)
    syntax = dataset.file_meta.get("TransferSyntaxUID")
    if syntax == DeflatedExplicitVRLittleEndian:
        raw = _inflated(content, dataset)
    else:
        raw = without_pixels(content, stream.tell(), size=_size(dataset))
    plain = _TAG.sub(b"\x00\x00", raw)
    texts = [plain.decode(codec, "replace") for codec in _codecs(dataset)]
    wide = [run.replace(b"\x00", b"").decode("ascii") for run in _WIDE.findall(raw)]
    return [*texts, raw.decode("latin-1"), " ".join(wide)]


def without_pixels(content: bytes, start: int, *, size: int | None = None) -> bytes:
    """Leave out the value of the pixel element at `start`, and nothing else.

    Of encapsulated pixels (PS3.5 A.4) the fragments go, the items' tags stay.

    Parameters
    ----------
    size : int, optional
        Bytes that the pixels take by the header; what the value has beyond stays.
    """
    tag = content[start : start + 4]
    if tag not in _PIXELS:
        return content
    explicit = content[start + 4 : start + 6].isalpha()
    value = start + (12 if explicit else 8)
    length = content[value - 4 : value]
    if length != _UNDEFINED:
        held = int.from_bytes(length, "little")
        return content[:value] + content[value + min(held, size or held) :]
    kept = [content[:value]]
    while content[value : value + 4] == _ITEM:
        size = int.from_bytes(content[value + 4 : value + 8], "little")
        kept.append(content[value : value + 8])
        value += 8 + size
    return b"".join([*kept, content[value:]])


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


def _inflated(content: bytes, dataset: FileDataset) -> bytes:
    """Inflate what follows the meta group; its pixels stay, for they are few files."""
    length = dataset.file_meta.FileMetaInformationGroupLength
    start = 132 + 12 + int(length)
    return content[:start] + zlib.decompress(content[start:], -zlib.MAX_WBITS)
