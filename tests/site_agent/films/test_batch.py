"""Many films: one tree, however many work on it and however often it is cut short."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pydicom
import pytest
from blake3 import blake3

from site_agent.deidentify.header.encoding import DEFLATED, EXPLICIT_LITTLE
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.durable import Busy
from site_agent.errors import ConfigurationError, SiteError, UnreadableFile
from site_agent.films.batch import CRASHED, Batch
from site_agent.films.converting import Film, converters
from site_agent.films.journal import FOLDER, Journal
from site_agent.on_disk import copying
from site_agent.on_disk.conversion import Conversion
from site_agent.workers import Workers
from tests.site_agent.deidentify.both_ways import as_bytes
from tests.site_agent.deidentify.chest_film import IDENTIFIERS, chest_film

PSEUDONYMS = Pseudonyms(bytes(32))
SETTINGS = {"key": "mark"}
Rows = list[tuple[Path, dict[str, Any]]]


class PowerCut(Exception):
    """Ends a run in the middle."""


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Eight films of four studies, two copies, two encodings of one film, clutter."""
    folder = tmp_path / "in" / "REUTER_FRANCISCO"
    folder.mkdir(parents=True)
    for number in range(8):
        film = chest_film(
            SOPInstanceUID=f"1.2.3.{number}", StudyInstanceUID=f"1.2.4.{number // 2}"
        )
        pydicom.dcmwrite(folder / f"{number}.dcm", film)
    (folder / "copy.dcm").write_bytes((folder / "0.dcm").read_bytes())
    pydicom.dcmwrite(folder / "x1", chest_film("1.2.840.10008.1.2"))
    pydicom.dcmwrite(folder / "x2", chest_film())
    (folder / "cut.dcm").write_bytes((folder / "1.dcm").read_bytes()[:-9])
    (folder / "readme.txt").write_text("Francisco Reuter")
    return tmp_path / "in"


def run(
    inbox: Path,
    target: Path,
    *,
    jobs: int = 2,
    cut_after: int | None = None,
    with_account: bool = False,
) -> Rows:
    told: Rows = []

    def tell(path: Path, row: dict[str, Any], text: str) -> None:
        whole = json.loads(text)
        assert row.items() <= whole.items()
        told.append((path, whole))
        if len(told) == cut_after:
            raise PowerCut

    conversion = Conversion(PSEUDONYMS, Options(), with_account)
    with Journal(target) as journal:
        journal.begin(SETTINGS)
        workers = converters(conversion, jobs)
        Batch(conversion, workers, target, journal, group_bytes=1).run(inbox, tell)
        journal.finish()
    return told


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_file_is_told_of_in_order(inbox: Path, tmp_path: Path) -> None:
    told = run(inbox, tmp_path / "out")
    assert [path for path, _ in told] == sorted(path for path, _ in told)
    ends = [next(iter(row)) for _, row in told]
    assert ends.count("file") == 10
    assert {row["passed_over"] for _, row in told if "passed_over" in row} == {
        "copies",
        "no DICOM image",
    }
    assert len(tree(tmp_path / "out")) == 10


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("cut_after", [1, 4, 9, 12])
def test_interrupted_run_goes_on_to_the_same_tree_and_the_same_rows(
    inbox: Path, tmp_path: Path, cut_after: int, jobs: int
) -> None:
    whole = run(inbox, tmp_path / "whole", with_account=True)
    with pytest.raises(PowerCut):
        run(inbox, tmp_path / "out", cut_after=cut_after, jobs=jobs, with_account=True)
    assert (tmp_path / "out" / FOLDER).exists()
    again = run(inbox, tmp_path / "out", jobs=jobs, with_account=True)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    assert again == whole


def test_film_is_not_done_before_a_sync_and_not_done_again_after(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Film] = []
    give = Workers.give

    def noted(self: Workers[Film, Any], film: Film) -> None:
        begun.append(film)
        give(self, film)

    monkeypatch.setattr(Workers, "give", noted)
    with pytest.raises(PowerCut):
        run(inbox, tmp_path / "out", cut_after=9)
    rows = (tmp_path / "out" / FOLDER / "rows").read_text()
    *_, last = (line for line in rows.splitlines() if " synced " in line)
    before = rows[: int(last.split()[-1])].splitlines()
    done = sum(" synced " not in line for line in before)
    begun.clear()
    run(inbox, tmp_path / "out")
    assert len(begun) == 13 - done


