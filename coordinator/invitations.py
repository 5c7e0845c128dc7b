"""The invitation as a hospital gets it, and where it tells the hospital to knock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from coordinator import pki
from coordinator.certificates import fingerprint, pem
from coordinator.config import CoordinatorConfig, CoordinatorPaths
from coordinator.consortium.members import NewInvitation
from coordinator.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Invitation:
    """What `site-agent init` reads. The fingerprint of the root goes another way."""

    consortium: str
    site: str
    coordinator: str
    enrolment: str
    root_certificate: str
    token: str


def write_invitation(
    home: Path, config: CoordinatorConfig, new: NewInvitation
) -> tuple[Invitation, str]:
    """Return the invitation, and the root's fingerprint, to be told separately."""
    root = pki.load_root(CoordinatorPaths(home).pki)
    coordinator, enrolment = _addresses(home, config)
    invitation = Invitation(
        consortium=config.consortium,
        site=new.site,
        coordinator=coordinator,
        enrolment=enrolment,
        root_certificate=pem(root).decode(),
        token=new.token,
    )
    return invitation, fingerprint(root)


def _addresses(home: Path, config: CoordinatorConfig) -> tuple[str, str]:
    """Return both doors as ``host:port`` under the first of the configured hosts.

    The ports are those in use while the coordinator serves, else the configured ones.
    """
    ports = [config.sites.port, config.sites.enrolment_port]
    try:
        listening = json.loads(CoordinatorPaths(home).addresses.read_bytes())
        ports = [
            int(listening[door].rpartition(":")[2]) for door in ("sites", "enrolment")
        ]
    except (FileNotFoundError, ValueError, KeyError):
        if 0 in ports:
            raise ConfigurationError(
                "the ports in coordinator.toml are free ones (0), which are only known "
                "while `coordinator serve` runs; start it first"
            ) from None
    host = config.hosts[0]
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{ports[0]}", f"{host}:{ports[1]}"
