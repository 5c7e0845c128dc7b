"""Little memory for a process that holds whole films.

Import this before pydicom. That takes 42 MB, of which 27 are an HTTP client, with
which pydicom loads example files, and GDCM, which hardly any film needs
(`on_disk.decoding`): it does without what cannot be imported.
"""

from __future__ import annotations

import ctypes
import sys
from importlib import import_module
from types import ModuleType

_UNNEEDED = ("requests", "gdcm")
_LARGE = 1 << 20
_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of mallopt(3)


def give_back_at_once() -> None:
    """Give memory of a megabyte or more back to the system once it is not used.

    glibc would keep up to 32 of a film for the next one, with holes.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE)


def _import_pydicom() -> None:
    hidden = [name for name in _UNNEEDED if name not in sys.modules]
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    modules.update(dict.fromkeys(hidden))  # None: it cannot be imported
    try:
        import_module("pydicom")
    finally:
        for name in hidden:
            del modules[name]


if "pydicom" not in sys.modules:
    _import_pydicom()
