"""A line to the people's door, and those who are logged in there."""

from __future__ import annotations

import httpx
import pytest

from tests.coordinator.http_api.asking import logged_in


@pytest.fixture
def http(address):
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def admin(http):
    return logged_in(http, "ann")


@pytest.fixture
def researcher(http):
    return logged_in(http, "rosa")
