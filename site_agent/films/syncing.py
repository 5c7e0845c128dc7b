"""Many films forced onto the disk at once, which is quicker than one by one."""

from __future__ import annotations

import os
import threading
from pathlib import Path


class Sync(threading.Thread):
    """Forces what was written below a folder onto the disk, while more is written.

    Parameters
    ----------
    folder : Path
        On the file system that is synced.
    reached : int
        How far the notes of the journal had come when it began.
    """

    def __init__(self, folder: Path, reached: int) -> None:
        super().__init__(daemon=True)
        self.reached = reached
        self._folder = folder
        self._error: OSError | None = None

    def run(self) -> None:
        """Sync, in the thread."""
        try:
            sync_file_system(self._folder)
        except OSError as error:
            self._error = error

    def end(self) -> None:
        """Wait for it; raises the OSError of a disk that failed."""
        self.join()
        if self._error is not None:
            raise self._error


def sync_file_system(folder: Path) -> None:
    """Force everything on a folder's file system onto the disk (syncfs)."""
    import ctypes  # only now, since most runs need it at their end or not at all

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.syncfs(descriptor):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(descriptor)
