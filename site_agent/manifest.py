"""The manifest: which studies a site has frozen, and the root that commits to them.

The unit is the pseudonymous study. Its leaf is canonical JSON (UTF-8, keys sorted, no
spaces) of everything that is kept of it: file digests, facts, labels, methods. The
leaves are ordered by study pseudonym, and the root is RFC 9162's over them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from protos import merkle
from protos.statistics_pb2 import (
    AgeBand,
    Assertion,
    Indication,
    Observation,
    Sex,
    Vendor,
)
from site_agent.study import AuditedFile, AuditedStudy, Facts


@dataclass(frozen=True, slots=True)
class Manifest:
    """A frozen manifest; nothing in it ever changes.

    `root` and `specification` are SHA-256, 32 bytes. `received` is how many studies
    had come in when it was frozen, refused ones too. `frozen_at` is in Unix seconds.
    """

    root: bytes
    studies: tuple[AuditedStudy, ...]
    specification: bytes
    received: int
    frozen_at: int


def leaf(study: AuditedStudy) -> bytes:
    """Return the canonical bytes of a study."""
    value = {
        "facts": {
            "age": AgeBand.Name(study.facts.age),
            "device": study.facts.device,
            "indication": Indication.Name(study.facts.indication),
            "sex": Sex.Name(study.facts.sex),
            "vendor": Vendor.Name(study.facts.vendor),
            "year": study.facts.year,
        },
        "labels": {
            Observation.Name(observation): Assertion.Name(assertion)
            for observation, assertion in study.labels.items()
        },
        "methods": list(study.methods),
        "patient": study.patient,
        "primary": _entry(study.primary),
        "report": _entry(study.report),
        "study": study.study,
        "supplementary": [_entry(file) for file in study.supplementary],
    }
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def leaf_hash(study: AuditedStudy) -> bytes:
    """Return the RFC 9162 leaf hash that names this content of this study."""
    return merkle.leaf_hash(leaf(study))


def parse(data: bytes) -> AuditedStudy:
    """Read the canonical bytes of a study; `leaf` gives the same bytes again."""
    value: dict[str, Any] = json.loads(data)
    facts = value["facts"]
    return AuditedStudy(
        study=value["study"],
        patient=value["patient"],
        primary=AuditedFile(**value["primary"]),
        supplementary=tuple(AuditedFile(**file) for file in value["supplementary"]),
        report=AuditedFile(**value["report"]),
        facts=Facts(
            age=AgeBand.Value(facts["age"]),
            sex=Sex.Value(facts["sex"]),
            year=facts["year"],
            vendor=Vendor.Value(facts["vendor"]),
            device=facts["device"],
            indication=Indication.Value(facts["indication"]),
        ),
        labels={
            Observation.Value(observation): Assertion.Value(assertion)
            for observation, assertion in value["labels"].items()
        },
        methods=tuple(value["methods"]),
    )


def ordered(studies: Iterable[AuditedStudy]) -> Sequence[AuditedStudy]:
    """Return the studies in the order of the manifest."""
    return sorted(studies, key=lambda study: study.study)


def root(studies: Iterable[AuditedStudy]) -> bytes:
    """Return the RFC 9162 root over the studies' leaves, 32 bytes.

    Raises
    ------
    ValueError
        When a study is there twice.
    """
    sequence = ordered(studies)
    if len({study.study for study in sequence}) < len(sequence):
        raise ValueError("a study is in the manifest twice")
    return merkle.root([leaf_hash(study) for study in sequence])


def _entry(file: AuditedFile) -> dict[str, str]:
    return {"name": file.name, "sha256": file.sha256}
