"""How the commands talk to whoever sits before them."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from coordinator.errors import ConfigurationError

Home = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar="HILUM_COORDINATOR_HOME",
        help="The coordinator's folder.",
        file_okay=False,
    ),
]
DEFAULT_HOME = Path("coordinator-home")


def now() -> int:
    """Return the time in whole Unix seconds."""
    return int(time.time())


def day(seconds: int | None) -> str:
    """Return a time as people read it, in UTC; a dash when there is none."""
    if seconds is None:
        return "-"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def show(head: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """Write a table with aligned columns, or what it means that there is nothing."""
    if not rows:
        typer.echo(empty)
        return
    table = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def secret(what: str, file: Path | None) -> str:
    """Read a secret from a file's first line, or ask for it twice, without an echo.

    Where nobody sits before a terminal it is the first line of standard input; a second
    line, if there is one, must be the same.

    Raises
    ------
    ConfigurationError
        When the file cannot be read or others can read it, or there is no secret.
    """
    if file is not None:
        lines = _private_lines(file)
    elif sys.stdin.isatty():
        prompt = what[0].upper() + what[1:]
        return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=True))
    else:
        lines = sys.stdin.read(2048).splitlines()
        if any(again != lines[0] for again in lines[1:2]):
            raise ConfigurationError(f"the {what} was not the same the second time")
    if not lines or not lines[0]:
        raise ConfigurationError(f"the {what} is missing; --help says how to give it")
    return lines[0]


def _private_lines(file: Path) -> list[str]:
    try:
        loose = file.stat().st_mode & 0o077
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{file} cannot be read") from None
    if loose:
        raise ConfigurationError(f"others can read {file}; run `chmod 600` on it")
    return text.splitlines()
