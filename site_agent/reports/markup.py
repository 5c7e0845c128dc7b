r"""What other systems leave behind in a text: HTML, HL7, RTF, JSON, controls.

Only what is known is touched: ``< 5 mm``, ``R&D`` and ``T\L`` stay as they are.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from site_agent.reports.edits import Edit

_INVISIBLE = "\0\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BREAKS = "\x0b\x0c\x85\u2028\u2029"
# Anything at which there may be something to do; most reports have nothing of it.
_HINTS = (
    rf"<&\\\x01-\x08\x0e-\x1f\x7f-\x9f\u0300-\u036f\ufb00-\ufb06{_BREAKS}{_INVISIBLE}"
)
_HINT = re.compile(f"[{_HINTS}]")
_HINT_OR_RETURN = re.compile(f"[{_HINTS}\r]")
_LONE_RETURN = re.compile(r"\r(?!\n)")
# The same for ASCII and as one class, which `re` looks for several times faster.
_ASCII_HINT = re.compile(r"[<&\\\x00-\x08\x0b-\x1f\x7f]")
_BLOCKS = (
    "address|article|aside|blockquote|body|br|caption|center|dd|div|dl|dt|footer|form|"
    "h[1-6]|head|header|hr|html|li|link|main|meta|ol|p|pre|section|table|tbody|tfoot|"
    "thead|title|tr|ul"
)
_INLINE = (
    "a|abbr|b|big|code|col|del|em|font|i|img|ins|label|mark|nobr|s|script|small|span|"
    "strike|strong|style|sub|sup|td|th|tt|u|[ovw]:[a-z]{1,20}|st1:[a-z]{1,20}"
)
_NAME = rf"(?:(?P<block>{_BLOCKS})|(?P<inline>{_INLINE}))"
_NAME_AGAIN = rf"(?:(?P<block2>{_BLOCKS})|(?P<inline2>{_INLINE}))"
# So that ``a <b and c> d`` is no tag.
_ATTRIBUTE = r"\s{1,8}(?:nowrap|[a-z][\w:-]{0,30}=)"
_REMAINS = re.compile(
    rf"(?P<comment><!--)"
    rf"|</?{_NAME}(?:{_ATTRIBUTE}[^<>]*|\s?/?)>"
    rf"|&lt;/?{_NAME_AGAIN}(?:{_ATTRIBUTE}[^<>&]*|\s?/?)&gt;"
    r"|(?P<declaration><[!?][a-z\[][^<>]*>)"
    r"|(?P<entity>&(?:[a-z][a-z0-9]{1,30}|\#[0-9]{1,7}|\#x[0-9a-f]{1,6});)"
    # HL7 version 2, section 2.7: \.br\ and the escaped separators
    r"|\\(?P<hl7>\.br|\.sp|(?-i:[HNFSTRE]))\\"
    r"|\\(?P<rtf>pard?|line|tab|plain|ul|ulnone|fs|f|cf|b|i|lang|q[lcrj]|li|fi)"
    r"(?:-?[0-9]{1,5})?(?![a-z0-9])[ ]?"
    r"|\\'(?P<byte>[0-9a-f]{2})"
    r"|\\u(?P<decimal>[0-9]{3}|[18][0-9]{3})\?"
    r"|\\u(?P<hex>[0-9a-f]{4})"
    r"|(?P<json>(?-i:\\r\\n|\\n|\\[rt](?![a-z])|\\[\"/]))"
    rf"|(?P<break>[{_BREAKS}]|\r(?!\n))"
    rf"|(?P<gone>[{_INVISIBLE}]+)"
    r"|(?P<c1>[\x80-\x9f])"
    r"|(?P<control>[\x01-\x08\x0e-\x1f\x7f])"
    r"|(?P<composed>[^\W\d_][\u0300-\u036f]{1,8}|[\ufb00-\ufb06])",
    re.IGNORECASE,
)
_SEPARATORS = {"f": "|", "s": "^", "t": "&", "r": "~", "e": "\\", ".br": "\n"}
_JSON = {"n": "\n", "r": "\n", "t": " ", '"': '"', "/": "/"}
_NO_CHARACTERS = re.compile(f"[{_INVISIBLE}\x01-\x08\x0e-\x1f]")


def is_clean(text: str) -> bool:
    """Whether a text has nothing of all this."""
    if text.isascii() and _ASCII_HINT.search(text) is None:
        return True
    if _HINT.search(text) is not None:
        return False
    return "\r" not in text or _LONE_RETURN.search(text) is None


def markup_edits(text: str) -> Iterator[Edit]:
    """Give the edits that make plain text of what systems left behind."""
    at = 0
    closing = _Closing(text)
    for hint in _HINT_OR_RETURN.finditer(text):
        start = hint.start()
        if "\u0300" <= hint[0] <= "\u036f":
            start -= 1  # the letter that an accent belongs to
        if start < at:
            continue  # inside of a comment or a style sheet
        match = _REMAINS.match(text, start)
        if match is None:
            continue
        end = match.end()
        said = _said(match)
        opened = (match["inline"] or "").lower()
        if match["comment"]:
            end = closing.after("-->", end)
        elif opened in ("style", "script") and text[start + 1] != "/":
            end = closing.after(f"</{opened}>", end)
        at = end
        yield Edit(start, end, said)


def _said(match: re.Match[str]) -> str:
    """Give the text that a match stands for."""
    kind = match.lastgroup
    said = match[kind] if kind else ""
    match kind:
        case "block" | "block2" | "break" | "declaration":
            return "\n"
        case "inline" | "inline2":
            return " " if said.lower() in ("td", "th") else ""
        case "entity":
            plain = html.unescape(said)
            return "" if _NO_CHARACTERS.fullmatch(plain) else plain
        case "hl7":
            return _SEPARATORS.get(said.lower(), "\n" if said[0] == "." else "")
        case "rtf":
            return "\n" if said.lower() in ("par", "line") else " " * (said == "tab")
        case "byte":
            return _of_windows(int(said, 16))
        case "decimal":
            return chr(int(said))
        case "hex":
            return _character(int(said, 16))
        case "json":
            return _JSON[said[-1].lower()]
        case "c1":
            return _of_windows(ord(said))
        case "control":
            # Within a word it hides a name and parts nothing.
            start, end = match.span()
            before, after = match.string[start - 1 : start], match.string[end : end + 1]
            within = before.isalpha() and after.islower()
            return "" if within else " "
        case "composed":
            return unicodedata.normalize("NFKC", said)
    return ""


def _of_windows(number: int) -> str:
    """Give the character of a byte that stood for one of Windows-1252."""
    return bytes((number,)).decode("cp1252", "ignore")


def _character(number: int) -> str:
    if number < 32:
        return " "
    return "\ufffd" if 0xD800 <= number < 0xE000 else chr(number)


class _Closing:
    """Looks for ends of comments, and for each kind in vain no more than once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._absent: set[str] = set()

    def after(self, mark: str, start: int) -> int:
        """Give the place behind the next `mark`, or `start` when there is none."""
        if mark in self._absent:
            return start
        found = self._text.find(mark, start)
        if found < 0:
            found = self._text.find(mark.upper(), start)
        if found < 0:
            self._absent.add(mark)
            return start
        return found + len(mark)
