"""The stages of a study. Their order is in their types.

``ReceivedStudy`` -> ``DeidentifiedStudy`` -> ``CheckedStudy`` -> ``ScrubbedStudy`` ->
``LabelledStudy`` -> ``AuditedStudy``. Each stage holds the one before it, and only the
step that earns a stage makes it. Everything is frozen. All but the last live while one
study is processed, in memory but for films, which are files; the last is the record
that is kept, without pixels and without text.

A step that cannot go on gives a `Refusal` with all its reasons at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydicom.dataset import Dataset

from protos.statistics_pb2 import (
    AgeBand,
    Assertion,
    Indication,
    Observation,
    Sex,
    Vendor,
)


class Disposition(StrEnum):
    """What became of a study."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"


class ReasonCode(StrEnum):
    """Why a study was not accepted. `REASONS` says what each means and what to do."""

    UNREADABLE = "unreadable"
    REPORT_MISSING = "report-missing"
    REPORT_AMBIGUOUS = "report-ambiguous"
    STUDY_MISSING = "study-missing"
    CONFLICTING_INSTANCES = "conflicting-instances"
    IDENTITY_MISSING = "identity-missing"
    MODALITY = "modality"
    BODY_PART = "body-part"
    PROJECTION = "projection"
    FURTHER_VIEW = "further-view"
    RESOLUTION = "resolution"
    BIT_DEPTH = "bit-depth"
    VENDOR = "vendor"
    AGE = "age"
    BURNED_IN = "burned-in"
    SECTIONS = "sections"
    REPORT_IN_DOUBT = "report-in-doubt"
    RESIDUAL_IDENTIFIER = "residual-identifier"


@dataclass(frozen=True, slots=True)
class Meaning:
    """The disposition that a reason leads to, and what a data manager is told."""

    disposition: Disposition
    text: str


