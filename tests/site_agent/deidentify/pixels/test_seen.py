"""A film as the eye sees it: the same picture, however it is stored."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from site_agent.deidentify.pixels.seen import as_seen, clearer, strips, views

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


def with_patch(value: int) -> NDArray[np.uint16]:
    """Draw a patch on a film of dark shades, and a row a little brighter than them."""
    film = (VALUES // 4).astype(np.uint16)
    film[50:120, 100:250] = value
    film[150:155, 20:90] = 1400
    return film


def test_bright_patch_takes_no_contrast_from_the_rest() -> None:
    (seen,) = views(with_patch(65535), is_inverted=False)
    assert np.ptp(seen[:50]) > 90
    assert seen[152, 50] > seen[:50].max() + 10
    assert seen[80, 200] == 255


def test_film_without_a_patch_is_seen_on_a_straight_scale() -> None:
    seen = as_seen(VALUES, is_inverted=False)
    assert np.corrcoef(seen.ravel(), VALUES.ravel())[0, 1] > 0.9999


def test_narrow_window_is_another_view_and_a_wide_one_is_none() -> None:
    film = (VALUES * 16).astype(np.uint16)
    narrow, wide, empty = (1000.0, 3000.0), (0.0, 65535.0), (5.0, 5.0)
    both = list(views(film, is_inverted=False, ranges=[wide, narrow, empty]))
    assert len(both) == 2
    assert both[1][film < 1000].max() == 0
    assert both[1][film > 3000].min() == 255


def test_samples_that_are_alike_are_looked_at_once() -> None:
    grey = (VALUES >> 4).astype(np.uint8)
    assert len(list(views(np.stack([grey] * 3, axis=-1), is_inverted=False))) == 1
    other = np.stack((grey, grey, grey[::-1]), axis=-1)
    assert len(list(views(other, is_inverted=False))) == 2


def test_noise_of_a_sample_without_contrast_is_not_stretched() -> None:
    film = np.zeros((200, 300, 3), np.uint8)
    film[..., 1] = 128 + VALUES % 3
    _, seen = views(film, is_inverted=False)
    assert np.ptp(seen) <= 8
