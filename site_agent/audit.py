"""The last look at a study before it is stored: whether anything in it identifies.

Every byte that would be kept is searched for every known identifier; only the values of
PixelData are passed over. One hit and the study is quarantined, and nothing of it is
stored. `site_agent.residue` says what counts as a hit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

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


def files_of(study: LabelledStudy) -> dict[str, bytes]:
    """Give the exact bytes of a study's files by name.

    ``primary.dcm``, ``supplementary-1.dcm`` ..., and ``report.json``: canonical JSON
    (UTF-8, sorted keys, no spaces) with ``findings`` and ``impression``.
    """
    scrubbed = study.scrubbed
    films = {PRIMARY: scrubbed.primary.content}
    for number, film in enumerate(scrubbed.supplementary, 1):
        films[f"supplementary-{number}.dcm"] = film.content
    return {**films, REPORT: _report_bytes(scrubbed.checked.report)}


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
    files = files_of(study)
    reasons: list[Reason] = []
    for name, content in files.items():
        if name == REPORT:
            texts = [checked.report.findings, checked.report.impression]
            kinds = find_residue(
                [*texts, "\n".join(texts), content.decode()],
                known,
                shortest_number=_SHORTEST_NUMBER_IN_TEXT,
            )
        else:
            kinds = find_residue(legible(content), known)
        reasons += _reasons(name, kinds)
    names = (deidentified.study, deidentified.patient, *files)
    reasons += _reasons("the names of the files", find_residue(names, known))
    if reasons:
        return Refusal(tuple(reasons))
    audited = {
        name: AuditedFile(name, hashlib.sha256(content).hexdigest())
        for name, content in files.items()
    }
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
