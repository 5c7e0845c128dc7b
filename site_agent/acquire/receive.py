"""Reading one study, but for its pixels."""

from __future__ import annotations

from pathlib import Path

import pydicom

from site_agent.acquire.sorting import Arrival
from site_agent.study import ReceivedImage, ReceivedStudy


def receive(arrival: Arrival) -> ReceivedStudy:
    """Read the headers of an arrival's films, and take its report.

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
    # Files without preamble are DICOM too; `folder.look` has examined them.
    dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
    return ReceivedImage(path, dataset)
