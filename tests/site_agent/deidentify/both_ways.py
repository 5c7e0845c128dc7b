"""De-identify the same bytes by the engine and by pydicom, and compare the results."""

from __future__ import annotations

import io

import pydicom
from pydicom.dataset import Dataset

from site_agent.deidentify.header.dataset import deidentify_header, to_bytes
from site_agent.deidentify.header.engine import CleanHeader, clean_header
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.header.reading import quiet
from site_agent.deidentify.pseudonym import Pseudonyms

PSEUDONYMS = Pseudonyms(bytes(32))


def header_of(content: bytes, options: Options) -> CleanHeader:
    """Clean the header by the engine; raises `Declined`."""

    def read(offset: int, count: int) -> bytes:
        return content[offset : offset + count]

    return clean_header(read, len(content), PSEUDONYMS, options)


def by_engine(content: bytes, options: Options) -> bytes:
    """Give the new file, put together as it is copied; raises `Declined`."""
    header = header_of(content, options)
    end = header.pixels_start + header.pixels_length
    return header.head + content[header.pixels_start : end] + header.tail


def by_pydicom(content: bytes, options: Options) -> bytes:
    """Give the new file; raises `UnreadableFile` and what `UNREADABLE` names."""
    with quiet():
        film = pydicom.dcmread(io.BytesIO(content), force=True)
        return to_bytes(deidentify_header(film, PSEUDONYMS, options))


def differences(one: bytes, other: bytes) -> list[str]:
    """Name the attributes in which two files differ, file meta included."""
    if one == other:
        return []
    with quiet():
        first = pydicom.dcmread(io.BytesIO(one))
        second = pydicom.dcmread(io.BytesIO(other))
        return [
            *_differences(first.file_meta, second.file_meta),
            *_differences(first, second),
        ]


def by_both(content: bytes, options: Options) -> bytes:
    """Give the new file, in which both ways agree; raises what either raises."""
    result = by_engine(content, options)
    differing = differences(result, by_pydicom(content, options))
    assert differing == [], differing
    return result


def as_bytes(film: Dataset) -> bytes:
    """Give a film as a device would store it, private attributes and all."""
    buffer = io.BytesIO()
    with quiet():
        pydicom.dcmwrite(buffer, film, enforce_file_format=True)
    return buffer.getvalue()


def _differences(one: Dataset, other: Dataset) -> list[str]:
    tags = sorted({*one.keys(), *other.keys()})
    return [
        f"{tag} {one.get(tag)} | {other.get(tag)}"
        for tag in tags
        if one.get(tag) != other.get(tag)
    ]