def test_film_that_vanished_or_changed_is_done_again(
    inbox: Path, tmp_path: Path
) -> None:
    whole = run(inbox, tmp_path / "whole")
    with pytest.raises(PowerCut):
        run(inbox, tmp_path / "out", cut_after=9)
    first = next(row["file"] for _, row in whole if "file" in row)
    (tmp_path / "out" / first).unlink()
    os.utime(inbox / "REUTER_FRANCISCO" / "2.dcm", (1, 1))
    run(inbox, tmp_path / "out")
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_journal_that_was_cut_or_damaged_costs_work_and_never_truth(
    inbox: Path, tmp_path: Path
) -> None:
    whole = run(inbox, tmp_path / "whole", with_account=True)
    with pytest.raises(PowerCut):
        run(inbox, tmp_path / "out", cut_after=9, with_account=True)
    rows = tmp_path / "out" / FOLDER / "rows"
    kept = rows.read_bytes()
    for damaged in (
        kept[: len(kept) // 2],
        kept[:-1],
        kept[:700] + b"\0\xff" + kept[702:],
        bytes(len(kept)),
        kept.replace(b"2.25.", b"2.26.", 1),
        b"",
    ):
        journal = tmp_path / "out" / FOLDER
        journal.mkdir(exist_ok=True)
        (journal / "settings").write_text(json.dumps(SETTINGS))
        (journal / "rows").write_bytes(damaged)
        assert run(inbox, tmp_path / "out", with_account=True) == whole
        assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_key_that_is_damaged_is_a_message(tmp_path: Path) -> None:
    with Journal(tmp_path / "out") as journal:
        journal.key(bytes(32))
        journal.begin(SETTINGS)
        (journal.folder / "key").write_bytes(b"half")
        with pytest.raises(ConfigurationError, match="begin anew"):
            journal.key(bytes(32))


def test_files_that_came_or_went_meanwhile_cost_no_truth(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_agent.films.journal.AHEAD", 2)
    with pytest.raises(PowerCut):
        run(inbox, tmp_path / "out", cut_after=11, jobs=1)
    folder = inbox / "REUTER_FRANCISCO"
    for name in ("0.dcm", "2.dcm", "3.dcm", "4.dcm"):
        (folder / name).unlink()
    pydicom.dcmwrite(folder / "00.dcm", chest_film(SOPInstanceUID="1.2.3.99"))
    again = run(inbox, tmp_path / "out")
    assert again == run(inbox, tmp_path / "whole")
    assert tree(tmp_path / "whole").items() <= tree(tmp_path / "out").items()


def test_journal_names_nobody(inbox: Path, tmp_path: Path) -> None:
    with pytest.raises(PowerCut):
        run(inbox, tmp_path / "out", cut_after=9, with_account=True)
    folder = tmp_path / "out" / FOLDER
    assert folder.stat().st_mode & 0o077 == 0
    notes = b"".join(
        (folder / name).read_bytes() for name in ("rows", "settings", "lock")
    )
    for each in (*IDENTIFIERS, "REUTER"):
        assert each.encode() not in notes


def test_unfinished_run_does_not_go_on_under_another_key(
    inbox: Path, tmp_path: Path
) -> None:
    with pytest.raises(PowerCut):
        run(inbox, tmp_path / "out", cut_after=3)
    with (
        Journal(tmp_path / "out") as journal,
        pytest.raises(ConfigurationError, match="unfinished run"),
    ):
        journal.begin({"key": "another"})


def test_two_runs_into_one_folder_are_refused(tmp_path: Path) -> None:
    with Journal(tmp_path / "out"), pytest.raises(Busy), Journal(tmp_path / "out"):
        pass


def test_row_accounts_for_every_byte(inbox: Path, tmp_path: Path) -> None:
    told = run(inbox, tmp_path / "out", with_account=True)
    for path, row in told:
        if "file" not in row:
            continue
        content = path.read_bytes()
        written = (tmp_path / "out" / row["file"]).read_bytes()
        assert row["output"] == {"bytes": len(written), "digest": digest(written)}
        old, new, length = (
            row["pixels"][name] for name in ("input_start", "output_start", "bytes")
        )
        pixels = content[old : old + length]
        assert pixels == written[new : new + length] == bytes(range(256)) * 2
        rest = content[:old] + content[old + length :]
        assert row["input"] == {
            "bytes": len(content),
            "digest_without_pixels": digest(rest),
        }
        assert row["actions"]["00100010"] == {"Z": 1}
    assert "REUTER" not in str([row for _, row in told])


def test_file_that_is_left_out_is_accounted_for(inbox: Path, tmp_path: Path) -> None:
    told = run(inbox, tmp_path / "out", with_account=True)
    (row,) = [row for path, row in told if path.name == "cut.dcm"]
    content = (inbox / "REUTER_FRANCISCO" / "cut.dcm").read_bytes()
    assert row["input"] == {"bytes": len(content), "digest": digest(content)}
    assert "damaged" in row["left_out"]


@pytest.mark.parametrize("way", ["deflated", "by pydicom"])
def test_film_that_is_written_anew_has_digests_of_both_whole_files(
    way: str, tmp_path: Path
) -> None:
    film = as_bytes(chest_film(DEFLATED if way == "deflated" else EXPLICIT_LITTLE))
    content = film if way == "deflated" else film[132:]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "film").write_bytes(content)
    ((_, row),) = run(tmp_path / "in", tmp_path / "out", with_account=True)
    assert row["input"] == {"bytes": len(content), "digest": digest(content)}
    written = (tmp_path / "out" / row["file"]).read_bytes()
    assert row["output"] == {"bytes": len(written), "digest": digest(written)}
    assert "pixels" not in row


def digest(content: bytes) -> str:
    return f"blake3:{blake3(content).hexdigest()}"


def test_links_and_pipes_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pydicom.dcmwrite(tmp_path / "elsewhere", chest_film())
    (tmp_path / "in" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "more").mkdir()
    pydicom.dcmwrite(tmp_path / "more" / "film", chest_film())
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "more")
    os.mkfifo(tmp_path / "in" / "pipe")
    told = run(tmp_path / "in", tmp_path / "out")
    assert {path.name: row["passed_over"] for path, row in told} == {
        "link": "a symbolic link, which is not followed",
        "folder": "a symbolic link, which is not followed",
        "pipe": "no DICOM image",
    }


