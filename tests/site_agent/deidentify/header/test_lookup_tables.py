"""Lookup tables with text in them do not stay; those of real devices do."""

import io

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from site_agent.deidentify.header.engine import Declined
from site_agent.deidentify.header.lookup_tables import is_table
from site_agent.deidentify.header.options import Options
from site_agent.errors import UnreadableFile
from tests.site_agent.deidentify.both_ways import (
    as_bytes,
    by_both,
    by_engine,
    by_pydicom,
)
from tests.site_agent.deidentify.chest_film import chest_film

SECRET = b"Zyxwvut^Quentin "
RAMP = np.arange(65_536)


@pytest.mark.parametrize(
    ("values", "kind", "bits"),
    [
        (RAMP, "<u2", 16),
        (RAMP, ">u2", 16),
        (RAMP[::-1], "<u2", 16),
        (65_535 * np.sqrt(RAMP / 65_535), "<u2", 16),
        (np.arange(4096) * 16, "<u2", 16),
        (np.arange(256) * 257, "<u2", 16),
        (np.arange(256), "u1", 8),
        (np.arange(256), "<u2", 8),
        (np.full(256, 65), "u1", 8),
        (np.tile([0x3939, 0x4141, 0x3131, 0x2D2D, 0xFFFF, 0], 20), "<u2", 16),
    ],
)
def test_tables_of_devices_are_tables(values, kind, bits):
    data = np.asarray(values).astype(kind).tobytes()
    assert is_table(data, len(values) & 0xFFFF, bits)


@pytest.mark.parametrize(
    ("data", "entries"),
    [
        (SECRET, 16),
        (SECRET.decode().encode("utf-16-le"), 16),
        (SECRET.decode().encode("utf-16-be"), 16),
        (bytes(range(230)) + b"born 1961 in Lohnberg aa!!", 256),
        (bytes(100), 16),
        (b"", 16),
    ],
)
def test_text_and_what_is_too_long_are_none(data, entries):
    assert not is_table(data, entries, 8)


def _table(data: bytes, vr: str = "OW") -> Dataset:
    item = Dataset()
    item.add(DataElement(0x00283002, "US", [16, 0, 8]))
    values = np.frombuffer(data, "<u2").tolist() if vr == "US" else data
    item.add(DataElement(0x00283006, vr, values))
    return item


@pytest.mark.parametrize("vr", ["OW", "US"])
@pytest.mark.parametrize("syntax", [None, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_table_with_text_goes_and_the_one_beside_it_stays(vr, syntax):
    film = chest_film()
    if syntax:
        film.file_meta.TransferSyntaxUID = syntax
    ramp = np.arange(16, dtype="<u2").tobytes()
    text = (SECRET * 2)[:32]
    film.VOILUTSequence = Sequence([_table(text, vr), _table(ramp, vr)])
    content = as_bytes(film)
    result = by_both(content, Options())
    assert b"Quentin" not in result
    assert b"uQneit" not in result
    assert len(pydicom.dcmread(io.BytesIO(result)).VOILUTSequence) == 1


def test_a_film_whose_palette_is_text_is_left_out():
    film = chest_film()
    film.add(DataElement(0x00281101, "US", [16, 0, 8]))
    film.RedPaletteColorLookupTableData = SECRET
    content = as_bytes(film)
    with pytest.raises(Declined, match="palette"):
        by_engine(content, Options())
    with pytest.raises(UnreadableFile, match="palette"):
        by_pydicom(content, Options())
