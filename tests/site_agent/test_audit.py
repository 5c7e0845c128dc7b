"""The audit fails closed: one identifier anywhere and nothing is stored."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from protos.statistics_pb2 import (
    AgeBand,
    Assertion,
    Indication,
    Observation,
    Sex,
    Vendor,
)
from site_agent.audit import audit, files_of
from site_agent.deidentify.text.identifiers import KnownIdentifiers, known_identifiers
from site_agent.study import (
    AuditedStudy,
    CheckedStudy,
    DeidentifiedImage,
    DeidentifiedReport,
    DeidentifiedStudy,
    Disposition,
    Facts,
    LabelledStudy,
    ReasonCode,
    ReceivedImage,
    ReceivedStudy,
    Refusal,
    ScrubbedStudy,
    Technical,
    View,
)
from tests.site_agent.deidentify.chest_film import chest_film, item

TECHNICAL = Technical("DX", View.PA, 2048, 2048, 12, True, Vendor.AGFA, False)
FACTS = Facts(
    AgeBand.AGE_40_49, Sex.FEMALE, 2021, Vendor.AGFA, "D1", Indication.ROUTINE_CHECK_UP
)
LABELS = {Observation.NO_FINDING: Assertion.POSITIVE}


def content(**elements: object) -> bytes:
    dataset = item(SOPClassUID="1.2.840.10008.5.1.4.1.1.1.1", **elements)
    stream = io.BytesIO()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPInstanceUID = "2.25.77"
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def as_image(uid: str, data: bytes) -> DeidentifiedImage:
    path = Path(f"{uid}.dcm")
    path.write_bytes(data)
    return DeidentifiedImage(uid, path, TECHNICAL)


def film(uid: str, **elements: object) -> DeidentifiedImage:
    return as_image(uid, content(SOPInstanceUID=uid, **elements))


def bytes_of(file: bytes | Path) -> bytes:
    return file.read_bytes() if isinstance(file, Path) else file


def study(
    *laterals: DeidentifiedImage,
    primary: DeidentifiedImage | None = None,
    findings: str = "Heart normal.",
) -> LabelledStudy:
    primary = primary or film("2.25.1", PatientName="P7")
    report = DeidentifiedReport(findings, "No disease.")
    images = (primary, *laterals)
    whole = DeidentifiedStudy("SABC", "PDEF", images, report, FACTS, ("113100",))
    checked = CheckedStudy(whole, report, primary, laterals, ())
    return LabelledStudy(ScrubbedStudy(checked, primary, laterals, ()), LABELS)


@pytest.fixture
def known() -> KnownIdentifiers:
    received = ReceivedStudy((ReceivedImage(Path("x"), chest_film()),), None)
    return known_identifiers(received, ())


def refused(labelled: LabelledStudy, known: KnownIdentifiers) -> list[str]:
    verdict = audit(labelled, known)
    assert isinstance(verdict, Refusal)
    assert verdict.disposition is Disposition.QUARANTINED
    codes = {reason.code for reason in verdict.reasons}
    assert codes == {ReasonCode.RESIDUAL_IDENTIFIER}
    return [reason.detail for reason in verdict.reasons]


def test_clean_study_passes_with_the_digests_of_its_files(
    known: KnownIdentifiers,
) -> None:
    labelled = study(film("2.25.2"))
    audited = audit(labelled, known)
    assert isinstance(audited, AuditedStudy)
    files = files_of(labelled)
    assert {file.name: file.sha256 for file in audited.files} == {
        name: hashlib.sha256(bytes_of(data)).hexdigest() for name, data in files.items()
    }
    assert list(files) == ["primary.dcm", "supplementary-1.dcm", "report.json"]
    assert (audited.study, audited.patient) == ("SABC", "PDEF")
    assert audited.labels == LABELS


def test_report_is_canonical_json() -> None:
    data = bytes_of(files_of(study(findings="Ärger: „x“"))["report.json"])
    assert data == '{"findings":"Ärger: „x“","impression":"No disease."}'.encode()
    assert json.loads(data)["findings"] == "Ärger: „x“"


def test_name_left_in_any_element_is_found(known: KnownIdentifiers) -> None:
    primary = film("2.25.1", ImageComments="for Dr. Krebs")
    assert refused(study(primary=primary), known) == ["a name in primary.dcm"]


def test_identifier_in_a_lateral_is_found(known: KnownIdentifiers) -> None:
    lateral = film("2.25.2", PatientID="K18-95938")
    assert refused(study(lateral), known) == ["a number in supplementary-1.dcm"]


def test_date_and_name_left_in_the_report_are_found(known: KnownIdentifiers) -> None:
    details = refused(study(findings="REUTER, seen on 15.08.2017."), known)
    assert details == ["a date in report.json", "a name in report.json"]


def test_identifier_at_depth_is_found(known: KnownIdentifiers) -> None:
    deep = item(ReferencedStudySequence=[item(ReferencedSOPInstanceUID=_uid(known))])
    primary = film("2.25.1", RequestAttributesSequence=[deep])
    assert refused(study(primary=primary), known) == ["a uid in primary.dcm"]


def test_pseudonym_that_identifies_is_found(known: KnownIdentifiers) -> None:
    labelled = study()
    scrubbed = labelled.scrubbed
    whole = replace(scrubbed.checked.deidentified, patient="K18-95938")
    checked = replace(scrubbed.checked, deidentified=whole)
    labelled = replace(labelled, scrubbed=replace(scrubbed, checked=checked))
    assert refused(labelled, known) == ["a number in the names of the files"]


def test_pixels_are_passed_over(known: KnownIdentifiers) -> None:
    primary = film("2.25.1", BitsAllocated=8, PixelData=b"Reuter^Francisco")
    assert isinstance(audit(study(primary=primary), known), AuditedStudy)


def test_nothing_identifying_is_in_the_reasons(known: KnownIdentifiers) -> None:
    text = " ".join(refused(study(findings="Reuter K18-95938 19571113"), known))
    assert not any(word in text for word in ("Reuter", "K18", "1957"))


def _uid(known: KnownIdentifiers) -> str:
    return min(known.uids)


def test_received_film_itself_is_full_of_identifiers(known: KnownIdentifiers) -> None:
    header: Dataset = chest_film()
    stream = io.BytesIO()
    header.save_as(stream, enforce_file_format=True)
    primary = as_image("1.2", stream.getvalue())
    kinds = {detail.split()[1] for detail in refused(study(primary=primary), known)}
    assert kinds == {"name", "date", "number", "uid", "place"}
