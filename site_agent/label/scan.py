"""One pass of the automaton over the words of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from site_agent.label.pack import Kind, Meaning, Node


class Hit(NamedTuple):
    """A phrase at the words ``[start, end)`` of its sentence."""

    start: int
    end: int
    meaning: Meaning

    @property
    def kind(self) -> Kind:
        """What the phrase does."""
        return self.meaning.kind


def scan(texts: Sequence[str], root: Node) -> list[Hit]:
    """Find the longest phrase at each word, from left to right, without overlap.

    A phrase that means several things gives a hit for each.
    """
    hits: list[Hit] = []
    first = root.following
    reach = 0
    for place, text in enumerate(texts):
        if text not in first or place < reach:
            continue
        longest: tuple[Meaning, ...] = ()
        node: Node | None = first[text]
        end = place
        while node is not None:
            end += 1
            if node.meanings:
                longest, reach = node.meanings, end
            node = node.following.get(texts[end]) if end < len(texts) else None
        for meaning in longest:
            hits.append(Hit(place, reach, meaning))
    return hits
