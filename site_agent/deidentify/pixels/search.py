"""Search a film for text that has to go, and make sure that it can be filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from site_agent.deidentify.pixels.allowed import usually_allowed
from site_agent.deidentify.pixels.boxes import Box, Grey, Tile, distinct, joined
from site_agent.deidentify.pixels.filling import fill, filled
from site_agent.deidentify.pixels.meaning import (
    MARKERS,
    told_apart,
    with_neighbours,
)
from site_agent.deidentify.pixels.rows import rows_of_letters, stray_letters
from site_agent.deidentify.pixels.seen import Range, clearer, views
from site_agent.deidentify.pixels.sight import Sight
from site_agent.deidentify.pixels.strokes import LARGEST_TILE, tiles_with_strokes

LARGEST_SHARE = 0.05
"""Share of a film from which a box is for a person to look at."""

MOST_TEXTS = 200
"""More than a film shows; a document that was scanned shows them."""

MOST_LOOKED_AT = 3_000_000, 0.4
"""Pixels that the detector looks at, or the share of the film where that is more.

A second goes by for each million. Of 271 radiographs of seven collections the median
needs 0.3 million, and the most 2.2; what needs more is noise, or a page.
"""

ROUNDS = 2
"""How often text that is found again is filled, before a person has to look."""

_SCALES = (1.0, 0.5, 0.25)
_TALLEST = 128  # pixels: what is higher at one scale is anatomy, or read at the next
_AROUND = 32  # pixels around a filled box that are looked at again

TOO_LARGE = "text covers a large part of the film"
TOO_MANY = "there is text all over the film"
TOO_BUSY = "there are strokes as of letters all over the film, or noise"
SPACED = "single letters stand in the line of a text"
STILL_READS = "text can still be read after it was scrubbed"


@dataclass(frozen=True, slots=True)
class Clean:
    """No text that would have to go was found; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text was found; once `filling.fill` has filled its boxes, none can be read.

    Attributes
    ----------
    boxes : tuple of Box
        At least one.
    share : float
        Of all pixels, 0 to 1.
    markers : tuple of Box
        The side markers beside them.
    """

    boxes: tuple[Box, ...]
    share: float
    markers: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class ForReview:
    """A person has to decide. `why` holds nothing of what was read."""

    why: str


Outcome = Clean | Text | ForReview


@dataclass(frozen=True, slots=True)
class Search:
    """Finds burned-in text.

    Parameters
    ----------
    networks : Sight
        They find and read text.
    may_stay : frozenset of str
        Texts that stay, from `meaning.allowed`, beside lone side markers.
    """

    networks: Sight
    may_stay: frozenset[str] = field(default_factory=usually_allowed)

    def __call__(
        self,
        pixels: NDArray[Any],
        *,
        is_inverted: bool,
        ranges: Iterable[Range] = (),
        forget: Callable[[], None] = lambda: None,
    ) -> Outcome:
        """Search the pixels of one frame, in each of its `seen.views`.

        Parameters
        ----------
        pixels : ndarray
            Stored values, (rows, columns), or (rows, columns, 3) with 8 bits.
        is_inverted : bool
            Whether low values are bright (MONOCHROME1).
        ranges : iterable of (float, float)
            Of stored values, in which viewers show the film.
        forget : callable
            Lets go of `pixels`, which can be read again, while a view is searched.
        """
        boxes: list[Box] = []
        markers: list[Box] = []
        for film in views(pixels, is_inverted=is_inverted, ranges=ranges):
            forget()
            fill(film, boxes, markers)
            refused = self._search(film, boxes, markers)
            if refused:
                return refused
        if not boxes:
            return Clean()
        share = float(filled(film.shape, boxes).mean())
        return Text(tuple(boxes), share, tuple(markers))

    def _search(
        self, film: Grey, boxes: list[Box], markers: list[Box]
    ) -> ForReview | None:
        """Add the boxes of a view to those of others, or tell why it cannot be."""
        found = self.find(film)
        if isinstance(found, ForReview):
            return found
        texts, others = found
        markers += (box for box in others if box.letter in MARKERS)
        if any(stray_letters(texts, others)):
            return ForReview(SPACED)
        for _ in range(ROUNDS):
            if not texts:
                return None
            boxes += texts
            if len(boxes) > MOST_TEXTS:
                return ForReview(TOO_MANY)
            if any(box.area > LARGEST_SHARE * film.size for box in boxes):
                return ForReview(TOO_LARGE)
            fill(film, boxes, markers)
            texts = self._left(film, texts, others)
        return ForReview(STILL_READS) if texts else None

    def find(self, film: Grey) -> tuple[list[Box], list[Box]] | ForReview:
        """Give the boxes of the texts on a film that have to go, and other boxes.

        The film is looked at in its own resolution first, and for larger letters in a
        half and a quarter of it, with the texts that were found before filled. They
        stay so.
        """
        texts: list[Box] = []
        others: list[Box] = []
        pixels, share = MOST_LOOKED_AT
        left = max(pixels, share * film.size)
        for scale in _SCALES:
            smaller = _smaller(film, scale)
            look = _look_at(smaller)
            tiles = list(tiles_with_strokes(smaller, look.least))
            left -= sum(tile.area for tile in tiles)
            if left < 0:
                return ForReview(TOO_BUSY)
            found = distinct(joined(self._find(smaller, tiles, scale, look)))
            new, rest = told_apart(found, film, self.networks, self.may_stay)
            fill(film, new)
            texts += new
            others += rest
        rows = rows_of_letters(others)
        return with_neighbours(rows + texts, distinct(others, rows))

    def _find(
        self, film: Grey, tiles: Iterable[Tile], scale: float, look: _Look
    ) -> Iterator[Box]:
        for tile in tiles:
            part = tile.of(film)
            for box in self.networks.find(clearer(part) if look.is_clearer else part):
                if box.short <= _TALLEST:  # else seen as a whole at the next scale
                    yield box.placed(scale, tile.x0, tile.y0, is_fine=look.is_fine)

    def _left(
        self, film: Grey, texts: Iterable[Box], others: Iterable[Box]
    ) -> list[Box]:
        """Give what can still be read where texts were filled, and beside it."""
        tiles = [
            piece
            for text in texts
            for piece in text.tile(film.shape, _AROUND).pieces(LARGEST_TILE, _AROUND)
            if text.grown(_AROUND).touches(piece)
        ]
        found = distinct(self._find(film, tiles, 1.0, _look_at(film)), others)
        near = [
            box
            for box in found
            if any(box.shared(text) or box.is_beside(text) for text in texts)
        ]
        left, _ = told_apart(near, film, self.networks, self.may_stay)
        return left


@dataclass(frozen=True, slots=True)
class _Look:
    """How a film of a certain size is looked at: the smaller, the more like text."""

    least: float  # shades by which strokes stand out
    is_clearer: bool
    is_fine: bool


_LOOKS = (
    (1600, _Look(least=8, is_clearer=True, is_fine=True)),
    (700, _Look(least=20, is_clearer=True, is_fine=False)),
    (0, _Look(least=32, is_clearer=False, is_fine=False)),
)


def _look_at(film: Grey) -> _Look:
    return next(look for side, look in _LOOKS if max(film.shape) >= side)


def _smaller(image: Grey, scale: float) -> Grey:
    if scale == 1.0:
        return image
    smaller = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.uint8)
