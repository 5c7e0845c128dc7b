"""``site-agent run``: everything in an inbox, from its files to the store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from site_agent.cli.options import DEFAULT_HOME, Home, VaultKeyFile, open_vault

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from site_agent.intake import Summary


def run(
    inbox: Annotated[
        list[Path],
        typer.Argument(help="Folders with DICOM files and reports, at any depth."),
    ],
    home: Home = DEFAULT_HOME,
    vault_key_file: VaultKeyFile = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Worker processes; all processors."),
    ] = None,
) -> None:
    """De-identify, check, label, audit and store every study of an inbox.

    The inbox is only read. Studies that were processed before are passed over, so an
    interrupted run goes on where it stopped. Refused studies are no failure: they are
    listed by `site-agent studies`.
    """
    from site_agent import intake
    from site_agent.config import SiteConfig, SitePaths, read_specification
    from site_agent.deidentify.header.options import Dates, Options
    from site_agent.deidentify.pixels.allowed import allowed, usually_allowed
    from site_agent.deidentify.pixels.networks import check_installation
    from site_agent.durable import locked
    from site_agent.pipeline import Tools

    paths = SitePaths(home)
    config = SiteConfig.load(paths)
    vault = open_vault(paths, vault_key_file)
    may_stay = None
    if config.scrub:
        check_installation()
        own = config.keep_text
        may_stay = usually_allowed() if own is None else allowed(own)
    tools = Tools(
        pseudonyms=vault.pseudonyms,
        options=Options(dates=Dates(config.dates)),
        staff=config.staff,
        specification=read_specification(paths),
        may_stay=may_stay,
        language=config.language,
    )
    with locked(paths.run_lock, wait=False), _progress() as progress:
        bars: dict[str, TaskID] = {}

        def watch(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what)
            progress.update(bars[what], completed=done, total=total)

        try:
            summary = intake.run(
                inbox,
                paths=paths,
                vault=vault,
                tools=tools,
                jobs=jobs or len(os.sched_getaffinity(0)),
                watch=watch,
            )
        except KeyboardInterrupt:
            progress.stop()
            typer.echo("Stopped. The same command goes on from there.", err=True)
            raise typer.Exit(130) from None
    _show(summary)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def _show(summary: Summary) -> None:
    from rich.console import Console
    from rich.table import Table

    from site_agent.study import Disposition

    table = Table(title="What became of the inbox")
    table.add_column("disposition")
    table.add_column("studies", justify="right")
    table.add_column("reason, counted by study")
    for disposition in Disposition:
        reasons = [
            f"{code.value} {count}"
            for (refused, code), count in sorted(summary.reasons.items())
            if refused is disposition
        ]
        count = summary.studies.get(disposition, 0)
        table.add_row(disposition.value, str(count), ", ".join(reasons))
    console = Console()
    console.print(table)
    for why, count in summary.ignored.items():
        console.print(f"ignored, {why.value}: {count}", highlight=False)
    if summary.known:
        console.print(f"{summary.known} studies were processed in an earlier run.")
    if len(summary.studies) > (Disposition.ACCEPTED in summary.studies):
        console.print("Why each was refused, and what to do: site-agent studies")
