"""Reports read from a table, from lines of JSON, from a folder of texts or one text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from site_agent.acquire.walking import files_below
from site_agent.errors import ConfigurationError
from site_agent.reports.encoding import decode, open_text
from site_agent.reports.rows import BadRow, Report, Row, checked
from site_agent.reports.tables import LONGEST, read_table

TEXTS = frozenset((".txt", ".text"))
JSON_LINES = frozenset((".jsonl", ".ndjson"))
NOT_OPENED = "its file cannot be opened"
TOO_LARGE = "it is longer than 16 million characters"


def read_reports(path: Path) -> Iterator[Row]:
    """Read what `path` holds, row by row.

    A folder gives the texts below it, each under its name without ``.txt``; what is
    no text file is passed over. A file is told by its suffix: lines of JSON
    (``.jsonl``), one text (``.txt``), else a table. Memory is taken for one report at
    a time, and 16 to 32 bytes for each id.

    Raises
    ------
    ConfigurationError
        `path` cannot be read, or is a table without the columns.
    """
    try:
        if path.is_dir():
            rows = _folder(path)
        elif path.suffix.lower() in TEXTS:
            rows = iter([_text(path, 1)])
        elif path.suffix.lower() in JSON_LINES:
            rows = read_json_lines(path)
        else:
            rows = read_table(path)
        yield from checked(rows)
    except OSError as error:
        raise ConfigurationError(f"IN cannot be read: {error.strerror}.") from None


def read_json_lines(path: Path) -> Iterator[Row]:
    """Read objects with ``id``, ``text`` and maybe ``language``, ``identifiers``."""
    with open_text(path) as file:
        number = 0
        while line := file.readline(LONGEST):
            if line.isspace():
                continue
            number += 1
            if len(line) >= LONGEST:
                while line and not line.endswith(("\n", "\r")):
                    line = file.readline(LONGEST)
                yield BadRow(number, TOO_LARGE)
                continue
            yield _object(line, number)


def _folder(folder: Path) -> Iterator[Row]:
    # A link leads out of the folder, to a text that nobody put there.
    texts = (
        path
        for path in files_below(folder)
        if path.suffix.lower() in TEXTS and path.is_file() and not path.is_symlink()
    )
    number = 0
    for number, path in enumerate(texts, 1):
        yield _text(path, number)
    if not number:
        raise ConfigurationError("IN is a folder without any .txt below it.")


def _text(path: Path, number: int) -> Row:
    try:
        if path.stat().st_size > 4 * LONGEST:
            return BadRow(number, TOO_LARGE)
        text = decode(path.read_bytes())
    except OSError:
        return BadRow(number, NOT_OPENED)
    if len(text) > LONGEST:
        return BadRow(number, TOO_LARGE)
    return Report(number, path.stem.strip(), text)


def _object(line: str, number: int) -> Row:
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):
        return BadRow(number, "it is no JSON")
    if not isinstance(value, dict):
        return BadRow(number, "it is no JSON object")
    identifier = value.get("id")
    if isinstance(identifier, int):
        identifier = str(identifier)
    text, language = value.get("text"), value.get("language") or ""
    known = value.get("identifiers") or {}
    if not isinstance(text, str) or not isinstance(language, str):
        return BadRow(number, "its text or its language is no string")
    if not isinstance(identifier, str | None) or not isinstance(known, Mapping):
        return BadRow(number, "its id is no string, or its identifiers no object")
    return Report(
        number,
        _whole(identifier or "").strip(),
        _whole(text),
        language.strip(),
        {_whole(str(kind)): _whole(_said(each)) for kind, each in known.items()},
    )


def _said(value: object) -> str:
    """Give a value as text; of several, one a line."""
    if isinstance(value, list):
        return "\n".join(map(_said, value))
    return "" if value is None else str(value)


def _whole(text: str) -> str:
    r"""Replace halves of surrogate pairs (``\ud800``), which no encoding can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
