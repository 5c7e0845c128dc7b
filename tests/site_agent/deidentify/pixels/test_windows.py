"""What a header says of how a film is looked at, in stored values."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from site_agent.deidentify.pixels.windows import ranges_of

FRAME = np.linspace(0, 1000, 10000).reshape(100, 100)


def test_each_window_in_stored_values() -> None:
    film = Dataset()
    film.WindowCenter, film.WindowWidth = ["100", "-50"], ["20", "100"]
    film.RescaleSlope, film.RescaleIntercept = "-2", "10"
    assert list(ranges_of(film, FRAME)) == [(-50.0, -40.0), (5.0, 55.0)]


def test_window_that_is_no_number_is_none() -> None:
    film = Dataset()
    film.add_new("WindowCenter", "LO", "Francisco")
    film.add_new("WindowWidth", "LO", "nan")
    assert not list(ranges_of(film, FRAME))


def test_slope_of_nothing_is_one() -> None:
    film = Dataset()
    film.WindowCenter, film.WindowWidth, film.RescaleSlope = "100", "20", "0"
    assert list(ranges_of(film, FRAME)) == [(90.0, 110.0)]


def test_padding_is_left_out() -> None:
    film = Dataset()
    film.PixelRepresentation = 0
    film.PixelPaddingValue, film.PixelPaddingRangeLimit = 900, 0
    ((dark, bright),) = ranges_of(film, FRAME)
    assert 900 < dark < bright < 1001


def test_padding_all_over_leaves_nothing() -> None:
    film = Dataset()
    film.PixelPaddingValue = 7
    assert not list(ranges_of(film, np.full((50, 50), 7)))
