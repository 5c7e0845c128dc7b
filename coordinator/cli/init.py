"""`coordinator init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coordinator.cli.terminal import DEFAULT_HOME, Home, now, secret
from coordinator.errors import ConfigurationError
from coordinator.founding import found
from protos.specification import Specification, SpecificationError


def init(
    consortium: Annotated[
        str,
        typer.Option(
            help="Name of the consortium, for ever: lower-case letters, digits, dots, "
            "hyphens.",
        ),
    ],
    home: Home = DEFAULT_HOME,
    host: Annotated[
        list[str] | None,
        typer.Option(
            help="Name or address under which hospitals reach this machine; the first "
            "one is put into invitations. May be given several times.",
        ),
    ] = None,
    root_passphrase_file: Annotated[
        Path | None,
        typer.Option(
            help="File (mode 0600) with the passphrase that encrypts the root's key.",
        ),
    ] = None,
    specification: Annotated[
        Path | None,
        typer.Option(
            help="Specification of the dataset, canonical JSON; the first dataset's "
            "by default.",
        ),
    ] = None,
) -> None:
    """Found a consortium: certificates, configuration, database."""
    passphrase = None
    if root_passphrase_file is not None:
        passphrase = secret("passphrase of the root", root_passphrase_file).encode()
    fingerprint = found(
        home,
        consortium=consortium,
        hosts=tuple(host or ("localhost", "127.0.0.1")),
        passphrase=passphrase,
        specification=_specification(specification),
        now=now(),
    )
    locked = "encrypted" if passphrase else "NOT encrypted"
    typer.echo(f"The consortium {consortium} is founded in {home}.")
    typer.echo(f"Fingerprint of its root (SHA-256):\n  {fingerprint}")
    typer.echo(
        "Tell it to every hospital by another way than the invitation, e.g. by "
        "telephone."
    )
    typer.echo(
        f"The root's key is in {home / 'root'}, {locked}. Move that folder offline "
        "now: the coordinator runs without it."
    )
    typer.echo(
        f"Next: in {home / 'coordinator.toml'}, let [sites] listen where hospitals "
        "reach it; then `coordinator user add` and `coordinator serve`."
    )


def _specification(path: Path | None) -> Specification:
    if path is None:
        return Specification()
    try:
        return Specification.parse(path.read_bytes())
    except OSError:
        raise ConfigurationError(f"{path} cannot be read") from None
    except SpecificationError as error:
        raise ConfigurationError(f"{path}: {error}") from None
