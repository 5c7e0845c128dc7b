"""Headers obey the profile, whatever a device or a person wrote into them."""

from __future__ import annotations

import io

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.sequence import Sequence

from site_agent.deidentify.header.options import Options
from site_agent.deidentify.header.reading import quiet
from site_agent.errors import UnreadableFile
from tests.site_agent.deidentify.both_ways import PSEUDONYMS
from tests.site_agent.deidentify.chest_film import (
    IDENTIFIERS,
    SOP_UID,
    STUDY_UID,
    chest_film,
    code,
    item,
)
from tests.site_agent.deidentify.cleaned import REMOVE, SHIFT, clean, clean_file


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
