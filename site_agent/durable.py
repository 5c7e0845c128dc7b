"""Files that a crash leaves whole: written beside their place, then renamed.

After `kill -9` or a power cut a reader finds the old content or the new, never half.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from site_agent.errors import SiteError


def write(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Put `content` at `path`, whole or not at all, and see it onto the disk."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def beside(path: Path, *, mode: int = 0o600) -> Iterator[TextIO]:
    """Write a long text bit by bit: at the end it is at `path` whole, else not at all.

    Until then it is beside it, as ``.NAME.part``; what a killed process left there is
    overwritten by the next. A link is followed.

    Raises
    ------
    SiteError
        `path` is there and no file: a folder, a device, a pipe.
    Busy
        Another process is writing the same file.
    """
    path = path.resolve()
    if path.name == "-" or (path.exists() and not path.is_file()):
        raise SiteError(f"{path.name} is no file. Choose the name of one.")
    hidden = path.with_name(f".{path.name}.part")
    descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        _claim(descriptor, hidden)
        try:
            file.truncate(0)
            os.fchmod(descriptor, mode)
            yield file
            file.flush()
            os.fsync(descriptor)
            hidden.replace(path)
        except BaseException:
            hidden.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def _claim(descriptor: int, hidden: Path) -> None:
    """Lock a file that was opened, unless somebody else has it or has just ended."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), hidden.stat()):
            return
    except (BlockingIOError, FileNotFoundError):
        pass
    raise Busy("Another process is writing the same file. Wait for it, then try again.")


def sync_folder(folder: Path) -> None:
    """See the names in `folder` onto the disk; else a power cut may undo a rename."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Busy(SiteError):
    """Another process of this site holds the lock."""

    code = "busy"
    exit_code = 75


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock file at `path`; the system lets go when the process ends.

    Raises
    ------
    Busy
        If `wait` is false and another process or thread holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Busy(
                f"Another process of this site is at work ({path.name} is locked). "
                "Wait for it to end, then try again."
            ) from error
        yield
    finally:
        os.close(descriptor)
