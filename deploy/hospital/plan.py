"""Plan a hospital's export: who comes, with what findings, and what is odd about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import numpy as np

from deploy.hospital.film import Findings
from deploy.hospital.letter import Letter, write_letter
from deploy.hospital.people import (
    FIRST_YEAR,
    LAST_YEAR,
    Hospital,
    Patient,
    Visit,
    admit,
    book,
    found_hospital,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is odd about a study, what ought to become of it, and the reason."""

    name: str
    disposition: str = "accepted"
    reason: str = ""
    views: tuple[str, ...] = ("PA",)


ORDINARY = Kind("ordinary")
_KINDS = (
    Kind("pa-and-lateral", views=("PA", "LL")),
    Kind("child"),
    Kind("duplicate"),
    Kind("burned-in"),
)
ODD = (
    Kind("ap-only", "rejected", "projection", ("AP",)),
    Kind("ap-only", "rejected", "projection", ("AP",)),
    Kind("lateral-only", "rejected", "projection", ("LL",)),
    Kind("small", "rejected", "resolution"),
    Kind("eight-bit", "rejected", "bit-depth"),
    Kind("hand", "rejected", "body-part"),
    Kind("stray-ct", "rejected", "modality"),
    Kind("no-vendor", "rejected", "vendor"),
    Kind("no-age", "rejected", "age"),
    Kind("no-sections", "rejected", "sections"),
    Kind("truncated", "quarantined", "unreadable"),
    Kind("no-report", "quarantined", "report-missing"),
    Kind("two-reports", "quarantined", "report-ambiguous"),
    Kind("report-only", "quarantined", "study-missing", ()),
    Kind("conflicting", "quarantined", "conflicting-instances", ("PA", "PA")),
    Kind("no-patient-id", "quarantined", "identity-missing"),
    Kind("announced-text", "quarantined", "burned-in"),
)
"""Each is in every inbox, beside the studies that ought to be accepted."""


@dataclass(frozen=True, slots=True)
class Study:
    """One planned study. `number` counts from 1 within the hospital."""

    hospital: Hospital
    visit: Visit
    kind: Kind
    findings: Findings
    number: int
    seed: int


@dataclass(slots=True)
class Inbox:
    """A hospital, its studies and their reports, as planned."""

    hospital: Hospital
    studies: list[Study] = field(default_factory=list)
    letters: list[tuple[Study, Letter]] = field(default_factory=list)


def plan(number: int, studies: int, seed: int) -> Inbox:
    """Decide everything about one hospital but the pixels."""
    rng = np.random.default_rng([seed, number])
    inbox = Inbox(found_hospital(number, rng))
    special = [kind for kind in _KINDS for _ in range(max(1, studies // 20))][:studies]
    wanted = [*special, *[ORDINARY] * (studies - len(special))]
    kinds = [
        (kind, seen) for kind, seen in zip(wanted, _mixture(studies, rng), strict=True)
    ]
    kinds += list(zip(ODD, _mixture(len(ODD), rng), strict=True))
    known: list[Patient] = []
    for index in rng.permutation(len(kinds)):
        kind, findings = kinds[index]
        number_here = len(inbox.studies) + 1
        visit = _visit(inbox.hospital, kind, number_here, known, rng)
        study = Study(inbox.hospital, visit, kind, findings, number_here, seed)
        inbox.studies.append(study)
        inbox.letters += [(study, letter) for letter in _letters(study, rng)]
    return inbox


def _mixture(count: int, rng: np.random.Generator) -> list[Findings]:
    """Mix findings for `count` films: three labels at one half, others rarer."""

    def marked(share: float, faint: float = 0.0) -> list[float]:
        strong, weak = round(share * count), round(faint * count)
        column = np.zeros(count)
        column[:strong] = rng.uniform(0.5, 1.0, strong)
        column[strong : strong + weak] = rng.uniform(0.2, 0.3, weak)
        return [float(strength) for strength in rng.permutation(column)]

    columns = zip(
        marked(0.5),
        marked(0.47, faint=0.06),
        marked(0.2, faint=0.05),
        marked(0.1),
        marked(0.5),
        rng.random(count) < 0.5,
        strict=True,
    )
    return [
        Findings(heart, effusion, patch, collapse, bool(line), bool(right))
        for heart, effusion, patch, collapse, line, right in columns
    ]


def _visit(
    hospital: Hospital,
    kind: Kind,
    number: int,
    known: list[Patient],
    rng: np.random.Generator,
) -> Visit:
    """Book somebody new or, one in sixteen, somebody who was here before."""
    year = FIRST_YEAR + number % (LAST_YEAR - FIRST_YEAR + 1)
    day = dt.date(year, 1, 1) + dt.timedelta(days=int(rng.integers(365)))
    if kind is ORDINARY and known and rng.random() < 1 / 16:
        patient = known[int(rng.integers(len(known)))]
        return book(hospital, patient, day, rng)
    age = (
        int(rng.integers(5, 17)) if kind.name == "child" else int(rng.integers(25, 92))
    )
    patient = admit(hospital, day, age, rng)
    if kind is ORDINARY and age > 32:  # was an adult in every year of the export
        known.append(patient)
    return book(hospital, patient, day, rng)


def _letters(study: Study, rng: np.random.Generator) -> list[Letter]:
    """Write the reports of a study: one, but for the odd ones."""
    if study.kind.name in ("no-report", "stray-ct"):
        return []
    letter = write_letter(study.hospital, study.visit, study.findings, rng)
    if study.kind.name == "no-sections":
        return [Letter(letter.text.split("FINDINGS:")[0] + "Normal chest.\n", "", "")]
    if study.kind.name == "two-reports":  # another reading of the same film
        other = replace(
            study.findings, support_devices=not study.findings.support_devices
        )
        return [letter, write_letter(study.hospital, study.visit, other, rng)]
    return [letter]
