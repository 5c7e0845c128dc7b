"""``site-agent serve``: stay in touch with the consortium."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from site_agent.cli.options import DEFAULT_HOME, Home

if TYPE_CHECKING:
    from types import FrameType


def serve(home: Home = DEFAULT_HOME) -> None:
    """Send what is queued, witness the log, renew the certificate, train on permits.

    Runs until it is told to stop (SIGTERM, Ctrl-C). What it does is in
    SITE/logs/serve.log; no identifier is ever in it.
    """
    from site_agent import durable
    from site_agent.membership import Membership
    from site_agent.serve import Service, Training

    membership = Membership.open(home)
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    with (
        durable.locked(home / "serve.lock", wait=False),
        membership.uplink() as uplink,
    ):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        _log_to(membership.paths.logs)
        training: Training | None = None
        if membership.config.training:
            from site_agent.train.supernode import SuperNode

            training = SuperNode(membership, uplink)
        typer.echo(f"Serving {membership.config.site}; Ctrl-C ends it.")
        Service(membership, uplink, training).run(stop)
    typer.echo("Stopped.")


def _log_to(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = RotatingFileHandler(folder / "serve.log", maxBytes=1 << 20, backupCount=5)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[kept, logging.StreamHandler(sys.stderr)],
    )
