"""One pass of the automaton over the words of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from site_agent.label.automaton import Node, longest
from site_agent.label.pack import Kind, Meaning


class Hit(NamedTuple):
    """A phrase at the words ``[start, end)`` of its sentence."""

    start: int
    end: int
    meaning: Meaning

    @property
    def kind(self) -> Kind:
        """What the phrase does."""
        return self.meaning.kind


class Sentence(NamedTuple):
    """The words of a sentence, its phrases, and what each of them does."""

    texts: Sequence[str]
    hits: Sequence[Hit]
    kinds: Sequence[Kind]


def read(texts: Sequence[str], hits: Sequence[Hit]) -> Sentence:
    """Put words and phrases together."""
    return Sentence(texts, hits, [hit.meaning.kind for hit in hits])


def scan(texts: Sequence[str], root: Node) -> list[Hit]:
    """Find the longest phrase at each word, from left to right, without overlap.

    A phrase that means several things gives a hit for each.
    """
    hits: list[Hit] = []
    first = root.following
    count = len(texts)
    reach = 0
    for place in [place for place, text in enumerate(texts) if text in first]:
        if place < reach:
            continue
        node = first[texts[place]]
        said = node.meanings
        end = place + 1
        if said:
            reach = end
        while node.following and end < count:
            if node.gaps:
                meanings, end = longest(texts, node, end)
                if meanings:
                    said, reach = meanings, end
                break
            following = node.following.get(texts[end])
            if following is None:
                break
            node = following
            end += 1
            if node.meanings:
                said, reach = node.meanings, end
        for meaning in said:
            hits.append(Hit(place, reach, meaning))
    return hits
