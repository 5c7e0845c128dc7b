"""``site-agent studies``: what became of each study, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from site_agent.cli.options import DEFAULT_HOME, Home, VaultKeyFile, open_vault

if TYPE_CHECKING:
    from site_agent.store import StudyRow

Identity = Mapping[str, object]


def studies(
    home: Home = DEFAULT_HOME,
    accepted: Annotated[
        bool, typer.Option("--accepted", help="Show accepted studies.")
    ] = False,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Show studies that do not fit.")
    ] = False,
    quarantined: Annotated[
        bool, typer.Option("--quarantined", help="Show studies that can be mended.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, one list.")
    ] = False,
    reveal: Annotated[
        bool,
        typer.Option(
            "--reveal",
            help="Open the vault and show who is behind each pseudonym: source files, "
            "accession number, patient.",
        ),
    ] = False,
    vault_key_file: VaultKeyFile = None,
) -> None:
    """Show the studies by pseudonym, with all reasons of those that were refused.

    Without --accepted, --rejected or --quarantined all are shown.
    """
    from site_agent.config import SiteConfig, SitePaths
    from site_agent.store import Store
    from site_agent.study import Disposition

    paths = SitePaths(home)
    SiteConfig.load(paths)
    wanted = {
        disposition
        for disposition, shown in (
            (Disposition.ACCEPTED, accepted),
            (Disposition.REJECTED, rejected),
            (Disposition.QUARANTINED, quarantined),
        )
        if shown
    } or set(Disposition)
    identities: Mapping[str, Identity] = (
        open_vault(paths, vault_key_file).identities() if reveal else {}
    )
    with Store(paths) as store:
        rows = [row for row in store.studies() if row.disposition in wanted]
    if as_json:
        typer.echo(
            json.dumps([_as_json(row, identities.get(row.study)) for row in rows])
        )
        return
    for row in rows:
        for line in _lines(row, identities.get(row.study)):
            typer.echo(line)
    if not rows:
        typer.echo("No study here is like that. `site-agent run INBOX` takes some in.")


def _as_json(row: StudyRow, identity: Identity | None) -> dict[str, object]:
    from site_agent.study import REASONS

    shown: dict[str, object] = {
        "study": row.study,
        "disposition": row.disposition.value,
        "reasons": [
            {
                "code": reason.code.value,
                "detail": reason.detail,
                "text": REASONS[reason.code].text,
            }
            for reason in row.reasons
        ],
    }
    return shown if identity is None else {**shown, "identity": identity}


def _lines(row: StudyRow, identity: Identity | None) -> Iterator[str]:
    yield f"{row.study}  {row.disposition.value}"
    for reason in row.reasons:
        yield f"    {reason}"
    for name, value in (identity or {}).items():
        for item in value if isinstance(value, list) else [value]:
            if item:
                yield f"    {name}: {_printable(str(item))}"


def _printable(text: str) -> str:
    """Replace what a terminal would obey, or cannot show; a name may hold anything."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
