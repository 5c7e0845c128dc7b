"""The files of an inbox, in an order that is always the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(inbox: Path) -> Iterator[Path]:
    """Yield the files below a folder in a fixed order; links to folders stay unread.

    Raises
    ------
    OSError
        A folder cannot be listed: what is in it must not go missing unsaid.
    """

    def refuse(error: OSError) -> None:
        raise error

    for folder, folders, names in os.walk(inbox, onerror=refuse):
        folders.sort()
        for name in sorted(names):
            yield Path(folder, name)
