"""Parts of a film where text may be: all of the text in them, little of the rest."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from site_agent.deidentify.pixels.boxes import Grey, Tile
from site_agent.deidentify.pixels.strokes import CELL, tiles_with_strokes


def smooth(rows: int = 600, columns: int = 800) -> Grey:
    y, x = np.mgrid[0:rows, 0:columns]
    film = 100 + 60 * np.sin(x / 160) * np.cos(y / 130)
    film += np.random.default_rng(7).normal(0, 1.5, film.shape)
    return np.asarray(np.rint(np.clip(film, 0, 255)), np.uint8)


def covered(film: Grey) -> NDArray[np.bool_]:
    area = np.zeros(film.shape, bool)
    for tile in tiles_with_strokes(film, 8):
        assert 0 <= tile.x0 < tile.x1 <= film.shape[1]
        assert 0 <= tile.y0 < tile.y1 <= film.shape[0]
        area[tile.y0 : tile.y1, tile.x0 : tile.x1] = True
    return area


@settings(max_examples=25, deadline=None)
@given(
    text=st.sampled_from(["REUTER, F", "13.11.1957", "ID 4711", "Wagenknecht"]),
    x=st.integers(10, 500),
    y=st.integers(40, 590),
    size=st.sampled_from([0.5, 0.8, 1.5]),
    grey=st.sampled_from([0, 255]),
)
def test_no_letter_is_outside_of_the_parts(
    text: str, x: int, y: int, size: float, grey: int
) -> None:
    ink = np.zeros((600, 800), np.uint8)
    cv2.putText(ink, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 255, 2)
    film = smooth()
    film[ink > 0] = grey
    assert covered(film)[ink > 0].mean() > 0.99


def test_smooth_film_has_no_part() -> None:
    assert not covered(smooth()).any()


def test_edge_of_a_bone_and_a_wire_are_passed_over() -> None:
    film = smooth()
    cv2.circle(film, (400, 900), 600, 230, -1)
    cv2.line(film, (50, 20), (300, 580), 250, 3)
    assert covered(film).mean() < 0.05


def test_slanting_row_of_texts_takes_less_than_its_rectangle() -> None:
    film = smooth(1024, 1024)
    for step in range(8):
        cv2.putText(film, "K18", (40 + 120 * step, 60 + 120 * step), 0, 0.8, 255, 2)
    assert 0.05 < covered(film).mean() < 0.35


def test_page_full_of_text_comes_in_parts_that_are_small() -> None:
    film = smooth(1024, 1024)
    for row in range(40, 1020, 40):
        cv2.putText(film, "REUTER, FRANCISCO 13.11.1957 K18", (10, row), 0, 1, 255, 2)
    tiles = list(tiles_with_strokes(film, 8))
    assert len(tiles) > 4
    assert max(side_of(tile) for tile in tiles) <= (20 + 4) * CELL


def side_of(tile: Tile) -> int:
    return max(tile.x1 - tile.x0, tile.y1 - tile.y0)


def test_film_smaller_than_a_cell() -> None:
    assert not list(tiles_with_strokes(np.zeros((5, 7), np.uint8), 8))


def test_film_that_is_all_noise_is_looked_at_about_once() -> None:
    film = np.random.default_rng(5).integers(0, 256, (1024, 1280)).astype(np.uint8)
    tiles = list(tiles_with_strokes(film, 8))
    assert sum(tile.area for tile in tiles) < 2 * film.size
    assert max(tile.area for tile in tiles) <= (24 * CELL) ** 2
