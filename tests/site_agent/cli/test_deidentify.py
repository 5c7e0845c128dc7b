"""``site-agent deidentify``, as a data manager uses it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from typer.testing import CliRunner

from site_agent.cli import app
from site_agent.errors import ConfigurationError, SiteError
from tests.site_agent.deidentify.chest_film import IDENTIFIERS, chest_film


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Two films and a copy of one, a damaged film, and clutter, in a named folder."""
    folder = tmp_path / "inbox" / "REUTER_FRANCISCO_19571113"
    folder.mkdir(parents=True)
    pydicom.dcmwrite(folder / "IM1", chest_film())
    pydicom.dcmwrite(folder / "IM2.dcm", chest_film(SOPInstanceUID="1.2.3"))
    pydicom.dcmwrite(folder / "IM3", chest_film())
    whole = (folder / "IM1").read_bytes()
    (folder / "IM4").write_bytes(whole[:-100])
    (folder / "readme.txt").write_text("Francisco Reuter")
    return tmp_path / "inbox"


def site_agent(*arguments: object) -> tuple[int, str]:
    """Run the header route; what becomes of pixels is tested with `films.scrubbing`."""
    arguments = (*arguments, "--no-scrub")
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if isinstance(result.exception, SiteError):
        return result.exception.exit_code, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_folder_gives_one_file_for_each_image(inbox: Path, tmp_path: Path) -> None:
    code, said = site_agent("deidentify", inbox, tmp_path / "out")
    written = files_below(tmp_path / "out")
    assert len(written) == 2
    assert "2 files written" in said
    assert "1 passed over: copies" in said
    assert "1 left out: The file is damaged" in said
    assert code == 1
    for path in written:
        film = pydicom.dcmread(path)
        assert path.stem == film.SOPInstanceUID
        assert path.parent.name == film.StudyInstanceUID


def test_no_name_is_in_file_names_files_or_messages(
    inbox: Path, tmp_path: Path
) -> None:
    _, said = site_agent("deidentify", inbox, tmp_path / "out")
    names = "".join(str(p.relative_to(tmp_path)) for p in files_below(tmp_path / "out"))
    content = b"".join(p.read_bytes() for p in files_below(tmp_path / "out"))
    for each in (*IDENTIFIERS, "REUTER"):
        assert each not in names
        assert each not in said
        assert each.encode() not in content


def test_files_left_out_are_named_on_request_only(inbox: Path, tmp_path: Path) -> None:
    _, said = site_agent("deidentify", inbox, tmp_path / "out", "--reveal")
    assert "IM4" in said


