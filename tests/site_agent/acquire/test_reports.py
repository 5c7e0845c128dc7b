"""Reports are read however the export names their fields and encodes them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.acquire.reports import (
    FoundReport,
    accession_key,
    looks_like_report,
    parse,
)
from tests.site_agent.inbox import ACCESSION, REPORT, STUDY, record


def one(name: str, text: str | bytes) -> FoundReport:
    data = text if isinstance(text, bytes) else text.encode()
    (found,) = parse(PurePath(name), data)
    return found


def table(delimiter: str, *rows: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def test_text_file_is_the_report_of_its_name() -> None:
    found = one(f"{ACCESSION}.TXT", REPORT)
    assert (found.accession, found.report.text) == (ACCESSION, REPORT)
    assert not found.certain


@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd_to_be_looked_at(data: bytes) -> None:
    for name in ("a.txt", "a.json", "a.csv", "a.jsonl"):
        parse(PurePath(name), data)


def test_json_fields_become_sections_and_known_identifiers() -> None:
    found = one(
        "x.json", record(referring_physician="Ruth Dobes", sex="F", hospital="K")
    )
    assert (found.accession, found.study_instance_uid) == (
        f"{ACCESSION}1",
        f"{STUDY}.1",
    )
    assert found.report.sections["impression"] == "No acute findings."
    assert found.report.known["referring_physician"] == "Ruth Dobes"
    assert found.report.known["hospital"] == "K"
    assert "sex" not in found.report.known
    assert found.certain


@pytest.mark.parametrize(
    "value",
    [
        {"AccessionNumber": "A1", "Report": "t"},
        {"accession": "A1", "report_text": "t"},
        {"Accession No.": "A1", "text": "t"},
        {"reports": [{"accession_no": "A1", "body": "t"}]},
        [{"ACCESSION": "A1", "text": "t"}],
        {"study": {"accession_number": "A1"}, "report": {"text": "t"}},
    ],
)
def test_field_names_are_compared_loosely(value: object) -> None:
    found = one("x.json", json.dumps(value))
    assert (found.accession, found.report.text) == ("A1", "t")


def test_nested_patient_is_known_by_its_full_names() -> None:
    value = {
        "accession": "A1",
        "patient": {"name": "Gundula Höfig", "id": 17, "ward": "B3"},
        "sections": {"Findings": ["One.", "Two."], "Impression": "Three."},
    }
    found = one("x.json", json.dumps(value))
    assert found.report.known["patient_name"] == "Gundula Höfig"
    assert found.report.known["patient_id"] == "17"
    assert found.report.known["patient_ward"] == "B3"
    assert found.report.sections == {"findings": "One.\nTwo.", "impression": "Three."}


def test_json_without_accession_number_takes_the_name_of_its_file() -> None:
    found = one(f"{ACCESSION}.json", json.dumps({"findings": "a", "impression": "b"}))
    assert found.accession == ACCESSION
    assert not found.certain


def test_json_lines_are_many_reports() -> None:
    text = record(1) + "\n" + record(2) + "\n"
    assert len(parse(PurePath("all.jsonl"), text.encode())) == 2


@pytest.mark.parametrize("text", ["{", "[1, 2]", "3", "null", '{"version": 4}', ""])
def test_other_json_is_no_report(text: str) -> None:
    assert parse(PurePath("settings.json"), text.encode()) == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_of_a_table_is_found(delimiter: str) -> None:
    text = table(
        delimiter,
        ("accession", "patient", "report"),
        ("A1", "Höfig, Gundula", 'First line\nsecond; "quoted", line'),
        ("A2", "Ruppert|Bastian", "Text"),
    )
    first, second = parse(PurePath("reports.csv"), text.encode("utf-8-sig"))
    assert first.report.text == 'First line\nsecond; "quoted", line'
    assert first.report.known["patient_name"] == "Höfig, Gundula"
    assert (second.accession, second.report.text) == ("A2", "Text")


def test_table_with_sections_as_columns() -> None:
    text = table(";", ("Accession Number", "Findings", "Impression"), ("A1", "f", "i"))
    assert one("r.csv", text).report.sections == {"findings": "f", "impression": "i"}


@pytest.mark.parametrize(
    "text",
    ["", "a;b;c\n1;2;3\n", "accession;date\nA1;2019\n", "accession;report\n", "x"],
)
def test_other_table_is_no_report(text: str) -> None:
    assert parse(PurePath("list.csv"), text.encode()) == ()


def test_row_without_text_is_no_report() -> None:
    text = table(",", ("accession", "report"), ("A1", " "), ("A2", "t"))
    assert one("r.csv", text).accession == "A2"


def test_copies_have_the_same_digest_and_others_not() -> None:
    assert one("A.txt", REPORT).digest == one("B.txt", REPORT).digest
    assert one("A.txt", REPORT).digest != one("A.txt", REPORT + "Addendum").digest


def test_accession_numbers_are_compared_without_case_and_spaces() -> None:
    assert accession_key(" rx 7294\0") == accession_key("RX7294")


@pytest.mark.parametrize(
    ("name", "text", "report"),
    [
        ("readme.txt", "This medium contains images in DICOM format.", False),
        ("licence.txt", "Permission is hereby granted. In conclusion, none.", False),
        ("RX72944254.txt", "Unauffälliger Befund.", True),
        ("letter.txt", "Klinikum\nBEFUND:\nHerz normal", True),
        ("letter.txt", "FINDINGS: none", True),
    ],
)
def test_readme_is_told_from_a_report_without_study(
    name: str, text: str, report: bool
) -> None:
    assert looks_like_report(one(name, text)) is report
