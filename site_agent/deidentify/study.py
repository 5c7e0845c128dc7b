"""De-identify a study but for pixels: headers, report, and the facts before that."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydicom.dataset import Dataset

from site_agent.deidentify.header.facts import facts
from site_agent.deidentify.header.options import Dates, Options
from site_agent.deidentify.header.reading import text_of
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.text.identifiers import KnownIdentifiers
from site_agent.deidentify.text.report import deidentify_report
from site_agent.errors import ReportInDoubt, UnreadableFile
from site_agent.study import (
    DeidentifiedImage,
    DeidentifiedReport,
    DeidentifiedStudy,
    Reason,
    ReasonCode,
    ReceivedImage,
    ReceivedStudy,
    Refusal,
)

__all__ = ["Dates", "Options", "deidentify"]

Clean = Callable[[ReceivedImage], DeidentifiedImage]
"""Writes a film with a clean header; its pixels, text in them too, are as they came.
Raises `UnreadableFile` when it is damaged, or cannot be de-identified."""


def deidentify(
    study: ReceivedStudy,
    pseudonyms: Pseudonyms,
    options: Options,
    known: KnownIdentifiers,
    clean: Clean,
) -> DeidentifiedStudy | Refusal:
    """Take from a study what tells who, where and when.

    Parameters
    ----------
    study : ReceivedStudy
        As it came, with at least one image; it is not changed.
    pseudonyms : Pseudonyms
        Makes the pseudonyms of study, patient, device and every UID.
    options : Options
        What is done to headers. They say that pixels are clean where these do.
    known : KnownIdentifiers
        What the headers and the order tell about persons and places; it is looked for
        in the report.
    clean : callable
        Cleans the header of a film by the same pseudonyms and options.

    Returns
    -------
    DeidentifiedStudy or Refusal
        Refused when PatientID or StudyInstanceUID is empty or not the same in all
        images, when an image cannot be read or written, and when the report is in
        doubt. An image that is refused takes its study with it: half a study would
        count as a whole one.
    """
    headers = [image.dataset for image in study.images]
    patients = {_patient(header, pseudonyms) for header in headers}
    uids = {text_of(header, "StudyInstanceUID") for header in headers}
    reasons = list(_faults_of_identity(patients, uids))
    images: list[DeidentifiedImage] = []
    for image in study.images:
        try:
            images.append(clean(image))
        except UnreadableFile as error:
            reasons.append(Reason(ReasonCode.UNREADABLE, str(error)))
    report: DeidentifiedReport | None = None
    if study.report is not None:
        try:
            report = deidentify_report(study.report, known)
        except ReportInDoubt as doubt:
            reasons.append(Reason(ReasonCode.REPORT_IN_DOUBT, str(doubt)))
    if reasons:
        return Refusal(tuple(dict.fromkeys(reasons)))
    return DeidentifiedStudy(
        study=pseudonyms.study(uids.pop()),
        patient=patients.pop(),
        images=tuple(images),
        report=report,
        facts=facts(study, pseudonyms),
        methods=options.methods,
    )


def _patient(dataset: Dataset, pseudonyms: Pseudonyms) -> str:
    patient = text_of(dataset, "PatientID")
    issuer = text_of(dataset, "IssuerOfPatientID")
    return pseudonyms.patient(patient, issuer) if patient else ""


def _faults_of_identity(patients: set[str], uids: set[str]) -> Iterator[Reason]:
    if "" in patients or "" in uids:
        yield Reason(ReasonCode.IDENTITY_MISSING)
    elif len(patients) != 1 or len(uids) != 1:
        several = "its images name several patients or studies"
        yield Reason(ReasonCode.IDENTITY_MISSING, several)
