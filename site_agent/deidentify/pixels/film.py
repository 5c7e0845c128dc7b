"""A film's pixels, where they lie: looked through, and scrubbed where needed.

What cannot be looked through is never taken for clean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from site_agent.deidentify.header.reading import UNREADABLE, number_of, quiet, text_of
from site_agent.deidentify.pixels.filling import fill
from site_agent.deidentify.pixels.search import Clean, ForReview, Search, Text
from site_agent.deidentify.pixels.seen import strips
from site_agent.deidentify.pixels.size import frames_of, is_too_much
from site_agent.deidentify.pixels.windows import ranges_of

NOT_DECODED = "its pixels cannot be decoded"
NOT_SEEN = "its pixels are of a kind that cannot be looked at"
TOO_MUCH = "its pixels are too many to be looked at"
BESIDE_THE_PIXELS = "there is text in the unused bits of its pixels"
NOT_FOUND = "its header says that text is burned in, and none was found"

_GREY, _COLOUR = ("MONOCHROME1", "MONOCHROME2"), ("RGB", "YBR_FULL")


@dataclass(frozen=True, slots=True)
class NoPixels:
    """There is nothing to look at."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """The pixels of a film that is not compressed, where they lie.

    Attributes
    ----------
    content : memoryview
        All of them, read when they are asked for. What is written there is not saved.
    save : callable
        Saves what stands in `content` from one place to another.
    forget : callable
        Lets go of all that was read or written there; what is saved can be read again.
    """

    content: memoryview
    save: Callable[[int, int], None]
    forget: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """Text was found and is gone.

    Attributes
    ----------
    texts : int
        How many boxes were filled, in all frames.
    share : float
        Of all pixels, 0 to 1.
    """

    texts: int
    share: float


Outcome = NoPixels | Clean | Scrubbed | ForReview


def scrub(
    film: Dataset, pixels: Pixels, search: Search, *, is_announced: bool = False
) -> Outcome:
    """Look for burned-in text, and fill it, with one frame in memory at a time.

    Parameters
    ----------
    film : Dataset
        A film in grey or in colour; what it says of its pixels is used.
    pixels : Pixels
        They are changed, and saved, where there is text.
    search : Search
        What looks for text.
    is_announced : bool
        Whether the film's own header says that there is text. If none is found then, a
        person has to look at it.

    Notes
    -----
    Bits that no pixel uses are 0 in a film that is scrubbed, or continue the sign.
    """
    if is_too_much(film):
        return ForReview(TOO_MUCH)
    with quiet():
        try:
            values = values_of(film, pixels.content)
        except UNREADABLE:
            return ForReview(NOT_DECODED)
        if values is None:
            return ForReview(NOT_SEEN)
        outcome = _scrub(film, values, search, pixels)
    if is_announced and isinstance(outcome, Clean):
        return ForReview(NOT_FOUND)
    return outcome


def _scrub(
    film: Dataset, values: NDArray[Any], search: Search, pixels: Pixels
) -> Outcome:
    photometric = text_of(film, "PhotometricInterpretation")
    is_inverted = photometric == "MONOCHROME1"
    texts: dict[int, Text] = {}
    for number, frame in enumerate(values):
        stored, rest = _bits(film, frame)
        if rest is not None and not isinstance(search(rest, is_inverted=False), Clean):
            return ForReview(BESIDE_THE_PIXELS)
        ranges = ranges_of(film, stored) if stored.ndim == 2 else ()
        outcome = search(
            stored, is_inverted=is_inverted, ranges=ranges, forget=pixels.forget
        )
        if isinstance(outcome, ForReview):
            return outcome
        if isinstance(outcome, Text):
            texts[number] = outcome
        pixels.forget()
    if not texts:
        return Clean()
    for number, frame in enumerate(values):
        stored, rest = _bits(film, frame)
        if rest is not None:
            frame[:] = stored << _lowest(film)
        if number in texts:
            fill(frame, texts[number].boxes, texts[number].markers)
        pixels.save(number * frame.nbytes, (number + 1) * frame.nbytes)
        pixels.forget()
    share = sum(text.share for text in texts.values()) / len(values)
    return Scrubbed(sum(len(text.boxes) for text in texts.values()), share)


def values_of(film: Dataset, content: memoryview) -> NDArray[Any] | None:
    """Give all samples as they lie in `content`, (frames, rows, columns[, samples]).

    None where they lie in a way that is not known (PS3.5 8.1, PS3.3 C.7.6.3).

    Raises
    ------
    UNREADABLE
        When they are fewer than the header says.
    """
    samples = number_of(film, "SamplesPerPixel") or 1
    photometric = text_of(film, "PhotometricInterpretation")
    allocated = number_of(film, "BitsAllocated")
    known = (_GREY, (8, 16, 32)) if samples == 1 else (_COLOUR, (8,))
    if (
        photometric not in known[0]
        or allocated not in known[1]
        or samples not in (1, 3)
    ):
        return None
    is_big = film.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.2"
    kind = "i" if number_of(film, "PixelRepresentation") and samples == 1 else "u"
    order = ">" if is_big and allocated > 8 else "<"
    shape = frames_of(film), number_of(film, "Rows"), number_of(film, "Columns")
    values = np.frombuffer(
        content, f"{order}{kind}{allocated // 8}", count=int(np.prod(shape)) * samples
    )
    if samples == 1:
        return values.reshape(shape)
    if number_of(film, "PlanarConfiguration"):
        return np.moveaxis(values.reshape(shape[0], 3, *shape[1:]), 1, -1)
    return values.reshape(*shape, 3)


def _bits(
    film: Dataset, frame: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.uint8] | None]:
    """Give a frame's stored values, and where any other bit is set: 255, else 0.

    What lies in those once were overlays (PS3.5 8.1.2), and text may be.
    """
    allocated = frame.dtype.itemsize * 8
    stored = number_of(film, "BitsStored")
    lowest = _lowest(film)
    if frame.ndim == 3 or not 0 < stored < allocated or lowest < 0:
        return frame, None
    up, down = allocated - stored - lowest, allocated - stored

    def beside(part: NDArray[Any]) -> NDArray[np.bool_]:
        # Up and down again: what is above is gone, and a sign goes on to the top.
        return np.asarray(part != part << up >> down << lowest, bool)

    has_more = any(beside(frame[rows]).any() for rows in strips(len(frame)))
    if not has_more:
        return frame >> lowest if lowest else frame, None
    return frame << up >> down, beside(frame).astype(np.uint8) * 255


def _lowest(film: Dataset) -> int:
    return number_of(film, "HighBit") + 1 - number_of(film, "BitsStored")
