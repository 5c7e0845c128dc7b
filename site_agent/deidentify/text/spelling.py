"""How the same name is spelt by different systems.

A PACS writes ``MUELLER``, the letter ``Müller``, an old export ``M?ller``. `fold` takes
away what differs without effect (case, accents, look-alike punctuation) and keeps the
length, so that a match in the folded text has the same place in the text. `spellings`
gives the folded spellings that remain different.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LOOKALIKES = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
    "\ufffd": "?",
    **dict(zip("øłđħıðŧ", "oldhidt", strict=True)),
    "\u03c2": "\u03c3",  # a final sigma
}
_DIGRAPHS = str.maketrans(
    {
        **{"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe"},
        **{"ø": "oe", "å": "aa", "þ": "th", "ð": "dh"},
    }
)
# Systems without the letters of a name put "?" in their place.
_LEGACY_CODECS = ("ascii", "latin-1", "cp1252", "iso8859-2", "cp1250", "iso8859-15")
_UNDIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"), ("ss", "ß"))


class _Fold(dict[int, str]):
    """A translation table that computes each character once."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        lower = letter.lower()
        bare = [
            part
            for part in unicodedata.normalize("NFKD", letter)
            if not unicodedata.combining(part)
        ]
        if letter.isdecimal():
            folded = str(unicodedata.decimal(letter))
        elif letter in _LOOKALIKES:
            folded = _LOOKALIKES[letter]
        elif len(lower) == 1 and lower != letter:
            folded = self[ord(lower)]
        elif len(bare) == 1 and bare[0] != letter:
            folded = self[ord(bare[0])]
        else:
            folded = letter
        self[code] = folded
        return folded


_FOLD = _Fold()
_NOT_ASCII = re.compile("[^\x00-\x7f]")


def fold(text: str) -> str:
    """Lower case, no accents, plain figures, hyphens, apostrophes and spaces.

    The length stays the same.

    Compose the text first (NFC): a combining accent of its own stays. ``ß`` and ``æ``
    stay, for they would become two letters; U+FFFD becomes ``?``.
    """
    folded = text.lower()
    if not text.isascii():
        if len(folded) != len(text):  # the capital I with a dot becomes two
            folded = "".join(_FOLD[ord(letter)] for letter in text)
        for letter in set(_NOT_ASCII.findall(folded)):
            folded = folded.replace(letter, _FOLD[ord(letter)])
    return folded.replace("`", "'") if "`" in folded else folded


class Folds(dict[str, str]):
    """Written words -> what `fold` makes of them, worked out once."""

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        folded = self[word] = fold(word)
        return folded


class Keys(dict[str, str]):
    """Written words -> a key that all spellings of a name share, worked out once.

    The key is the folded word with digraphs and double letters made one: ``Müller``,
    ``MUELLER`` and ``Muller`` are ``muler``.
    """

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        key = self[word] = key_of(word)
        return key


def key_of(word: str) -> str:
    """Give the key that all spellings of a name share."""
    return _DOUBLED.sub(r"\1", _DIGRAPH.sub(_first_letter, fold(word)))


def _first_letter(match: re.Match[str]) -> str:
    return _OF_DIGRAPH.get(match[0], match[0][0])


_MOST_REMEMBERED = 1 << 15
FOLDS = Folds()
_DIGRAPH = re.compile("[aou]e|æ|œ|ß|th|dh")
_OF_DIGRAPH = {"æ": "a", "œ": "o", "ß": "s"}
_DOUBLED = re.compile(r"([^\W\d_])\1")


@lru_cache(maxsize=4096)
def spellings(text: str) -> frozenset[str]:
    """Every folded spelling of a name: accents dropped, digraphs, ``?``, mojibake.

    >>> sorted(spellings("Groß"))
    ['gro?', 'gross', 'groã?', 'groß', 'groÿ'] # doctest: +SKIP
    """
    text = unicodedata.normalize("NFC", text)
    lower = text.lower()
    forms = {text, lower.translate(_DIGRAPHS)}
    for pair, letter in _UNDIGRAPHS:
        if pair in lower:
            forms.add(lower.replace(pair, letter))
    if not text.isascii():
        for codec in _LEGACY_CODECS:
            forms.add(text.encode(codec, "replace").decode(codec))
        forms |= _misread(text)
    return frozenset(fold(form) for form in forms)


def _misread(text: str) -> set[str]:
    """UTF-8 read as an 8-bit encoding, and the mending of such a misreading."""
    found = {text.encode().decode("cp1252", "replace")}
    for codec in ("latin-1", "cp1252"):
        try:
            found.add(text.encode(codec).decode("utf-8"))
        except UnicodeError:
            continue
    return found
