"""The engine declines what could be read in two ways, and what is too large."""

from __future__ import annotations

import struct
import zlib

import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from site_agent.deidentify.header.engine import Declined, Limits, TooLarge, clean_header
from tests.site_agent.deidentify.both_ways import PSEUDONYMS, as_bytes, by_engine
from tests.site_agent.deidentify.chest_film import IDENTIFIERS, again, chest_film
from tests.site_agent.deidentify.cleaned import REMOVE

PIXELS = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 512)


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
