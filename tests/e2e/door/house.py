"""The coordinator in a folder, with its two doors open."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session, select

from coordinator import config, pki
from coordinator.consortium import members
from coordinator.database import open_session
from coordinator.founding import found
from coordinator.grpc_api import (
    Door,
    NoTraining,
    Server,
    consortium_server,
    enrolment_server,
)
from coordinator.invitations import write_invitation
from coordinator.models import Submission
from protos.specification import Specification
from site_agent.invitation import Invitation

CONSORTIUM = "north"


class House:
    """The coordinator: its home, its two doors, a clock that can be put forward."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ahead = 0
        self._ports = [0, 0]
        self._servers: list[Server] = []
        found(
            home,
            consortium=CONSORTIUM,
            hosts=("127.0.0.1",),
            passphrase=None,
            specification=Specification(),
            now=self.now(),
        )
        paths = config.CoordinatorPaths(home)
        self.authority = pki.load(paths.pki, CONSORTIUM)
        tls = pki.server_certificate(
            paths.pki, self.authority, ("127.0.0.1",), now=self.now()
        )
        self.door = Door(
            home=home,
            authority=self.authority,
            log_key=pki.load_log_key(paths.pki),
            tls=lambda: tls,
            relay=NoTraining(),
            clock=self.now,
        )
        self.start()

    def now(self) -> int:
        return int(time.time()) + self.ahead

    def start(self) -> None:
        self._servers = [
            make(self.door, f"127.0.0.1:{port}")
            for make, port in zip(
                (consortium_server, enrolment_server), self._ports, strict=True
            )
        ]
        self._ports = [server.port for server in self._servers]
        for server in self._servers:
            server.grpc.start()
        sites, enrolment = (f"127.0.0.1:{port}" for port in self._ports)
        addresses = {"sites": sites, "enrolment": enrolment}
        config.CoordinatorPaths(self.home).addresses.write_text(json.dumps(addresses))

    def stop(self) -> None:
        for server in self._servers:
            server.grpc.stop(None).wait()
        self._servers = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._ports[0]}"

    def read(self, what: Callable[[Session], object]) -> object:
        with open_session(self.home, reads=True) as session:
            return what(session)

    def leaves(self) -> list[bytes]:
        """Give the envelopes that were accepted, in order."""
        query = select(Submission.envelope).order_by(Submission.leaf_index)
        return self.read(lambda session: list(session.exec(query)))

    def invite(self, site: str, folder: Path) -> tuple[Path, str]:
        """Give the invitation as a file, and the fingerprint."""
        with open_session(self.home) as session:
            new = members.invite(session, site, site, now=self.now())
        invitation, fingerprint = write_invitation(
            self.home, config.load(self.home), new
        )
        path = folder / f"{site}.json"
        fields = {
            name: getattr(invitation, name) for name in Invitation.__dataclass_fields__
        }
        path.write_text(json.dumps(fields))
        return path, fingerprint

    def revoke(self, site: str) -> None:
        with open_session(self.home) as session:
            members.revoke(session, site, now=self.now())
