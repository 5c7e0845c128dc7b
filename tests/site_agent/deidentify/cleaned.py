"""Clean a film by pydicom alone, and read what came of it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from site_agent.deidentify.header.dataset import deidentify_header, to_bytes
from site_agent.deidentify.header.options import Dates, Options
from site_agent.deidentify.header.reading import quiet
from tests.site_agent.deidentify.both_ways import PSEUDONYMS

REMOVE, SHIFT = Options(Dates.REMOVE), Options(Dates.SHIFT)


def clean_file(film: Dataset, options: Options = REMOVE) -> bytes:
    return to_bytes(deidentify_header(film, PSEUDONYMS, options))


def clean(film: Dataset, options: Options = REMOVE) -> Dataset:
    with quiet():
        return pydicom.dcmread(io.BytesIO(clean_file(film, options)))


def elements(dataset: Dataset) -> Iterator[DataElement]:
    for element in dataset:
        yield element
        if element.VR == "SQ":
            for each in element.value:
                yield from elements(each)
