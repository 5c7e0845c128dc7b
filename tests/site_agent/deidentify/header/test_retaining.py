"""What an option keeps is of its VR, and no age over 89."""

from __future__ import annotations

import pytest

from site_agent.deidentify.header.retaining import banded, by_option, kept_uid, retained
from site_agent.deidentify.header.treatment import Handling
from site_agent.deidentify.pseudonym import Pseudonyms

PSEUDONYMS = Pseudonyms(bytes(32))
AGE, SEX, INSTITUTION, SERIAL = 0x00101010, 0x00100040, 0x00080080, 0x00181000


@pytest.mark.parametrize(
    ("age", "stays"),
    [("089Y", "089Y"), ("090Y", "090Y"), ("104Y", "090Y"), ("999M", "999M")],
)
def test_age_over_89_becomes_90(age: str, stays: str) -> None:
    assert banded(age) == stays
    assert retained(AGE, "AS", [age]) == [stays]


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (AGE, "AS", "57"),
        (AGE, "AS", "Reuter"),
        (SEX, "CS", "REUTER"),
        (0x00101030, "DS", "19570815"),
        (0x00102160, "SH", "K18"),
        (INSTITUTION, "LO", "Reuter^Francisco"),
        (INSTITUTION, "LO", "Klinikum \ufffd"),
        (0x00181200, "DA", "in 2017"),
        (0x00181201, "TM", "noon"),
    ],
)
def test_value_that_is_not_of_its_kind_does_not_stay(
    tag: int, vr: str, value: str
) -> None:
    assert retained(tag, vr, [value]) is None


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (INSTITUTION, "LO", "Universitätsklinikum Köln"),
        (0x00080081, "ST", "Grafring 29\r\nSebnitz"),
        (SERIAL, "LO", "SN90916691"),
        (0x00181200, "DA", "20170815"),
        (SEX, "CS", "F"),
    ],
)
def test_what_identifies_a_hospital_or_device_stays_as_it_is(
    tag: int, vr: str, value: str
) -> None:
    assert retained(tag, vr, [value]) == [value]


def test_uid_is_kept_only_if_it_is_one() -> None:
    assert kept_uid("1.2.3 ", PSEUDONYMS, is_kept=True) == "1.2.3"
    for odd in ("../../etc", "..", "1..2", "", "1.2.", "Reuter", "1" * 65):
        assert kept_uid(odd, PSEUDONYMS, is_kept=True).startswith("2.25.")
    assert kept_uid("1.2.3", PSEUDONYMS, is_kept=False).startswith("2.25.")


def test_station_gets_the_same_pseudonym_each_time_that_fits_its_vr() -> None:
    def given(title: str) -> list[str] | None:
        return by_option(
            Handling.STATION, 0x00080055, "AE", [title], frozenset(), PSEUDONYMS
        )

    assert given("DXR3-K137 ") == given("DXR3-K137") != given("DXR4-K137")
    assert all(len(title) <= 16 for title in given("DXR3-K137") or [""])
    assert given(" ") is None
