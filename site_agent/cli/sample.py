"""``site-agent sample``: films for people to look at, and what they saw."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from site_agent.cli.options import DEFAULT_HOME, Home
from site_agent.errors import ConfigurationError, StoreError

sample = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look at a random sample of the films, and note what was seen.",
)

_TASK = (
    "Look at the borders and corners of every film, as it is and with the dark and the "
    "bright parts shown, for anything that tells who, where or when: names, numbers, "
    "dates. Side markers and words like PA or SUPINE may stay. A click enlarges."
)


@sample.command("pixels")
def pixels(
    home: Home = DEFAULT_HOME,
    size: Annotated[
        int, typer.Option("--size", min=1, help="How many films to look at.")
    ] = 100,
    seed: Annotated[
        str,
        typer.Option(
            "--seed", help="Any word; the same films and word give the same sample."
        ),
    ] = "",
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Films that `site-agent deidentify` wrote below this folder, instead "
            "of the accepted ones of this site. Then nothing is noted.",
        ),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--to", help="Folder for the sheet of --from: a new or empty one."
        ),
    ] = None,
) -> None:
    """Draw accepted films at random, and write a contact sheet of them.

    The sheet is a page with its pictures below SITE/samples. Its films follow from the
    accepted studies and the seed, so that nobody can choose them. `sample confirm`
    takes down what was seen.
    """
    from site_agent.memory import give_back_at_once  # before what imports pydicom

    give_back_at_once()
    if source is not None:
        typer.echo(f"sheet {_of_folder(source, sheet, size=size, seed=seed)}")
        return
    if sheet is not None:
        raise ConfigurationError("--to is for the films of --from.")
    from site_agent import manifest
    from site_agent.config import SiteConfig, SitePaths
    from site_agent.durable import locked
    from site_agent.review import readings
    from site_agent.review.sampling import draw, films_of
    from site_agent.review.sheet import write_sheet
    from site_agent.store import Store

    paths = SitePaths(home)
    SiteConfig.load(paths)
    with locked(paths.run_lock, wait=False), Store(paths) as store:
        studies = manifest.ordered(store.accepted())
        if not studies:
            raise StoreError("There are no accepted studies yet: site-agent run INBOX")
        root = manifest.root(studies)
        drawn = draw(films_of(studies), root=root, seed=seed, size=size)
        folders = {each.study: store.study_folder(each) for each in studies}
        with _written():
            page = write_sheet(
                paths.samples / drawn.id,
                (
                    (f"{film.study} {film.name}", folders[film.study] / film.name)
                    for film in drawn.films
                ),
                title=f"Sample {drawn.id}",
                task=_TASK,
            )
        readings.keep(store, drawn, now=int(time.time()))
    typer.echo(f"sample {drawn.id}")
    typer.echo(f"{len(drawn.films)} of {len(films_of(studies))} accepted films.")
    typer.echo(f"Open {page}, look at every film, and then:")
    typer.echo(
        f"  site-agent sample confirm {drawn.id} --reader YOU [--text NUMBER]..."
    )


@sample.command("confirm")
def confirm(
    drawn: Annotated[str, typer.Argument(metavar="SAMPLE", help="As `pixels` said.")],
    reader: Annotated[
        str, typer.Option("--reader", help="Who looked: a name or initials.")
    ],
    with_text: Annotated[
        list[int] | None,
        typer.Option(
            "--text", help="Number of a film with text on it; may be repeated."
        ),
    ] = None,
    home: Home = DEFAULT_HOME,
) -> None:
    """Note that somebody looked at every film of a sample, and what was seen.

    A study with text on a film is no longer accepted: it is quarantined, and its films
    are removed unless a frozen manifest holds them.
    """
    from site_agent.config import SiteConfig, SitePaths
    from site_agent.durable import locked
    from site_agent.review import readings
    from site_agent.review.sampling import CONFIDENCE, most_affected
    from site_agent.store import Store

    if not reader.strip():
        raise ConfigurationError("Say with --reader who looked.")
    paths = SitePaths(home)
    SiteConfig.load(paths)
    found = sorted(set(with_text or ()))
    with locked(paths.run_lock, wait=False), Store(paths) as store:
        number = len(readings.find(store, drawn).films)
        now = int(time.time())
        quarantined = readings.confirm(store, drawn, reader.strip(), found, now=now)
    share = most_affected(number, len(found))
    typer.echo(f"{len(found)} of {number} films show text.")
    typer.echo(
        f"With {CONFIDENCE:.0%} confidence no more than {share:.1%} of the accepted "
        "films do."
    )
    for study in quarantined:
        typer.echo(f"{study} is quarantined.")


@sample.command("list")
def list_samples(home: Home = DEFAULT_HOME) -> None:
    """List the samples, who looked at them, and what was seen."""
    from site_agent.config import SiteConfig, SitePaths
    from site_agent.review.readings import readings
    from site_agent.store import Store

    paths = SitePaths(home)
    SiteConfig.load(paths)
    with Store(paths) as store:
        known = list(readings(store))
    for drawn, films, looks in known:
        typer.echo(f"{drawn}  {films} films")
        for each in looks:
            day = dt.datetime.fromtimestamp(each.given_at, dt.UTC).date()
            typer.echo(f"    {day}  {each.reader}: {each.with_text} with text")
        if not looks:
            typer.echo("    nobody has looked yet")
    if not known:
        typer.echo("No sample was drawn yet: site-agent sample pixels")


def _of_folder(source: Path, sheet: Path | None, *, size: int, seed: str) -> Path:
    from site_agent.acquire.walking import files_below
    from site_agent.review.sampling import Film, draw
    from site_agent.review.sheet import write_sheet

    if sheet is None or (sheet.exists() and any(sheet.iterdir())):
        raise ConfigurationError("Name a new or empty folder for the sheet with --to.")
    if not source.is_dir():
        raise ConfigurationError("--from is no folder.")
    films = {
        Film(str(path.parent.relative_to(source)), path.name, ""): path
        for path in files_below(source)
        if path.suffix == ".dcm"
    }
    if not films:
        raise ConfigurationError(
            "There are no films below --from. Name the folder that `site-agent "
            "deidentify` wrote to."
        )
    drawn = draw(films, root=b"", seed=seed, size=size)
    with _written():
        return write_sheet(
            sheet,
            ((f"{film.study} {film.name}", films[film]) for film in drawn.films),
            title=f"{len(drawn.films)} of {len(films)} films",
            task=_TASK,
        )


@contextmanager
def _written() -> Iterator[None]:
    """Tell that a sheet could not be written.

    Raises
    ------
    StoreError
        Instead of an OSError, and of `CannotWrite`.
    """
    from site_agent.on_disk.copying import CannotWrite, writing

    try:
        with writing():
            yield
    except CannotWrite as error:
        raise StoreError(
            f"The sheet cannot be written: {error.why.strerror}. Make room, remove "
            "what was written of it, and draw the sample again."
        ) from None
