"""Boxes keep their place at any scale and angle, and know what lies in and beside."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.pixels.boxes import Box, Tile, box_around, distinct, joined

places = st.floats(100, 900)
boxes = st.builds(
    Box,
    x=places,
    y=places,
    long=st.floats(30, 200),
    short=st.floats(8, 30),
    angle=st.floats(-90, 90),
    score=st.floats(0.5, 1),
)


def box(x: float, y: float, long: float, short: float, angle: float = 0.0) -> Box:
    return Box(x, y, long, short, angle, 0.9)


@given(boxes)
def test_box_shares_all_of_itself_with_itself_and_lies_in_its_tile(one: Box) -> None:
    assert one.shared(one) == pytest.approx(one.area, rel=0.01)
    tile = one.tile((1000, 1000), 0)
    for x, y in np.clip(one.corners(), 0, 999):
        assert tile.x0 <= x <= tile.x1
        assert tile.y0 <= y <= tile.y1


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_pieces_are_all_of_a_tile_and_none_too_large(width: int, height: int) -> None:
    tile = Tile(30, 40, 30 + width, 40 + height)
    covered = np.zeros((height, width), bool)
    for piece in tile.pieces(256, 32):
        assert 0 < piece.x1 - piece.x0 <= 256
        assert 0 < piece.y1 - piece.y0 <= 256
        covered[piece.y0 - 40 : piece.y1 - 40, piece.x0 - 30 : piece.x1 - 30] = True
    assert covered.all()


def test_letter_at_the_edge_of_a_piece_is_whole_in_the_next() -> None:
    first, second = Tile(0, 0, 400, 30).pieces(256, 32)
    assert first.x1 - second.x0 >= 32


def test_slanting_box_touches_what_it_lies_in_and_not_all_around() -> None:
    slanting = box(200, 200, 400, 10, angle=45)
    assert slanting.touches(Tile(180, 180, 220, 220))
    assert not slanting.touches(Tile(60, 300, 100, 340))


@given(boxes, boxes)
def test_no_more_is_shared_than_the_smaller_box_has(one: Box, other: Box) -> None:
    shared = one.shared(other)
    assert 0 <= shared <= min(one.area, other.area) * 1.01
    assert shared == pytest.approx(other.shared(one), abs=1)


@given(boxes, st.sampled_from([0.25, 0.5, 1.0]), places, places)
def test_box_of_a_part_comes_to_its_place_in_the_film(
    one: Box, scale: float, dx: float, dy: float
) -> None:
    placed = one.placed(scale, dx, dy, is_fine=False)
    assert placed.x * scale - dx == pytest.approx(one.x, abs=1e-6)
    assert placed.y * scale - dy == pytest.approx(one.y, abs=1e-6)
    assert placed.area * scale**2 == pytest.approx(one.area)
    assert not placed.is_fine


@pytest.mark.parametrize("angle", [0, 30, 90, -45, 180])
def test_cut_out_box_lies_across(angle: float) -> None:
    film = np.zeros((300, 300), np.uint8)
    one = box(150, 150, 120, 20, angle)
    turn = math.radians(angle)
    for step in range(-55, 56):  # a line along the middle of the box
        x = round(150 + step * math.cos(turn))
        y = round(150 + step * math.sin(turn))
        film[y - 1 : y + 2, x - 1 : x + 2] = 255
    cut = one.cut_out(film)
    assert cut.shape == (20, 120)
    assert cut[9:11, 10:110].min() > 100
    assert cut[:5].max() == cut[-5:].max() == 0


def test_rectangle_is_turned_so_that_its_long_side_is_first() -> None:
    made = box_around(((5, 6), (10, 40), 0), 0.7)
    assert (made.long, made.short, made.angle) == (40, 10, 90)


def test_words_of_a_line_are_beside_each_other_and_lines_are_not() -> None:
    word = box(100, 100, 60, 20)
    assert word.is_beside(box(168, 102, 60, 22))
    assert box(168, 102, 60, 22).is_beside(word)
    assert not word.is_beside(box(190, 100, 60, 20))  # too far
    assert not word.is_beside(box(168, 115, 60, 20))  # the next line
    assert not word.is_beside(box(168, 100, 60, 60))  # larger letters


def test_parts_of_a_line_that_overlap_become_one() -> None:
    parts = [box(100, 100, 120, 20), box(190, 101, 120, 20)]
    (line,) = joined(parts)
    assert line.long == pytest.approx(210, abs=2)
    assert len(joined([*parts, box(100, 160, 120, 20)])) == 2


def test_box_within_a_larger_or_known_one_counts_once() -> None:
    large, small = box(100, 100, 120, 30), box(90, 100, 40, 20)
    assert distinct([small, large]) == [large]
    assert distinct([small], known=[large]) == []
    assert distinct([box(300, 300, 40, 20)], known=[large]) != []


def test_tile_gives_a_part_and_no_copy() -> None:
    film = np.zeros((10, 10), np.uint8)
    tile = Tile(2, 3, 5, 7)
    tile.of(film)[:] = 1
    assert film.sum() == tile.area == 12
