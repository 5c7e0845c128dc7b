"""Flower's SuperNode at this site: there while a permit is in force, behind the gate.

Three things run together: the gate, in this process; ``flower-supernode``, which asks
it for work; and the executor, which answers each message with the ClientApp. All on
loopback; only the gate has a way out.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import socket
import sys
from pathlib import Path

from protos import bundle
from protos.training_pb2 import PermitTerms
from site_agent import agenda, alarm, durable, identity
from site_agent.gate import Gate
from site_agent.gate_server import HOST, GateServer
from site_agent.membership import Membership
from site_agent.store import Store
from site_agent.train.children import Child
from site_agent.train.permit import Trust, permitted
from site_agent.uplink import Uplink

LOG = logging.getLogger(__name__)

OFFLINE_SECONDS = 60.0
"""A SuperNode that died counts as present for as long; until then Flower turns its
successor away (exit code 305)."""

_EXECUTOR_PAUSE_SECONDS = 5.0


class Judgement:
    """Says on which permits this site takes part, by all that is known now."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership

    def __call__(self, digest: bytes) -> PermitTerms:
        """Return the terms with this digest.

        Raises
        ------
        TrainingRefused
            With every reason why this site takes no part.
        SiteError
            When nothing may leave: an alarm stands, or the site's files are not whole.
        """
        own = self._membership
        alarm.require_silence(own.paths.home)
        keys = {site: each.signing for site, each in agenda.members(own.paths).items()}
        keys[own.identity.site] = (
            own.identity.signing_key.public_key().public_bytes_raw()
        )
        with Store(own.paths) as store:
            manifests = store.roots()
        trust = Trust(
            site=own.identity.site,
            members=keys,
            dpo_key=identity.dpo_key(own.paths.keys).public_key().public_bytes_raw(),
            manifests=manifests,
            bundle=bundle.digest(),
        )
        return permitted(agenda.permits(own.paths), digest, trust, now=own.now)


class SuperNode:
    """Starts, watches and stops the gate, the SuperNode and the executor.

    All calls come from one thread that lives as long as the site serves (see `Child`).
    """

    def __init__(self, membership: Membership, uplink: Uplink) -> None:
        self._membership = membership
        self._uplink = uplink
        self._door: GateServer | None = None
        self._children: tuple[Child, ...] = ()

    def tick(self) -> None:
        """Have everything run while a permit is in force, and nothing otherwise."""
        wanted = bool(agenda.permits(self._membership.paths))
        if wanted and self._door is None:
            self._start()
        elif not wanted and self._door is not None:
            self.stop()
        for child in self._children:
            child.watch()

    def stop(self) -> None:
        """End the children first: the SuperNode takes its leave through the gate."""
        for child in self._children:
            child.stop()
        if self._door is not None:
            self._door.close()
            LOG.info("training has stopped")
        self._children, self._door = (), None

    @property
    def pids(self) -> tuple[int | None, ...]:
        """Process numbers of SuperNode and executor, None for one that is down."""
        return tuple(child.pid for child in self._children)

    def _start(self) -> None:
        own = self._membership
        folder = own.paths.supernode
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        gate = Gate(
            forward=self._uplink.fleet,
            judge=Judgement(own),
            ledger=own.ledger,
            asked=folder / "asked",
            key=identity.supernode_key(own.paths.keys),
        )
        self._door = GateServer(gate, folder)
        self._door.start()
        self._children = self._commands(folder, self._door)
        for child in self._children:
            child.start()
        LOG.info("a permit is in force; training stands ready")

    def _commands(self, folder: Path, door: GateServer) -> tuple[Child, ...]:
        own = self._membership
        # What an earlier life left there is of no use, and was not checked.
        shutil.rmtree(folder / "flwr", ignore_errors=True)
        secret = folder / "superexec.secret"
        durable.write(secret, secrets.token_hex(32).encode())
        port = _free_port()
        supernode = [
            *("flower-supernode", "--superlink", door.address),
            *("--root-certificates", str(door.certificate)),
            *("--auth-supernode-private-key", str(own.paths.supernode_key)),
            *("--host", HOST, "--port", str(port), "--isolation", "process"),
            *("--superexec-auth-secret-file", str(secret)),
            *("--ssl-certfile", str(door.certificate)),
            *("--ssl-keyfile", str(folder / "gate.key")),
            *("--ssl-ca-certfile", str(door.certificate)),
        ]
        executor = [
            *(sys.executable, "-m", "site_agent.train.executor"),
            *(f"{HOST}:{port}", str(secret), str(door.certificate)),
        ]
        threads = str(own.config.threads or os.cpu_count() or 1)
        environment = {
            "FLWR_HOME": str(folder / "flwr"),
            "HILUM_SITE_HOME": str(own.paths.home.resolve()),
            "OMP_NUM_THREADS": threads,
        }
        own.paths.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tuple(
            Child(
                command,
                log=own.paths.logs / f"{name}.log",
                environment=environment,
                pause=pause,
            )
            for name, command, pause in (
                ("supernode", supernode, OFFLINE_SECONDS),
                ("client-app", executor, _EXECUTOR_PAUSE_SECONDS),
            )
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
