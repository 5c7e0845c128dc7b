"""Sections into sentences, sentences into words.

A sentence ends at a full stop, question or exclamation mark before a space and not
inside a number (``1.5 cm``), at an empty line, and before a list item. A single line
break is a space, for letters are often wrapped; it ends a sentence where the line was
ended on purpose: a label follows (``Pleura: normal``), or a capital letter whose word
would have fitted on the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_LETTERS = [chr(code) for code in range(0x530)]  # Latin, Greek, Cyrillic
_SMALL = "".join(filter(str.islower, _LETTERS))
_LARGE = "".join(filter(str.isupper, _LETTERS))
_END = re.compile(
    r"[.!?;\n](?:"  # one character first, which the search can look for
    rf"(?<=[{_SMALL}0-9\])%][.!?])(?:\s+|(?=[{_LARGE}]))"  # "clear. Heart" and without
    rf"|(?<=[.!?])\s+(?=[{_LARGE}0-9\[(])"
    r"|(?<=;)\s*"
    r"|(?<=\n)\s*\n"
    r"|(?<=\n)(?=\s{0,9}(?:[-*\u2022]|\d{1,2}[.)])\s)"
    rf"|(?<=\n)(?=[{_LARGE}]))"
)
# In every language; a pack adds its own. "No." ends a sentence more often than not.
_ABBREVIATIONS = ["dr", "mr", "mrs", "ms", "approx", "vs", "cf", "ca", "e.g", "i.e"]
_WORD = re.compile(  # "patient's" is one word, "l'opacité" two
    r"[^\W\d_]+(?:'(?:s|t|d|m|re|ve|ll)\b)?|\d+(?:[.,]\d+)?|\(-\)|[,;:()/]|-ve\b"
    r"|(?:\+/-|\u00b1)(?!\s?\d)|#s?(?!\w)"
    r"|(?<=\s)[-\u2013\u2014](?=\s)|[<>\u2264\u2265](?=\s?\d)"
    # a question, but not the letters that an export lost in "Gr??e"
    r"|\?(?:(?<![^\W\d_].)(?<!\?.)|(?![^\W\d_]|\?))"
)

_LETTER = re.compile("(?s:.)[\u0300-\u036f]*")  # and its combining marks
LONGEST = 120  # words; what is longer is no sentence, but must not take long
_LONGEST_PIECE = 4000  # characters
_LABEL = re.compile(r"[^\n:.]{1,40}:\s")
_LINES_AROUND = 400  # characters, in which the longest line is looked for
_NARROWEST = 40  # characters; no letter is wrapped to less
_LINKING = 3  # letters of a small word that ends no statement: "of", "und", "\u0438"
_BEFORE_A_STOP = 16  # characters that tell whether it ends an abbreviation


class Word(NamedTuple):
    """A lower-case word or a punctuation mark, and its place in the section."""

    text: str
    start: int
    end: int


class Abbreviations(NamedTuple):
    """What ends in a full stop that ends no sentence.

    Attributes
    ----------
    pattern
        Of the text up to the full stop.
    last
        The last words of what it matches, in lower case, numbers apart: most full stops
        need no more than a look here.
    before_small
        Words in lower case that end no sentence before a small letter: ``li. basal``.
    """

    pattern: re.Pattern[str]
    last: frozenset[str]
    before_small: frozenset[str]

    def ends(self, section: str, start: int, stop: int) -> bool:
        """Whether the full stop at `stop` of a sentence from `start` ends one."""
        word = section[max(section.rfind(" ", start, stop) + 1, start) : stop]
        word = word.rpartition(".")[2].lstrip("([\n").lower()
        if word in self.before_small:
            return section[stop + 1 : stop + 3].lstrip()[:1].islower()
        if word not in self.last and not word[-2:].isdigit():
            return False
        before = section[max(start, stop + 1 - _BEFORE_A_STOP) : stop + 1]
        return self.pattern.search(before.strip()) is not None


def abbreviation(
    written: Iterable[str], before_small: Iterable[str] = ()
) -> Abbreviations:
    """Make a language's abbreviations.

    Parameters
    ----------
    written
        A language's own, with or without their last full stop: ``V. a.`` is found as
        ``V.a.`` too, and ``der #.`` with any number of two digits (``der 7. Rippe``).
    before_small
        Those of one word that may end a sentence, and do not before a small letter.
    """
    every = [w.rstrip(".") for w in (*_ABBREVIATIONS, *written)]
    shapes = "|".join(re.escape(w) for w in every)
    known = shapes.replace(r"\#", r"\d{1,2}").replace(r"\ ", r"\s?")
    pattern = re.compile(rf"(?:\b(?:{known})\.|^\d{{1,2}}\.)$", re.IGNORECASE)
    last = (re.split(r"[^\w\u00b0-]+", w.lower())[-1] for w in every)
    soft = frozenset(w.rstrip(".").lower() for w in before_small)
    return Abbreviations(pattern, frozenset(last), soft)


def spans(section: str, abbreviated: Abbreviations) -> Iterator[tuple[int, int]]:
    """Give the places of the sentences of a section."""
    start = 0
    for match in _END.finditer(section):
        end = match.start()
        mark = section[end]
        if mark == "." and abbreviated.ends(section, start, end):
            continue
        if mark == "?":
            if section[start:end].rstrip(" (")[-1:] in ("", ",", ":", "\n"):
                continue  # "? pneumonia"
            end += 1
        capital = mark == "\n" and section[end + 1 : end + 2].isupper()
        if capital and not was_ended(section, end):
            continue
        yield from _pieces(section, start, end)
        start = match.end()
    yield from _pieces(section, start, len(section))


def was_ended(section: str, stop: int) -> bool:
    """Whether the line before a capital was ended on purpose, and not wrapped."""
    if _LABEL.match(section, stop + 1):
        return True
    start = max(0, stop - _LINES_AROUND)
    line = section[max(start, section.rfind("\n", start, stop) + 1) : stop].rstrip()
    last = line[line.rfind(" ") + 1 :]
    if not last or last[-1] == "," or (len(last) <= _LINKING and last.islower()):
        return False
    behind = section[stop + 1 : stop + _LINES_AROUND].partition("\n\n")[0]
    fits = len(line) + 1 + len(behind.split(maxsplit=1)[0])
    if fits <= _NARROWEST:
        return True
    before = section[start:stop].rpartition("\n\n")[2]
    return fits <= max(map(len, (*before.split("\n"), *behind.split("\n"))))


def _pieces(section: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut at spaces what is no sentence, so that its words take little memory."""
    while end - start > _LONGEST_PIECE:
        cut = section.rfind(" ", start + 1, start + _LONGEST_PIECE) + 1
        cut = cut or start + _LONGEST_PIECE
        yield start, cut
        start = cut
    yield start, end


def words_of(sentence: str) -> list[Word]:
    """Give the words of a sentence in lower case, with their places."""
    return [
        Word(word[0], word.start(), word.end()) for word in _WORD.finditer(sentence)
    ]


def texts_of(sentence: str) -> list[str]:
    """Give the words of a sentence in lower case."""
    return _WORD.findall(sentence)


def composed(text: str) -> tuple[str, Sequence[int]]:
    """Put letters and their combining marks together (Unicode NFC).

    Returns
    -------
    text
        With one character for ``e`` and an acute accent.
    places
        Of each of its characters in the original, and of its end.
    """
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text, range(len(text) + 1)
    parts = [unicodedata.normalize("NFC", each[0]) for each in _LETTER.finditer(text)]
    places = [
        each.start()
        for each, part in zip(_LETTER.finditer(text), parts, strict=True)
        for _ in part
    ]
    return "".join(parts), [*places, len(text)]


def lower(section: str) -> str:
    """Give a section in lower case, its apostrophes straight, each letter in place."""
    lowered = section.lower().replace("\u2019", "'")
    if len(lowered) == len(section):
        return lowered
    each = (c.lower() if len(c.lower()) == 1 else c for c in section)
    return "".join(each).replace("\u2019", "'")
