"""``python -m deploy.hospital DIR``: write synthetic inboxes and their answer key."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from deploy.hospital.inbox import make
from deploy.hospital.plan import ODD


def main(
    folder: Annotated[Path, typer.Argument(help="An empty or new folder.")],
    hospitals: Annotated[int, typer.Option(min=1, max=9, help="How many inboxes.")] = 3,
    studies: Annotated[
        int, typer.Option(min=1, help="Studies per hospital that ought to be accepted.")
    ] = 96,
    seed: Annotated[
        int, typer.Option(help="The same seed gives the same inboxes.")
    ] = 1,
) -> None:
    """Write synthetic hospital inboxes, and beside them their answer key."""
    if folder.exists() and any(folder.iterdir()):
        raise typer.BadParameter("the folder is not empty; name a new one")
    start = time.monotonic()
    made = make(folder, hospitals=hospitals, studies=studies, seed=seed)
    print(
        f"{len(made)} inboxes of {studies} + {len(ODD)} studies below {folder}, "
        f"{time.monotonic() - start:.0f} s"
    )


app = typer.Typer(pretty_exceptions_show_locals=False)
app.command()(main)

if __name__ == "__main__":
    app()
