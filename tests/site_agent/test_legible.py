"""Every byte of a DICOM file that is no pixel can be read."""

from __future__ import annotations

import io

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    SecondaryCaptureImageStorage,
)

from site_agent.legible import legible, without_pixels

PIXELS = b"PIXELVALUE" * 8


def part10(syntax: str = ExplicitVRLittleEndian, **elements: object) -> bytes:
    dataset = Dataset()
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = "1.2.3.4"
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def shown(content: bytes) -> str:
    return "\n".join(legible(io.BytesIO(content)))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_values_are_read_and_pixels_are_not(syntax: str) -> None:
    content = part10(
        syntax,
        PatientName="Weber^Anna",
        BitsAllocated=8,
        PixelData=PIXELS,
        DataSetTrailingPadding=b"BEHIND THE PIXELS ",
    )
    text = shown(content)
    assert "Weber^Anna" in text
    assert "BEHIND THE PIXELS" in text
    assert "PIXELVALUE" not in text


def test_encapsulated_pixels_are_left_out_item_by_item() -> None:
    content = part10(
        JPEGBaseline8Bit,
        PatientName="Weber^Anna",
        BitsAllocated=8,
        PixelData=encapsulate([PIXELS, PIXELS]),
        DataSetTrailingPadding=b"BEHIND",
    )
    text = shown(content)
    assert "Weber^Anna" in text
    assert "BEHIND" in text
    assert "PIXELVALUE" not in text


def test_deflated_header_is_inflated() -> None:
    content = part10(DeflatedExplicitVRLittleEndian, PatientName="Weber^Anna")
    assert b"Weber" not in content
    assert "Weber^Anna" in shown(content)


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("ISO_IR 100", "Müller^Jörg"),
        ("ISO_IR 192", "Żółć^Łucja"),
        ("ISO_IR 101", "Dvořák^Jiří"),
        ("ISO_IR 144", "Иванов^Иван"),
    ],
)
def test_name_is_read_in_its_character_set(charset: str, name: str) -> None:
    content = part10(SpecificCharacterSet=charset, PatientName=name)
    assert name in shown(content)


def test_wide_text_in_a_binary_value_is_read() -> None:
    content = part10(EncapsulatedDocument="Weber, Anna".encode("utf-16-le") + b"\0\0")
    assert "Weber, Anna" in shown(content)


def test_value_before_a_tag_that_looks_like_a_digit_stands_free() -> None:
    content = part10(StudyID="ST12345678", RequestedProcedureDescription="X")
    assert any(
        "ST12345678\x00" in text or "ST12345678 " in text
        for text in legible(io.BytesIO(content))
    ) or "ST12345678" in shown(content)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_text_behind_the_last_pixel_is_read(syntax: str) -> None:
    content = part10(
        syntax,
        Rows=8,
        Columns=10,
        SamplesPerPixel=1,
        BitsAllocated=8,
        PixelData=PIXELS + b"Weber^Anna",
    )
    text = shown(content)
    assert "Weber^Anna" in text
    assert "PIXELVALUE" not in text


def test_file_without_pixels_is_read_whole() -> None:
    content = part10(PatientName="Weber^Anna")
    assert without_pixels(io.BytesIO(content), len(content)) == content


def test_what_is_no_dicom_file_is_refused() -> None:
    with pytest.raises(pydicom.errors.InvalidDicomError):
        legible(io.BytesIO(b"not a DICOM file"))
