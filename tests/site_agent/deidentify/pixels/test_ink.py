"""A side marker is told from an initial by the size of the letters, and the room."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from site_agent.deidentify.pixels.boxes import Box, Grey
from site_agent.deidentify.pixels.ink import apart, height_of_letters, size_of_letter

ROWS, COLUMNS = 400, 500
Placed = tuple[Box, Grey]


def drawn(
    marker: int = 260, size: float = 1.85, ink: int = 250, ground: int = 60
) -> Grey:
    """Draw a date, and a letter behind it."""
    film = np.full((ROWS, COLUMNS), ground, np.uint8)
    cv2.putText(film, "19571113", (100, 200), 0, 0.9, ink, 2, cv2.LINE_AA)
    cv2.putText(film, "L", (marker - 6, 200), 0, size, ink, 3, cv2.LINE_AA)
    noise = np.random.default_rng(3).normal(0, 2, film.shape)
    return np.clip(film + noise, 0, 255).astype(np.uint8)


def around(left: int, right: int) -> Box:
    """Give a box as the detector does, around the line."""
    return Box((left + right) / 2, 180, right - left + 24, 66, 0.0, 0.9)


def turned(box: Box, film: Grey, quarters: int) -> Placed:
    """Turn a film, and a box with it."""
    x, y, angle = box.x, box.y, box.angle
    columns = film.shape[1]
    for _ in range(quarters):
        x, y, angle, columns = y, columns - 1 - x, angle - 90, film.shape[0]
        film = np.rot90(film)
        columns = film.shape[1]
    return Box(x, y, box.long, box.short, angle, 0.9), np.ascontiguousarray(film)


def ink_left(film: Grey, box: Box) -> int:
    """Count pixels of strokes outside of a box."""
    inside = np.zeros(film.shape, np.uint8)
    cv2.fillPoly(inside, [np.rint(box.corners()).astype(np.int32)], 1)
    return int(((np.abs(film.astype(int) - 60) > 90) & (inside == 0)).sum())


@pytest.mark.parametrize("quarters", range(4))
def test_larger_letter_at_the_end_is_cut_off_whichever_way_it_stands(
    quarters: int,
) -> None:
    box, film = turned(around(100, 290), drawn(), quarters)
    parts = apart(box, film)
    assert parts is not None
    assert 35 <= parts.letter.high <= 46
    _, alone = turned(around(100, 290), drawn(marker=600), quarters)
    assert ink_left(alone, parts.rest) == 0
    assert ink_left(alone, parts.line) == 0
    assert parts.line.short < 45 < parts.rest.short
    assert parts.rest.shared(parts.letter) < 0.1 * parts.letter.area


def test_mirrored_film_is_as_good() -> None:
    film = np.ascontiguousarray(drawn()[:, ::-1])
    box = around(COLUMNS - 290, COLUMNS - 100)
    parts = apart(box, film)
    assert parts is not None
    assert parts.letter.x < parts.rest.x


def test_dark_letters_are_as_good() -> None:
    assert apart(around(100, 290), drawn(ink=10, ground=200)) is not None


def test_letter_of_the_same_size_is_an_initial() -> None:
    assert apart(around(100, 290), drawn(size=0.9)) is None


def test_larger_letter_that_touches_the_text_is_of_it() -> None:
    assert apart(around(100, 265), drawn(marker=232)) is None


def test_empty_box_and_single_letter_have_no_parts() -> None:
    assert apart(around(400, 440), drawn()) is None
    assert apart(around(250, 300), drawn()) is None


def test_letters_are_measured() -> None:
    assert height_of_letters(around(100, 240), drawn(marker=600)) == pytest.approx(
        20, abs=3
    )
    assert size_of_letter(around(255, 295), drawn()) == pytest.approx(41, abs=4)


def test_letter_that_the_end_of_the_box_cuts_is_not_measured() -> None:
    cut = around(100, 246)
    assert height_of_letters(cut, drawn()) == pytest.approx(20, abs=3)
