from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from site_agent import durable


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
