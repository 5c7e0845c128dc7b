"""The process that decodes tells what became of a film, whatever becomes of itself."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from site_agent.beside import Answer, Beside
from site_agent.on_disk import decoder
from site_agent.on_disk.decoder import _decoder, write_decoded
from tests.site_agent.deidentify.pixels.drawn import as_film, drawn
from tests.site_agent.sleeper import started

PIXELS = drawn()


@pytest.fixture(name="source")
def fixture_source(tmp_path: Path) -> Path:
    film = as_film(PIXELS, ExplicitVRLittleEndian)
    film.compress(RLELossless, generate_instance_uid=False)
    pydicom.dcmwrite(tmp_path / "a.dcm", film)
    return tmp_path / "a.dcm"


def test_film_is_decoded(source: Path, tmp_path: Path) -> None:
    assert write_decoded(source, tmp_path / "b.dcm")
    assert np.array_equal(pydicom.dcmread(tmp_path / "b.dcm").pixel_array, PIXELS)


def test_damaged_film_is_told(source: Path, tmp_path: Path) -> None:
    source.write_bytes(source.read_bytes()[:400])
    assert not write_decoded(source, tmp_path / "b.dcm")


def test_film_is_decoded_though_somebody_ends_the_process(
    source: Path, tmp_path: Path
) -> None:
    _decoder().stop()
    os.kill(started(_decoder()), signal.SIGKILL)
    assert write_decoded(source, tmp_path / "b.dcm")


def test_film_that_ends_every_process_is_told(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "_decoder", lambda: Beside(crash))
    assert not write_decoded(source, tmp_path / "b.dcm")


def crash() -> Answer:
    """End the process."""
    os._exit(1)


def test_full_disk_is_not_the_films_fault(source: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        write_decoded(source, Path("/dev/full"))
