"""Films of a study that goes on: text in them goes, or they do not go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from protos.statistics_pb2 import AgeBand, Indication, Sex, Vendor
from site_agent.deidentify.burned_in import ANNOUNCED, NO_PIXELS, Scrub, scrub_films
from site_agent.deidentify.pixels.film import NOT_DECODED, NOT_FOUND, Outcome
from site_agent.deidentify.pixels.networks import networks
from site_agent.deidentify.pixels.search import TOO_LARGE, Search
from site_agent.on_disk.scrubbing import scrub_file
from site_agent.study import (
    CheckedStudy,
    DeidentifiedImage,
    DeidentifiedReport,
    DeidentifiedStudy,
    Disposition,
    Facts,
    Reason,
    ReasonCode,
    Refusal,
    ScrubbedStudy,
    Technical,
    View,
)
from tests.site_agent.deidentify.both_ways import as_bytes
from tests.site_agent.deidentify.pixels.drawn import as_film, drawn

SEARCH = Search(networks())
NAME = ("REUTER, FRANCISCO", 60, 120)
TECHNICAL = Technical("DX", View.PA, 2048, 2048, 12, True, Vendor.AGFA, False)
FACTS = Facts(
    AgeBand.AGE_40_49, Sex.FEMALE, 2021, Vendor.AGFA, "D1", Indication.ROUTINE_CHECK_UP
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def as_image(film: Dataset, technical: Technical = TECHNICAL) -> DeidentifiedImage:
    path = Path(f"{len(list(Path().iterdir()))}.dcm")
    path.write_bytes(as_bytes(film))
    return DeidentifiedImage("2.25.1", path, technical)


def looked(film: DeidentifiedImage) -> Outcome:
    return scrub_file(film.path, SEARCH, is_announced=film.technical.burned_in)


def image(
    pixels: NDArray[np.uint16], *, is_announced: bool = False, **changes: object
) -> DeidentifiedImage:
    film = as_film(pixels, ExplicitVRLittleEndian)
    for keyword, value in changes.items():
        setattr(film, keyword, value)
    return as_image(film, replace(TECHNICAL, burned_in=is_announced))


def study(primary: DeidentifiedImage, *laterals: DeidentifiedImage) -> CheckedStudy:
    report = DeidentifiedReport("Heart normal.", "No disease.")
    images = (primary, *laterals)
    whole = DeidentifiedStudy("S1", "P1", images, report, FACTS, ("113100",))
    return CheckedStudy(whole, report, primary, laterals, ())


def refused(primary: DeidentifiedImage, scrub: Scrub | None = looked) -> Reason:
    verdict = scrub_films(study(primary), scrub)
    assert isinstance(verdict, Refusal)
    assert verdict.disposition is Disposition.QUARANTINED
    (reason,) = verdict.reasons
    return reason


def test_films_without_text_go_on_byte_for_byte() -> None:
    checked = study(image(drawn()), image(drawn(turned=1)))
    before = [film.path.read_bytes() for film in checked.deidentified.images]
    scrubbed = scrub_films(checked, looked)
    assert scrubbed == ScrubbedStudy(
        checked, checked.primary, checked.supplementary, ()
    )
    assert [film.path.read_bytes() for film in checked.deidentified.images] == before


@pytest.mark.parametrize("is_announced", [False, True])
def test_film_with_a_name_goes_on_without_it(*, is_announced: bool) -> None:
    before = image(drawn(NAME), is_announced=is_announced)
    scrubbed = scrub_films(study(before), looked)
    assert isinstance(scrubbed, ScrubbedStudy)
    assert scrubbed.primary == before
    after = pydicom.dcmread(before.path)
    letters = np.abs(drawn(NAME).astype(int) - drawn()) > 100
    assert (after.pixel_array != drawn(NAME))[letters].mean() > 0.99
    assert np.array_equal(after.pixel_array[200:], drawn(NAME)[200:])


def test_announced_text_that_is_not_found_is_for_a_person() -> None:
    film = image(drawn(), is_announced=True)
    assert refused(film) == Reason(ReasonCode.BURNED_IN, NOT_FOUND)


def test_text_over_a_large_part_of_the_film_is_for_a_person() -> None:
    film = image(drawn(("REUTER", 30, 250), size=4))
    assert refused(film) == Reason(ReasonCode.BURNED_IN, TOO_LARGE)


def test_film_without_readable_pixels_is_damaged() -> None:
    film = image(drawn(), Rows=4000)
    assert refused(film) == Reason(ReasonCode.UNREADABLE, NOT_DECODED)
    film = as_film(drawn(), ExplicitVRLittleEndian)
    del film.PixelData
    empty = as_image(film)
    assert refused(empty) == Reason(ReasonCode.UNREADABLE, NO_PIXELS)


def test_lateral_that_is_for_a_person_is_left_out() -> None:
    checked = study(image(drawn()), image(drawn(), is_announced=True))
    scrubbed = scrub_films(checked, looked)
    assert isinstance(scrubbed, ScrubbedStudy)
    assert scrubbed.supplementary == ()
    assert scrubbed.left_out == (Reason(ReasonCode.BURNED_IN, NOT_FOUND),)


def test_site_that_leaves_pixels_alone_relies_on_headers() -> None:
    with_name = study(image(drawn(NAME)))
    scrubbed = scrub_films(with_name, None)
    assert isinstance(scrubbed, ScrubbedStudy)
    assert scrubbed.primary is with_name.primary
    film = image(drawn(NAME), is_announced=True)
    assert refused(film, None) == Reason(ReasonCode.BURNED_IN, ANNOUNCED)
