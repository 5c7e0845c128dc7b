"""`coordinator serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from coordinator.cli.terminal import DEFAULT_HOME, Home
from coordinator.config import load


def serve(
    home: Home = DEFAULT_HOME,
    training: Annotated[
        bool,
        typer.Option(
            "--training/--no-training",
            help="Run Flower's SuperLink and launch what is permitted.",
        ),
    ] = True,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port for members (gRPC); 0 for any."),
    ] = None,
    enrolment_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port for enrolment (gRPC); 0 for any."),
    ] = None,
    people_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port for people (HTTP); 0 for any."),
    ] = None,
) -> None:
    """Serve hospitals and people until it is stopped (SIGTERM, Ctrl+C)."""
    # Flower, gRPC and FastAPI take a second to import; the other commands need none.
    from coordinator import serve as server

    config = load(home)
    sites = {"port": port, "enrolment_port": enrolment_port}
    people = {"port": people_port}
    config = config.model_copy(
        update={
            "sites": config.sites.model_copy(update=_given(sites)),
            "people": config.people.model_copy(update=_given(people)),
        }
    )
    server.serve(home, config, training=training, ready=_tell)
    typer.echo("stopped")


def _given(options: dict[str, int | None]) -> dict[str, int]:
    return {name: value for name, value in options.items() if value is not None}


def _tell(addresses: dict[str, str]) -> None:
    typer.echo(f"people:     {addresses['people']}/api/v1/")
    typer.echo(f"members:    {addresses['sites']} (gRPC, mutual TLS)")
    typer.echo(f"enrolment:  {addresses['enrolment']} (gRPC)")
