"""What a written word may be: a title, a month, a word of medicine, a name.

`kinds` tells it from the word alone, with its capitals; the places around it decide
the rest. A word with a capital that no list, stem or ending knows is `UNKNOWN`: that is
what default deny takes for a name. The lists are ``lexicon.toml``, ``vocabulary.toml``,
``code_words.txt`` and ``report_words.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from site_agent.deidentify.text.dates import MONTHS, ROMAN
from site_agent.deidentify.text.spelling import FOLDS, fold
from site_agent.deidentify.text.vocabulary import (
    by_last_word,
    common_words,
    last_words,
    phrases,
    said_in,
    words,
    words_in,
    words_of,
    written_words,
)
from site_agent.deidentify.text.word_lists import (
    acronyms,
    eponyms,
    is_allowed,
    is_built_like_one,
    languages,
    letter_words,
)

CAPITAL = 1 << 0
"""It begins with a capital."""
CAPS = 1 << 1
"""Two letters or more, all of them capitals."""
INITIAL = 1 << 2
"""One letter, a capital."""
UNKNOWN = 1 << 3
"""It has a capital, two letters or more, and is in no list."""
COMMON = 1 << 4
"""A word of medicine or daily language that is a family name as well."""
CLINICAL = 1 << 5
"""A word that reports use with a small letter, or built like one."""
LETTER = 1 << 6
"""A word of letterheads, patient lines and footers."""
TITLE = 1 << 7
"""A title before a name: ``Dr``, ``Frau``."""
PARTICLE = 1 << 8
"""A part of family names: ``van``, ``de la``."""
FUNCTION = 1 << 9
"""An article, a preposition or the like, of which no name begins."""
HOUSE = 1 << 10
"""A hospital, a practice, a town hall of medicine: a proper name is near."""
MONTH = 1 << 11
CUE = 1 << 12
"""The last word of a phrase after which a person stands: ``discussed with``."""
STREET = 1 << 13
"""A street, a square, a floor: an address is near."""
ACRONYM = 1 << 14
"""Two to five capitals in no list."""
LABEL = 1 << 15
"""The last word of a label after which something stands that identifies."""
BROKEN = 1 << 16
"""It lost letters to an old system (``M?ller``), or a small word the space behind it
(``sinceFebruary``)."""
NUMERAL = 1 << 17
"""A month as a Roman numeral has it."""
AGED = 1 << 18
"""A word of the ages from ninety on."""
TELLING = 1 << 19
"""The first word of a phrase before which a person stands: ``was informed``."""
HEADED = 1 << 20
"""The last word of a heading."""
SIGNED = 1 << 21
"""The first word of a signature's phrase: ``Electronically signed by``."""
TYPED = 1 << 22
"""The last word of a phrase after which initials stand: ``Diktat``."""
DATED = 1 << 23
"""A day of the week, a month, or a word before a part of a date, of the language."""
SHORT_STREET = 1 << 24
"""A street's word that is short, or another word too: ``12 Elm St``."""

NUMBERED = 1 << 26
"""The last word of what calls a number, or one before a room or a year of birth."""
MAYBE_HOUSE = 1 << 27
"""A house beside a generic word or in capitals (``Nursing Home``, ``AZ``)."""
RELATED = 1 << 25
"""A word of the language for a person, or of a phrase after which one stands."""

ROLED = 1 << 28
"""The first word of a role, as it stands after a name: ``MD``, ``Attending``."""

BETWEEN = 1 << 29
"""A rank, or another word that may stand between a title and the name."""

OPENING = HEADED | SIGNED
"""What begins a section; `Page.openings` lists those words."""
SOUGHT = (TYPED | DATED | SHORT_STREET | HOUSE | STREET | MONTH | BROKEN) | (
    NUMERAL | AGED | MAYBE_HOUSE
)
"""What few words are; `Page.sought` lists those, for the rules that begin with one."""

