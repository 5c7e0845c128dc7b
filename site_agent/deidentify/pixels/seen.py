"""A film as the eye sees it: stored values made into 256 shades of grey."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from site_agent.deidentify.pixels.boxes import Grey

Range = tuple[float, float]
"""Stored values: what is black, and what is white."""

_TAILS = (0.05, 99.95)
"""Percentiles that become black and white: a few dead pixels set no scale."""

_SAMPLED = 4
_STRIP = 128
_MOST_GAIN = 4.0

_SHADES = 256
_RARE = 1e-4  # share of a film that is no more than a shade which hardly any pixel has
_WIDE, _NARROW = 0.5, 0.25  # share of the shades: no pixel has them; what they become
_ROUNDS = 4  # of taking such shades out
_UNSEEN = 64  # shades of a range in which text of 4 % of it is less than a stroke
_LEAST_COLOUR = 64.0  # values that a colour of 8 bits is at least spread over


def views(
    values: NDArray[Any], *, is_inverted: bool, ranges: Iterable[Range] = ()
) -> Iterator[Grey]:
    """Yield every way in which a frame has to be looked at to see all of it.

    A grey one is seen `as_seen`, and in each of `ranges` that is so narrow there that
    text in it would not show. Of a colour one each sample is seen by itself, since a
    text may have the brightness of what it stands on; one that is as another is not.

    Parameters
    ----------
    values : ndarray
        (rows, columns), or (rows, columns, 3) for three samples of 8 bits.
    is_inverted : bool
        Whether low values are bright: MONOCHROME1 (PS3.3 C.7.6.3.1.2).
    ranges : iterable of (float, float)
        In which a viewer shows the film: its windows.
    """
    if values.ndim == 3:
        for sample in _distinct(values):
            yield _shown(sample, *_scale(sample, _LEAST_COLOUR), is_inverted=False)
        return
    scale = _scale(values)
    yield _shown(values, *scale, is_inverted=is_inverted)
    for dark, bright in ranges:
        ends = np.interp((dark, bright), *scale) * (_SHADES - 1)
        if dark < bright and np.ptp(ends) < _UNSEEN:
            window = np.array((dark, bright), float), np.array((0.0, 1.0))
            yield _shown(values, *window, is_inverted=is_inverted)


def as_seen(values: NDArray[Any], *, is_inverted: bool) -> Grey:
    """Give stored values in 256 shades of grey.

    Shades that hardly any pixel would have go to the others: a border or a patch that
    is far brighter than all else takes no contrast from it.

    Parameters
    ----------
    values : ndarray
        (rows, columns), or (rows, columns, 3) for red, green and blue.
    is_inverted : bool
        Whether low values are bright: MONOCHROME1 (PS3.3 C.7.6.3.1.2).
    """
    if values.ndim == 3:
        colours = np.ascontiguousarray(values, np.uint8)
        return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)
    return _shown(values, *_scale(values), is_inverted=is_inverted)


def strips(rows: int) -> Iterator[slice]:
    """Yield the rows of a film in strips, so that little of it is in memory twice."""
    for start in range(0, rows, _STRIP):
        yield slice(start, start + _STRIP)


def clearer(tile: Grey) -> Grey:
    """Give a part of a film with its own contrast stretched, up to four times.

    A text that is little brighter than what it stands on is seen as well as another.
    """
    dark, bright = np.percentile(tile, (1, 99))
    gain = min(_MOST_GAIN, 230.0 / max(float(bright - dark), 1.0))
    if gain < 1.3:
        return tile
    middle = float(dark + bright) / 2
    every = np.arange(256, dtype=np.float32)
    shades = np.clip((every - middle) * gain + 127.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(tile, shades), np.uint8)


Scale = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Ascending values, and the brightness of each, 0 to 1; straight lines in between."""


def _scale(values: NDArray[Any], least: float = 1.0) -> Scale:
    """Give the scale in which all of a film shows; `least` values wide."""
    sample = values[::_SAMPLED, ::_SAMPLED].astype(np.float64).ravel()
    dark, bright = np.percentile(sample, _TAILS)
    missing = max(0.0, least - float(bright - dark))
    if missing:
        dark, bright = dark - missing / 2, bright + missing / 2
    scale = np.array((dark, bright), float), np.array((0.0, 1.0))
    for _ in range(_ROUNDS):
        gap = _widest_gap(np.interp(sample, *scale))
        if gap[1] - gap[0] <= _WIDE:
            break
        scale = _without(gap, scale)
    return scale


def _widest_gap(brightness: NDArray[np.float64]) -> tuple[float, float]:
    """Give the longest range of brightness that hardly any pixel has."""
    counts, _ = np.histogram(brightness, _SHADES, (0.0, 1.0))
    used = np.flatnonzero(counts > _RARE * brightness.size)
    if used.size < 2:
        return 0.0, 0.0
    widest = int(np.diff(used).argmax())
    return float(used[widest] + 1) / _SHADES, float(used[widest + 1]) / _SHADES


def _without(gap: tuple[float, float], scale: Scale) -> Scale:
    """Give a scale in which the gap is `_NARROW`, and the rest has its shades."""
    values, brightness = scale
    ends = np.interp(gap, brightness, values)
    knots = np.union1d(values, ends)
    wide = gap[1] - gap[0]
    more = (1 - _NARROW) / (1 - wide)
    old = np.interp(knots, *scale)
    beyond = np.clip(old - gap[0], 0, wide)
    return knots, (old - beyond) * more + beyond * (_NARROW / wide)


def _shown(
    values: NDArray[Any],
    known: NDArray[np.float64],
    brightness: NDArray[np.float64],
    *,
    is_inverted: bool,
) -> Grey:
    """Give values in shades, by a scale."""
    shades = brightness * (_SHADES - 1)
    if is_inverted:
        shades = _SHADES - 1 - shades

    def shaded(part: NDArray[Any]) -> Grey:
        return np.asarray(np.rint(np.interp(part, known, shades)), np.uint8)

    seen = np.empty(values.shape, np.uint8)
    is_listed = values.dtype.kind in "iu" and values.dtype.itemsize <= 2
    if is_listed:  # a table is faster
        native = values.dtype.newbyteorder("=")
        table = shaded(np.arange(1 << 8 * values.dtype.itemsize).astype(native))
        values = values.view(values.dtype.str.replace("i", "u"))
    for strip in strips(len(values)):  # numpy widens what it looks up by
        part = values[strip]
        seen[strip] = table[part] if is_listed else shaded(part)
    return seen


def _distinct(samples: NDArray[Any]) -> list[NDArray[Any]]:
    """Give the planes of (rows, columns, samples) that are not equal to another."""
    planes: list[NDArray[Any]] = []
    for number in range(samples.shape[-1]):
        plane = samples[..., number]
        if not any(np.array_equal(plane, other) for other in planes):
            planes.append(plane)
    return planes
