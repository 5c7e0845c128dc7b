"""A compressed film is decoded by any library that can, also by one that comes late."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from site_agent.on_disk.copying import CannotWrite
from site_agent.on_disk.decoding import decode
from tests.site_agent.deidentify.pixels.drawn import as_film, drawn

PIXELS = drawn(("REUTER", 60, 120))
EXPLICIT = ExplicitVRLittleEndian
BY_GDCM_ALONE = """
import sys
from pathlib import Path
import site_agent.memory
from pydicom.pixels import get_decoder
from site_agent.on_disk.decoding import decode
decoder = get_decoder("1.2.840.10008.1.2.4.90")
for plugin in decoder.available_plugins:
    decoder.remove_plugin(plugin)
assert "gdcm" not in sys.modules
assert decode(Path(sys.argv[1]), Path(sys.argv[2]))
assert "gdcm" in sys.modules
"""


def compressed(path: Path, syntax: str, film: Dataset | None = None) -> Path:
    """Write a film in a transfer syntax."""
    film = film or as_film(PIXELS, EXPLICIT)
    film.compress(syntax, generate_instance_uid=False)
    pydicom.dcmwrite(path, film)
    return path


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless, RLELossless])
def test_pixels_are_what_they_were(tmp_path: Path, syntax: str) -> None:
    source = compressed(tmp_path / "a.dcm", syntax)
    assert decode(source, tmp_path / "b.dcm")
    film = pydicom.dcmread(tmp_path / "b.dcm")
    assert film.file_meta.TransferSyntaxUID == EXPLICIT
    assert np.array_equal(film.pixel_array, PIXELS)
    before = pydicom.dcmread(source)
    for each in (before, film):
        del each.PixelData
    assert film == before


def test_every_frame_is_decoded_and_tables_of_fragments_go(tmp_path: Path) -> None:
    film = as_film(PIXELS[:101, :33], EXPLICIT, NumberOfFrames=3)
    frames = np.stack((PIXELS[:101, :33], PIXELS[50:151, :33], PIXELS[:101, 40:73]))
    film.PixelData = frames.tobytes()
    film.compress(RLELossless, encapsulate_ext=True, generate_instance_uid=False)
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    assert "ExtendedOffsetTable" in film
    assert decode(tmp_path / "a.dcm", tmp_path / "b.dcm")
    after = pydicom.dcmread(tmp_path / "b.dcm")
    assert np.array_equal(after.pixel_array, frames)
    assert "ExtendedOffsetTable" not in after


def test_odd_number_of_bytes_is_padded(tmp_path: Path) -> None:
    grey = (PIXELS[:33, :33] >> 4).astype(np.uint8)
    film = as_film(grey, EXPLICIT, BitsAllocated=8, BitsStored=8, HighBit=7)
    source = compressed(tmp_path / "a.dcm", JPEGLSLossless, film)
    assert decode(source, tmp_path / "b.dcm")
    after = pydicom.dcmread(tmp_path / "b.dcm")
    assert len(after.PixelData) == 33 * 33 + 1
    assert np.array_equal(after.pixel_array, grey)


def test_deflated_film(tmp_path: Path) -> None:
    film = as_film(PIXELS, DeflatedExplicitVRLittleEndian)
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    assert decode(tmp_path / "a.dcm", tmp_path / "b.dcm")
    after = pydicom.dcmread(tmp_path / "b.dcm")
    assert after.file_meta.TransferSyntaxUID == EXPLICIT
    assert np.array_equal(after.pixel_array, PIXELS)


def test_what_nothing_else_decodes_is_decoded_by_gdcm(tmp_path: Path) -> None:
    pytest.importorskip("gdcm", reason="python-gdcm is not installed")
    source = compressed(tmp_path / "a.dcm", JPEG2000Lossless)
    command = [sys.executable, "-c", BY_GDCM_ALONE, source, tmp_path / "b.dcm"]
    subprocess.run(command, check=True)
    assert np.array_equal(pydicom.dcmread(tmp_path / "b.dcm").pixel_array, PIXELS)


def test_damaged_film_is_told(tmp_path: Path) -> None:
    film = as_film(PIXELS, EXPLICIT)
    film.compress(JPEG2000Lossless, generate_instance_uid=False)
    film.PixelData = film.PixelData[:100] + bytes(len(film.PixelData) - 100)
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    assert not decode(tmp_path / "a.dcm", tmp_path / "b.dcm")
    film.NumberOfFrames = 2
    compressed(tmp_path / "a.dcm", RLELossless)
    film = pydicom.dcmread(tmp_path / "a.dcm")
    film.NumberOfFrames = 2
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    assert not decode(tmp_path / "a.dcm", tmp_path / "b.dcm")


def test_full_disk_is_not_the_films_fault(tmp_path: Path) -> None:
    source = compressed(tmp_path / "a.dcm", RLELossless)
    for target in (Path("/dev/full"), tmp_path / "no-folder" / "b.dcm"):
        with pytest.raises(CannotWrite):
            decode(source, target)


def test_table_of_offsets_that_leads_out_of_the_file_is_the_films_fault(
    tmp_path: Path,
) -> None:
    film = as_film(PIXELS, EXPLICIT)
    film.compress(RLELossless, encapsulate_ext=True, generate_instance_uid=False)
    film.ExtendedOffsetTable = (1 << 62).to_bytes(8, "little")
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    assert not decode(tmp_path / "a.dcm", tmp_path / "b.dcm")


def test_what_lies_in_unused_bits_is_decoded_too(tmp_path: Path) -> None:
    film = as_film(PIXELS | 0x8000, EXPLICIT)
    source = compressed(tmp_path / "a.dcm", RLELossless, film)
    assert decode(source, tmp_path / "b.dcm")
    after = pydicom.dcmread(tmp_path / "b.dcm")
    assert after.PixelData == (PIXELS | 0x8000).tobytes()
