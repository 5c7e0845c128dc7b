"""``site-agent profile``: what is done to each attribute, for people to read."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from site_agent.cli.chosen_profile import BASIC, Profile, chosen_options
from site_agent.deidentify.header.explanation import explain
from site_agent.deidentify.header.options import Dates, Options
from site_agent.deidentify.header.profile import load_profile

LEGEND = (
    "X removed; Z emptied; D replaced by a dummy; U replaced by a keyed pseudonym; "
    "K kept; C cleaned.",
    "X/Z/D and the like depend on what the film's information object asks for: X where "
    "the attribute is optional, Z where it may be empty, D where it must have a value.",
)

profile = typer.Typer(
    help="The de-identification profile of headers.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@profile.callback()
def profile_callback() -> None:
    """Show how headers are de-identified."""


@profile.command()
def show(
    profile: Profile = BASIC,
    dates: Annotated[
        Dates | None,
        typer.Option("--dates", help="What becomes of dates; goes before the profile."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, for programs.")
    ] = False,
) -> None:
    """Show every rule: PS3.15 Table E.1-1, and what goes or stays beyond it."""
    options = chosen_options(profile, dates)
    if as_json:
        typer.echo(json.dumps(_as_json(options), indent=1))
        return
    codes = ", ".join(f"{code} {meaning}" for code, meaning in options.method_codes)
    table = Table(
        title=f"DICOM PS3.15 {load_profile().edition} Annex E: {codes}",
        title_justify="left",
        caption="\n".join(LEGEND),
        caption_justify="left",
    )
    for heading in ("Tag", "Attribute", "Code", "What is done", "Because of"):
        table.add_column(heading, no_wrap=heading == "Tag")
    for line in explain(options):
        table.add_row(line.tag, line.name, line.code, line.action, line.because)
    Console().print(table)


def _as_json(options: Options) -> dict[str, object]:
    return {
        "profile": f"PS3.15 {load_profile().edition} Annex E",
        "methods": [
            {"code": code, "scheme": "DCM", "meaning": meaning}
            for code, meaning in options.method_codes
        ],
        "rules": [dataclasses.asdict(line) for line in explain(options)],
    }