_REJECTED, _QUARANTINED = Disposition.REJECTED, Disposition.QUARANTINED
REASONS: Mapping[ReasonCode, Meaning] = {
    ReasonCode.UNREADABLE: Meaning(
        _QUARANTINED,
        "A file is damaged or incomplete. Export the study again from the PACS.",
    ),
    ReasonCode.REPORT_MISSING: Meaning(
        _QUARANTINED,
        "No report has this study's accession number. Add the report and run again.",
    ),
    ReasonCode.REPORT_AMBIGUOUS: Meaning(
        _QUARANTINED,
        "More than one report has this study's accession number. Keep the final one "
        "and run again.",
    ),
    ReasonCode.STUDY_MISSING: Meaning(
        _QUARANTINED,
        "A report has no study with its accession number. Export the study and run "
        "again.",
    ),
    ReasonCode.CONFLICTING_INSTANCES: Meaning(
        _QUARANTINED,
        "Two different files carry the same SOPInstanceUID. Keep the right one and "
        "run again.",
    ),
    ReasonCode.IDENTITY_MISSING: Meaning(
        _QUARANTINED,
        "PatientID or StudyInstanceUID is empty, so that the study cannot be "
        "pseudonymised consistently. Export it again with both.",
    ),
    ReasonCode.MODALITY: Meaning(
        _REJECTED, "Not a radiograph: Modality is not DX or CR."
    ),
    ReasonCode.BODY_PART: Meaning(_REJECTED, "The body part is not the chest."),
    ReasonCode.PROJECTION: Meaning(_REJECTED, "The study has no PA view."),
    ReasonCode.FURTHER_VIEW: Meaning(
        _REJECTED,
        "A film that is neither the chosen PA view nor a lateral; it is left out.",
    ),
    ReasonCode.RESOLUTION: Meaning(
        _REJECTED, "The film has fewer rows or columns than the specification asks for."
    ),
    ReasonCode.BIT_DEPTH: Meaning(
        _REJECTED, "The film has fewer bits per pixel than the specification asks for."
    ),
    ReasonCode.VENDOR: Meaning(_REJECTED, "Manufacturer is empty."),
    ReasonCode.AGE: Meaning(
        _REJECTED, "Neither PatientAge nor PatientBirthDate tells the age."
    ),
    ReasonCode.BURNED_IN: Meaning(
        _QUARANTINED,
        "The film may show identifying text, and no program could take it out. Look at "
        "it, and export it without the text.",
    ),
    ReasonCode.SECTIONS: Meaning(
        _REJECTED, "The report lacks a Findings or an Impression section."
    ),
    ReasonCode.REPORT_IN_DOUBT: Meaning(
        _QUARANTINED,
        "The report has something that can neither be taken away nor let pass: a "
        "script, a language or figures that are not understood. Look at it with "
        "site-agent scrub-report, mend it and run again.",
    ),
    ReasonCode.RESIDUAL_IDENTIFIER: Meaning(
        _QUARANTINED,
        "After de-identification something still identifies the patient or a "
        "physician. Nothing was stored; report it to the data protection officer.",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `detail` holds values that identify nobody (e.g. ``1024 x 1024``)."""

    code: ReasonCode
    detail: str = ""

    def __str__(self) -> str:
        text = REASONS[self.code].text
        return f"{self.code}: {text}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Refusal:
    """All the reasons why a study does not go on; never empty."""

    reasons: tuple[Reason, ...]

    @property
    def disposition(self) -> Disposition:
        """Rejected when any reason rejects: nobody can mend that by exporting again."""
        met = {REASONS[reason.code].disposition for reason in self.reasons}
        return _REJECTED if _REJECTED in met else _QUARANTINED


# --------------------------------------------------------------------------- received


@dataclass(frozen=True, slots=True)
class ReceivedImage:
    """One DICOM file as it came. `path` identifies the patient; it is never shown.

    `dataset` is what pydicom reads of it, without its pixels.
    """

    path: Path
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class ReceivedReport:
    """One report as it came.

    `text` is the whole letter. Where the source gives sections as fields (JSON), they
    are in `sections` under their lower-case names and `text` may be empty. `known`
    holds further identifiers that came beside the text, by kind (``patient_name``,
    ``birth_date``, ``referring_physician`` ...).
    """

    text: str
    sections: Mapping[str, str]
    known: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReceivedStudy:
    """All images of one StudyInstanceUID, and its report if it has one."""

    images: tuple[ReceivedImage, ...]
    report: ReceivedReport | None


# ----------------------------------------------------------------------- deidentified


class View(StrEnum):
    """Projection of a chest film, from ViewPosition or ViewCodeSequence."""

    PA = "PA"
    AP = "AP"
    LATERAL = "LATERAL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Technical:
    """What the quality checks need of a film; read before de-identification.

    `rows`, `columns`: pixels. `bits_stored`: bits per pixel. `vendor` is None where
    Manufacturer is empty. `chest` is None where nothing tells the body part.
    `burned_in` is what the header says, and may be wrong.
    """

    modality: str
    view: View
    rows: int
    columns: int
    bits_stored: int
    chest: bool | None
    vendor: Vendor.ValueType | None
    burned_in: bool


@dataclass(frozen=True, slots=True)
class DeidentifiedImage:
    """A film whose header obeys the profile. `path` is the Part 10 file, not kept yet.

    Where pixels are scrubbed the header says so already: nothing of a film is kept
    before that is true.
    """

    sop_instance_uid: str
    path: Path
    technical: Technical


@dataclass(frozen=True, slots=True)
class DeidentifiedReport:
    """The two sections that are kept; empty where the report had none."""

    findings: str
    impression: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the statistics need and de-identification removes, as bands and classes.

    `age` is AGE_UNKNOWN and `year` 0 where the header does not tell. `device` is a
    keyed pseudonym, only good for counting how many devices stand behind a vendor.
    """

    age: AgeBand.ValueType
    sex: Sex.ValueType
    year: int
    vendor: Vendor.ValueType
    device: str
    indication: Indication.ValueType


@dataclass(frozen=True, slots=True)
class DeidentifiedStudy:
    """`study` and `patient` are keyed pseudonyms, the same over runs and studies.

    `methods` are the CID 7050 codes that the headers name.
    """

    study: str
    patient: str
    images: tuple[DeidentifiedImage, ...]
    report: DeidentifiedReport | None
    facts: Facts
    methods: tuple[str, ...]


# ---------------------------------------------------------------------------- checked


@dataclass(frozen=True, slots=True)
class CheckedStudy:
    """A study that meets the specification.

    `primary` is the PA film; `supplementary` are laterals of the same encounter.
    `left_out` says which images do not go on, and why.
    """

    deidentified: DeidentifiedStudy
    report: DeidentifiedReport
    primary: DeidentifiedImage
    supplementary: tuple[DeidentifiedImage, ...]
    left_out: tuple[Reason, ...]


# --------------------------------------------------------------------------- scrubbed


@dataclass(frozen=True, slots=True)
class ScrubbedStudy:
    """A checked study on whose films no burned-in text is known.

    `primary` and `supplementary` are those of the checked study: as they were where
    nothing was found. `left_out` has the laterals besides that a person has to look at.
    """

    checked: CheckedStudy
    primary: DeidentifiedImage
    supplementary: tuple[DeidentifiedImage, ...]
    left_out: tuple[Reason, ...]


# --------------------------------------------------------------------------- labelled

Labels = Mapping[Observation.ValueType, Assertion.ValueType]
"""One assertion for each of the 14 observations."""


@dataclass(frozen=True, slots=True)
class LabelledStudy:
    """A scrubbed study with its 14 labels."""

    scrubbed: ScrubbedStudy
    labels: Labels


# ---------------------------------------------------------------------------- audited


@dataclass(frozen=True, slots=True)
class AuditedFile:
    """A file whose every byte was audited. `name` is relative to the study's folder."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AuditedStudy:
    """The record that is kept: digests, facts and labels; no pixels, no text.

    `primary` is the PA film, `supplementary` the laterals, `report` the JSON file with
    ``findings`` and ``impression``.
    """

    study: str
    patient: str
    primary: AuditedFile
    supplementary: tuple[AuditedFile, ...]
    report: AuditedFile
    facts: Facts
    labels: Labels
    methods: tuple[str, ...]

    @property
    def files(self) -> tuple[AuditedFile, ...]:
        """All files of the study."""
        return (self.primary, *self.supplementary, self.report)
