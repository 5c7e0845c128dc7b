"""``site-agent scrub-report``: what goes on, and what waits for a person."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from site_agent.cli import app

CLEAN = "Patient: Ottoline Farquharson\n\nFINDINGS: No effusion.\nIMPRESSION: Normal."


def run(folder: Path, *rows: dict[str, object]) -> tuple[int, list[dict[str, object]]]:
    source, output = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    result = CliRunner().invoke(app, ["scrub-report", str(source), "-o", str(output)])
    lines = output.read_text("utf-8").splitlines() if output.exists() else []
    return result.exit_code, [json.loads(line) for line in lines]


def test_report_goes_on_with_spans_in_the_text_as_it_came(tmp_path: Path) -> None:
    code, (line,) = run(tmp_path, {"id": "1", "text": CLEAN})
    assert code == 0
    assert line["sections"] == {"findings": "No effusion.", "impression": "Normal."}
    assert isinstance(line["spans"], list)
    covered = {CLEAN[span["start"] : span["end"]] for span in line["spans"]}
    assert covered == {"Ottoline Farquharson"}


def test_spans_lie_before_the_markup_was_taken_out(tmp_path: Path) -> None:
    text = "<p>Dr. Grimwood</p><p>FINDINGS: Normal.</p>"
    _, (line,) = run(tmp_path, {"id": "1", "text": text})
    assert isinstance(line["spans"], list)
    assert [text[s["start"] : s["end"]] for s in line["spans"]] == ["Grimwood"]


def test_what_stands_beside_the_report_is_taken_out(tmp_path: Path) -> None:
    given = {"patient_name": "Heart^Rose", "patient_id": "77-1"}
    row = {"id": "1", "text": "FINDINGS: rose heart has 77-1.", "identifiers": given}
    _, (line,) = run(tmp_path, row)
    assert line["text"] == "FINDINGS: [NAME] has 77-1."


def test_report_in_doubt_waits_in_quarantine(tmp_path: Path) -> None:
    text = "FINDINGS: Normal. 48213"
    code, lines = run(tmp_path, {"id": "1", "text": text}, {"id": "2", "text": CLEAN})
    assert code == 1
    assert [line["text"] == "" for line in lines] == [True, False]
    (held,) = (tmp_path / "out.quarantine.jsonl").read_text("utf-8").splitlines()
    (doubt,) = json.loads(held)["doubts"]
    assert doubt["rule"] == "figure-not-understood"
    assert text[doubt["start"] : doubt["end"]] == "48213"


@pytest.mark.parametrize("name", ["in.jsonl", "out.quarantine.jsonl"])
def test_no_file_is_written_over_another(tmp_path: Path, name: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "1", "text": CLEAN}), "utf-8")
    arguments = ["scrub-report", str(source), "-o", str(tmp_path / name)]
    result = CliRunner().invoke(app, [*arguments, "--quarantine", str(tmp_path / name)])
    assert result.exit_code != 0
    assert json.loads(source.read_text("utf-8"))["text"] == CLEAN
