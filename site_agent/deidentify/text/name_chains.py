"""What belongs to a denied word: double names, initials, particles, neighbours."""

from __future__ import annotations

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
    RELATED,
    STREET,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.name_runs import SUFFIXES, is_dotted_word, is_level
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.ranks import is_rank
from site_agent.deidentify.text.spans import begins_sentence
from site_agent.deidentify.text.vocabulary import words

_JOINED = frozenset(("-", "'", "\u2019", "\u2010"))
_JOINTS = _JOINED | {" ", "  ", ". ", ".", ", ", ",", "^"}
_ARTICLES = frozenset("AEIOUYWZ\u00c0\u00c9")
_CLOSES = frozenset('\n\t,.;)]"|<')
_QUOTES = frozenset('"|<')
_PARTS = frozenset(("  ", " /", " [", " (", " |"))  # in the lines of a system
_MOST_LOUD = 4  # words of one name in capitals


def chain(
    page: Page, word: int, floor: int, letter: bytearray, taken: bytearray, loud: bool
) -> tuple[int, int]:
    """Take in what belongs to a name: double names, initials, particles, neighbours.

    To the left it goes no further than the word `floor`.
    """
    first = last = word
    gaps, words = page.gaps, len(page.words)
    while (
        first > floor
        and first
        and gaps[first] in _JOINTS
        and _belongs(page, first - 1, first, letter, loud)
    ):
        first -= 1
        taken[first] = 1
    while last + 1 < words and gaps[last + 1] in _JOINTS:
        if _belongs(page, last + 1, last + 1, letter, loud):
            last += 1
        elif page.kinds[last + 1] & PARTICLE and _goes_on(page, last + 1):
            last += 2  # Carl af Ekman
        else:
            break
        taken[last] = 1
    return first, last


def _goes_on(page: Page, at: int) -> bool:
    """Whether a particle and a word with a capital go on a name."""
    if (
        page.gaps[at] != " "
        or page.folds[at] not in words("names", "inside")
        or at + 1 == len(page.words)
    ):
        return False
    kind = page.kinds[at + 1]
    return (
        page.gaps[at + 1] == " "
        and bool(kind & CAPITAL)
        and not kind & (LETTER | CAPS)
        and not (kind & INITIAL and is_level(page, at + 1))
    )


def _belongs(page: Page, at: int, gap: int, letter: bytearray, loud: bool) -> bool:
    """Whether the word `at`, beside a name, is part of it; `gap` is between them."""
    kind, joint = page.kinds[at], page.gaps[gap]
    if not kind & CAPITAL and joint not in _JOINED:
        if joint != " ":
            return False
        return page.words[at] in SUFFIXES or (at < gap and bool(kind & PARTICLE))
    if kind & INITIAL and is_level(page, at):
        return False
    if joint == "^":  # whatever word it is: MOREL^INGA^K
        return True
    if joint == " ":
        if kind & INITIAL and loud and at == gap and page.gaps[at + 1] == " ":
            return page.words[at] not in _ARTICLES
        if kind & INITIAL or page.words[at] in SUFFIXES:
            return at < gap or page.folds[at + 1 : at + 2] != ["ray"]  # X-ray
    elif joint in _JOINED:
        if page.words[at] == "s":
            return False  # Ms Warren's
        if joint == "-" and not kind & CAPITAL:
            return _is_link(page, at)
        if kind & HOUSE or not kind & CLINICAL:
            return not kind & HOUSE
        return at == gap and _is_second_name(page, at)
    else:
        dotted = joint in (". ", ".")
        if kind & INITIAL and is_dotted_word(page, at):
            return False
        if joint != "  " and kind & INITIAL:
            if at == gap and joint == ", " and page.gaps[at + 1][:1] == ".":
                return True  # Lussu, A.
            return bool(letter[at]) or (at < gap and dotted)
        if joint == ", " and at == gap and _fills_a_field(page, at):
            return True  # "display": "Rust, DONNA"
        initial = dotted and page.kinds[gap - 1] & INITIAL
        listed = joint == ", " and (letter[at] or _is_full(page, at, gap))
        if joint not in ("  ", ",") and not initial and not listed:
            return False
    if kind & LETTER and is_rank(page, at):
        return False
    if joint == ",":  # RUST,ANNA
        return not kind & (LETTER | TITLE | HOUSE)
    if kind & PARTICLE and joint == " ":
        return at < gap and (not kind & LETTER or loud)
    if kind & FUNCTION and not kind & CAPS:  # Karin Bien, Ale Kurz
        return joint == " " and _ends_there(page, at) if at == gap else False
    if kind & (FUNCTION | TITLE | HOUSE):
        return False
    if joint == " " and not loud and not kind & CAPS and page.language != "de":
        if at < gap and not kind & LETTER and not _begins(page, at):
            return True  # Gerd Dahlberg
        if at == gap and kind & (COMMON | STREET) and page.gaps[at + 1][:1] != ":":
            return True  # Robert Page
    if joint == " " and at == gap and not loud and _follows_given(page, at):
        return True  # Tyler Weeks
    spaced = joint in (" ", ", ")
    if kind & CAPS and spaced and not loud and _in_capitals(page, at, gap, joint):
        return True
    if kind & MONTH:  # Hanc, Jan
        return bool(letter[at]) and not page.gaps[at + 1].strip()[:1].isdigit()
    if kind & UNKNOWN and not kind & ACRONYM:
        return True
    if loud and at == gap and joint == " " and kind & COMMON and not kind & LETTER:
        return _ends_there(page, at)
    if loud and letter[at] and kind & COMMON and not kind & (CLINICAL | LETTER):
        return True
    if kind & LETTER or loud:
        return False
    if letter[at] and joint != ", ":
        return bool(kind & (COMMON | UNKNOWN)) or (at < gap and not kind & CLINICAL)
    return bool(kind & COMMON) and not kind & CLINICAL


