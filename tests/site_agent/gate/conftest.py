"""The site behind its gate."""

from __future__ import annotations

import pytest

from tests.site_agent.gate.gated_site import Site


@pytest.fixture
def site(tmp_path) -> Site:
    return Site(tmp_path)
