"""An enrolled site: its settings, identity and ledger, which belong together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from site_agent import identity
from site_agent.config import SiteConfig, SitePaths
from site_agent.egress import Ledger
from site_agent.errors import IdentityError
from site_agent.identity import Identity
from site_agent.uplink import Uplink


@dataclass(frozen=True, slots=True)
class Membership:
    """What every command that speaks for the site needs."""

    paths: SitePaths
    config: SiteConfig
    identity: Identity
    ledger: Ledger
    clock: Callable[[], float] = time.time

    @classmethod
    def open(cls, home: Path) -> Membership:
        """Open the home of an enrolled site.

        Raises
        ------
        ConfigurationError, IdentityError
            Saying what is missing or does not fit together.
        """
        paths = SitePaths(home)
        config = SiteConfig.load(paths)
        own = identity.load(paths.keys)
        if (own.consortium, own.site) != (config.consortium, config.site):
            raise IdentityError(
                f"site.toml says {config.site} in {config.consortium}, and the "
                f"certificate says {own.site} in {own.consortium}. Put into site.toml "
                "what the invitation said."
            )
        return cls(paths, config, own, Ledger(paths.egress))

    @property
    def now(self) -> int:
        """Unix seconds."""
        return int(self.clock())

    def uplink(self) -> Uplink:
        """Open the line to the coordinator; a context manager."""
        return Uplink(self.config.coordinator, self.identity, self.ledger, self.clock)
