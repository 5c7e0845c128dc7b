r"""Text out of a document in Rich Text Format (Microsoft, version 1.9.1).

Groups that hold no text of the document (fonts, colours, styles, pictures, and every
destination marked ``\*``) go; all others are text. Groups that are never closed, and
text behind the last one, do no harm.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from site_agent.reports.edits import Edit

_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})?[ ]?"
    r"|\\'(?P<byte>[0-9a-fA-F]{2})"
    r"|\\(?P<symbol>[^a-z])"
    r"|(?P<brace>[{}])"
    r"|(?P<gone>[\0-\x08\x0a-\x1f\x7f]+)",
    re.DOTALL,
)
_NO_TEXT = frozenset(
    [
        *("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata"),
        *("colorschememapping", "listtable", "listoverridetable", "rsidtbl"),
        *("generator", "xmlnstbl", "latentstyles", "datastore", "fldinst"),
    ]
)
_WORDS = {
    **dict.fromkeys(("par", "line", "sect", "page", "row", "softline"), "\n"),
    **dict.fromkeys(("tab", "cell", "nestcell", "emspace", "enspace"), " "),
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "bullet": "\u2022",
    "endash": "\u2013",
    "emdash": "\u2014",
}
_SYMBOLS = {"\\": "\\", "{": "{", "}": "}", "~": " ", "_": "-", "\n": "\n", "\r": "\n"}


def is_rtf(text: str) -> bool:
    """Whether a text is a document in RTF."""
    return text[:64].lstrip("\ufeff \t\r\n\0").startswith("{\\rtf")


def rtf_edits(text: str) -> Iterator[Edit]:
    """Give the edits that make plain text of a document."""
    page = "cp1252"
    hidden, fallback = False, 1  # of the present group
    groups: list[tuple[bool, int]] = []
    skip = 0  # characters that stand for one that was given as a number
    at = 0
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if start < at:
            continue  # inside of binary data
        if at < start:
            passed = start - at if hidden else min(skip, start - at)
            if passed:
                yield Edit(at, at + passed, "")
            skip = max(0, skip - (start - at))
        at = end
        said = ""
        word, number = token["word"], token["number"]
        if brace := token["brace"]:
            skip = 0
            if brace == "{":
                groups.append((hidden, fallback))
            elif groups:
                hidden, fallback = groups.pop()
        elif token["byte"]:
            if skip:
                skip -= 1
            else:
                byte = max(32, int(token["byte"], 16))
                said = bytes((byte,)).decode(page, "replace")
        elif symbol := token["symbol"]:
            hidden = hidden or symbol == "*"
            said = _SYMBOLS.get(symbol, "")
        elif word in _NO_TEXT:
            hidden = True
        elif word == "ansicpg" and number:
            page = _code_page(number)
        elif word == "uc" and number:
            fallback = min(max(0, int(number)), 8)
        elif word == "u" and number:
            said, skip = _character(int(number)), fallback
        elif word == "bin" and number:
            at = min(len(text), end + max(0, int(number)))
        elif word:
            said = _WORDS.get(word, "")
        yield Edit(start, at, "" if hidden else said)
    if hidden and at < len(text):
        yield Edit(at, len(text), "")


def _code_page(number: str) -> str:
    try:
        return codecs.lookup(f"cp{number}").name if number != "65001" else "cp1252"
    except LookupError:
        return "cp1252"


def _character(number: int) -> str:
    """Give a character by its UTF-16 value, which RTF writes as a signed integer."""
    value = number & 0xFFFF
    return "" if 0xD800 <= value < 0xE000 or value < 32 else chr(value)
