"""``site-agent scrub-report``: what goes on, and what waits for a person."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from site_agent.cli import app
from site_agent.errors import ConfigurationError

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


def test_surrogates_take_the_place_and_agree_over_reports(tmp_path: Path) -> None:
    key = tmp_path / "secret"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": each, "text": CLEAN, "identifiers": {"patient_id": "77-1"}}
        for each in "12"
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    given = [str(source), "-o", str(output), "--surrogates", str(key)]
    assert CliRunner().invoke(app, ["scrub-report", *given]).exit_code == 0
    first, second = map(json.loads, output.read_text("utf-8").splitlines())
    assert first["text"] == second["text"]
    assert "[NAME]" not in first["text"]
    assert "Farquharson" not in first["text"]


def test_quarantine_and_output_are_for_their_owner_alone(tmp_path: Path) -> None:
    run(tmp_path, {"id": "1", "text": "FINDINGS: Normal. 48213"})
    for name in ("out.jsonl", "out.quarantine.jsonl"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_run_that_breaks_off_leaves_the_files_of_the_last_one(tmp_path: Path) -> None:
    _, (line,) = run(tmp_path, {"id": "1", "text": CLEAN})
    held = (tmp_path / "out.quarantine.jsonl").read_text("utf-8")
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    wrong = ["--staff", str(tmp_path / "absent")]
    result = CliRunner().invoke(
        app, ["scrub-report", str(source), "-o", str(output), *wrong]
    )
    assert result.exit_code == 1
    assert json.loads(output.read_text("utf-8")) == line
    assert (tmp_path / "out.quarantine.jsonl").read_text("utf-8") == held
    assert [path.name for path in tmp_path.iterdir() if path.name[0] == "."] == []


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("", "nobody")]
)
def test_staff_list_that_is_none_is_refused(
    tmp_path: Path, content: str | None, said: str
) -> None:
    staff = tmp_path / "staff.txt"
    if content is not None:
        staff.write_text(content)
    (tmp_path / "in.jsonl").write_text("")
    arguments = [str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl")]
    result = CliRunner().invoke(
        app, ["scrub-report", *arguments, "--staff", str(staff)]
    )
    assert isinstance(result.exception, ConfigurationError)
    assert said in str(result.exception)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_file_in_any_encoding_loses_the_same(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    text = "Patient: Jürgen Höfig\n\nBefund: Kein Erguss.\nBeurteilung: Unauffällig."
    (folder / "a.txt").write_bytes(text.encode(encoding))
    output = tmp_path / "out.jsonl"
    result = CliRunner().invoke(app, ["scrub-report", str(folder), "-o", str(output)])
    assert result.exit_code == 0
    assert json.loads(output.read_text("utf-8"))["text"] == (
        "Patient: [NAME]\n\nBefund: Kein Erguss.\nBeurteilung: Unauffällig."
    )


@pytest.mark.parametrize(
    "text",
    [
        "FINDINGS: Seen by Dr. Gri\u200bmwood.",
        "FINDINGS: Seen by Dr. Gri\xadmwood.",
        "FINDINGS: Seen by Dr. \u202eGrimwood\u202c.",
        "FINDINGS: Seen by Dr. Gri\x07mwood.",
        "FINDINGS: Seen by <b>Dr. Grim</b>wood.",
        "{\\rtf1 FINDINGS: Seen by Dr. {\\b Grim}wood.}",
        "FINDINGS: Seen by Dr. Grimwo\u0308od.",
    ],
    ids=["zero-width", "soft-hyphen", "right-to-left", "control", "html", "rtf", "nfd"],
)
def test_name_is_not_hidden_by_what_systems_leave(tmp_path: Path, text: str) -> None:
    _, (line,) = run(tmp_path, {"id": "1", "text": text})
    said = str(line["text"]).lower()
    assert all(part not in said for part in ("grim", "gri", "wood", "mwood"))
