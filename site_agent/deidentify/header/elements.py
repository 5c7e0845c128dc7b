"""Read one element as the data dictionary has it, whatever the file says it is."""

from __future__ import annotations

import struct
from typing import Any

from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from site_agent.deidentify.header.encoding import BYTES, TEXT

_NUMBERS = {
    **{"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q"},
    **{"FL": "f", "FD": "d"},
}


def read_element(dataset: Dataset, tag: BaseTag, vr: str) -> DataElement:
    """Give an element with a VR that the data dictionary allows.

    A standard attribute under VR UN is read again with its own VR (PS3.5 6.2.2: as
    implicit VR little endian), also when that makes it a sequence. Text under another
    text VR keeps its characters. Bytes under another VR of bytes stay.

    Parameters
    ----------
    vr : str
        The dictionary's VR, ``US or SS`` where there are two.

    Raises
    ------
    ValueError
        When the value is of another kind than it should be.
    pydicom's exceptions
        See `reading.UNREADABLE`, when it cannot be read at all.
    """
    allowed = vr.split(" or ")
    item: DataElement | RawDataElement = dataset.get_item(tag)
    if item.VR == "UN":
        item = _of_unknown_vr(item, allowed[0])
    elif item.VR in (None, *allowed):
        item = dataset[tag]
    elif item.VR in TEXT and allowed[0] in TEXT:
        item = _relabelled(dataset, item, allowed[0])
    elif item.VR in BYTES and allowed[0] in BYTES:
        item = dataset[tag]
        allowed = [item.VR]
    if isinstance(item, RawDataElement) or item.VR not in allowed:
        raise ValueError("a value of another kind")
    return item


def read_private(dataset: Dataset, tag: BaseTag, vr: str) -> DataElement:
    """Give a private element with the VR that Table E.3.10-1 has for it.

    Raises
    ------
    ValueError
        When it stands under another one.
    pydicom's exceptions
        See `reading.UNREADABLE`, when it cannot be read at all.
    """
    item: DataElement | RawDataElement = dataset.get_item(tag)
    if item.VR == "UN":
        return _of_unknown_vr(item, vr)
    if isinstance(item, RawDataElement) and item.VR in (None, vr):
        return convert_raw_data_element(item._replace(VR=vr), ds=dataset)
    if isinstance(item, RawDataElement) or item.VR not in (vr,):
        raise ValueError("a value of another kind")
    return item


def values_of(element: DataElement) -> list[Any]:
    """Give the values of an element that is no sequence; none where it is empty."""
    if element.is_empty:
        return []
    value = element.value
    return list(value) if isinstance(value, MultiValue | list) else [value]


def texts_of(element: DataElement) -> list[str]:
    """Give the values of an element of a text VR, as they were written."""
    return [str(value).strip(" \0") for value in values_of(element)]


def numbers_of(element: DataElement) -> bytes:
    """Give the values of an element of binary numbers as little endian bytes.

    Raises
    ------
    struct.error
        When a value does not fit its VR.
    """
    values = values_of(element)
    if element.VR == "AT":
        return b"".join(struct.pack("<HH", tag >> 16, tag & 0xFFFF) for tag in values)
    if element.VR not in _NUMBERS:
        return bytes(element.value or b"")  # a VR that is left open is not decoded
    return struct.pack(f"<{len(values)}{_NUMBERS[element.VR]}", *values)


def _of_unknown_vr(item: DataElement | RawDataElement, vr: str) -> DataElement:
    value = item.value
    if value is not None and not isinstance(value, bytes):
        raise ValueError("an unknown VR that is not bytes")
    length = len(value or b"")
    raw = RawDataElement(item.tag, vr, length, value, 0, True, True)
    return convert_raw_data_element(raw)


def _relabelled(
    dataset: Dataset, item: DataElement | RawDataElement, vr: str
) -> DataElement:
    if isinstance(item, RawDataElement):
        return convert_raw_data_element(item._replace(VR=vr), ds=dataset)
    return DataElement(item.tag, vr, item.value)
