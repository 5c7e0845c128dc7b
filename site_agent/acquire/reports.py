"""Reports as hospitals export them: one text file each, JSON, or one table.

Field names differ from system to system; they are compared without case, spaces and
punctuation. What is neither a section nor the text is kept as a known identifier, so
that it can be looked for in the text.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from site_agent.reports.encoding import decode
from site_agent.reports.tables import delimiter_of, plain_name
from site_agent.study import ReceivedReport

SUFFIXES = frozenset((".txt", ".text", ".json", ".jsonl", ".csv", ".tsv"))

_NAMES: Mapping[str, frozenset[str]] = {
    name: frozenset(spellings.split())
    for name, spellings in {
        "accession_number": "accession accessionno accessionnr accessionnum accno acc",
        "study_instance_uid": "studyuid studyiuid",
        "text": "report reporttext reportbody body content fulltext narrative letter",
        "findings": "finding",
        "impression": "impressions conclusion conclusions",
        "indication": "indications clinicalindication clinicalhistory "
        "clinicalinformation reasonforexam reasonforstudy history",
        "technique": "",
        "comparison": "comparisons",
        "patient_name": "patient name patientsname patientfullname",
        "patient_id": "mrn pid patientno patientnumber",
        "birth_date": "birthdate dob dateofbirth patientbirthdate patientsbirthdate",
        "study_date": "examdate dateofstudy dateofexam",
        "referring_physician": "referrer referringphysicianname referringdoctor "
        "requestingphysician",
        "radiologist": "author signedby readingphysician reportingphysician reader",
    }.items()
}
_FIELD = {
    spelling: name
    for name, spellings in _NAMES.items()
    for spelling in (*spellings, name.replace("_", ""))
}
_SECTIONS = ("findings", "impression", "indication", "technique", "comparison")
# They identify nobody, and looked for in the text they would only do damage.
_HARMLESS = frozenset(
    [
        *("age", "patientage", "sex", "patientsex", "gender", "language", "lang"),
        *("modality", "bodypart", "bodypartexamined", "view", "viewposition", "status"),
    ]
)
_KEYS = frozenset(("accession_number", "study_instance_uid"))
_DEEPEST = 8  # levels of nested objects
# A heading on a line of its own or before its text; the languages of the consortium.
_HEADING = re.compile(
    r"^\W*(findings?|impressions?|conclusions?|befunde?|beurteilung|r[ée]sultats?|"
    r"conclusion|hallazgos|impresi[óo]n|conclusi[óo]n|referto|conclusioni|opis|"
    r"wnioski|bevindingen|conclusie)\s*(:|$)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class FoundReport:
    """One report of an inbox, and what it says about which study is its own.

    `accession` and `study_instance_uid` are empty where it does not say. `digest` is
    SHA-256, hexadecimal, of its content: copies have the same. `certain` is false where
    only the name of the file makes it a report of something.
    """

    accession: str
    study_instance_uid: str
    report: ReceivedReport
    digest: str
    certain: bool


def accession_key(accession: str) -> str:
    """Bring an accession number into the form in which two are compared."""
    return "".join(accession.split()).strip("\0").casefold()


def parse(name: PurePath, data: bytes) -> tuple[FoundReport, ...]:
    """Read all reports of one file; none when it is not a file of reports.

    A text file, or a JSON object without an accession number of its own, is a report of
    the accession number that is its name.
    """
    text = decode(data).replace("\0", "")
    suffix = name.suffix.lower()
    if suffix in (".json", ".jsonl"):
        return tuple(_from_json(text, name.stem.strip()))
    if suffix in (".csv", ".tsv"):
        return tuple(_from_table(text))
    if not text.strip():
        return ()
    return (_found(name.stem.strip(), "", ReceivedReport(text, {}, {}), certain=False),)


def looks_like_report(found: FoundReport) -> bool:
    """Tell whether a file that no study asks for is a report all the same.

    A readme and a viewer's settings are not: neither has a heading of a report, nor a
    name with as many digits as an accession number.
    """
    text = "\n".join((found.report.text, *(f"{s}:" for s in found.report.sections)))
    digits = sum(character.isdigit() for character in found.accession)
    return found.certain or digits >= 4 or _HEADING.search(text) is not None


def _from_json(text: str, stem: str) -> Iterator[FoundReport]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:  # one object a line
            value = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return
    if isinstance(value, list):
        items = value
    elif isinstance(value, dict):
        lists = [item for item in value.values() if _is_table(item)]
        items = lists[0] if len(lists) == 1 else [value]
    else:
        return
    for item in items:
        if isinstance(item, dict):
            alone = stem if len(items) == 1 else ""
            if found := _from_fields(dict(_flat(item)), alone):
                yield found


def _is_table(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) for item in value)
    )


def _from_table(text: str) -> Iterator[FoundReport]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = delimiter_of(text.partition("\n")[0], _names_reports)
    if delimiter is None:
        return
    csv.field_size_limit(1 << 27)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(rows)
    for row in rows:
        if found := _from_fields(dict(zip(header, row, strict=False)), ""):
            yield found


def _names_reports(header: list[str]) -> bool:
    names = {_field(cell) for cell in header}
    return bool(names & _KEYS) and bool(names & {"text", *_SECTIONS})


def _from_fields(fields: Mapping[str, str], stem: str) -> FoundReport | None:
    """Make a report of named values; None when they hold no report."""
    named: dict[str, str] = {}
    for name, value in fields.items():
        if value.strip() and plain_name(name) not in _HARMLESS:
            named.setdefault(_field(name), value.strip())
    text = named.pop("text", "")
    sections = {name: named.pop(name) for name in _SECTIONS if name in named}
    certain = bool(_KEYS & named.keys())
    if not (text or sections) or not (certain or stem):
        return None
    return _found(
        named.get("accession_number", "" if certain else stem),
        named.get("study_instance_uid", ""),
        ReceivedReport(text, sections, named),
        certain=certain,
    )


def _flat(
    value: Mapping[str, Any], above: str = "", depth: int = 0
) -> Iterator[tuple[str, str]]:
    """Yield names and texts; of ``{"patient": {"name": ...}}`` as ``patient_name``."""
    for key, item in value.items():
        name = str(key)
        if above and (
            f"{plain_name(above)}{plain_name(name)}" in _FIELD or not _known(name)
        ):
            name = f"{above}_{name}"
        if isinstance(item, dict):
            if depth < _DEEPEST:
                yield from _flat(item, name, depth + 1)
        elif isinstance(item, list):
            parts = [str(part) for part in item if isinstance(part, str | int)]
            yield name, "\n".join(parts)
        elif item is not None and not isinstance(item, bool):
            yield name, str(item)


def _known(name: str) -> bool:
    return plain_name(name) in _FIELD


def _field(name: str) -> str:
    """Give our name of a field, or its own in lower case with underscores."""
    own = re.sub(r"\W+", "_", name.strip()).strip("_").lower()
    return _FIELD.get(plain_name(name), own)


def _found(
    accession: str, uid: str, report: ReceivedReport, *, certain: bool
) -> FoundReport:
    canonical = json.dumps(
        [report.text, dict(report.sections), dict(report.known)], sort_keys=True
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return FoundReport(accession, uid, report, digest, certain)
