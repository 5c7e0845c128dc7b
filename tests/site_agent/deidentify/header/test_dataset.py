"""Headers obey the profile, whatever a device or a person wrote into them."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    MediaStorageDirectoryStorage,
)

from site_agent.deidentify.header.dataset import deidentify_header, to_bytes
from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.header.profile import load_profile
from site_agent.deidentify.header.reading import quiet
from site_agent.deidentify.header.structure import DEEPEST
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.errors import UnreadableFile
from tests.site_agent.deidentify.chest_film import (
    IDENTIFIERS,
    JPEG_2000,
    SOP_UID,
    STUDY_UID,
    again,
    chest_film,
    code,
    item,
)

PSEUDONYMS = Pseudonyms(bytes(32))
REMOVE, SHIFT = Options(Dates.REMOVE), Options(Dates.SHIFT)
SECRET = "ZQREUTER"


def clean_file(film: Dataset, options: Options = REMOVE) -> bytes:
    return to_bytes(deidentify_header(film, PSEUDONYMS, options))


def clean(film: Dataset, options: Options = REMOVE) -> Dataset:
    with quiet():
        return pydicom.dcmread(io.BytesIO(clean_file(film, options)))


def elements(dataset: Dataset) -> Iterator[DataElement]:
    for element in dataset:
        yield element
        if element.VR == "SQ":
            for each in element.value:
                yield from elements(each)


# ---------------------------------------------------------------------- the whole film


@pytest.mark.parametrize("options", [REMOVE, SHIFT])
def test_no_identifier_is_anywhere_in_the_file(options: Options) -> None:
    content = clean_file(chest_film(), options)
    assert [each for each in IDENTIFIERS if each.encode() in content] == []


def test_picture_and_what_describes_it_stay() -> None:
    film, after = chest_film(), clean(chest_film())
    for keyword in (
        "PixelData", "Rows", "BitsStored", "PhotometricInterpretation", "PixelSpacing",
        "ImagerPixelSpacing", "RescaleSlope", "WindowCenter", "KVP", "ViewPosition",
        "BodyPartExamined", "Manufacturer", "ManufacturerModelName", "Modality",
        "PresentationLUTShape", "ImageType", "SoftwareVersions",
        "ProcedureCodeSequence",
    ):  # fmt: skip
        assert after[keyword].value == film[keyword].value, keyword


def test_film_says_itself_what_was_done() -> None:
    after, shifted = clean(chest_film()), clean(chest_film(), SHIFT)
    assert after.PatientIdentityRemoved == "YES"
    assert after.LongitudinalTemporalInformationModified == "REMOVED"
    assert [
        (each.CodeValue, each.CodingSchemeDesignator)
        for each in after.DeidentificationMethodCodeSequence
    ] == [("113100", "DCM")]
    assert shifted.LongitudinalTemporalInformationModified == "MODIFIED"
    assert [each.CodeValue for each in shifted.DeidentificationMethodCodeSequence] == [
        "113100",
        "113107",
    ]


def test_earlier_claims_about_deidentification_do_not_stay() -> None:
    film = chest_film(
        DeidentificationMethod="by hand, by Dr Krebs",
        DeidentificationMethodCodeSequence=Sequence([code("113108", "DCM", "kept")]),
    )
    after = clean(film)
    assert "Krebs" not in after.DeidentificationMethod
    assert len(after.DeidentificationMethodCodeSequence) == 1


def test_identity_is_the_same_pseudonym_in_every_file_and_run() -> None:
    one, other = clean(chest_film()), clean(chest_film(SOPInstanceUID="1.2.3.4"))
    assert one.PatientID == PSEUDONYMS.patient("K18-95938", "Klinikum Sebnitz")
    assert one.PatientID == other.PatientID
    assert one.StudyInstanceUID == other.StudyInstanceUID == PSEUDONYMS.uid(STUDY_UID)
    assert one.SOPInstanceUID != other.SOPInstanceUID
    assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID


def test_references_between_films_agree() -> None:
    source = item(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.1.1",
        ReferencedSOPInstanceUID=SOP_UID,
    )
    film = chest_film(
        ViewCodeSequence=Sequence(
            [code("R-10214", "SRT", "", ReferencedSeriesSequence=Sequence([source]))]
        )
    )
    kept = clean(film).ViewCodeSequence[0].ReferencedSeriesSequence[0]
    assert kept.ReferencedSOPInstanceUID == PSEUDONYMS.uid(SOP_UID)
    assert kept.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.1.1"


def test_file_around_it_is_made_anew() -> None:
    content = clean_file(chest_film())
    assert content[:132] == bytes(128) + b"DICM"
    meta = clean(chest_film()).file_meta
    assert "SourceApplicationEntityTitle" not in meta
    assert meta.ImplementationVersionName.startswith("HILUM")


def test_what_came_is_not_changed() -> None:
    film = chest_film()
    before = str(film)
    clean_file(film)
    assert str(film) == before
    assert film.PixelData == chest_film().PixelData


# --------------------------------------------------------------------------- every row


def plant_every_row(dataset: Dataset) -> None:
    """Put a secret into every attribute of Table E.1-1 that text or bytes can hold."""
    for tag in load_profile().rules:
        if tag >> 16 <= 4:
            continue
        vr = dictionary_VR(tag).split(" or ")[0] if dictionary_has_tag(tag) else "LO"
        value: object
        match vr:
            case "SQ":
                value = Sequence([item(PatientName=SECRET, TextValue=SECRET)])
            case "UI":
                value = "1.2.276.0.77.99"
            case "DA" | "DT":
                value = "19770707"
            case "TM":
                value = "070707.123"
            case "AS":
                value = "077Y"
            case "OB" | "OW" | "UN":
                value = SECRET.encode()
            case "IS" | "DS":
                value = "77007700"
            case "US" | "UL" | "FD" | "FL" | "SL":
                value = 7007
            case _:
                value = SECRET
        dataset[tag] = DataElement(tag, vr, value)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("options", [REMOVE, SHIFT])
def test_no_row_of_the_table_lets_its_value_through(
    syntax: str, options: Options
) -> None:
    film, region = chest_film(), code("T-D3000", "SRT", "Chest")
    view = code("R-10214", "SRT", "postero-anterior")
    region.AnatomicRegionModifierSequence = Sequence([code("G-A138", "SRT", "Coronal")])
    for place in (film, view, region.AnatomicRegionModifierSequence[0]):
        with quiet():
            plant_every_row(place)
    film.ViewCodeSequence = Sequence([view])
    film.AnatomicRegionSequence = Sequence([region])
    film.SOPInstanceUID = SOP_UID
    film = again(film, syntax)

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


# ----------------------------------------------------------------------- odd encodings


def raw(film: Dataset, keyword: str, vr: str, value: bytes) -> None:
    tag = Tag(keyword)
    film._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)


def test_standard_attribute_under_unknown_vr_is_read_with_its_own() -> None:
    film = chest_film()
    raw(film, "KVP", "UN", b"125 ")
    raw(film, "PatientName", "UN", b"Reuter^Francisco")
    raw(film, "Manufacturer", "UN", b"Reuter^Francisco")
    raw(film, "SamplesPerPixel", "UN", b"\1\0")
    after = clean(film)
    assert after.KVP == 125
    assert after.SamplesPerPixel == 1
    assert after.PatientName == ""
    assert after.Manufacturer == ""


def test_sequence_under_unknown_vr_is_cleaned_like_any_other() -> None:
    inner = code("R-10214", "SRT", "postero-anterior")
    inner.PatientName = "Reuter^Francisco"
    buffer = pydicom.filebase.DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, True
    element = DataElement("ViewCodeSequence", "SQ", Sequence([inner]))
    pydicom.filewriter.write_sequence(buffer, element, ["iso8859"])
    film = chest_film()
    raw(film, "ViewCodeSequence", "UN", buffer.getvalue())
    after = clean(film)
    assert after.ViewCodeSequence[0].CodeValue == "R-10214"
    assert b"Reuter" not in clean_file(film)


def test_text_where_numbers_should_be_goes() -> None:
    film = chest_film()
    raw(film, "KVP", "LO", b"Reuter")
    raw(film, "RelativeXRayExposure", "IS", b"Reuter")
    raw(film, "HighBit", "LO", b"Reuter")
    raw(film, "PlanarConfiguration", "US", b"Reuter")
    raw(film, "ViewCodeSequence", "LO", b"Reuter")
    assert b"Reuter" not in clean_file(film)


def test_text_under_another_text_vr_stays_text() -> None:
    film = chest_film()
    raw(film, "Modality", "LO", b"DX")
    raw(film, "StudyInstanceUID", "LO", STUDY_UID.encode())
    after = clean(film)
    assert (after.Modality, after["Modality"].VR) == ("DX", "CS")
    assert after.StudyInstanceUID == PSEUDONYMS.uid(STUDY_UID)


def test_sequences_nested_without_end_are_cut() -> None:
    inner = item(PatientName=SECRET)
    for _ in range(DEEPEST + 100):
        inner = item(ViewCodeSequence=Sequence([inner]))
    film = chest_film(ViewCodeSequence=Sequence([inner]))
    content = clean_file(film)
    assert SECRET.encode() not in content
    assert len(content) < 10_000


@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian,
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    ],
)
def test_transfer_syntax_and_pixel_bytes_stay(syntax: str) -> None:
    film = chest_film(syntax)
    after = clean(film)
    assert after.file_meta.TransferSyntaxUID == syntax
    assert after.PixelData == film.PixelData
    assert (after.Rows, after.KVP) == (16, 125)


def test_nothing_hides_behind_deflation() -> None:
    content = clean_file(chest_film(DeflatedExplicitVRLittleEndian))
    length = int.from_bytes(content[140:144], "little")
    data = zlib.decompress(content[144 + length :], -zlib.MAX_WBITS)
    assert [each for each in IDENTIFIERS if each.encode() in data] == []


def test_compressed_pixels_are_not_touched() -> None:
    film = chest_film()
    film.PixelData = encapsulate([JPEG_2000 + b" not decoded", b"\xff\xd9"])
    film["PixelData"].is_undefined_length = True
    film["PixelData"].VR = "OB"
    film = again(film, JPEG2000Lossless)
    after = clean(film)
    assert after.PixelData == film.PixelData
    assert after.file_meta.TransferSyntaxUID == JPEG2000Lossless


# ---------------------------------------------------------------------------- refusals


def test_film_whose_pixels_cannot_be_read_is_refused() -> None:
    film = chest_film()
    raw(film, "PixelData", "LO", b"\0\0")
    with pytest.raises(UnreadableFile, match="pixels cannot be read"):
        clean_file(film)


def test_compressed_pixels_under_a_native_syntax_are_refused() -> None:
    film = chest_film()
    film.PixelData = encapsulate([b"\xff\x4f\xff\xd9"])
    film["PixelData"].is_undefined_length = True
    with pytest.raises(UnreadableFile, match="compressed"):
        clean_file(film)
    del film.file_meta.TransferSyntaxUID
    with pytest.raises(UnreadableFile, match="does not say how"):
        clean_file(film)


def test_native_pixels_under_a_compressed_syntax_are_refused() -> None:
    film = chest_film()
    film.file_meta.TransferSyntaxUID = JPEG2000Lossless
    with pytest.raises(UnreadableFile, match="not what its transfer syntax says"):
        clean_file(film)


def test_private_transfer_syntax_is_refused() -> None:
    film = chest_film()
    film.file_meta.TransferSyntaxUID = UID("1.2.840.113619.5.2")
    with pytest.raises(UnreadableFile, match="not one of the standard's"):
        clean_file(film)


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="SOPClassUID"):
        clean_file(Dataset())
    film = chest_film()
    film.SOPClassUID = MediaStorageDirectoryStorage
    with pytest.raises(UnreadableFile, match="directory"):
        clean_file(film)


def test_file_without_meta_is_written_with_one() -> None:
    film = chest_film()
    del film.file_meta
    after = clean(film)
    assert after.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


# ---------------------------------------------------------------------------- anything


@settings(max_examples=50)
@given(data=st.data())
def test_whatever_stands_in_a_header_it_is_cleaned_or_refused(
    data: st.DataObject,
) -> None:
    """Damage a film's header at random places: no crash, and no name in the result."""
    film = chest_film()
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, film, enforce_file_format=True)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 8))):
        position = data.draw(st.integers(132, len(content) - 520))
        content[position] = data.draw(st.integers(0, 255))
    with quiet():
        try:
            damaged = pydicom.dcmread(io.BytesIO(content), force=True)
            list(damaged.keys())
        except Exception:  # noqa: BLE001  what pydicom cannot read never gets here
            return
    try:
        result = clean_file(damaged)
    except UnreadableFile:
        return
    head = result[: result.rfind(b"\xe0\x7f\x10\x00")] or result
    assert b"Reuter^Francisco" not in head
    with quiet():
        str(pydicom.dcmread(io.BytesIO(result)))
