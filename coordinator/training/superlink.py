"""SuperLink and SuperExec as children of ``coordinator serve``, on loopback only.

The SuperLink runs with process isolation, a SuperExec secret, SuperNode authentication
and an SQLite database. It neither phones home nor installs anything at run time. Both
children are started again when they end; a run that was under way goes on, or its end
is recorded.
"""

from __future__ import annotations

import logging
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path

from coordinator import durable, pki
from coordinator.config import CoordinatorConfig, CoordinatorPaths
from coordinator.training.children import Child
from coordinator.training.control import Control, SuperLinkUnavailable
from coordinator.training.launch import Launcher
from coordinator.training.relay import Relay

LOG = logging.getLogger(__name__)

HOST = "127.0.0.1"
_CERTIFY_SECONDS = 86_400.0


class Supervisor:
    """Keeps Flower running at the coordinator and launches what is permitted.

    `start`, `tick` and `stop` belong to one thread that lives as long as the
    coordinator serves (see `Child`); `relay` is for every thread.

    Parameters
    ----------
    home : Path
        The coordinator's home.
    """

    relay: Relay

    def __init__(
        self,
        home: Path,
        config: CoordinatorConfig,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._paths = CoordinatorPaths(home)
        folder = durable.private_folder(self._paths.superlink)
        durable.private_folder(self._paths.logs)
        durable.private_folder(self._paths.models)
        self._consortium, self._clock = config.consortium, clock
        self._certify()
        durable.write(folder / "superexec.secret", secrets.token_hex(32).encode())
        root = (self._paths.pki / "root.crt").read_bytes()
        address = f"{HOST}:{_free_port()}"
        self._address = address
        self._superlink, self._superexec = self._commands(folder, address)
        self._control = Control(address, root)
        self.relay = Relay(home, address, root, self._control, clock=clock)
        self._launcher = Launcher(home, self._control, clock=clock)

    def _commands(self, folder: Path, address: str) -> tuple[Child, Child]:
        host, port = address.split(":")
        root = str(self._paths.pki / "root.crt")
        secret = ["--superexec-auth-secret-file", str(folder / "superexec.secret")]
        superlink = [
            *("flower-superlink", "--host", host, "--port", port),
            *("--isolation", "process", *secret),
            *("--database", str(folder / "superlink.db")),
            "--enable-supernode-auth",
            "--disable-runtime-dependency-installation",
            *("--ssl-certfile", str(folder / "server.crt")),
            *("--ssl-keyfile", str(folder / "server.key")),
            *("--ssl-ca-certfile", root),
        ]
        superexec = [
            *("flower-superexec", "--runtime-api-address", address, *secret),
            *("--root-certificates", root),
        ]
        environment = {
            "FLWR_HOME": str(folder / "flwr"),
            "FLWR_SUPEREXEC_TASK_POLL_INTERVAL": "0.5",
            # The ServerApp, a grandchild, finds the database by it.
            "HILUM_COORDINATOR_HOME": str(self._paths.home.resolve()),
        }
        logs = self._paths.logs
        return (
            Child(superlink, log=logs / "superlink.log", environment=environment),
            Child(superexec, log=logs / "superexec.log", environment=environment),
        )

    def start(self) -> None:
        """Start the SuperLink; the rest follows in `tick` when it answers."""
        self._superlink.start()

    def tick(self) -> None:
        """Start again what has ended; launch and follow runs. Call every second or so.

        Raises what the database raises; a SuperLink that does not answer is awaited.
        """
        if self._clock() >= self._certify_at and self._certify():
            self._superlink.stop()
            self._superlink.start()
        self._superlink.watch()
        if not self._superexec.started and _listens(self._address):
            self._superexec.start()
        self._superexec.watch()
        try:
            self._launcher.step()
        except SuperLinkUnavailable as error:
            LOG.info("%s", error)

    def _certify(self) -> bool:
        """Renew the SuperLink's certificate when it is due; tell whether it was."""
        self._certify_at = self._clock() + _CERTIFY_SECONDS
        folder = self._paths.superlink
        path = folder / "server.crt"
        before = path.read_bytes() if path.exists() else b""
        authority = pki.load(self._paths.pki, self._consortium)
        pki.server_certificate(folder, authority, [HOST], now=int(self._clock()))
        return path.read_bytes() != before

    def stop(self) -> None:
        """End the children, and what they began."""
        self._superexec.stop()
        self._superlink.stop()
        self.relay.close()
        self._control.close()

    @property
    def pids(self) -> tuple[int | None, int | None]:
        """Process numbers of SuperLink and SuperExec; None for one that is down."""
        return self._superlink.pid, self._superexec.pid


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _listens(address: str) -> bool:
    host, port = address.split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False
