"""Runs of capitalised words that make a name: where one ends.

``J. van der Berg``, ``Rust, Margarita``, ``KOCH II^NIKOLAUS^M``: initials, particles,
suffixes, and what stands after a comma or a caret (PS3.5 6.2.1) belong to it.
"""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.lexicon import (
    ACRONYM,
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    FUNCTION,
    HOUSE,
    INITIAL,
    LETTER,
    MONTH,
    PARTICLE,
    TITLE,
    UNKNOWN,
    kinds,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.ranks import is_role
from site_agent.deidentify.text.vocabulary import phrases

DOTTED = frozenset((". ", ".", ".-"))
SUFFIXES = frozenset(("II", "III", "IV", "Jr", "Sr", "JR", "SR", "jr", "sr"))
JOINTS = frozenset(
    (
        " ",
        "  ",
        "-",
        "'",
        "\u2019",
        ".",
        ". ",
        ".-",
        "- ",
        " -",
        "\u2010",
        " '",
        " \u2019",
    )
)
_SPACES = ("", " ", "\t", "  ", " \t", "\t ", "\t\t")
COMMAS = frozenset(f"{before},{after}" for before in _SPACES for after in _SPACES)
LONGEST_NAME = 6  # words
_LONGEST_SMALL_NAME, _SHORTEST_SMALL = 3, 4
_SMALL_JOINTS = frozenset((" ", "-", "'", ", ", ". "))
_CLOSED = re.compile(r"[,;)\n|]|\.?$|\.\s| ?[(<|/-]| {2}| \d")
_ENDED = re.compile(r"[,;)\n]|\.?$|\.\s| \(")
_SMALL = INITIAL | PARTICLE | FUNCTION
_CARET = re.compile(r"\^{1,4}")


def name_run(page: Page, word: int, *, free: bool = True) -> int:
    """Give the word after the name that begins at `word`; `word` if none does.

    A name is up to six words on one line: words with capitals, initials and particles
    (``J. van der Berg``). `free` says that the first may be a word of medicine too;
    one that is nothing else never follows (``Dr. Young Radiology``).
    """
    kinds, gaps = page.kinds, page.gaps
    last = word + LONGEST_NAME
    last = last if last < len(kinds) else len(kinds)
    end = at = word
    while at < last:
        kind = kinds[at]
        if at > word:
            gap = gaps[at]
            if gap not in JOINTS:
                break
            if gap in DOTTED and not _is_short(page, at - 1):
                break
        if kind & _SMALL:
            lone = kind & INITIAL
            if lone and (is_level(page, at) or is_dotted_word(page, at)):
                break
            if kind & PARTICLE and not lone and (not kind & CAPITAL or at + 1 < last):
                at += 1
                continue
            if not kind & CAPITAL:
                break
            if kind & FUNCTION and not _is_name_still(page, at, word):
                break
        elif not kind & CAPITAL:
            break
        if (
            at > word
            and not kind & (UNKNOWN | INITIAL)
            and _ends_name(page, at, end > word)
        ):
            break
        if at == word and not free and not kind & (UNKNOWN | COMMON | INITIAL):
            break
        at += 1
        end = at
    if word < end < at and kinds[end] & CAPITAL and _ends_phrase(page, end):
        return end + 1  # K. Las, with a particle's letters
    return end


def is_dotted_word(page: Page, at: int) -> bool:
    """Whether a letter begins an abbreviation that is no name: ``D.O.B.``."""
    return page.folded.startswith(_dotted_words(), page.starts[at])


@cache
def _dotted_words() -> tuple[str, ...]:
    return tuple(phrases("names", "no_initials"))


def is_level(page: Page, at: int) -> bool:
    """Whether a figure is joined to a single letter: ``from T4 to L2``."""
    return page.gaps[at + 1][:1].isdigit()


def _ends_phrase(page: Page, at: int) -> bool:
    return _ENDED.match(page.text, page.ends[at]) is not None


def _is_name_still(page: Page, at: int, first: int) -> bool:
    """Whether a small word with a capital is a name's: ``van Es``, ``An Peeters``."""
    if at > first:
        before, gap = page.kinds[at - 1], page.gaps[at]
        initialled = before & INITIAL and gap in DOTTED
        if initialled or (before & (UNKNOWN | COMMON) and gap == " "):
            return _ends_phrase(page, at)  # Dr. K. Las, but Dr. M. The
        return bool(before & PARTICLE) and gap == " "
    following = at + 1 < len(page.kinds) and page.gaps[at + 1] == " "
    after = page.kinds[at + 1] if following else 0
    return bool(after & UNKNOWN) or (bool(after & PARTICLE) and bool(after & CAPITAL))


def _ends_name(page: Page, at: int, begun: bool) -> bool:
    """Whether a word that is listed, inside a run, is no part of the name."""
    kind, gap, before = page.kinds[at], page.gaps[at], page.kinds[at - 1]
    if page.words[at] in SUFFIXES or gap in ("-", "'", "\u2019"):
        return False
    if (
        before & INITIAL
        and gap in DOTTED
        and not (kind & LETTER and _is_label(page, at))
    ):
        return False
    if before & PARTICLE and gap == " " and not kind & (LETTER | HOUSE | TITLE):
        return False
    if gap == " " and not kind & TITLE and _is_last_of_name(page, at):
        return False
    if kind & COMMON and not kind & (LETTER | TITLE):
        # In capitals a word of medicine is but that.
        return begun and bool(kind & CLINICAL) and bool(kind & CAPS)
    return begun


def _is_label(page: Page, at: int) -> bool:
    return page.gaps[at + 1].lstrip()[:1] in (":", "|", "=")


def _is_last_of_name(page: Page, at: int) -> bool:
    """Whether what follows shows a word of medicine to be a name: ``Anna Page, MD``."""
    kind, before = page.kinds[at], page.kinds[at - 1]
    if _CLOSED.match(page.text, page.ends[at]) or (
        _is_label(page, at) and not kind & LETTER
    ):
        if kind & CAPS:
            if before & UNKNOWN and not before & CAPS and len(page.words[at]) > 3:
                return True  # Dr Jeanne RAYNAUD
            return bool(kind & COMMON) and bool(before & (UNKNOWN | COMMON | INITIAL))
        return bool(before & (UNKNOWN | INITIAL)) or not kind & LETTER
    if kind & CAPS or kind & HOUSE or page.language == "de":
        follows = at + 1 < len(page.words) and page.words[at + 1].islower()
        given = before & UNKNOWN and not before & CAPS  # Luc PETIT avisé
        return bool(kind & CAPS and given and follows) and len(page.words[at]) > 3
    if kind & LETTER and not kind & COMMON:
        return False
    if at + 1 == len(page.words) or page.gaps[at + 1] != " ":
        return False
    if page.words[at + 1].islower():
        return bool(before & UNKNOWN)
    return bool(page.kinds[at + 1] & UNKNOWN) and not kind & LETTER


def _is_short(page: Page, at: int) -> bool:
    """Whether a full stop after this word is that of an initial or abbreviation."""
    return bool(page.kinds[at] & (INITIAL | TITLE)) or (
        len(page.words[at]) <= 2 and bool(page.kinds[at] & CAPITAL)
    )


def whole_run(page: Page, word: int, *, free: bool = True) -> int:
    """Give the end of a name with what stands after its comma: ``Rust, Margarita``."""
    end = name_run(page, word, free=free)
    if end == word or end >= len(page.words):
        return end
    gap = page.gaps[end]
    if (
        gap == " "
        and page.words[end] == "van"  # Dussen van
        and (page.language != "nl" or _CLOSED.match(page.text, page.ends[end]))
    ):
        return end + 1
    if gap in COMMAS or ("^" in gap and _CARET.fullmatch(gap)):
        kind = page.kinds[end]
        fits = kind & (UNKNOWN | INITIAL) or (kind & COMMON and not kind & LETTER)
        if kind & MONTH and kind & CAPITAL:  # ``Hanc, Jan``
            fits = not page.gaps[end + 1].strip()[:1].isdigit()
        acronym = (
            kind & ACRONYM and len(page.words[end]) <= 4 and not _shouts(page, end)
        )
        figure = page.gaps[end + 1].strip()[:1].isdigit()
        fits = (fits or _is_given(page, end)) and not (kind & INITIAL and figure)
        if fits and not acronym and not kind & TITLE and not is_role(page, end):
            further = name_run(page, end)
            while further < len(page.words) and _CARET.fullmatch(page.gaps[further]):
                further = max(name_run(page, further), further + 1)
            return further
        role = kind & CAPS and is_role(page, end)  # Anna Rust, DO
        if (
            kind & PARTICLE
            and not (role or figure)
            and _CLOSED.match(page.text, page.ends[end])
        ):
            return end + 1  # Bourgondië, van
    return end


def small_run(page: Page, word: int) -> int:
    """Give the end of a name with small letters that begins at `word`, else `word`.

    It is up to three words that no list knows, or names that are words too, with the
    particles before them: ``dr rousseau``, ``patient: jan van dijk``.
    """
    listed = kinds(page.language)
    end = at = word
    while at < min(len(page.words), word + _LONGEST_SMALL_NAME):
        if at > word and page.gaps[at] not in _SMALL_JOINTS:
            break
        if page.kinds[at] & CAPITAL or (at == word and len(page.words[at]) == 1):
            break
        kind = listed[page.words[at].capitalize()]
        if kind & PARTICLE and at + 1 < len(page.words):
            at += 1
            continue
        alone = kind & COMMON and not kind & (CLINICAL | LETTER | TITLE)
        given = kind & MONTH and page.gaps[at + 1] == " "  # jan van dijk
        if not kind & UNKNOWN and not alone and not given:
            break
        at += 1
        end = at
    return end


def is_typed_small(page: Page, word: int) -> bool:
    """Whether a word with a small letter is in no list, as names are none."""
    return bool(kind_of_small(page, word) & UNKNOWN)


def kind_of_small(page: Page, word: int) -> int:
    """Give what a small word would be with a capital; 0 for a short or other one."""
    written = page.words[word]
    if len(written) < _SHORTEST_SMALL or not written.islower():
        return 0
    return kinds(page.language)[written.capitalize()]


def _is_given(page: Page, at: int) -> bool:
    """Whether a word of medicine stands as a given name does: ``Gemen, Job, MD``."""
    kind = page.kinds[at]
    if not kind & CAPITAL or kind & (HOUSE | TITLE | PARTICLE) or is_role(page, at):
        return False
    after = page.gaps[at + 1]
    if after == ", " and at + 1 < len(page.words) and is_role(page, at + 1):
        return True
    following = after == " " and at + 1 < len(page.words)
    if (
        following
        and page.kinds[at - 1] & UNKNOWN
        and page.language != "de"
        and page.words[at + 1].islower()
    ):
        return not kind & (CAPS | LETTER)
    alike = not (kind ^ page.kinds[at - 1]) & CAPS
    return alike and not kind & LETTER and _CLOSED.match(after) is not None


def _shouts(page: Page, word: int) -> bool:
    """Whether the word before is in capitals too, so that capitals tell nothing."""
    return word > 0 and bool(page.kinds[word - 1] & (CAPS | INITIAL))
