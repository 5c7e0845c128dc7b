"""The two conventions by which a report is labelled."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """Whose conventions hold; docs/adr/0005-labeler-conventions.md lists them.

    RADIOLOGIST reads a sentence as its writer meant it. CHEXPERT labels as the labeler
    of Irvin et al. (2019) does, for datasets that must be comparable.
    """

    RADIOLOGIST = "radiologist"
    CHEXPERT = "chexpert"
