"""``site-agent profile``: what is done to each attribute, for people to read."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from site_agent.deidentify.options import Dates, Options
from site_agent.deidentify.profile import describe, load_profile

profile = typer.Typer(
    help="The de-identification profile of headers.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)

LEGEND = (
    "X removed; Z emptied; D replaced by a dummy; U replaced by a keyed pseudonym; "
    "K kept.",
    "A compound action (X/Z/D) is resolved by what the attribute's information object "
    "asks for: X where it is optional, Z where it may be empty, D where it must have "
    "a value.",
    "Numbers and code strings that are not listed stay if they look like such.",
)


@profile.callback()
def profile_callback() -> None:
    """Show how headers are de-identified."""


@profile.command()
def show(
    dates: Annotated[
        Dates, typer.Option("--dates", help="What becomes of dates.")
    ] = Dates.REMOVE,
) -> None:
    """Show every rule: PS3.15 Table E.1-1, and what goes or stays beyond it."""
    options = Options(dates)
    table = Table(
        title=f"DICOM PS3.15 {load_profile().edition} Annex E, "
        f"methods {', '.join(options.methods)}",
        caption="\n".join(LEGEND),
        caption_justify="left",
    )
    table.add_column("Tag", no_wrap=True)
    table.add_column("Attribute")
    table.add_column("Action")
    for row in describe(options):
        table.add_row(*row)
    Console().print(table)
