"""Words of a report as the words of a pack: spelling, inflection, compounds.

A pack that needs it says so in its data; the words of one that does not go to the
automaton as they are.

``[spelling]``
    Letters that are written in several ways, read as one (``"ä" = "ae"``).
``[ignored]``
    ``words`` that mean nothing to a phrase, such as articles: they are left out of the
    report and of the pack's phrases alike (``absence d'un épanchement``).
``[written]``
    Words that stand for others, abbreviated or contracted (``"isn't" = "is not"``).
``[mistyped]``
    ``words`` that are read with one wrong letter too (`site_agent.label.mistyped`).
``stem*`` in a phrase
    Any ending of the stem, so also every longer word of the pack that begins with it.
    A word is read as the pack's own word, else as the longest stem with an ending of
    three letters, else as a compound, else as the longest stem.
``[compounds]``
    See `site_agent.label.compounds`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from site_agent.label.compounds import Compounds
from site_agent.label.mistyped import Mistyped
from site_agent.label.sentences import Word, texts_of, words_of

Row = tuple[str, ...]
Meant = TypeVar("Meant")

_LONGEST_ENDING = 3  # letters, where a word may be a compound as well
_MARKS = ",;:()/"
_REMEMBERED = 50_000  # forms of words; a report that makes up words costs no memory


def read_forms(
    tables: Mapping[str, Mapping[str, Any]], phrases: Iterable[tuple[str, ...]]
) -> WordForms | None:
    """Read how a pack's words are written, or None if as its phrases have them."""
    spelling = {str(k): str(v) for k, v in tables.get("spelling", {}).items()}
    vocabulary = {word for phrase in phrases for word in phrase}
    inflects = any(word.endswith("*") for word in vocabulary)
    parts = tables.get("compounds")
    ignored = tables.get("ignored", {}).get("words", ())
    letters = str.maketrans(spelling)
    written: dict[str, Row] = {
        word.translate(letters): tuple(read.split())
        for words, read in tables.get("written", {}).items()
        for word in words.split("|")
    }
    mistyped = tables.get("mistyped", {}).get("words", "").split()
    if not (spelling or inflects or parts or ignored or written or mistyped):
        return None
    if parts is None:
        return WordForms(spelling, vocabulary, None, ignored, written, mistyped)
    heads, links = (
        [word.translate(letters) for word in parts[name]] for name in ("heads", "links")
    )
    compounds = Compounds(heads, links)
    words = {*vocabulary, *heads}
    return WordForms(spelling, words, compounds, ignored, written, mistyped)


