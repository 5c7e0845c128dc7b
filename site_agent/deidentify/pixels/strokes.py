"""Where on a film there may be text at all: parts with many thin strokes.

Anatomy is smooth at the scale of a letter's strokes. A top-hat and a bottom-hat of the
size of a stroke leave of a film its text, wires, and edges of bones and metal; and of
these only text runs in all directions within the space of a letter. What is left is a
few per cent of the film, on which the detector then spends its time, at full
resolution. Several scales together find letters of ten pixels and of three hundred.
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
_ONE_WAY = 0.6  # coherence of an edge, 0 to 1; nearly all cells of text have less
_STRIP = 8  # cells: rows whose gradients are in memory at once
_MARGIN = 2  # cells around those with strokes
_LARGEST = 12  # cells: side of the largest tile but for its margins
_SAVES = 0.75  # of the area, that two tiles may have at most instead of one

LARGEST_TILE = (_LARGEST + 2 * _MARGIN) * CELL
"""Pixels: side of what the detector looks at once, for memory's sake."""

Cells = NDArray[np.uint8]
"""(rows, columns) of cells, 1 where there may be text."""


def tiles_with_strokes(film: Grey, least: float) -> Iterator[Tile]:
    """Yield the parts of a film where text may be.

    Parameters
    ----------
    film : ndarray
        As seen, (rows, columns).
    least : float
        By how many shades a stroke stands out at least. It is more on a noisy film.
    """
    busy = _busy_cells(film, least)
    near = cv2.dilate(busy, np.ones((2 * _MARGIN + 1,) * 2, np.uint8))
    _, labels, parts, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    for number, (x, y, width, height, _) in enumerate(parts[1:], 1):
        where = np.s_[y : y + height, x : x + width]
        own = busy[where] * (labels[where] == number).astype(np.uint8)
        for top, left, bottom, right in _parts(own):
            yield Tile(
                max(0, int(x + left - _MARGIN) * CELL),
                max(0, int(y + top - _MARGIN) * CELL),
                min(film.shape[1], int(x + right + _MARGIN) * CELL),
                min(film.shape[0], int(y + bottom + _MARGIN) * CELL),
            )


def _busy_cells(film: Grey, least: float) -> Cells:
    """Give 1 for each cell with many strokes that run in all directions."""
    below, beside = -film.shape[0] % CELL, -film.shape[1] % CELL
    film = np.pad(film, ((0, below), (0, beside)), "edge")
    strokes = _strokes(film)
    noise = cv2.medianBlur(_per_cell(strokes).astype(np.uint8), _AROUND)
    shades = np.clip(_ABOVE_NOISE * noise, least, max(least, _MOST))
    stands_out = np.asarray(
        cv2.compare(strokes, _per_pixel(shades), cv2.CMP_GT), np.uint8
    )
    busy = (_per_cell(stands_out) > _DENSE * 255).astype(np.uint8)
    seeds = busy * (_coherence(film) < _ONE_WAY).astype(np.uint8)
    near = cv2.dilate(seeds, np.ones((3, 3), np.uint8))
    return np.asarray(busy * near, np.uint8)


def _per_cell(image: NDArray[Any]) -> NDArray[Any]:
    """Give the mean of each cell."""
    size = image.shape[1] // CELL, image.shape[0] // CELL
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


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


def _coherence(film: Grey) -> NDArray[np.float32]:
    """Give for each cell how much its edges run one way: 1 all of them, 0 all ways.

    It is that of the structure tensor over a cell and its neighbours.
    """
    strips = []
    for top in range(0, film.shape[0], _STRIP * CELL):
        above = min(1, top)
        part = film[top - above : top + _STRIP * CELL + 1]
        rows = np.s_[above : above + min(_STRIP * CELL, film.shape[0] - top)]
        across = cv2.Sobel(part, cv2.CV_32F, 1, 0)[rows]
        down = cv2.Sobel(part, cv2.CV_32F, 0, 1)[rows]
        products = across * across, down * down, across * down
        strips.append([_per_cell(product) for product in products])
    xx, yy, xy = (
        cv2.blur(np.concatenate(each), (3, 3)) for each in zip(*strips, strict=True)
    )
    along = np.sqrt((xx - yy) ** 2 + 4 * xy**2)
    return np.asarray(along / (xx + yy + np.float32(1e-6)), np.float32)


def _parts(busy: Cells) -> Iterator[tuple[int, int, int, int]]:
    """Yield ranges of cells (top, left, bottom, right) that hold all busy ones.

    They are cut in two where that saves much of the area, margins included: an edge
    that runs aslant needs no tile as large as its rectangle.
    """
    rows, columns = np.flatnonzero(busy.any(axis=1)), np.flatnonzero(busy.any(axis=0))
    if not rows.size:
        return
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    whole = _area(bottom - top, right - left)
    cuts = [
        (_area_of_two(busy, axis, place), axis, place)
        for axis, (first, last) in enumerate(((top, bottom), (left, right)))
        for place in range(first + 1, last)
    ]
    area, axis, place = min(cuts, default=(whole, 0, 0))
    if area > _SAVES * whole:
        if max(bottom - top, right - left) <= _LARGEST:
            yield top, left, bottom, right
            return
        # Not where a little is saved: that would be one cell after the other.
        is_high = bottom - top > right - left
        axis, place = (0, (top + bottom) // 2) if is_high else (1, (left + right) // 2)
    down, across = (place, 0) if axis == 0 else (0, place)
    one, other = np.split(busy, [place], axis=axis)
    yield from _parts(one)
    for t, lft, b, r in _parts(other):
        yield t + down, lft + across, b + down, r + across


def _area_of_two(busy: Cells, axis: int, place: int) -> int:
    return sum(
        _area(*(int(np.ptp(side)) + 1 if side.size else 0 for side in part.nonzero()))
        for part in np.split(busy, [place], axis=axis)
    )


def _area(rows: int, columns: int) -> int:
    """Give the cells of a tile with its margins; none where it has none."""
    return (rows + 2 * _MARGIN) * (columns + 2 * _MARGIN) if rows else 0
