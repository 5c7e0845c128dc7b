"""The pixels of DICOM films: searched in any form, or not taken for clean."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from site_agent.deidentify.pixels.film import (
    BESIDE_THE_PIXELS,
    NOT_DECODED,
    NOT_FOUND,
    NOT_SEEN,
    TOO_MUCH,
    Outcome,
    Pixels,
    Scrubbed,
    scrub,
)
from site_agent.deidentify.pixels.networks import networks
from site_agent.deidentify.pixels.search import Clean, ForReview, Search
from tests.site_agent.deidentify.pixels.drawn import as_film, drawn

SEARCH = Search(networks())
WITH_NAME = drawn(("REUTER, FRANCISCO", 60, 120))
CLEAN = drawn()
EXPLICIT = ExplicitVRLittleEndian


def looked(film: Dataset, *, is_announced: bool = False) -> Outcome:
    """Scrub a film whose pixels are in memory."""
    content = bytearray(film.PixelData)
    saved = bytearray(content)

    def save(first: int, last: int) -> None:
        saved[first:last] = content[first:last]

    pixels = Pixels(memoryview(content), save, lambda: None)
    outcome = scrub(film, pixels, SEARCH, is_announced=is_announced)
    film.PixelData = bytes(saved)
    return outcome


def kept_and_changed(film: Dataset) -> tuple[bool, bool]:
    """Scrub a film with the name; tell whether the rest is as it was, the name not."""
    outcome = looked(film)
    assert isinstance(outcome, Scrubbed)
    assert outcome.texts == 1
    file = BytesIO()
    pydicom.dcmwrite(file, film)
    after = pydicom.dcmread(BytesIO(file.getvalue())).pixel_array
    return np.array_equal(after[200:], WITH_NAME[200:]), bool(
        (after[:200] != WITH_NAME[:200]).any()
    )


@pytest.mark.parametrize("syntax", [EXPLICIT, ImplicitVRLittleEndian])
def test_film_that_is_not_compressed_keeps_its_syntax(syntax: str) -> None:
    film = as_film(WITH_NAME, syntax)
    assert kept_and_changed(film) == (True, True)
    assert film.file_meta.TransferSyntaxUID == syntax


def test_big_endian_film() -> None:
    film = as_film(WITH_NAME.astype(">u2"), ExplicitVRBigEndian)
    assert kept_and_changed(film) == (True, True)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_clean_film_is_said_to_be_clean(photometric: str) -> None:
    film = as_film(CLEAN, EXPLICIT, PhotometricInterpretation=photometric)
    assert looked(film) == Clean()


def test_every_frame_is_searched() -> None:
    both = np.stack((CLEAN, WITH_NAME))
    film = as_film(WITH_NAME, EXPLICIT, NumberOfFrames="2")
    film.PixelData = both.tobytes()
    outcome = looked(film)
    assert isinstance(outcome, Scrubbed)
    after = film.pixel_array
    assert np.array_equal(after[0], CLEAN)
    assert (after[1] != WITH_NAME).any()


@pytest.mark.parametrize("planar", [0, 1])
def test_colour_film_is_scrubbed(planar: int) -> None:
    grey = (WITH_NAME >> 4).astype(np.uint8)
    colours = np.stack((grey, grey, grey // 2), axis=0 if planar else -1)
    film = as_film(
        WITH_NAME, EXPLICIT, SamplesPerPixel=3, PhotometricInterpretation="RGB",
        PlanarConfiguration=planar, BitsAllocated=8, BitsStored=8, HighBit=7,
    )  # fmt: skip
    film.PixelData = colours.tobytes()
    before = film.pixel_array
    outcome = looked(film)
    assert isinstance(outcome, Scrubbed)
    assert (film.pixel_array != before).any(axis=-1)[:200].any()
    assert np.array_equal(film.pixel_array[200:], before[200:])


def test_signed_film() -> None:
    signed = WITH_NAME.astype(np.int16) - 2048
    film = as_film(signed, EXPLICIT, PixelRepresentation=1)
    assert isinstance(looked(film), Scrubbed)


def test_text_in_bits_that_no_pixel_uses_is_for_review() -> None:
    hidden = CLEAN | ((WITH_NAME > 3500).astype(np.uint16) << 12)
    film = as_film(hidden, EXPLICIT)
    assert looked(film) == ForReview(BESIDE_THE_PIXELS)


def test_bits_that_no_pixel_uses_are_cleared_where_a_film_is_scrubbed() -> None:
    film = as_film(WITH_NAME | np.uint16(1 << 15), EXPLICIT)
    outcome = looked(film)
    assert isinstance(outcome, Scrubbed)
    after = np.frombuffer(film.PixelData, "<u2").reshape(WITH_NAME.shape)
    assert np.array_equal(after[200:], WITH_NAME[200:])
    assert after.max() < 1 << 12


def test_film_whose_announced_text_is_not_found_is_for_review() -> None:
    film = as_film(CLEAN, EXPLICIT)
    assert looked(film, is_announced=True) == ForReview(NOT_FOUND)
    film = as_film(WITH_NAME, EXPLICIT)
    assert isinstance(looked(film, is_announced=True), Scrubbed)


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        (NOT_SEEN, {"PhotometricInterpretation": "PALETTE COLOR"}),
        (NOT_SEEN, {"PhotometricInterpretation": ""}),
        (NOT_DECODED, {"Rows": 4000}),
        (TOO_MUCH, {"NumberOfFrames": "5000"}),
        (TOO_MUCH, {"Rows": 60000, "Columns": 60000}),
        (TOO_MUCH, {"Rows": 5700, "Columns": 5700, "BitsAllocated": 8}),
        (TOO_MUCH, {"Rows": 4100, "Columns": 4100, "BitsAllocated": 32}),
    ],
)
def test_what_cannot_be_looked_at_is_for_review(
    why: str, changes: dict[str, object]
) -> None:
    film = as_film(CLEAN, EXPLICIT)
    for keyword, value in changes.items():
        setattr(film, keyword, value)
    assert looked(film) == ForReview(why)


def test_text_shows_beside_a_patch_that_is_far_brighter() -> None:
    film = WITH_NAME.copy()
    film[300:380, 400:600] = 65535
    assert isinstance(looked(as_wide_film(film)), Scrubbed)


def test_text_shows_in_the_window_or_beside_the_padding() -> None:
    film = WITH_NAME.astype(np.uint16)
    slope = np.linspace(4100, 65535, 640).astype(np.uint16)  # no gap in between
    film[300:] = slope
    hidden = as_wide_film(film, WindowCenter="2000", WindowWidth="4000")
    assert isinstance(looked(hidden), Scrubbed)
    padding = {"PixelPaddingValue": 4100, "PixelPaddingRangeLimit": 65535}
    assert isinstance(looked(as_wide_film(film, **padding)), Scrubbed)


def as_wide_film(pixels: np.ndarray, **changes: object) -> Dataset:
    bits = {"BitsStored": 16, "HighBit": 15}
    return as_film(pixels, EXPLICIT, **bits, **changes)


@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL"])
@pytest.mark.parametrize("sample", [0, 1, 2])
def test_text_in_one_colour_alone_goes(photometric: str, sample: int) -> None:
    samples = np.full((*CLEAN.shape, 3), 128, np.uint8)
    samples[..., :] = (CLEAN >> 5).astype(np.uint8)[..., None] + 40
    samples[..., sample] = (WITH_NAME >> 5).astype(np.uint8) + 40
    film = as_film(
        WITH_NAME, EXPLICIT, SamplesPerPixel=3, PhotometricInterpretation=photometric,
        PlanarConfiguration=0, BitsAllocated=8, BitsStored=8, HighBit=7,
    )  # fmt: skip
    film.PixelData = samples.tobytes()
    outcome = looked(film)
    assert isinstance(outcome, Scrubbed)
    after = np.frombuffer(film.PixelData, np.uint8).reshape(samples.shape)
    ink = WITH_NAME > 3500
    assert (after != samples).any(axis=-1)[ink].mean() > 0.99
