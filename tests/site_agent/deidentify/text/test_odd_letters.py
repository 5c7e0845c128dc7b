"""Texts in no order: each ends, with spans that lie in it, and keeps no known name."""

from itertools import islice, pairwise

import pytest

from site_agent.deidentify.text.known import identifiers_of_fields
from site_agent.deidentify.text.scrub import scrub
from site_agent.reports.plain import plain
from tests.site_agent.deidentify.text.odd_letters import PATIENT, odd_letters

KNOWN = identifiers_of_fields(PATIENT)


@pytest.mark.parametrize("seed", range(8))
def test_odd_letters_are_scrubbed(seed: int) -> None:
    for odd, language in islice(odd_letters(seed), 250):
        text = plain(odd).text
        scrubbed = scrub(text, KNOWN, language)
        spans = scrubbed.spans
        assert all(0 <= span.start < span.end <= len(text) for span in spans), odd
        assert all(one.end <= two.start for one, two in pairwise(spans)), odd
        assert "quandtmeier" not in scrubbed.text.lower(), odd
