"""Single letters in a row are a text; alone, or all round, they tell nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from site_agent.deidentify.pixels.boxes import Box
from site_agent.deidentify.pixels.rows import rows_of_letters, stray_letters

LETTER = Box(100, 200, 32, 30, 0, 0.8, letter="Z")


def row(letters: str, pitch: float, degrees: float = 0.0) -> list[Box]:
    """Put letters in a row that runs so many degrees down."""
    turn = np.deg2rad(degrees)
    steps = [(pitch * each * np.cos(turn), pitch * each * np.sin(turn))
             for each in range(len(letters))]  # fmt: skip
    return [
        replace(LETTER, x=LETTER.x + dx, y=LETTER.y + dy, letter=letter)
        for letter, (dx, dy) in zip(letters, steps, strict=True)
    ]


@pytest.mark.parametrize("degrees", [0, 7, 90, -90])
@pytest.mark.parametrize("pitch", [60, 110, 170])
def test_row_is_one_box_around_all_letters(pitch: float, degrees: float) -> None:
    letters = row("ZYXW", pitch, degrees)
    (box,) = rows_of_letters(letters)
    assert all(box.shared(letter) > 0.98 * letter.area for letter in letters)
    assert box.short < 45


def test_letter_that_was_not_found_is_in_the_box() -> None:
    letters = row("ZYXW", 100)
    (box,) = rows_of_letters([letters[0], letters[1], letters[3]])
    assert box.shared(letters[2]) > 0.98 * letters[2].area


@pytest.mark.parametrize("letters", ["ZY", "OO0", "ZZZ", "O0D"])
def test_fewer_than_three_or_electrodes_are_no_row(letters: str) -> None:
    assert not rows_of_letters(row(letters, 80))


def test_letters_that_are_far_apart_or_of_other_heights_are_no_row() -> None:
    assert not rows_of_letters(row("ZYX", 300))
    one, two, three = row("ZYX", 80)
    assert not rows_of_letters([one, two, replace(three, long=60, short=58)])
    assert not rows_of_letters([one, two, replace(three, y=three.y + 20)])


def test_same_letter_found_at_two_scales_is_one() -> None:
    one, two = row("ZY", 80)
    assert not rows_of_letters([one, two, replace(two, x=two.x + 2, letter="X")])


def test_letter_in_the_line_of_a_text_is_stray_and_an_electrode_is_not() -> None:
    text = Box(400, 200, 120, 34, 0, 0.9)
    letter = replace(LETTER, x=250)
    assert list(stray_letters([text], [letter])) == [letter]
    assert not list(stray_letters([text], [replace(letter, letter="O")]))
    assert not list(stray_letters([text], [replace(letter, letter="R")]))
    assert not list(stray_letters([text], [replace(letter, y=260)]))
