"""The engine gives what pydicom gives, or declines; it never gives anything else."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
)

from site_agent.deidentify.header.engine import Declined, Limits, TooLarge, clean_header
from site_agent.deidentify.header.options import Dates, Options
from site_agent.deidentify.header.reading import UNREADABLE, quiet
from site_agent.errors import UnreadableFile
from tests.site_agent.deidentify.both_ways import (
    PSEUDONYMS,
    as_bytes,
    by_engine,
    by_pydicom,
    differences,
    header_of,
)
from tests.site_agent.deidentify.chest_film import (
    IDENTIFIERS,
    JPEG_2000,
    SOP_UID,
    again,
    chest_film,
    code,
    item,
)
from tests.site_agent.deidentify.header.test_dataset import SECRET, plant_every_row

SHARED = Path(__file__).parents[5] / "shared"
STRESS = SHARED / "judge" / "e11_stress.py"
FILES = sorted(
    path for path in (SHARED / "data" / "dicom").rglob("*.dcm") if path.is_file()
)
SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
REMOVE, SHIFT = Options(Dates.REMOVE), Options(Dates.SHIFT)
both_options = pytest.mark.parametrize("options", [REMOVE, SHIFT])
PIXELS = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 512)


def raw(film: Dataset, keyword: str, vr: str, value: bytes) -> None:
    tag = Tag(keyword)
    film._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)


# --------------------------------------------------------------- a corpus of its own


def every_row() -> Dataset:
    film, region = chest_film(), code("T-D3000", "SRT", "Chest")
    view = code("R-10214", "SRT", "postero-anterior")
    region.AnatomicRegionModifierSequence = Sequence([code("G-A138", "SRT", "Coronal")])
    for place in (film, view, region.AnatomicRegionModifierSequence[0]):
        with quiet():
            plant_every_row(place)
    film.ViewCodeSequence = Sequence([view])
    film.AnatomicRegionSequence = Sequence([region])
    film.SOPInstanceUID = SOP_UID
    return film


def undefined_lengths() -> Dataset:
    film = chest_film()
    for keyword in ("ViewCodeSequence", "RequestAttributesSequence"):
        film[keyword].is_undefined_length = True
        for each in film[keyword].value:
            each.is_undefined_length_sequence_item = True
    return film


def nested(depth: int) -> Dataset:
    inner = item(PatientName=SECRET, PatientID=SECRET)
    for _ in range(depth):
        inner = item(ViewCodeSequence=Sequence([inner]), Modality="DX")
    return chest_film(ViewCodeSequence=Sequence([inner]))


def clutter() -> Dataset:
    film = chest_film()
    film.add_new(0x50000022, "LO", SECRET)
    film.add_new(0x60000022, "LO", SECRET)
    film.add_new(0x60003000, "OW", SECRET.encode())
    film.add_new(0x0018FFF0, "LO", SECRET)
    film.add_new(0x00211099, "UN", SECRET.encode())
    icon = item(PatientID=SECRET, BitsAllocated=8, PixelData=b"\0\0")
    film.add_new("IconImageSequence", "SQ", [icon])
    film.add_new("DataSetTrailingPadding", "OB", SECRET.encode())
    return film


def under_unknown_vr() -> Dataset:
    film = chest_film()
    for keyword, value in {
        "KVP": b"125 ",
        "PatientName": b"Reuter^Francisco",
        "Manufacturer": b"Reuter^Francisco",
        "StudyDate": b"20170815",
        "SamplesPerPixel": b"\1\0",
    }.items():
        raw(film, keyword, "UN", value)
    raw(film, "Modality", "LO", b"DX")
    raw(film, "BodyPartExamined", "PN", b"Reuter^Francisco")
    raw(film, "RescaleSlope", "OB", b"1 ")
    return film


def odd_values() -> Dataset:
    film = chest_film(
        SpecificCharacterSet="ISO_IR 192",
        PatientName="山田^太郎",
        IssuerOfPatientID="Universitätsklinikum",
        Manufacturer="キヤノン",
        ProcedureCodeSequence=Sequence([code("RX72944254", "99SEBNITZ", "XR for R")]),
        StudyDate="1917.8.15",
        AcquisitionDate="",
    )
    raw(film, "WindowCenter", "DS", b"2048\\20170815 ")
    raw(film, "DetectorVector", "US", b"Reuter^Francisco")
    raw(film, "ImageType", "CS", b"ORIGI\0\\PRIMARY\\RX72944254")
    raw(film, "SmallestImagePixelValue", "US", b"\1\0\2\0\3\0")
    raw(film, "SeriesInstanceUID", "UI", b"1.2.3\\ \\1.2.840.10008.1.1\0")
    return film


CORPUS: dict[str, Callable[[], Dataset]] = {
    "plain": chest_film,
    "every row": every_row,
    "undefined lengths": undefined_lengths,
    "nested": lambda: nested(8),
    "nested too deep": lambda: nested(60),
    "clutter": clutter,
    "unknown VR": under_unknown_vr,
    "odd values": odd_values,
    "no pixels, no study": lambda: item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", SOPInstanceUID="1.2.3", KVP="1"
    ),
}


@pytest.mark.parametrize("syntax", SYNTAXES)
@both_options
@pytest.mark.parametrize("name", CORPUS)
def test_both_ways_agree_in_every_attribute(
    name: str, options: Options, syntax: str
) -> None:
    content = as_bytes(again(CORPUS[name](), syntax))
    result = by_engine(content, options)
    assert differences(result, by_pydicom(content, options)) == []
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


@pytest.mark.skipif(not FILES, reason="the real files are not at hand")
@both_options
def test_both_ways_agree_on_real_films(options: Options) -> None:
    compared = 0
    for path in FILES:
        content = path.read_bytes()
        try:
            result = by_engine(content, options)
        except Declined:
            continue
        compared += 1
        assert differences(result, by_pydicom(content, options)) == [], path.name
    assert compared > 0.75 * len(FILES)


@pytest.mark.skipif(not STRESS.exists(), reason="the judge is not at hand")
@pytest.mark.parametrize("seed", [1, 2])
def test_both_ways_agree_where_every_row_is_planted_three_times(
    seed: int, tmp_path: Path
) -> None:
    made = tmp_path / "stress.dcm"
    subprocess.run(
        [
            *(sys.executable, STRESS, "make", made, "--seed", str(seed)),
            *("--table", SHARED / "standards" / "ps315_table_e1-1_2026d.json"),
        ],
        check=True,
        capture_output=True,
    )
    for options in (REMOVE, SHIFT):
        result = by_engine(made.read_bytes(), options)
        assert differences(result, by_pydicom(made.read_bytes(), options)) == []
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


# ----------------------------------------------------------------------- what it leaves


def damaged(content: bytes) -> dict[str, bytes]:
    pixels = content.index(PIXELS)
    meta = content.index(b"1.2.840.10008.1.2.1\0")
    name = content.index(b"\x10\0\x10\0PN")
    return {
        "no preamble": content[132:],
        "cut off": content[: pixels + 100],
        "cut off in the header": content[: name + 20],
        "fewer pixels than rows": content[:pixels]
        + struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 2)
        + b"\0\0",
        "a picture of unknown size": content.replace(
            b"\x28\0\x10\0US\2\0\x10\0", b"\x28\0\x10\0US\2\0\0\0"
        ),
        "unknown VR": content[: name + 4] + b"??" + content[name + 6 :],
        "implicit in explicit": content[: name + 4]
        + struct.pack("<I", 4)
        + content[name + 8 :],
        "twice": content[:name] + content[name : name + 24] + content[name:],
        "private syntax": content.replace(
            b"1.2.840.10008.1.2.1\0", b"1.2.840.113619.5.2\0\0"
        ),
        "syntax and pixels": content[:meta]
        + b"1.2.840.10008.1.2.5\0"
        + content[meta + 20 :],
        "another object": content + content[pixels:],
        "a name after the pixels": content + content[name : name + 24],
        "two PixelData": content[:pixels]
        + struct.pack("<HH2sHI", 0x7FE0, 0x0008, b"OF", 0, 4)
        + bytes(4)
        + content[pixels:],
        "control character in a number": content.replace(b"2048", b"\x1d048"),
        "two SOP classes": content.replace(
            b"1.2.840.10008.5.1.4.1.1.1.1\0\x08", b"1.2.840.10008.5.1.4.1.1\\1.1\0\x08"
        ),
        "command group": content[: content.index(b"\x08\0\5\0CS")]
        + b"\0\0\5\0CS\2\0AB"
        + content[content.index(b"\x08\0\5\0CS") :],
        "unknown character set": content.replace(b"ISO_IR 100", b"utf_16    "),
    }


@pytest.mark.parametrize("what", damaged(as_bytes(chest_film())))
def test_what_could_be_read_in_two_ways_is_declined(what: str) -> None:
    with pytest.raises(Declined) as declined:
        by_engine(damaged(as_bytes(chest_film()))[what], REMOVE)
    assert not [each for each in IDENTIFIERS if each in str(declined.value)]


def test_deflated_bomb_is_declined() -> None:
    content = as_bytes(again(chest_film(), DeflatedExplicitVRLittleEndian))
    start = 144 + int.from_bytes(content[140:144], "little")
    deflater = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    bomb = deflater.compress(bytes(1 << 26)) + deflater.flush()
    with pytest.raises(TooLarge):
        by_engine(content[:start] + bomb, REMOVE)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_megabytes_of_tiny_elements_or_items_are_too_large(syntax: str) -> None:
    content = as_bytes(chest_film(syntax))
    pixels = content.index(b"\xe0\x7f\x10\0")
    one = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    head = (0x5200, 0x9229)
    length = 200_000 * len(one)
    if syntax == ImplicitVRLittleEndian:
        many = struct.pack("<HHI", *head, length)
    else:
        many = struct.pack("<HH2sHI", *head, b"SQ", 0, length)
    with pytest.raises(TooLarge):
        by_engine(content[:pixels] + many + one * 200_000 + content[pixels:], REMOVE)


def test_large_private_value_is_too_large_where_little_memory_is_given() -> None:
    film = chest_film()
    film.add_new(0x00091010, "OB", b"Reuter" * 100_000)
    content = as_bytes(film)

    def read(offset: int, count: int) -> bytes:
        return content[offset : offset + count]

    little = Limits(header=1 << 16, inflated=1 << 16, elements=1000)
    with pytest.raises(TooLarge):
        clean_header(read, len(content), PSEUDONYMS, REMOVE, little)


@pytest.mark.parametrize("is_open", [True, False])
def test_megabytes_of_nested_sequences_take_no_stack(is_open: bool) -> None:
    content = as_bytes(chest_film())
    pixels = content.index(PIXELS)
    nest = nested_bytes(40_000, is_open=is_open)
    result = by_engine(content[:pixels] + nest + content[pixels:], REMOVE)
    assert len(result) < 10_000


def nested_bytes(depth: int, *, is_open: bool) -> bytes:
    """Shared Functional Groups Sequences in each other, with a name in the last."""
    tag, parts, length = (0x5200, 0x9229), [b"\x10\0\x10\0PN\4\0Zqre"], 12
    for _ in range(depth):
        if is_open:
            head = struct.pack("<HH2sHI", *tag, b"SQ", 0, 0xFFFFFFFF)
            parts.append(head + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF))
        else:
            head = struct.pack("<HH2sHI", *tag, b"SQ", 0, length + 8)
            parts.append(head + struct.pack("<HHI", 0xFFFE, 0xE000, length))
            length += 20
    ends = struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    return b"".join(reversed(parts)) + (ends * depth if is_open else b"")


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
