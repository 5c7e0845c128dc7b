"""What a written word may be: a title, a month, a word of medicine, a name.

`kind_of` tells it from the word alone, with its capitals; the places around it decide
the rest. A word with a capital that no list, stem or ending knows is `UNKNOWN`: that is
what default deny takes for a name. The lists are ``lexicon.toml``, ``vocabulary.toml``,
``code_words.txt`` and ``report_words.txt``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from site_agent.deidentify.dictionary import code_words
from site_agent.deidentify.text.dates import MONTHS
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import (
    by_last_word,
    common_words,
    phrases,
    phrases_of,
    words,
    words_of,
    written_words,
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
"""The last word of a phrase after which, or the first before which, a person stands."""
STREET = 1 << 13
"""A street, a square, a floor: an address is near."""
ACRONYM = 1 << 14
"""Two to five capitals in no list."""
LABEL = 1 << 15
"""The last word of a label after which something stands that identifies."""
BROKEN = 1 << 16
"""It lost letters to an old system: ``M?ller``."""

_LONGEST_ACRONYM = 5
_SHORTEST_STEM = 4
_SHORTEST_ENDING = 3
_LEAST_BEFORE_ENDING = 4
_LONGEST_SHORT_STEM = 4
# What may follow a short stem of a pack; a name goes on otherwise (``fil*``, Filip).
_INFLECTIONS = frozenset(
    fold(
        " a e i o u y s n t as es is os us en er em et ne na te ta ti te ts to or ar "
        "ej ie om ow ach ami ego ymi ych ym iem iom iego \u0105 \u0119 ka ke ki ek "
        "et ett ten ade are ast des des ele ere erna orna arna ens ets ade ado ada "
        "ados adas ato ata ati ate ito ita iti ite ini ino ina ine eux euse ux le les"
    ).split(" ")
)
_ENGLISH_ENDINGS = ("s", "es", "ed", "ing", "ly", "al")
_ENDINGS_OF_EPONYMS = ("s", "a", "ego", "owi", "em", "scher", "sche", "schen")
_MOST_REMEMBERED = 1 << 15


class Kinds(dict[str, int]):
    """What each written word may be in a language, worked out when it is met first."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> int:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        kind = self[word] = kind_of(word, self.language)
        return kind


@cache
def kinds(language: str) -> Kinds:
    """Give the kinds of words of a language; ``""`` is any of the lists' languages."""
    return Kinds(language if language in languages() else "")


def languages() -> frozenset[str]:
    """Give the languages that have lists, as ISO 639-1."""
    return frozenset(_lexicon()["letter"])


def kind_of(word: str, language: str = "") -> int:
    """Tell what a written word may be, as a union of the kinds above.

    Parameters
    ----------
    word
        Letters only, or a word with ``?`` inside.
    language
        ISO 639-1; ``""`` for any.
    """
    folded = fold(word)
    kind = _listed(language).get(folded, 0)
    if not word[0].isupper():
        kind &= TITLE | PARTICLE | CUE | MONTH | HOUSE | STREET | LABEL | FUNCTION
        if not kind & HOUSE and _is_house(folded, language):
            kind |= HOUSE
        return kind
    kind |= CAPITAL
    if len(word) == 1:
        return kind & (CAPITAL | TITLE | PARTICLE) | INITIAL
    if word.isupper():
        kind |= CAPS
    if "?" in word or "\ufffd" in word:
        return kind | BROKEN | UNKNOWN
    if not kind & (CLINICAL | HOUSE) and _is_house(folded, language):
        kind |= HOUSE
    # An allowed word is listed as clinical; here it can but be built like one.
    if not kind & ~(CAPITAL | CAPS | PARTICLE):
        if _is_built_like_one(folded, language):
            return kind | CLINICAL
        kind |= UNKNOWN
        if folded.endswith(_street_endings()):
            kind |= STREET
        if kind & CAPS and len(word) <= _LONGEST_ACRONYM:
            kind |= ACRONYM
    return kind


