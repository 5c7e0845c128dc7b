"""The command line of a site: one module for each command.

A command's module is imported when the command is asked for and not before, so that
``site-agent --version`` waits neither for torch nor for gRPC. `COMMANDS` is the table
of contents; each entry names a plain function, or a `typer.Typer` with sub-commands.
What a command needs beside its options it imports when it is called, so that `--help`
is quick too.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from os import EX_SOFTWARE
from typing import Annotated

import click
import typer
import typer.core
from typer.core import TyperGroup

from site_agent.errors import SiteError

_PLACE = '  File "'

typer.core.HAS_RICH = False  # It escapes "[required]" for Rich, which is not used here.

COMMANDS: Mapping[str, str] = {
    "init": "site_agent.cli.init:init",
    "run": "site_agent.cli.run:run",
    "studies": "site_agent.cli.studies:studies",
    "deidentify": "site_agent.cli.deidentify:deidentify",
    "label": "site_agent.cli.label:label",
    "scrub-report": "site_agent.cli.scrub_report:scrub_report",
    "profile": "site_agent.cli.profile:profile",
    "sample": "site_agent.cli.sample:sample",
    "freeze": "site_agent.cli.freeze:freeze",
    "publish": "site_agent.cli.publish:publish",
    "egress": "site_agent.cli.egress:egress",
    "vote": "site_agent.cli.vote:vote",
    "permits": "site_agent.cli.permits:permits",
    "serve": "site_agent.cli.serve:serve",
    "status": "site_agent.cli.status:status",
}
"""Command name to ``module:attribute``, in the order of `site-agent --help`."""


class LazyGroup(TyperGroup):
    """A group whose commands are imported by name from `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        gc.disable()  # what is imported stays: it need not be looked through
        found = getattr(import_module(module), attribute)
        gc.freeze()
        gc.enable()
        if isinstance(found, typer.Typer):
            command = typer.main.get_command(found)
            command.name = cmd_name
            return command
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    name="site-agent",
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    # Only here: it takes longer to import than some commands to do their work.
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("hilum")
    except PackageNotFoundError:
        number = "(not installed)"
    typer.echo(f"site-agent {number}")
    raise typer.Exit


@app.callback()
def site_agent(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """De-identify, check, label and audit chest films inside the hospital.

    Only aggregate statistics, Article 30 records and permitted model updates leave,
    and each is in the egress ledger first.
    """


def main() -> None:
    """Run the command line; an expected failure is one message and its exit code.

    Of any other it tells the place in the program, and not the message.
    """
    try:
        app()
    except SiteError as error:
        typer.echo(f"site-agent: {error}", err=True)
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001  what a library says may name a person
        import traceback  # only here, as for the version

        # A worker notes its own places, as a traceback has them; others note anything.
        notes = getattr(error, "__notes__", [])
        there = (note for note in notes if note.startswith(_PLACE))
        places = traceback.format_tb(error.__traceback__)
        typer.echo("".join((*places, *there)), err=True)
        typer.echo(
            f"site-agent: {type(error).__name__}, a fault of the program. What it said "
            "is not shown, since it may name somebody. Send us the lines above.",
            err=True,
        )
        sys.exit(EX_SOFTWARE)
