"""Known numbers and places in running text, in all their written forms.

A number counts from four letters and digits on, with any separators. A place: the whole
of it, each part between its commas, and its telling words with a capital inside a
sentence (the town in a hospital's name).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from site_agent.deidentify.identifiers import KnownIdentifiers
from site_agent.deidentify.spans import Category, Span, begins_sentence
from site_agent.deidentify.spelling import fold
from site_agent.deidentify.vocabulary import common_words

_SHORTEST_NUMBER = 4
_SHORTEST_GROUPED = 7
_SHORTEST_PLACE = 4
_SHORTEST_PLACE_WORD = 5
_SEPARATORS = re.compile(r"[\W_]+")
_RUNS = re.compile(r"\d+|[^\W\d_]+")


def find_known_numbers(folded: str, known: KnownIdentifiers) -> Iterator[Span]:
    """Find known ids, phones and UIDs in a folded text."""
    squeezed = squeeze(folded)
    for number in known.ids:
        bare = squeeze(fold(number))
        if len(bare) >= _SHORTEST_NUMBER and bare in squeezed:
            for match in number_pattern(number).finditer(folded):
                yield Span(*match.span(), Category.ID, "known-id")
    for uid in known.uids:
        if uid in folded:
            for match in re.finditer(rf"(?<![\d.]){re.escape(uid)}(?!\d)", folded):
                yield Span(*match.span(), Category.ID, "known-uid")


def find_known_places(
    text: str, folded: str, known: KnownIdentifiers
) -> Iterator[Span]:
    """Find hospitals, departments and addresses; `folded` is `text` through `fold`."""
    for place in known.texts:
        for part in place_parts(place):
            first, *rest = part.split()
            if first not in folded:
                continue
            for match in place_pattern(part).finditer(folded):
                if rest or text[match.start()].isupper():
                    yield Span(*match.span(), Category.PLACE, "known-place")
        for word in _telling_words(place):
            if word not in folded:
                continue
            for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", folded):
                start = match.start()
                if text[start].isupper() and not begins_sentence(text, start):
                    yield Span(*match.span(), Category.PLACE, "word-of-known-place")


def squeeze(folded: str) -> str:
    """Leave letters and digits only."""
    return _SEPARATORS.sub("", folded)


@lru_cache(maxsize=512)
def number_pattern(number: str) -> re.Pattern[str]:
    """Write the pattern of a number with any separators between letters and digits.

    From seven characters on, digits may be grouped in any way (``612 077 765 48``).
    """
    runs = _RUNS.findall(fold(number))
    grouped = sum(map(len, runs)) >= _SHORTEST_GROUPED
    within = r"[ ./_-]?" if grouped else ""
    body = r"[\W_]{0,3}".join(
        within.join(run) if run.isdigit() else re.escape(run) for run in runs
    )
    return re.compile(rf"(?<![^\W_]){body}(?![^\W_])")


@lru_cache(maxsize=512)
def place_pattern(part: str) -> re.Pattern[str]:
    """Write the pattern of a place that came from `place_parts`."""
    body = r"[\W_]{1,4}".join(map(re.escape, part.split()))
    return re.compile(rf"(?<!\w){body}(?!\w)")


def place_parts(place: str) -> frozenset[str]:
    """Give the folded place and the parts between its commas that tell something."""
    parts = (
        " ".join(re.findall(r"[^\W_]+", fold(part)))
        for part in (place, *re.split(r"[,\n]", place))
    )
    return frozenset(
        part
        for part in parts
        if sum(map(str.isalpha, part)) >= _SHORTEST_PLACE and _tells(part)
    )


def _tells(part: str) -> bool:
    return any(word.isalpha() and word not in common_words() for word in part.split())


def _telling_words(place: str) -> Iterator[str]:
    for word in set(re.findall(r"[^\W\d_]+", fold(place))):
        if len(word) >= _SHORTEST_PLACE_WORD and word not in common_words():
            yield word
