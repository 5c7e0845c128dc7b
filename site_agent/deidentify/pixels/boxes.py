"""Rectangles around text, at any angle, in the pixels of a film."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""A film as the eye sees it: (rows, columns), white is 255."""

SAME = 0.7
"""Share of a box that lies in another one when both are around the same text."""

_SQUARE = 1.5
"""Times as long as high, from which a box tells which way its text runs."""


@dataclass(frozen=True, slots=True)
class Tile:
    """An upright part of a film: columns `x0` to `x1`, rows `y0` to `y1`, in pixels.

    The last column and row are outside.
    """

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def area(self) -> int:
        """Pixels in it."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def of(self, image: Grey) -> Grey:
        """Give this part of an image, not a copy."""
        return image[self.y0 : self.y1, self.x0 : self.x1]

    def pieces(self, side: int, overlap: int) -> Iterator[Tile]:
        """Yield parts of it, together all of it, with sides of at most `side` pixels.

        Neighbours share `overlap` pixels or more, so that a letter is whole in one.
        """
        for y0, y1 in _spans(self.y0, self.y1, side, overlap):
            for x0, x1 in _spans(self.x0, self.x1, side, overlap):
                yield Tile(x0, y0, x1, y1)


def _spans(start: int, end: int, most: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Yield spans from `start` to `end` of at most `most`, as long as one another."""
    count = max(1, -(-(end - start - overlap) // (most - overlap)))
    length = -(-(end - start + (count - 1) * overlap) // count)
    for number in range(count):
        first = start + number * (length - overlap)
        yield first, min(end, first + length)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle around a text.

    Attributes
    ----------
    x, y : float
        Its centre: column and row, in pixels.
    long, short : float
        Its sides, in pixels. Text runs along the long one, whichever way up.
    angle : float
        Of the long side to the rows, clockwise, in degrees.
    score : float
        How sure the detector is of it, 0 to 1.
    is_fine : bool
        Whether it was found on a film in enough detail to tell text from anatomy by
        its look; else it has to be read as well.
    letter : str
        What is in it, where that was read and is surely one letter; else empty.
    high : float
        How high its letters are, in pixels, where that was measured; else 0.
    """

    x: float
    y: float
    long: float
    short: float
    angle: float
    score: float
    is_fine: bool = True
    letter: str = ""
    high: float = 0.0

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.long * self.short

    def placed(self, scale: float, dx: float, dy: float, *, is_fine: bool) -> Box:
        """Give the box in the film, of which it was found in a part at another scale.

        Parameters
        ----------
        scale : float
            Pixels of the part per pixel of the film.
        dx, dy : float
            Where the part begins, in its own pixels.
        """
        return replace(
            self,
            x=(self.x + dx) / scale,
            y=(self.y + dy) / scale,
            long=self.long / scale,
            short=self.short / scale,
            is_fine=is_fine,
        )

    def grown(self, margin: float) -> Box:
        """Give a box that is larger by `margin` pixels on all sides."""
        return replace(self, long=self.long + 2 * margin, short=self.short + 2 * margin)

    def corners(self) -> NDArray[np.float32]:
        """Give the corners, (4, 2): column and row."""
        rectangle = (self.x, self.y), (self.long, self.short), self.angle
        return np.asarray(cv2.boxPoints(rectangle), np.float32)

    def tile(self, shape: tuple[int, ...], margin: int) -> Tile:
        """Give the upright part of a film of `shape` that holds the box.

        It is empty where the box is outside of the film.
        """
        corners = self.corners()
        x0, y0 = np.floor(corners.min(axis=0)).astype(int) - margin
        x1, y1 = np.ceil(corners.max(axis=0)).astype(int) + margin + 1
        rows, columns = shape[:2]
        return Tile(
            min(max(0, int(x0)), columns),
            min(max(0, int(y0)), rows),
            min(max(0, int(x1)), columns),
            min(max(0, int(y1)), rows),
        )

    def touches(self, tile: Tile) -> bool:
        """Whether any of it is in a part of the film."""
        width, height = tile.x1 - tile.x0, tile.y1 - tile.y0
        middle = tile.x0 + width / 2, tile.y0 + height / 2
        return self.shared(box_around((middle, (width, height), 0.0), 0.0)) > 0

    def cut_out(self, image: Grey) -> Grey:
        """Give what is in the box, turned so that the long side lies across."""
        turn = np.deg2rad(self.angle)
        along = np.array((np.cos(turn), np.sin(turn)))
        down = np.array((-along[1], along[0]))
        origin = (self.x, self.y) - along * self.long / 2 - down * self.short / 2
        cut = cv2.warpAffine(
            image,
            np.column_stack((along, down, origin)),
            (max(1, round(self.long)), max(1, round(self.short))),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(cut, np.uint8)

    def shared(self, other: Box) -> float:
        """Give the square pixels that lie in both boxes."""
        far = self.long + other.long
        if abs(self.x - other.x) + abs(self.y - other.y) > far:
            return 0.0
        # OpenCV's intersections of rectangles are wrong where edges nearly coincide.
        part, edge = self.corners().astype(float), other.corners().astype(float)
        for start, end in zip(edge, np.roll(edge, -1, axis=0), strict=True):
            part = _cut(part, start, end)
        return _area_within(part)

    def is_beside(self, other: Box, within: float = 0.5) -> bool:
        """Whether both could be of one line: as high, level, and near.

        `within` is how far they may be apart, in heights.
        """
        gap, across, high = self._apart(other)
        is_level = self.is_as_high_as(other) and across < 0.3 * high
        return is_level and gap < within * high

    def is_as_high_as(self, other: Box) -> bool:
        """Whether both could be of one font."""
        return min(self.short, other.short) >= 0.7 * max(self.short, other.short)

    def _apart(self, other: Box) -> tuple[float, float, float]:
        """Give the gap along the line, how far across it, and the greater height."""
        line = max((self, other), key=lambda box: box.long / box.short)
        turn = np.deg2rad(line.angle)
        dx, dy = other.x - self.x, other.y - self.y
        along = abs(dx * np.cos(turn) + dy * np.sin(turn))
        across = abs(dy * np.cos(turn) - dx * np.sin(turn))
        if line.long < _SQUARE * line.short:  # it may as well lie the other way
            along, across = max(along, across), min(along, across)
        gap = along - (self.long + other.long) / 2
        return float(gap), float(across), max(self.short, other.short)


Points = NDArray[np.float64]
"""Corners of an outline, (number, 2): column and row, clockwise as seen."""


def _cut(outline: Points, start: Points, end: Points) -> Points:
    """Give what of an outline lies to the right of a line (Sutherland, Hodgman)."""
    along = end - start
    away = along[0] * (outline[:, 1] - start[1]) - along[1] * (outline[:, 0] - start[0])
    kept = []
    for number, point in enumerate(outline):
        last = outline[number - 1]
        if (away[number] >= 0) != (away[number - 1] >= 0):
            share = away[number - 1] / (away[number - 1] - away[number])
            kept.append(last + share * (point - last))
        if away[number] >= 0:
            kept.append(point)
    return np.array(kept, float).reshape(-1, 2)


def _area_within(outline: Points) -> float:
    x, y = outline.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def box_around(rectangle: cv2.typing.RotatedRect, score: float) -> Box:
    """Make a box of OpenCV's rotated rectangle."""
    (x, y), (width, height), angle = rectangle
    if width < height:
        width, height, angle = height, width, angle + 90
    return Box(float(x), float(y), float(width), float(height), float(angle), score)


def joined(boxes: Iterable[Box]) -> list[Box]:
    """Put boxes together that tiles have cut out of one line: they overlap in it."""
    lines: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box.area):
        part = next((line for line in lines if _is_of_line(box, line)), None)
        if part is None:
            lines.append(box)
            continue
        corners = np.concatenate((part.corners(), box.corners()))
        both = box_around(cv2.minAreaRect(corners), max(part.score, box.score))
        lines[lines.index(part)] = replace(both, is_fine=part.is_fine)
    return lines


def _is_of_line(box: Box, line: Box) -> bool:
    turned = abs((box.angle - line.angle + 90) % 180 - 90)
    is_level = turned < 5 and line.long > line.short * 1.5 and box.long > box.short
    return is_level and box.is_beside(line) and box.shared(line) > 0


def distinct(boxes: Iterable[Box], known: Iterable[Box] = ()) -> list[Box]:
    """Give the boxes that lie in no larger one, and in none that is known."""
    around, kept = list(known), []
    for box in sorted(boxes, key=lambda box: -box.area):
        if all(box.shared(other) < SAME * box.area for other in around):
            around.append(box)
            kept.append(box)
    return kept
