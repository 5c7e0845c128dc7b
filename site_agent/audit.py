"""The last look at a study before it is stored: whether anything in it identifies.

Every byte that would be kept is searched for every known identifier; only the values of
PixelData are passed over. One hit and the study is quarantined, and nothing of it is
stored. `site_agent.residue` says what counts as a hit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from site_agent.deidentify.text.identifiers import KnownIdentifiers
from site_agent.legible import legible
from site_agent.residue import find_residue
from site_agent.study import (
    AuditedFile,
    AuditedStudy,
    DeidentifiedReport,
    LabelledStudy,
    Reason,
    ReasonCode,
    Refusal,
)

PRIMARY, REPORT = "primary.dcm", "report.json"
_SHORTEST_NUMBER_IN_TEXT = 5


def files_of(study: LabelledStudy) -> dict[str, bytes | Path]:
    """Give a study's files by name: where they are, or what is in them.

    ``primary.dcm``, ``supplementary-1.dcm`` ..., and ``report.json``: canonical JSON
    (UTF-8, sorted keys, no spaces) with ``findings`` and ``impression``.
    """
    films = _films_of(study)
    return {**films, REPORT: _report_bytes(study.scrubbed.checked.report)}


def audit(study: LabelledStudy, known: KnownIdentifiers) -> AuditedStudy | Refusal:
    """Search all of a study's output for the known identifiers, and fail closed.

    Returns
    -------
    AuditedStudy or Refusal
        The refusal (RESIDUAL_IDENTIFIER) says in which file which kinds were found,
        never what.

    Raises
    ------
    InvalidDicomError
        An output is no DICOM file.
    """
    checked = study.scrubbed.checked
    deidentified = checked.deidentified
    texts = [checked.report.findings, checked.report.impression]
    report = _report_bytes(checked.report)
    kinds = find_residue(
        [*texts, "\n".join(texts), report.decode()],
        known,
        shortest_number=_SHORTEST_NUMBER_IN_TEXT,
    )
    reasons = list(_reasons(REPORT, kinds))
    digests = {REPORT: hashlib.sha256(report).hexdigest()}
    for name, path in _films_of(study).items():
        with path.open("rb") as file:
            reasons += _reasons(name, find_residue(legible(file), known))
            file.seek(0)
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    names = (deidentified.study, deidentified.patient, *digests)
    reasons += _reasons("the names of the files", find_residue(names, known))
    if reasons:
        return Refusal(tuple(reasons))
    audited = {name: AuditedFile(name, digest) for name, digest in digests.items()}
    return AuditedStudy(
        study=deidentified.study,
        patient=deidentified.patient,
        primary=audited.pop(PRIMARY),
        report=audited.pop(REPORT),
        supplementary=tuple(audited.values()),
        facts=deidentified.facts,
        labels=study.labels,
        methods=deidentified.methods,
    )


def _films_of(study: LabelledStudy) -> dict[str, Path]:
    scrubbed = study.scrubbed
    films = {PRIMARY: scrubbed.primary.path}
    for number, film in enumerate(scrubbed.supplementary, 1):
        films[f"supplementary-{number}.dcm"] = film.path
    return films


def _report_bytes(report: DeidentifiedReport) -> bytes:
    sections = {"findings": report.findings, "impression": report.impression}
    return json.dumps(
        sections, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _reasons(name: str, kinds: Iterable[str]) -> list[Reason]:
    return [
        Reason(ReasonCode.RESIDUAL_IDENTIFIER, f"a {kind} in {name}")
        for kind in sorted(kinds)
    ]
