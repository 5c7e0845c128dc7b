"""Descriptions cleaned word by word (PS3.15 E.3.5, Clean Descriptors).

Whatever is not known to be harmless goes: a word stays if it is one of
``descriptors.toml`` and no part of a name that the same header gives to a person; a
number stays if it has one digit and stands alone, so that no date, no age of two digits
and no order's number can be left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from site_agent.deidentify.text.spelling import fold

DATA = Path(__file__).with_name("descriptors.toml")

_TOKEN = re.compile(r"(?<!\w)[apAP]\. ?[apAP](?!\w)|\w+")
_LETTERS = frozenset("lrx")  # left, right, and the ray
_PERSON_WORD = re.compile(r"[^\W\d_]{2,}")


@lru_cache(maxsize=4096)  # films of one device are described alike
def cleaned(text: str, names: frozenset[str]) -> str:
    """Give a description's harmless words, with one space between; empty if none.

    Parameters
    ----------
    text : str
        One value, decoded.
    names : frozenset of str
        Folded words of persons' names (`name_words`); they go even if they are words.
    """
    written = _TOKEN.findall(unicodedata.normalize("NFC", text))
    tokens = [fold(each) for each in written]
    around = ["", *tokens, ""]
    kept: list[str] = []
    has_word = False
    for place, token in enumerate(tokens):
        if _is_word(token, names):
            kept.append(written[place])
            has_word = True
        elif re.fullmatch("[0-9]", token) and not (
            _has_digit(around[place]) or _has_digit(around[place + 2])
        ):
            kept.append(token)
    return " ".join(kept) if has_word else ""


def name_words(names: Iterable[str]) -> frozenset[str]:
    """Give the words of persons' names (VR PN), folded."""
    return frozenset(
        fold(unicodedata.normalize("NFC", word))
        for name in names
        for word in _PERSON_WORD.findall(name)
    )


def _is_word(token: str, names: frozenset[str]) -> bool:
    bare = token.replace(".", "").replace(" ", "")
    known = bare in _words() or bare in _LETTERS
    return known and bare not in names


def _has_digit(token: str) -> bool:
    return any(character.isdigit() for character in token)


@cache
def _words() -> frozenset[str]:
    import tomllib  # only where descriptors stay

    table = tomllib.loads(DATA.read_text("utf-8"))["words"]
    return frozenset(fold(word) for words in table.values() for word in words.split())
