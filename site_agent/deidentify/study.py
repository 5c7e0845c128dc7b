"""De-identify a study but for pixels: headers, report, and the facts before that."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from site_agent.deidentify.header.dataset import deidentify_header, to_bytes
from site_agent.deidentify.header.engine import Declined, clean_header
from site_agent.deidentify.header.facts import facts, technical
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


def deidentify(
    study: ReceivedStudy,
    pseudonyms: Pseudonyms,
    options: Options,
    known: KnownIdentifiers,
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
            images.append(_image(image, pseudonyms, options))
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


def _image(
    image: ReceivedImage, pseudonyms: Pseudonyms, options: Options
) -> DeidentifiedImage:
    """Clean one film's header; its pixels, text in them too, are still as they came.

    Raises
    ------
    UnreadableFile
        When the film is damaged, or cannot be de-identified.
    """
    try:
        instance, content = _by_engine(image.content, pseudonyms, options)
    except Declined:
        clean = deidentify_header(image.dataset, pseudonyms, options)
        instance, content = str(clean.SOPInstanceUID), to_bytes(clean)
    return DeidentifiedImage(instance, content, technical(image.dataset))


def _by_engine(
    content: bytes, pseudonyms: Pseudonyms, options: Options
) -> tuple[str, bytes]:
    def read(offset: int, count: int) -> bytes:
        return content[offset : offset + count]

    header = clean_header(read, len(content), pseudonyms, options)
    start, end = header.pixels_start, header.pixels_start + header.pixels_length
    return header.instance, b"".join(
        (header.head, memoryview(content)[start:end], header.tail)
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
