"""The words that the report step knows, read from ``vocabulary.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Set
from functools import cache
from importlib.resources import files
from typing import Any

from site_agent.deidentify.text.spelling import fold

_WORD = re.compile(r"[^\W\d_]+")
_LONG_WORD = re.compile(r"[^\W\d_]{2,}")
_BEFORE_LAST = re.compile("[ ']")


@cache
def words(table: str, entry: str) -> frozenset[str]:
    """All words of one entry, folded."""
    return frozenset(_folded(table, entry).split())


@cache
def words_in(table: str, language: str) -> frozenset[str]:
    """All words of a language and of any, folded; without a language, all there are."""
    entries = _read()[table].keys()
    chosen = {language, "all"} & entries if language else entries
    return frozenset().union(*(words(table, entry) for entry in chosen))


@cache
def written_words(table: str, entry: str) -> frozenset[str]:
    """All words of one entry as they are written there."""
    return frozenset(_read()[table][entry].split())


@cache
def phrases(table: str, *entries: str) -> frozenset[str]:
    """All phrases of the entries (of every language, if none is given), folded."""
    chosen = entries or _read()[table]
    return frozenset(p for entry in chosen for p in _parted(_folded(table, entry)))


def said_in(table: str, *languages: str) -> frozenset[str]:
    """Every folded word of two letters or more of some languages' phrases.

    Without a language they are the words of all.
    """
    entries = _read()[table].keys()
    chosen = entries & languages if languages else entries
    return frozenset().union(*(_said(table, entry) for entry in chosen))


@cache
def _said(table: str, entry: str) -> frozenset[str]:
    return frozenset(_LONG_WORD.findall(_folded(table, entry)))


@cache
def written_phrases(table: str, *entries: str) -> frozenset[str]:
    """All phrases of the entries as they are written there."""
    listed = _read()[table]
    return frozenset(phrase for e in entries or listed for phrase in _parted(listed[e]))


def _parted(listed: str) -> Iterable[str]:
    """Give the phrases of an entry, which have strokes between them."""
    line = " ".join(listed.split()).replace(" |", "|").replace("| ", "|")
    return filter(None, line.split("|"))


ByEnd = Mapping[str, Mapping[int, Set[tuple[str, ...]]]]


@cache
def by_last_word(*tables: str) -> ByEnd:
    """Map the last word of each phrase to what stands before it, by number of words."""
    if len(tables) > 1:
        return _joined(map(by_last_word, tables))
    found: dict[str, dict[int, set[tuple[str, ...]]]] = {}
    for phrase in phrases(*tables):
        *before, last = words_of(phrase)
        befores = found.setdefault(last, {})
        befores.setdefault(len(before), set()).add(tuple(before))
    return found


def _joined(tables: Iterable[ByEnd]) -> ByEnd:
    joined: dict[str, Mapping[int, Set[tuple[str, ...]]]] = {}
    for table in tables:
        both = {
            last: {
                length: table[last].get(length, set()) | joined[last].get(length, set())
                for length in table[last].keys() | joined[last].keys()
            }
            for last in table.keys() & joined.keys()
        }
        joined |= {**table, **both}
    return joined


@cache
def last_words(table: str, language: str) -> frozenset[str]:
    """Give the last words of a language's phrases; without one, of all languages."""
    if language and language not in _read()[table]:
        return frozenset()
    listed = phrases(table, language) if language else phrases(table)
    return frozenset(_BEFORE_LAST.split(phrase)[-1] for phrase in listed)


def words_of(phrase: str) -> list[str]:
    """Give the runs of letters of a phrase."""
    return _WORD.findall(phrase)


def either(listed: Iterable[str]) -> str:
    """Write a regular expression for any of the words, the longest first."""
    return "|".join(map(re.escape, sorted(listed, key=lambda word: (-len(word), word))))


@cache
def common_words() -> frozenset[str]:
    """Words of medicine and daily language that are somebody's name as well.

    Such a word alone names nobody: ``Small left effusion`` with a patient Small.
    """
    return frozenset().union(*(words("common", entry) for entry in _read()["common"]))


@cache
def _folded(table: str, entry: str) -> str:
    return fold(_read()[table][entry])


@cache
def _read() -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath("vocabulary.toml").read_text("utf-8")
    return tomllib.loads(text)
