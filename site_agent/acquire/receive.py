"""Reading one study in full."""

from __future__ import annotations

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
        images=tuple(
            # Files without preamble are DICOM too; `folder.look` has examined them.
            ReceivedImage(image.path, pydicom.dcmread(image.path, force=True))
            for image in arrival.images
        ),
        report=arrival.report.report if arrival.report is not None else None,
    )
