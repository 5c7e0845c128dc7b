"""A coordinator, a hospital that has joined, and its line there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coordinator.database import close
from site_agent.membership import Membership
from site_agent.uplink import Uplink
from tests.e2e.door.hospital import join
from tests.e2e.door.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "coordinator")
    yield house
    house.stop()
    close(house.home)


@pytest.fixture
def anna(house: House, tmp_path: Path) -> Membership:
    return join(house, tmp_path)


@pytest.fixture
def line(anna: Membership) -> Iterator[Uplink]:
    with anna.uplink() as line:
        yield line