def is_clinical(folded: str, language: str = "") -> bool:
    """Whether a folded word is one of medicine or daily language, or built like one."""
    return folded in allowed_words(language) or _is_built_like_one(folded, language)


def _is_built_like_one(folded: str, language: str) -> bool:
    if _has_stem(folded, language) or _has_ending(folded, language):
        return folded not in words("names", "wordlike")
    return _is_inflected(folded) or folded in _inflected_eponyms()


@cache
def allowed_words(language: str = "") -> frozenset[str]:
    """Every folded word that may stand with a capital and names nobody."""
    listed = _lexicon()["words"]
    chosen = [listed[one] for one in _chosen(language)]
    return (
        _english().union(*chosen)
        if language in ("", "en")
        else frozenset().union(*chosen)
    )


def _chosen(language: str) -> frozenset[str]:
    return (
        frozenset((language, "other")) if language else frozenset(_lexicon()["words"])
    )


@cache
def _english() -> frozenset[str]:
    """Give the English words of the standard's codes and of public reports."""
    reports = files(__package__).joinpath("report_words.txt").read_text("ascii").split()
    # Codes have rare words too (``Marsh grading``); those that are names do not count.
    return (code_words() - common_words()).union(reports, _lexicon()["words"]["en"])


_LABEL_TABLES = (
    *("findings", "impression", "context", "other", "person_lines", "signature"),
    *("numbered_id", "numbered_phone", "roles"),
)
_CUE_TABLES = ("addressed", "told", "does")
_KINDS_OF_ENTRIES = (
    ("titles", "plain", TITLE),
    ("names", "titles", TITLE),
    ("names", "particles", PARTICLE),
    ("titles", "never", FUNCTION),
    ("houses", "whole", HOUSE),
    ("streets", "whole", STREET),
)


@cache
def _listed(language: str) -> dict[str, int]:
    """Give the kinds of every listed word."""
    kinds: dict[str, int] = dict.fromkeys(allowed_words(language), CLINICAL)
    tables = [(words(table, entry), kind) for table, entry, kind in _KINDS_OF_ENTRIES]
    tables.append((common_words(), COMMON))
    tables.append((words("common", "letter"), LETTER))
    letter = _lexicon()["letter"]
    chosen = letter if not language else {language, "en"} & letter.keys()
    tables += [(letter[one], LETTER) for one in chosen]
    tables.append((frozenset(month for month in MONTHS if month.isalpha()), MONTH))
    said = (
        word
        for table in _LABEL_TABLES
        for p in phrases_of(table, language)
        for word in words_of(p)
    )
    tables.append((frozenset(word for word in said if len(word) > 1), LETTER))
    cues = (words_of(p) for table in _CUE_TABLES for p in phrases(table))
    # One of a single word may be a name: ``Parent``.
    several = (word for listed in cues if len(listed) > 1 for word in listed)
    tables.append((frozenset(several), CLINICAL))
    exact = {fold(title).rstrip(".") for title in written_words("titles", "exact")}
    tables.append((frozenset(exact), TITLE))
    first = {words_of(phrase)[0] for phrase in phrases("told") | phrases("does")}
    tables.append((frozenset(first) | by_last_word("addressed").keys(), CUE))
    tables.append((frozenset(by_last_word("person_lines", "signature")), LABEL))
    tables.append((_eponyms(), CLINICAL))
    for listed, kind in tables:
        for word in listed:
            kinds[word] = kinds.get(word, 0) | kind
    return kinds


def _is_house(folded: str, language: str) -> bool:
    return folded.endswith(_house_endings()) and folded not in allowed_words(language)


def _has_stem(folded: str, language: str) -> bool:
    stems = _stems(language).get(folded[:_SHORTEST_STEM])
    return stems is not None and folded.startswith(stems)


def _has_ending(folded: str, language: str) -> bool:
    endings = _endings(language).get(folded[-_SHORTEST_ENDING:])
    return endings is not None and folded[_LEAST_BEFORE_ENDING:].endswith(endings)


