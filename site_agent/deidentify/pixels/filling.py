"""Fill boxes so that nothing of what was in them can be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from site_agent.deidentify.pixels.boxes import Box, Tile

_RING = 4  # pixels around a box that tell with what it is filled


def margin_of(box: Box) -> float:
    """Give by how many pixels more than the box is filled, on all sides."""
    return 2 + 0.08 * box.short


def fill(
    pixels: NDArray[Any], boxes: Iterable[Box], markers: Iterable[Box] = ()
) -> None:
    """Fill boxes in place, each with one value: the median of what is around it.

    Nothing in a box has a part in that value, and one number can hold no text.

    Parameters
    ----------
    pixels : ndarray
        (rows, columns) or (rows, columns, samples), writable.
    boxes : iterable of Box
        They are grown by `margin_of` first.
    markers : iterable of Box
        Side markers, which stay: the margin of a box ends at one.
    """
    shape = pixels.shape[:2]
    markers = tuple(markers)
    boxes = tuple(boxes)
    everything = filled(shape, boxes)
    for box in boxes:
        tile = _tile_of(box, shape)
        if not tile.area:
            continue
        inside, own = _drawn(box.grown(margin_of(box)), tile), _drawn(box, tile)
        square = np.ones((2 * _RING + 1,) * 2, np.uint8)
        other = everything[tile.y0 : tile.y1, tile.x0 : tile.x1]
        around = (cv2.dilate(inside, square) > 0) & (other == 0)
        part = pixels[tile.y0 : tile.y1, tile.x0 : tile.x1]
        if around.any():
            value = np.median(part[around], axis=0)
        else:  # shut in by other boxes: what is most usual on the film
            value = np.median(pixels[::16, ::16], axis=(0, 1))
        for marker in markers:
            inside &= 1 - _drawn(marker, tile)
        part[(inside | own) > 0] = value.astype(pixels.dtype)


def filled(shape: tuple[int, ...], boxes: Iterable[Box]) -> NDArray[np.uint8]:
    """Give an image of `shape` (rows, columns) with 1 where `fill` would fill."""
    image = np.zeros(shape[:2], np.uint8)
    for box in boxes:
        tile = _tile_of(box, shape)
        if tile.area:
            part = image[tile.y0 : tile.y1, tile.x0 : tile.x1]
            part |= _drawn(box.grown(margin_of(box)), tile) | _drawn(box, tile)
    return image


def _tile_of(box: Box, shape: tuple[int, ...]) -> Tile:
    return box.grown(margin_of(box)).tile(shape, _RING + 1)


def _drawn(box: Box, tile: Tile) -> NDArray[np.uint8]:
    """Give a part of a film with 1 in the box.

    Always of the same part: where it cuts a box off, another would round otherwise.
    """
    image = np.zeros((tile.y1 - tile.y0, tile.x1 - tile.x0), np.uint8)
    corners = np.rint(box.corners() - (tile.x0, tile.y0)).astype(np.int32)
    cv2.fillPoly(image, [corners], 1)
    return image
