"""``site-agent label``, as a data manager tries it on reports of any kind."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site_agent.cli.conftest import Type

CHEXPERT = [
    "No Finding",
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Opacity",
    "Lung Lesion",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
]
NORMAL = "Findings: No pleural effusion. No pneumothorax.\nImpression: Normal chest."
ILL = "Findings: Small left pleural effusion. Possible pneumonia."


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(f'id,text\nA1,"{NORMAL}"\nA2,"{ILL}"\nA3,\n', "utf-8")
    return path


def labels(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row.pop("id"): row for row in csv.DictReader(file)}


def said(row: dict[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if cell}


def test_table_gives_fourteen_columns_as_chexpert_writes_them(
    run: Type, table: Path, tmp_path: Path
) -> None:
    ended = run("label", table, "-o", tmp_path / "out.csv")
    assert (ended.code, ended.err) == (0, "3 reports labelled, 0 rows left out.\n")
    rows = labels(tmp_path / "out.csv")
    assert sorted(rows["A1"]) == sorted(CHEXPERT)
    assert said(rows["A1"])["No Finding"] == "1.0"
    assert said(rows["A1"])["Pleural Effusion"] == "0.0"
    assert rows["A2"]["Pleural Effusion"] == "1.0"
    assert rows["A2"]["Pneumonia"] == "-1.0"
    assert rows["A2"]["No Finding"] == ""


def test_report_without_text_says_nothing_and_not_that_it_is_normal(
    run: Type, table: Path, tmp_path: Path
) -> None:
    run("label", table, "-o", tmp_path / "out.csv")
    assert said(labels(tmp_path / "out.csv")["A3"]) == {}


def test_bad_rows_are_told_by_number_and_the_rest_is_written(
    run: Type, tmp_path: Path
) -> None:
    source = tmp_path / "in.csv"
    rows = [
        "id,text",
        "A1,No effusion.",
        ",Secret effusion.",
        "A1,Secret pneumonia.",
        "A4,Secret,edema.",
        "A5,\x01\x02\x03\x04Sec\x00ret",
        "A6,No effusion.",
    ]
    source.write_text("\n".join(rows))
    ended = run("label", source, "-o", tmp_path / "out.csv")
    assert ended.code == 1
    assert list(labels(tmp_path / "out.csv")) == ["A1", "A6"]
    told = ended.err.splitlines()
    assert [line.split()[:2] for line in told[:-1]] == [
        ["Row", f"{n}"] for n in (2, 3, 4, 5)
    ]
    assert told[-1] == "2 reports labelled, 4 rows left out."
    assert "Secret" not in ended.err
    assert "A1" not in ended.err


def test_folder_of_texts_and_lines_of_json_give_the_same(
    run: Type, table: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    texts = {"A1": NORMAL, "A2": ILL, "A3": ""}
    for name, text in texts.items():
        (folder / f"{name}.txt").write_bytes(text.encode("utf-16"))
    lines = [json.dumps({"id": name, "text": text}) for name, text in texts.items()]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    for source in (table, folder, tmp_path / "in.jsonl"):
        assert run("label", source, "-o", tmp_path / f"{source.name}.out").code == 0
    one, two, three = (
        labels(tmp_path / f"{name}.out") for name in ("in.csv", "texts", "in.jsonl")
    )
    assert one == two == three


@pytest.mark.parametrize(
    ("given", "column"), [((), "de"), (("--language", "de-AT"), ""), ((), "DE_de")]
)
def test_language_is_of_the_row_of_the_option_or_of_the_text(
    run: Type, tmp_path: Path, given: tuple[str, ...], column: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"id;text;language\nA1;Kein Pleuraerguss.;{column}\n")
    assert run("label", source, "-o", tmp_path / "out.csv", *given).code == 0
    assert labels(tmp_path / "out.csv")["A1"]["Pleural Effusion"] == "0.0"


def test_language_is_told_from_the_text(run: Type, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    german = "Herz nicht vergrößert. Kein Nachweis eines Pleuraergusses."
    source.write_text(f"id,text\nA1,{german}\nA2,{ILL}\n")
    assert run("label", source, "-o", tmp_path / "out.csv").code == 0
    found = labels(tmp_path / "out.csv")
    assert found["A1"]["Pleural Effusion"] == "0.0"
    assert found["A2"]["Pleural Effusion"] == "1.0"


def test_language_without_a_pack_is_a_bad_row_and_no_option(
    run: Type, tmp_path: Path
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text,language\nA1,No effusion.,xx\nA2,No effusion.,en\n")
    ended = run("label", source, "-o", tmp_path / "out.csv")
    assert ended.code == 1
    assert "Row 1 is left out: its language is none of" in ended.err
    assert list(labels(tmp_path / "out.csv")) == ["A2"]
    ended = run("label", source, "-o", tmp_path / "out.csv", "--language", "xx")
    assert ended.code == 2


def test_modes_differ(run: Type, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\nA1,Heart size is borderline enlarged.\n")
    for mode in ("radiologist", "chexpert"):
        assert run("label", source, "-o", tmp_path / mode, "--mode", mode).code == 0


def test_evidence_quotes_the_report_as_it_came(run: Type, tmp_path: Path) -> None:
    text = "<p>No pleural&nbsp;effu<b>sion</b>.</p>Possible pneumonia."
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "A1", "text": text}))
    out, evidence = tmp_path / "out.csv", tmp_path / "evidence.jsonl"
    run("label", source, "-o", out, "--evidence", evidence)
    (line,) = evidence.read_text("utf-8").splitlines()
    told = json.loads(line)
    assert (told["id"], told["language"]) == ("A1", "en")
    assert told["labels"]["Pleural Effusion"] == 0.0
    mention = next(each for each in told["mentions"] if each["value"] == 0.0)
    assert text[mention["start"] : mention["end"]] == "pleural&nbsp;effu<b>sion"
    assert mention["text"].split() == ["pleural", "effusion"]
    assert mention["cue"]["text"] == "No"
    assert mention["rule"]
    assert evidence.stat().st_mode & 0o077 == 0


def test_one_report_is_explained_in_plain_characters(run: Type, table: Path) -> None:
    ended = run("label", table, "--explain", "A2")
    assert ended.code == 0
    assert "[+pleural effusion]" in ended.out
    assert "[?pneumonia]" in ended.out
    assert "<Possible>" in ended.out
    assert "\x1b" not in ended.out
    assert "Pneumonia" in ended.out
    assert "-1.0" in ended.out


def test_one_text_is_explained_without_being_named(run: Type, tmp_path: Path) -> None:
    (tmp_path / "A1.txt").write_text("No effusion.\x1b]0;x\x07 \x1b[2JHeart is normal.")
    ended = run("label", tmp_path / "A1.txt")
    assert ended.code == 0
    assert "[-effusion]" in ended.out
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals_whose_user_wants_them(
    table: Path, no_color: str, coloured: bool
) -> None:
    terminal, other_end = pty.openpty()
    command = [sys.executable, "-m", "site_agent.cli", "label", str(table)]
    subprocess.run(
        [*command, "--explain", "A2"],
        stdout=other_end,
        env={**os.environ, "NO_COLOR": no_color},
        check=True,
    )
    os.close(other_end)
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    assert (b"\x1b[1;31mpleural effusion\x1b[0m" in shown) is coloured
    assert (b"[+pleural effusion]" in shown) is not coloured


def test_report_that_is_not_there_cannot_be_explained(run: Type, table: Path) -> None:
    ended = run("label", table, "--explain", "A9")
    assert ended.code == 1
    assert "A9" not in ended.err


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        ("id,text\nA1,No effusion.\n", ()),
        ("name,report\nA1,No effusion.\n", ("-o", "out.csv")),
        ("id,text\nA1,No effusion.\n", ("-o", "in.csv")),
        ("id,text\nA1,No effusion.\n", ("-o", "out.csv", "--explain", "A1")),
        ("id,text\nA1,No effusion.\n", ("-o", "out.csv", "--evidence", "out.csv")),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(
    run: Type,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text(content)
    assert run("label", "in.csv", *arguments).code == 2
    assert [each.name for each in tmp_path.iterdir()] == ["in.csv"]
    assert Path("in.csv").read_text() == content


def test_earlier_result_stays_whole_when_the_work_fails(
    run: Type, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("earlier")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert run("label", table, "-o", out, "--evidence", folder).code == 1
    assert out.read_text() == "earlier"
    assert not list(tmp_path.glob(".*"))


def test_failure_of_the_labeler_costs_one_row(
    run: Type, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from site_agent.reports import labelling

    real = labelling.label_report

    def fail(text: str, *rest: object) -> object:
        if "pneumonia" in text:
            raise KeyError(text)
        return real(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(labelling, "label_report", fail)
    ended = run("label", table, "-o", tmp_path / "out.csv")
    assert ended.code == 1
    assert "Row 2 is left out: the labeler failed on it (KeyError)." in ended.err
    assert "pneumonia" not in ended.err
    assert list(labels(tmp_path / "out.csv")) == ["A1", "A3"]


def in_file(text: str, encoding: str, declared: bytes = b"") -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([("id", "text"), ("A1", text)])
    return declared + written.getvalue().encode(encoding)


NO_EFFUSION = "Größe des Herzens normal. Kein Pleuraerguss, kein Pneumothorax."


@pytest.mark.parametrize(
    "data",
    [
        in_file(NO_EFFUSION, "utf-16"),
        in_file(NO_EFFUSION, "utf-16-le"),
        in_file(NO_EFFUSION, "utf-16-be"),
        in_file(NO_EFFUSION, "latin-1"),
        in_file(NO_EFFUSION, "latin-1", declared=b"\xef\xbb\xbf"),
        in_file(NO_EFFUSION, "cp1252"),
        in_file(f"{NO_EFFUSION} Größe", "utf-8").replace(
            "Gr\u00f6".encode(), b"Gr\xf6", 1
        ),
        in_file(NO_EFFUSION.replace("Pleura", "Pleu\0ra"), "utf-8"),
        in_file(NO_EFFUSION.replace("Pleura", "Pleu\u00adra"), "utf-8"),
        in_file(NO_EFFUSION.replace(" ", " \x01"), "utf-8"),
        in_file(NO_EFFUSION.replace(". ", ".<br/>").replace("ö", "&ouml;"), "utf-8"),
        in_file(
            r"{\rtf1\ansi " + NO_EFFUSION.replace("ö", r"\'f6") + r"\par}", "utf-8"
        ),
        in_file(NO_EFFUSION.replace(". ", r".\par ").replace("ö", r"\'f6"), "utf-8"),
        in_file(NO_EFFUSION.replace("ö", "o\u0308"), "utf-8"),
    ],
)
def test_odd_encodings_and_remains_give_the_same_labels(
    run: Type, tmp_path: Path, data: bytes
) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(data)
    assert (
        run("label", source, "-o", tmp_path / "out.csv", "--language", "de").code == 0
    )
    found = said(labels(tmp_path / "out.csv")["A1"])
    assert found["Pleural Effusion"] == found["Pneumothorax"] == "0.0"
    assert found["No Finding"] == "1.0"


@pytest.mark.parametrize(
    "text", ["القلب طبيعي الحجم. لا يوجد انصباب جنبي.", "הלב תקין. אין תפליט."]
)
def test_report_in_a_script_that_is_not_known_is_not_called_normal(
    run: Type, tmp_path: Path, text: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"id,text\nA1,{text}\n", "utf-8")
    ended = run("label", source, "-o", tmp_path / "out.csv")
    found = labels(tmp_path / "out.csv")
    assert ended.code == 1 or said(found["A1"]) == {}


def test_ten_megabytes_of_text_are_labelled(run: Type, tmp_path: Path) -> None:
    text = "No pleural effusion. " * 500_000 + "Small pneumothorax."
    (tmp_path / "A1.txt").write_text(text)
    (tmp_path / "in").mkdir()
    (tmp_path / "A1.txt").rename(tmp_path / "in" / "A1.txt")
    given = ("--language", "en")
    ended = run("label", tmp_path / "in", "-o", tmp_path / "out.csv", *given)
    assert ended.code == 0
    found = labels(tmp_path / "out.csv")["A1"]
    assert (found["Pneumothorax"], found["Pleural Effusion"]) == ("1.0", "0.0")


def test_command_loads_no_library_of_films(tmp_path: Path, table: Path) -> None:
    program = (
        "import sys; from site_agent.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print({'pydicom', 'numpy', 'torch', 'grpc', 'rich'} & set(sys.modules))"
    )
    arguments = ("label", str(table), "-o", str(tmp_path / "out.csv"))
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "set()"
