"""The account of what was done to a film: digests, actions and warnings, no names.

One row is one JSON object. A digest that spans the pixels would be computed twice over
the same bytes, so the pixels, which are in both files, have one of their own:

``input``, ``output``
    ``bytes`` in the file; ``pixels_start`` and ``pixels_bytes``, where its pixels lie;
    ``sha256_rest``, SHA-256 of all other bytes in their order.
``sha256_pixels``
    SHA-256 of the pixels, encapsulation included. `null` where they were not told apart
    from the rest; ``sha256_rest`` then spans the whole file.
``file``
    The new file below DST. Its name is made of the new UIDs.
``actions``
    By tag, and by action of PS3.15 E.1.1 (X, Z, D, U, K, C), how many attributes met
    it, at all depths. Private attributes, and those that the data dictionary does not
    know, are counted together under these words.
``warnings``
    What a reader should know, as phrases.
``left_out``
    Instead of an output: why there is none.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import Any

from site_agent.deidentify.engine import CleanHeader
from site_agent.films.copying import digest_of

Row = dict[str, Any]

SLOW_WAY = "read with pydicom: the file is not quite as the standard has it"
PIXELS_ARE_KEPT = "pixels as they came: text burned into them too"


def row_of_copy(source: int, header: CleanHeader, pixels: str) -> Row:
    """Account for a film whose pixels were copied.

    Parameters
    ----------
    source : int
        Descriptor of the old film.
    header : CleanHeader
        The new one but for its pixels.
    pixels : str
        SHA-256 of the pixels, hexadecimal.
    """
    size = os.fstat(source).st_size
    start, length = header.pixels_start, header.pixels_length
    end = start + length
    before = hashlib.sha256(os.pread(source, start, 0))
    before.update(os.pread(source, size - end, end))
    return {
        "input": _part(size, start, length, before.hexdigest()),
        "output": _part(
            len(header.head) + length,
            len(header.head),
            length,
            hashlib.sha256(header.head).hexdigest(),
        ),
        "sha256_pixels": pixels if length else None,
        "actions": actions_by_tag(header.actions),
        "warnings": [PIXELS_ARE_KEPT] if length else [],
    }


def row_of_content(
    source: int, content: bytes, actions: Mapping[tuple[int | str, str], int]
) -> Row:
    """Account for a film that was written anew as `content`."""
    size = os.fstat(source).st_size
    return {
        "input": _part(size, size, 0, digest_of(source, 0, size)),
        "output": _part(
            len(content), len(content), 0, hashlib.sha256(content).hexdigest()
        ),
        "sha256_pixels": None,
        "actions": actions_by_tag(actions),
        "warnings": [SLOW_WAY, PIXELS_ARE_KEPT],
    }


def row_of_refusal(source: int, why: str) -> Row:
    """Account for a film that gave no output."""
    size = os.fstat(source).st_size
    digest = digest_of(source, 0, size)
    return {"input": _part(size, size, 0, digest), "left_out": why}


def actions_by_tag(
    actions: Mapping[tuple[int | str, str], int],
) -> dict[str, dict[str, int]]:
    """Give the actions as JSON has them: ``{"00100010": {"Z": 1}}``."""
    table: dict[str, dict[str, int]] = {}
    for (tag, action), count in actions.items():
        name = tag if isinstance(tag, str) else f"{tag:08X}"
        table.setdefault(name, {})[str(action)] = count
    return table


def _part(size: int, start: int, length: int, rest: str) -> Row:
    return {
        "bytes": size,
        "pixels_start": start,
        "pixels_bytes": length,
        "sha256_rest": rest,
    }
