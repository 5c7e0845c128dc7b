"""An arrival under its keyed names: study, input, place; and who is behind it.

Only keyed names go into the site's database. The identity goes into the vault.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from site_agent.acquire.reports import accession_key
from site_agent.acquire.sorting import Arrival
from site_agent.deidentify.pseudonym import Pseudonyms

_MOST_PATHS = 1000  # of one study in the vault; a CT has thousands of files


@dataclass(frozen=True, slots=True)
class Registration:
    """An arrival and its keyed names.

    `token` names exactly this input and what it is held against. `place` is set where
    no StudyInstanceUID names the study: the token of its file or accession number.
    `settles` are the places of entries that this arrival explains.
    """

    arrival: Arrival
    study: str
    token: str
    place: str | None
    settles: tuple[str, ...]


def register(
    arrival: Arrival, pseudonyms: Pseudonyms, against: Sequence[object]
) -> Registration:
    """Name an arrival.

    A study is named by its StudyInstanceUID, a film without one by its content, a
    report without study by its accession number.

    Parameters
    ----------
    against
        What the input is processed with, as JSON values: with other rules or options
        the same input has another token.
    """
    sources = (*(image.path for image in arrival.images), *arrival.copies)
    files = [_place(pseudonyms, "file", path) for path in sources]
    keys = dict.fromkeys(accession_key(accession) for accession in _accessions(arrival))
    numbers = [_place(pseudonyms, "accession", key) for key in keys if key]
    if arrival.study_instance_uid:
        study = pseudonyms.study(arrival.study_instance_uid)
        place = None if arrival.images else next(iter(numbers), None)
    elif arrival.images:
        study = pseudonyms.study(f"content {arrival.images[0].fingerprint}")
        place = files[0]
    else:
        digest = arrival.report.digest if arrival.report is not None else ""
        study = pseudonyms.study(f"report {next(iter(keys), '') or digest}")
        place = next(iter(numbers), None)
    return Registration(
        arrival=arrival,
        study=study,
        token=pseudonyms.token("input", json.dumps([*against, _content(arrival)])),
        place=place,
        settles=(*numbers, *files) if arrival.images else (),
    )


def identity(arrival: Arrival) -> dict[str, object]:
    """Collect what the vault keeps, so that a data manager finds the study again."""
    return {
        "study_instance_uid": arrival.study_instance_uid,
        "accession_number": _distinct(_accessions(arrival)),
        "patient_id": _distinct(image.patient_id for image in arrival.images),
        "patient_name": _distinct(image.patient_name for image in arrival.images),
        "images": [str(image.path) for image in arrival.images][:_MOST_PATHS],
        "copies": [str(path) for path in arrival.copies][:_MOST_PATHS],
        "reports": [str(path) for path in arrival.report_paths],
    }


def _place(pseudonyms: Pseudonyms, kind: str, value: object) -> str:
    return pseudonyms.token("place", f"{kind} {value}")


def _content(arrival: Arrival) -> list[object]:
    """Give what changes when anything of the input changes."""
    return [
        arrival.report.digest if arrival.report is not None else None,
        [[reason.code, reason.detail] for reason in arrival.reasons],
        sorted([i.sop_instance_uid, i.size, i.fingerprint] for i in arrival.images),
    ]


def _accessions(arrival: Arrival) -> list[str]:
    accessions = [image.accession for image in arrival.images]
    if arrival.report is not None:
        accessions.append(arrival.report.accession)
    return accessions


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]
