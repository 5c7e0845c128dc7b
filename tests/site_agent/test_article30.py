"""The record of Art. 30(1) says what was done, and asks for what only people know."""

from __future__ import annotations

from pathlib import Path

import pytest

from protos.article30_pb2 import (
    ADULT_PATIENTS,
    CONSORTIUM_AGGREGATES,
    CONSORTIUM_MODEL_UPDATES,
    HEALTH_PROFESSIONALS,
    NO_RECIPIENT_OF_PERSONAL_DATA,
    PAEDIATRIC_PATIENTS,
)
from protos.statistics_pb2 import (
    AGE_0_9,
    AGE_40_49,
    FEMALE,
    NEGATIVE,
    PHILIPS,
    ROUTINE_CHECK_UP,
    AgeBand,
    Observation,
)
from site_agent.article30 import record
from site_agent.config import SiteConfig, template
from site_agent.errors import ConfigurationError
from site_agent.manifest import Manifest
from site_agent.study import AuditedFile, AuditedStudy, Facts

DIGEST = "0" * 64
WORDS = {
    "controller": "Klinikum Musterstadt",
    "controller_contact": "Am Ring 1, Musterstadt",
    "dpo": "Data protection office",
    "dpo_contact": "dpo@klinikum.example",
}


def config(*changes: tuple[str, str], **words: str) -> SiteConfig:
    text = template(
        site="site-1", consortium="demo", address="a:1", enrolment="a:2", **words
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return SiteConfig.parse(text, folder=Path())


def study(number: int, age: AgeBand.ValueType, year: int = 2019) -> AuditedStudy:
    return AuditedStudy(
        study=f"S{number}",
        patient=f"P{number}",
        primary=AuditedFile("primary.dcm", DIGEST),
        supplementary=(),
        report=AuditedFile("report.json", DIGEST),
        facts=Facts(age, FEMALE, year, PHILIPS, "D", ROUTINE_CHECK_UP),
        labels=dict.fromkeys(Observation.values()[1:], NEGATIVE),
        methods=("113100", "113105"),
    )


def manifest(*studies: AuditedStudy, received: int = 57) -> Manifest:
    return Manifest(bytes(32), studies, bytes(32), received, 0)


def test_all_missing_details_are_asked_for_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        record(
            config(("# [representative]\n# name", "[representative]\nname")),
            manifest(),
        )
    for asked in ("[controller] name", "[dpo] contact", "[representative] name"):
        assert asked in str(caught.value)


def test_record_takes_words_from_the_controller_and_facts_from_the_studies() -> None:
    studies = [study(n, AGE_40_49, 2015 + n % 3) for n in range(60)]
    made = record(config(**WORDS), manifest(*studies))
    assert made.controller.name == "Klinikum Musterstadt"
    assert made.data_protection_officer.contact == "dpo@klinikum.example"
    assert not made.HasField("joint_controller")
    assert (made.studies_received_tens, made.studies_kept_tens) == (6, 6)
    assert (made.first_year, made.last_year) == (2015, 2017)
    assert list(made.deidentification_methods) == [113100, 113105]
    assert list(made.data_subjects) == [ADULT_PATIENTS, HEALTH_PROFESSIONALS]


def test_one_child_makes_the_category_but_one_patient_does_not_make_a_year() -> None:
    studies = [study(n, AGE_40_49) for n in range(10)]
    made = record(config(**WORDS), manifest(*studies, study(99, AGE_0_9, 1990)))
    assert PAEDIATRIC_PATIENTS in made.data_subjects
    assert made.first_year == 2019


def test_site_that_never_trains_names_no_model_updates() -> None:
    trains = record(config(**WORDS), manifest())
    assert list(trains.recipients) == [
        NO_RECIPIENT_OF_PERSONAL_DATA,
        CONSORTIUM_AGGREGATES,
        CONSORTIUM_MODEL_UPDATES,
    ]
    never = config(("enabled = true", "enabled = false"), **WORDS)
    assert CONSORTIUM_MODEL_UPDATES not in record(never, manifest()).recipients
