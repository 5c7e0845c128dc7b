"""Facts as real devices and hospitals write them."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from protos.statistics_pb2 import AgeBand, Indication, Sex, Vendor
from site_agent.deidentify.header.facts import (
    age_band,
    device_of,
    facts,
    study_date,
    technical,
)
from site_agent.deidentify.header.indication import indication_of
from site_agent.deidentify.header.projection import is_chest, view_of
from site_agent.deidentify.header.vendor import vendor_of
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.study import ReceivedImage, ReceivedReport, ReceivedStudy, View
from tests.site_agent.deidentify.chest_film import code, item

PSEUDONYMS = Pseudonyms(bytes(32))


def coded(value: str, scheme: str, meaning: str) -> Sequence:
    """One code, as the value of an attribute."""
    return Sequence([code(value, scheme, meaning)])


@pytest.mark.parametrize(
    ("manufacturer", "vendor"),
    [
        ("FUJI PHOTO FILM Co. LTD.", Vendor.FUJIFILM),
        ("Fuji Photo Film Co.,Ltd.", Vendor.FUJIFILM),
        ("FUJIFILM Corporation", Vendor.FUJIFILM),
        ("Philips Medical Systems", Vendor.PHILIPS),
        ("PhilipsMedicalSystems", Vendor.PHILIPS),
        ("Phillips", Vendor.PHILIPS),
        ("GE Healthcare", Vendor.GE),
        ("GE MEDICAL SYSTEMS", Vendor.GE),
        ('"GE Healthcare"', Vendor.GE),
        ("GE_MEDICAL_SYSTEMS", Vendor.GE),
        ("GEMedicalSystems", Vendor.GE),
        ("GEMS", Vendor.GE),
        ("G.E. Medical Systems", Vendor.GE),
        ("Carestream Health", Vendor.CARESTREAM),
        ("CARESTREAM HEALTH INC", Vendor.CARESTREAM),
        ("KODAK", Vendor.CARESTREAM),
        ("Eastman Kodak Company", Vendor.CARESTREAM),
        ("SIEMENS", Vendor.SIEMENS),
        ("Siemens Healthineers", Vendor.SIEMENS),
        ("Agfa-Gevaert AG", Vendor.AGFA),
        ("AGFA", Vendor.AGFA),
        ("Canon Inc.", Vendor.CANON),
        ("TOSHIBA_MEC", Vendor.CANON),
        ("KONICA MINOLTA", Vendor.KONICA_MINOLTA),
        ("Konica Corporation", Vendor.KONICA_MINOLTA),
        ("SAMSUNG ELECTRONICS", Vendor.SAMSUNG),
        ("SHIMADZU CORPORATION", Vendor.SHIMADZU),
        ("Imaging Dynamics Company Ltd", Vendor.OTHER_VENDOR),
        ("ELGEMS", Vendor.OTHER_VENDOR),
        ("Oldelft Benelux", Vendor.OTHER_VENDOR),
        ("", None),
        ("UNKNOWN", None),
        ("n/a", None),
        ("Anonymized", None),
    ],
)
def test_manufacturer_as_devices_spell_it(
    manufacturer: str, vendor: Vendor.ValueType | None
) -> None:
    assert vendor_of(manufacturer) == vendor


@pytest.mark.parametrize(
    ("attributes", "view"),
    [
        ({"ViewPosition": "PA"}, View.PA),
        ({"ViewPosition": " pa "}, View.PA),
        ({"ViewPosition": "AP"}, View.AP),
        ({"ViewPosition": "LL"}, View.LATERAL),
        ({"ViewPosition": "LARGE LATERAL"}, View.LATERAL),
        ({"ViewPosition": "L"}, View.LATERAL),
        ({"ViewPosition": "LAO"}, View.UNKNOWN),
        ({"ViewPosition": "LLD"}, View.UNKNOWN),
        ({"ViewPosition": "MLO"}, View.UNKNOWN),
        ({}, View.UNKNOWN),
        ({"SeriesDescription": "view: PA"}, View.PA),
        ({"SeriesDescription": "Thorax p.a."}, View.PA),
        ({"SeriesDescription": "W033 Tórax a.p."}, View.AP),
        ({"SeriesDescription": "CHEST LAT"}, View.LATERAL),
        ({"SeriesDescription": "Thorax seitlich"}, View.LATERAL),
        ({"SeriesDescription": "CHEST PA/LAT"}, View.UNKNOWN),
        ({"SeriesDescription": "CHEST PA/LAT", "ProtocolName": "PA"}, View.PA),
        ({"StudyDescription": "CHEST PA AND LATERAL"}, View.UNKNOWN),
        ({"PatientOrientation": ["A", "F"]}, View.LATERAL),
        ({"PatientOrientation": ["L", "F"]}, View.UNKNOWN),
        ({"ViewPosition": "", "AcquisitionDeviceProcessingDescription": "CHEST,PA"},
         View.PA),
    ],
)  # fmt: skip
def test_view_in_words(attributes: dict[str, object], view: View) -> None:
    assert view_of(item(**attributes)) is view


@pytest.mark.parametrize(
    ("codes", "view"),
    [
        (coded("R-10214", "SRT", "postero-anterior"), View.PA),
        (coded("R-10214", "SNM3", ""), View.PA),
        (coded("272479007", "SCT", "postero-anterior"), View.PA),
        (coded("R-10206", "SRT", "antero-posterior"), View.AP),
        (coded("R-10236", "SRT", "left lateral"), View.LATERAL),
        (coded("399198007", "SCT", "right lateral"), View.LATERAL),
        (coded("X1", "99LOCAL", "Postero-Anterior"), View.PA),
        (coded("R-10220", "SRT", "left anterior oblique"), View.UNKNOWN),
        (Sequence([]), View.UNKNOWN),
    ],
)
def test_view_in_codes(codes: Sequence, view: View) -> None:
    assert view_of(item(ViewCodeSequence=codes)) is view


def test_view_position_and_code_that_disagree_tell_nothing() -> None:
    ap = coded("R-10206", "SRT", "antero-posterior")
    assert view_of(item(ViewPosition="PA", ViewCodeSequence=ap)) is View.UNKNOWN


def test_frontal_code_leaves_the_word_to_view_position() -> None:
    frontal = coded("R-10202", "SRT", "frontal")
    assert view_of(item(ViewPosition="PA", ViewCodeSequence=frontal)) is View.PA


@pytest.mark.parametrize(
    ("attributes", "chest"),
    [
        ({"BodyPartExamined": "CHEST"}, True),
        ({"BodyPartExamined": "Thorax"}, True),
        ({"BodyPartExamined": "PORT CHEST"}, True),
        ({"BodyPartExamined": "CHESTABDOMEN"}, False),
        ({"BodyPartExamined": "TSPINE"}, False),
        ({"BodyPartExamined": "HIP"}, False),
        ({"BodyPartExamined": "WHOLE BODY"}, False),
        ({"BodyPartExamined": "RIB"}, False),
        ({"BodyPartExamined": "CHEST", "StudyDescription": "HAND"}, True),
        ({"StudyDescription": "XR CHEST HEART FAILURE F/U"}, True),
        ({"StudyDescription": "Rx tórax"}, True),
        ({"StudyDescription": "XR THORACIC SPINE 2 VIEWS"}, False),
        ({"StudyDescription": "Schädel"}, False),
        ({"SeriesDescription": "PA"}, None),
        ({}, None),
        ({"AnatomicRegionSequence": coded("T-D3000", "SNM3", "")}, True),
        ({"AnatomicRegionSequence": coded("816094009", "SCT", "Chest")}, True),
        ({"AnatomicRegionSequence": coded("T-D8700", "SRT", "Hand")}, False),
        ({"ProcedureCodeSequence": coded("36643-5", "LN", "XR Chest 2 Views")}, True),
        ({"ProcedureCodeSequence": coded("1", "99X", "XR CHEST AP PORTABLE")}, True),
    ],
)
def test_body_part(attributes: dict[str, object], chest: bool | None) -> None:
    assert is_chest(item(**attributes)) is chest


@pytest.mark.parametrize(
    ("attributes", "band"),
    [
        ({"PatientAge": "059Y"}, AgeBand.AGE_50_59),
        ({"PatientAge": "59"}, AgeBand.AGE_50_59),
        ({"PatientAge": "017Y"}, AgeBand.AGE_10_17),
        ({"PatientAge": "018Y"}, AgeBand.AGE_18_19),
        ({"PatientAge": "216M"}, AgeBand.AGE_18_19),
        ({"PatientAge": "006W"}, AgeBand.AGE_0_9),
        ({"PatientAge": "101Y"}, AgeBand.AGE_90_PLUS),
        ({"PatientAge": "999Y"}, AgeBand.AGE_UNKNOWN),
        ({"PatientAge": "old"}, AgeBand.AGE_UNKNOWN),
        ({}, AgeBand.AGE_UNKNOWN),
        ({"PatientBirthDate": "19990301", "StudyDate": "20170228"}, AgeBand.AGE_10_17),
        ({"PatientBirthDate": "19990301", "StudyDate": "20170301"}, AgeBand.AGE_18_19),
        ({"PatientBirthDate": "1957.11.13", "SeriesDate": "20170815"},
         AgeBand.AGE_50_59),
        ({"PatientBirthDate": "20200101", "StudyDate": "20170815"},
         AgeBand.AGE_UNKNOWN),
        ({"PatientBirthDate": "19570230", "StudyDate": "20170815"},
         AgeBand.AGE_UNKNOWN),
    ],
)  # fmt: skip
def test_age(attributes: dict[str, object], band: AgeBand.ValueType) -> None:
    assert age_band(item(**attributes)) == band


def test_study_date_that_cannot_be_is_not_believed() -> None:
    assert study_date(item(StudyDate="19000101", SeriesDate="20170815")) is not None
    assert study_date(item(StudyDate="19000101")) is None


@pytest.mark.parametrize(
    ("text", "indication"),
    [
        ("Pre-operative clearance.", Indication.PRE_OPERATIVE_CLEARANCE),
        ("cough, pre-op", Indication.PRE_OPERATIVE_CLEARANCE),
        ("Preop anesthesia", Indication.PRE_OPERATIVE_CLEARANCE),
        ("Präoperativ", Indication.PRE_OPERATIVE_CLEARANCE),
        ("XR CHEST HEART FAILURE F/U", Indication.CARDIAC_FOLLOW_UP),
        ("Hx CHF", Indication.CARDIAC_FOLLOW_UP),
        ("pacemaker placement", Indication.CARDIAC_FOLLOW_UP),
        ("Shortness of breath", Indication.RESPIRATORY_SYMPTOMS),
        ("dyspnoea", Indication.RESPIRATORY_SYMPTOMS),
        ("SOB", Indication.RESPIRATORY_SYMPTOMS),
        ("CHEST PA ROUTINE CHECK-UP", Indication.ROUTINE_CHECK_UP),
        ("Annual check up, no cough", Indication.ROUTINE_CHECK_UP),
        ("XR CHEST HEALTH CHECK", Indication.ROUTINE_CHECK_UP),
        ("rib pain", Indication.OTHER_INDICATION),
        ("", Indication.OTHER_INDICATION),
    ],
)
def test_indication(text: str, indication: Indication.ValueType) -> None:
    assert indication_of([text]) == indication


def test_indication_of_the_letter_comes_before_the_study_description() -> None:
    letter = "Patient: X\n\nINDICATION: Dry cough.\n\nFINDINGS: Heart is normal.\n"
    dataset = item(StudyDescription="Routine chest")
    study = ReceivedStudy(
        (ReceivedImage(Path("x"), dataset),), ReceivedReport(letter, {}, {})
    )
    assert facts(study, PSEUDONYMS).indication == Indication.RESPIRATORY_SYMPTOMS


def test_facts_come_from_the_pa_film_and_then_from_the_others() -> None:
    lateral = item(
        ViewPosition="LL", Manufacturer="GE", PatientSex="F", PatientAge="070Y",
        StudyDate="20170815", DeviceSerialNumber="SN1",
    )  # fmt: skip
    frontal = item(ViewPosition="PA", Manufacturer="KODAK", DeviceSerialNumber="SN2")
    study = ReceivedStudy(
        (ReceivedImage(Path("1"), lateral), ReceivedImage(Path("2"), frontal)), None
    )
    found = facts(study, PSEUDONYMS)
    assert found.vendor == Vendor.CARESTREAM
    assert found.device == device_of(frontal, PSEUDONYMS) != ""
    assert (found.sex, found.age, found.year) == (Sex.FEMALE, AgeBand.AGE_70_79, 2017)


def test_header_that_tells_nothing_gives_unknowns() -> None:
    study = ReceivedStudy((ReceivedImage(Path("1"), Dataset()),), None)
    found = facts(study, PSEUDONYMS)
    assert (found.age, found.sex) == (AgeBand.AGE_UNKNOWN, Sex.SEX_UNKNOWN)
    assert (found.year, found.vendor, found.device) == (0, Vendor.OTHER_VENDOR, "")


def test_technical_of_a_film() -> None:
    told = technical(
        item(
            Modality="DX", ViewPosition="PA", Rows=2500, Columns=2048, BitsStored=14,
            BodyPartExamined="CHEST", Manufacturer="SIEMENS", BurnedInAnnotation="NO",
        )
    )  # fmt: skip
    assert (told.rows, told.columns, told.bits_stored) == (2500, 2048, 14)
    assert (told.modality, told.view, told.chest) == ("DX", View.PA, True)
    assert not told.burned_in


def test_overlay_in_the_unused_bits_of_the_pixels_counts_as_burned_in() -> None:
    dataset = item(Modality="CR", BurnedInAnnotation="NO")
    dataset.add_new(0x60000102, "US", 12)
    assert technical(dataset).burned_in
    dataset.add_new(0x60003000, "OW", b"\0\0")
    assert not technical(dataset).burned_in


def test_values_of_the_wrong_kind_are_no_values() -> None:
    dataset = item(Modality="DX")
    dataset.add_new("Rows", "LO", "many")
    dataset.add_new("ViewCodeSequence", "LO", "PA")
    told = technical(dataset)
    assert (told.rows, told.columns, told.view) == (0, 0, View.UNKNOWN)
