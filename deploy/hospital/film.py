"""Draw something that looks like a chest film in broad strokes, with its findings.

The model is crude on purpose: soft ellipses and curves whose grey levels add up, drawn
on a coarse grid and enlarged. What matters is that the findings can be seen: a wide
heart, an opaque base, a patch, a collapsed apex, a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.floating[Any]]
"""A plane of grey levels, 0 (black, air) to about 1 (white, bone)."""

_HEIGHT, _WIDTH = 384, 352
"""Rows and columns of the grid on which a film is drawn."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What can be seen on the film; strengths from 0 (absent) to 1 (marked)."""

    cardiomegaly: float = 0.0
    pleural_effusion: float = 0.0
    consolidation: float = 0.0
    pneumothorax: float = 0.0
    support_devices: bool = False
    right: bool = True
    """Side of the lung findings: the patient's right is the viewer's left."""


def draw(
    findings: Findings, view: str, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.uint16]:
    """Draw one film.

    Parameters
    ----------
    findings : Findings
        What is to be seen.
    view : str
        ``PA``, ``AP`` (a broader heart, higher lungs) or ``LL`` (left lateral).
    shape : tuple of int
        Rows and columns, pixels.
    rng : numpy.random.Generator
        The patient's build and the noise.

    Returns
    -------
    numpy.ndarray
        Stored values, ``shape``, 0 to 4095, white is dense (MONOCHROME2).
    """
    y, x = np.meshgrid(
        np.linspace(-1, 1, _HEIGHT, dtype=np.float32),
        np.linspace(-1, 1, _WIDTH, dtype=np.float32),
        indexing="ij",
    )
    if view == "LL":
        plane = _lateral(x, y, findings, rng)
    else:
        plane = _frontal(x, y, findings, rng, portable=view == "AP")
    plane = plane + 0.02 * _cloud(rng, 24) + 0.03 * _cloud(rng, 6)
    film = _enlarge(350 + 3000 * np.clip(plane, 0, 1.1), shape)
    # Quantum noise: the difference of two uniform bytes, about 60 grey levels wide.
    film += rng.integers(0, 64, shape, dtype=np.uint8)
    film -= rng.integers(0, 64, shape, dtype=np.uint8)
    return np.clip(film, 0, 4095, out=film).astype(np.uint16)


def write(film: NDArray[np.uint16], text: str) -> None:
    """Burn a line of text into the upper left corner of a film, in place."""
    ink = np.zeros(film.shape, np.uint8)
    cv2.putText(ink, text, (60, 90), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 2)
    film[ink > 0] = 4000


def _frontal(
    x: Grid, y: Grid, findings: Findings, rng: np.random.Generator, *, portable: bool
) -> Grid:
    """Draw the chest from behind or, portable, from the front."""
    build = rng.uniform(0.94, 1.06)
    lift = 0.12 if portable else 0.0  # a lying patient breathes in less
    x = (x - np.float32(rng.uniform(-0.03, 0.03))) / np.float32(build)
    side = -1.0 if findings.right else 1.0
    body = _ellipse(x, y, (0.0, 0.45), (0.93, 1.5), 0.03)
    shoulders = _edge(0.98 - 0.25 * (y + 0.35) ** 2 - np.abs(x), 0.03)
    body = np.maximum(body, shoulders * _edge(y + 0.62 - 0.25 * np.abs(x), 0.05))
    lungs: Grid = np.zeros_like(x)
    for sign, base in ((-1.0, 0.50), (1.0, 0.56)):
        dome = base - lift - 0.35 * (x - sign * 0.36) ** 2
        lung = _ellipse(x, y, (sign * 0.42, 0.02), (0.33, 0.86), 0.06) * _edge(
            dome - y, 0.02
        )
        lungs = np.maximum(lungs, lung)
    heart_width = 0.25 + 0.18 * findings.cardiomegaly + (0.04 if portable else 0.0)
    heart_width *= rng.uniform(0.88, 1.12)
    heart = _ellipse(
        x, y, (0.10 + 0.35 * (heart_width - 0.25), 0.27), (heart_width, 0.30), 0.03
    )
    middle = _edge(0.13 + 0.03 * np.cos(4 * y) - np.abs(x), 0.02)
    knob = _ellipse(x, y, (0.13, -0.25), (0.09, 0.10), 0.02)
    mediastinum = np.maximum(np.maximum(heart, middle), knob)

    plane: Grid = 0.62 * body - 0.46 * lungs * (1 - 0.85 * mediastinum)
    plane = plane + 0.16 * mediastinum * body + 0.05 * lungs * _cloud(rng, 40)
    plane += 0.14 * _spine(x, y) * body + _ribs(x, y, rng) * body
    lungs = lungs * (1 - mediastinum)
    return plane + _lung_findings(x, y, findings, lungs, side, rng)


def _lung_findings(
    x: Grid,
    y: Grid,
    findings: Findings,
    lungs: Grid,
    side: float,
    rng: np.random.Generator,
) -> Grid:
    """Give what the findings add to the frontal plane."""
    here = lungs * _edge(side * x, 0.02)
    added: Grid = np.zeros_like(x)
    if findings.pleural_effusion:
        level = 0.46 - 0.36 * findings.pleural_effusion - 0.5 * (np.abs(x) - 0.42) ** 2
        added += 0.44 * here * _edge(y - level, 0.05)
    if findings.consolidation:
        centre = (side * rng.uniform(0.36, 0.48), rng.uniform(-0.28, 0.08))
        patch = _ellipse(x, y, centre, (0.19, 0.17), 0.10)
        added += (
            0.42 * findings.consolidation * here * patch * (1 + 0.3 * _cloud(rng, 30))
        )
    if findings.pneumothorax:
        pleura = -0.42 + 0.25 * findings.pneumothorax + 0.4 * (np.abs(x) - 0.42) ** 2
        added -= 0.14 * here * _edge(pleura - y, 0.01)
        added += 0.16 * here * np.exp(-(((y - pleura) / 0.012) ** 2))
    if findings.support_devices:
        added += _line_and_port(x, y)
    return added


