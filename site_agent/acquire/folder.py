"""Looking at every file below an inbox, to tell films, reports and clutter apart.

What a file is, is told by its content; names and folders decide nothing that content
can. Nothing is copied, and of a film only the header and a few samples are read.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydicom.charset import convert_encodings, decode_bytes

from site_agent.acquire import part10, reports
from site_agent.acquire.reports import FoundReport

_DICOMDIR = b"1.2.840.10008.1.3.10"  # Media Storage Directory Storage (PS3.4 B.5)
_DICOM_SUFFIXES = frozenset((".dcm", ".dicom", ".dic", ".ima"))
_LARGEST_TEXT = 1 << 28
CANNOT_BE_OPENED = "a file cannot be opened"


class Ignored(StrEnum):
    """Why a file plays no part."""

    EMPTY = "empty files"
    DIRECTORY = "DICOMDIR"
    OTHER = "files that are neither DICOM nor a report"
    DUPLICATE = "copies"


@dataclass(frozen=True, slots=True)
class FoundImage:
    """One DICOM file; every text is as the file has it, without padding, or empty.

    `damage` is a phrase that says what is wrong with the file, empty when it is whole.
    `fingerprint` tells a changed file (`part10.Structure`).
    """

    path: Path
    size: int
    study_instance_uid: str
    sop_instance_uid: str
    accession: str
    patient_id: str
    patient_name: str
    modality: str
    damage: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FoundReports:
    """A file of reports."""

    path: Path
    reports: tuple[FoundReport, ...]


@dataclass(frozen=True, slots=True)
class FoundNothing:
    """A file that plays no part."""

    path: Path
    why: Ignored


Found = FoundImage | FoundReports | FoundNothing


def look(path: Path) -> Found:
    """Tell what one file is."""
    try:
        # A link leads out of the export, to a file that nobody delivered.
        if path.is_symlink() or not path.is_file():
            return FoundNothing(path, Ignored.OTHER)
        with path.open("rb") as file:
            start = file.read(1024)
            if part10.is_dicom(start):
                return _image(path, part10.examine(file))
    except OSError:
        return unreadable(path)
    suffix = path.suffix.lower()
    if suffix in _DICOM_SUFFIXES:
        return unreadable(path, part10.BROKEN if start else part10.CUT_OFF, start)
    if not start:
        return FoundNothing(path, Ignored.EMPTY)
    if suffix in reports.SUFFIXES and path.stat().st_size <= _LARGEST_TEXT:
        found = reports.parse(path, path.read_bytes())
        return FoundReports(path, found) if found else FoundNothing(path, Ignored.OTHER)
    return FoundNothing(path, Ignored.OTHER)


def same_content(one: Path, other: Path) -> bool:
    """Compare two files byte by byte."""
    with one.open("rb") as first, other.open("rb") as second:
        while chunk := first.read(1 << 20):
            if chunk != second.read(1 << 20):
                return False
        return not second.read(1)


def _image(path: Path, structure: part10.Structure) -> FoundImage | FoundNothing:
    if structure.values.get("MediaStorageSOPClassUID", b"").startswith(_DICOMDIR):
        return FoundNothing(path, Ignored.DIRECTORY)

    charset = structure.values.get("SpecificCharacterSet", b"").decode(
        "ascii", "replace"
    )

    def text(keyword: str) -> str:
        return _decoded(structure.values.get(keyword, b""), charset).strip(" \0")

    return FoundImage(
        path=path,
        size=path.stat().st_size,
        study_instance_uid=text("StudyInstanceUID"),
        sop_instance_uid=text("SOPInstanceUID"),
        accession=text("AccessionNumber"),
        patient_id=text("PatientID"),
        patient_name=text("PatientName"),
        modality=text("Modality"),
        damage=structure.damage,
        fingerprint=structure.fingerprint,
    )


def unreadable(
    path: Path, damage: str = CANNOT_BE_OPENED, start: bytes = b""
) -> FoundImage:
    """Make an image of which nothing is known but that it should be one."""
    marks = hashlib.sha256(start + os.fsencode(path)).hexdigest()
    size = path.stat().st_size if path.exists() else 0
    return FoundImage(path, size, "", "", "", "", "", "", damage, marks)


def _decoded(value: bytes, charset: str) -> str:
    """Decode a value by SpecificCharacterSet; what it does not cover as Latin-1."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they quote what they complain of
            encodings = convert_encodings(
                [name.strip() for name in charset.split("\\")]
            )
            return str(decode_bytes(value, encodings, set()))
    except (LookupError, UnicodeError, ValueError):
        return value.decode("latin-1")
