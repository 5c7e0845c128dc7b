"""The answer key: what ought to become of each study, and what was planted in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from deploy.hospital.people import Hospital, Person, Visit

Identifier = Mapping[str, str | bool]
"""`kind` says what it is, `form` how it is written: name, date, id, uid or text."""


def planted(
    hospital: Hospital, visit: Visit, kind: str, disposition: str, reason: str
) -> dict[str, object]:
    """Make one line of the key."""
    return {
        "accession_number": visit.accession,
        "kind": kind,
        "disposition": disposition,
        "reason": reason,
        "identifiers": identifiers(hospital, visit),
    }


def identifiers(hospital: Hospital, visit: Visit) -> list[Identifier]:
    """List everything in a study that tells who, where or when."""

    def name(kind: str, person: Person) -> Identifier:
        return {"kind": kind, "form": "name", "family": person.family,
                "given": person.given, "alone": True}  # fmt: skip

    def values(form: str, **named: str) -> list[Identifier]:
        return [
            {"kind": kind.replace("_", " "), "form": form, "value": value}
            for kind, value in named.items()
        ]

    patient = visit.patient
    return [
        name("patient name", patient.person),
        name("referring physician", visit.referrer),
        name("radiologist", visit.radiologist),
        name("radiographer", visit.radiographer),
        *values(
            "date",
            birth_date=patient.birth.isoformat(),
            study_date=visit.day.isoformat(),
            prior_date=visit.prior.isoformat(),
        ),
        *values(
            "id",
            patient_id=patient.patient_id,
            national_id=patient.national_id,
            accession_number=visit.accession,
            study_id=visit.study_id,
            procedure_id=visit.procedure_id,
            patient_phone=patient.phone,
            hospital_phone=hospital.phone,
            device_serial=visit.device.serial,
            station=visit.device.station,
        ),
        *values(
            "text",
            patient_address=patient.address,
            hospital=hospital.name,
            hospital_address=hospital.address,
        ),
        *values("uid", study_uid=visit.study_uid),
    ]


def write_key(folder: Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Write ``studies.jsonl``, one study a line."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "studies.jsonl").open("w", encoding="utf-8") as key:
        for line in lines:
            key.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_key(folder: Path) -> list[dict[str, Any]]:
    """Read one hospital's key back."""
    lines = (folder / "studies.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]
