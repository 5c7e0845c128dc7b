"""One pass of the automaton over the words of a sentence."""

from __future__ import annotations

from typing import NamedTuple

from site_agent.label.pack import Kind, Meaning, Node
from site_agent.label.sentences import Word


class Hit(NamedTuple):
    """A phrase at the words ``[start, end)`` of its sentence."""

    start: int
    end: int
    meaning: Meaning

    @property
    def kind(self) -> Kind:
        """What the phrase does."""
        return self.meaning.kind


def scan(words: list[Word], root: Node) -> list[Hit]:
    """Find the longest phrase at each word, from left to right, without overlap.

    A phrase that means several things gives a hit for each.
    """
    hits: list[Hit] = []
    place, count = 0, len(words)
    while place < count:
        node = root.following.get(words[place].text)
        if node is None:
            place += 1
            continue
        found, end = node, place + 1
        longest, reach = (node, end) if node.meanings else (None, end)
        while end < count:
            following = found.following.get(words[end].text)
            if following is None:
                break
            found, end = following, end + 1
            if found.meanings:
                longest, reach = found, end
        if longest is None:
            place += 1
            continue
        hits += [Hit(place, reach, meaning) for meaning in longest.meanings]
        place = reach
    return hits
