"""A file is whole, or says where it is not; nothing in it can make the walk fail."""

from __future__ import annotations

import io
import random
import warnings

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit, JPEGLossless

from site_agent.acquire import part10
from site_agent.acquire.part10 import Structure
from tests.shared_folder import DICOM
from tests.site_agent.inbox import SYNTAXES, dataset, film, without_preamble

FILM = film()


def examine(content: bytes) -> Structure:
    return part10.examine(io.BytesIO(content))


def nested() -> Dataset:
    inner = Dataset()
    inner.CodeValue = "T-D3000"
    item = Dataset()
    item.AnatomicRegionModifierSequence = [inner]
    item.CodeMeaning = "Chest"
    return item


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_whole_film_is_whole_in_every_transfer_syntax(syntax: str) -> None:
    content = film(syntax=syntax, AnatomicRegionSequence=[nested(), nested()])
    found = examine(content)
    assert part10.is_dicom(content)
    assert found.damage == ""
    assert found.numbers["Rows"] == 64
    assert found.values["PatientID"].strip() == b"K18-95938-1"


def test_bare_dataset_is_recognised_and_read() -> None:
    for syntax in SYNTAXES[:2]:
        content = without_preamble(syntax)
        assert part10.is_dicom(content)
        assert examine(content).damage == ""


@pytest.mark.parametrize(
    "text",
    [b"", b"[autorun]\r\nopen=x", b"\x89PNG\r\n\x1a\n" + bytes(40), b"MZ\x90\x00"],
)
def test_other_files_are_not_taken_for_dicom(text: bytes) -> None:
    assert not part10.is_dicom(text)


@given(st.integers(min_value=140, max_value=len(FILM) - 1))
@settings(max_examples=300, deadline=None)
def test_film_that_was_cut_anywhere_is_damaged(length: int) -> None:
    assert examine(FILM[:length]).damage


@given(st.binary(min_size=16, max_size=600), st.integers(140, 900))
@settings(max_examples=300, deadline=None)
def test_header_that_was_overwritten_never_crashes(noise: bytes, at: int) -> None:
    examine(FILM[:at] + noise + FILM[at + len(noise) :])


def test_header_overwritten_with_noise_is_damaged() -> None:
    noise = random.Random(1).randbytes(6000)  # noqa: S311  the same noise always
    found = examine(FILM[:400] + noise)
    assert found.damage
    assert "StudyInstanceUID" not in found.values


@given(st.binary(max_size=2000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_behind_a_preamble_are_examined(content: bytes) -> None:
    examine(bytes(128) + b"DICM" + content)


def test_sequences_too_deep_to_be_meant_are_damaged() -> None:
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    sequence = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff"
    assert examine(bytes(128) + b"DICM" + (sequence + item) * 5000).damage


def test_deflated_bomb_is_damaged_and_not_inflated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(part10, "_MOST_INFLATED", 1 << 10)
    assert examine(film(syntax=SYNTAXES[3])).damage


@pytest.mark.parametrize(
    ("changes", "damage"),
    [
        ({"Rows": 128}, part10.PIXELS_TOO_SHORT),
        ({"NumberOfFrames": "2"}, part10.PIXELS_TOO_SHORT),
        ({"SamplesPerPixel": 3}, part10.PIXELS_TOO_SHORT),
        ({"BitsAllocated": 32}, part10.PIXELS_TOO_SHORT),
        ({"PixelData": None}, part10.PIXELS_MISSING),
        ({"PixelData": None, "Rows": None, "Columns": None}, part10.PIXELS_MISSING),
        ({"Rows": 32}, ""),
    ],
)
def test_pixels_are_compared_with_what_the_header_says(
    changes: dict[str, object], damage: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom notices too
        assert examine(film(**changes)).damage == damage


def test_encapsulated_pixels_need_fragments_and_their_delimiter() -> None:
    content = film(
        syntax=JPEGLossless, PixelData=encapsulate([b"\xff\xd8" + bytes(500)])
    )
    assert examine(content).damage == ""
    assert examine(content[:-8]).damage
    assert examine(content[:-300]).damage == part10.PIXELS_CUT_OFF
    empty = film(syntax=JPEGBaseline8Bit, PixelData=encapsulate([], has_bot=True))
    assert examine(empty).damage == part10.PIXELS_MISSING


def test_zeros_behind_the_last_element_are_padding() -> None:
    assert examine(FILM + bytes(64)).damage == ""
    assert examine(FILM + bytes(64) + b"x").damage


def test_fingerprint_changes_with_header_size_and_pixels() -> None:
    prints = {
        examine(content).fingerprint
        for content in (
            FILM,
            film(PatientName="Other^Name"),
            FILM[:-2],
            FILM[:-2] + b"\x01\x01",
            FILM + bytes(8),
        )
    }
    assert len(prints) == 5
    assert examine(film()).fingerprint in prints


@pytest.mark.skipif(not DICOM.is_dir(), reason="needs the shared DICOM test files")
def test_real_files_that_are_whole_are_not_called_damaged() -> None:
    damaged = set()
    for path in DICOM.rglob("*.dcm"):
        with path.open("rb") as file:
            if part10.is_dicom(file.read(132)) and part10.examine(file).damage:
                damaged.add(path.stem)
    # What is wrong: no pixels, pixels cut off, two blanks as a VR, two elements in all.
    assert damaged == {
        *("chrJapMulti", "chrJapMultiExplicitIR6", "chrKoreanMulti", "GH178"),
        *("0_ORIGINAL_no_pixels", "GH1146", "MR_truncated", "rtplan_truncated"),
        *("GH179A", "GH179B", "GH364", "GH626", "empty_charset_LEI"),
    }


def test_values_agree_with_pydicom() -> None:
    found = examine(FILM)
    read = pydicom.dcmread(io.BytesIO(FILM))
    assert found.values["StudyInstanceUID"].strip(b"\0").decode() == str(
        read.StudyInstanceUID
    )
    assert dataset().Rows == found.numbers["Rows"] == read.Rows
