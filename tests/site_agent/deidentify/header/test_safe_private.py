"""Private attributes stay if the standard calls them safe, wherever their block is."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from site_agent.deidentify.header.engine import Declined
from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.reading import quiet
from site_agent.deidentify.header.safe_private import creator_tag, safe_attribute
from tests.site_agent.deidentify.both_ways import (
    as_bytes,
    by_both,
    by_engine,
    by_pydicom,
)
from tests.site_agent.deidentify.chest_film import again, chest_film, code, item

SAFE = Options(others=frozenset({Option.SAFE_PRIVATE}))
PHILIPS, SIEMENS = "Philips Imaging DD 001", "SIEMENS MR HEADER"


def private(dataset: Dataset, block: int, creator: str) -> None:
    """Add a safe number and code string, a name in another, and an unsafe text."""
    base = 0x20010000 | block << 8
    dataset.add_new(0x20010000 | block, "LO", creator)
    dataset.add_new(base | 0x03, "FL", 800.0)
    dataset.add_new(base | 0x04, "CS", "RPO")
    with quiet():
        dataset.add_new(base | 0x06, "CS", "Reuter")
    dataset.add_new(base | 0xEE, "LO", "Reuter^Francisco")


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("block", [0x10, 0x42, 0xFF])
def test_safe_ones_stay_at_any_offset_and_depth(block: int, syntax: str) -> None:
    view = code("R-10214", "SRT", "postero-anterior")
    film = chest_film(ViewCodeSequence=Sequence([view]))
    for place in (film, film.ViewCodeSequence[0]):
        private(place, block, PHILIPS)
    content = as_bytes(again(film, syntax))
    result = by_both(content, SAFE)
    assert b"Reuter" not in result
    assert result.count(b"RPO") == 2
    assert result.count(PHILIPS.encode()) == 2
    assert b"RPO" not in by_engine(content, Options())


@pytest.mark.parametrize("creator", [SIEMENS, "philips imaging dd 001", "", "Reuter"])
def test_the_same_number_of_another_creator_goes(creator: str) -> None:
    film = chest_film()
    private(film, 0x10, creator)
    content = as_bytes(again(film))
    for way in (by_engine, by_pydicom):
        assert b"RPO" not in way(content, SAFE)


def test_two_blocks_of_one_group_stay_in_order() -> None:
    film = chest_film()
    private(film, 0x10, PHILIPS)
    private(film, 0x11, PHILIPS)
    content = as_bytes(again(film))
    assert by_engine(content, SAFE).count(b"RPO") == 2
    by_both(content, SAFE)


def test_safe_sequence_is_left_to_pydicom_and_cleaned_inside() -> None:
    film = chest_film()
    film.add_new(0x20010010, "LO", PHILIPS)
    film.add_new(0x20011069, "SQ", [item(PatientName="Reuter", Modality="DX")])
    content = as_bytes(again(film))
    with pytest.raises(Declined, match="private sequence"):
        by_engine(content, SAFE)
    result = by_pydicom(content, SAFE)
    assert b"Reuter" not in result
    assert PHILIPS.encode() in result


def test_creators_have_no_row_of_their_own() -> None:
    assert creator_tag(0x20014203) == 0x20010042
    assert safe_attribute(0x20010003, PHILIPS) is None
    assert safe_attribute(0x20014203, PHILIPS) is not None
