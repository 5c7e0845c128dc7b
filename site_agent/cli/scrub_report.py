"""``site-agent scrub-report``: reports in, reports without identifiers out."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from site_agent.cli.options import pseudonym_key
from site_agent.errors import ConfigurationError, SiteError

_line = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def scrub_report(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="Lines of JSON with id, text and, where known, language and "
            "identifiers (patient_name, patient_id, birth_date, ...); or a table with "
            "the columns id and text, or a folder of .txt files.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="The JSON lines to write: id, text, sections (findings, impression) "
            "and spans, which lie in the text as it came.",
        ),
    ],
    quarantine: Annotated[
        Path | None,
        typer.Option(
            "--quarantine",
            metavar="FILE",
            help="File for the reports in doubt, each with its doubts. It quotes them: "
            "keep it where they are. OUT with .quarantine.jsonl if not given.",
        ),
    ] = None,
    surrogates: Annotated[
        Path | None,
        typer.Option(
            "--surrogates",
            metavar="KEY",
            help="Put made-up names, numbers and shifted dates in the place of what "
            "identifies, the same in all reports of a patient_id; KEY is a file (mode "
            "0600) with the secret behind them, as for `deidentify --key`.",
        ),
    ] = None,
    staff: Annotated[
        Path | None,
        typer.Option(
            "--staff", help="A text with the names of the site's people, one a line."
        ),
    ] = None,
) -> None:
    """Take out of reports what identifies, outside of any study or inbox.

    IN is only read, in any usual encoding. OUT has a line for every report; of one in
    doubt the line has no text, and the report is in the quarantine file. The command
    then ends with 1, and also when a row could not be read.
    """
    quarantine = quarantine or output.with_suffix(".quarantine.jsonl")
    places = {place.resolve() for place in (source, output, quarantine)}
    if len(places) < 3:
        raise ConfigurationError("IN, OUT and the quarantine must be different files.")
    names = _names(staff) if staff else ()
    key = pseudonym_key(surrogates) if surrogates else None
    try:
        written, doubted, left_out = _write(source, output, quarantine, names, key)
    except OSError as error:
        raise SiteError(f"Nothing was written: {error.strerror}.") from None
    typer.echo(
        f"{written} reports scrubbed, {doubted} of them in quarantine, "
        f"{left_out} rows left out.",
        err=True,
    )
    if doubted or left_out:
        raise typer.Exit(1)


def _names(staff: Path) -> tuple[str, ...]:
    from site_agent.reports.encoding import decode

    try:
        lines = map(str.strip, decode(staff.read_bytes()).splitlines())
    except OSError as error:
        raise ConfigurationError(f"--staff cannot be read: {error.strerror}.") from None
    if names := tuple(filter(None, lines)):
        return names
    raise ConfigurationError("--staff names nobody. Write a name on each line.")


def _write(
    source: Path,
    output: Path,
    quarantine: Path,
    staff: tuple[str, ...],
    key: bytes | None,
) -> tuple[int, int, int]:
    """Write the files; count the reports, those in doubt and the rows left out."""
    import gc

    gc.set_threshold(50_000)  # word lists are many small objects, which stay
    from site_agent.deidentify.pseudonym import Pseudonyms
    from site_agent.durable import beside
    from site_agent.reports.files import read_reports
    from site_agent.reports.rows import BadRow
    from site_agent.reports.scrubbing import scrub_row

    pseudonyms = Pseudonyms(key) if key else None
    written = doubted = left_out = 0
    with ExitStack() as files:
        lines = files.enter_context(beside(output))
        doubts = files.enter_context(beside(quarantine))
        for row in read_reports(source):
            if isinstance(row, BadRow):
                left_out += 1
                typer.echo(f"Row {row.row} is left out: {row.why}.", err=True)
                continue
            written += 1
            done = scrub_row(row, staff, pseudonyms)
            lines.write(_line(done.released()) + "\n")
            if done.scrubbed.doubts:
                doubted += 1
                doubts.write(_line(done.quarantined()) + "\n")
    gc.freeze()  # the end of the process need not look through them either
    return written, doubted, left_out
