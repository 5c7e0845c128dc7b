"""Pseudonyms are stable, keyed, and tell nothing."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydicom.uid import UID, DigitalXRayImageStorageForPresentation

from site_agent.deidentify.dictionary import is_registered
from site_agent.deidentify.pseudonym import KEY_BYTES, SHIFT_DAYS, Pseudonyms

OURS = Pseudonyms(bytes(range(KEY_BYTES)))
THEIRS = Pseudonyms(bytes(KEY_BYTES))


def test_patient_with_two_studies_keeps_one_pseudonym() -> None:
    assert OURS.patient("K18-95938 ") == OURS.patient("K18-95938")
    assert re.fullmatch("P[A-Z2-7]{16}", OURS.patient("K18-95938"))


def test_two_sites_give_one_patient_two_pseudonyms() -> None:
    assert OURS.patient("K18-95938") != THEIRS.patient("K18-95938")


def test_same_number_of_two_issuers_is_two_patients() -> None:
    assert OURS.patient("1", "Klinikum A") != OURS.patient("1", "Klinikum B")
    assert OURS.patient("1", "A") != OURS.patient("1A")


def test_accession_number_equal_to_patient_id_does_not_show() -> None:
    given_names = {OURS.study("12"), OURS.patient("12"), OURS.device("12")}
    assert len({name[1:] for name in given_names}) == 3


def test_uid_of_the_standard_stays() -> None:
    sop_class = str(DigitalXRayImageStorageForPresentation)
    assert OURS.uid(sop_class) == sop_class


def test_uid_below_the_standards_root_that_it_never_registered_goes() -> None:
    assert OURS.uid("1.2.840.10008.5.1.4.20170815") != "1.2.840.10008.5.1.4.20170815"


@given(st.text(alphabet="0123456789.", min_size=1, max_size=64))
def test_new_uid_is_valid_and_always_the_same(uid: str) -> None:
    assume(not is_registered(uid))
    new = OURS.uid(uid)
    assert UID(new).is_valid
    assert new.startswith("2.25.")
    assert OURS.uid(uid + "\0") == new
    number = int(new.removeprefix("2.25."))
    assert number >> 76 & 0xF == 8
    assert number >> 62 & 0b11 == 0b10


@given(st.text(), st.text())
def test_different_values_differ(one: str, other: str) -> None:
    same = one.strip(" \t\0") == other.strip(" \t\0")
    if not same and "\0" not in one + other:
        assert OURS.token("x", one) != OURS.token("x", other)


@given(st.text())
def test_dates_move_by_a_month_at_least(patient: str) -> None:
    days = OURS.date_shift_days(patient)
    assert days in SHIFT_DAYS
    assert days == OURS.date_shift_days(patient)


def test_key_does_not_show_when_printed() -> None:
    assert "key" not in repr(OURS)
    with pytest.raises(ValueError, match="32 bytes"):
        Pseudonyms(b"short")
