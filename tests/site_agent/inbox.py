"""A small real inbox: films and reports as a PACS exports them, with identifiers."""

from __future__ import annotations

import io
import json
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

ROWS, COLUMNS = 64, 48
NAME, PATIENT, ACCESSION = "Höfig^Gundula", "K18-95938", "RX72944254"
STUDY = "1.3.12.2.1107.5.3.1.1.258586150.39739"
PHYSICIAN = "Wagenknecht^Mariusz"

REPORT = f"""Klinikum Sebnitz
Patient: HÖFIG, Gundula (F), geb. 13.11.1957, ID {PATIENT}
Zuweiser: Dr. Mariusz Wagenknecht
Datum: 15.08.2017   Auftragsnr.: {ACCESSION}

INDICATION: Routine check-up.

FINDINGS: Heart size within normal limits. No pleural effusion.

IMPRESSION: No acute findings. Dr. Wagenknecht was informed on 15.08.2017.

gez.: Dr. Mariusz Wagenknecht, 15.08.2017
"""


def dataset(number: int = 1, **changes: object) -> Dataset:
    """Make a PA chest film of study `number`; None removes an attribute."""
    made = Dataset()
    values: dict[str, object] = {
        "SpecificCharacterSet": "ISO_IR 100",
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "SOPClassUID": DigitalXRayImageStorageForPresentation,
        "SOPInstanceUID": f"{STUDY}.{number}.1",
        "StudyDate": "20170815",
        "StudyTime": "091500",
        "AccessionNumber": f"{ACCESSION}{number}",
        "Modality": "DX",
        "Manufacturer": "Philips Medical Systems",
        "InstitutionName": "Klinikum Sebnitz",
        "ReferringPhysicianName": PHYSICIAN,
        "StudyDescription": "CHEST PA ROUTINE CHECK-UP",
        "PatientName": NAME,
        "PatientID": f"{PATIENT}-{number}",
        "PatientBirthDate": "19571113",
        "PatientSex": "F",
        "PatientAge": "059Y",
        "BodyPartExamined": "CHEST",
        "DeviceSerialNumber": "SN90916691",
        "ViewPosition": "PA",
        "StudyInstanceUID": f"{STUDY}.{number}",
        "SeriesInstanceUID": f"{STUDY}.{number}.7",
        "InstanceNumber": "1",
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": ROWS,
        "Columns": COLUMNS,
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "BurnedInAnnotation": "NO",
        "PixelData": bytes(range(256)) * (ROWS * COLUMNS * 2 // 256),
        **changes,
    }
    for keyword, value in values.items():
        if value is not None:
            setattr(made, keyword, value)
    return made


def film(
    number: int = 1, syntax: str = ExplicitVRLittleEndian, **changes: object
) -> bytes:
    """Return a Part 10 file."""
    made = dataset(number, **changes)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.file_meta.MediaStorageSOPClassUID = made.get("SOPClassUID", "1.2")
    made.file_meta.MediaStorageSOPInstanceUID = made.get("SOPInstanceUID", "1.2")
    file = io.BytesIO()
    dcmwrite(file, made, enforce_file_format=True)
    return file.getvalue()


def without_preamble(syntax: str = ImplicitVRLittleEndian, **changes: object) -> bytes:
    """Return a bare dataset, as older systems store it."""
    file = io.BytesIO()
    dcmwrite(
        file,
        dataset(**changes),
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=True,
    )
    return file.getvalue()


def report(number: int = 1) -> str:
    """Return the letter of study `number`."""
    return REPORT.replace(ACCESSION, f"{ACCESSION}{number}").replace(
        PATIENT, f"{PATIENT}-{number}"
    )


def put(path: Path, content: bytes | str) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_inbox(folder: Path, studies: int = 3) -> None:
    """Write `studies` good studies, their reports as text, and the usual clutter."""
    for number in range(1, studies + 1):
        put(folder / f"images/PA{number:06}/IM000001", film(number))
        put(folder / f"reports/{ACCESSION}{number}.txt", report(number))
    put(folder / "images/AUTORUN.INF", "[autorun]\nopen=viewer.exe\n")
    put(folder / "images/readme.txt", "This medium contains images.\n")
    put(folder / "images/Thumbs.db", b"")


def record(number: int = 1, **changes: object) -> str:
    """Return the report of study `number` as JSON."""
    value: dict[str, object] = {
        "accession_number": f"{ACCESSION}{number}",
        "study_instance_uid": f"{STUDY}.{number}",
        "patient_name": "Gundula Höfig",
        "findings": "No pleural effusion.",
        "impression": "No acute findings.",
    }
    return json.dumps({**value, **changes})


SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
