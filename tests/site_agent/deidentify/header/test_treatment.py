"""What is done to an attribute follows from its row, the options and its place."""

from __future__ import annotations

import pytest

from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.header.profile import Action
from site_agent.deidentify.header.treatment import Handling, Treatment, treatments

DX = "digital-x-ray-image"
STUDY_DATE, STUDY_TIME, CALIBRATED = 0x00080020, 0x00080030, 0x00181200
INSTITUTION, DEPARTMENT_CODES = 0x00080080, 0x00081041


def treated(tag: int, *options: Option, parent: int = 0) -> Treatment:
    return treatments(Options(others=frozenset(options)), DX)[tag, parent]


@pytest.mark.parametrize(
    ("tag", "options", "handling", "action"),
    [
        (STUDY_DATE, (), Handling.GO, Action.EMPTY),
        (STUDY_DATE, (Option.MODIFIED_DATES,), Handling.MOVE, Action.CLEAN),
        (STUDY_TIME, (Option.MODIFIED_DATES,), Handling.GO, Action.EMPTY),
        (CALIBRATED, (Option.DEVICE_IDENTITY,), Handling.RETAIN, Action.KEEP),
        (INSTITUTION, (Option.DEVICE_IDENTITY,), Handling.GO, Action.REMOVE),
        (INSTITUTION, (Option.INSTITUTION_IDENTITY,), Handling.RETAIN, Action.KEEP),
        (0x0020000D, (), Handling.REPLACE_UID, Action.REPLACE_UID),
        (0x0020000D, (Option.UIDS,), Handling.RETAIN, Action.KEEP),
        (0x00081030, (Option.CLEAN_DESCRIPTORS,), Handling.WORDS, Action.CLEAN),
        (0x0016002B, (Option.CLEAN_DESCRIPTORS,), Handling.GO, Action.REMOVE),
        (0x00080055, (Option.DEVICE_IDENTITY,), Handling.STATION, Action.CLEAN),
        (0x00280010, (Option.UIDS,), Handling.CHECK, Action.KEEP),
    ],
)
def test_option_says_what_is_done(
    tag: int, options: tuple[Option, ...], handling: Handling, action: Action
) -> None:
    treatment = treated(tag, *options)
    assert (treatment.handling, treatment.action) == (handling, action)


def test_date_that_one_option_keeps_and_another_moves_is_moved() -> None:
    both = treated(CALIBRATED, Option.DEVICE_IDENTITY, Option.MODIFIED_DATES)
    assert both.handling is Handling.MOVE
    assert Options(Dates.SHIFT).longitudinal == "MODIFIED"


def test_local_code_stays_where_an_option_keeps_what_it_names() -> None:
    code_value = 0x00080100
    kept = treated(code_value, Option.INSTITUTION_IDENTITY, parent=DEPARTMENT_CODES)
    assert kept.handling is Handling.RETAIN
    other = treated(code_value, Option.INSTITUTION_IDENTITY, parent=0x00540220)
    assert other.handling is Handling.CHECK


def test_what_nothing_stays_of_is_treated_as_the_basic_profile_has_it() -> None:
    assert treated(0x00081030, Option.CLEAN_DESCRIPTORS).fallback is Action.REMOVE
    assert treated(0x00100040, Option.PATIENT_CHARACTERISTICS).fallback is Action.EMPTY
