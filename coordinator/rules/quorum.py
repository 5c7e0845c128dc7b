"""Who decides, and when it is decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from fractions import Fraction
from math import ceil

from coordinator.rules.states import Ballot


class Outcome(Enum):
    """Where a ballot stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


def needed(share: Fraction, electorate: int) -> int:
    """Return how many of `electorate` must approve: `share` of them, rounded up."""
    return max(1, ceil(share * electorate))


def outcome(
    ballots: Mapping[str, Ballot], *, electorate: Collection[str], quorum: int
) -> Outcome:
    """Tell where a ballot stands.

    Only ballots of `electorate` count. It is rejected as soon as those who have not
    rejected are fewer than `quorum`, since then no quorum can come about.
    """
    cast = [ballots[site] for site in set(electorate) if site in ballots]
    if cast.count(Ballot.APPROVE) >= quorum:
        return Outcome.APPROVED
    if len(set(electorate)) - cast.count(Ballot.REJECT) < quorum:
        return Outcome.REJECTED
    return Outcome.OPEN
