"""Where on a film there may be text at all: parts with many thin strokes.

Anatomy is smooth at the scale of a letter's strokes. A top-hat and a bottom-hat of the
size of a stroke leave of a film its text, wires and edges of metal: a few per cent, on
which the detector then spends its time, at full resolution. Several scales together
find letters of ten pixels and of three hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from site_agent.deidentify.pixels.boxes import Grey, Tile

CELL = 16
"""Side of the squares that are looked at, in pixels."""

_STROKE = 9  # pixels: a stroke is thinner
_ABOVE_NOISE = 4.0  # times the usual response around a cell, which is noise
_MOST = 28  # shades that are asked for in spite of any noise
_AROUND = 15  # cells, across, of which the median is the usual one
_DENSE = 0.05  # share of a cell that is strokes
_MARGIN = 2  # cells around those with strokes
_LARGEST = 20  # cells: side of the largest tile, so that memory stays small


def tiles_with_strokes(
    film: Grey, least: float, known: Grey | None = None
) -> Iterator[Tile]:
    """Yield the parts of a film where text may be.

    Parameters
    ----------
    film : ndarray
        As seen, (rows, columns).
    least : float
        By how many shades a stroke stands out at least. It is more on a noisy film.
    known : ndarray or None
        Of the same shape; strokes where it is not 0 are passed over.
    """
    busy = _busy_cells(film, least, known)
    near = cv2.dilate(busy, np.ones((2 * _MARGIN + 1,) * 2, np.uint8))
    _, _, parts, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    for x, y, width, height, _ in parts[1:]:
        for top in range(y, y + height, _LARGEST):
            for left in range(x, x + width, _LARGEST):
                bottom = min(top + _LARGEST, y + height)
                right = min(left + _LARGEST, x + width)
                yield from _around(busy, left, top, right, bottom, film.shape)


def _busy_cells(film: Grey, least: float, known: Grey | None) -> Grey:
    """Give 1 for each cell with many strokes, 0 for the others."""
    strokes = _strokes(film)
    rows, columns = (-(-side // CELL) for side in film.shape)
    below, beside = rows * CELL - film.shape[0], columns * CELL - film.shape[1]
    strokes = np.pad(strokes, ((0, below), (0, beside)))
    noise = cv2.medianBlur(_per_cell(strokes, columns, rows), _AROUND)
    shades = np.clip(_ABOVE_NOISE * noise, least, max(least, _MOST))
    stands_out = np.asarray(
        cv2.compare(strokes, _per_pixel(shades), cv2.CMP_GT), np.uint8
    )
    if known is not None:
        stands_out[: film.shape[0], : film.shape[1]][known > 0] = 0
    share = _per_cell(stands_out, columns, rows)
    return (share > _DENSE * 255).astype(np.uint8)


def _per_cell(image: Grey, columns: int, rows: int) -> Grey:
    """Give the mean of each cell."""
    mean = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(mean, np.uint8)


def _per_pixel(cells: NDArray[Any]) -> Grey:
    """Give each pixel the value of its cell."""
    size = cells.shape[1] * CELL, cells.shape[0] * CELL
    image = cv2.resize(cells.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(image, np.uint8)


def _strokes(film: Grey) -> Grey:
    """Give by how many shades each pixel is on a bright or dark stroke."""
    square = np.ones((_STROKE, _STROKE), np.uint8)
    darkest, brightest = cv2.erode(film, square), cv2.dilate(film, square)
    without_bright = cv2.dilate(darkest, square, dst=darkest)
    without_dark = cv2.erode(brightest, square, dst=brightest)
    bright = cv2.subtract(film, without_bright, dst=without_bright)
    dark = cv2.subtract(without_dark, film, dst=without_dark)
    return np.asarray(cv2.max(bright, dark, dst=bright), np.uint8)


def _around(
    busy: NDArray[np.uint8],
    left: int,
    top: int,
    right: int,
    bottom: int,
    shape: tuple[int, ...],
) -> Iterator[Tile]:
    """Yield the tile around the busy cells of a range of cells, if there are any."""
    part = busy[top:bottom, left:right]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if rows.size:
        yield Tile(
            max(0, int(left + columns[0] - _MARGIN) * CELL),
            max(0, int(top + rows[0] - _MARGIN) * CELL),
            min(shape[1], int(left + columns[-1] + 1 + _MARGIN) * CELL),
            min(shape[0], int(top + rows[-1] + 1 + _MARGIN) * CELL),
        )
