"""Pixels are read and changed where they lie in a file, and nothing beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from site_agent.on_disk.in_place import open_in_place
from tests.site_agent.deidentify.pixels.drawn import as_film, drawn

BEHIND = {"DataSetTrailingPadding": bytes(8)}


def written(path: Path, syntax: str, **changes: object) -> bytes:
    """Write a film, and give its pixels as they lie in it."""
    film = as_film(drawn(), syntax, **changes)
    pydicom.dcmwrite(path, film)
    return bytes(film.PixelData)


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_a_part_that_is_saved_changes_and_no_other_byte(
    tmp_path: Path, syntax: str
) -> None:
    path = tmp_path / "film.dcm"
    pixels = written(path, syntax, **BEHIND)
    before = path.read_bytes()
    opened = open_in_place(path)
    here = opened.pixels
    assert here is not None
    assert not opened.is_compressed
    assert "PixelData" not in opened.film
    assert here.content == pixels

    here.content[100:300] = bytes(range(200))
    assert path.read_bytes() == before
    here.forget()
    assert here.content == pixels

    here.content[100:300] = bytes(range(200))
    here.save(100, 200)
    here.forget()
    changed = pixels[:100] + bytes(range(100)) + pixels[200:]
    assert here.content == changed
    assert path.read_bytes() == before.replace(pixels, changed)


def test_compressed_pixels_lie_in_no_file_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "film.dcm"
    written(path, DeflatedExplicitVRLittleEndian)
    opened = open_in_place(path)
    assert opened.is_compressed
    assert opened.pixels is None
    film = as_film(drawn(), ExplicitVRLittleEndian)
    film.compress(RLELossless, generate_instance_uid=False)
    pydicom.dcmwrite(path, film)
    opened = open_in_place(path)
    assert opened.is_compressed
    assert opened.has_pixels
    assert opened.pixels is None


def test_file_without_pixels_or_with_too_few_has_none(tmp_path: Path) -> None:
    path = tmp_path / "film.dcm"
    written(path, ExplicitVRLittleEndian)
    path.write_bytes(path.read_bytes()[:-2])
    assert open_in_place(path)[2:] == (False, True, None)
    film = as_film(drawn(), ExplicitVRLittleEndian)
    del film.PixelData
    pydicom.dcmwrite(path, film)
    assert open_in_place(path)[2:] == (False, False, None)
    film.FloatPixelData = np.zeros(film.Rows * film.Columns, np.float32).tobytes()
    pydicom.dcmwrite(path, film)
    assert open_in_place(path)[2:] == (True, False, None)
