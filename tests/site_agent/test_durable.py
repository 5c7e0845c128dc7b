from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from site_agent import durable
from site_agent.errors import SiteError


def test_new_content_replaces_the_old_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    durable.write(path, b"old and longer")
    durable.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_write_that_fails_leaves_the_old_content_and_nothing_beside(
    tmp_path: Path,
) -> None:
    path = tmp_path / "kept"
    durable.write(path, b"old")
    with pytest.raises(TypeError):
        durable.write(path, "not bytes")  # type: ignore[arg-type]  # the fault to try
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_long_text_is_there_whole_at_the_end_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    with durable.beside(path) as file:
        file.write("half")
        file.flush()
        assert not path.exists()
        assert stat.S_IMODE((tmp_path / ".reports.csv.part").stat().st_mode) == 0o600
    assert path.read_text() == "half"
    assert [each.name for each in tmp_path.iterdir()] == ["reports.csv"]


def test_long_text_that_fails_leaves_the_old_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), durable.beside(path) as file:
        file.write(str(1 / 0))
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["reports.csv"]


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path) -> None:
    left = tmp_path / ".reports.csv.part"
    left.write_text("left by a process that was killed")
    left.chmod(0o644)
    with durable.beside(tmp_path / "reports.csv") as file:
        file.write("new")
    assert (tmp_path / "reports.csv").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "reports.csv").stat().st_mode) == 0o600


def test_second_writer_of_the_same_file_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    with durable.beside(path) as first:
        with pytest.raises(durable.Busy), durable.beside(path):
            pass
        first.write("first")
    assert path.read_text() == "first"


def test_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with durable.beside(tmp_path / "link") as file:
        file.write("text")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "text"


@pytest.mark.parametrize("name", ["-", "folder", "pipe"])
def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SiteError, match="no file"), durable.beside(tmp_path / name):
        pass


def test_lock_is_held_by_one(tmp_path: Path) -> None:
    path = tmp_path / "some.lock"
    with durable.locked(path):
        with pytest.raises(durable.Busy, match=r"some\.lock is locked"):
            durable.locked(path, wait=False).__enter__()
        assert durable.Busy.exit_code == 75
    with durable.locked(path, wait=False):
        pass


def test_one_that_waits_gets_the_lock_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "some.lock"
    order: list[str] = []

    def second() -> None:
        with durable.locked(path):
            order.append("second")

    with durable.locked(path):
        thread = threading.Thread(target=second)
        thread.start()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
