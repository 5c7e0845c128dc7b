"""``site-agent label``: reports in, the fourteen labels of each out."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from site_agent.errors import ConfigurationError, SiteError
from site_agent.label.mode import Mode

if TYPE_CHECKING:
    from site_agent.reports.labelling import Labelled
    from site_agent.reports.rows import BadRow


def label(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="A table with the columns id, text and, if need be, language; or a "
            "folder of .txt files, each named by its id; or one .txt, which is then "
            "explained; or .jsonl with id and text.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="The CSV to write: id and CheXpert's 14 observations, each 1.0 "
            "(positive), 0.0 (negative), -1.0 (uncertain) or blank (not mentioned).",
        ),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence",
            help="File to write what each label rests on to, as JSON, one report a "
            "line. It quotes the reports: keep it where they are.",
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="ID",
            help="Show this one report instead, its findings and cues marked.",
        ),
    ] = None,
    mode: Annotated[
        Mode, typer.Option("--mode", help="Whose conventions the labels follow.")
    ] = Mode.RADIOLOGIST,
    language: Annotated[
        str,
        typer.Option(
            "--language",
            metavar="CODE",
            help="Language of the reports that do not say theirs (en, de, ...); it is "
            "told from each text if this is not given.",
        ),
    ] = "",
) -> None:
    """Label reports by rules, outside of any study or inbox.

    IN is only read, in any usual encoding. OUT appears when all is done. A row that
    cannot be labelled is told by its number and left out, and the command then ends
    with 1.
    """
    if explain is not None or (output is None and source.suffix.lower() == ".txt"):
        if output is not None or evidence is not None:
            raise ConfigurationError("--explain shows one report and writes no file.")
        _explain(_labelled(source, mode, language), explain)
        return
    if output is None:
        raise ConfigurationError("Say where to write the labels: -o OUT.csv")
    _refuse_overwriting(source, output, evidence)
    try:
        written, left_out = _write(source, output, evidence, mode, language)
    except OSError as error:
        raise SiteError(f"Nothing was written: {error.strerror}.") from None
    typer.echo(f"{written} reports labelled, {left_out} rows left out.", err=True)
    if left_out:
        raise typer.Exit(1)


def _labelled(source: Path, mode: Mode, language: str) -> Iterator[Labelled | BadRow]:
    import gc

    from site_agent.label.pack import languages
    from site_agent.reports.files import read_reports
    from site_agent.reports.labelling import Labelling
    from site_agent.reports.languages import Languages, short_code

    gc.set_threshold(50_000)  # packs are many small objects, which stay
    known = languages()
    given = short_code(language)
    if given and given not in known:
        raise ConfigurationError(f"--language is one of: {', '.join(known)}.")
    labelling = Labelling(Languages(known, given), mode)
    return map(labelling.label, read_reports(source))


def _write(
    source: Path, output: Path, evidence: Path | None, mode: Mode, language: str
) -> tuple[int, int]:
    """Write the files; return how many reports were labelled and rows left out."""
    import json

    from site_agent.durable import beside
    from site_agent.reports.labelling import COLUMNS
    from site_agent.reports.labelling import evidence as told
    from site_agent.reports.rows import BadRow

    written = left_out = 0
    with ExitStack() as files:
        table = csv.writer(files.enter_context(beside(output)), lineterminator="\n")
        lines = files.enter_context(beside(evidence)) if evidence else None
        table.writerow(("id", *COLUMNS.values()))
        for each in _labelled(source, mode, language):
            if isinstance(each, BadRow):
                left_out += 1
                typer.echo(f"Row {each.row} is left out: {each.why}.", err=True)
                continue
            written += 1
            table.writerow([each.report.id, *each.cells])
            if lines is not None:
                lines.write(json.dumps(told(each), ensure_ascii=False) + "\n")
    return written, left_out


def _explain(found: Iterator[Labelled | BadRow], identifier: str | None) -> None:
    from site_agent.reports.explaining import explanation
    from site_agent.reports.rows import BadRow

    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for each in found:
        if isinstance(each, BadRow):
            if identifier is None:
                raise SiteError(f"The report cannot be labelled: {each.why}.")
            continue
        if identifier in (None, each.report.id):
            for line in explanation(each, coloured=coloured):
                typer.echo(line, color=coloured)
            return
    raise SiteError("No report that can be labelled has this id.")


def _refuse_overwriting(source: Path, *targets: Path | None) -> None:
    places = [source.resolve(), *(each.resolve() for each in targets if each)]
    if len(set(places)) < len(places):
        raise ConfigurationError("IN, OUT and the evidence must be different files.")
    for each in targets:
        if each is not None:
            each.parent.mkdir(parents=True, exist_ok=True)
