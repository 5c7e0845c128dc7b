"""Many films: several at once, in an order that is always the same, and resumable.

Films are converted by processes, one for each core: what Python does in a film would
make threads wait for each other. They are put into their places one after the other, in
the order of SRC, so that the same SRC gives the same tree however many work on it and
however often it was interrupted.
"""

from __future__ import annotations

import filecmp
import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from site_agent.acquire.walking import files_below
from site_agent.errors import SiteError
from site_agent.films.converting import Ended, Film, ended
from site_agent.films.journal import Journal
from site_agent.films.names import Names
from site_agent.films.syncing import Sync
from site_agent.on_disk.account import Row, as_json, with_file
from site_agent.on_disk.conversion import Conversion, LeftOut
from site_agent.workers import Crashed, Workers

GROUP_BYTES = 4 << 30
"""Films of so many bytes are forced onto the disk together."""

AHEAD = 1000
"""Files that wait for the one before them to be done."""

CRASHED = "A file crashes the program that reads it. Export it again."

_IS_COPY = {"passed_over": "copies"}

Tell = Callable[[Path, Row, str], None]
"""Told of each file of SRC, in order, with what became of it (``file``, ``left_out`` or
``passed_over``, at least), and with its whole row as JSON."""


@dataclass(slots=True)
class _Task:
    """A file of SRC: with the row of an earlier run, or with what this one made."""

    path: Path
    token: str
    part: Path
    row: str
    ended: Ended | None = None

    @property
    def is_done(self) -> bool:
        """Whether it can go to its place when its turn comes."""
        return bool(self.row) or self.ended is not None


@dataclass
class Batch:
    """One run over a folder.

    Parameters
    ----------
    conversion : Conversion
        How the header of each film is converted.
    workers : Workers
        Convert films by it, and not begun yet.
    target : Path
        Where they go: one folder for each study, one file for each image.
    journal : Journal
        Open, and begun.
    group_bytes : int
        See `GROUP_BYTES`.
    """

    conversion: Conversion
    workers: Workers[Film, Ended]
    target: Path
    journal: Journal
    group_bytes: int = GROUP_BYTES
    _waiting: deque[_Task] = field(default_factory=deque)
    _under_way: dict[Film, _Task] = field(default_factory=dict)
    _taken: Names = field(default_factory=Names)
    _unsynced: int = 0
    _sync: Sync | None = None

    def run(self, source: Path, tell: Tell) -> None:
        """De-identify every DICOM image below `source`.

        Raises
        ------
        SiteError
            When a folder cannot be listed.
        OSError
            When DST cannot be written.
        """
        with self.workers:
            for task in self._listed(source):
                self._waiting.append(task)
                if not task.row:
                    self._begin(task)
                self._end_those_in_turn(tell)
                while len(self._waiting) > AHEAD:
                    self._take()
                    self._end_those_in_turn(tell)
            while self._waiting:
                self._take()
                self._end_those_in_turn(tell)
        if self._sync is not None:
            self._sync.end()

    def _listed(self, source: Path) -> Iterator[_Task]:
        """Yield a task for each file of SRC, with its row where it was done before."""
        for number, path in enumerate(_files_below(source)):
            token = self._token(path, source)
            part = self.journal.folder / f"{number}.part"
            yield _Task(path, token, part, self._row_of_done(token))

    def _begin(self, task: _Task) -> None:
        if not self.workers.has_idle:
            self._take()
        self._under_way[task.path, task.part] = task
        self.workers.give((task.path, task.part))

    def _take(self) -> None:
        """Wait for a film that is done."""
        film, done = self.workers.take()
        if isinstance(done, Crashed):
            done = ended(LeftOut(CRASHED, None))
        self._under_way.pop(film).ended = done

    def _end_those_in_turn(self, tell: Tell) -> None:
        """Put films into their places that all films before them are in already."""
        while self._waiting and self._waiting[0].is_done:
            task = self._waiting.popleft()
            if task.ended is None:
                row, text = json.loads(task.row), task.row
                if "file" in row:
                    self._taken.add(row["file"])
            else:
                row, text = self._settle(task.part, task.ended)
                self.journal.add(task.token, text)
            self._sync_a_group()
            tell(task.path, row, text)

    def _settle(self, part: Path, done: Ended) -> tuple[Row, str]:
        """Put a film into its place, and tell what became of the file."""
        if not done.name:
            part.unlink(missing_ok=True)
            return done.said, done.row
        # Two exports of one image, say with and without compression, are both kept.
        for number in count(1):
            suffix = f"-{number}" if number > 1 else ""
            name = f"{done.name}{suffix}.dcm"
            place = self.target / name
            if name not in self._taken:
                break
            if filecmp.cmp(place, part, shallow=False):
                part.unlink()
                return _IS_COPY, as_json(_IS_COPY)
        self._taken.add(name)
        self._unsynced += part.stat().st_size
        try:
            part.replace(place)
        except FileNotFoundError:
            place.parent.mkdir()
            part.replace(place)
        return {"file": name}, with_file(name, done.row)

    def _row_of_done(self, token: str) -> str:
        """Give the row of a file that an earlier run did; empty where it is to do."""
        text = self.journal.find(token) or ""
        row = json.loads(text) if text else {}
        is_gone = "file" in row and not (self.target / row["file"]).exists()
        if is_gone or (self.conversion.with_account and not _has_account(row)):
            return ""
        return text

    def _token(self, path: Path, source: Path) -> str:
        with suppress(OSError):
            state = path.stat()
            name = os.fsencode(path.relative_to(source)).hex()
            mark = f"{name} {state.st_size} {state.st_mtime_ns}"
            return self.conversion.pseudonyms.token("file", mark)
        return ""

    def _sync_a_group(self) -> None:
        """Begin a sync when enough was written; note one that has ended."""
        if self._sync is not None:
            if self._sync.is_alive():
                return
            self._sync.end()
            self.journal.synced(self._sync.reached)
            self._sync = None
        if self._unsynced >= self.group_bytes:
            self._unsynced = 0
            self._sync = Sync(self.target, self.journal.size)
            self._sync.start()


def _files_below(source: Path) -> Iterator[Path]:
    try:
        yield from files_below(source)
    except OSError as error:
        raise SiteError(
            f"A folder of SRC cannot be listed: {error.strerror}. When that is mended, "
            "the same command goes on from there."
        ) from None


def _has_account(row: Row) -> bool:
    return "input" in row or row.get("passed_over") is not None
