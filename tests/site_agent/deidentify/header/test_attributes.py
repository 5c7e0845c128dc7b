"""Each attribute becomes what its row says, and goes where no row speaks of it."""

from __future__ import annotations

import pytest
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.profile import load_profile
from site_agent.deidentify.header.reading import quiet
from tests.site_agent.deidentify.both_ways import PSEUDONYMS
from tests.site_agent.deidentify.chest_film import again, chest_film, code, item
from tests.site_agent.deidentify.cleaned import (
    REMOVE,
    SHIFT,
    clean,
    clean_file,
    elements,
)
from tests.site_agent.deidentify.every_row import SECRET, film_of_every_row

# --------------------------------------------------------------------------- every row


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("options", [REMOVE, SHIFT])
def test_no_row_of_the_table_lets_its_value_through(
    syntax: str, options: Options
) -> None:
    film = again(film_of_every_row(), syntax)

    content = clean_file(film, options)
    for secret in (SECRET, "1.2.276.0.77.99", "19770707", "070707", "77007700"):
        assert secret.encode() not in content
    after = clean(film, options)
    rules = load_profile().rules
    moved = {
        tag for tag, rule in rules.items() if Option.MODIFIED_DATES in rule.options
    }
    for element in elements(after):
        rule = rules.get(element.tag)
        assert rule is None or rule.basic != "X" or element.tag in moved
    assert len(after.ViewCodeSequence) == 1
    assert len(after.AnatomicRegionSequence[0].AnatomicRegionModifierSequence) == 1


def test_attribute_is_emptied_replaced_or_removed_by_its_type_in_the_iod() -> None:
    film = chest_film(
        ClinicalTrialSponsorName=SECRET,
        ContrastBolusAgent=SECRET,
        AcquisitionComments=SECRET,
    )
    after = clean(film)
    assert after.AcquisitionContextSequence == []  # X/Z, type 2 in DX
    assert after.ContrastBolusAgent == ""  # Z/D, type 2
    assert after.ClinicalTrialSponsorName == "REMOVED"  # D, type 1
    assert "AcquisitionDate" not in after  # X/Z, type 3
    assert "StationName" not in after  # X/Z/D, type 3
    assert after.StudyDate == ""  # Z, type 2
    assert len(after.ReferencedPerformedProcedureStepSequence) == 1  # X/Z/D, type 1C


# ------------------------------------------------------------------------------- dates


def test_dates_of_a_patient_move_together_and_times_go() -> None:
    film = chest_film(AcquisitionDate="20170816")
    after = clean(film, SHIFT)
    patient = PSEUDONYMS.patient("K18-95938", "Klinikum Sebnitz")
    assert after.StudyDate != "20170815"
    assert int(after.AcquisitionDate) - int(after.StudyDate) in (1, 70, 71, 73, 8870)
    assert after.StudyTime == ""
    assert after.AcquisitionDateTime == after.StudyDate
    assert after.PatientBirthDate == ""
    assert PSEUDONYMS.date_shift_days(patient) >= 30


@pytest.mark.parametrize("date", ["2017", "20170230", "Reuter", "20170101-20171231"])
def test_date_that_is_none_does_not_stay(date: str) -> None:
    after = clean(chest_film(StudyDate=date, AcquisitionDate=date), SHIFT)
    assert after.StudyDate == ""
    assert "AcquisitionDate" not in after


# -------------------------------------------------- what the table does not know about


def test_private_attributes_go_at_every_depth() -> None:
    view = code("R-10214", "SRT", "postero-anterior")
    view.private_block(0x0019, "ACME", create=True).add_new(1, "LO", SECRET)
    film = chest_film(ViewCodeSequence=Sequence([view]))
    film.add_new(0x00211099, "UN", SECRET.encode())
    after = clean(again(film))
    assert [each.tag for each in elements(after) if each.tag.is_private] == []


