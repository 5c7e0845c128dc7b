"""Real files, odd ones too: each gives a valid copy or a clear refusal."""

from __future__ import annotations

import io
import shutil
from functools import cache
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.utils import get_expected_length

from site_agent.deidentify.header.dataset import deidentify_header, to_bytes
from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.header.reading import UNREADABLE, quiet
from site_agent.errors import UnreadableFile
from tests.shared_folder import CHEST_FILMS, DICOM_FILES
from tests.site_agent.deidentify.both_ways import PSEUDONYMS
from tests.site_agent.deidentify.chest_film import chest_film, code, item
from tests.site_agent.deidentify.dciodvfy import errors_in

PIXELS = 0x7FE00010

PROFILES = [
    Options(),
    *(Options(others=frozenset({option})) for option in Option),
    Options(Dates.SHIFT, frozenset(Option)),
]
each_profile = pytest.mark.parametrize(
    "options", PROFILES, ids=lambda options: "+".join(options.methods)
)
ERECT = item(
    ValueType="CODE",
    ConceptNameCodeSequence=[code("109054", "DCM", "Patient State")],
    ConceptCodeSequence=[code("10904000", "SCT", "erect")],
)

needs_dciodvfy = pytest.mark.skipif(
    shutil.which("dciodvfy") is None, reason="needs dciodvfy of Debian's dicom3tools"
)


def pixel_bytes(dataset: Dataset) -> bytes:
    return (dataset[PIXELS].value or b"") if PIXELS in dataset else b""


def picture(dataset: Dataset) -> bytes:
    """Give the pixels without what some files have behind the last of them."""
    pixels = pixel_bytes(dataset)
    if PIXELS in dataset and not dataset[PIXELS].is_undefined_length:
        return pixels[: get_expected_length(dataset)]
    return pixels


def is_same_picture(film: Dataset, copy: Dataset) -> bool:
    """Whether compressed pixels differ in zeros alone, and in no decoded pixel."""
    before, after = pixel_bytes(film), pixel_bytes(copy)
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    with quiet():
        try:
            pixels = film.pixel_array
        except (*UNREADABLE, NotImplementedError):
            return not any(changed)
        return not any(changed) and bool((pixels == copy.pixel_array).all())


def errors_of(content: bytes, folder: Path) -> set[str]:
    """Give dciodvfy's error lines, without the UIDs that it quotes."""
    path = folder / "film.dcm"
    path.write_bytes(content)
    return errors_in(path)


@cache
def errors_before(path: Path) -> set[str]:
    return errors_in(path)


@pytest.mark.skipif(not DICOM_FILES, reason="the real files are not at hand")
@pytest.mark.parametrize("dates", list(Dates))
def test_every_real_file_gives_a_copy_or_a_clear_refusal(dates: Dates) -> None:
    copies = 0
    for path in DICOM_FILES:
        with quiet():
            try:
                film = pydicom.dcmread(path, force=True)
            except UNREADABLE:
                continue
        try:
            content = to_bytes(deidentify_header(film, PSEUDONYMS, Options(dates)))
        except UnreadableFile:
            continue
        copies += 1
        with quiet():
            copy = pydicom.dcmread(io.BytesIO(content))
            str(copy)  # reads every value
            before, after = picture(film), pixel_bytes(copy)
        # An odd length is padded on writing (PS3.5 7.1.1).
        is_same = after in (before, before + b"\0")
        assert is_same or is_same_picture(film, copy), path.name
        meta = getattr(film, "file_meta", Dataset())
        if "TransferSyntaxUID" in meta:
            assert copy.file_meta.TransferSyntaxUID == meta.TransferSyntaxUID
    assert copies > 0.9 * len(DICOM_FILES)


@needs_dciodvfy
@each_profile
def test_valid_film_stays_valid(options: Options, tmp_path: Path) -> None:
    film = chest_film(PatientWeight="71.5", AcquisitionContextSequence=[ERECT])
    source = io.BytesIO()
    pydicom.dcmwrite(source, film)
    assert not errors_of(source.getvalue(), tmp_path)
    content = to_bytes(deidentify_header(film, PSEUDONYMS, options))
    assert not errors_of(content, tmp_path)


@needs_dciodvfy
@pytest.mark.skipif(not CHEST_FILMS, reason="the real chest films are not at hand")
@each_profile
def test_real_chest_films_get_no_new_error(options: Options, tmp_path: Path) -> None:
    for path in CHEST_FILMS:
        with quiet():
            film = pydicom.dcmread(path, force=True)
        content = to_bytes(deidentify_header(film, PSEUDONYMS, options))
        assert not errors_of(content, tmp_path) - errors_before(path), path.name
