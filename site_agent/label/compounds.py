"""Compound words taken apart: ``Unterlappenatelektase``, ``pleuravätska``.

Germanic languages write a finding and its place as one word, and new ones every day, so
no lexicon holds them all. A pack lists the heads, the last parts of its compounds; what
stands before a head is its modifier, which may be a compound again::

    Pleuraerguss        pleura erguss
    Ergussverdacht      erguss verdacht
    Herzvergrößerung    herz vergroesserung

What a hyphen leaves out is put back: ``Pleura- und Perikarderguss`` has two effusions,
``Pleuraerguss und -verdickung`` two findings of the pleura.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from site_agent.label.sentences import Word

_SHORTEST_MODIFIER = 3  # letters; "un" and "in" are no modifiers
_LONGEST_ENDING = 3  # letters that a head may have after its stem
_FARTHEST_HEAD = 7  # words between a hanging hyphen and the head that it leaves out


class Compounds:
    """The heads of a language's compounds.

    Parameters
    ----------
    heads
        Last parts, as in the pack's phrases; ``erguss*`` takes endings.
    links
        Letters between a modifier and its head, which mean nothing (``s`` in
        ``Stauungszeichen``).
    """

    def __init__(self, heads: Iterable[str], links: Iterable[str]) -> None:
        self.heads = frozenset(heads)
        longest_first = sorted(self.heads, key=len, reverse=True)
        self._heads = [(h.removesuffix("*"), h.endswith("*")) for h in longest_first]
        self._links = sorted(links, key=len, reverse=True)

    def split(
        self, word: str, known: Callable[[str], str | None]
    ) -> tuple[str, ...] | None:
        """Give the parts of a compound, or None of a word that is none.

        `known` gives the pack's word for a word, or None if it has none. A modifier
        that it does not know stays as it is written.
        """
        for head, inflects in self._heads:
            at = word.rfind(head)
            ending = len(word) - at - len(head)
            if at < _SHORTEST_MODIFIER or ending > inflects * _LONGEST_ENDING:
                continue
            return (*self._modifier(word[:at], known), known(word[at:]) or head)
        return None

    def _modifier(
        self, written: str, known: Callable[[str], str | None]
    ) -> tuple[str, ...]:
        bare = [written.removesuffix(link) for link in self._links]
        for modifier in (written, *bare):
            if word := known(modifier):
                return (word,)
        return next(
            (parts for m in (written, *bare) if (parts := self.split(m, known))),
            (written,),
        )

    def complete(
        self, words: Iterable[tuple[Word, tuple[str, ...]]], section: str
    ) -> Iterator[Word]:
        """Give the parts of each word, and what a hanging hyphen leaves out.

        Every part has the place of the word that it is a part of.

        Parameters
        ----------
        words
            Words with their parts; a simple word has one.
        section
            The text that the words' places are in.
        """
        held: list[Word] = []  # what may still get a head, and what follows it
        hanging: list[int] = []
        modifier: tuple[str, ...] = ()
        for word, parts in words:
            before = section[max(word.start - 2, 0) : word.start]
            hyphenated = before.endswith("-") and len(before) > 1
            joined = hyphenated and before[0].isalnum()
            if modifier and hyphenated and not joined:
                parts = (*modifier, *parts)
            if len(parts) > 1 or (joined and parts[-1] in self.heads):
                for place in reversed(hanging):
                    hung = held[place]
                    held.insert(place + 1, Word(parts[-1], hung.start, hung.end))
                hanging, modifier = [], parts[:-1] or modifier
            elif _hangs(section[word.end : word.end + 2]):
                hanging.append(len(held))
            held += [Word(part, word.start, word.end) for part in parts]
            if not hanging or len(held) - hanging[0] > _FARTHEST_HEAD:
                yield from held
                held, hanging = [], []
        yield from held


def _hangs(after: str) -> bool:
    """Whether a hyphen that nothing is joined to follows a word."""
    return after.startswith("-") and not after[1:].isalnum()