def test_same_key_gives_the_same_names_again(inbox: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("a secret that is long enough")
    key.chmod(0o600)
    for name in ("one", "two"):
        site_agent("deidentify", inbox, tmp_path / name, "--key", key)
    site_agent("deidentify", inbox, tmp_path / "three")
    one, two, three = (
        {path.name for path in files_below(tmp_path / name)}
        for name in ("one", "two", "three")
    )
    assert one == two
    assert not one & three


def test_two_exports_of_one_image_are_both_kept(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pydicom.dcmwrite(tmp_path / "in" / "1", chest_film())
    pydicom.dcmwrite(tmp_path / "in" / "2", chest_film("1.2.840.10008.1.2"))
    code, _ = site_agent("deidentify", tmp_path / "in", tmp_path / "out")
    assert code == 0
    assert len(files_below(tmp_path / "out")) == 2


def test_file_gives_a_file(inbox: Path, tmp_path: Path) -> None:
    film = inbox / "REUTER_FRANCISCO_19571113" / "IM1"
    target = tmp_path / "new" / "film.dcm"
    code, _ = site_agent("deidentify", film, target, "--dates", "shift")
    assert code == 0
    assert pydicom.dcmread(target).LongitudinalTemporalInformationModified == "MODIFIED"
    assert files_below(tmp_path / "new") == [target]


@pytest.mark.parametrize("name", ["IM4", "readme.txt", "absent"])
def test_file_that_cannot_be_done_is_a_message(
    inbox: Path, tmp_path: Path, name: str
) -> None:
    film = inbox / "REUTER_FRANCISCO_19571113" / name
    code, said = site_agent("deidentify", film, tmp_path / "film.dcm")
    assert code != 0
    assert said.endswith(".")
    assert not (tmp_path / "film.dcm").exists()
    assert "REUTER" not in said


def test_output_below_the_input_is_refused(inbox: Path) -> None:
    code, said = site_agent("deidentify", inbox, inbox / "out")
    assert code == 2
    assert "beside" in said


def test_report_has_a_line_for_each_film_and_no_name(
    inbox: Path, tmp_path: Path
) -> None:
    report = tmp_path / "new" / "report.jsonl"
    site_agent("deidentify", inbox, tmp_path / "out", "--report", report)
    *rows, last = [json.loads(line) for line in report.read_text().splitlines()]
    assert last["summary"]["written"] == 2
    assert last["summary"]["profile"] == "PS3.15 2026d Annex E"
    assert last["summary"]["methods"] == ["113100"]
    assert sum(last["summary"]["left_out"].values()) == 1
    written = {path.name for path in files_below(tmp_path / "out")}
    assert {Path(row["file"]).name for row in rows if "file" in row} == written
    assert rows[0]["actions"]["00100010"] == {"Z": 1}
    for each in (*IDENTIFIERS, "REUTER"):
        assert each not in report.read_text()


def test_map_tells_which_file_became_which(inbox: Path, tmp_path: Path) -> None:
    site_agent("deidentify", inbox, tmp_path / "out", "--map", tmp_path / "map.csv")
    with (tmp_path / "map.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [Path(row["input"]).name for row in rows] == ["IM1", "IM2.dcm"]
    for row in rows:
        assert (inbox / row["input"]).exists()
        assert (tmp_path / "out" / row["output"]).exists()


@pytest.mark.parametrize("given", [True, False])
def test_run_that_was_killed_goes_on_to_the_same_tree(
    inbox: Path, tmp_path: Path, given: bool
) -> None:
    (tmp_path / "key").write_text("a secret that is long enough")
    (tmp_path / "key").chmod(0o600)
    key = ("--key", str(tmp_path / "key")) if given else ()
    arguments = ("deidentify", str(inbox), str(tmp_path / "out"), *key)
    killed = subprocess.run(
        [
            *(sys.executable, "-m", "tests.site_agent.killed"),
            *("site_agent.films.journal:Journal.add", "after", "2", "--"),
            *arguments,
            "--no-scrub",
        ],
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9
    before = {path.name for path in (tmp_path / "out").glob("*/*.dcm")}
    assert before
    site_agent(*arguments, "--sync")
    after = files_below(tmp_path / "out")
    assert len(after) == 2
    assert before <= {path.name for path in after}
    if given:
        site_agent("deidentify", inbox, tmp_path / "whole", *key)
        assert [path.read_bytes() for path in after] == [
            path.read_bytes() for path in files_below(tmp_path / "whole")
        ]


# In the killed process each film is a group of its own, which is synced.
KILLED = """
import sys
from functools import partial
from site_agent.cli import deidentify, main
from tests.site_agent.killed import arm
deidentify.Batch = partial(deidentify.Batch, group_bytes=1)
arm(sys.argv[1], sys.argv[2], int(sys.argv[3]))
sys.argv[1:] = sys.argv[4:]
main()
"""


POINTS = (
    ("site_agent.on_disk.conversion:write_film_digested", 1),
    ("site_agent.films.batch:Batch._settle", 1),
    ("site_agent.films.batch:Batch._settle", 3),
    ("site_agent.films.journal:Journal.add", 2),
    ("site_agent.films.journal:Journal.add", 4),
    ("site_agent.films.syncing:sync_file_system", 1),
    ("site_agent.films.journal:Journal.synced", 1),
    ("site_agent.films.journal:Journal.synced", 2),
    ("site_agent.films.tally:Tally.add", 1),
    ("site_agent.films.tally:Tally.add", 5),
    ("site_agent.durable:sync_folder", 2),
    ("site_agent.durable:sync_folder", 3),
    ("site_agent.films.journal:Journal.finish", 1),
    ("site_agent.films.journal:shutil.rmtree", 1),
)


@pytest.mark.parametrize(
    ("point", "count", "moment"),
    [
        *((point, count, "after") for point, count in POINTS),
        ("site_agent.on_disk.conversion:write_film_digested", 1, "before"),
        ("site_agent.films.journal:Journal.finish", 1, "before"),
    ],
)
def test_run_killed_anywhere_ends_with_the_same_tree_report_and_map(
    inbox: Path, tmp_path: Path, point: str, count: int, moment: str
) -> None:
    (tmp_path / "key").write_text("a secret that is long enough")
    (tmp_path / "key").chmod(0o600)

    def arguments(out: Path) -> list[str]:
        files = ["--report", str(out / "report"), "--map", str(out / "map.csv")]
        key = ["--key", str(tmp_path / "key")]
        return ["deidentify", str(inbox), str(out / "films"), *files, *key]

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    killed = subprocess.run(
        [
            *(sys.executable, "-c", KILLED, point, moment, str(count)),
            *(*arguments(cut), "--no-scrub"),
        ],
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9
    for out in (whole, cut):
        assert site_agent(*arguments(out))[0] == 1  # one film is left out
    first, second = (
        {path.relative_to(out): path.read_bytes() for path in files_below(out)}
        for out in (whole, cut)
    )
    assert first == second
    assert len(first) == 4


def test_unfinished_run_does_not_go_on_with_other_options(
    inbox: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out" / ".unfinished"
    folder.mkdir(parents=True)
    (folder / "settings").write_text("{}")
    code, said = site_agent("deidentify", inbox, tmp_path / "out")
    assert code == 2
    assert "unfinished run" in said


def test_every_place_where_something_would_be_lost_is_refused(
    inbox: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    film = next(each for each in inbox.rglob("*") if each.is_file())
    before = film.read_bytes()
    code, said = site_agent(
        *("deidentify", inbox, tmp_path / "out"),
        *("--report", film, "--map", film),
    )
    assert code == 2
    assert "DST is a file" in said
    assert "--report lies in SRC" in said
    assert "--map lies in SRC" in said
    assert "are the same file" in said
    assert film.read_bytes() == before


@pytest.mark.parametrize("target", ["film.dcm", "pipe", ".", "no-folder/film.dcm"])
def test_single_film_is_never_written_over_itself_or_what_is_no_file(
    tmp_path: Path, target: str
) -> None:
    film = tmp_path / "film.dcm"
    pydicom.dcmwrite(film, chest_film())
    before = film.read_bytes()
    (tmp_path / "no-folder").write_text("a file")
    os.mkfifo(tmp_path / "pipe")
    code, said = site_agent("deidentify", film, tmp_path / target)
    assert code in (1, 2)
    assert (tmp_path / "pipe").is_fifo()
    assert said.startswith("DST ")
    assert film.read_bytes() == before


def test_what_a_killed_run_left_of_a_single_film_goes_with_the_next(
    tmp_path: Path,
) -> None:
    film, new = tmp_path / "film.dcm", tmp_path / "new" / "film.dcm"
    pydicom.dcmwrite(film, chest_film())
    killed = subprocess.run(
        [
            *(sys.executable, "-m", "tests.site_agent.killed"),
            *("site_agent.on_disk.conversion:write_film", "after", "1", "--"),
            *("deidentify", film, new, "--no-scrub"),
        ],
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9
    (left,) = new.parent.iterdir()
    assert left.stat().st_mode & 0o777 == 0o700
    (left / "decoded-film").write_text("its pixels, not yet searched")
    assert site_agent("deidentify", film, new)[0] == 0
    assert list(new.parent.iterdir()) == [new]


@pytest.mark.parametrize("option", [("--report", "r"), ("--map", "m"), ("--sync",)])
def test_single_film_has_no_account_and_says_so(
    tmp_path: Path, option: tuple[str, ...]
) -> None:
    film = tmp_path / "film.dcm"
    pydicom.dcmwrite(film, chest_film())
    code, said = site_agent("deidentify", film, tmp_path / "new.dcm", *option)
    assert code == 2
    assert "need a folder" in said
    assert not (tmp_path / "new.dcm").exists()


def test_films_do_not_wait_for_pydicom(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pydicom.dcmwrite(tmp_path / "in" / "1", chest_film())
    program = (
        "import sys; from site_agent.cli import app; "
        "app(sys.argv[1:], standalone_mode=False); "
        "print({'pydicom', 'numpy', 'cryptography'} & set(sys.modules))"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-c", program),
            *("deidentify", tmp_path / "in", tmp_path / "out", "--no-scrub"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "set()"


def test_key_file_that_others_may_read_is_refused(inbox: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("a secret that is long enough")
    key.chmod(0o644)
    code, said = site_agent("deidentify", inbox, tmp_path / "out", "--key", key)
    assert code == 1
    assert "chmod 600" in said


def test_profile_by_name_or_file_is_what_the_films_then_say(
    inbox: Path, tmp_path: Path
) -> None:
    file = tmp_path / "research.toml"
    file.write_text('dates = "shift"\noptions = ["retain-patient-characteristics"]\n')
    names = "basic+retain-patient-characteristics"
    for out, profile in (("a", ["--profile", file]), ("b", ["--profile", names])):
        more = ["--dates", "shift"] if out == "b" else []
        site_agent("deidentify", inbox, tmp_path / out, *profile, *more)
        film = pydicom.dcmread(files_below(tmp_path / out)[0])
        codes = [each.CodeValue for each in film.DeidentificationMethodCodeSequence]
        assert codes == ["113100", "113107", "113108"]
        assert (film.PatientSex, film.PatientAge) == ("M", "059Y")
        assert film.LongitudinalTemporalInformationModified == "MODIFIED"


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ("full", "begins with basic"),
        ("basic+keep-everything", "no option"),
        ("basic+clean-pixel-data", "needs --scrub"),
        ("absent.toml", "cannot be read"),
    ],
)
def test_profile_that_cannot_be_applied_is_refused(
    profile: str, why: str, inbox: Path, tmp_path: Path
) -> None:
    code, said = site_agent("deidentify", inbox, tmp_path / "out", "--profile", profile)
    assert code == ConfigurationError.exit_code
    assert why in said
    assert not (tmp_path / "out").exists()
