"""Which films are looked at: a random sample that anybody can draw again.

A film's place in the sample follows from the seed, from the root over all accepted
studies and from the film, by SHA-256. Nobody can choose films, and nobody has to keep a
list: the same studies and the same seed give the same sample in the same order.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

from site_agent.study import AuditedStudy

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Film:
    """One film that was kept: its study's pseudonym, its file there, its SHA-256."""

    study: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Films to be looked at, in their order; the first has number 1.

    `root` is the Merkle root over the accepted studies, as a manifest has it.
    """

    seed: str
    root: bytes
    films: tuple[Film, ...]

    @property
    def id(self) -> str:
        """12 hexadecimal digits that follow from the seed, the root and the films."""
        told = [self.seed, self.root.hex(), *map(_line, self.films)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def films_of(studies: Iterable[AuditedStudy]) -> list[Film]:
    """Give all films of the studies, in their order."""
    return [
        Film(study.study, file.name, file.sha256)
        for study in studies
        for file in (study.primary, *study.supplementary)
    ]


def draw(films: Iterable[Film], *, root: bytes, seed: str, size: int) -> Sample:
    """Draw `size` films, or all where there are fewer."""

    def place(film: Film) -> bytes:
        text = "\n".join((seed, root.hex(), _line(film)))
        return hashlib.sha256(text.encode()).digest()

    return Sample(seed, root, tuple(sorted(films, key=place)[:size]))


def most_affected(looked_at: int, found: int, confidence: float = CONFIDENCE) -> float:
    """Give the share of all films that may have what was found in some of a sample.

    Parameters
    ----------
    looked_at, found : int
        Films of the sample, at least 1, and those of them that had it.
    confidence : float
        How sure the answer is to be an upper bound.

    Returns
    -------
    float
        The one-sided bound of Clopper and Pearson (Biometrika 26, 1934), 0 to 1; it is
        wider than it has to be where the sample is a large part of all films.
    """
    low, high = found / looked_at, 1.0
    while high - low > 1e-9:
        share = (low + high) / 2
        at_most = math.fsum(
            math.comb(looked_at, each) * share**each * (1 - share) ** (looked_at - each)
            for each in range(found + 1)
        )
        low, high = (share, high) if at_most > 1 - confidence else (low, share)
    return high


def _line(film: Film) -> str:
    return f"{film.study}/{film.name} {film.sha256}"
