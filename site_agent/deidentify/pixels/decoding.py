"""Decode a compressed film by whichever library can, the one that needs least first.

For JPEG 2000 Pillow and GDCM take more memory than OpenJPEG alone; and GDCM so much by
itself that a process may have gone without (`site_agent.memory`).
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module, reload

from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from site_agent.deidentify.header.reading import UNREADABLE

_GDCM = "gdcm"
_PILLOW = "pillow"
_PLUGIN = "pydicom.pixels.decoders.gdcm"


def decompress(film: Dataset) -> None:
    """Replace the pixels of a film by what they are when they are not compressed.

    Raises
    ------
    UNREADABLE
        When no library can.
    """
    syntax = film.file_meta.TransferSyntaxUID
    known = get_decoder(syntax).available_plugins
    others = (plugin for plugin in known if plugin != _GDCM)
    for plugin in sorted(others, key=_PILLOW.__eq__):
        try:
            _decompress(film, plugin)
        except UNREADABLE:
            continue
        return
    _add_gdcm(syntax)
    _decompress(film, _GDCM)


def _decompress(film: Dataset, plugin: str) -> None:
    film.decompress(as_rgb=True, generate_instance_uid=False, decoding_plugin=plugin)


def _add_gdcm(syntax: UID) -> None:
    """Let pydicom look once more whether there is GDCM, if it has not seen it."""
    decoder = get_decoder(syntax)
    if _GDCM in decoder.available_plugins:
        return
    if _GDCM not in sys.modules:
        reload(import_module(_PLUGIN))
    with suppress(ValueError):  # it is none for this syntax, which the next line tells
        decoder.remove_plugin(_GDCM)
    decoder.add_plugin(_GDCM, (_PLUGIN, "_decode_frame"))
