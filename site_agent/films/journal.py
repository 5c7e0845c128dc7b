"""What an unfinished run has done, so that it can go on after `kill -9` or a power cut.

It lives in ``DST/.unfinished``, readable by its owner only, together with films that
are not yet in their place, and goes when the run is finished:

``settings``
    The options, and a mark of the key. Another run may not go on under others.
``key``
    The key of a run that was given none; with it goes the last chance to tell which
    pseudonym was whose.
``rows``
    A line for each file of SRC, in their order: a checksum, a keyed token of the file's
    name, size and time, and what became of it as JSON. No name is in it. What stands
    before the place that the last ``synced`` tells of was forced onto the disk together
    with its films; the rest is done again, and so is what stands after a line that is
    damaged.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from site_agent import durable
from site_agent.errors import ConfigurationError

FOLDER = ".unfinished"

AHEAD = 1000
"""Rows that are held in memory. SRC is read in the order of the rows; that so many
files are gone from it, one after the other, costs work, no more."""

_SYNCED = "synced"
_MOMENT, _PATIENCE = 0.02, 50  # seconds, and how many times


class Journal:
    """The journal of one run into `target`; a context manager that holds its lock.

    Raises
    ------
    Busy
        When another process writes into the same folder.
    """

    def __init__(self, target: Path) -> None:
        self.folder = target / FOLDER
        self._target = target
        self._done: Iterator[tuple[str, str]] = iter(())
        self._ahead: dict[str, str] = {}
        self._size = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._target.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._lock()
        if not (self.folder / "settings").exists():
            # The last run had finished, or this one never began.
            for name in ("rows", "key"):
                (self.folder / name).unlink(missing_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def key(self, fresh: bytes) -> bytes:
        """Give the key of the run to go on with; `fresh` if there is none.

        Raises
        ------
        ConfigurationError
            When it is damaged.
        """
        path = self.folder / "key"
        if not path.exists():
            durable.write(path, fresh)
        key = path.read_bytes()
        if len(key) != len(fresh):
            raise ConfigurationError(
                "DST holds an unfinished run whose key is damaged. Remove what it "
                f"wrote, and {FOLDER}, from DST to begin anew."
            )
        return key

    def begin(self, settings: Mapping[str, str]) -> None:
        """Start, or go on if an earlier run left off.

        Raises
        ------
        ConfigurationError
            When it had other settings.
        """
        wanted = json.dumps(dict(settings), sort_keys=True).encode()
        path = self.folder / "settings"
        if not path.exists():
            durable.write(path, wanted)
        elif path.read_bytes() != wanted:
            raise ConfigurationError(
                "DST holds an unfinished run with another key or other options. Give "
                f"the same again, or remove {FOLDER} from DST to begin anew."
            )
        for part in self.folder.glob("*.part"):
            part.unlink()
        self._read()

    def find(self, token: str) -> str | None:
        """Give what became of a file that is done; None where it is not.

        Files are asked for in their order, and each only once.
        """
        for ahead, row in self._done:
            self._ahead[ahead] = row
            if ahead == token or len(self._ahead) >= AHEAD:
                break
        return self._ahead.pop(token, None)

    def add(self, token: str, row: str) -> None:
        """Note a file; it counts as done from the next `synced` on that spans it."""
        self._put(f"{token} {row}")

    @property
    def size(self) -> int:
        """How far the notes reach, in bytes."""
        return self._size

    def synced(self, size: int) -> None:
        """Note that what the first `size` bytes tell of is on the disk, by a sync."""
        self._put(f"{_SYNCED} {size}")
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self) -> None:
        """Forget the run: all files of SRC are done or left out."""
        (self.folder / "settings").unlink()  # from here on it is finished
        shutil.rmtree(self.folder)

    def _lock(self) -> None:
        # The workers of a killed run hold the lock as well, for a moment.
        for patience in range(_PATIENCE, -1, -1):
            try:
                locked = durable.locked(self.folder / "lock", wait=False)
                self._stack.enter_context(locked)
                return
            except durable.Busy:
                if not patience:
                    raise
                time.sleep(_MOMENT)

    def _put(self, text: str) -> None:
        line = text.encode()
        self._size += self._file.write(b"%08x %b\n" % (zlib.crc32(line), line))

    def _read(self) -> None:
        """Find the rows that count as done, and cut off the others."""
        path = self.folder / "rows"
        self._file = self._stack.enter_context(path.open("ab"))
        rows = self._stack.enter_context(path.open("rb"))
        synced = 0
        for word, rest in _notes(rows):
            if word == _SYNCED:
                synced = int(rest)
        self._file.truncate(synced)
        rows.seek(0)
        self._done = (note for note in _notes(rows, synced) if note[0] != _SYNCED)
        self._size = synced
        self.synced(synced)


def _notes(rows: BinaryIO, end: int | None = None) -> Iterator[tuple[str, str]]:
    """Yield the first word of each line and the rest, up to the first damaged one."""
    at = rows.tell()
    for line in rows:
        at += len(line)
        checksum, _, text = line.rstrip(b"\n").partition(b" ")
        if not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(text):
            return
        word, _, rest = text.decode().partition(" ")
        yield word, rest
        if at == end:
            return
