"""Text in whatever encoding a hospital's system wrote it.

A byte order mark decides. Without one, zeros at every other byte are UTF-16, and what
is valid is UTF-8. Else the bytes are of a Windows code page, or a few of them strayed
into UTF-8: Windows-1251 where most letters are not of ASCII, Windows-1250 or ISO 8859-2
where Polish letters stand within words, otherwise Windows-1252, to which Latin-1 is
the same but for controls. Nothing is refused, and nothing left out.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path
from typing import IO, TextIO

STRAYS = "hilum.strays"
"""The error handler of UTF-8 in which a byte of Windows-1252 may stand."""

_SAMPLE = 1 << 20  # bytes from which the encoding of a long file is told
_WIDE_SAMPLE = 1 << 14
# UTF-32 first: its mark in little endian begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_LATIN = re.compile(rb"[A-Za-z]")
_HIGH = re.compile(rb"[\x80-\xff]")
_OF_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_CYRILLIC = re.compile(rb"[\xc0-\xff]{2}")
# Within words of Windows-1252 these are no letters: superscripts and punctuation.
_LETTER = rb"[A-Za-z\xb3\xbf\xc0-\xff]"
_POLISH = re.compile(_LETTER + rb"[\xb3\xb9\xbf\xb1\xb6\xbc]" + _LETTER)
_POLISH_ISO = re.compile(_LETTER + rb"[\xb1\xb6\xbc]" + _LETTER)
_POLISH_WINDOWS = re.compile(_LETTER + rb"[\xb9\x9c\x9f]" + _LETTER)


def decode(data: bytes) -> str:
    """Decode a whole text.

    >>> decode("Höfig".encode("cp1252")) == decode("Höfig".encode("utf-16-le"))
    True
    """
    codec, errors = encoding_of(data)
    return data.decode(codec, errors)


def open_text(path: Path) -> TextIO:
    """Open a text of any length; line ends are given as they are.

    The first 1 MiB tells the encoding.
    """
    with path.open("rb") as file:
        codec, errors = encoding_of(file.read(_SAMPLE), whole=False)
    opened: IO[str] = path.open(encoding=codec, errors=errors, newline="")
    return opened  # type: ignore[return-value]  # a text file is one


def encoding_of(sample: bytes, *, whole: bool = True) -> tuple[str, str]:
    """Tell codec and error handler of a text from its start.

    Parameters
    ----------
    whole : bool
        Whether `sample` is all there is; else its last character may be cut off.
    """
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return codec, STRAYS if codec == "utf-8-sig" else "replace"
    if wide := _wide(sample[:_WIDE_SAMPLE]):
        return wide, "replace"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
    except UnicodeDecodeError:
        if page := _other_code_page(sample[:_SAMPLE]):
            return page, "replace"
    return "utf-8", STRAYS


def _wide(sample: bytes) -> str:
    """Tell UTF-16 by its high bytes: zero for Latin, up to 6 for Arabic."""
    if b"\0" not in sample or len(sample) < 4:
        return ""
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = Counter(sample[first::2]), sample[1 - first :: 2]
        usual = sum(high[value] for value in range(7))
        if high[0] * 20 > high.total() and usual * 10 >= high.total() * 9:
            return codec if low.count(0) * 20 <= len(low) else ""
    return ""


def _other_code_page(sample: bytes) -> str:
    """Tell a code page other than Windows-1252, or nothing."""
    if 4 * len(_OF_UTF_8.findall(sample)) > len(_HIGH.findall(sample)):
        return ""  # UTF-8 into which some bytes strayed
    if 2 * len(_CYRILLIC.findall(sample)) > len(_LATIN.findall(sample)):
        return "cp1251"
    if _POLISH.search(sample):
        iso = len(_POLISH_ISO.findall(sample))
        return "iso8859-2" if iso > len(_POLISH_WINDOWS.findall(sample)) else "cp1250"
    return ""


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", "replace"), error.end


codecs.register_error(STRAYS, _as_windows_1252)
