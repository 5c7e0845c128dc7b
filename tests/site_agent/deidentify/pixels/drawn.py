"""A synthetic film of 12 bits, with text drawn into it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.site_agent.deidentify.chest_film import chest_film

ROWS, COLUMNS = 512, 640
Where = tuple[str, int, int]
"""A text, and the column and row where its first letter stands."""


def drawn(
    *texts: Where,
    grey: int = 4000,
    size: float = 0.8,
    turned: int = 0,
    mirrored: bool = False,
) -> NDArray[np.uint16]:
    """Draw texts on a smooth film with a little noise, values 600 to 2700.

    `turned` counts quarter turns of the film after drawing, as `mirrored` follows it.
    """
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    film = 1600 + 900 * np.sin(x / 160) * np.cos(y / 130)
    film += np.random.default_rng(7).normal(0, 12, film.shape)
    ink = np.zeros(film.shape, np.uint8)
    for text, column, row in texts:
        cv2.putText(ink, text, (column, row), 0, size, 255, 2, cv2.LINE_AA)
    film += (grey - film) * (ink / 255)
    film = np.rot90(film, turned)
    film = film[:, ::-1] if mirrored else film
    return np.ascontiguousarray(np.rint(np.clip(film, 0, 4095)), np.uint16)


def as_film(pixels: NDArray[Any], syntax: str, **changes: object) -> Dataset:
    """Give a DICOM film of such pixels, read back."""
    return chest_film(
        syntax,
        Rows=pixels.shape[0],
        Columns=pixels.shape[1],
        PixelData=pixels.tobytes(),
        **changes,
    )


def rows_of(changed: NDArray[np.bool_]) -> set[int]:
    """Give the rows in which anything changed."""
    return set(np.flatnonzero(changed.any(axis=1)).tolist())


def lines(texts: Iterable[str]) -> tuple[Where, ...]:
    """Put texts below each other."""
    return tuple((text, 40, 90 + 90 * number) for number, text in enumerate(texts))
