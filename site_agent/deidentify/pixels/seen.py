"""A film as the eye sees it: stored values made into 256 shades of grey."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from site_agent.deidentify.pixels.boxes import Grey

_TAILS = (0.05, 99.95)
"""Percentiles that become black and white: a few dead pixels set no scale."""

_SAMPLED = 4
_STRIP = 128
_MOST_GAIN = 4.0


def as_seen(values: NDArray[Any], *, is_inverted: bool) -> Grey:
    """Give stored values in 256 shades of grey.

    Parameters
    ----------
    values : ndarray
        (rows, columns), or (rows, columns, 3) for red, green and blue.
    is_inverted : bool
        Whether low values are bright: MONOCHROME1 (PS3.3 C.7.6.3.1.2).
    """
    if values.ndim == 3:
        colours = np.ascontiguousarray(values, np.uint8)
        return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)
    dark, bright = np.percentile(values[::_SAMPLED, ::_SAMPLED], _TAILS)
    scale = 255.0 / max(float(bright - dark), 1.0)
    if values.dtype.kind in "iu" and values.dtype.itemsize <= 2:
        # By a table, for a film in floating point would be twice the film.
        every = np.arange(1 << 8 * values.dtype.itemsize).astype(
            values.dtype.newbyteorder("=")
        )
        shades = _shades(every, float(dark), scale, is_inverted=is_inverted)
        unsigned = values.view(values.dtype.str.replace("i", "u"))
        seen = np.empty(values.shape, np.uint8)
        for strip in strips(len(values)):  # numpy widens what it looks up by
            seen[strip] = shades[unsigned[strip]]
        return seen
    return _shades(values, float(dark), scale, is_inverted=is_inverted)


def strips(rows: int) -> Iterator[slice]:
    """Yield the rows of a film in strips, so that little of it is in memory twice."""
    for start in range(0, rows, _STRIP):
        yield slice(start, start + _STRIP)


def clearer(tile: Grey) -> Grey:
    """Give a part of a film with its own contrast stretched, up to four times.

    A text that is little brighter than what it stands on is seen as well as another.
    """
    dark, bright = np.percentile(tile, (1, 99))
    gain = min(_MOST_GAIN, 230.0 / max(float(bright - dark), 1.0))
    if gain < 1.3:
        return tile
    middle = float(dark + bright) / 2
    every = np.arange(256, dtype=np.float32)
    shades = np.clip((every - middle) * gain + 127.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(tile, shades), np.uint8)


def _shades(
    values: NDArray[Any], dark: float, scale: float, *, is_inverted: bool
) -> Grey:
    shades = np.clip((values.astype(np.float32) - dark) * scale, 0, 255)
    grey: Grey = np.rint(shades).astype(np.uint8)
    if is_inverted:
        np.subtract(255, grey, out=grey)
    return grey
