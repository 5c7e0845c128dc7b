"""``site-agent freeze``: commit to the accepted studies."""

from __future__ import annotations

import time

import typer

from site_agent.cli.options import DEFAULT_HOME, Home


def freeze(home: Home = DEFAULT_HOME) -> None:
    """Freeze the accepted studies to an immutable manifest.

    Every file is read again and compared with its digest before. The same studies
    always give the same manifest. `site-agent publish` tells the coordinator.
    """
    from rich.console import Console
    from rich.progress import Progress

    from site_agent.config import SiteConfig, SitePaths, read_specification
    from site_agent.durable import locked
    from site_agent.store import Store

    paths = SitePaths(home)
    SiteConfig.load(paths)
    with (
        locked(paths.run_lock, wait=False),
        Store(paths) as store,
        Progress(console=Console(stderr=True)) as progress,
    ):
        bar = progress.add_task("verifying files")
        manifest = store.freeze(
            read_specification(paths),
            now=int(time.time()),
            progress=lambda done, total: progress.update(
                bar, completed=done, total=total
            ),
        )
    patients = len({study.patient for study in manifest.studies})
    typer.echo(f"manifest {manifest.root.hex()}")
    typer.echo(
        f"{len(manifest.studies)} studies of {patients} patients are frozen, of "
        f"{manifest.received} that came in."
    )