class WordForms:
    """How the words of a language become the words of its pack.

    Parameters
    ----------
    spelling
        Letters and what they are read as.
    vocabulary
        Every word and every ``stem*`` of the pack's phrases.
    compounds
        None in a language that writes none; its heads and links in that spelling.
    ignored
        Words that are left out.
    written
        Words that stand for others, in that spelling.
    mistyped
        Words that are read with one wrong letter too.
    """

    def __init__(
        self,
        spelling: dict[str, str],
        vocabulary: Iterable[str],
        compounds: Compounds | None = None,
        ignored: Iterable[str] = (),
        written: Mapping[str, Row] | None = None,
        mistyped: Iterable[str] = (),
    ) -> None:
        self._spelling = str.maketrans(spelling)
        self._ignored = frozenset(map(self._spell, ignored))
        self._words = frozenset(map(self._spell, vocabulary))
        self._stems = {word[:-1] for word in self._words if word.endswith("*")}
        self._longest = max(map(len, self._stems), default=0)
        self._compounds = compounds
        self._written = written or {}
        self._mistyped = Mistyped(map(self._spell, mistyped))
        self._forms = _Forms(self._read)
        self._known: dict[str, list[str]] = {}

    def rows(self, phrases: Iterable[tuple[Row, Meant]]) -> Iterator[tuple[Row, Meant]]:
        """Give the rows of the pack's words that phrases with stems stand for.

        What the pack says of a row itself goes before what it says of a stem: with
        ``alt*`` and ``altersgemäß``, the second is not also the first.
        """
        if not (self._spelling or self._stems or self._ignored):
            yield from phrases
            return
        spelt = [(self._spelt(row), what) for row, what in phrases]
        own = {row for row, _ in spelt}
        for row, what in spelt:
            for words in itertools.product(*map(self._beginning_with, row)):
                if words == row or words not in own:
                    yield words, what

    def texts(self, sentence: str) -> list[str]:
        """Read a sentence's words as the pack's."""
        if "-" in sentence and (self._compounds is not None or "-\n" in sentence):
            return [word.text for word in self.read(words_of(sentence), sentence)]
        words = texts_of(sentence)
        if self._forms.plain.issuperset(words):
            return words
        return list(itertools.chain.from_iterable(map(self._forms.__getitem__, words)))

    def read(self, words: list[Word], section: str) -> list[Word]:
        """Read a sentence's words as the pack's, in their places in the section.

        A word that a hyphen parts at the end of a line is read as one.
        """
        if "-\n" in section:
            words = list(self._rejoined(words, section))
        pairs = [(word, parts) for word in words if (parts := self._forms[word.text])]
        if self._compounds is None or "-" not in section:
            return [word._replace(text=part) for word, parts in pairs for part in parts]
        return list(self._compounds.complete(pairs, section))

    def _rejoined(self, words: list[Word], section: str) -> Iterator[Word]:
        last: Word | None = None
        for word in words:
            if last is not None:
                between = section[last.end : word.start]
                whole = last.text + word.text
                if between.startswith("-\n") and self._word(self._spell(whole)):
                    last = Word(whole, last.start, word.end)
                    continue
                yield last
            last = word
        if last is not None:
            yield last

    def _spell(self, word: str) -> str:
        return word.translate(self._spelling)

    def _spelt(self, row: Row) -> Row:
        words = map(self._spell, row)
        return tuple(word for word in words if word not in self._ignored)

    def _beginning_with(self, word: str) -> list[str]:
        known = self._known.get(word)
        if known is None:
            known = [word]
            if word.endswith("*"):
                known = [other for other in self._words if other.startswith(word[:-1])]
            self._known[word] = known
        return known

    def _read(self, written: str) -> tuple[str, ...]:
        """Give the pack's words for a written one; none for one that is ignored."""
        word = self._spell(written)
        if word in self._ignored:
            return ()
        if word in self._written:
            return self._written[word]
        known = self._word(word)
        if self._compounds and not _is_form(word, known or ""):
            parts = self._compounds.split(word, self._word)
            if parts:
                return parts
        meant = None if known else self._mistyped.meant(word)
        return self._read(meant) if meant else (known or word,)

    def _word(self, word: str) -> str | None:
        """Give the pack's own word, else its longest stem that the word begins with."""
        if word in self._words:
            return word
        for length in range(min(len(word), self._longest), 0, -1):
            if word[:length] in self._stems:
                return word[:length] + "*"
        return None


class _Forms(dict[str, tuple[str, ...]]):
    """What each written word is read as, worked out when it is met first.

    `plain` has those that are read as they are written: most, in some languages.
    """

    def __init__(self, read: Callable[[str], tuple[str, ...]]) -> None:
        self._read = read
        self.plain = set(_MARKS)

    def __missing__(self, written: str) -> tuple[str, ...]:
        if not written[0].isalpha():
            return (written,)  # a number or a mark
        if len(self) > _REMEMBERED:
            self.clear()
            self.plain = set(_MARKS)
        parts = self[written] = self._read(written)
        if parts == (written,):
            self.plain.add(written)
        return parts


def _is_form(word: str, known: str) -> bool:
    """Whether a word is one of the pack's, or a stem of it with its ending."""
    if not known.endswith("*"):
        return word == known
    return word.startswith(known[:-1]) and len(word) < len(known) + _LONGEST_ENDING
