"""The engine gives what pydicom gives, or declines; it never gives anything else."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from site_agent.deidentify.header.engine import Declined, clean_header
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.header.reading import UNREADABLE, quiet
from site_agent.errors import UnreadableFile
from tests.shared_folder import DICOM_FILES, STRESS, TABLE_E1_1
from tests.site_agent.deidentify.both_ways import (
    PSEUDONYMS,
    as_bytes,
    by_both,
    by_engine,
    by_pydicom,
    differences,
    header_of,
)
from tests.site_agent.deidentify.chest_film import (
    IDENTIFIERS,
    JPEG_2000,
    again,
    chest_film,
)
from tests.site_agent.deidentify.cleaned import REMOVE, SHIFT
from tests.site_agent.deidentify.every_row import SECRET
from tests.site_agent.deidentify.odd_films import CORPUS, clutter
from tests.site_agent.inbox import SYNTAXES

both_options = pytest.mark.parametrize("options", [REMOVE, SHIFT])


@pytest.mark.parametrize("syntax", SYNTAXES)
@both_options
@pytest.mark.parametrize("name", CORPUS)
def test_both_ways_agree_in_every_attribute(
    name: str, options: Options, syntax: str
) -> None:
    content = as_bytes(again(CORPUS[name](), syntax))
    result = by_both(content, options)
    assert SECRET.encode() not in result
    assert b"Reuter" not in result


def test_compressed_pixels_are_found_and_not_touched() -> None:
    film = chest_film()
    film.PixelData = encapsulate([JPEG_2000 + b" not decoded", b"\xff\xd9"])
    film["PixelData"].is_undefined_length = True
    film["PixelData"].VR = "OB"
    content = as_bytes(again(film, JPEG2000Lossless))
    result = by_engine(content, REMOVE)
    assert result == by_pydicom(content, REMOVE)
    assert result.endswith(content[-40:])


@pytest.mark.skipif(not DICOM_FILES, reason="the real files are not at hand")
@both_options
def test_both_ways_agree_on_real_films(options: Options) -> None:
    compared = 0
    for path in DICOM_FILES:
        content = path.read_bytes()
        try:
            result = by_engine(content, options)
        except Declined:
            continue
        compared += 1
        assert differences(result, by_pydicom(content, options)) == [], path.name
    assert compared > 0.75 * len(DICOM_FILES)


@pytest.mark.skipif(not STRESS.exists(), reason="the judge is not at hand")
@pytest.mark.parametrize("seed", [1, 2])
def test_both_ways_agree_where_every_row_is_planted_three_times(
    seed: int, tmp_path: Path
) -> None:
    made = tmp_path / "stress.dcm"
    subprocess.run(
        [
            *(sys.executable, STRESS, "make", made, "--seed", str(seed)),
            *("--table", TABLE_E1_1),
        ],
        check=True,
        capture_output=True,
    )
    for options in (REMOVE, SHIFT):
        result = by_both(made.read_bytes(), options)
        assert not re.search(rb"ZQ[A-Z2-7]{10}", result)


# -------------------------------------------------------------------------- its account


def test_account_names_attributes_of_the_dictionary_and_counts_the_others() -> None:
    content = as_bytes(again(clutter()))
    actions = header_of(content, REMOVE).actions
    assert actions[0x00100010, "Z"] == 1
    assert actions[0x00100020, "D"] == 1
    assert actions[0x0020000D, "U"] == 1
    assert actions["private", "X"] >= 2
    assert actions["unknown", "X"] >= 1
    assert {action for _, action in actions} <= set("XZDUKC")
    assert not [each for each in IDENTIFIERS if each in json.dumps(str(actions))]


def test_header_longer_than_what_is_read_first_is_read_on() -> None:
    film = chest_film()
    film.add_new(0x00091010, "OB", b"Reuter" * 100_000)
    content = as_bytes(film)
    result = by_engine(content, REMOVE)
    assert result == by_pydicom(content, REMOVE)


def test_pixels_are_not_read() -> None:
    film = chest_film(Rows=400, Columns=400, PixelData=bytes(2 * 400 * 400))
    content = as_bytes(film)
    upto = 0

    def read(offset: int, count: int) -> bytes:
        nonlocal upto
        upto = max(upto, offset + count)
        return content[offset : offset + count]

    header = clean_header(read, len(content), PSEUDONYMS, REMOVE)
    assert header.pixels_length == len(film.PixelData)
    assert upto < len(content) / 4


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_what_stands_behind_the_picture_goes(syntax: str) -> None:
    film = again(chest_film(PixelData=bytes(512) + b"Reuter^Francisco"), syntax)
    for way in (by_engine, by_pydicom):
        with quiet():
            copy = pydicom.dcmread(io.BytesIO(way(as_bytes(film), REMOVE)))
        assert copy.PixelData == bytes(512)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_picture_of_odd_length_is_padded_with_nothing_else_than_nul(
    syntax: str,
) -> None:
    odd = {"Rows": 5, "Columns": 3, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    film = again(chest_film(**odd, PixelData=b"\1" * 15 + b"X"), syntax)
    results = [way(as_bytes(film), REMOVE) for way in (by_engine, by_pydicom)]
    with quiet():
        copies = [pydicom.dcmread(io.BytesIO(result)) for result in results]
    assert [copy.PixelData for copy in copies] == [b"\1" * 15 + b"\0"] * 2
    assert differences(*results) == []


# ---------------------------------------------------------------------------- anything


@settings(max_examples=150)
@given(data=st.data())
def test_whatever_stands_in_a_header_no_name_is_left(data: st.DataObject) -> None:
    """Damage a header at random places; what the engine does, pydicom does too."""
    film = CORPUS[data.draw(st.sampled_from(sorted(CORPUS)))]()
    syntax = data.draw(st.sampled_from(SYNTAXES[:3]))
    content = bytearray(as_bytes(again(film, syntax)))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(132, max(133, len(content) - 520)))
        content[position] = data.draw(st.integers(0, 255))
    try:
        result = by_engine(bytes(content), SHIFT)
    except Declined:
        return
    assert b"Reuter^" not in result
    try:
        expected = by_pydicom(bytes(content), SHIFT)
    except (UnreadableFile, *UNREADABLE):
        return
    assert differences(result, expected) == []
