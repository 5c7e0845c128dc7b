"""The frozen manifest as tensors: exactly that manifest, or nothing.

The Merkle root is computed anew from the rows of the manifest, and every film is
checked against its digest before it is decoded. A film becomes a square grey image:
MONOCHROME1 inverted (PS3.3 C.7.6.3.1.2), grey levels from the 0.5th to the 99.5th
percentile spread over 16 bits, the middle square, averaged down to the plan's edge.
The images are kept in one file below ``SITE/train``, so that the next round need not
read the films again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from site_agent import durable
from site_agent.errors import TrainingRefused
from site_agent.study import AuditedStudy, Labels
from site_agent.train.loss import targets

HOLD_OUT = 3
"""One patient in so many is never trained on."""

_PREPARATION = b"hilum square image 1"
"""Changes when the images of the same films would."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Films and labels of some studies.

    `images` has shape (n, edge, edge), type uint16; `values` and `mask` have shape
    (n, 14), see `site_agent.train.loss`; `patients` are n pseudonyms.
    """

    images: NDArray[np.uint16]
    values: NDArray[np.float32]
    mask: NDArray[np.bool_]
    patients: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.patients)

    def split(self) -> tuple[Examples, Examples]:
        """Return what is trained on and what is held out, about a third, by patient."""
        out = np.array([held_out(patient) for patient in self.patients], dtype=bool)
        return self._where(~out), self._where(out)

    def _where(self, chosen: NDArray[np.bool_]) -> Examples:
        return Examples(
            self.images[chosen],
            self.values[chosen],
            self.mask[chosen],
            tuple(np.array(self.patients, dtype=object)[chosen]),
        )


def held_out(patient: str) -> bool:
    """Tell whether a patient is in the hold-out.

    It hangs on the pseudonym alone: who was held out of one dataset version is held out
    of the next, and two studies of a patient are never on both sides.
    """
    return hashlib.sha256(b"hold-out " + patient.encode()).digest()[0] % HOLD_OUT == 0


def load(
    studies: Sequence[AuditedStudy],
    films: Sequence[Path],
    *,
    root: bytes,
    image_size: int,
    cache: Path,
) -> Examples:
    """Load the primary films of a frozen manifest.

    Parameters
    ----------
    studies : sequence of AuditedStudy
        The rows of the manifest, whose root the caller has checked to be `root`.
    films : sequence of Path
        The primary film of each study.
    image_size : int
        Edge of the square images, pixels.
    cache : Path
        Folder for the images; made when absent.

    Raises
    ------
    TrainingRefused
        When a film is not the one that was frozen, or cannot be decoded.
    """
    images = _cached(cache, root, image_size, len(studies))
    if images is None:
        images = _prepare(studies, films, image_size)
        _keep(cache, root, image_size, images)
    labels: list[Labels] = [study.labels for study in studies]
    values, mask = targets(labels)
    return Examples(images, values, mask, tuple(study.patient for study in studies))


def _prepare(
    studies: Sequence[AuditedStudy], films: Sequence[Path], image_size: int
) -> NDArray[np.uint16]:
    images = np.empty((len(studies), image_size, image_size), dtype=np.uint16)
    changed = unreadable = 0
    for index, (study, film) in enumerate(zip(studies, films, strict=True)):
        content = film.read_bytes() if film.is_file() else b""
        if hashlib.sha256(content).hexdigest() != study.primary.sha256:
            changed += 1
            continue
        try:
            images[index] = square(content, image_size)
        except (InvalidDicomError, ValueError, RuntimeError, AttributeError):
            # What pydicom and its decoders raise for pixel data they cannot decode.
            unreadable += 1
    reasons = []
    if changed:
        reasons.append(f"{changed} films are missing or not those that were frozen")
    if unreadable:
        reasons.append(f"{unreadable} films cannot be decoded")
    if reasons:
        raise TrainingRefused(
            f"The frozen manifest cannot be loaded: {'; '.join(reasons)}. Restore the "
            "folder studies/ from the backup, or freeze and propose a new version."
        )
    return images


def square(content: bytes, edge: int) -> NDArray[np.uint16]:
    """Turn a DICOM film into a square of `edge` pixels, 16 bits of grey.

    Raises
    ------
    ValueError
        When it is not one grey image. pydicom's own errors pass through.
    """
    dataset = dcmread(BytesIO(content))
    grey = dataset.pixel_array
    if grey.ndim != 2:
        raise ValueError("not one grey image")
    rows, columns = grey.shape
    side = min(rows, columns)
    top, left = (rows - side) // 2, (columns - side) // 2
    small = _area(grey[top : top + side, left : left + side].astype(np.float32), edge)
    low, high = np.percentile(grey[::4, ::4], (0.5, 99.5))
    level = np.clip((small - low) / max(high - low, 1.0), 0.0, 1.0)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        level = 1.0 - level
    return np.asarray(np.rint(level * np.iinfo(np.uint16).max), dtype=np.uint16)


def _area(image: NDArray[np.float32], edge: int) -> NDArray[np.float32]:
    """Average a square image down to `edge`; a smaller one is enlarged first."""
    enlarge = -(-edge // len(image))
    image = image.repeat(enlarge, axis=0).repeat(enlarge, axis=1)
    starts = np.arange(edge) * len(image) // edge
    sums = np.add.reduceat(np.add.reduceat(image, starts, axis=0), starts, axis=1)
    counts = np.diff(starts, append=len(image)).astype(np.float32)
    return np.asarray(sums / np.outer(counts, counts), dtype=np.float32)


# --------------------------------------------------------------------------- the cache


def _place(cache: Path, root: bytes, image_size: int) -> Path:
    name = hashlib.sha256(_PREPARATION + root).hexdigest()[:32]
    return cache / f"{name}-{image_size}.npy"


def _cached(
    cache: Path, root: bytes, image_size: int, count: int
) -> NDArray[np.uint16] | None:
    """Return the kept images if they are whole."""
    path = _place(cache, root, image_size)
    try:
        content = path.read_bytes()
        digest = path.with_suffix(".sha256").read_text(encoding="ascii")
        if hashlib.sha256(content).hexdigest() != digest:
            return None
        images: NDArray[np.uint16] = np.load(BytesIO(content), allow_pickle=False)
    except (OSError, ValueError):
        return None
    fits = images.shape == (count, image_size, image_size) and images.dtype == np.uint16
    return images if fits else None


def _keep(
    cache: Path, root: bytes, image_size: int, images: NDArray[np.uint16]
) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    path = _place(cache, root, image_size)
    buffer = BytesIO()
    np.save(buffer, images, allow_pickle=False)
    digest = hashlib.sha256(buffer.getbuffer()).hexdigest()
    durable.write(path.with_suffix(".sha256"), digest.encode("ascii"))
    durable.write(path, buffer.getvalue())
