"""Texts in no order: each ends, with spans that lie in it, and keeps no known name."""

from itertools import islice

import pytest

from site_agent.reports.plain import plain
from tests.site_agent.deidentify.text.odd_letters import fault_of, odd_letters


@pytest.mark.parametrize("seed", range(8))
def test_odd_letters_are_scrubbed(seed: int) -> None:
    for odd, language in islice(odd_letters(seed), 250):
        assert not fault_of(plain(odd).text, language), odd