def _is_inflected(folded: str) -> bool:
    """Whether it is an English form of a listed word: ``coursing``, ``wires``."""
    if not folded.endswith(_ENGLISH_ENDINGS):
        return False
    listed = _english()
    for ending in _ENGLISH_ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST_STEM:
            stem = folded[: -len(ending)]
            if stem in listed or (f"{stem}e" in listed and ending != "s"):
                return stem not in common_words()
    return False


@cache
def _inflected_eponyms() -> frozenset[str]:
    """Give eponyms with their endings: ``Kerleya``, ``Crohns``."""
    return frozenset(e + ending for e in _eponyms() for ending in _ENDINGS_OF_EPONYMS)


@cache
def _eponyms() -> frozenset[str]:
    """Give the eponyms of one word; a longer one counts as a whole only."""
    parted = (words_of(phrase) for phrase in phrases("eponyms"))
    return frozenset(parts[0] for parts in parted if len(parts) == 1)


@cache
def _stems(language: str) -> dict[str, tuple[str, ...]]:
    """Map the first letters of stems to all that begin so."""
    found: dict[str, list[str]] = {}
    listed = _lexicon()["stems"]
    for stem in listed["all"] | listed.get(language, frozenset()):
        found.setdefault(stem[:_SHORTEST_STEM], []).append(stem)
    return {first: tuple(listed) for first, listed in found.items()}


@cache
def _endings(language: str) -> dict[str, tuple[str, ...]]:
    """Map the last letters of endings to all that end so."""
    listed = _lexicon()["endings"]
    found: dict[str, list[str]] = {}
    for ending in listed["all"] | listed.get(language, frozenset()):
        found.setdefault(ending[-_SHORTEST_ENDING:], []).append(ending)
    return {last: tuple(endings) for last, endings in found.items()}


@cache
def _street_endings() -> tuple[str, ...]:
    return tuple(words("streets", "endings"))


@cache
def _house_endings() -> tuple[str, ...]:
    return tuple(words("houses", "endings"))


@cache
def _lexicon() -> dict[str, dict[str, frozenset[str]]]:
    read = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text("utf-8"))
    lexicon = {
        table: {name: frozenset(fold(text).split()) for name, text in listed.items()}
        for table, listed in read.items()
    }
    packs = files(__package__).joinpath("pack_words.txt").read_text("utf-8")
    for line in fold(packs).splitlines():
        language, *listed = line.split()
        chosen = lexicon["words"].get(language, frozenset())
        heads = {word[1:] for word in listed if word[0] == "-"}
        lexicon["endings"][language] = (
            lexicon["endings"]
            .get(language, frozenset())
            .union(
                (head for head in heads if head[-1] != "*"),
                (
                    head[:-1] + e
                    for head in heads
                    if head[-1] == "*"
                    for e in _INFLECTIONS
                ),
            )
        )
        listed = [word for word in listed if word[0] != "-"]
        stems = {word[:-1] for word in listed if word[-1] == "*"}
        short = {stem for stem in stems if len(stem) <= _LONGEST_SHORT_STEM}
        inflected = {stem + ending for stem in short for ending in _INFLECTIONS}
        lexicon["words"][language] = chosen.union(
            (word for word in listed if word[-1] != "*"),
            inflected - common_words(),  # Clara is but one of ``clar*``
        )
        lexicon["stems"][language] = frozenset(stems - short)
    for table in ("stems", "endings"):
        lexicon[table][""] = frozenset().union(*lexicon[table].values())
    # Capitals have no sharp s: ``AUSZUSCHLIESSEN``.
    return {
        table: {name: listed | _without_sharp_s(listed) for name, listed in all.items()}
        for table, all in lexicon.items()
    }


def _without_sharp_s(listed: frozenset[str]) -> frozenset[str]:
    return frozenset(
        word.replace("\u00df", "ss") for word in listed if "\u00df" in word
    )
