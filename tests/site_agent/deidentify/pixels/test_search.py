"""Text is found whichever way it stands, and what is none, or may stay, stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from site_agent.deidentify.pixels.allowed import allowed
from site_agent.deidentify.pixels.boxes import Box, Grey
from site_agent.deidentify.pixels.filling import fill, filled
from site_agent.deidentify.pixels.networks import networks
from site_agent.deidentify.pixels.search import (
    TOO_BUSY,
    TOO_LARGE,
    TOO_MANY,
    Clean,
    ForReview,
    Search,
    Text,
)
from tests.site_agent.deidentify.pixels.drawn import drawn, lines

SEARCH = Search(networks())
NAME = ("REUTER, FRANCISCO", 60, 120)


def scrubbed(
    film: NDArray[np.uint16], *, is_inverted: bool = False
) -> NDArray[np.bool_]:
    """Scrub a film, and tell which pixels changed."""
    outcome = SEARCH(film, is_inverted=is_inverted)
    assert isinstance(outcome, Text)
    after = film.copy()
    fill(after, outcome.boxes)
    assert isinstance(SEARCH(after, is_inverted=is_inverted), Clean)
    assert 0 < outcome.share < 0.1
    assert not (film != after)[filled(film.shape, outcome.boxes) == 0].any()
    return film != after


@pytest.mark.parametrize("turned", range(4))
def test_name_goes_whichever_way_up_it_stands(turned: int) -> None:
    film = drawn(NAME, turned=turned)
    letters = np.abs(film.astype(int) - drawn(turned=turned)) > 100
    assert scrubbed(film)[letters].mean() > 0.99


@pytest.mark.parametrize("grey", [4000, 100])
def test_bright_and_dark_text_goes(grey: int) -> None:
    film = drawn(NAME, grey=grey)
    assert scrubbed(film)[np.abs(film.astype(int) - drawn()) > 100].mean() > 0.99


def test_mirrored_name_goes() -> None:
    assert scrubbed(drawn(NAME, mirrored=True)).any()


def test_text_of_an_inverted_film_goes() -> None:
    assert scrubbed(4095 - drawn(NAME), is_inverted=True).any()


def test_film_without_text_is_clean() -> None:
    assert SEARCH(drawn(), is_inverted=False) == Clean()


@pytest.mark.parametrize("marker", ["L", "R"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_lone_side_marker_stays(marker: str, *, mirrored: bool) -> None:
    film = drawn((marker, 500, 150), size=2.5, mirrored=mirrored)
    assert SEARCH(film, is_inverted=False) == Clean()


def test_marker_stays_where_a_name_goes() -> None:
    changed = scrubbed(drawn(NAME, ("R", 560, 400)))
    assert changed[:200].any()
    assert not changed[300:].any()


@pytest.mark.parametrize("turned", range(4))
@pytest.mark.parametrize("letter", ["L", "R"])
def test_larger_marker_stays_where_a_name_right_beside_it_goes(
    letter: str, turned: int
) -> None:
    name = drawn(NAME, size=0.7, turned=turned)
    marker = drawn((letter, 300, 125), size=2, turned=turned)
    film = np.maximum(name, marker)
    changed = scrubbed(film)
    nothing = drawn(turned=turned).astype(int)
    assert changed[name - nothing > 100].mean() > 0.99
    assert changed[marker - nothing > 100].mean() < 0.02


@pytest.mark.parametrize("text", ["R. MEYER", "L 1957", "MEYER L", "R MEYER"])
def test_initial_goes_with_its_name(text: str) -> None:
    film = drawn((text, 60, 120))
    assert scrubbed(film)[film.astype(int) - drawn() > 100].mean() > 0.99


@pytest.mark.parametrize("text", ["PORTABLE", "SUPINE", "Erect"])
def test_text_on_the_list_stays(text: str) -> None:
    assert SEARCH(drawn((text, 60, 120)), is_inverted=False) == Clean()


def test_text_that_only_begins_like_one_on_the_list_goes() -> None:
    assert scrubbed(drawn(("PORTABLE MEIER", 60, 120))).any()


def test_list_can_be_another_one() -> None:
    film = drawn(("PORTABLE", 60, 120))
    none = Search(networks(), allowed(["# nothing", ""]))
    assert isinstance(none(film, is_inverted=False), Text)
    own = Search(networks(), allowed(["  raum   7"]))
    assert own(drawn(("Raum 7", 60, 120)), is_inverted=False) == Clean()


def test_text_over_a_large_part_of_the_film_is_for_review() -> None:
    film = drawn(("REUTER", 30, 250), size=4)
    assert SEARCH(film, is_inverted=False) == ForReview(TOO_LARGE)


def test_page_full_of_text_is_for_review(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("site_agent.deidentify.pixels.search.MOST_TEXTS", 3)
    film = drawn(*lines(["REUTER", "19571113", "K18-95938", "Klinikum Sebnitz"]))
    assert SEARCH(film, is_inverted=False) == ForReview(TOO_MANY)


def test_film_that_is_all_noise_is_for_review_and_keeps_nothing_busy() -> None:
    class Asleep:
        def find(self, tile: Grey) -> list[Box]:
            raise AssertionError

        def read(self, line: Grey) -> tuple[str, float]:
            raise AssertionError

    film = np.random.default_rng(5).integers(0, 4096, (1600, 1600)).astype(np.uint16)
    assert Search(Asleep())(film, is_inverted=False) == ForReview(TOO_BUSY)


def test_what_fills_a_box_does_not_depend_on_its_text() -> None:
    boxes = SEARCH(drawn(NAME), is_inverted=False)
    assert isinstance(boxes, Text)
    one, other = drawn(NAME), drawn(("KREBS, GUNDULA", 60, 120))
    inside = filled(one.shape, boxes.boxes) > 0
    fill(one, boxes.boxes)
    fill(other, boxes.boxes)
    assert np.array_equal(one[inside], other[inside])
    assert np.unique(one[inside]).size == len(boxes.boxes)


def test_colour_film_is_filled_in_each_colour() -> None:
    grey = (drawn(NAME) >> 4).astype(np.uint8)
    film = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    film[..., 2] //= 2
    outcome = SEARCH(film, is_inverted=False)
    assert isinstance(outcome, Text)
    fill(film, outcome.boxes)
    assert SEARCH(film, is_inverted=False) == Clean()
