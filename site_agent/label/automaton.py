"""The automaton over words: a trie of phrases in which adverbs may stand.

``not ~ seen`` is ``not seen`` with any number of adverbs between, of those that the
pack lists: ``not clearly seen``, ``not at present definitely seen``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from site_agent.label.wordforms import Row

if TYPE_CHECKING:
    from site_agent.label.pack import Meaning

Adverbs = Mapping[str, Sequence[Row]]
"""By their first words."""


@dataclass(slots=True)
class Node:
    """The words that may follow here, and what a phrase that ends here means."""

    following: dict[str, Node] = field(default_factory=dict)
    meanings: tuple[Meaning, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Gap(NamedTuple):
    """The adverbs that may stand at a node, and the node behind them."""

    adverbs: Adverbs
    behind: Node


def walk(root: Node, words: Iterable[str]) -> Node:
    """Give the node of a row of words, made where there is none."""
    node = root
    for word in words:
        following = node.following.get(word)
        if following is None:
            following = node.following[word] = Node()
        node = following
    return node


def nodes(root: Node) -> Iterator[Node]:
    """Give every node."""
    rest = [root]
    while rest:
        node = rest.pop()
        yield node
        rest += node.following.values()
        rest += [gap.behind for gap in node.gaps]


def let_adverbs_stand(root: Node, slots: Mapping[str, Iterable[Row]]) -> None:
    """Let adverbs stand where phrases have a slot for them.

    Parameters
    ----------
    slots
        What each word that is a slot (``~``) stands for.
    """
    adverbs = {name: _by_first_word(rows) for name, rows in slots.items()}
    for node in nodes(root):
        for name in adverbs.keys() & node.following.keys():
            node.gaps += (Gap(adverbs[name], node.following.pop(name)),)


def _by_first_word(rows: Iterable[Row]) -> Adverbs:
    known: dict[str, list[Row]] = {}
    for row in rows:
        known.setdefault(row[0], []).append(row)
    return known


def longest(
    texts: Sequence[str], node: Node, end: int
) -> tuple[tuple[Meaning, ...], int]:
    """Give what the longest phrase from a node on means, and where it ends.

    Of two that end at the same word, the one that has all its words goes before the one
    that only lets adverbs stand there.
    """
    said, reach = node.meanings, end
    if end == len(texts):
        return said, reach
    nexts = (
        [(node.following[texts[end]], end + 1)] if texts[end] in node.following else []
    )
    for gap in node.gaps:
        nexts += [(gap.behind, after) for after in _past(texts, end, gap.adverbs)]
    for following, after in nexts:
        meanings, reached = longest(texts, following, after)
        if meanings and (reached > reach or not said):
            said, reach = meanings, reached
    return said, reach


def _past(texts: Sequence[str], start: int, adverbs: Adverbs) -> list[int]:
    """Give every place that a row of adverbs from `start` on ends at."""
    ends = {start}
    rest = [start]
    for at in rest:
        for row in adverbs.get(texts[at], ()) if at < len(texts) else ():
            end = at + len(row)
            if end not in ends and tuple(texts[at:end]) == row:
                ends.add(end)
                rest.append(end)
    return rest[1:]
