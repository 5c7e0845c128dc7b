"""Known names in running text, in all their written forms.

Words are compared by a key that case, accents, digraphs and doubled letters do not
change (`spelling.Keys`). Both halves of a name next to each other count in any order;
so do a half and the other's initial with capitals. A family name alone counts from
three letters on with a capital, from five without; a given name from three with a
capital. From seven letters on one letter may be wrong, missing, too much or two
exchanged. A word of medicine or daily language (``Small``) alone counts only with a
capital inside a sentence, among words without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from site_agent.deidentify.text.eponyms import is_in_eponym
from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    HOUSE,
    INITIAL,
    LETTER,
    PARTICLE,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.names import PersonName
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span, begins_sentence
from site_agent.deidentify.text.spelling import fold, key_of, spellings
from site_agent.deidentify.text.vocabulary import (
    common_words,
    words,
)
from site_agent.deidentify.text.word_lists import is_clinical

_GAP = re.compile(r"[\s,.^_/;|+'\u2019-]{0,3}")
_SHORTEST, _SHORTEST_LOWER_CASE = 3, 5
_SHORTEST_MISSPELT = 7
_LETTERS = re.compile(r"(?:[^\W\d_]|[?\ufffd])+")
_GARBLED = re.compile(r"[\u00c2-\u00c5][^\w\s]")
_NOT_OF_NAMES = re.compile(r"[^\w\s?'-]")

_People = Mapping[str, frozenset[int]]
_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Keys of words, and whose family name, given name or initial each is.

    `misspelt` has every form of a long name with one letter less, `ends` the first and
    the last three letters of such names. `foreign` are parts of names that are not
    ASCII, `broken` what lost a letter to an old system, `common` folded words of the
    header that tell nothing.
    """

    family: _People
    given: _People
    initial: _People
    every: frozenset[str]
    misspelt: frozenset[str]
    ends: frozenset[str]
    foreign: tuple[str, ...]
    broken: tuple[tuple[re.Pattern[str], str], ...]
    common: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Token:
    word: int
    key: str
    kind: int
    family: frozenset[int]
    given: frozenset[int]
    initial: frozenset[int]


def find_known_names(page: Page, known: KnownIdentifiers) -> Iterator[Span]:
    """Find the names of `known` in a text."""
    if known.names:
        yield from find_names(page, names_of(known.names, known.common))


def find_names(page: Page, table: KnownNames) -> Iterator[Span]:
    """Find the names of a table, which `names_of` made, in a text."""
    if not page.text.isascii() and _GARBLED.search(page.text):
        yield from _garbled(page, table)
    keys = page.keys()
    for word in _misspelt(page, keys, table):
        yield Span(page.starts[word], page.ends[word], Category.NAME, "misspelt-name")
    broken = "?" in page.folded  # U+FFFD is folded to it
    if table.every.isdisjoint(keys) and not table.broken and not broken:
        return
    every = table.every
    hits = [word for word, key in enumerate(keys) if key in every]
    if table.broken or broken:
        hits = sorted({*hits, *_broken(page, keys, table)})
    tokens = {word: _token(page, word, keys[word], table) for word in hits}
    for word, token in tokens.items():
        if not (token.family or token.given):
            if token.initial and (end := _partner(page, tokens, word)):
                yield Span(page.starts[word], end, Category.NAME, "known-name")
            continue
        partner = _partner(page, tokens, word)
        if partner:
            yield Span(page.starts[word], partner, Category.NAME, "known-name")
        rule = _alone(page, token, table.common)
        if rule and not is_in_eponym(page, word):
            yield Span(*_widened(page, word), Category.NAME, rule)


def _token(page: Page, word: int, key: str, table: KnownNames) -> _Token:
    return _Token(
        word,
        key,
        page.kinds[word],
        table.family.get(key, _NOBODY),
        table.given.get(key, _NOBODY),
        table.initial.get(key, _NOBODY),
    )


def _partner(page: Page, tokens: Mapping[int, _Token], word: int) -> int:
    """Give the end of the name's other half, particles and initials between or not."""
    one = tokens[word]
    last = min(len(page.words), word + 5)
    for at in range(word + 1, last):
        if not _GAP.fullmatch(page.gaps[at]):
            return 0
        other = tokens.get(at)
        if other is not None and _belong(one, other):
            return page.ends[at]
        if len(page.words[at]) > 1 and not page.kinds[at] & PARTICLE:
            return 0
    return 0


def _belong(one: _Token, other: _Token) -> bool:
    if one.family & (other.given or other.family) or one.given & other.family:
        return True
    alike = (
        one.family & other.initial
        or one.initial & other.family
        or one.given & other.given
    )
    return bool(one.kind & other.kind & CAPITAL) and bool(alike)


def _alone(page: Page, token: _Token, common: frozenset[str]) -> str:
    """Name the rule by which a single word is a name; empty when it is none."""
    word = page.words[token.word]
    length = len(word)
    capital = bool(token.kind & CAPITAL)
    if length < _SHORTEST or not (token.family or token.given):
        return ""
    folded = fold(word)
    if folded in common or folded in common_words():
        if not capital or not token.family or not _stands_out(page, token.word):
            return ""
        # In capitals only a word that reports do not use can be but a name.
        start = page.starts[token.word]
        foreign = not token.kind & (CLINICAL | LETTER) and _is_everyday(folded)
        return (
            "known-family" if foreign or not begins_sentence(page.text, start) else ""
        )
    if token.kind & LETTER and not token.kind & (UNKNOWN | COMMON):
        return ""
    if not capital and length < _SHORTEST_LOWER_CASE:
        return ""
    if not capital and is_clinical(folded, page.language):
        return ""
    if token.family:
        return "known-family"
    return "known-given" if capital else ""


