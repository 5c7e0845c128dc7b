"""The specification of a dataset: the numbers that the sites' gates check.

Both sides hold it as canonical JSON and name it by SHA-256: a site states in its
contribution which specification its studies were checked against, and the coordinator
compares that with the one in force.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

_OBSERVATIONS = (
    "No Finding",
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Opacity",
    "Lung Lesion",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
)


class SpecificationError(ValueError):
    """The bytes are not a specification that this program can check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """What a study and the whole dataset must be. The defaults are the first one's.

    Shares are whole per cents. `least_rows` and `least_columns` are pixels of the
    native film, `least_bits_stored` bits per pixel. `documents` must be in force at
    each hospital; `radiographic` are the properties a film is judged by.
    """

    dataset: str = "chest-radiographs"
    title: str = "PA chest radiographs with paired reports"
    studies: int = 40_000
    modalities: tuple[str, ...] = ("DX", "CR")
    primary_view: str = "PA"
    supplementary_views: tuple[str, ...] = ("LATERAL",)
    least_rows: int = 2048
    least_columns: int = 2048
    least_bits_stored: int = 12
    confidentiality_profile: str = "DICOM PS3.15 Basic Profile"
    report_sections: tuple[str, ...] = ("findings", "impression")
    observations: tuple[str, ...] = _OBSERVATIONS
    boxes: tuple[str, ...] = ("Pleural Effusion", "Cardiomegaly")
    radiographic: tuple[str, ...] = ("inspiration", "rotation", "collimation", "motion")
    least_audited_percent: int = 10
    least_calendar_years: int = 5
    least_vendors: int = 3
    paediatric_below_years: int = 18
    most_paediatric_percent: int = 10
    documents: tuple[str, ...] = (
        "consortium-agreement",
        "data-processing-agreement",
        "article-30-record",
        "ethics-approval-or-waiver",
    )

    @property
    def canonical(self) -> bytes:
        """UTF-8 JSON, keys sorted, no spaces: the bytes that the digest names."""
        return json.dumps(
            asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()

    @property
    def sha256(self) -> bytes:
        """SHA-256 of `canonical`, 32 bytes."""
        return hashlib.sha256(self.canonical).digest()

    @classmethod
    def parse(cls, data: bytes) -> Specification:
        """Read canonical JSON.

        Raises
        ------
        SpecificationError
            The bytes are not the canonical JSON of a specification with exactly these
            fields, so that no requirement is passed over unseen.
        """
        try:
            values = json.loads(data)
        except ValueError as error:
            raise SpecificationError("The specification is not JSON.") from error
        if not isinstance(values, dict):
            raise SpecificationError("The specification is not a JSON object.")
        wanted = {field.name: field.default for field in fields(cls)}
        faults = [f"{name} is missing" for name in wanted if name not in values]
        faults += [f"{name} is not known here" for name in values if name not in wanted]
        faults += [
            f"{name} should be of the same kind as {default!r}"
            for name, default in wanted.items()
            if name in values and not _alike(values[name], default)
        ]
        if faults:
            raise SpecificationError("The specification: " + "; ".join(faults) + ".")
        read = cls(**{name: _frozen(value) for name, value in values.items()})
        if read.canonical != data:
            raise SpecificationError("The specification is not in canonical form.")
        return read


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _alike(value: Any, default: Any) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value) is type(default)
