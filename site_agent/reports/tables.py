"""Tables of reports as hospitals export them, read row by row.

Any of four delimiters, any encoding, quotes that do not fit: a row that breaks the
rules of quoting (RFC 4180) is read without them if that gives its columns, and else is
a bad row; the next line is read as if nothing had been.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from site_agent.errors import ConfigurationError
from site_agent.reports.encoding import open_text
from site_agent.reports.rows import BadRow, Report, Row

DELIMITERS = ";,\t|"
LONGEST = 1 << 24
"""Characters that a row may have."""

_QUOTES = (
    "its quotation marks or its columns do not fit, or it is longer than "
    "16 million characters"
)
_COLUMNS = frozenset(("id", "text", "language"))


def delimiter_of(line: str, fits: Callable[[list[str]], bool]) -> str | None:
    """Choose the delimiter that makes a line a fitting header, the one with most."""
    found: list[tuple[int, str]] = []
    for delimiter in DELIMITERS:
        header = next(csv.reader([line], delimiter=delimiter), [])
        if fits(header):
            found.append((len(header), delimiter))
    return max(found)[1] if found else None


def plain_name(name: str) -> str:
    """Bring a column's name into the form in which two are compared."""
    return re.sub(r"[\W_]+", "", name).casefold()


def read_table(path: Path) -> Iterator[Row]:
    """Read a table with the columns ``id`` and ``text``, and maybe ``language``.

    Raises
    ------
    ConfigurationError
        The first line does not name these columns.
    """
    csv.field_size_limit(LONGEST)
    with open_text(path) as file:
        first = file.readline(LONGEST)
        delimiter = delimiter_of(first, lambda names: {"id", "text"} <= _named(names))
        if delimiter is None:
            raise ConfigurationError(
                "IN is read as a table, whose first line must name its columns: id, "
                "text and, if there is one, language. Lines of JSON (.jsonl) and texts "
                "(.txt, or a folder of them) are read too; save other files as these."
            )
        names = [
            plain_name(name) for name in next(csv.reader([first], delimiter=delimiter))
        ]
        at = {name: names.index(name) for name in _COLUMNS & set(names)}
        for number, cells in enumerate(_records(file, delimiter, len(names)), 1):
            yield _row(number, cells, at, len(names))


def _named(names: list[str]) -> set[str]:
    return {plain_name(name) for name in names}


def _row(
    number: int, cells: list[str] | None, at: Mapping[str, int], columns: int
) -> Row:
    if cells is None:
        return BadRow(number, _QUOTES)
    if len(cells) != columns:
        return BadRow(number, f"it has {len(cells)} columns, the first line {columns}")
    language = cells[at["language"]].strip() if "language" in at else ""
    return Report(number, cells[at["id"]].strip(), cells[at["text"]], language)


def _records(file: TextIO, delimiter: str, columns: int) -> Iterator[list[str] | None]:
    """Give the cells of every record, None for one that cannot be read."""
    lines = _Lines(file)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.held.clear()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except (csv.Error, _TooLong):
            first = lines.give_back_all_but_one()
            rows = csv.reader(lines, delimiter=delimiter, strict=True)
            unquoted = csv.reader(
                [first.rstrip("\r\n")], delimiter=delimiter, quoting=csv.QUOTE_NONE
            )
            cells = next(unquoted, []) if len(first) < LONGEST else []
            yield cells if len(cells) == columns else None
            continue
        if cells:  # an empty line is no row
            yield cells


class _TooLong(Exception):
    """A record has more characters than any report."""


class _Lines:
    """The lines of a file, of which those of the present record are held."""

    def __init__(self, file: TextIO) -> None:
        self._readline = file.readline
        self._again: deque[str] = deque()
        self._length = 0
        self.held: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._readline(LONGEST)
        if not line:
            raise StopIteration
        if not self.held:
            self._length = 0
        self.held.append(line)
        self._length += len(line)
        if self._length >= LONGEST:
            while line and not line.endswith(("\r", "\n")):
                line = self._readline(LONGEST)
            raise _TooLong
        return line

    def give_back_all_but_one(self) -> str:
        """Return the first line held; the others will be read again."""
        first, *others = self.held
        self._again.extendleft(reversed(others))
        return first
