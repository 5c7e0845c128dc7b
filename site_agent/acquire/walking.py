"""The files of an inbox, in an order that is always the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(inbox: Path) -> Iterator[Path]:
    """Yield the files below a folder in a fixed order.

    A link to a folder is yielded like a file, and what is behind it is not.

    Raises
    ------
    OSError
        A folder cannot be listed: what is in it must not go missing unsaid.
    """

    def refuse(error: OSError) -> None:
        raise error

    for folder, folders, names in os.walk(inbox, onerror=refuse):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted([*names, *links]):
            yield Path(folder, name)
