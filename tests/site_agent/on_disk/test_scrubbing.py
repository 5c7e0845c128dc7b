"""A film is scrubbed in its file, however its pixels lie there."""

from __future__ import annotations

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

from site_agent.deidentify.pixels.film import (
    NOT_DECODED,
    NOT_SEEN,
    TOO_MUCH,
    NoPixels,
    Outcome,
    Scrubbed,
)
from site_agent.deidentify.pixels.networks import networks
from site_agent.deidentify.pixels.search import Clean, ForReview, Search
from site_agent.on_disk.scrubbing import scrub_file
from tests.site_agent.deidentify.pixels.drawn import as_film, drawn

SEARCH = Search(networks())
WITH_NAME = drawn(("REUTER, FRANCISCO", 60, 120))
CLEAN = drawn()
EXPLICIT = ExplicitVRLittleEndian
COMPRESSED = [JPEG2000Lossless, JPEGLSLossless, RLELossless]


def looked(path: Path, film: Dataset) -> Outcome:
    """Write a film, scrub it, and see that nothing else is left beside it."""
    pydicom.dcmwrite(path, film)
    outcome = scrub_file(path, SEARCH, is_announced=False)
    assert list(path.parent.iterdir()) == [path]
    return outcome


@pytest.mark.parametrize("syntax", [*COMPRESSED, DeflatedExplicitVRLittleEndian])
def test_compressed_film_is_written_without_compression(
    tmp_path: Path, syntax: str
) -> None:
    film = as_film(WITH_NAME, EXPLICIT, LossyImageCompression="01")
    if syntax in COMPRESSED:
        film.compress(syntax, generate_instance_uid=False)
    film.file_meta.TransferSyntaxUID = syntax
    outcome = looked(tmp_path / "film.dcm", film)
    assert isinstance(outcome, Scrubbed)
    assert outcome.texts == 1
    after = pydicom.dcmread(tmp_path / "film.dcm")
    assert after.file_meta.TransferSyntaxUID == EXPLICIT
    assert after.LossyImageCompression == "01"
    assert np.array_equal(after.pixel_array[200:], WITH_NAME[200:])
    assert (after.pixel_array[:200] != WITH_NAME[:200]).any()


@pytest.mark.parametrize("syntax", COMPRESSED)
def test_clean_film_keeps_every_byte(tmp_path: Path, syntax: str) -> None:
    film = as_film(CLEAN, EXPLICIT)
    film.compress(syntax, generate_instance_uid=False)
    path = tmp_path / "film.dcm"
    pydicom.dcmwrite(path, film)
    before = path.read_bytes()
    assert looked(path, film) == Clean()
    assert path.read_bytes() == before


def test_file_without_pixels_or_with_strange_ones(tmp_path: Path) -> None:
    path = tmp_path / "film.dcm"
    film = as_film(CLEAN, EXPLICIT)
    del film.PixelData
    for syntax in (DeflatedExplicitVRLittleEndian, RLELossless, EXPLICIT):
        film.file_meta.TransferSyntaxUID = syntax
        assert looked(path, film) == NoPixels()
    film.FloatPixelData = b"\0" * 16
    assert looked(path, film) == ForReview(NOT_SEEN)
    path.write_bytes(b"nothing")
    assert scrub_file(path, SEARCH, is_announced=False) == ForReview(NOT_DECODED)


def test_compressed_film_that_would_take_too_much_memory(tmp_path: Path) -> None:
    film = as_film(CLEAN, EXPLICIT)
    film.compress(RLELossless, generate_instance_uid=False)
    film.Rows, film.Columns = 5100, 5100
    assert looked(tmp_path / "film.dcm", film) == ForReview(TOO_MUCH)
    film.Rows, film.Columns = 512, 641
    assert looked(tmp_path / "film.dcm", film) == ForReview(NOT_DECODED)
