"""A compressed film once more as a file, with its pixels as they are uncompressed.

It is decoded frame by frame, by whichever library can, the one that needs least memory
first. For JPEG 2000 Pillow and GDCM take more memory than OpenJPEG alone; and GDCM so
much by itself that a process may have gone without (`site_agent.memory`).
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from importlib import import_module, reload
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import as_pixel_options
from pydicom.uid import UID, ExplicitVRLittleEndian

from site_agent.deidentify.header.dataset import to_bytes
from site_agent.deidentify.header.reading import UNREADABLE, quiet
from site_agent.deidentify.pixels.lossy import tell_of_loss
from site_agent.deidentify.pixels.size import bytes_of, frames_of, samples_of
from site_agent.on_disk.copying import Buffer, created, write_all, writing

MOST_MEMORY = 148 << 20
"""Bytes to decode a frame in, beside the 50 MB of a process. The largest detectors for
chests have 18.5 million pixels, which take 140 MB with OpenJPEG."""

_BY_SAMPLE, _BY_SAMPLE_FOR_GDCM = 6, 10
_BY_COMPRESSED_BYTE = 2

_GDCM = "gdcm"
_PILLOW = "pillow"
_PLUGIN = "pydicom.pixels.decoders.gdcm"

_PIXEL_DATA = 0x7FE0, 0x0010
_ELEMENT = struct.Struct("<HH2s2xI")
_OF_FRAGMENTS = (
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "EncapsulatedPixelDataValueTotalLength",
)

Frame = tuple[NDArray[Any], Mapping[str, Any]]
"""Samples of a frame, and what the Image Pixel Module says of them."""


def takes_too_much(film: Dataset, compressed: int, *, by_gdcm: bool = False) -> bool:
    """Whether a frame takes more than `MOST_MEMORY` to decode, as measured.

    Parameters
    ----------
    film : Dataset
        Its header.
    compressed : int
        Bytes of all its frames.
    by_gdcm : bool
        Whether GDCM decodes it; others take less.
    """
    by_sample = _BY_SAMPLE_FOR_GDCM if by_gdcm else _BY_SAMPLE
    a_frame = compressed // frames_of(film)
    memory = by_sample * samples_of(film) + _BY_COMPRESSED_BYTE * a_frame
    return memory > MOST_MEMORY


def decode(source: Path, target: Path) -> bool:
    """Write a film to `target`, in Explicit VR Little Endian.

    That something was lost by compression stays told, in (0028,2110).

    Parameters
    ----------
    source : Path
        A film as this program writes it, encapsulated or deflated.
    target : Path
        The new file; a part of one where it could not be written.

    Returns
    -------
    bool
        Whether a library could decode it.

    Raises
    ------
    CannotWrite
        When the new file cannot be written.
    """
    with quiet(), source.open("rb") as file:
        try:
            film = pydicom.dcmread(file, stop_before_pixels=True)
            syntax = film.file_meta.TransferSyntaxUID
            if syntax.is_deflated:
                _write([_inflated(source)], target)
                return True
        except UNREADABLE:
            return False
        start = file.tell() + _ELEMENT.size
        compressed = max(1, source.stat().st_size - start)
        ratio = bytes_of(film) / compressed
        for plugin in _plugins(film, compressed):
            file.seek(start)
            with suppress(*UNREADABLE):
                _write(_parts(film, _frames(film, file, plugin), ratio), target)
                return True
    return False


def _inflated(source: Path) -> bytes:
    film = pydicom.dcmread(source)
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return to_bytes(film)


def _plugins(film: Dataset, compressed: int) -> Iterator[str]:
    syntax = film.file_meta.TransferSyntaxUID
    known = get_decoder(syntax).available_plugins
    others = (plugin for plugin in known if plugin != _GDCM)
    yield from sorted(others, key=_PILLOW.__eq__)
    if not takes_too_much(film, compressed, by_gdcm=True) and _has_gdcm(syntax):
        yield _GDCM


def _frames(film: Dataset, file: BinaryIO, plugin: str) -> Iterator[Frame]:
    decoder = get_decoder(film.file_meta.TransferSyntaxUID)
    options = as_pixel_options(film, pixel_keyword="PixelData")
    # What lies in bits that no pixel uses is looked at too (`pixels.film`).
    options["correct_unused_bits"] = False
    try:
        yield from decoder.iter_array(file, decoding_plugin=plugin, **options)
    except OSError:  # a table of offsets leads out of the file
        raise ValueError from None


def _parts(film: Dataset, frames: Iterator[Frame], ratio: float) -> Iterator[Buffer]:
    """Yield a film's bytes as its frames come, so that one of them is in memory."""
    left = frames_of(film)
    length = bytes_of(film)
    size = length // left
    for number, (frame, module) in enumerate(frames):
        if frame.nbytes != size:
            raise ValueError
        if not number:
            yield _header(film, module, ratio)
            kind = b"OB" if frame.itemsize == 1 else b"OW"
            yield _ELEMENT.pack(*_PIXEL_DATA, kind, length + length % 2)
        yield np.ascontiguousarray(frame, frame.dtype.newbyteorder("<")).data
        left -= 1
    if left:
        raise ValueError
    yield bytes(length % 2)


def _write(parts: Iterable[Buffer], target: Path) -> None:
    with writing(), created(target) as file:
        for part in parts:
            write_all(file, part)


def _header(film: Dataset, module: Mapping[str, Any], ratio: float) -> bytes:
    """Give what stands before the pixels of a film that is not compressed any more."""
    film = deepcopy(film)
    tell_of_loss(film, film.file_meta.TransferSyntaxUID, ratio)
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film.PhotometricInterpretation = module["photometric_interpretation"]
    if module["samples_per_pixel"] > 1:
        film.PlanarConfiguration = module["planar_configuration"]
    for keyword in _OF_FRAGMENTS:
        if keyword in film:
            delattr(film, keyword)
    return to_bytes(film)


def _has_gdcm(syntax: UID) -> bool:
    """Let pydicom look once more whether there is GDCM, if it has not seen it."""
    decoder = get_decoder(syntax)
    if _GDCM in decoder.available_plugins:
        return True
    if _GDCM not in sys.modules:
        reload(import_module(_PLUGIN))
    with suppress(ValueError):  # it is none for this syntax, which the next line tells
        decoder.remove_plugin(_GDCM)
    with suppress(*UNREADABLE):
        decoder.add_plugin(_GDCM, (_PLUGIN, "_decode_frame"))
    return _GDCM in decoder.available_plugins
