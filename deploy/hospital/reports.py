"""Write a hospital's reports in the format of its own."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from deploy.hospital.plan import Inbox


def write_reports(folder: Path, inbox: Inbox) -> None:
    """Write all reports of a hospital, in its own format."""
    folder.mkdir(parents=True, exist_ok=True)
    writers: tuple[Callable[[Path, Inbox], None], ...] = (_as_text, _as_json, _as_csv)
    writers[(inbox.hospital.number - 1) % len(writers)](folder, inbox)


def _as_text(folder: Path, inbox: Inbox) -> None:
    """Write a text file per report, named by accession number; some not UTF-8."""
    for path, (study, letter) in zip(
        _names(folder, inbox, ".txt"), inbox.letters, strict=True
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text(letter.text, "cp1252" if study.number % 3 == 0 else "utf-8")


def _as_json(folder: Path, inbox: Inbox) -> None:
    """Write a JSON file per report, with the sections as fields."""
    for path, (study, letter) in zip(
        _names(folder, inbox, ".json"), inbox.letters, strict=True
    ):
        path.parent.mkdir(exist_ok=True)
        visit, person = study.visit, study.visit.patient.person
        document = {
            "accession_number": visit.accession,
            "patient_name": f"{person.given} {person.family}",
            "patient_id": visit.patient.patient_id,
            "birth_date": visit.patient.birth.isoformat(),
            "study_date": visit.day.isoformat(),
            "hospital": inbox.hospital.name,
            "referring_physician": f"{visit.referrer.given} {visit.referrer.family}",
            "indication": visit.indication,
            "findings": letter.findings,
            "impression": letter.impression,
            "signature": f"Dr. {visit.radiologist.given} {visit.radiologist.family}",
        }
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")


def _names(folder: Path, inbox: Inbox, ending: str) -> Iterable[Path]:
    """Name each report; a study's second one goes into a folder of its own."""
    seen: set[str] = set()
    for study, _ in inbox.letters:
        name = f"{study.visit.accession}{ending}"
        yield folder / "corrected" / name if name in seen else folder / name
        seen.add(name)


def _as_csv(folder: Path, inbox: Inbox) -> None:
    """Write all reports into one table, as a spreadsheet does."""
    with (folder / "reports.csv").open("w", encoding="utf-8-sig", newline="") as table:
        writer = csv.writer(table, delimiter=";")
        writer.writerow(("accession", "patient", "patient_id", "study_date", "report"))
        for study, letter in inbox.letters:
            visit, person = study.visit, study.visit.patient.person
            name, number = f"{person.given} {person.family}", visit.patient.patient_id
            row = (visit.accession, name, number, visit.day.isoformat(), letter.text)
            writer.writerow(row)
