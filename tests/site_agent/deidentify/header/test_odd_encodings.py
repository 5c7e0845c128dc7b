"""However a header is encoded, it is read as the standard says or refused."""

from __future__ import annotations

import zlib

import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    MediaStorageDirectoryStorage,
)

from site_agent.deidentify.header.structure import DEEPEST
from site_agent.errors import UnreadableFile
from tests.site_agent.deidentify.both_ways import PSEUDONYMS
from tests.site_agent.deidentify.chest_film import (
    IDENTIFIERS,
    JPEG_2000,
    STUDY_UID,
    again,
    chest_film,
    code,
    item,
)
from tests.site_agent.deidentify.cleaned import clean, clean_file
from tests.site_agent.deidentify.every_row import SECRET
from tests.site_agent.deidentify.odd_films import raw


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
