"""Reports come as a table, as JSON lines, as a folder of texts, or as one text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from site_agent.errors import ConfigurationError
from site_agent.reports import files
from site_agent.reports.files import NOT_OPENED, TOO_LARGE, read_reports
from site_agent.reports.rows import SECOND, BadRow, Report


def test_folder_gives_each_text_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes("Größe".encode("latin-1"))
    (tmp_path / "a.TXT").write_text("No effusion.")
    (tmp_path / "c.pdf").write_text("%PDF")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "d.txt").write_bytes("Two".encode("utf-16"))
    assert list(read_reports(tmp_path)) == [
        Report(1, "a", "No effusion."),
        Report(2, "b", "Größe"),
        Report(3, "d", "Two"),
    ]


def test_two_texts_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "A.txt").write_text(folder)
    assert list(read_reports(tmp_path)) == [Report(1, "A", "one"), BadRow(2, SECOND)]


def test_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("foreign")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").symlink_to(outside)
    with pytest.raises(ConfigurationError, match=r"without any \.txt"):
        list(read_reports(folder))
    (folder / "b.txt").write_text("own")
    assert [row.id for row in read_reports(folder) if isinstance(row, Report)] == ["b"]


def test_text_that_cannot_be_read_or_is_too_long_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST", 10)
    (tmp_path / "a.txt").write_text("x" * 11)
    (tmp_path / "b.txt").write_text("x" * 1000)
    (tmp_path / "c.txt").write_text("No.")
    found = list(read_reports(tmp_path))
    assert found == [BadRow(1, TOO_LARGE), BadRow(2, TOO_LARGE), Report(3, "c", "No.")]

    def refuse(path: Path) -> bytes:
        raise PermissionError(str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert list(read_reports(tmp_path / "c.txt")) == [BadRow(1, NOT_OPENED)]


def test_lines_of_json(tmp_path: Path) -> None:
    known = {"patient_name": "Gundula Höfig", "staff": ["A. One", "B. Two"], "x": None}
    lines = [
        json.dumps({"id": "A", "text": "No.", "language": "de", "identifiers": known}),
        "",
        json.dumps({"id": 7, "text": "One\ntwo", "language": None}),
        '{"id": "half", "text": "\\ud83d effusion"}',
    ]
    file = tmp_path / "in.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    first, second, third = read_reports(file)
    names = {"patient_name": "Gundula Höfig", "staff": "A. One\nB. Two", "x": ""}
    assert first == Report(1, "A", "No.", "de", names)
    assert second == Report(2, "7", "One\ntwo", "", {})
    assert isinstance(third, Report)
    assert third.text.encode().decode() == "\ufffd effusion"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        '{"id": "A"}',
        '{"text": "No."}',
        '{"id": "A", "text": 3}',
        '{"id": ["A"], "text": "No."}',
        '{"id": "A", "text": "No.", "language": 3}',
        '{"id": "A", "text": "No.", "identifiers": "x"}',
        "[" * 100_000,
    ],
)
def test_other_lines_are_bad_and_the_next_is_read(tmp_path: Path, line: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(line + '\n{"id": "B", "text": "Yes."}\n')
    bad, good = read_reports(file)
    assert isinstance(bad, BadRow)
    assert "A" not in bad.why
    assert good == Report(2, "B", "Yes.", "", {})


def test_line_of_json_longer_than_any_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST", 100)
    file = tmp_path / "in.jsonl"
    long = json.dumps({"id": "A", "text": "x" * 950})
    file.write_text(f'{long}\n{{"id": "B", "text": "Yes."}}\n')
    assert list(read_reports(file)) == [
        BadRow(1, TOO_LARGE),
        Report(2, "B", "Yes.", "", {}),
    ]


def test_missing_input_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        list(read_reports(tmp_path / "in.csv"))
