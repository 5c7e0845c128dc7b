"""A film as the eye sees it: the same picture, however it is stored."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_agent.deidentify.pixels.seen import as_seen, clearer, strips

VALUES = np.random.default_rng(3).integers(0, 4096, (200, 300)).astype(np.uint16)


@pytest.mark.parametrize("kind", ["<u2", ">u2", "<i2", "<u4", "<f8"])
def test_picture_is_the_same_in_any_type(kind: str) -> None:
    seen = as_seen(VALUES.astype(kind), is_inverted=False)
    difference = seen.astype(int) - as_seen(VALUES, is_inverted=False)
    assert abs(difference).max() <= 1


def test_signed_values_below_zero_are_dark() -> None:
    signed = VALUES.astype(np.int16) - 2048
    same = as_seen(signed, is_inverted=False) == as_seen(VALUES, is_inverted=False)
    assert same.all()


def test_inverted_film_is_the_same_picture() -> None:
    inverted = as_seen(4095 - VALUES, is_inverted=True)
    difference = inverted.astype(int) - as_seen(VALUES, is_inverted=False)
    assert abs(difference).max() <= 1


def test_few_dead_pixels_set_no_scale() -> None:
    film = VALUES // 8
    film[:2, :2] = 65535
    assert as_seen(film, is_inverted=False)[10:].std() > 60


def test_film_of_one_value_is_of_one_shade() -> None:
    assert (
        np.unique(as_seen(np.full((9, 9), 7, np.uint16), is_inverted=False)).size == 1
    )


def test_colours_become_grey() -> None:
    film = np.zeros((4, 4, 3), np.uint8)
    film[..., 1] = 255
    assert np.unique(as_seen(film, is_inverted=False)).tolist() == [150]


@given(st.integers(1, 1000))
def test_strips_are_all_rows_once(rows: int) -> None:
    assert [row for strip in strips(rows) for row in range(rows)[strip]] == list(
        range(rows)
    )


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 55))
def test_faint_part_becomes_clearer_and_never_less_clear(dark: int, span: int) -> None:
    part = np.linspace(dark, dark + span, 400).reshape(20, 20).astype(np.uint8)
    seen = clearer(part)
    assert np.ptp(seen) >= np.ptp(part)
    if span > 10:
        assert np.ptp(seen) > 2 * np.ptp(part)
    assert (np.diff(seen.ravel().astype(int)) >= 0).all()