def test_curves_overlays_signatures_and_padding_go() -> None:
    film = chest_film()
    film.add_new(0x50000022, "LO", SECRET)
    film.add_new(0x60000010, "US", 16)
    film.add_new(0x60000022, "LO", SECRET)
    film.add_new(0x60003000, "OW", SECRET.encode())
    film.add_new(0x601E4000, "LT", SECRET)
    film.add_new("DigitalSignaturesSequence", "SQ", [item(MACIDNumber=1)])
    film.add_new("MACParametersSequence", "SQ", [item(MACIDNumber=1)])
    film.add_new("EncryptedAttributesSequence", "SQ", [item(PatientID=SECRET)])
    film.add_new("DataSetTrailingPadding", "OB", SECRET.encode())
    film.add_new("IconImageSequence", "SQ", [item(PatientID=SECRET)])
    after = clean(again(film))
    assert {each.tag.group for each in after} == {each.tag.group for each in clean(
        chest_film()
    )}  # fmt: skip


def test_tag_that_the_dictionary_does_not_know_goes() -> None:
    film = chest_film()
    film.add_new(0x0018FFF0, "LO", SECRET)
    film.add_new(0x00100011, "SQ", [item(TextValue=SECRET)])  # newer than pydicom
    assert SECRET.encode() not in clean_file(again(film))


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("DetectorDescription", "panel of Klinikum Sebnitz"),
        ("TextValue", SECRET),
        ("InstructionText", SECRET),
        ("SegmentLabel", SECRET),
        ("EvaluatorName", SECRET),
        ("StorageURL", "https://klinikum-sebnitz.example/K18-95938"),
        ("DateOfGainCalibration", "20170815"),
        ("StudyUpdateDateTime", "20170815101522"),
        ("BadPixelImage", SECRET.encode()),
    ],
)
def test_text_names_dates_and_bytes_that_the_table_forgets_go(
    keyword: str, value: object
) -> None:
    film = chest_film()
    setattr(film, keyword, value)
    assert keyword not in clean(again(film))


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("Manufacturer", "SIEMENS, Klinikum, 20170815"),
        ("Manufacturer", "radiologie@klinikum.example"),
        ("Manufacturer", "Reuter^Francisco"),
        ("Manufacturer", "Gerät"),
        ("SoftwareVersions", "SN 90916691"),
        ("BodyPartExamined", "CHEST of F Reuter, K18"),
        ("BodyPartExamined", "RX72944254"),
        ("BodyPartExamined", "Klinikum Sebnitz"),
        ("SeriesNumber", "20170815"),
        ("InstanceNumber", "1015220"),
        ("AcquisitionNumber", "72944254"),
        ("ExposureInuAs", "20170815"),
        ("WindowCenter", "20170815"),
    ],
)
def test_value_that_does_not_look_like_what_it_should_be_goes(
    keyword: str, value: str
) -> None:
    film = chest_film()
    with quiet():
        film.add_new(keyword, film[keyword].VR if keyword in film else "LO", value)
    after = clean(again(film))
    assert str(after.get(keyword) or "") in ("", "0", "REMOVED")


def test_one_bad_code_string_of_several_is_emptied() -> None:
    film = chest_film(ImageType=["ORIGINAL", "PRIMARY", "RX72944254", "RAD"])
    assert clean(film).ImageType == ["ORIGINAL", "PRIMARY", "", "RAD"]


def test_local_code_says_nothing_and_standard_code_stays() -> None:
    local = code("RX72944254", "99SEBNITZ", "XR CHEST for Francisco Reuter")
    after = clean(chest_film(ProcedureCodeSequence=Sequence([local])))
    kept = after.ProcedureCodeSequence[0]
    assert (kept.CodeValue, kept.CodeMeaning) == ("REMOVED", "REMOVED")
    assert after.AnatomicRegionSequence[0].CodeMeaning == "Chest"


def test_text_in_other_alphabets_goes_and_no_character_set_is_left() -> None:
    film = chest_film(
        SpecificCharacterSet="ISO_IR 192",
        PatientName="山田^太郎",
        Manufacturer="キヤノン",
    )
    after = clean(film)
    assert "SpecificCharacterSet" not in after
    assert after.Manufacturer == ""
    assert clean_file(film).isascii() or "山".encode() not in clean_file(film)
