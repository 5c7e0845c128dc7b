"""Names in a compressed picture, and nothing else of it, go."""

from __future__ import annotations

import io
import struct
from contextlib import suppress

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import (
    JPEG2000,
    MPEG2MPML,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from site_agent.deidentify.header.codestream import Picture, Unreadable
from site_agent.deidentify.header.encapsulated import (
    SEQUENCE_DELIMITER,
    carried,
    fragments_of,
)
from site_agent.deidentify.header.engine import Declined
from site_agent.deidentify.header.options import Options
from site_agent.errors import UnreadableFile
from tests.shared_folder import DICOM
from tests.site_agent.deidentify.both_ways import (
    as_bytes,
    by_both,
    by_engine,
    by_pydicom,
    differences,
)
from tests.site_agent.deidentify.chest_film import code
from tests.site_agent.deidentify.compressed_films import (
    ADOBE,
    CARRIERS,
    JFIF,
    NAME,
    film_with,
    frames_in,
    jpeg,
    jpeg_2000,
    rle,
    segment,
    shape_in,
)


def in_pieces(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def encapsulated(*fragments: bytes, table: bytes = b"") -> bytes:
    parts = [table, *fragments]
    return b"".join(
        b"\xfe\xff\0\xe0" + struct.pack("<I", len(each)) + each for each in parts
    )


def found(pixels: bytes, syntax: str, frames: int | None = None) -> bytes:
    """Give what the pixels carry, put together."""
    frames = frames_in(pixels, syntax) if frames is None else frames
    picture = Picture(*shape_in(syntax), frames)
    whole = pixels + SEQUENCE_DELIMITER

    def read(offset: int, count: int) -> bytes:
        return whole[offset : offset + count]

    items, end = fragments_of(read, 0, len(whole))
    assert end == len(whole)
    return b"".join(read(*span) for span in carried(read, items, syntax, picture))


@pytest.mark.parametrize("size", [10_000, 7, 1])
@pytest.mark.parametrize(("syntax", "content"), CARRIERS)
def test_name_in_a_compressed_picture_is_found_however_it_is_cut(
    syntax: str, content: bytes, size: int
) -> None:
    fragments = in_pieces(content, size) if syntax != RLELossless else [content]
    frames = frames_in(content, syntax)
    carried = found(encapsulated(*fragments), syntax, frames)
    assert NAME in carried
    assert b"picture" not in carried
    assert b"JFIF" not in carried
    assert b"Adobe" not in carried


@pytest.mark.parametrize(
    ("syntax", "content"),
    [
        (JPEGBaseline8Bit, jpeg(JFIF, ADOBE, segment(0xDB, b"table"))),
        (JPEGBaseline8Bit, jpeg(segment(0xFE, bytes(30)), after=b"\xff\xd9\0")),
        (JPEGBaseline8Bit, jpeg(after=b"")),
        (
            JPEGLSLossless,
            jpeg(segment(0xF7, b"\x08\0\x10\0\x10"), segment(0xE8, b"mrfx\1")),
        ),
        (JPEG2000, jpeg_2000(segment(0x64, b"\0\1Created by OpenJPEG version 2.5.0"))),
        (RLELossless, rle()),
    ],
)
def test_picture_that_carries_nothing_stays_as_it_is(
    syntax: str, content: bytes
) -> None:
    assert found(encapsulated(content), syntax) == b""


@pytest.mark.parametrize(
    ("syntax", "pixels"),
    [
        (JPEGBaseline8Bit, encapsulated(NAME)),
        (JPEGBaseline8Bit, encapsulated(b"\xff\xd8\xff\xe1\xff\xff" + NAME)),
        (JPEGBaseline8Bit, encapsulated(jpeg(), table=NAME)),
        (JPEGBaseline8Bit, encapsulated()),
        (JPEG2000, encapsulated(b"\xff\x4f" + NAME)),
        (JPEG2000, encapsulated(b"\xff\x4f\xff\x93" + NAME)),
        (RLELossless, encapsulated(NAME)),
        (RLELossless, encapsulated(NAME * 8)),
        # Of 32 rows, or of 8: what is shown is not all, or the header lies.
        (JPEGBaseline8Bit, encapsulated(jpeg(segment(0xC0, b"\x08\0\x20\0\x10")))),
        (JPEGLSLossless, encapsulated(jpeg(segment(0xF7, b"\x08\0\x08\0\x20")))),
        (JPEG2000, encapsulated(jpeg_2000().replace(b"\0\x10", b"\0\x20", 1))),
        (MPEG2MPML, encapsulated(NAME)),
    ],
)
def test_what_is_no_picture_of_its_syntax_is_refused_both_ways(
    syntax: str, pixels: bytes
) -> None:
    with pytest.raises(Unreadable):
        found(pixels, syntax)
    content = as_bytes(film_with(pixels, syntax))
    with pytest.raises(Declined):
        by_engine(content, Options())
    with pytest.raises(UnreadableFile):
        by_pydicom(content, Options())


@pytest.mark.parametrize(("syntax", "content"), CARRIERS)
def test_film_with_a_name_in_its_picture_loses_that_alone(
    syntax: str, content: bytes
) -> None:
    film = as_bytes(film_with(encapsulate([content]), syntax))
    with pytest.raises(Declined, match="more than a picture"):
        by_engine(film, Options())
    cleaned = by_pydicom(film, Options())
    assert NAME not in cleaned
    assert len(pydicom.dcmread(io.BytesIO(cleaned)).PixelData) == (
        len(pydicom.dcmread(io.BytesIO(film)).PixelData)
    )
    by_both(cleaned, Options())


@given(
    content=st.lists(
        st.one_of(
            st.binary(max_size=9),
            st.sampled_from([content for _, content in CARRIERS]),
            st.sampled_from([b"\xff\xd8", b"\xff\xd9", b"\xff\x4f", b"\xff\x90\0\n"]),
        )
    ),
    syntax=st.sampled_from([JPEGBaseline8Bit, JPEGLSLossless, JPEG2000, RLELossless]),
    size=st.integers(1, 70),
)
def test_any_bytes_are_a_picture_or_refused(
    content: list[bytes], syntax: str, size: int
) -> None:
    with suppress(Unreadable):
        found(encapsulated(*in_pieces(b"".join(content), size)), syntax)


@pytest.mark.skipif(not DICOM.exists(), reason="the real files are not at hand")
@pytest.mark.parametrize(
    "name",
    [
        "transfer-syntax/CTImage.dcm_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm",
        "transfer-syntax/CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm",
        "transfer-syntax/CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm",
    ],
)
def test_real_picture_is_decoded_to_the_same_pixels(name: str) -> None:
    film = pydicom.dcmread(DICOM / name)
    (frame,) = generate_frames(film.PixelData, number_of_frames=1)
    mark = 0x64 if "JPEG2000" in name else 0xFE
    at = frame.index(b"\xff\x52") if "JPEG2000" in name else 2
    planted = frame[:at] + segment(mark, b"\0\1" + NAME) + frame[at:]
    before = film.pixel_array
    film.PixelData = encapsulate([planted])
    film["PixelData"].is_undefined_length = True
    cleaned = by_pydicom(as_bytes(film), Options())
    assert NAME not in cleaned
    after = pydicom.dcmread(io.BytesIO(cleaned)).pixel_array
    assert (after == before).all()


def test_picture_within_a_sequence_goes_both_ways() -> None:
    view = code("272479007", "SCT", "postero-anterior")
    for pixels, is_compressed in (
        (encapsulate([jpeg(segment(0xFE, NAME))]), True),
        (NAME, False),
    ):
        view.add_new(0x7FE00010, "OB", pixels)
        view[0x7FE00010].is_undefined_length = is_compressed
        film = film_with(encapsulate([jpeg()]), JPEGBaseline8Bit)
        film.ViewCodeSequence = [view]
        content = as_bytes(film)
        cleaned = by_pydicom(content, Options())
        assert NAME not in cleaned
        assert "ViewCodeSequence" in pydicom.dcmread(io.BytesIO(cleaned))
        assert differences(by_engine(content, Options()), cleaned) == []


def test_names_in_the_tables_of_frames_go_both_ways() -> None:
    for table, is_kept in (
        (NAME, False),
        (b"Krebs^Jo", False),
        (bytes(8), True),
        (b"\1".ljust(8, b"\0"), False),
        (bytes(16), False),
    ):
        film = film_with(encapsulate([jpeg()]), JPEGBaseline8Bit)
        film.ExtendedOffsetTable = table
        content = as_bytes(film)
        result = by_both(content, Options())
        after = pydicom.dcmread(io.BytesIO(result))
        assert ("ExtendedOffsetTable" in after) is is_kept


@pytest.mark.parametrize("frames", [None, 1, 3])
def test_a_picture_that_the_header_does_not_speak_of_is_refused(
    frames: int | None,
) -> None:
    film = film_with(encapsulate([jpeg(), jpeg()]), JPEGBaseline8Bit)
    if frames is None:
        del film.NumberOfFrames
    else:
        film.NumberOfFrames = frames
    content = as_bytes(film)
    with pytest.raises(Declined, match="pictures than the header says"):
        by_engine(content, Options())
    with pytest.raises(UnreadableFile):
        by_pydicom(content, Options())


def test_runs_of_an_rle_segment_are_counted_to_its_last_pixel() -> None:
    head = struct.pack("<2I", 1, 64).ljust(64, b"\0")
    runs = b"\x80\xfd\x07\x03abcd"  # nothing, one byte four times, four bytes
    assert found(encapsulated(head + runs + b"\0\0"), RLELossless) == b""
    assert found(encapsulated(head + runs + NAME), RLELossless) == NAME
    with pytest.raises(Unreadable):
        found(encapsulated(head + runs[:-2]), RLELossless)
