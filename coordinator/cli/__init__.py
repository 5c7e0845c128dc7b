"""The admin's command line, for use on the coordinator's own machine.

Whoever can run it can read and write the coordinator's files: it asks for no password.
One module for each noun; `serve` is imported when it is asked for, as it takes long.
"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer
import typer.core

from coordinator.cli import dataset, init, members, training, user
from coordinator.cli.serve import serve
from coordinator.errors import CoordinatorError

typer.core.HAS_RICH = False  # It escapes "[required]" for Rich, which is not used here.

app = typer.Typer(
    name="coordinator",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        number = version("hilum")
    except PackageNotFoundError:
        number = "(not installed)"
    typer.echo(f"coordinator {number}")
    raise typer.Exit


@app.callback()
def coordinator(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version and exit.",
            callback=_show_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Hold a chest X-ray consortium together."""


app.command("init")(init.init)
app.command("serve")(serve)
app.add_typer(user.app, name="user")
app.command("invite")(members.invite)
app.command("members")(members.members)
app.command("revoke")(members.revoke)
app.command("propose")(dataset.propose)
app.command("versions")(dataset.versions)
app.command("status")(dataset.status)
app.command("plans")(training.plans)
app.command("runs")(training.runs)


def main() -> None:
    """Run the command line; an expected failure is one message and its exit code."""
    try:
        app()
    except CoordinatorError as error:
        typer.echo(f"coordinator: {error}", err=True)
        sys.exit(error.exit_code)
