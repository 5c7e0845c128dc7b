"""Long words of findings with one wrong letter: ``pnuemothorax``, ``consolidaton``.

A pack lists the words that are read so, those from which one letter makes no other
word: ``pneumothorax`` is one, ``contusion`` is none because of ``confusion``.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

_SHORTEST = 7  # letters of a word as it is typed


class Mistyped:
    """The words that a language reads with one letter missing, added, wrong or swapped.

    Parameters
    ----------
    words
        In the pack's spelling.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._near: dict[str, str] = {}
        for word in words:
            for near in (word, *_shorter(word)):
                self._near.setdefault(near, word)

    def meant(self, typed: str) -> str | None:
        """Give the word that was meant, or None if it is none of these.

        >>> Mistyped(["effusion"]).meant("efusion")
        'effusion'
        """
        if not self._near or len(typed) < _SHORTEST:
            return None
        for near in (typed, *_shorter(typed)):
            word = self._near.get(near)
            if word is not None and _one_letter_off(typed, word):
                return word
        return None


def _shorter(word: str) -> list[str]:
    """Give a word without each of its letters."""
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


def _one_letter_off(typed: str, word: str) -> bool:
    pairs = enumerate(zip_longest(typed, word))
    same = next((i for i, (a, b) in pairs if a != b), len(word))
    rest, wanted = typed[same:], word[same:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return swapped or wanted[1:] in (rest, rest[1:]) or wanted == rest[1:]
