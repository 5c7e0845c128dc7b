"""Where on a film there may be text at all: parts with many thin strokes.

Anatomy is smooth at the scale of a letter's strokes. A top-hat and a bottom-hat of the
size of a stroke leave of a film its text, wires, and edges of bones and metal; and of
these only text runs in all directions within the space of a letter. What is left is a
few per cent of the film, on which the detector then spends its time, at full
resolution. Several scales together find letters of ten pixels and of three hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
_STRIP = 8 * CELL  # rows that are looked at once, so that little is in memory twice
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
    rows = -(-film.shape[0] // CELL) * CELL
    strips = [slice(top, min(top + _STRIP, rows)) for top in range(0, rows, _STRIP)]
    strokes = [_strokes(film, strip) for strip in strips]
    means = np.concatenate([_per_cell(each) for each in strokes])
    noise = cv2.medianBlur(means, _AROUND)
    shades = np.clip(_ABOVE_NOISE * noise, least, max(least, _MOST))
    stand_out = []
    for strip, each in zip(strips, strokes, strict=True):
        asked = _per_pixel(shades[strip.start // CELL : strip.stop // CELL])
        stand_out.append(_per_cell(cv2.compare(each, asked, cv2.CMP_GT)))
    busy = (np.concatenate(stand_out) > _DENSE * 255).astype(np.uint8)
    seeds = busy * (_coherence(film, strips) < _ONE_WAY).astype(np.uint8)
    near = cv2.dilate(seeds, np.ones((3, 3), np.uint8))
    return np.asarray(busy * near, np.uint8)


def _part(film: Grey, rows: slice, around: int) -> tuple[Grey, slice]:
    """Give rows of a film that is continued to whole cells, and where they are in it.

    They have `around` rows of the film above and below, fewer at its ends.
    """
    ends = -(-film.shape[0] // CELL) * CELL, -(-film.shape[1] // CELL) * CELL
    top, bottom = max(0, rows.start - around), min(ends[0], rows.stop + around)
    below, beside = max(0, bottom - film.shape[0]), ends[1] - film.shape[1]
    part = film[top:bottom]
    if below or beside:
        whole = cv2.copyMakeBorder(part, 0, below, 0, beside, cv2.BORDER_REPLICATE)
        part = np.asarray(whole, np.uint8)
    return part, slice(rows.start - top, rows.stop - top)


def _per_cell(image: NDArray[Any]) -> NDArray[Any]:
    """Give the mean of each cell."""
    size = image.shape[1] // CELL, image.shape[0] // CELL
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _per_pixel(cells: NDArray[Any]) -> Grey:
    """Give each pixel the value of its cell."""
    size = cells.shape[1] * CELL, cells.shape[0] * CELL
    image = cv2.resize(cells.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(image, np.uint8)


def _strokes(film: Grey, rows: slice) -> Grey:
    """Give by how many shades each pixel of some rows is on a bright or dark stroke."""
    part, own = _part(film, rows, _STROKE)
    square = np.ones((_STROKE, _STROKE), np.uint8)
    bright = cv2.morphologyEx(part, cv2.MORPH_TOPHAT, square)
    dark = cv2.morphologyEx(part, cv2.MORPH_BLACKHAT, square)
    return np.asarray(cv2.max(bright, dark)[own], np.uint8)


def _coherence(film: Grey, strips: Iterable[slice]) -> NDArray[np.float32]:
    """Give for each cell how much its edges run one way: 1 all of them, 0 all ways.

    It is that of the structure tensor over a cell and its neighbours.
    """
    tensors = []
    for strip in strips:
        part, own = _part(film, strip, 1)
        across = cv2.Sobel(part, cv2.CV_32F, 1, 0)[own]
        down = cv2.Sobel(part, cv2.CV_32F, 0, 1)[own]
        products = across * across, down * down, across * down
        tensors.append([_per_cell(product) for product in products])
    xx, yy, xy = (
        cv2.blur(np.concatenate(each), (3, 3)) for each in zip(*tensors, strict=True)
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
