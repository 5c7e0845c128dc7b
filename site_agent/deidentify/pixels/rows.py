"""Letters that are spaced so far that none of them is a word with another.

One letter tells nothing: electrodes, wires and ribs are read as letters. Three that are
as high as one another and stand in a row are a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import cv2
import numpy as np

from site_agent.deidentify.pixels.boxes import Box, box_around, distinct
from site_agent.deidentify.pixels.meaning import MARKERS

_LETTERS = 3
_FAR = 7.0  # heights from the middle of one letter to that of the next
_BESIDE = 0.3  # heights that a letter may stand beside the row
_ROUND = frozenset("0OoDQCIl1i")  # what is no letter is read as one of these
_MOST = 64  # letters that are looked at; more are no row, but a page


def rows_of_letters(boxes: Iterable[Box]) -> list[Box]:
    """Give a box around each row of single letters, and all that is between them.

    Parameters
    ----------
    boxes : iterable of Box
        Those with a `letter` are looked at.
    """
    letters = distinct(box for box in boxes if box.letter)[:_MOST]
    rows: list[Box] = []
    for pair in combinations(letters, 2):
        row = _row(pair, letters)
        names = {box.letter for box in row}
        if len(row) >= _LETTERS and len(names) > 1 and names - _ROUND:
            rows.append(_around(row))
    return distinct(rows)


def stray_letters(texts: Sequence[Box], others: Iterable[Box]) -> Iterator[Box]:
    """Yield letters that stand in the line of a text and may be of it, or not.

    Side markers are none.
    """
    for box in others:
        is_clear = box.letter and box.letter not in _ROUND | MARKERS
        if is_clear and any(box.is_beside(text, _FAR) for text in texts):
            yield box


def _row(pair: tuple[Box, Box], letters: Iterable[Box]) -> list[Box]:
    """Give the letters of the row that two neighbours begin; none where they do not."""
    first, second = pair
    start = np.array((first.x, first.y))
    along = np.array((second.x, second.y)) - start
    length, high = float(np.hypot(*along)), max(first.short, second.short)
    if not 0 < length <= _FAR * high or not first.is_as_high_as(second):
        return []
    along /= length
    placed = []
    for box in letters:
        dx, dy = box.x - start[0], box.y - start[1]
        beside = abs(dy * along[0] - dx * along[1])
        if beside < _BESIDE * high and box.is_as_high_as(first):
            placed.append((dx * along[0] + dy * along[1], box))
    placed.sort(key=lambda each: each[0])
    row, last = [], None
    for place, box in placed:
        if last is not None and place - last > _FAR * high:
            if first in row:
                break
            row = []
        row.append(box)
        last = place
    return row


def _around(row: Iterable[Box]) -> Box:
    corners = np.concatenate([box.corners() for box in row])
    return box_around(cv2.minAreaRect(corners), 1.0)