# What a word may be whether it has a capital or not.
_OF_ANY = (HEADED | SIGNED | TYPED | ROLED | SHORT_STREET | MAYBE_HOUSE | NUMERAL) | (
    DATED | BETWEEN | NUMBERED
)
# What a word with a small letter may be.
_OF_SMALL = (
    TITLE | PARTICLE | MONTH | HOUSE | STREET | LABEL | FUNCTION | CUE | TELLING
) | _OF_ANY
# What a capital letter alone may be.
_OF_INITIAL = TITLE | PARTICLE | CUE | _OF_ANY
_FOUND = CLINICAL | HOUSE
# What does not keep a word with a capital from being unknown.
_UNTOLD = CAPITAL | CAPS | PARTICLE | TELLING | CUE | LABEL | _OF_ANY
_LONGEST_ACRONYM = 5
_MOST_REMEMBERED = 1 << 15
_SHORTEST_NINETY = 6
_SHORTEST_GLUED = 2  # letters before a capital, and after it
_TAIL = 3  # letters of the shortest ending of houses and streets
# HIPAA 164.514(b)(2)(i)(C) bands ages from ninety on.
_NINETY = re.compile(
    "ninet|neunzig|novant|noventa|negentig|nittio|dziewiecdziesi|quatre$|hundred"
    "|hundert"
)


class Kinds(dict[str, int]):
    """What each written word may be in a language, worked out when it is met first."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self._listed, self._own = _listed(), _listed_in(language)

    def __missing__(self, word: str) -> int:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        folded = FOLDS[word]
        listed = self._listed.get(folded, 0) | self._own.get(folded, 0)
        if word[0].isupper():
            if word in acronyms() or is_allowed(folded, self.language):
                listed |= CLINICAL
            kind = _of_capital(word, folded, listed, self.language)
        else:
            kind = listed & _OF_SMALL
            if not kind & HOUSE and _is_house(folded, self.language):
                kind |= HOUSE
            if glued_at(word):
                kind |= BROKEN
        if len(folded) >= _SHORTEST_NINETY and _NINETY.search(folded):
            kind |= AGED
        self[word] = kind
        return kind


@cache
def kinds(language: str) -> Kinds:
    """Give the kinds of words of a language; ``""`` is any of the lists' languages."""
    return Kinds(language if language in languages() else "")


def glued_at(word: str) -> int:
    """Give where a word with a capital begins in a small one; 0 where none does."""
    if word.islower():
        return 0
    for at in range(_SHORTEST_GLUED, len(word) - _SHORTEST_GLUED):
        if word[at].isupper():
            rest = word[at + 1 : at + 1 + _SHORTEST_GLUED]
            return at if word[:at].islower() and rest.islower() else 0
    return 0


def _of_capital(word: str, folded: str, listed: int, language: str) -> int:
    """Tell what a word with a capital may be that is listed as `listed`."""
    if len(word) == 1:
        return listed & _OF_INITIAL | CAPITAL | INITIAL
    kind = listed | CAPITAL
    if word.isupper():
        kind |= CAPS
    if "?" in folded:  # for U+FFFD too
        return kind | BROKEN | UNKNOWN
    if not kind & _FOUND and _is_house(folded, language):
        kind |= HOUSE
    # An allowed word is listed as clinical; here it can but be built like one.
    if not kind & ~_UNTOLD:
        if is_built_like_one(folded, language):
            return kind | CLINICAL
        kind |= UNKNOWN
        if _ends_with("streets", folded):
            kind |= STREET
        if kind & CAPS and len(word) <= _LONGEST_ACRONYM:
            kind |= ACRONYM
    return kind


_HEADINGS = ("findings", "impression", "context", "other")
_LABEL_TABLES = (
    *(*_HEADINGS, "person_lines", "signature"),
    *("numbered_id", "numbered_phone", "roles"),
)
_DATED_TABLES = ("months", "before_years", "before_days")
_CUE_TABLES = ("addressed", "told", "does")
_MAYBE_HOUSES = ("weak", "named", "trading", "closing")
_KINDS_OF_ENTRIES = (
    ("titles", "plain", TITLE),
    ("names", "titles", TITLE),
    ("names", "particles", PARTICLE),
    ("titles", "never", FUNCTION),
    ("titles", "ranks", LETTER),
    ("houses", "whole", HOUSE),
    ("streets", "whole", STREET),
)


