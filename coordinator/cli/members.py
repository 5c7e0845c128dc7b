"""`coordinator invite`, `members` and `revoke`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from coordinator import durable
from coordinator.cli.terminal import DEFAULT_HOME, Home, day, now, show
from coordinator.config import load
from coordinator.consortium import members as use_cases
from coordinator.consortium import progress
from coordinator.database import open_session
from coordinator.invitations import write_invitation

Site = Annotated[
    str, typer.Argument(help="Short name of the hospital, in its certificate.")
]


def invite(
    site: Site,
    name: Annotated[str, typer.Option(help="The hospital's full name.")] = "",
    home: Home = DEFAULT_HOME,
    output: Annotated[
        Path | None,
        typer.Option(help="File for the invitation; SITE.invitation.json by default."),
    ] = None,
) -> None:
    """Invite a hospital: a single-use token, good for 24 hours."""
    config = load(home)
    with open_session(home) as session:
        new = use_cases.invite(session, site, name or site, now=now())
        invitation, fingerprint = write_invitation(home, config, new)
        path = output or Path(f"{site}.invitation.json")
        durable.write(path, json.dumps(asdict(invitation), indent=2).encode())
    typer.echo(f"The invitation is in {path}, good until {day(new.expires_at)} UTC.")
    typer.echo(
        "Send the file to the hospital's data manager. It is good once, and ends any "
        f"earlier invitation to {site}."
    )
    typer.echo(
        "Tell them the fingerprint of the root (SHA-256) by another way, e.g. by "
        f"telephone:\n  {fingerprint}"
    )


def members(home: Home = DEFAULT_HOME) -> None:
    """List the hospitals, their certificates and what they have contributed."""
    with open_session(home, reads=True) as session:
        counts = progress.progress(session).sites
        until = use_cases.certified_until(session)
        show(
            ("site", "name", "state", "member since", "certified until", "studies"),
            [
                (
                    each.site,
                    each.name,
                    each.state,
                    day(each.admitted_at),
                    day(until.get(each.site)),
                    f"about {counts[each.site]:,}" if each.site in counts else "-",
                )
                for each in use_cases.members(session)
            ],
            empty="No members yet; invite one with `coordinator invite`.",
        )


def revoke(
    site: Site,
    home: Home = DEFAULT_HOME,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """End a membership: the hospital's certificates open nothing from now on."""
    if not yes:
        typer.confirm(f"Revoke {site}? It must be invited again to return.", abort=True)
    with open_session(home) as session:
        use_cases.revoke(session, site, now=now())
    typer.echo(f"{site} is revoked.")
