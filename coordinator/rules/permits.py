"""When a permit lets a run begin, and with which sites.

A quorum of members permits that the consortium trains; each site's data protection
officer decides whether that site takes part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from coordinator.rules.states import Ballot


class Readiness(Enum):
    """Whether a permit that is in force can be launched."""

    READY = "ready"
    WAITING = "waiting"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a permit's sites have said, and what was agreed about waiting.

    `consents` are the data protection officers' decisions, by site. `quorum_at` and
    `valid_until` are Unix seconds. `active` are the members of today: a revoked site
    does not train, whatever it said before.
    """

    sites: Collection[str]
    active: Collection[str]
    consents: Mapping[str, Ballot]
    quorum_at: int
    valid_until: int
    consent_seconds: int
    minimum_sites: int

    @property
    def participants(self) -> tuple[str, ...]:
        """The sites that train: named, still members, and consenting."""
        return tuple(
            sorted(
                site
                for site in self.sites
                if site in self.active and self.consents.get(site) == Ballot.APPROVE
            )
        )

    @property
    def undecided(self) -> tuple[str, ...]:
        """The sites whose officer may still consent."""
        return tuple(
            sorted(
                site
                for site in self.sites
                if site in self.active and site not in self.consents
            )
        )


def readiness(standing: Standing, *, now: int) -> Readiness:
    """Tell whether a run may begin `now`.

    It begins when every site has decided, or when the time for consents is over, if at
    least `minimum_sites` consent.
    """
    if now >= standing.valid_until:
        return Readiness.EXPIRED
    consenting = len(standing.participants)
    if consenting + len(standing.undecided) < standing.minimum_sites:
        return Readiness.REFUSED
    waited = now >= standing.quorum_at + standing.consent_seconds
    if consenting >= standing.minimum_sites and (waited or not standing.undecided):
        return Readiness.READY
    return Readiness.WAITING
