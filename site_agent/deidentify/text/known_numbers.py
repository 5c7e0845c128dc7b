"""Known numbers and places in running text, in all their written forms.

A number counts from four letters and digits on, with any separators. A place: the whole
of it, each part between its commas, and its telling words with a capital inside a
sentence (the town in a hospital's name).
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.lexicon import CAPITAL, CLINICAL, COMMON, LETTER
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.spelling import fold, key_of
from site_agent.deidentify.text.vocabulary import common_words

_SHORTEST_NUMBER = 4
_SHORTEST_GROUPED = 7
_SHORTEST_PLACE = 4
_SHORTEST_PLACE_WORD = 5
_MOST_BETWEEN = 4
_SEPARATORS = re.compile(r"[\W_]+")
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")
_RUNS = re.compile(r"\d+|[^\W\d_]+")


class Squeezed:
    """The letters and digits of a folded text, and where each stood."""

    def __init__(self, folded: str) -> None:
        self.folded = folded
        self.bare = squeeze(folded)
        self._runs: list[int] = []
        self._before: list[int] = []

    def find(self, bare: str, written: str) -> Iterator[tuple[int, int]]:
        """Give where `bare` stands, separators between its characters or not.

        `written` is its usual form, which is tried first.
        """
        count = self.bare.count(bare)
        if not count:
            return
        places = list(_all(self.folded, written))
        if len(places) == count:
            found = [(at, at + len(written)) for at in places]
        else:
            found = [
                (self._place(at), self._place(at + len(bare) - 1) + 1)
                for at in _all(self.bare, bare)
            ]
        for start, end in found:
            begins = start == 0 or not self.folded[start - 1].isalnum()
            ends = end == len(self.folded) or not self.folded[end].isalnum()
            if begins and ends:
                yield start, end

    def _place(self, at: int) -> int:
        """Give the place in the text of a character of `bare`."""
        if not self._runs:
            runs = list(_LETTERS_AND_DIGITS.finditer(self.folded))
            self._runs = [run.start() for run in runs]
            lengths = (run.end() - run.start() for run in runs)
            self._before = [0, *itertools.accumulate(lengths)]
        run = bisect_right(self._before, at) - 1
        return self._runs[run] + at - self._before[run]


def _all(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def find_known_numbers(
    page: Page, squeezed: Squeezed, known: KnownIdentifiers
) -> Iterator[Span]:
    """Find known ids, phones and UIDs in a text."""
    for number in known.ids:
        written = fold(number)
        runs = _RUNS.findall(written)
        bare = "".join(runs)
        if len(bare) < _SHORTEST_NUMBER:
            continue
        for start, end in squeezed.find(bare, written):
            if _fits(page.folded[start:end], runs, len(bare)):
                yield Span(start, end, Category.ID, "known-id")
    for uid in known.uids:
        if uid in page.folded:
            for match in re.finditer(rf"(?<![\d.]){re.escape(uid)}(?!\d)", page.folded):
                yield Span(*match.span(), Category.ID, "known-uid")


def _fits(written: str, runs: list[str], length: int) -> bool:
    """Whether what stands between the characters is what separates a number's."""
    between = _SEPARATORS.findall(written)
    if "\n" in written or any(len(gap) > _MOST_BETWEEN for gap in between):
        return False
    if length >= _SHORTEST_GROUPED:
        return True
    return _RUNS.findall(written) == runs


def find_known_places(
    page: Page, squeezed: Squeezed, known: KnownIdentifiers
) -> Iterator[Span]:
    """Find hospitals, departments and addresses in a text."""
    if not known.texts:
        return
    telling: set[str] = set()
    for place in known.texts:
        parts, words_of_place = _parts(place)
        telling |= words_of_place
        for part in parts:
            several = " " in part
            for start, end in squeezed.find(part.replace(" ", ""), part):
                between = _SEPARATORS.findall(page.folded[start:end])
                if all(len(gap) <= _MOST_BETWEEN for gap in between) and (
                    several or page.text[start].isupper()
                ):
                    yield Span(start, end, Category.PLACE, "known-place")
    keys = page.keys()
    if telling.isdisjoint(keys):
        return
    for word, key in enumerate(keys):
        if key in telling and page.kinds[word] & CAPITAL:
            start = page.starts[word]
            plain = page.kinds[word] & (CLINICAL | COMMON | LETTER)
            if not plain:
                yield Span(start, page.ends[word], Category.PLACE, "known-place-word")


def squeeze(folded: str) -> str:
    """Leave letters and digits only."""
    return _SEPARATORS.sub("", folded)


@lru_cache(maxsize=512)
def _parts(place: str) -> tuple[frozenset[str], frozenset[str]]:
    """Give the folded parts of a place that tell something, and keys of its words."""
    parts = (
        " ".join(re.findall(r"[^\W_]+", fold(part)))
        for part in (place, *re.split(r"[,\n]", place))
    )
    telling = frozenset(
        key_of(word)
        for word in re.findall(r"[^\W\d_]+", fold(place))
        if len(word) >= _SHORTEST_PLACE_WORD and word not in common_words()
    )
    return (
        frozenset(
            part
            for part in parts
            if sum(map(str.isalpha, part)) >= _SHORTEST_PLACE and _tells(part)
        ),
        telling,
    )


def _tells(part: str) -> bool:
    return any(word.isalpha() and word not in common_words() for word in part.split())
