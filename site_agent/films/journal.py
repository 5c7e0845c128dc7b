"""What an unfinished run has done, so that it can go on after `kill -9` or a power cut.

It lives in ``DST/.unfinished``, readable by its owner only, together with films that
are not yet in their place, and goes when the run is finished:

``settings``
    The options, and a mark of the key. Another run may not go on under others.
``key``
    The key of a run that was given none; with it goes the last chance to tell which
    pseudonym was whose.
``rows``
    One JSON object for each file of SRC, in their order, under a keyed token of its
    name, size and time: no name is in it. What stands before the last ``synced`` was
    forced onto the disk together with its films; the rest is done again.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from site_agent import durable
from site_agent.errors import ConfigurationError

FOLDER = ".unfinished"


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
        self._rows_at: dict[str, int] = {}
        self._count = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._target.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._stack.enter_context(durable.locked(self.folder / "lock", wait=False))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def key(self, fresh: bytes) -> bytes:
        """Give the key of the run to go on with; `fresh` if there is none."""
        path = self.folder / "key"
        if not path.exists():
            durable.write(path, fresh)
        return path.read_bytes()

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

    def find(self, token: str) -> dict[str, Any] | None:
        """Give the row of a file that is done, or None."""
        offset = self._rows_at.get(token)
        if offset is None:
            return None
        with (self.folder / "rows").open("rb") as file:
            file.seek(offset)
            row: dict[str, Any] = json.loads(file.readline())
        return row

    def add(self, token: str, row: Mapping[str, Any]) -> None:
        """Note a file; it counts as done from the next `synced` on that spans it."""
        line = json.dumps({"token": token, **row}, separators=(",", ":"))
        self._file.write(line.encode() + b"\n")
        self._count += 1

    @property
    def count(self) -> int:
        """How many files are noted, done or not."""
        return self._count

    def synced(self, count: int) -> None:
        """Note that the first `count` files are on the disk, since a sync says so."""
        self._file.write(json.dumps({"synced": count}).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self) -> None:
        """Forget the run: all files of SRC are done or left out."""
        shutil.rmtree(self.folder)

    def _read(self) -> None:
        """Find the rows that count as done, and cut off the others."""
        path = self.folder / "rows"
        ends, tokens, synced, offset = [0], [], 0, 0
        with path.open("rb") if path.exists() else io.BytesIO() as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                row = json.loads(line)
                if "synced" in row:
                    synced = row["synced"]
                else:
                    tokens.append((row["token"], offset))
                    ends.append(offset + len(line))
                offset += len(line)
        self._rows_at = dict(tokens[:synced])
        self._count = synced
        self._file = self._stack.enter_context(path.open("ab"))
        self._file.truncate(ends[synced])
        self.synced(synced)


def sync_file_system(folder: Path) -> None:
    """Force everything on a folder's file system onto the disk (syncfs)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.syncfs(descriptor):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(descriptor)
