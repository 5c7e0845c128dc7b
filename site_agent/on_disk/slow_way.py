"""A film by way of pydicom, whole in memory: for what the engine declines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from site_agent.acquire.folder import FoundImage, look
from site_agent.deidentify.header.dataset import (
    claim_in,
    deidentify_header,
    to_bytes,
)
from site_agent.deidentify.header.dataset_items import own_identifiers_in
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.header.profile import load_profile
from site_agent.deidentify.header.reading import UNREADABLE, quiet
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.errors import UnreadableFile


@dataclass(frozen=True, slots=True)
class WrittenFilm:
    """A whole de-identified file, its new UIDs, and what was done at its top level.

    `claims_no_text` is as in `CleanHeader`.
    """

    study: str
    instance: str
    content: bytes
    actions: Mapping[tuple[int | str, str], int]
    claims_no_text: bool


NOT_DICOM = None
"""What a file that is no DICOM image gives."""


def is_dicom(path: Path) -> bool:
    """Whether a file is a DICOM image, damaged or not."""
    return isinstance(look(path), FoundImage)


def convert_by_pydicom(
    path: Path, pseudonyms: Pseudonyms, options: Options
) -> WrittenFilm | None:
    """De-identify one file; `NOT_DICOM` where it is no image.

    Raises
    ------
    UnreadableFile
        When it is damaged, or cannot be de-identified.
    """
    found = look(path)
    if not isinstance(found, FoundImage):
        return NOT_DICOM
    if found.damage:
        raise UnreadableFile(f"The file is damaged: {found.damage}.")
    with quiet():
        try:
            dataset = pydicom.dcmread(path, force=True)
        except UNREADABLE:
            raise UnreadableFile("The file cannot be read as DICOM.") from None
    clean = deidentify_header(dataset, pseudonyms, options)
    content = to_bytes(clean)
    if own_identifiers_in(dataset).are_left_in(content):
        raise UnreadableFile(
            "A person's name is left in it. Keep it back, and tell us."
        )
    return WrittenFilm(
        study=str(clean.get("StudyInstanceUID") or ""),
        instance=str(clean.SOPInstanceUID),
        content=content,
        actions=_actions(dataset, clean),
        claims_no_text=_claims_no_text(clean, options),
    )


def _claims_no_text(clean: Dataset, options: Options) -> bool:
    iod = load_profile().iods.get(str(clean.file_meta.MediaStorageSOPClassUID))
    return claim_in(clean, iod, options).stays


def _actions(before: Dataset, after: Dataset) -> Counter[tuple[int | str, str]]:
    """Tell the actions from the result: gone, empty, as it was, or another value."""
    actions: Counter[tuple[int | str, str]] = Counter()
    with quiet():
        for tag in before.keys():  # noqa: SIM118  a data set yields elements, not tags
            if tag.is_private:
                actions["private", "X"] += 1
            elif tag not in after:
                actions[int(tag), "X"] += 1
            elif after[tag].is_empty:
                actions[int(tag), "Z"] += 1
            else:
                actions[int(tag), _kept_or_replaced(before, after, tag)] += 1
    return actions


def _kept_or_replaced(before: Dataset, after: Dataset, tag: int) -> str:
    try:
        is_same = bool(before[tag].value == after[tag].value)
    except UNREADABLE:
        is_same = False
    if is_same:
        return "K"
    return "U" if after[tag].VR == "UI" else "D"
