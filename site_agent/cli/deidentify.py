"""``site-agent deidentify``: files in, de-identified files out, and nothing else."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from site_agent.cli.chosen_profile import BASIC, Profile, chosen_options
from site_agent.cli.options import pseudonym_key
from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.pseudonym import KEY_BYTES, Pseudonyms
from site_agent.durable import Busy, locked
from site_agent.errors import ConfigurationError, SiteError, UnreadableFile
from site_agent.films.batch import Batch
from site_agent.films.converting import Ended, Film, converters
from site_agent.films.journal import FOLDER, Journal
from site_agent.films.syncing import sync_file_system
from site_agent.films.tally import Tally
from site_agent.on_disk.conversion import Conversion, Converted, LeftOut
from site_agent.workers import Workers

if TYPE_CHECKING:
    from site_agent.films.scrubbing import ScrubbingConversion

_BUSY = "Another run writes into DST. Wait for it to end."


def deidentify(
    source: Annotated[
        Path,
        typer.Argument(metavar="SRC", help="A DICOM file, or a folder with some."),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="DST",
            help="The file to write; for a folder, the folder to write below: one "
            "folder for each study, one file for each image, named by their new UIDs.",
        ),
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            help="File (mode 0600) with the secret behind the pseudonyms. The same "
            "secret gives the same pseudonyms; without one they are of this run only.",
        ),
    ] = None,
    profile: Profile = BASIC,
    dates: Annotated[
        Dates | None,
        typer.Option("--dates", help="What becomes of dates; goes before the profile."),
    ] = None,
    scrub: Annotated[
        bool,
        typer.Option(
            help="Whether text is taken out of the pixels too; side markers stay. "
            "Without it films take no longer than to copy them."
        ),
    ] = True,
    keep_text: Annotated[
        Path | None,
        typer.Option(
            "--keep-text",
            help="File with the texts that may stay on a film, one on a line, instead "
            "of the usual ones (AP, SUPINE, PORTABLE ...).",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", min=1, help="How many films at once; by default one per core."
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            help="File to write the account of every film to: digests, what was done "
            "by attribute, warnings. JSON, one film a line; no name is in it.",
        ),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            help="File to write which file of SRC became which of DST to, as CSV. It "
            "tells who is who: keep it where SRC is.",
        ),
    ] = None,
    sync: Annotated[
        bool,
        typer.Option(
            "--sync", help="End only when the last film is on the disk as well."
        ),
    ] = False,
    reveal: Annotated[
        bool,
        typer.Option(
            "--reveal", help="Name the files that were left out; names may identify."
        ),
    ] = False,
) -> None:
    """De-identify films by PS3.15 Annex E, outside of any study or inbox.

    SRC is only read. Text that is burned into the pixels is found and filled; a film
    without any keeps its pixels as they are. A file that cannot be de-identified, or
    that a person should look at, is left out and counted with the reason, and the
    command then ends with 1. After an interruption the same command goes on where it
    was.
    """
    options = chosen_options(profile, dates)
    if options.are_pixels_clean and not scrub:
        raise ConfigurationError("--profile: clean-pixel-data needs --scrub.")
    # Each film says by itself whether its pixels are clean.
    options = Options(options.dates, options.others - {Option.CLEAN_PIXEL_DATA})
    may_stay = _may_stay(keep_text) if scrub else None
    given = _key(key)
    if not source.is_dir():
        if report or map_file or sync:
            raise ConfigurationError("--report, --map and --sync need a folder as SRC.")
        conversion = Conversion(Pseudonyms(given or _fresh_key()), options)
        _write_one(source, target, conversion, may_stay)
        return
    _check_places(source, target, report, map_file)
    if key is None and not (target / FOLDER).exists() and _has_folders(target):
        typer.echo(
            "DST has films of an earlier run. Without --key the names of this one's "
            "are others, also those of the same films.",
            err=True,
        )
    tally = Tally(source, _said_aloud if reveal else None)
    try:
        with Journal(target) as journal:
            pseudonyms = Pseudonyms(given or journal.key(_fresh_key()))
            mark = pseudonyms.token("settings", "key")
            done = ",".join(options.methods)
            kept = pseudonyms.token("settings", "\n".join(sorted(may_stay or ())))
            journal.begin(
                {
                    "methods": done,
                    "key": mark,
                    "given": str(key is not None),
                    "scrub": kept if scrub else "",
                }
            )
            conversion = Conversion(
                pseudonyms, options, with_account=report is not None
            )
            workers = _workers(conversion, may_stay, jobs or _cores())
            batch = Batch(conversion, workers, target, journal)
            with tally.written_to(report, map_file):
                batch.run(source, tally.add)
                if sync:
                    sync_file_system(target)
                tally.end_report(_said(options, scrub=scrub))
            journal.finish()
    except Busy:
        raise Busy(_BUSY) from None
    except OSError as error:
        raise SiteError(
            f"Writing below DST, to the report or the map stopped: {error.strerror}. "
            "When that is mended, the same command goes on from there."
        ) from None
    for line in tally.summary():
        typer.echo(line, err=True)
    if tally.left_out:
        raise typer.Exit(1)


def _write_one(
    source: Path,
    target: Path,
    conversion: Conversion,
    may_stay: frozenset[str] | None,
) -> None:
    if not source.exists():
        raise ConfigurationError("SRC does not exist.")
    is_other = target.exists() and not target.is_file()  # a folder, or a device
    if is_other or source.resolve() == target.resolve():
        raise ConfigurationError("DST is no file, or SRC itself. Name another file.")
    convert = conversion.convert
    if may_stay is not None:
        convert = _scrubbing(conversion, may_stay).convert
    # What a killed run left there goes with the next one.
    place = target.with_name(f".{target.name}{FOLDER}")
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(place / "lock", wait=False), ExitStack() as stack:
            stack.callback(shutil.rmtree, place, ignore_errors=True)
            outcome = convert(source, place / "film")
            if isinstance(outcome, LeftOut):
                raise UnreadableFile(outcome.why)
            if not isinstance(outcome, Converted):
                raise UnreadableFile(f"SRC is {outcome.why}.")
            (place / "film").replace(target)
    except Busy:
        raise Busy(_BUSY) from None
    except OSError as error:
        raise SiteError(f"DST cannot be written: {error.strerror}.") from None


def _check_places(
    source: Path, target: Path, report: Path | None, map_file: Path | None
) -> None:
    """Refuse to write where something would be lost, with all reasons at once."""
    wrong = []
    if target.resolve().is_relative_to(source.resolve()):
        wrong.append("DST lies in SRC. Choose a folder beside it.")
    if target.exists() and not target.is_dir():
        wrong.append("DST is a file, and SRC a folder.")
    written = {"--report": report, "--map": map_file}
    for option, path in written.items():
        if path is None:
            continue
        if path.is_dir() or not path.name:
            wrong.append(f"{option} is a folder. Name a file.")
        if path.resolve().is_relative_to(source.resolve()):
            wrong.append(f"{option} lies in SRC, which is only read.")
        if path.resolve().is_relative_to((target / FOLDER).resolve()):
            wrong.append(f"{option} lies in {FOLDER}, which goes at the end.")
    if report and map_file and report.resolve() == map_file.resolve():
        wrong.append("--report and --map are the same file.")
    if wrong:
        raise ConfigurationError(" ".join(wrong))


def _has_folders(target: Path) -> bool:
    return target.is_dir() and any(each.is_dir() for each in target.iterdir())


def _workers(
    conversion: Conversion, may_stay: frozenset[str] | None, jobs: int
) -> Workers[Film, Ended]:
    if may_stay is None:
        return converters(conversion, jobs)
    # Only where it is asked for, since it takes longer to load than films to copy.
    scrubbing = _scrubbing(conversion, may_stay)
    from site_agent.films.scrubbing import scrubbers

    return scrubbers(scrubbing, jobs)


def _scrubbing(conversion: Conversion, may_stay: frozenset[str]) -> ScrubbingConversion:
    from site_agent.deidentify.pixels.networks import check_installation
    from site_agent.memory import give_back_at_once

    check_installation()
    give_back_at_once()
    from site_agent.films.scrubbing import ScrubbingConversion

    return ScrubbingConversion(conversion, may_stay)


def _may_stay(path: Path | None) -> frozenset[str]:
    from site_agent.deidentify.pixels.allowed import allowed, usually_allowed

    if path is None:
        return usually_allowed()
    try:
        return allowed(path.read_text("utf-8").splitlines())
    except (OSError, ValueError):
        raise ConfigurationError("--keep-text: the file cannot be read.") from None


def _said_aloud(line: str) -> None:
    typer.echo(line, err=True)


def _said(options: Options, *, scrub: bool) -> Options:
    """Give what films say that was done to them."""
    return options.including(Option.CLEAN_PIXEL_DATA) if scrub else options


def _key(path: Path | None) -> bytes | None:
    return None if path is None else pseudonym_key(path)


def _fresh_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _cores() -> int:
    return len(os.sched_getaffinity(0))
