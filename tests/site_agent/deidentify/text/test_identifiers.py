"""What is collected from headers, fields and letters."""

import datetime as dt
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from site_agent.deidentify.text.identifiers import KnownIdentifiers, known_identifiers
from site_agent.deidentify.text.known import identifiers_of_fields
from site_agent.deidentify.text.names import PersonName
from site_agent.study import ReceivedImage, ReceivedReport, ReceivedStudy
from tests.site_agent.deidentify.chest_film import SOP_UID, STUDY_UID, chest_film, item


def known(
    *headers: Dataset, report: ReceivedReport | None = None, staff: tuple[str, ...] = ()
) -> KnownIdentifiers:
    images = tuple(ReceivedImage(Path("x"), header) for header in headers)
    return known_identifiers(ReceivedStudy(images, report), staff)


def test_film_gives_its_names_dates_numbers_and_places() -> None:
    found = known(chest_film())
    assert PersonName("Reuter", ("Francisco",)) in found.names
    assert any(name.family == "Krebs" for name in found.names)
    assert {"K18-95938", "RX72944254", "SN90916691"} <= found.ids
    assert {dt.date(1957, 11, 13), dt.date(2017, 8, 15)} <= found.dates
    assert {STUDY_UID, SOP_UID} <= found.uids
    assert any("Sebnitz" in text for text in found.texts)


def test_class_and_syntax_uids_identify_nothing() -> None:
    found = known(chest_film())
    assert not any(uid.startswith("1.2.840.10008.") for uid in found.uids)


def test_private_names_and_deep_sequences_are_collected() -> None:
    film = chest_film()
    block = film.private_block(0x0019, "SOMEBODY 1.0", create=True)
    block.add_new(0x01, "PN", "Private^Paul")
    inner = item(OperatorsName="Deep^Dora", RequestedProcedureID="RP-778899")
    film.RequestAttributesSequence = Sequence(
        [item(ReferencedStudySequence=Sequence([inner]))]
    )
    found = known(film)
    assert PersonName("Private", ("Paul",)) in found.names
    assert PersonName("Deep", ("Dora",)) in found.names
    assert "RP-778899" in found.ids


def test_coded_person_is_a_name() -> None:
    person = item(CodeValue="P-4711-22", CodeMeaning="Dr. Ute Kodiert")
    film = item(
        PhysiciansOfRecordIdentificationSequence=Sequence(
            [item(PersonIdentificationCodeSequence=Sequence([person]))]
        )
    )
    found = known(film)
    assert PersonName("Kodiert", ("Ute",)) in found.names
    assert "P-4711-22" in found.ids


def test_station_called_like_the_model_is_no_identifier() -> None:
    film = item(StationName="DEFINIUM 8000", ManufacturerModelName="Definium 8000")
    assert known(film).ids == frozenset()
    assert "definium" in known(film).common


def test_department_of_common_words_is_no_identifier() -> None:
    film = item(InstitutionalDepartmentName="Radiology", InstitutionName="St. Vinzenz")
    assert known(film).texts == {"St. Vinzenz"}


def test_fields_beside_the_report_are_taken_for_what_they_are() -> None:
    report = ReceivedReport(
        text="",
        sections={},
        known={
            "patient_name": "Erika Gabler",
            "patient_id": "H17-23894",
            "birth_date": "1925-08-04",
            "hospital": "Centre Hospitalier de Mariebourg",
            "signature": "Signé: Dr. Julie Bousquet, 27.04.2016",
            "study_instance_uid": "1.2.276.0.99.12345678",
        },
    )
    found = known(report=report)
    assert {"Gabler", "Bousquet"} <= {name.family for name in found.names}
    assert found.ids == {"H17-23894"}
    assert {dt.date(1925, 8, 4), dt.date(2016, 4, 27)} <= found.dates
    assert found.texts == {"Centre Hospitalier de Mariebourg"}
    assert found.uids == {"1.2.276.0.99.12345678"}


@pytest.mark.parametrize("value", ["Zebulina Quarkson", "QUARKSON^ZEBULINA"])
def test_field_of_an_unknown_kind_that_looks_like_a_name_is_one(value: str) -> None:
    (name,) = identifiers_of_fields({"foo": value}).names
    assert name.family.lower() == "quarkson"
    assert not identifiers_of_fields({"foo": "normal heart size"}).names


def test_letterhead_and_signature_give_their_people() -> None:
    letter = """Klinikum Mayen
Patient: RUST, Margarita (F), geb. 16.05.1946
Zuweiser: Dr. Tilmann Dietz
FINDINGS: Clear.
gez.: Dr. Detlef Schinke, 11.01.2021"""
    found = known(report=ReceivedReport(letter, {}, {}))
    families = {name.family.casefold() for name in found.names}
    assert {"rust", "dietz", "schinke"} <= families
    assert {dt.date(1946, 5, 16), dt.date(2021, 1, 11)} <= found.dates


def test_staff_is_known() -> None:
    found = known(staff=("Dr. Hanna Vogt", "Lindqvist, Per"))
    assert {name.family for name in found.names} == {"Vogt", "Lindqvist"}


def test_empty_and_impossible_values_are_passed_over() -> None:
    film = item(PatientName="", PatientID="  ", StudyDate="20201399", StudyID="")
    assert known(film) == KnownIdentifiers()


def test_elements_of_no_interest_are_not_decoded() -> None:
    film = chest_film()
    film["KVP"]  # a header that was read back decodes lazily
    film.PixelData = b"\0" * 4
    assert known(film).ids >= {"K18-95938"}
