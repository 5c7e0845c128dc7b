"""Write the report of a film: an English reading on a hospital's own letterhead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from deploy.hospital.film import Findings
from deploy.hospital.people import Hospital, Visit


@dataclass(frozen=True, slots=True)
class Letter:
    """One report: the whole text, and its two sections by themselves."""

    text: str
    findings: str
    impression: str


_HEADS = (
    ("Patient", "geb.", "Zuweiser", "Datum", "Auftragsnr.", "gez."),
    ("Patient", "né(e) le", "Prescripteur", "Date", "No de demande", "Signé"),
    ("Pacjent", "ur.", "Lekarz kierujący", "Data", "Nr zlecenia", "Podpis"),
)
_DATES = ("%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d")


def write_letter(
    hospital: Hospital, visit: Visit, findings: Findings, rng: np.random.Generator
) -> Letter:
    """Write the report that says what `findings` draws, and what is not there."""
    style = _DATES[(hospital.number - 1) % len(_DATES)]
    sentences, conclusions = _reading(findings, rng)
    if rng.random() < 0.4:
        sentences.append(f"Compared with the film of {_day(visit.prior, style, rng)}.")
    if rng.random() < 0.3:
        conclusions.append(
            f"Discussed with Dr. {visit.referrer.family} by telephone on "
            f"{visit.day.day} {visit.day:%B %Y} at {visit.time[:2]}:{visit.time[2:4]}."
        )
    body, conclusion = " ".join(sentences), " ".join(conclusions)
    patient = visit.patient
    who, born, by, on, number, signed = _HEADS[(hospital.number - 1) % len(_HEADS)]
    text = "\n".join(
        (
            hospital.name,
            f"Radiology, {hospital.address}, Tel. {hospital.phone}",
            "",
            f"{who}: {patient.person.family.upper()}, {patient.person.given} "
            f"({patient.sex}), {born} {patient.birth:{style}}, ID {patient.patient_id}",
            f"{patient.address}, Tel. {patient.phone}",
            f"{by}: Dr. {visit.referrer.given} {visit.referrer.family}",
            f"{on}: {visit.day:{style}} {visit.time[:2]}:{visit.time[2:4]}   "
            f"{number}: {visit.accession}",
            "",
            "EXAMINATION: Chest radiograph.",
            f"INDICATION: {visit.indication}.",
            "",
            f"FINDINGS: {body}",
            "",
            f"IMPRESSION: {conclusion}",
            "",
            f"{signed}: Dr. {visit.radiologist.given} {visit.radiologist.family}, "
            f"{visit.day:{style}}",
            "",
        )
    )
    return Letter(text, body, conclusion)


def _day(day: dt.date, style: str, rng: np.random.Generator) -> str:
    return f"{day:{style}}" if rng.random() < 0.6 else f"{day.day} {day:%B %Y}"


def _reading(
    findings: Findings, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Write the sentences of both sections; a faint finding is hedged."""
    side = "right" if findings.right else "left"
    said: list[str] = []
    concluded: list[str] = []

    def say(options: tuple[str, ...], conclusion: str = "") -> None:
        said.append(options[int(rng.integers(len(options)))].format(side=side))
        if conclusion:
            concluded.append(conclusion.format(side=side))

    if findings.cardiomegaly:
        say(
            (
                "The cardiac silhouette is enlarged.",
                "There is cardiomegaly.",
                "The heart is enlarged, with a cardiothoracic ratio above 0.5.",
            ),
            "Cardiomegaly.",
        )
    else:
        say(
            (
                "The heart size is normal.",
                "No cardiomegaly.",
                "The heart is not enlarged.",
            )
        )
    if findings.pleural_effusion >= 0.5:
        say(
            (
                "There is a moderate {side} pleural effusion.",
                "A {side} pleural effusion obscures the costophrenic angle.",
            ),
            "Moderate {side} pleural effusion.",
        )
    elif findings.pleural_effusion:
        say(("A small {side} pleural effusion cannot be excluded.",))
        concluded.append(f"Possible small {side} pleural effusion.")
    else:
        say(("No pleural effusion.", "There is no evidence of pleural effusion."))
    if findings.consolidation >= 0.5:
        say(
            (
                "There is a consolidation in the {side} upper zone.",
                "Focal {side} airspace consolidation is seen.",
            ),
            "{side} lung consolidation.",
        )
    elif findings.consolidation:
        say(("Faint {side} perihilar opacity, possibly early consolidation.",))
        concluded.append("Questionable consolidation; follow-up is suggested.")
    else:
        say(("No focal consolidation.", "The lungs are clear without consolidation."))
    if findings.pneumothorax:
        say(("There is a {side} apical pneumothorax.",), "{side} pneumothorax.")
    else:
        say(("No pneumothorax.", "There is no pneumothorax."))
    if findings.support_devices:
        say(
            (
                "A right port catheter ends in the superior vena cava.",
                "A central venous line ends in the superior vena cava.",
            )
        )
    else:
        say(
            (
                "No central venous catheter.",
                "No pacemaker or central line.",
                "No support devices are seen.",
            )
        )
    sentences = [sentence[0].upper() + sentence[1:] for sentence in concluded]
    return said, sentences or ["No acute cardiopulmonary abnormality."]
