"""Known names in running text, in all their written forms.

Both halves of a name next to each other count in any order and case; so do a half and
the other's initial with capitals. A family name alone counts from three letters on with
a capital, from five without; a given name from three with a capital. A word of medicine
or daily language (``Small``) alone counts only with a capital inside a sentence, among
words without. Half an eponym (``Kerley lines``) does not count alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from site_agent.deidentify.identifiers import KnownIdentifiers
from site_agent.deidentify.spans import Category, Span, begins_sentence
from site_agent.deidentify.spelling import spellings
from site_agent.deidentify.vocabulary import common_words, either, phrases, words

_TOKEN = re.compile(r"(?:[^\W\d_]|\?)+")
_GAP = re.compile(r"[\s,.^_/;|+'-]{0,3}")
_SHORTEST, _SHORTEST_LOWER_CASE = 3, 5
_DOUBLE = re.compile(r"(?:-[^\W\d_]\w+){1,3}")

_People = Mapping[str, frozenset[int]]
_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Known:
    """Folded words, and whose family name, given name or initial each is.

    `whole` are family names of several words, `damaged` words that lost letters.
    """

    family: _People
    given: _People
    initial: _People
    whole: frozenset[str]
    damaged: tuple[tuple[re.Pattern[str], str], ...]
    common: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    word: str
    capital: bool
    family: frozenset[int]
    given: frozenset[int]
    initial: frozenset[int]


def find_known_names(text: str, folded: str, known: KnownIdentifiers) -> Iterator[Span]:
    """Find the names of `known` in `text`; `folded` is `text` through `fold`."""
    table = _known_words(known)
    tokens = [_token(match, text, table) for match in _TOKEN.finditer(folded)]
    if not any(token.family or token.given for token in tokens):
        return
    for family in table.whole:
        if family in folded:
            for match in re.finditer(rf"(?<!\w){re.escape(family)}(?!\w)", folded):
                yield Span(*match.span(), Category.NAME, "known-family")
    things = [match.span() for match in _eponyms().finditer(folded)]
    for place, token in enumerate(tokens):
        if not token.family and not token.given and not token.initial:
            continue
        partner = _partner(text, tokens, place)
        if partner is not None:
            yield Span(token.start, partner.end, Category.NAME, "known-name")
        if any(start <= token.start < end for start, end in things):
            continue
        rule = _alone(text, tokens, place, table.common)
        if rule:
            yield Span(*_widened(text, token), Category.NAME, rule)


def _token(match: re.Match[str], text: str, known: _Known) -> _Token:
    start, end = match.span()
    word = match[0]
    if "?" in word and word not in known.family and word not in known.given:
        start += len(word) - len(word.lstrip("?"))
        word = word.strip("?")
        end = start + len(word)
    for pattern, undamaged in known.damaged:
        if pattern.fullmatch(word):
            word = undamaged
    return _Token(
        start,
        end,
        word,
        start < end and not text[start].islower(),
        known.family.get(word, _NOBODY),
        known.given.get(word, _NOBODY),
        known.initial.get(word, _NOBODY),
    )


def _partner(text: str, tokens: list[_Token], place: int) -> _Token | None:
    """Find the other half of the name, particles and initials between them or not."""
    one = last = tokens[place]
    for other in tokens[place + 1 : place + 5]:
        if not _GAP.fullmatch(text, last.end, other.start):
            return None
        if _belong(one, other):
            return other
        if len(other.word) > 1 and other.word not in words("names", "particles"):
            return None
        last = other
    return None


def _belong(one: _Token, other: _Token) -> bool:
    if one.family & other.given or one.given & other.family:
        return True
    alike = (
        one.family & (other.family | other.initial)
        or one.initial & other.family
        or one.given & other.given
    )
    return one.capital and other.capital and bool(alike)


def _alone(text: str, tokens: list[_Token], place: int, common: frozenset[str]) -> str:
    """Name the rule by which a single word is a name; empty when it is none."""
    token = tokens[place]
    length = len(token.word)
    if length < _SHORTEST or not (token.family or token.given):
        return ""
    if token.word in common:
        beside = tokens[max(0, place - 1) : place] + tokens[place + 1 : place + 2]
        loud = (t for t in beside if t.word not in words("names", "particles"))
        stands_out = token.capital and not any(other.capital for other in loud)
        told = stands_out and not begins_sentence(text, token.start)
        return "known-family" if told and token.family else ""
    if token.family and (token.capital or length >= _SHORTEST_LOWER_CASE):
        return "known-family"
    return "known-given" if token.given and token.capital else ""


def _widened(text: str, token: _Token) -> tuple[int, int]:
    """Take in the other parts of a double name and the O' of O'Brien."""
    start, end = token.start, token.end
    double = _DOUBLE.match(text, end)
    if double and text[end + 1].isupper():
        end = double.end()
    before = re.search(r"(?<!\w)\w{1,2}['\u2019]$", text[max(0, start - 4) : start])
    return (start - len(before[0]) if before else start), end


@lru_cache(maxsize=64)
def _known_words(known: KnownIdentifiers) -> _Known:
    people = sorted(known.names)
    family = _table(name.families for name in people)
    given = _table(name.givens for name in people)
    return _Known(
        family=family,
        given=given,
        initial=_table(name.initials for name in people),
        whole=frozenset(
            form
            for name in people
            if " " in name.family
            for form in spellings(name.family)
        ),
        damaged=tuple(
            (_wild(word), word) for word in (*family, *given) if "?" in word.strip("?")
        ),
        common=common_words() | known.common,
    )


def _table(parts_of_each: Iterable[Iterable[str]]) -> _People:
    """Map each folded word to the numbers of the persons who have it."""
    table: dict[str, set[int]] = {}
    for number, parts in enumerate(parts_of_each):
        for word in (word for part in parts for word in _spelt(part)):
            table.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in table.items()}


def _spelt(part: str) -> Iterator[str]:
    for spelling in spellings(part):
        for form in {spelling, spelling.replace("'", "")}:  # O'Brien, OBrien
            for word in _TOKEN.findall(form):
                if word not in words("names", "particles"):
                    yield word


def _wild(word: str) -> re.Pattern[str]:
    """Match what a header lost of an accented letter that the report still has."""
    return re.compile(re.escape(word).replace(r"\?", "[^\\W\\d_]{1,2}"))


@cache
def _eponyms() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{either(phrases('eponyms'))})(?!\w)")
