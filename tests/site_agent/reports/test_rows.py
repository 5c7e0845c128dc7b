"""Rows that cannot be used are told, and none goes missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from site_agent.reports.rows import (
    NO_ID,
    NO_TEXT_FILE,
    SECOND,
    BadRow,
    Report,
    SeenIds,
    checked,
    is_noise,
)


def test_first_of_two_with_the_same_id_stays() -> None:
    rows = list(checked([Report(1, "A", "one"), Report(2, "A", "two")]))
    assert rows == [Report(1, "A", "one"), BadRow(2, SECOND)]


def test_row_without_id_or_without_text_is_bad() -> None:
    picture = "\x89PNG\x00\x00\x00\rIHDR\x00\x01\ufffd\ufffd"
    rows = list(checked([Report(1, "", "one"), Report(2, "A", picture)]))
    assert rows == [BadRow(1, NO_ID), BadRow(2, NO_TEXT_FILE)]


def test_bad_row_stays_bad() -> None:
    assert list(checked([BadRow(1, "why")])) == [BadRow(1, "why")]


def test_text_with_a_few_controls_is_text() -> None:
    assert not is_noise("No effusion.\x0b\x0cHeart\0 is normal.\r\n\tClear.")
    assert not is_noise("")


@given(st.lists(st.text(max_size=3)))
def test_ids_are_remembered(identifiers: list[str]) -> None:
    seen, truly = SeenIds(), set()
    for each in identifiers:
        assert seen.add(each) is (each not in truly)
        truly.add(each)


def test_many_ids_are_remembered() -> None:
    seen = SeenIds()
    assert all(seen.add(str(number)) for number in range(20_000))
    assert not any(seen.add(str(number)) for number in range(20_000))
