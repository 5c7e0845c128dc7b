"""A study is de-identified whole, or refused with all its reasons."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from protos.statistics_pb2 import AgeBand, Indication, Sex, Vendor
from site_agent.deidentify.header.dataset import deidentify_header, to_bytes
from site_agent.deidentify.header.facts import technical
from site_agent.deidentify.header.options import Dates, Options
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.study import deidentify
from site_agent.deidentify.text.identifiers import known_identifiers
from site_agent.study import (
    DeidentifiedImage,
    DeidentifiedStudy,
    Disposition,
    ReasonCode,
    ReceivedImage,
    ReceivedReport,
    ReceivedStudy,
    Refusal,
    View,
)
from tests.site_agent.deidentify.chest_film import IDENTIFIERS, STUDY_UID, chest_film

PSEUDONYMS = Pseudonyms(bytes(32))
LETTER = """Klinikum Sebnitz, Grafring 29

Patient: Francisco Reuter, born 13.11.1957, ID K18-95938
Referred by Dr. Krebs

INDICATION: Dry cough.

FINDINGS: The heart of Mr. Reuter is normal in size. No effusion.

IMPRESSION: No acute disease. Compared with 15.08.2017.

Bastian Ruppert
"""


def deidentified(
    *films: Dataset,
    report: str | None = LETTER,
    options: Options | None = None,
) -> DeidentifiedStudy | Refusal:
    """De-identify a study whose films have their number as their path."""
    options = options or Options()
    images = tuple(
        ReceivedImage(Path(str(number)), film) for number, film in enumerate(films)
    )

    def clean(image: ReceivedImage) -> DeidentifiedImage:
        film = deidentify_header(image.dataset, PSEUDONYMS, options)
        to_bytes(film)
        facts = technical(image.dataset)
        return DeidentifiedImage(str(film.SOPInstanceUID), image.path, facts)

    study = ReceivedStudy(
        images,
        None if report is None else ReceivedReport(report, {}, {}),
    )
    known = known_identifiers(study, ["Ruppert^Bastian"])
    return deidentify(study, PSEUDONYMS, options, known, clean)


def test_study_with_a_film_and_a_letter() -> None:
    study = deidentified(chest_film())
    assert isinstance(study, DeidentifiedStudy)
    assert study.study == PSEUDONYMS.study(STUDY_UID)
    assert study.patient == PSEUDONYMS.patient("K18-95938", "Klinikum Sebnitz")
    assert study.methods == ("113100",)
    assert study.facts.age == AgeBand.AGE_50_59
    assert study.facts.sex == Sex.MALE
    assert study.facts.year == 2017
    assert study.facts.vendor == Vendor.SIEMENS
    assert study.facts.indication == Indication.RESPIRATORY_SYMPTOMS
    (image,) = study.images
    assert image.technical.view is View.PA
    assert image.path == Path("0")


def test_nothing_that_was_planted_is_in_any_part_of_the_study() -> None:
    study = deidentified(chest_film())
    assert isinstance(study, DeidentifiedStudy)
    assert study.report is not None
    everything = repr((study.study, study.patient, study.facts, study.report)).encode()
    everything += repr(study.images).encode()
    assert [each for each in IDENTIFIERS if each.encode() in everything] == []
    assert "heart" in study.report.findings


def test_patient_with_two_studies_keeps_one_pseudonym() -> None:
    one = deidentified(chest_film())
    other = deidentified(chest_film(StudyInstanceUID="1.2.3", SOPInstanceUID="1.2.4"))
    assert isinstance(one, DeidentifiedStudy)
    assert isinstance(other, DeidentifiedStudy)
    assert one.patient == other.patient
    assert one.study != other.study


def test_study_without_report_goes_on_without_one() -> None:
    study = deidentified(chest_film(), report=None)
    assert isinstance(study, DeidentifiedStudy)
    assert study.report is None


def test_moved_dates_are_named_among_the_methods() -> None:
    study = deidentified(chest_film(), options=Options(Dates.SHIFT))
    assert isinstance(study, DeidentifiedStudy)
    assert study.methods == ("113100", "113107")


def test_study_that_names_no_patient_is_refused() -> None:
    refusal = deidentified(chest_film(PatientID=""))
    assert isinstance(refusal, Refusal)
    assert [each.code for each in refusal.reasons] == [ReasonCode.IDENTITY_MISSING]
    assert refusal.disposition is Disposition.QUARANTINED


def test_films_of_two_patients_in_one_study_are_refused() -> None:
    refusal = deidentified(
        chest_film(), chest_film(PatientID="K2", SOPInstanceUID="1.2.3")
    )
    assert isinstance(refusal, Refusal)
    assert "several patients" in str(refusal.reasons[0])


def test_all_reasons_are_given_at_once_and_none_identifies() -> None:
    broken = chest_film(PatientID="")
    broken.file_meta.TransferSyntaxUID = pydicom.uid.JPEG2000Lossless
    refusal = deidentified(broken, chest_film(PatientID=""))
    assert isinstance(refusal, Refusal)
    assert [each.code for each in refusal.reasons] == [
        ReasonCode.IDENTITY_MISSING,
        ReasonCode.UNREADABLE,
    ]
    told = " ".join(str(each) for each in refusal.reasons)
    assert [each for each in IDENTIFIERS if each in told] == []


@pytest.mark.parametrize(
    ("finding", "rule"),
    [
        ("Легкие чистые. Выпота нет.", "script-not-read"),
        ("No effusion 7741 9 02 88.", "figure-not-understood"),
    ],
)
def test_study_whose_report_is_in_doubt_is_quarantined(finding: str, rule: str) -> None:
    refused = deidentified(chest_film(), report=LETTER.replace("No effusion.", finding))
    assert isinstance(refused, Refusal)
    (reason,) = refused.reasons
    assert (reason.code, reason.detail) == (ReasonCode.REPORT_IN_DOUBT, rule)
    assert refused.disposition is Disposition.QUARANTINED
