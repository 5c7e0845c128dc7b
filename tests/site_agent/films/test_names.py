"""Names that are remembered by their digests."""

from __future__ import annotations

import pytest

from site_agent.films import names
from site_agent.films.names import Names


def test_names_that_were_added_are_known_and_no_others() -> None:
    known = Names()
    for number in range(0, 20_000, 2):
        known.add(f"{number}")
    assert all((f"{number}" in known) == (number % 2 == 0) for number in range(20_000))


def test_end_of_one_digest_and_beginning_of_the_next_are_no_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(names, "_digest", lambda name: (b"", name.encode()))
    known = Names()
    for name in ("12345678", "ABCDEFGH", "5678ABCE"):
        known.add(name)
    assert "5678ABCD" not in known
    assert "5678ABCE" in known
