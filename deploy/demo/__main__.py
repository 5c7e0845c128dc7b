"""``python -m deploy.demo --out DIR``: tell the whole story on one machine."""

from __future__ import annotations

import signal
import sys
import time
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from deploy.demo import kept, summary
from deploy.demo.expectation import disagreements
from deploy.demo.programs import ChapterFailed, Programs
from deploy.demo.residue import forms_of, search
from deploy.demo.stage import PEOPLE, Stage, prepare
from deploy.demo.story import CHAPTERS
from deploy.hospital.key import read_key

_INTERRUPTED = 130

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Everything is written below this folder.")],
    data: Annotated[
        Path | None,
        typer.Option(
            help="Take the inboxes DIR/site-N (images/, reports/) instead of making "
            "synthetic ones.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave everything running at the end.")
    ] = False,
    studies: Annotated[
        int, typer.Option(min=8, help="Acceptable studies of each synthetic hospital.")
    ] = 96,
    stop: Annotated[
        bool, typer.Option("--stop", help="Only stop what --keep left running.")
    ] = False,
) -> None:
    """Start a coordinator and its hospitals, and tell the whole story."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    if stop:
        console.print(f"{kept.stop(out.absolute())} programs stopped")
        return
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        folder = prepare(out)
    except ChapterFailed as error:
        console.print(str(error), style="bold red", markup=False)
        raise typer.Exit(2) from None
    stage = Stage(folder, console, Programs(folder / "logs"), data, studies)
    try:
        clean = _tell(stage)
        if keep:
            _leave_running(stage)
    except ChapterFailed as error:
        console.print(f"\n{error}", style="bold red", markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print(
            "\nInterrupted; the programs are being stopped.", style="bold red"
        )
        raise typer.Exit(_INTERRUPTED) from None
    finally:
        stage.programs.stop()
    if not clean:
        raise typer.Exit(1)


def _tell(stage: Stage) -> bool:
    """Tell all chapters; false when something did not end as it should."""
    seconds = stage.figures["seconds"] = {}
    begin = time.monotonic()
    for number, (title, chapter) in enumerate((*CHAPTERS, ("Summary", _sum_up)), 1):
        start = time.monotonic()
        stage.console.rule(f"{number}. {title}", align="left")
        chapter(stage)
        seconds[title] = round(time.monotonic() - start, 1)
    seconds["total"] = round(time.monotonic() - begin, 1)
    summary.write(stage.folder / "summary.json", stage.figures)
    stage.say(f"Figures: {stage.folder}/summary.json   Logs: {stage.folder}/logs")
    stage.say(f"Model and card: {stage.folder}/model")
    home = stage.sites[0].home
    stage.say(f"Read what left a hospital: site-agent egress list --home {home}")
    stage.say(f"Total time: {seconds['total']:.0f} s")
    return not stage.figures.get("not_as_planted") and not stage.figures.get("residue")


def _sum_up(stage: Stage) -> None:
    """Show the figures; compare with the answer key where there is one."""
    figures = stage.figures
    figures["auroc"] = summary.aurocs(figures["metrics"], list(figures["studies"]))
    summary.show(stage.console, figures)
    if stage.key is None:
        return
    lines = {site.name: read_key(stage.key / site.name) for site in stage.sites}
    wrong = figures["not_as_planted"] = disagreements(stage, lines)
    right = sum(map(len, lines.values())) - len(wrong)
    stage.say(f"Dispositions: {right} studies as planted, {len(wrong)} otherwise")
    for each in wrong:
        stage.say(f"  {each}")
    planted = chain.from_iterable(
        line["identifiers"] for each in lines.values() for line in each
    )
    residue = search(
        stage.folder, forms_of(planted), passing_over=("inboxes", "site-*/vault*")
    )
    figures["residue"] = [kind for _, kind in residue.found]
    stage.say(f"Search for identifiers: {summary.told(residue, stage.folder)}")


def _leave_running(stage: Stage) -> None:
    """Let go of the programs, and say where they are and how to stop them."""
    kept.note(
        stage.folder, {each.home: each.process.pid for each in stage.programs.running}
    )
    stage.programs.running.clear()
    address = stage.figures["console"]
    stage.console.rule("Left running", align="left")
    stage.say(f"Coordinator: {address} (description: {address}/api/v1/openapi.json)")
    for name in PEOPLE:
        stage.say(f"Account {name}, password in {stage.password_file(name)}")
    stage.say(f"To stop everything: make stop OUT={stage.folder}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    app()