def test_pixels_are_copied_where_the_kernel_cannot(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(inbox, tmp_path / "whole")

    def cannot(*_: object, **__: object) -> int:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(copying.os, "copy_file_range", cannot)
    assert run(inbox, tmp_path / "out") == whole
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_film_that_shrinks_while_it_is_copied_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(bytes(100))
    film = copying.NewFilm(b"head", start=50, length=100)
    with (
        copying.opened(tmp_path / "film") as source,
        pytest.raises(UnreadableFile, match="shorter"),
    ):
        copying.write_film(source, film, tmp_path / "new")


def test_film_that_kills_its_process_takes_no_other_with_it(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(inbox, tmp_path / "whole")
    convert = Conversion.convert

    def deadly(self: Conversion, path: Path, target: Path) -> Any:
        if path.name == "3.dcm":
            os.kill(os.getpid(), signal.SIGKILL)
        return convert(self, path, target)

    monkeypatch.setattr(Conversion, "convert", deadly)
    told = run(inbox, tmp_path / "out")
    rows = {path.name: row for path, row in told}
    assert rows.pop("3.dcm") == {"left_out": CRASHED}
    assert rows == {path.name: row for path, row in whole if path.name != "3.dcm"}
    assert not list((tmp_path / "out").rglob("*.part"))


def test_files_that_wait_for_a_slow_one_are_not_without_number(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(inbox, tmp_path / "whole")
    with pytest.raises(PowerCut):
        run(inbox, tmp_path / "out", cut_after=12)
    os.utime(inbox / "REUTER_FRANCISCO" / "0.dcm", (1, 1))
    monkeypatch.setattr("site_agent.films.batch.AHEAD", 3)
    assert run(inbox, tmp_path / "out") == whole


def test_source_that_vanishes_is_told_and_is_no_fault_of_the_target(
    inbox: Path, tmp_path: Path
) -> None:
    shutil.rmtree(inbox)
    with pytest.raises(SiteError, match="SRC cannot be listed: No such file"):
        run(inbox, tmp_path / "out")


def test_full_disk_stops_the_run_and_is_no_refusal(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = itertools.count()

    def full(*arguments: Any, **named: Any) -> None:
        if next(calls) == 2:
            raise OSError(28, "No space left on device")
        copying.write_film(*arguments, **named)

    monkeypatch.setattr("site_agent.on_disk.conversion.write_film", full)
    with pytest.raises(OSError, match="No space"):
        run(inbox, tmp_path / "out")
    monkeypatch.undo()
    assert len(run(inbox, tmp_path / "out")) == 13
    assert len(tree(tmp_path / "out")) == 10
