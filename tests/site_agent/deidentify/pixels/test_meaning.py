"""What is in a box: a text that goes, one that may stay, or none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from site_agent.deidentify.pixels import meaning
from site_agent.deidentify.pixels.allowed import usually_allowed
from site_agent.deidentify.pixels.boxes import Box, Grey
from site_agent.deidentify.pixels.meaning import (
    Kind,
    meaning_of,
    told_apart,
    with_neighbours,
)
from site_agent.deidentify.pixels.networks import networks

FILM = np.zeros((400, 400), np.uint8)
WORD = Box(100, 100, 60, 20, 0, 0.8)  # three times as long as high
LETTER = Box(100, 100, 24, 20, 0, 0.8)


def kind(
    monkeypatch: pytest.MonkeyPatch, box: Box, *readings: tuple[str, float]
) -> Kind:
    """Tell what is in a box that reads so."""
    monkeypatch.setattr(meaning, "_readings", lambda *_: iter(readings))
    return meaning_of(box, FILM, networks(), usually_allowed())[0]


@pytest.mark.parametrize(
    ("box", "reading", "expected"),
    [
        (WORD, ("REUTER", 0.95), Kind.TEXT),
        (WORD, ("REUTER", 0.55), Kind.TEXT),
        (WORD, ("REUTER", 0.45), Kind.NO_TEXT),
        (WORD, ("PORTABLE", 0.95), Kind.MAY_STAY),
        (WORD, ("portable", 0.95), Kind.MAY_STAY),
        (WORD, ("PORTABLE 2", 0.95), Kind.TEXT),
        (WORD, ("PORTABL", 0.95), Kind.TEXT),
        (LETTER, ("L", 0.95), Kind.MAY_STAY),
        (LETTER, ("R.", 0.95), Kind.MAY_STAY),
        (LETTER, ("M", 0.99), Kind.NO_TEXT),
        (LETTER, ("AB", 0.95), Kind.TEXT),
        (LETTER, ("AB", 0.7), Kind.NO_TEXT),
        (replace(LETTER, score=0.6), ("AB", 0.95), Kind.NO_TEXT),
        (WORD, ("", 0.0), Kind.NO_TEXT),
    ],
)
def test_reading_decides(
    monkeypatch: pytest.MonkeyPatch,
    box: Box,
    reading: tuple[str, float],
    expected: Kind,
) -> None:
    assert kind(monkeypatch, box, reading) is expected


@pytest.mark.parametrize("score", [0.76, 0.95])
def test_long_line_counts_unread(monkeypatch: pytest.MonkeyPatch, score: float) -> None:
    line = Box(100, 100, 160, 20, 0, score)
    assert kind(monkeypatch, line) is Kind.TEXT


def test_what_is_as_high_as_a_vertebra_has_to_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    column = Box(200, 200, 300, 100, 90, 0.95)
    assert kind(monkeypatch, column, ("200", 0.8)) is Kind.NO_TEXT
    assert kind(monkeypatch, column, ("MOBIL", 0.97)) is Kind.TEXT


def test_surer_reading_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kind(monkeypatch, LETTER, ("7I", 0.9), ("L", 0.99)) is Kind.MAY_STAY
    assert kind(monkeypatch, WORD, ("AP", 0.85), ("dV Reuter", 0.99)) is Kind.TEXT


def test_marker_beside_a_text_goes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    marker, far = Box(55, 100, 20, 20, 0, 0.9), Box(300, 300, 20, 20, 0, 0.9)
    kinds = {WORD: Kind.TEXT, marker: Kind.MAY_STAY, far: Kind.MAY_STAY}
    monkeypatch.setattr(meaning, "meaning_of", lambda box, *_: (kinds[box], ""))
    texts, others = told_apart([WORD, marker, far], FILM, networks(), frozenset())
    assert texts == [WORD, marker]
    assert others == [far]


def test_marker_that_is_larger_than_a_text_is_none_of_its_letters() -> None:
    text = replace(WORD, high=14)
    marker = Box(55, 100, 20, 20, 0, 0.9, letter="R", high=19)
    assert with_neighbours([text], [marker]) == ([text], [marker])
    initial = replace(marker, high=17)
    assert with_neighbours([text], [initial])[1] == []
    unmeasured = replace(text, high=0)
    assert with_neighbours([unmeasured], [marker])[1] == []
    between = Box(50, 100, 34, 20, 0, 0.9)
    beside = replace(marker, x=20)
    assert with_neighbours([text], [between, beside])[1] == [beside]


@pytest.mark.parametrize(
    ("readings", "letter"),
    [
        ([("N", 0.95), ("Z", 0.99)], "Z"),
        ([("Z", 0.85)], ""),
        ([("Z", 0.95), ("ZN", 0.99)], ""),
        ([("|", 0.99)], ""),
        ([("7", 0.99), ("L", 0.96)], "L"),
        ([("Z", 0.99), ("L", 0.6)], "Z"),
    ],
)
def test_letter_is_the_surest_reading(
    monkeypatch: pytest.MonkeyPatch, readings: list[tuple[str, float]], letter: str
) -> None:
    monkeypatch.setattr(meaning, "_readings", lambda *_: iter(readings))
    found = meaning_of(LETTER, FILM, networks(), usually_allowed())
    assert found[1] == letter


def test_spaced_letter_goes_with_the_word_it_is_level_with() -> None:
    near, far = replace(LETTER, x=180, letter="Z"), replace(LETTER, x=220, letter="Z")
    below = replace(LETTER, y=130, letter="Z")
    unread = replace(near, letter="", angle=90)
    marker = replace(near, letter="R")
    assert with_neighbours([WORD], [near, below]) == ([WORD, near], [below])
    assert with_neighbours([WORD], [marker]) == ([WORD], [marker])
    assert with_neighbours([WORD], [far, unread]) == ([WORD], [far, unread])
    assert with_neighbours([WORD], [far, near])[0] == [WORD, near, far]


def test_line_is_tried_each_way_up_and_mirrored() -> None:
    lines: list[Grey] = []

    class Reader:
        def read(self, line: Grey) -> tuple[str, float]:
            lines.append(line)
            return "", 0.0

    film = np.random.default_rng(1).integers(0, 255, FILM.shape).astype(np.uint8)
    meaning_of(WORD, film, Reader(), frozenset())  # type: ignore[arg-type]
    assert len({line.tobytes() for line in lines}) == 4
    lines.clear()
    meaning_of(LETTER, film, Reader(), frozenset())  # type: ignore[arg-type]
    assert len({line.tobytes() for line in lines}) == 8
