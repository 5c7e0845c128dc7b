"""The words that may stand with a capital and name nobody, and how more are built.

Read from ``lexicon.toml``, ``daily_words``, ``pack_words.txt``, ``report_words.txt``
and the words of the standard's codes. A word counts as well when it begins with a
listed stem, ends as compounds of medicine do, or is an English form of a listed one,
or one behind a prefix.
All words are folded.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from operator import itemgetter

from site_agent.deidentify.dictionary import code_words
from site_agent.deidentify.text.sorted_words import SortedWords
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import (
    common_words,
    phrases,
    words,
    words_of,
)

_ASCII = bytes(range(128))
_SHORTEST_STEM = 4  # before an English ending
_HEAD, _TAIL = 4, 3  # letters of the shortest listed stem, and of such an ending
_head, _tail = itemgetter(slice(_HEAD)), itemgetter(slice(-_TAIL, None))
_LEAST_BEFORE_ENDING = 4
_SHORTEST_PREFIXED = 5  # behind a prefix
_SHORTEST_PLAIN = 5  # of which an accent was written as a letter
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
_ENDINGS_OF_EPONYMS = frozenset(
    (
        *("s", "a", "ego", "owi", "em", "scher", "sche", "schen", "sches", "schem"),
        *("se", "sk", "ska", "skt", "ien", "ienne", "iens", "iano", "iana", "iani"),
        *("iane", "ianos", "ianas", "owski", "owska", "owskie", "owskiego", "owskiej"),
    )
)
_LENGTHS_OF_THOSE = sorted(set(map(len, _ENDINGS_OF_EPONYMS)))

_Lists = dict[str, dict[str, frozenset[str]]]


def is_clinical(folded: str, language: str = "") -> bool:
    """Whether a folded word is one of medicine or daily language, or built like one."""
    return is_allowed(folded, language) or is_built_like_one(folded, language)


def is_built_like_one(folded: str, language: str) -> bool:
    """Whether a folded word has a listed stem or ending, or an English inflection."""
    built = (
        _has_stem(folded, language)
        or _has_ending(folded, language)
        or _is_inflected(folded)
        or _is_inflected_eponym(folded)
        or _is_prefixed(folded)
        or _has_digraphs(folded, language)
    )
    return built and folded not in words("names", "wordlike")


def is_allowed(folded: str, language: str = "") -> bool:
    """Whether a folded word may stand with a capital and names nobody.

    Without a language, and in one without lists, it may be of any language.
    """
    for listed in _allowed(language):  # noqa: SIM110  a generator takes twice as long
        if folded in listed:
            return True
    return False


@cache
def _allowed(language: str) -> tuple[frozenset[str] | SortedWords, ...]:
    listed = _lists()["words"]
    if language == "en":
        return _english(), listed["other"], daily_words(language)
    if language in listed:
        return listed[language], listed["other"], daily_words(language)
    return _english(), *listed.values(), *map(daily_words, languages())


@cache
def daily_words(language: str) -> SortedWords:
    """Give the words of a language that reports and letters use, and that name nobody.

    A word that is a family name as well stands in ``vocabulary.toml`` under `common`.
    """
    path = files(__package__).joinpath("daily_words", f"{language}.txt")
    if not path.is_file():
        return SortedWords("")  # of a pack of the labeler alone
    listed = path.read_bytes()
    text = listed.decode()
    # `fold` looks at every letter of so long a text, where few differ.
    for letter in set(listed.translate(None, _ASCII).decode()):
        text = text.replace(letter, fold(letter))
    return SortedWords(text)


@cache
def acronyms() -> frozenset[str]:
    """Give the abbreviations of reports in any language, in capitals: ``ECMO``."""
    listed = files(__package__).joinpath("acronyms.txt").read_text("utf-8")
    return frozenset(listed.split())


def languages() -> frozenset[str]:
    """Give the languages that have lists, as ISO 639-1."""
    return frozenset(_lists()["letter"])


def letter_words(language: str) -> frozenset[str]:
    """Give the words of letterheads of a language; of all for ``""``."""
    listed = _lists()["letter"]
    return listed[language] if language else frozenset().union(*listed.values())


@cache
def eponyms() -> frozenset[str]:
    """Give the eponyms of one word; a longer one counts as a whole only."""
    return frozenset(parts[0] for _, parts in parted_eponyms() if len(parts) == 1)


@cache
def parted_eponyms() -> tuple[tuple[str, list[str]], ...]:
    """Give each eponym, folded, with its words."""
    return tuple((phrase, words_of(phrase)) for phrase in phrases("eponyms"))


@cache
def _english() -> frozenset[str]:
    """Give the English words of the standard's codes and of public reports."""
    reports = files(__package__).joinpath("report_words.txt").read_text("ascii").split()
    # Codes have rare words too (``Marsh grading``); those that are names do not count.
    return (code_words() - common_words()).union(reports, _lists()["words"]["en"])


