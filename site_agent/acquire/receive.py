"""Reading one study in full."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pydicom

from site_agent.acquire.sorting import Arrival
from site_agent.study import ReceivedImage, ReceivedStudy


def receive(arrival: Arrival) -> ReceivedStudy:
    """Read all films of an arrival with their pixels, and take its report.

    Raises
    ------
    Exception
        Whatever pydicom raises on a damaged file.
    """
    return ReceivedStudy(
        images=tuple(_image(image.path) for image in arrival.images),
        report=arrival.report.report if arrival.report is not None else None,
    )


def _image(path: Path) -> ReceivedImage:
    content = path.read_bytes()
    # Files without preamble are DICOM too; `folder.look` has examined them.
    return ReceivedImage(path, pydicom.dcmread(BytesIO(content), force=True), content)