@cache
def _listed() -> dict[str, int]:
    """Give the kinds of words that are listed for every language, and of English."""
    cues = (words_of(p) for table in _CUE_TABLES for p in phrases(table))
    # One of a single word may be a name: ``Parent``.
    several = {word for listed in cues if len(listed) > 1 for word in listed}
    wordlike = words("names", "wordlike")  # Italian sarà, and Sara
    return _kinds_of(
        [
            *((words(table, entry), kind) for table, entry, kind in _KINDS_OF_ENTRIES),
            (common_words(), COMMON),
            (words("common", "letter"), LETTER),
            (filter(str.isalpha, MONTHS), MONTH),
            (several - wordlike, CLINICAL),
            ((fold(t).rstrip(".") for t in written_words("titles", "exact")), TITLE),
            (_first_words("told"), TELLING),
            (_first_words("does"), TELLING),
            (by_last_word("addressed"), CUE),
            (by_last_word("person_lines", "signature"), LABEL),
            (eponyms(), CLINICAL),
            (letter_words("en"), LETTER),
            *((said_in(table, "en", "all"), LETTER) for table in _LABEL_TABLES),
            (said_in("addressed", "en", "all"), RELATED),
            (by_last_word(*_HEADINGS), HEADED),
            (_first_words("signature"), SIGNED),
            (by_last_word("typed"), TYPED),
            (by_last_word("numbered_id", "numbered_phone"), NUMBERED),
            (words("numbers", "rooms"), NUMBERED),
            (words("ages", "birth") | words("ages", "in"), NUMBERED),
            (_first_words("roles"), ROLED),
            (between_titles(), BETWEEN),
            (words("streets", "short"), SHORT_STREET),
            *((words("houses", entry), MAYBE_HOUSE) for entry in _MAYBE_HOUSES),
            (ROMAN, NUMERAL),
            (words("moments", "weekdays"), DATED),
            (words("moments", "hyphened"), DATED),
        ]
    )


@cache
def _listed_in(language: str) -> dict[str, int]:
    """Give the kinds of words that are listed for one language; all for ``""``."""
    chosen = (language,) if language else ()
    return _kinds_of(
        [
            (letter_words(language), LETTER),
            *((said_in(table, *chosen), LETTER) for table in _LABEL_TABLES),
            (said_in("addressed", *chosen), RELATED),
            (words_in("house_abbreviations", language), MAYBE_HOUSE),
            (words_in("companies", language), MAYBE_HOUSE),
            *((last_words(table, language), DATED) for table in _DATED_TABLES),
        ]
    )


def _kinds_of(tables: Iterable[tuple[Iterable[str], int]]) -> dict[str, int]:
    """Give of each word the kinds of all tables that list it."""
    kinds: dict[str, int] = {}
    for listed, kind in tables:
        for word in listed:
            kinds[word] = kinds.get(word, 0) | kind
    return kinds


def _first_words(table: str) -> Iterator[str]:
    return (words_of(phrase)[0] for phrase in phrases(table))


@cache
def between_titles() -> frozenset[str]:
    """Give the words that may stand between a title and the name."""
    return words("titles", "between") | words("titles", "ranks")


def _is_house(folded: str, language: str) -> bool:
    return _ends_with("houses", folded) and not is_allowed(folded, language)


def _ends_with(table: str, folded: str) -> bool:
    """Whether a word has one of the table's endings."""
    endings, tails = _endings(table)
    return folded[-_TAIL:] in tails and folded.endswith(endings)


@cache
def _endings(table: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Give the endings of a table, and their last letters, by which most are told."""
    listed = words(table, "endings")
    return tuple(listed), frozenset(ending[-_TAIL:] for ending in listed)
