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

from deploy.demo import summary
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
    ] = 84,
) -> None:
    """Start a coordinator and its hospitals, and tell the whole story."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    signal.signal(signal.SIGTERM, _interrupt)
    start = time.monotonic()
    try:
        folder = prepare(out)
    except ChapterFailed as error:
        console.print(str(error), style="bold red", markup=False)
        raise typer.Exit(2) from None
    stage = Stage(folder, console, Programs(folder / "logs"), data, studies)
    title = ""
    try:
        for number, (title, chapter) in enumerate(CHAPTERS, 1):
            console.rule(f"{number}. {title}", align="left")
            chapter(stage)
        title = "Summary"
        console.rule(title, align="left")
        clean = _close(stage, start)
        if keep:
            _wait(stage)
    except ChapterFailed as error:
        console.print(f"\n{title}: {error}", style="bold red", markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print(
            "\nInterrupted; all programs are being stopped.", style="bold red"
        )
        raise typer.Exit(_INTERRUPTED) from None
    finally:
        stage.programs.stop()
    if not clean:
        raise typer.Exit(1)


def _close(stage: Stage, start: float) -> bool:
    """Show and keep the figures; false when something is not as it should be."""
    figures, console, clean = stage.figures, stage.console, True
    figures["auroc"] = summary.aurocs(figures["metrics"], list(figures["studies"]))
    summary.show(console, figures)
    if stage.key is not None:
        lines = {site.name: read_key(stage.key / site.name) for site in stage.sites}
        wrong = disagreements(stage, lines)
        figures["not_as_planted"] = wrong
        stage.say(
            f"Dispositions: {sum(map(len, lines.values())) - len(wrong)} studies as "
            f"planted, {len(wrong)} otherwise"
        )
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
        clean = not wrong and not residue.found
    figures["seconds"] = round(time.monotonic() - start)
    summary.write(stage.folder / "summary.json", figures)
    stage.say(f"Figures: {stage.folder}/summary.json   Logs: {stage.folder}/logs")
    stage.say(f"Model and card: {stage.folder}/model")
    home = stage.sites[0].home
    stage.say(f"Read what left a hospital: site-agent egress list --home {home}")
    stage.say(f"Total time: {figures['seconds']} s")
    return clean


def _wait(stage: Stage) -> None:
    """Leave everything running until Ctrl-C."""
    stage.console.rule("Running", align="left")
    stage.say(f"Coordinator: {stage.figures['console']}")
    for name in PEOPLE:
        stage.say(f"Account {name}, password in {stage.password_file(name)}")
    stage.say("Ctrl-C stops everything")
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    app()