def _is_short_run(page: Page, gap: int) -> bool:
    """Whether no more words in capitals stand in a row there than a name has."""
    shapes, first, last = page.shapes, gap, gap
    while first > max(0, gap - _MOST_LOUD) and shapes[first - 1] & CAPS:
        first -= 1
    while last < min(len(shapes), gap + _MOST_LOUD) and shapes[last] & CAPS:
        last += 1
    return last - first <= _MOST_LOUD and page.gaps[last][:1] != ":"


_NO_NAME = LETTER | TITLE | HOUSE | FUNCTION


def _in_capitals(page: Page, at: int, gap: int, joint: str) -> bool:
    """Whether a word in capitals is a name too, and its other half is not so written.

    So a family name is marked in lists: ``Amanda WARD``, ``MAY, Rocco``.
    """
    kind, other = page.kinds[at], page.kinds[gap - 1 if at == gap else gap]
    if other & CAPS and joint == " ":
        long = min(len(page.words[gap - 1]), len(page.words[gap])) > _MOST_LOUD - 1
        return long and not kind & _NO_NAME and _is_short_run(page, gap)
    marked = kind & (COMMON | MONTH) and len(page.words[at]) > 2
    if kind & LETTER and (not kind & COMMON or (at < gap and kind & RELATED)):
        return False
    alone = other & UNKNOWN and not other & CAPS
    return bool(marked and alone) and not page.gaps[at + 1].startswith((":", " :"))


def _follows_given(page: Page, at: int) -> bool:
    """Whether a word of medicine behind an unknown one is a name, and no device's."""
    if page.kinds[at] & (CAPS | LETTER):
        return False
    if page.folds[at] in words("things", "after") or not page.kinds[at - 1] & UNKNOWN:
        return False
    if page.kinds[at - 1] & CAPS or page.folds[at] in words("things", "before"):
        return False
    if page.language == "de" and not page.kinds[at] & COMMON:
        return False
    return _ends_name(page, at)


def _is_second_name(page: Page, at: int) -> bool:
    """Whether a word of medicine with a hyphen is half of a name: ``Jaume-Pi``."""
    kind = page.kinds[at]
    if not kind & CAPITAL or kind & (CAPS | LETTER) or page.language in ("de", ""):
        return False
    thing = words("things", "after") | words("things", "before")
    return page.folds[at] not in thing and _ends_name(page, at)


def _ends_name(page: Page, at: int) -> bool:
    """Whether a name may end there: a small word or nothing of its line follows."""
    if at + 1 == len(page.words) or _ends_there(page, at):
        return True
    return page.gaps[at + 1] == " " and page.words[at + 1].islower()


def _is_full(page: Page, at: int, gap: int) -> bool:
    """Whether a comma is that of a name with its initial: ``Base, Yusuf K.``."""
    given = at if at == gap else gap
    after = given + 1
    if after >= len(page.words) or page.gaps[after] != " ":
        return False
    return bool(page.kinds[after] & INITIAL) and page.gaps[after + 1][:1] in (".", ",")


def _fills_a_field(page: Page, at: int) -> bool:
    """Whether a word ends a name in the field of a system, its comma before it."""
    if page.kinds[at] & _NO_NAME or not page.kinds[at - 1] & UNKNOWN:
        return False
    return page.gaps[at + 1][:1] in _QUOTES


def _begins(page: Page, at: int) -> bool:
    return begins_sentence(page.text, page.starts[at])


def _ends_there(page: Page, at: int) -> bool:
    """Whether a line, a list or a sentence ends after a word."""
    after = page.gaps[at + 1]
    return at + 1 == len(page.words) or after[:1] in _CLOSES or after[:2] in _PARTS


def _is_link(page: Page, at: int) -> bool:
    """Whether a small word has a hyphen on both sides: ``Dumont-sur-Mer``."""
    after = at + 1 < len(page.words) and page.gaps[at + 1] == "-"
    return after and page.gaps[at] == "-" and len(page.words[at]) <= 4