def _has_stem(folded: str, language: str) -> bool:
    if folded[:_HEAD] not in _heads(language):  # nearly always
        return False
    stems = _parts("stems", language)
    return any(folded[:length] in stems for length in range(_HEAD, len(folded) + 1))


def _has_ending(folded: str, language: str) -> bool:
    rest = folded[_LEAST_BEFORE_ENDING:]
    if rest[-_TAIL:] not in _tails(language):  # most often
        return False
    endings = _parts("endings", language)
    return any(rest[-length:] in endings for length in range(_TAIL, len(rest) + 1))


@cache
def _heads(language: str) -> frozenset[str]:
    """Give the first letters of stems, of which the shortest have no more."""
    return frozenset(map(_head, _parts("stems", language)))


@cache
def _tails(language: str) -> frozenset[str]:
    """Give the last letters of endings, of which the shortest have no more."""
    return frozenset(map(_tail, _parts("endings", language)))


@cache
def _parts(table: str, language: str) -> frozenset[str]:
    """Give the stems or endings of a language and of any; all there are for ``""``."""
    listed = _lists()[table]
    chosen = listed.keys() & {language, "all"} if language else listed
    return frozenset().union(*(listed[one] for one in chosen))


def _has_digraphs(folded: str, language: str) -> bool:
    """Whether it is one whose accents are written as letters: ``unauffaellig``."""
    plain = folded
    for digraph in _lists()["digraphs"].get(language, ()):
        plain = plain.replace(digraph, digraph[0])
    if plain == folded or len(plain) < _SHORTEST_PLAIN or plain in common_words():
        return False
    built = _has_stem(plain, language) or _has_ending(plain, language)
    return built or is_allowed(plain, language)


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


def _is_prefixed(folded: str) -> bool:
    """Whether it is an English word behind a prefix: ``nonobstructive``."""
    prefixes = _prefixes()
    if not folded.startswith(prefixes):
        return False
    rests = (folded[len(one) :] for one in prefixes if folded.startswith(one))
    return any(len(rest) >= _SHORTEST_PREFIXED and rest in _english() for rest in rests)


@cache
def _prefixes() -> tuple[str, ...]:
    return tuple(_lists()["prefixes"]["en"])


def _is_inflected_eponym(folded: str) -> bool:
    """Whether it is an eponym with an ending: ``Kerleya``, ``Crohns``."""
    if folded[:_HEAD] not in _heads_of_eponyms():  # nearly always
        return False
    listed = eponyms()
    return any(
        folded[:-length] in listed and folded[-length:] in _ENDINGS_OF_EPONYMS
        for length in _LENGTHS_OF_THOSE
    )


@cache
def _heads_of_eponyms() -> frozenset[str]:
    """Give the first letters of eponyms; of a short one its ending belongs to them."""
    short = [eponym for eponym in eponyms() if len(eponym) < _HEAD]
    inflected = (eponym + ending for eponym in short for ending in _ENDINGS_OF_EPONYMS)
    return frozenset(map(_head, (*eponyms(), *inflected)))


@cache
def _lists() -> _Lists:
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
    # Capitals have no sharp s: ``AUSZUSCHLIESSEN``.
    return {
        table: {name: listed | _without_sharp_s(listed) for name, listed in all.items()}
        for table, all in lexicon.items()
    }


def _without_sharp_s(listed: frozenset[str]) -> frozenset[str]:
    return frozenset(
        word.replace("\u00df", "ss") for word in listed if "\u00df" in word
    )
