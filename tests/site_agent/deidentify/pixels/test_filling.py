"""What fills a box holds nothing of what was in it, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from site_agent.deidentify.pixels.boxes import Box
from site_agent.deidentify.pixels.filling import fill, filled

boxes = st.lists(
    st.builds(
        Box,
        x=st.floats(-10, 170),
        y=st.floats(-10, 130),
        long=st.floats(5, 120),
        short=st.floats(3, 40),
        angle=st.floats(-90, 90),
        score=st.just(0.9),
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@example([Box(x=-10, y=0, long=21, short=3, angle=28, score=0.9)], 0, np.uint8)
@given(
    boxes, st.integers(0, 2**32 - 1), st.sampled_from([np.uint8, np.uint16, np.int16])
)
def test_filled_film_does_not_depend_on_what_was_in_the_boxes(
    given: list[Box], seed: int, kind: type[np.generic]
) -> None:
    rng = np.random.default_rng(seed)
    film = rng.integers(0, 100, (120, 160)).astype(kind)
    other = film.copy()
    inside = filled(film.shape, given) > 0
    other[inside] = rng.integers(0, 100, inside.sum()).astype(kind)
    before = film.copy()
    fill(film, given)
    if not inside[::16, ::16].any():  # else the film's own median takes part
        fill(other, given)
        assert np.array_equal(film, other)
    assert np.array_equal(film[~inside], before[~inside])


def test_each_box_gets_one_value_of_its_surroundings() -> None:
    film = np.full((100, 200), 50, np.uint16)
    film[:, 100:] = 900
    one, two = Box(50, 50, 40, 20, 0, 0.9), Box(150, 50, 40, 20, 30, 0.9)
    film[filled(film.shape, [one, two]) > 0] = 4000
    fill(film, [one, two])
    assert np.unique(film).tolist() == [50, 900]


def test_margin_of_a_box_ends_at_a_side_marker_and_the_box_itself_does_not() -> None:
    film = np.full((100, 100), 50, np.uint8)
    text, marker = Box(50, 40, 60, 20, 0, 0.9), Box(50, 60, 12, 22, 0, 0.9, letter="L")
    film[filled(film.shape, [text]) > 0] = 255
    before = film.copy()
    fill(film, [text], [marker])
    assert (film[30:51, 20:81] == 50).all()
    assert np.array_equal(film[51:71, 45:56], before[51:71, 45:56])
    assert (film[51:54, 20:40] == 50).all()


def test_colours_are_filled_by_themselves() -> None:
    film = np.zeros((60, 60, 3), np.uint8)
    film[...] = (10, 20, 30)
    box = Box(30, 30, 20, 10, 0, 0.9)
    film[filled(film.shape, [box]) > 0] = 255
    fill(film, [box])
    assert (film == (10, 20, 30)).all()


@pytest.mark.parametrize("angle", [0, 45])
def test_box_that_covers_the_film_leaves_nothing_of_it(angle: float) -> None:
    film = np.arange(400, dtype=np.uint16).reshape(20, 20)
    fill(film, [Box(10, 10, 80, 80, angle, 0.9)])
    assert np.unique(film).size == 1
