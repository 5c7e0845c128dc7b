"""The structure of a DICOM file (PS3.10, PS3.5 chapter 7), read quickly and strictly.

The data elements are walked without being interpreted: every length must stay within
its file, sequence and item, and PixelData must be whole. That finds files that were cut
off or overwritten, which readers made to be lenient pass over; it reads no pixels, and
gives the few values by which files are sorted into studies.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
# FloatPixelData, DoubleFloatPixelData, PixelData
_PIXEL_DATA = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
_WANTED = {
    0x00020002: "MediaStorageSOPClassUID",
    0x00020010: "TransferSyntaxUID",
    0x00080005: "SpecificCharacterSet",
    0x00080016: "SOPClassUID",
    0x00080018: "SOPInstanceUID",
    0x00080050: "AccessionNumber",
    0x00080060: "Modality",
    0x00100010: "PatientName",
    0x00100020: "PatientID",
    0x0020000D: "StudyInstanceUID",
    0x00280002: "SamplesPerPixel",
    0x00280004: "PhotometricInterpretation",
    0x00280008: "NumberOfFrames",
    0x00280010: "Rows",
    0x00280011: "Columns",
    0x00280100: "BitsAllocated",
}
_MOST_WANTED = 4096  # bytes of a value that is kept
# PS3.5 7.1.2: VRs with a 32-bit length after two reserved bytes, and the others.
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_SHORT = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()
)
_DEFLATED, _BIG_ENDIAN = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
# What a file may ask of memory; a film asks for much less.
_MOST_INFLATED = 1 << 25
_MOST_ELEMENTS = 50_000
_DEEPEST = 64
_SAMPLES, _SAMPLE = 32, 4096
# Computed Radiography, Digital X-Ray for presentation and for processing (PS3.4 B.5).
_RADIOGRAPHS = {
    "1.2.840.10008.5.1.4.1.1.1",
    "1.2.840.10008.5.1.4.1.1.1.1",
    "1.2.840.10008.5.1.4.1.1.1.1.1",
}

CUT_OFF = "a file ends too early"
BROKEN = "a file's structure is broken"
TOO_LARGE = "a file's header has far too much in it"
INCOMPLETE = "a file's header is incomplete"
PIXELS_CUT_OFF = "PixelData is cut off"
PIXELS_TOO_SHORT = "PixelData is shorter than Rows x Columns"
PIXELS_MISSING = "PixelData is missing"


@dataclass(frozen=True, slots=True)
class Structure:
    """What the walk found.

    `values` are raw bytes by keyword; integers are decoded into `numbers`. `damage` is
    empty, or one of the phrases above; `values` then holds what came before it.
    `fingerprint` is SHA-256, hexadecimal, over the header, the size and samples of the
    pixels: it changes with any change that a header, a length or an export makes.
    """

    values: Mapping[str, bytes]
    numbers: Mapping[str, int]
    damage: str
    fingerprint: str


class _Damaged(Exception):
    """Ends the walk; its text is one of the phrases above."""


def is_dicom(start: bytes) -> bool:
    """Tell from the first 132 bytes or more whether a file is, or was, DICOM.

    A file without preamble is recognised by a first element of group 0002 or 0008 with
    a known VR (explicit) or a believable length (implicit).
    """
    if start[128:132] == b"DICM":
        return True
    if len(start) < 8:
        return False
    group, element, vr = *struct.unpack_from("<HH", start), start[4:6]
    if start[:2] == b"\x00\x08":  # big endian
        return vr in _LONG | _SHORT
    if group not in (0x0002, 0x0008) or element > 0x0100:
        return False
    return vr in _LONG | _SHORT or struct.unpack_from("<I", start, 4)[0] < 1024


def examine(file: BinaryIO) -> Structure:
    """Walk an open DICOM file from its start to its end."""
    walk = _Walk(file)
    damage = ""
    try:
        walk.file_meta()
        walk.dataset(walk.size, 0)
        damage = walk.fault_of_pixels()
    except _Damaged as error:
        damage = str(error)
    return Structure(walk.values, walk.numbers(), damage, walk.fingerprint())


class _Walk:
    """A position in one file, and what was met on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = self.stored = file
        self.size = file.seek(0, io.SEEK_END)
        self.values: dict[str, bytes] = {}
        self.explicit, self.order = True, "<"
        self.count = 0
        self.pixels: tuple[int, int] | None = (
            None  # offset of the element, value length
        )

    def file_meta(self) -> None:
        """Read group 0002, and learn from it how the rest is encoded (PS3.10 7.1)."""
        self.file.seek(128)
        if self.file.read(4) != b"DICM":
            self.file.seek(0)
        while self.peek(2) == b"\x02\x00":
            self.element(self.size, 0)
        syntax = self.text("TransferSyntaxUID")
        if syntax == _DEFLATED:
            self.inflate()
        # How the first element is written decides: some exports state another syntax.
        start = self.peek(6)
        if start[:2] == b"\x00\x08" and syntax in (_BIG_ENDIAN, ""):
            self.order = ">"
        self.explicit = start[4:6] in _LONG | _SHORT

    def dataset(self, end: int, depth: int) -> None:
        """Walk elements up to `end`; within an item up to its delimiter too."""
        if depth > _DEEPEST:
            raise _Damaged(BROKEN)
        while self.file.tell() < end:
            if not self.element(end, depth):
                return
        if self.file.tell() > end:
            raise _Damaged(BROKEN)

    def element(self, end: int, depth: int) -> bool:
        """Walk one element; False at an item's delimiter, or at a file's padding."""
        offset = self.file.tell()
        self.count += 1
        if self.count > _MOST_ELEMENTS:
            raise _Damaged(TOO_LARGE)
        head = self.take(8)
        group, number = struct.unpack_from(self.order + "HH", head)
        tag, vr = group << 16 | number, head[4:6]
        if tag == _ITEM_END and depth:
            return False
        if tag == 0 and not depth and not any(head) and self.only_zeros_follow():
            return False
        if not self.explicit and group != 2:
            vr, (length,) = b"", struct.unpack_from(self.order + "I", head, 4)
        elif vr in _LONG:
            (length,) = struct.unpack(self.order + "I", self.take(4))
        elif vr in _SHORT:
            (length,) = struct.unpack_from(self.order + "H", head, 6)
        else:
            raise _Damaged(BROKEN)
        if tag in _PIXEL_DATA and not depth:
            self.pixels = (offset, length)
        if length == UNDEFINED:
            if tag in _PIXEL_DATA:
                self.fragments()
            else:
                self.sequence(end, depth, explicit=self.explicit and vr != b"UN")
        elif self.file.tell() + length > end:
            raise _Damaged(PIXELS_CUT_OFF if tag in _PIXEL_DATA else self.too_long(end))
        elif vr == b"SQ":
            self.sequence(self.file.tell() + length, depth, explicit=True, closed=True)
        elif not depth and tag in _WANTED and length <= _MOST_WANTED:
            self.values[_WANTED[tag]] = self.take(length)
        else:
            self.file.seek(length, io.SEEK_CUR)
        return True

    def sequence(
        self, end: int, depth: int, *, explicit: bool, closed: bool = False
    ) -> None:
        """Walk items up to the delimiter, or up to `end` when the length was given."""
        before, self.explicit = self.explicit, explicit
        while not closed or self.file.tell() < end:
            tag, length = self.item_head()
            if tag == _SEQUENCE_END:
                break
            if tag != _ITEM:
                raise _Damaged(BROKEN)
            self.count += 1
            until = end if length == UNDEFINED else self.file.tell() + length
            if until > end:
                raise _Damaged(self.too_long(end))
            self.dataset(until, depth + 1)
        self.explicit = before

    def fragments(self) -> None:
        """Walk encapsulated PixelData (PS3.5 A.4): offsets, fragments, delimiter."""
        sizes = []
        while True:
            tag, length = self.item_head()
            if tag == _SEQUENCE_END:
                break
            if tag != _ITEM or self.file.tell() + length > self.size:
                raise _Damaged(PIXELS_CUT_OFF)
            sizes.append(length)
            self.file.seek(length, io.SEEK_CUR)
        if not any(sizes[1:]):
            raise _Damaged(PIXELS_MISSING)

    def item_head(self) -> tuple[int, int]:
        group, number, length = struct.unpack(self.order + "HHI", self.take(8))
        return group << 16 | number, length

    def fault_of_pixels(self) -> str:
        """Compare PixelData with the attributes of the Image Pixel Module."""
        numbers = self.numbers()
        if self.pixels is None:
            kind = self.text("SOPClassUID") or self.text("MediaStorageSOPClassUID")
            if not kind:
                return INCOMPLETE
            missing = kind in _RADIOGRAPHS or numbers.get("Rows")
            return PIXELS_MISSING if missing else ""
        length = self.pixels[1]
        if length == UNDEFINED:
            return ""
        samples = numbers.get("SamplesPerPixel", 1)
        if self.text("PhotometricInterpretation") in (
            "YBR_FULL_422",
            "YBR_PARTIAL_422",
        ):
            samples = 2  # two pixels share their colour (PS3.3 C.7.6.3.1.2)
        bits = numbers.get("Rows", 0) * numbers.get("Columns", 0) * samples
        bits *= numbers.get("BitsAllocated", 8) * numbers.get("NumberOfFrames", 1)
        return PIXELS_TOO_SHORT if length < (bits + 7) // 8 else ""

    def numbers(self) -> dict[str, int]:
        """Decode what was met of the wanted US and IS values."""
        found = {}
        for keyword in ("Rows", "Columns", "BitsAllocated", "SamplesPerPixel"):
            if len(value := self.values.get(keyword, b"")) >= 2:
                (found[keyword],) = struct.unpack_from(self.order + "H", value)
        if (frames := self.text("NumberOfFrames")).isdecimal():
            found["NumberOfFrames"] = int(frames)
        return found

    def text(self, keyword: str) -> str:
        """Give a value that is ASCII by its VR, without padding."""
        return self.values.get(keyword, b"").decode("ascii", "replace").strip(" \0")

    def inflate(self) -> None:
        """Go on in the inflated dataset (PS3.5 A.5); bounded, a file may be a bomb."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = inflater.decompress(self.file.read(), _MOST_INFLATED)
        except zlib.error:
            raise _Damaged(BROKEN) from None
        if not inflater.eof:
            raise _Damaged(TOO_LARGE if len(data) == _MOST_INFLATED else CUT_OFF)
        self.file, self.size = io.BytesIO(data), len(data)

    def fingerprint(self) -> str:
        """Digest the stored file: all of it up to the pixels, samples from there."""
        size = split = self.stored.seek(0, io.SEEK_END)
        if self.pixels is not None and self.file is self.stored:
            split = self.pixels[0]
        digest = hashlib.sha256(size.to_bytes(8))
        self.stored.seek(0)
        left = split
        while left and (chunk := self.stored.read(min(left, 1 << 20))):
            digest.update(chunk)
            left -= len(chunk)
        for number in range(1, _SAMPLES + 1):
            end = split + (size - split) * number // _SAMPLES
            self.stored.seek(max(split, end - _SAMPLE))
            digest.update(self.stored.read(_SAMPLE))
        return digest.hexdigest()

    def take(self, count: int) -> bytes:
        data = self.file.read(count)
        if len(data) < count:
            raise _Damaged(CUT_OFF)
        return data

    def peek(self, count: int) -> bytes:
        data = self.file.read(count)
        self.file.seek(-len(data), io.SEEK_CUR)
        return data

    def only_zeros_follow(self) -> bool:
        while chunk := self.file.read(1 << 20):
            if any(chunk):
                raise _Damaged(BROKEN)
        return True

    def too_long(self, end: int) -> str:
        """Tell a length that leaves the file from one that leaves its sequence."""
        return CUT_OFF if end == self.size else BROKEN
