"""In which ranges of values a header says that a film is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from site_agent.deidentify.header.reading import texts_of
from site_agent.deidentify.pixels.seen import Range

_TAILS = (0.05, 99.95)
_MOST_WINDOWS = 8  # a display offers them one by one
_SAMPLED = 4


def ranges_of(film: Dataset, frame: NDArray[Any]) -> Iterator[Range]:
    """Yield the windows of a film, and the range of what is no padding.

    Parameters
    ----------
    film : Dataset
        Window Center and Window Width are in it (PS3.3 C.11.2.1.2), of values after
        Rescale Slope and Intercept; and Pixel Padding Value, with the Pixel Padding
        Range Limit (C.7.5.1.1.2), of stored ones.
    frame : ndarray
        Its stored values, (rows, columns).
    """
    slope = _number(film, "RescaleSlope", 1.0) or 1.0
    intercept = _number(film, "RescaleIntercept", 0.0)
    centers, widths = _numbers(film, "WindowCenter"), _numbers(film, "WindowWidth")
    for center, width in list(zip(centers, widths, strict=False))[:_MOST_WINDOWS]:
        ends = [(center + side * width / 2 - intercept) / slope for side in (-1, 1)]
        yield min(ends), max(ends)
    padding = _numbers(film, "PixelPaddingValue")
    if padding:
        other = _number(film, "PixelPaddingRangeLimit", padding[0])
        low, high = sorted((padding[0], other))
        sample = frame[::_SAMPLED, ::_SAMPLED]
        kept = sample[(sample < low) | (sample > high)]
        if kept.size:
            dark, bright = np.percentile(kept, _TAILS)
            yield float(dark), float(bright)


def _number(film: Dataset, keyword: str, usual: float) -> float:
    return next(iter(_numbers(film, keyword)), usual)


def _numbers(film: Dataset, keyword: str) -> list[float]:
    numbers = []
    for text in texts_of(film, keyword):
        try:
            number = float(text)
        except ValueError:
            continue
        if np.isfinite(number):
            numbers.append(number)
    return numbers
