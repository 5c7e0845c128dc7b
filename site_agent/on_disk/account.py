"""The account of what was done to a film: digests, actions and warnings, no names.

One row is one JSON object. Digests are of BLAKE3, as ``b3sum`` prints them, after the
word ``blake3:`` (docs/adr/0006-digests-of-films.md).

``output``
    ``bytes`` in the new file, and its ``digest``.
``input``
    ``bytes`` in the old file, and ``digest_without_pixels``: of all of them, in their
    order, but those that ``pixels`` tells of. Where there is no ``pixels``, ``digest``.
``pixels``
    ``bytes`` that stand in both files alike, and where they begin: ``input_start``,
    ``output_start``. Absent where the film was written anew.
``file``
    The new file below DST. Its name is made of the new UIDs.
``actions``
    By tag, and by action of PS3.15 E.1.1 (X, Z, D, U, K, C), how many attributes met
    it, at all depths. Private attributes, and those that the data dictionary does not
    know, are counted together under these words.
``text``
    Where pixels were searched for burned-in text: ``boxes`` that were filled, and their
    ``share`` of all pixels.
``warnings``
    What a reader should know, as phrases.
``left_out``
    Instead of an output: why there is none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from site_agent.deidentify.header.engine import CleanHeader
from site_agent.on_disk.copying import Digests, digest_of

Row = dict[str, Any]

SLOW_WAY = "read with pydicom: the file is not quite as the standard has it"
PIXELS_ARE_KEPT = "pixels as they came: text burned into them too"
CLAIM_IS_KEPT = (
    "Burned In Annotation (0028,0301) says what the old film said: nobody looked, and "
    "the standard wants a value"
)


def row_of_copy(source: int, header: CleanHeader, digests: Digests) -> Row:
    """Account for a film whose pixels were copied.

    Parameters
    ----------
    source : int
        Descriptor of the old film.
    header : CleanHeader
        The new one but for its pixels.
    digests : Digests
        Of both films.
    """
    head, length = len(header.head), header.pixels_length
    row = _row(source, digests, head + length + len(header.tail), header.actions)
    if length:
        row["input"]["digest_without_pixels"] = row["input"].pop("digest")
        row["pixels"] = {
            "bytes": length,
            "input_start": header.pixels_start,
            "output_start": head,
        }
    kept = [PIXELS_ARE_KEPT] if header.has_pixels else []
    return {**row, "warnings": kept + [CLAIM_IS_KEPT] * header.claims_no_text}


def row_of_content(
    source: int,
    digests: Digests,
    size: int,
    actions: Mapping[tuple[int | str, str], int],
    *,
    claims_no_text: bool,
) -> Row:
    """Account for a film that was written anew, with `size` bytes."""
    row = _row(source, digests, size, actions)
    warnings = [SLOW_WAY, PIXELS_ARE_KEPT]
    return {**row, "warnings": warnings + [CLAIM_IS_KEPT] * claims_no_text}


def row_of_looked_through(row: Row) -> Row:
    """Account for a film in which no text was found; `row` tells the rest of it."""
    return {**row, **_text(row, 0, 0.0)}


def row_of_scrubbed(
    source: int, row: Row, digests: Digests, size: int, text: tuple[int, float]
) -> Row:
    """Account for a film that was scrubbed, and has `size` bytes now.

    Parameters
    ----------
    source : int
        Descriptor of the old film.
    row : dict
        What was done to its header.
    digests : Digests
        Of both films.
    text : tuple
        How many boxes were filled, and their share of all pixels.
    """
    anew = _row(source, digests, size, {})
    kept = {key: value for key, value in row.items() if key != "pixels"}
    return {**kept, **anew, "actions": row["actions"], **_text(row, *text)}


def _text(row: Row, boxes: int, share: float) -> Row:
    warnings = [each for each in row["warnings"] if each != PIXELS_ARE_KEPT]
    return {"text": {"boxes": boxes, "share": round(share, 6)}, "warnings": warnings}


def row_of_refusal(source: int, why: str) -> Row:
    """Account for a film that gave no output."""
    size = os.fstat(source).st_size
    return {"input": {"bytes": size, "digest": digest_of(source)}, "left_out": why}


def as_json(row: Row) -> str:
    """Give a row as it stands in the report and in the journal."""
    return json.dumps(row, separators=(",", ":"))


def with_file(name: str, row: str) -> str:
    """Give a row as JSON, for a film that has found its place."""
    head = as_json({"file": name})
    return head if row == "{}" else f"{head[:-1]},{row[1:]}"


def actions_by_tag(
    actions: Mapping[tuple[int | str, str], int],
) -> dict[str, dict[str, int]]:
    """Give the actions as JSON has them: ``{"00100010": {"Z": 1}}``."""
    table: dict[str, dict[str, int]] = {}
    for (tag, action), count in actions.items():
        name = tag if isinstance(tag, str) else f"{tag:08X}"
        table.setdefault(name, {})[str(action)] = count
    return table


def _row(
    source: int,
    digests: Digests,
    size: int,
    actions: Mapping[tuple[int | str, str], int],
) -> Row:
    return {
        "input": {"bytes": os.fstat(source).st_size, "digest": digests.old},
        "output": {"bytes": size, "digest": digests.new},
        "actions": actions_by_tag(actions),
    }
