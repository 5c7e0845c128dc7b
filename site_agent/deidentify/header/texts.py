"""Text values as characters, where that is certain (PS3.5 6.1, 6.2)."""

from __future__ import annotations

import re

from site_agent.deidentify.header.structure import DataSet, Declined, Element

_SPECIFIC_CHARACTER_SET = 0x00080005
_TERM = re.compile(r"(?:ISO[_ ]IR \d{1,3}|ISO 2022 IR \d{1,3}|GB18030|GBK)?")
_CODECS = {"ISO_IR 100": "latin-1", "ISO_IR 192": "utf-8"}
# Character sets of one byte, and those that need no escapes (PS3.3 C.12.1.1.2); what
# is not ASCII although none is named is read as Latin-1, as most readers do.
_SEARCHED = {
    **_CODECS,
    **{"": "latin-1", "ISO_IR 6": "latin-1", "ISO_IR 101": "iso8859-2"},
    **{"ISO_IR 109": "iso8859-3", "ISO_IR 110": "iso8859-4"},
    **{"ISO_IR 148": "iso8859-9", "ISO_IR 203": "iso8859-15"},
    **{"ISO_IR 144": "iso8859-5", "ISO_IR 127": "iso8859-6"},
    **{"ISO_IR 126": "iso8859-7", "ISO_IR 138": "iso8859-8"},
    **{"ISO_IR 166": "iso8859-11", "ISO_IR 13": "shift_jis"},
    **{"GB18030": "gb18030", "GBK": "gbk"},
}
# Japanese, Korean and Chinese: no letter of theirs stands in text that is ASCII.
_IDEOGRAPHS = re.compile(r"(?:|ISO[_ ](?:2022 )?IR (?:6|13|14|58|87|149|159))")
_UNSPLIT = frozenset(("LT", "ST", "UT", "UR"))  # a backslash is a character there
# Readers differ in what they strip; and an escape begins another character set.
_CONTROL = re.compile(rb"[\x01-\x1f\x7f]")
# Blank in Latin-1: some readers take a number that has one for the number without it.
_BLANK = re.compile(rb"[\x85\xa0]")
_DECIMAL = frozenset(("DS", "IS"))
_PADDING = " \t\r\n\0"


def charset_of(data: bytes, elements: DataSet, around: str) -> str:
    """Give Specific Character Set of a data set; that of the one around, if none.

    Raises
    ------
    Declined
        When it is not one that PS3.3 C.12.1.1.2 defines.
    """
    element = elements.get(_SPECIFIC_CHARACTER_SET)
    if element is None:
        return around
    if element.vr not in ("", "CS"):
        raise Declined("a character set of an unusual VR")
    text = raw_value(data, element).decode("latin-1")
    terms = [term.strip(" \0") for term in text.split("\\")]
    if not all(_TERM.fullmatch(term) for term in terms):
        raise Declined("an unknown character set")
    return "\\".join(terms)


def raw_value(data: bytes, element: Element) -> bytes:
    """Give the bytes of an element that is neither sequence nor pixels."""
    return data[element.start : element.start + element.length]


def values_of(value: bytes, vr: str) -> list[str]:
    """Give the values of a text VR, one character for each byte; none if empty.

    Raises
    ------
    Declined
        When there are control characters in it, those that switch between character
        sets among them.
    """
    if _CONTROL.search(value) or (vr in _DECIMAL and _BLANK.search(value)):
        raise Declined("text with control characters")
    text = value.decode("latin-1").rstrip(" \0")
    if not text:
        return []
    return [text] if vr in _UNSPLIT else text.split("\\")


def first_text(data: bytes, elements: DataSet, tag: int, charset: str) -> str:
    """Give the first value of an attribute of VR CS, LO, SH or UI; empty if none.

    Raises
    ------
    Declined
        When it stands under another VR, or its characters cannot be told.
    """
    element = elements.get(tag)
    if element is None:
        return ""
    if element.vr not in ("", "CS", "LO", "SH", "UI"):
        raise Declined("an identifier of an unusual VR")
    value = raw_value(data, element)
    if _CONTROL.search(value):
        raise Declined("an identifier in an unusual character set")
    return _decoded(value, charset).split("\\")[0].strip(_PADDING)


def text_to_search(value: bytes, charset: str) -> str:
    """Give text to look for names in; groups of ideographs may be left out of it.

    Raises
    ------
    Declined
        When its characters cannot be told.
    """
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    if charset in _SEARCHED:
        return value.decode(_SEARCHED[charset], "replace")
    if not all(_IDEOGRAPHS.fullmatch(term) for term in charset.split("\\")):
        raise Declined("an identifier in an unusual character set")
    groups = [group for group in value.split(b"=") if group.isascii()]
    return b"=".join(group for group in groups if b"\x1b" not in group).decode("ascii")


def decoded_values(value: bytes, vr: str, charset: str) -> list[str]:
    """Give the values of a text VR as characters; none if empty.

    Raises
    ------
    Declined
        When there are control characters in it, or its characters cannot be told.
    """
    if value.isascii():
        return values_of(value, vr)
    if _CONTROL.search(value):
        raise Declined("text with control characters")
    text = _decoded(value, charset).rstrip(" \0")
    return [text] if vr in _UNSPLIT else text.split("\\")


def _decoded(value: bytes, charset: str) -> str:
    codec = "ascii" if value.isascii() else _CODECS.get(charset)
    if codec is None:
        raise Declined("an identifier in an unusual character set")
    try:
        return value.decode(codec)
    except UnicodeDecodeError:
        raise Declined("an identifier in an unusual character set") from None
