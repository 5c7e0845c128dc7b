"""The language of a report, told by its words and letters.

Each word votes for the languages that know it, and the more of them there are the less
it says: ``de`` is no evidence, ``épanchement`` is. Words come from the packs: what they
find, and a ``[profile]`` of everyday words and letters, compiled into one table
(`compile_language_words`), since to read all packs would take longer than reports. A
further pack is a further language here. A report names people and places of anywhere;
what no language knows does not vote.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

DATA = Path(__file__).with_name("language_words.json")

_PARTS = (
    0,
    400,
    1_200,
    2_400,
)  # characters; what tells a language soon is read no more
_WORD = re.compile(r"[^\W\d_]+")
SHORTEST_STEM = 4
"""Letters; shorter beginnings of words are many languages'."""

_REMEMBERED = 50_000  # words and their votes; a report that makes up words adds no more
_MOST_SHARED = 4  # languages; what more of them know says nothing
_LEAST = 0.5  # votes: one word that two languages know
_MARGIN = 1.25  # times the votes of the next language
_PLENTY = 5.0  # votes
_FAR_AHEAD = 2.0  # times the votes of the next language

_Votes = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Detected:
    """A language, and whether the text tells it or it is the default."""

    language: str
    certain: bool


@dataclass(frozen=True, slots=True)
class _Profile:
    """The languages that know a word, the beginning of a word, a letter: ``es it``."""

    words: Mapping[str, str]
    stems: Mapping[str, str]
    letters: Mapping[str, str]
    longest_stem: int


def detect(text: str, default: str = "en") -> Detected:
    """Tell the language of a report, of those that there are packs for.

    Parameters
    ----------
    text
        A report, a section or a sentence; its first 2,400 characters are read.
    default
        The language of a text that does not tell it: one of few words, or of words
        that several languages share.

    Examples
    --------
    >>> detect("Herz o.B.")
    Detected(language='de', certain=True)
    >>> detect("RX 12/3", default="it")
    Detected(language='it', certain=False)
    """
    votes: dict[str, float] = {}
    language, most, next_most = default, 0.0, 0.0
    for start, end in itertools.pairwise(_PARTS):
        for word in _WORD.findall(text[start:end].lower()):
            for known, vote in _votes(word):
                votes[known] = votes.get(known, 0.0) + vote
        ranked = sorted((-vote, known) for known, vote in votes.items())
        if ranked:
            language, most = ranked[0][1], -ranked[0][0]
            next_most = -ranked[1][0] if len(ranked) > 1 else 0.0
        if most >= _PLENTY and most >= _FAR_AHEAD * next_most:
            break
    if most < _LEAST or most < _MARGIN * next_most:
        return Detected(default, certain=False)
    return Detected(language, certain=True)


@lru_cache(_REMEMBERED)
def _votes(word: str) -> _Votes:
    """Give a word's and its letters' votes, parted by the languages that know them."""
    profile = _profile()
    known = _knowing(plain(word), profile)
    share = 1 / len(known) if 0 < len(known) <= _MOST_SHARED else 0.0
    votes = dict.fromkeys(sorted(known), share) if share else {}
    for letter in () if word.isascii() else set(word) & profile.letters.keys():
        writing = profile.letters[letter].split()
        for language in writing:
            votes[language] = votes.get(language, 0.0) + 1 / len(writing)
    return tuple(votes.items())


def _knowing(word: str, profile: _Profile) -> frozenset[str]:
    """Give the languages that know the word or the longest beginning of it."""
    known = frozenset(profile.words.get(word, "").split())
    for length in range(min(len(word), profile.longest_stem), SHORTEST_STEM - 1, -1):
        stem = profile.stems.get(word[:length])
        if stem is not None:
            return known.union(stem.split())
    return known


@cache
def _profile() -> _Profile:
    table = json.loads(DATA.read_text("utf-8"))
    words, stems, letters = (table[name] for name in ("words", "stems", "letters"))
    return _Profile(words, stems, letters, max(map(len, stems), default=0))


def plain(text: str) -> str:
    """Give Latin letters without their marks, and others as they are."""
    return text if text.isascii() else text.translate(_marks())


@cache
def _marks() -> dict[int, str]:
    marks = {
        ord("ß"): "ss",
        ord("ł"): "l",
        ord("œ"): "oe",
        ord("æ"): "ae",
        ord("ø"): "o",
    }
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            marks.setdefault(code, base.lower())
    return marks
