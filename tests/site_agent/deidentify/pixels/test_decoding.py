"""A compressed film is decoded by any library that can, also by one that comes late."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from site_agent.deidentify.header.reading import quiet
from site_agent.deidentify.pixels.decoding import decompress
from tests.site_agent.deidentify.pixels.drawn import as_film, drawn

BY_GDCM_ALONE = """
import sys
import site_agent.memory
import pydicom
from pydicom.pixels import get_decoder
from site_agent.deidentify.header.reading import quiet
from site_agent.deidentify.pixels.decoding import decompress
film = pydicom.dcmread(sys.argv[1])
decoder = get_decoder(film.file_meta.TransferSyntaxUID)
for plugin in decoder.available_plugins:
    decoder.remove_plugin(plugin)
assert "gdcm" not in sys.modules
decompress(film)
assert "gdcm" in sys.modules
sys.stdout.buffer.write(film.PixelData)
"""


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless, RLELossless])
def test_pixels_are_what_they_were(syntax: str) -> None:
    pixels = drawn(("REUTER", 60, 120))
    film = as_film(pixels, ExplicitVRLittleEndian)
    film.compress(syntax, generate_instance_uid=False)
    decompress(film)
    assert np.array_equal(film.pixel_array, pixels)


def test_what_nothing_else_decodes_is_decoded_by_gdcm(tmp_path: Path) -> None:
    pytest.importorskip("gdcm", reason="python-gdcm is not installed")
    pixels = drawn(("REUTER", 60, 120))
    film = as_film(pixels, ExplicitVRLittleEndian)
    film.compress(JPEG2000Lossless, generate_instance_uid=False)
    film.save_as(tmp_path / "film.dcm")
    command = [sys.executable, "-c", BY_GDCM_ALONE, tmp_path / "film.dcm"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    assert done.stdout == pixels.tobytes()


def test_damaged_film_is_told() -> None:
    film = as_film(drawn(), ExplicitVRLittleEndian)
    film.compress(JPEG2000Lossless, generate_instance_uid=False)
    film.PixelData = film.PixelData[:100] + bytes(len(film.PixelData) - 100)
    with quiet(), pytest.raises(RuntimeError):
        decompress(film)