def _line_and_port(x: Grid, y: Grid) -> Grid:
    """Draw a port below the right clavicle and its line to the vena cava."""
    port = _ellipse(x, y, (-0.52, -0.38), (0.085, 0.07), 0.012)
    down = np.clip((y + 0.62) / 0.62, 0, 1)
    path = -0.30 + 0.22 * down
    inside = _edge(y + 0.62, 0.01) * _edge(0.05 - y, 0.01)
    line = np.exp(-(((x - path) / 0.016) ** 2)) * inside
    arch = np.exp(-(((y + 0.62 + 0.5 * (x + 0.30) ** 2) / 0.016) ** 2))
    arch = arch * _edge(x + 0.52, 0.01) * _edge(-0.30 - x, 0.01)
    device: Grid = np.clip(0.55 * (port + line + arch), 0, 0.6)
    return device


def _spine(x: Grid, y: Grid) -> Grid:
    """Draw vertebrae and the gaps between them."""
    return _edge(0.075 - np.abs(x), 0.012) * (0.8 + 0.2 * np.sign(np.sin(26 * y)))


def _ribs(x: Grid, y: Grid, rng: np.random.Generator) -> Grid:
    """Draw nine pairs of posterior ribs, and the clavicles."""
    ribs: Grid = np.zeros_like(x)
    away = np.abs(x)
    inside = _edge(0.80 - away, 0.02) * _edge(away - 0.07, 0.02)
    start = rng.uniform(-0.84, -0.78)
    for pair in range(9):
        centre = start + 0.165 * pair + 0.30 * (away - 0.15) ** 2 + 0.06 * away * pair
        ribs += np.exp(-(((y - centre) / 0.028) ** 2))
    clavicle = np.exp(-(((y + 0.70 + 0.18 * away) / 0.03) ** 2)) * _edge(
        0.72 - away, 0.02
    )
    return ((0.09 * ribs + 0.12 * clavicle) * inside).astype(np.float32)


def _lateral(x: Grid, y: Grid, findings: Findings, rng: np.random.Generator) -> Grid:
    """Draw the chest from the left: sternum in front, spine behind."""
    body = _ellipse(x, y, (0.0, 0.4), (0.78, 1.5), 0.03)
    dome = 0.50 + 0.25 * x - 0.2 * x**2
    lungs = _ellipse(x, y, (0.02, -0.05), (0.60, 0.80), 0.06) * _edge(dome - y, 0.02)
    depth = 0.30 + 0.10 * findings.cardiomegaly
    heart = _ellipse(x, y, (-0.22, 0.25), (depth, 0.30), 0.04)
    spine = _edge(0.09 - np.abs(x - 0.50 - 0.12 * y**2), 0.02)
    plane: Grid = 0.66 * body - 0.42 * lungs * (1 - 0.8 * heart)
    spine = spine * body * (0.8 + 0.2 * np.sign(np.sin(24 * y)))
    plane += 0.15 * heart + 0.16 * spine
    for pair in range(8):
        centre = -0.75 + 0.17 * pair + 0.25 * x
        plane += 0.05 * body * np.exp(-(((y - centre) / 0.03) ** 2))
    if findings.pleural_effusion:
        level = 0.40 - 0.30 * findings.pleural_effusion - 0.2 * x
        plane += 0.35 * lungs * _edge(y - level, 0.05)
    chest: Grid = plane + 0.04 * lungs * _cloud(rng, 40)
    return chest


def _edge(distance: Grid, softness: float) -> Grid:
    """Give 1 where `distance` is positive, 0 where negative, soft between."""
    edge: Grid = np.clip(distance / (2 * softness) + 0.5, 0, 1)
    return edge


def _ellipse(
    x: Grid,
    y: Grid,
    centre: tuple[float, float],
    radii: tuple[float, float],
    softness: float,
) -> Grid:
    """Give 1 inside an ellipse, 0 outside, soft between."""
    radius = np.hypot((x - centre[0]) / radii[0], (y - centre[1]) / radii[1])
    return _edge((1 - radius) * min(radii), softness)


def _cloud(rng: np.random.Generator, cells: int) -> Grid:
    """Make smooth random texture of about `cells` blobs across, mean 0."""
    coarse = rng.standard_normal((cells, cells), dtype=np.float32) * 0.5
    return _enlarge(coarse, (_HEIGHT, _WIDTH))


def _enlarge(plane: Grid, shape: tuple[int, int]) -> Grid:
    """Enlarge bilinearly to `shape`, first to the right and then downwards."""
    for axis, size in ((1, shape[1]), (0, shape[0])):
        at = np.linspace(0, plane.shape[axis] - 1, size, dtype=np.float32)
        low = np.minimum(at.astype(np.intp), plane.shape[axis] - 2)
        part = (at - low).reshape((-1, 1) if axis == 0 else (1, -1))
        first, second = plane.take(low, axis), plane.take(low + 1, axis)
        second -= first
        second *= part
        second += first
        plane = second
    return plane
