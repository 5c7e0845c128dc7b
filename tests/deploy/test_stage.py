"""The demonstration's folder: its own is cleared, others are left alone."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

from deploy.demo import kept, summary
from deploy.demo.programs import ChapterFailed
from deploy.demo.stage import hospitals_in, prepare


def test_folder_that_is_not_a_demonstrations_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("three years")
    with pytest.raises(ChapterFailed, match="nothing was touched"):
        prepare(tmp_path)
    assert (tmp_path / "thesis.doc").read_text() == "three years"


def test_earlier_demonstration_is_cleared(tmp_path: Path) -> None:
    folder = prepare(tmp_path / "demo")
    (folder / "site-1/studies").mkdir(parents=True)
    (folder / "summary.json").write_text("{}")
    prepare(folder)
    assert [path.name for path in folder.iterdir()] == [".hilum-demo"]


def test_link_in_an_earlier_demonstration_is_removed_and_not_followed(
    tmp_path: Path,
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/film").write_text("stays")
    folder = prepare(tmp_path / "demo")
    (folder / "site-1").symlink_to(tmp_path / "elsewhere")
    prepare(folder)
    assert not (folder / "site-1").exists()
    assert (tmp_path / "elsewhere/film").read_text() == "stays"


def test_inboxes_are_found_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        for name in ("images", "reports"):
            (tmp_path / f"site-{number}" / name).mkdir(parents=True)
    (tmp_path / "answer_key").mkdir()
    found = [path.name for path in hospitals_in(tmp_path)]
    assert found == ["site-1", "site-2", "site-10"]


def test_inbox_without_reports_is_named(tmp_path: Path) -> None:
    (tmp_path / "site-1/images").mkdir(parents=True)
    with pytest.raises(ChapterFailed, match="site-1/reports is missing"):
        hospitals_in(tmp_path)


def test_folder_without_inboxes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChapterFailed, match="no folder site-1"):
        hospitals_in(tmp_path)


def test_process_that_serves_no_home_any_more_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "coordinator").mkdir()
    (tmp_path / "coordinator/serve.lock").touch()
    kept.note(tmp_path, {tmp_path / "coordinator": os.getpid()})
    assert kept.stop(tmp_path) == 0
    assert not (tmp_path / "running.json").exists()


def test_home_that_is_served_is_told_from_one_that_is_not(tmp_path: Path) -> None:
    (tmp_path / "site-1").mkdir()
    with (tmp_path / "site-1/serve.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert kept.is_served(tmp_path / "site-1")
    assert not kept.is_served(tmp_path / "site-1")
    assert not kept.is_served(tmp_path / "site-2")


def test_aurocs_are_those_of_the_last_round_at_the_sites() -> None:
    def metric(round_number: int, site: str, name: str, value: float) -> dict:
        return {"round": round_number, "site": site, "name": name, "value": value}

    metrics = [
        metric(1, "site-1", "auroc-pleural-effusion", 0.5),
        metric(2, "site-1", "auroc-pleural-effusion", 0.91),
        metric(2, "site-2", "auroc-cardiomegaly", 0.8),
        metric(2, "", "auroc-cardiomegaly", 0.8),
        metric(2, "site-1", "hold-out-loss", 0.4),
    ]
    assert summary.aurocs(metrics, ["site-1", "site-2"]) == {
        "pleural effusion": {"site-1": 0.91},
        "cardiomegaly": {"site-2": 0.8},
    }


def test_summary_is_json_that_reads_back(tmp_path: Path) -> None:
    summary.write(tmp_path / "summary.json", {"seconds": {"total": 1.5}})
    read = json.loads((tmp_path / "summary.json").read_text())
    assert read == {"seconds": {"total": 1.5}}
