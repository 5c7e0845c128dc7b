"""How high the letters in a box are, and which of them stands apart, by their strokes.

The detector's boxes have margins of all sizes; a side marker beside a text is told from
an initial by the letters themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from site_agent.deidentify.pixels.boxes import Box, Grey
from site_agent.deidentify.pixels.seen import clearer

OWN_SIZE = 1.3
"""Times as high as the letters of a text, from which a letter is none of them."""

_OWN_GAP = 0.4  # heights of those letters between it and them
_MARGIN = 0.15  # heights of a box around it that are looked at
_ABOVE = 0.35  # heights of letters above and below them, for the reader
_ROWS = 96  # of a line that is looked at, to which larger ones are shrunk
_THINNEST = 9  # pixels: letters' strokes may be as thick at least
_FAINTEST = 24  # shades by which a stroke stands out at least
_SPECK = 6  # pixels: what is lower is a dot, or noise


@dataclass(frozen=True, slots=True)
class _Glyph:
    """What hangs together in an upright line, with all that is above or below it."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def longer(self) -> float:
        return max(self.height, self.right - self.left)


def height_of_letters(box: Box, film: Grey) -> float:
    """Give the height of the highest letter in a text's box, in pixels.

    What is cut by an end of the box is none of it. 0 where no letter is seen.
    """
    line, _ = _line(box, film)
    whole = [each for each in _glyphs(line) if _is_within(each, line)]
    return float(max((each.height for each in whole), default=0))


def size_of_letter(box: Box, film: Grey) -> float:
    """Give the longer side of the largest letter in a box; 0 where none is seen."""
    line, _ = _line(box, film)
    return float(max((each.longer for each in _glyphs(line)), default=0))


@dataclass(frozen=True, slots=True)
class Apart:
    """A letter that stands apart at an end of a text.

    Attributes
    ----------
    letter : Box
        The letter, with its size as `high`.
    rest : Box
        All of the text's box beyond the middle between the two.
    line : Box
        The same, but only as high as its letters, so that they can be read.
    """

    letter: Box
    rest: Box
    line: Box


def apart(box: Box, film: Grey) -> Apart | None:
    """Look for a letter at an end of a text that stands apart.

    It is larger than all others, by `OWN_SIZE`, and there is room between.
    """
    line, margin = _line(box, film)
    glyphs = _glyphs(line)
    if len(glyphs) < 3:
        return None
    for first, *others in (glyphs, glyphs[::-1]):
        high = max(each.height for each in others)
        gap = max(others[0].left - first.right, first.left - others[0].right)
        if first.longer < OWN_SIZE * high or gap < _OWN_GAP * high:
            continue
        if first.left < others[0].left:
            start, end = (first.right + others[0].left) / 2, margin + box.long
        else:
            start, end = margin, (others[0].right + first.left) / 2
        top = min(each.top for each in others) - _ABOVE * high
        bottom = max(each.bottom for each in others) + _ABOVE * high
        letter = _cut(box, margin, (first.left, first.right), (first.top, first.bottom))
        larger = letter.grown(_MARGIN * first.longer)
        return Apart(
            replace(larger, high=float(first.longer)),
            _cut(box, margin, (start, end), (margin, margin + box.short)),
            _cut(box, margin, (start, end), (top, bottom)),
        )
    return None


def _line(box: Box, film: Grey) -> tuple[Grey, float]:
    margin = 2 + _MARGIN * box.short
    return clearer(box.grown(margin).cut_out(film)), margin


def _is_within(glyph: _Glyph, line: Grey) -> bool:
    return glyph.left > 0 and glyph.right < line.shape[1] - 0.5


def _glyphs(line: Grey) -> list[_Glyph]:
    """Give what stands in a line, from left to right."""
    small = line
    if line.shape[0] > _ROWS:
        columns = max(1, round(line.shape[1] * _ROWS / line.shape[0]))
        shrunk = cv2.resize(line, (columns, _ROWS), interpolation=cv2.INTER_AREA)
        small = np.asarray(shrunk, np.uint8)
    down, across = np.divide(line.shape, small.shape)
    _, _, parts, _ = cv2.connectedComponentsWithStats(_ink(small), connectivity=8)
    found: list[_Glyph] = []
    for x, y, width, height, _ in sorted(parts[1:].tolist()):
        if height < _SPECK:
            continue
        new = _Glyph(x * across, (x + width) * across, y * down, (y + height) * down)
        if found and new.left < found[-1].right:
            new = _both(found.pop(), new)
        found.append(new)
    return found


def _both(one: _Glyph, other: _Glyph) -> _Glyph:
    return _Glyph(
        min(one.left, other.left),
        max(one.right, other.right),
        min(one.top, other.top),
        max(one.bottom, other.bottom),
    )


def _ink(line: Grey) -> NDArray[np.uint8]:
    """Give 1 where there is a stroke, bright or dark, whichever the line is written in.

    What is at the edge of the line is what it stands on.
    """
    edge = np.concatenate((line[0], line[-1], line[:, 0], line[:, -1]))
    ground = float(np.median(edge))
    dark, bright = np.percentile(line, (1, 99))
    how = cv2.MORPH_TOPHAT if bright - ground > ground - dark else cv2.MORPH_BLACKHAT
    size = max(_THINNEST, line.shape[0] // 3) | 1
    strokes = cv2.morphologyEx(line, how, np.ones((size, size), np.uint8))
    least, _ = cv2.threshold(strokes, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return (strokes > max(least, _FAINTEST)).astype(np.uint8)


def _cut(
    box: Box, margin: float, columns: tuple[float, float], rows: tuple[float, float]
) -> Box:
    """Give the box of a part of a box's line, which has `margin` pixels around it."""
    width, height = columns[1] - columns[0], rows[1] - rows[0]
    along = sum(columns) / 2 - margin - box.long / 2
    across = sum(rows) / 2 - margin - box.short / 2
    turn = np.deg2rad(box.angle)
    return replace(
        box,
        x=float(box.x + along * np.cos(turn) - across * np.sin(turn)),
        y=float(box.y + along * np.sin(turn) + across * np.cos(turn)),
        long=float(max(width, height)),
        short=float(min(width, height)),
        angle=box.angle + (0 if width >= height else 90),
    )
