"""`coordinator user`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coordinator.cli.terminal import DEFAULT_HOME, Home, day, now, secret, show
from coordinator.consortium import accounts
from coordinator.database import open_session
from coordinator.rules.states import UserRole

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="People with an account."
)


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="Lower-case letters and digits.")],
    role: Annotated[UserRole, typer.Option(help="What the person may do.")],
    home: Home = DEFAULT_HOME,
    password_file: Annotated[
        Path | None,
        typer.Option(
            help="File (mode 0600) with the password on its first line; without it "
            "the password is asked for."
        ),
    ] = None,
) -> None:
    """Make an account for a person."""
    password = secret("password", password_file)
    with open_session(home) as session:
        accounts.add_user(session, username, password, role, now=now())
    typer.echo(f"{username} can log in as {role}: `consortium login`.")


@app.command("list")
def list_users(home: Home = DEFAULT_HOME) -> None:
    """List all accounts."""
    with open_session(home, reads=True) as session:
        show(
            ("username", "role", "made", "closed"),
            [
                (each.username, each.role, day(each.created_at), day(each.disabled_at))
                for each in accounts.users(session)
            ],
            empty="No accounts yet; make one with `coordinator user add`.",
        )
