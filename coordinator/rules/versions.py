"""The number of a dataset version, computed from what differs; nobody types it.

*Regulations on dataset preparation, Part 1* (Moscow, 2022), section 3.5:

=======  ====================================================================  =======
part     rises when                                                            resets
=======  ====================================================================  =======
A major  task, purpose, labelling or verification principle changes; a new     B, C
         kind of data unit is added: here, another specification
B minor  units are replaced, added or withdrawn, parameters unchanged          C
C patch  documents or labels are corrected, units unchanged                    -
=======  ====================================================================  =======

A site's manifest root covers its units and their labels together, so that a root alone
does not tell a corrected label from a replaced unit. Where it changed, the stronger
part rises: B. A patch is therefore never computed from roots.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A.B.C; they compare by number, not by letter."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def parse(cls, text: str) -> Number:
        """Read ``A.B.C``; ValueError when it is something else."""
        if not re.fullmatch(r"[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}", text):
            raise ValueError("a version is three numbers, A.B.C")
        major, minor, patch = map(int, text.split("."))
        return cls(major, minor, patch)


FIRST = Number(1, 0, 0)


@dataclass(frozen=True, slots=True)
class Content:
    """What a version commits to: the specification's digest and each site's root."""

    specification: bytes
    roots: Mapping[str, bytes]


class Part(Enum):
    """The part of the number that rises."""

    MAJOR = "major"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two versions, for a person, and what rises by it."""

    part: Part
    differences: tuple[str, ...]


def change(previous: Content, following: Content) -> Change | None:
    """Compare two contents; None when they are the same."""
    old, new = previous.roots, following.roots
    differences = [
        *(f"{site} joins" for site in sorted(new.keys() - old.keys())),
        *(f"{site} withdraws" for site in sorted(old.keys() - new.keys())),
        *(
            f"{site} has another manifest"
            for site in sorted(new.keys() & old.keys())
            if new[site] != old[site]
        ),
    ]
    if previous.specification != following.specification:
        return Change(Part.MAJOR, ("another specification", *differences))
    return Change(Part.MINOR, tuple(differences)) if differences else None


def next_number(previous: Number, part: Part) -> Number:
    """Raise one part of a number and reset those below it."""
    if part is Part.MAJOR:
        return Number(previous.major + 1, 0, 0)
    return Number(previous.major, previous.minor + 1, 0)
