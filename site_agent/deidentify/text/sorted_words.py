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
        self._firsts = ["", *(_line_at(text, at + 1) for at in self._starts[1:])]
        self._starts.append(len(listed))

    def __contains__(self, word: str) -> bool:
        after = bisect_right(self._firsts, word)
        start, stop = self._starts[after - 1], self._starts[after]
        return self._text.find(f"\n{word}\n", start, stop + 1) >= 0


def _line_at(text: str, start: int) -> str:
    return text[start : text.find("\n", start)]