def _is_everyday(folded: str) -> bool:
    """Whether a common word is one of daily language, not a maker in the header."""
    return folded in common_words() and folded not in words("common", "makers")


def _stands_out(page: Page, word: int) -> bool:
    """Whether no capital is beside a word, so that its own tells something."""
    foreign = not page.kinds[word] & (CLINICAL | LETTER)
    foreign = foreign and _is_everyday(fold(page.words[word]))
    for at in (word - 1, word + 1):
        if 0 <= at < len(page.words):
            kind = page.kinds[at]
            loud = kind & CAPITAL and not kind & PARTICLE
            if loud and not (foreign and kind & (TITLE | UNKNOWN | INITIAL | CAPS)):
                return False
    return True


def _widened(page: Page, word: int) -> tuple[int, int]:
    """Take in the other parts of a double name and the O' of O'Brien."""
    first = last = word
    while last + 1 < len(page.words) and page.gaps[last + 1] == "-":
        if not page.kinds[last + 1] & CAPITAL or page.kinds[last + 1] & HOUSE:
            break
        last += 1
    if (
        first
        and page.gaps[first] in ("'", "\u2019")
        and len(page.words[first - 1]) <= 2
    ):
        first -= 1
    return page.starts[first], page.ends[last]


def _misspelt(page: Page, keys: list[str], table: KnownNames) -> Iterator[int]:
    """Find words that are a long name but for one letter."""
    if not table.misspelt:
        return
    ends = table.ends
    for word, key in enumerate(keys):
        # One wrong letter leaves the first three or the last three right.
        if key[:3] not in ends and key[-3:] not in ends:
            continue
        if len(key) < _SHORTEST_MISSPELT - 1 or key in table.every:
            continue
        kind = page.kinds[word]
        if kind & (CLINICAL | LETTER | COMMON) or (
            kind & CAPITAL and not kind & UNKNOWN
        ):
            continue
        if not kind & CAPITAL and is_clinical(page.folds[word], page.language):
            continue
        if key in table.misspelt or not table.misspelt.isdisjoint(_with_one_less(key)):
            yield word


def _with_one_less(key: str) -> Iterator[str]:
    return (key[:at] + key[at + 1 :] for at in range(len(key)))


def _broken(page: Page, keys: list[str], table: KnownNames) -> Iterator[int]:
    """Find words with lost letters, and whole ones of which the name lost letters."""
    for word, written in enumerate(page.words):
        if "?" in written or "\ufffd" in written:
            wild = _wild(fold(written))
            found = next((k for k in table.every if wild.fullmatch(k)), None)
        else:
            folded = fold(written)
            found = next((k for p, k in table.broken if p.fullmatch(folded)), None)
        if found is not None:
            keys[word] = found
            yield word


def _wild(word: str) -> re.Pattern[str]:
    return re.compile(
        re.escape(word).replace(r"\?", "?").replace("?", "[^\\W\\d_]{0,2}")
    )


def _garbled(page: Page, table: KnownNames) -> Iterator[Span]:
    """Find names that were read in a wrong encoding (``MÃ¼ller``)."""
    forms = {form for part in table.foreign for form in spellings(part)}
    for form in forms:
        if _NOT_OF_NAMES.search(form) is None:
            continue
        start = page.folded.find(form)
        while start >= 0:
            end = start + len(form)
            yield Span(start, end, Category.NAME, "known-family")
            start = page.folded.find(form, end)


@lru_cache(maxsize=64)
def names_of(people: frozenset[PersonName], common: frozenset[str]) -> KnownNames:
    """Make the table of some people; `common` are folded words that tell nothing."""
    listed = list(people)
    families = [(name.families, _keys(name.families)) for name in listed]
    givens = [(name.givens, _keys(name.givens)) for name in listed]
    family = _table(keys for _, keys in families)
    given = _table(keys for _, keys in givens)
    initial = _table(_keys(name.initials) for name in listed)
    parts = [part for written, _ in (*families, *givens) for part in written]
    broken = any("?" in part or "\ufffd" in part for part in parts)
    long = [key for key in (*family, *given) if len(key) >= _SHORTEST_MISSPELT]
    return KnownNames(
        family=family,
        given=given,
        initial=initial,
        every=frozenset((*family, *given, *initial)),
        misspelt=frozenset(f for key in long for f in (key, *_with_one_less(key))),
        ends=frozenset(end for key in long for end in (key[:3], key[-3:])),
        foreign=tuple(part for part in parts if not part.isascii()),
        broken=tuple(_broken_parts(parts)) if broken else (),
        common=common,
    )


def _broken_parts(parts: Iterable[str]) -> Iterator[tuple[re.Pattern[str], str]]:
    """Give words that lost letters as patterns, with their keys."""
    for part in parts:
        for word in _LETTERS.findall(part):
            if "?" in word.strip("?") or "\ufffd" in word:
                yield _wild(fold(word)), key_of(word)


def _keys(parts: Iterable[str]) -> set[str]:
    """Give the keys of the words in the parts of a name, but for particles."""
    particles = words("names", "particles")
    forms = {
        form for p in parts for form in (p, p.replace("'", "").replace("\u2019", ""))
    }
    return {
        key_of(word)
        for form in forms
        for word in ((form,) if form.isalpha() else _LETTERS.findall(form))
        if fold(word) not in particles
    }


def _table(keys_of_each: Iterable[Iterable[str]]) -> dict[str, frozenset[int]]:
    """Map the key of each word to the numbers of the persons who have it."""
    table: dict[str, frozenset[int]] = {}
    for number, keys in enumerate(keys_of_each):
        for key in keys:
            table[key] = table.get(key, _NOBODY) | {number}
    return table
