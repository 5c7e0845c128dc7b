"""A coordinator on loopback, and a site that has enrolled there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from site_agent.membership import Membership
from site_agent.uplink import Uplink
from tests.site_agent.peer import Authority, Peer, enrolled_home


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.stop()


@pytest.fixture
def member(peer: Peer, tmp_path: Path) -> Membership:
    return Membership.open(enrolled_home(peer, tmp_path / "site"))


@pytest.fixture
def uplink(member: Membership) -> Iterator[Uplink]:
    with member.uplink() as uplink:
        yield uplink
