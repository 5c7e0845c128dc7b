"""Many films: several at once, in an order that is always the same, and resumable.

Films are converted by threads, since all that takes long in it (the kernel's copying,
digests) runs beside the interpreter, and starting processes would take longer than
sixty films. They are put into their places one after the other, in the order of SRC,
so that the same SRC gives the same tree however many work on it and however often it
was interrupted.

Where text is scrubbed from pixels, processes do it instead (see `films.scrubbing`).
"""

from __future__ import annotations

import filecmp
import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_agent.acquire.walking import files_below
from site_agent.films.conversion import (
    Conversion,
    Converted,
    LeftOut,
    Outcome,
)
from site_agent.films.journal import Journal, sync_file_system
from site_agent.films.names import Names

if TYPE_CHECKING:  # its networks take longer to load than many films to convert
    from site_agent.films.scrubbing import Scrubbing

GROUP_BYTES = 4 << 30
"""Films of so many bytes are forced onto the disk together."""

NO_IMAGE, COPY = "no DICOM image", "copies"

_NO_STUDY = "no-study"

Tell = Callable[[Path, dict[str, Any], str], None]
"""Told of each file of SRC, in order, with its row, and with that as JSON: ``file``,
``left_out`` or ``passed_over``, and its account where there is one."""


@dataclass(slots=True)
class _Task:
    """A file of SRC: with the row of an earlier run, or with a future."""

    path: Path
    token: str
    part: Path
    row: str
    future: Future[Outcome] | None


@dataclass
class Batch:
    """One run over a folder.

    Parameters
    ----------
    conversion : Conversion
        How each film is converted.
    target : Path
        Where they go: one folder for each study, one file for each image.
    journal : Journal
        Open, and begun.
    jobs : int
        How many films are worked on at once, at least 1.
    scrubbing : Scrubbing or None
        Scrubs text from pixels; None leaves them as they are.
    group_bytes : int
        See `GROUP_BYTES`.
    """

    conversion: Conversion
    target: Path
    journal: Journal
    jobs: int
    group_bytes: int = GROUP_BYTES
    scrubbing: Scrubbing | None = None
    _taken: Names = field(default_factory=Names)
    _unsynced: int = 0
    _sync: tuple[int, Future[None]] | None = None

    def run(self, source: Path, tell: Tell) -> None:
        """De-identify every DICOM image below `source`.

        Raises
        ------
        OSError
            When a folder cannot be listed, or DST cannot be written.
        """
        if self.scrubbing is None:
            tasks = self._by_threads(source)
        else:
            tasks = self._by_processes(source, self.scrubbing)
        with ThreadPoolExecutor(1) as syncing:
            for task in tasks:
                row = self._settle(task)
                text = task.row or json.dumps(row, separators=(",", ":"))
                if not task.row:
                    self.journal.add(task.token, text)
                self._sync_a_group(syncing)
                tell(task.path, row, text)

    def _by_threads(self, source: Path) -> Iterator[_Task]:
        """Yield the tasks in the order of SRC, some ahead being under way."""
        waiting: deque[_Task] = deque()
        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                for task in self._listed(source):
                    if task.future is not None:
                        convert = self.conversion.convert
                        task.future = pool.submit(convert, task.path, task.part)
                    waiting.append(task)
                    if len(waiting) > 2 * self.jobs:
                        yield waiting.popleft()
                while waiting:
                    yield waiting.popleft()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _by_processes(self, source: Path, scrubbing: Scrubbing) -> Iterator[_Task]:
        """Yield the tasks in the order of SRC, each when it is done."""
        waiting: deque[_Task] = deque()
        futures: dict[Path, Future[Outcome]] = {}

        def to_do() -> Iterator[tuple[Path, Path]]:
            for task in self._listed(source):
                waiting.append(task)
                if task.future is not None:
                    futures[task.part] = task.future
                    yield task.path, task.part

        with scrubbing.converted(to_do(), self.jobs) as converted:
            for (_, part), outcome in converted:
                futures.pop(part).set_result(outcome)
                while waiting and _is_settled(waiting[0]):
                    yield waiting.popleft()
        yield from waiting

    def _listed(self, source: Path) -> Iterator[_Task]:
        """Yield a task for each file of SRC, with a future where it is to be done."""
        for number, path in enumerate(files_below(source)):
            token = self._token(path, source)
            part = self.journal.folder / f"{number}.part"
            row = self._row_of_done(token)
            yield _Task(path, token, part, row, None if row else Future())

    def _settle(self, task: _Task) -> dict[str, Any]:
        """Put a film into its place, and tell what became of the file."""
        if task.future is None:
            row: dict[str, Any] = json.loads(task.row)
            if "file" in row:
                self._taken.add(row["file"])
            return row
        outcome = task.future.result()
        if isinstance(outcome, Converted):
            return self._place(task.part, outcome)
        task.part.unlink(missing_ok=True)
        if isinstance(outcome, LeftOut):
            return {**(outcome.row or {}), "left_out": outcome.why}
        return {"passed_over": NO_IMAGE}

    def _place(self, part: Path, film: Converted) -> dict[str, Any]:
        # Two exports of one image, say with and without compression, are both kept.
        for number in count(1):
            suffix = f"-{number}" if number > 1 else ""
            name = f"{film.study or _NO_STUDY}/{film.instance}{suffix}.dcm"
            place = self.target / name
            if name not in self._taken:
                break
            if filecmp.cmp(place, part, shallow=False):
                part.unlink()
                return {"passed_over": COPY}
        self._taken.add(name)
        self._unsynced += part.stat().st_size
        try:
            part.replace(place)
        except FileNotFoundError:
            place.parent.mkdir()
            part.replace(place)
        return {"file": name, **(film.row or {})}

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

    def _sync_a_group(self, syncing: ThreadPoolExecutor) -> None:
        """Begin a sync when enough was written; note one that has ended."""
        if self._sync is not None:
            reached, future = self._sync
            if not future.done():
                return
            future.result()
            self.journal.synced(reached)
            self._sync = None
        if self._unsynced >= self.group_bytes:
            self._unsynced = 0
            future = syncing.submit(sync_file_system, self.target)
            self._sync = self.journal.size, future


def _is_settled(task: _Task) -> bool:
    return task.future is None or task.future.done()


def _has_account(row: dict[str, Any]) -> bool:
    return "input" in row or row.get("passed_over") is not None
