"""What is told of a run: to the person who asked, in the report, in the map."""

from __future__ import annotations

from pathlib import Path

from site_agent.films.tally import Tally

LEFT_OUT = {"left_out": "The file is damaged."}


def test_name_that_would_steer_a_terminal_is_shown_with_its_escapes() -> None:
    shown: list[str] = []
    tally = Tally(Path("in"), shown.append)
    tally.add(Path("in", "\x1b[2JREUTER\n\udcff\u202e.dcm"), LEFT_OUT, "{}")
    tally.add(Path("in", "Müller 1.dcm"), LEFT_OUT, "{}")
    assert shown == [
        r"in/\x1b[2JREUTER\n\udcff\u202e.dcm: The file is damaged.",
        "in/Müller 1.dcm: The file is damaged.",
    ]


def test_no_name_is_told_where_nobody_asked_for_it(tmp_path: Path) -> None:
    tally = Tally(tmp_path)
    with tally.written_to(tmp_path / "report", None):
        tally.add(tmp_path / "REUTER", LEFT_OUT, '{"left_out":"The file is damaged."}')
        tally.add(tmp_path / "link", {"passed_over": "a symbolic link"}, "{}")
    assert list(tally.summary()) == [
        "0 files written.",
        "1 passed over: a symbolic link.",
        "1 left out: The file is damaged.",
        "Which they are: the same command with --reveal.",
    ]
    assert "REUTER" not in (tmp_path / "report").read_text()
