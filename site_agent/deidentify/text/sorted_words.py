"""A long list of words, looked up without taking it apart into its words.

Few of its words are ever asked for, and to make a string of each and put it into a set
takes as long as to scrub some letters.
"""

from __future__ import annotations

from bisect import bisect_right

_BLOCK = 1 << 9  # characters that are searched for one word


class SortedWords:
    """Words of a text that has one on each line, in order."""

    def __init__(self, listed: str) -> None:
        text = self._text = f"\n{listed}"
        begins = range(0, max(1, len(listed) - _BLOCK), _BLOCK)
        self._starts = [text.find("\n", at) for at in begins]
        self._firsts = [
            text[start + 1 : text.find("\n", start + 1)] for start in self._starts
        ]
        self._starts.append(len(text))

    def __contains__(self, word: str) -> bool:
        at = bisect_right(self._firsts, word)
        if not at:
            return False
        start, stop = self._starts[at - 1 : at + 1]
        return self._text.find(f"\n{word}\n", start, stop + 1) >= 0
