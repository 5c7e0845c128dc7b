"""Names where a person is due, which show whatever words they are made of."""

from __future__ import annotations

from site_agent.deidentify.text.lexicon import (
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
)
from site_agent.deidentify.text.name_runs import (
    COMMAS,
    DOTTED,
    JOINTS,
    LONGEST_NAME,
    is_dotted_word,
    is_level,
    name_run,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.ranks import is_role
from site_agent.deidentify.text.vocabulary import words
from site_agent.deidentify.text.word_lists import is_allowed

_LONGEST_PAIR, _LONGEST_ADJECTIVE, _MOST_INITIALS = 3, 7, 3
_INITIAL, _NAMES = CAPITAL | INITIAL, UNKNOWN | COMMON
_NO_SURNAME = FUNCTION | HOUSE | TITLE
_NO_PAIR = _NO_SURNAME | CAPS | INITIAL | LETTER


def initialled(page: Page, word: int) -> int:
    """Give the end of a name with initials that begins at `word`, else `word`.

    Where a name is due, they show it, whatever word the rest of it is: ``S Head``,
    ``Head, S.``, ``Gray S``, ``E. MAY``, ``Dos Santos, M.``, ``PK May``.
    """
    if page.shapes[word] & CAPS and _is_joined(page, word):
        return name_run(page, word + 1)
    if page.shapes.find(_INITIAL, word, word + LONGEST_NAME) < 0:
        return word
    kinds, gaps = page.kinds, page.gaps
    at, named, initials, comma = word, 0, 0, False
    last = word + LONGEST_NAME
    last = last if last < len(kinds) else len(kinds)
    while at < last:
        kind, gap = kinds[at], gaps[at]
        if at > word:
            if "," in gap:
                if comma or not kind & INITIAL or gap not in COMMAS:
                    break
                comma = True
            elif gap not in JOINTS or (gap in DOTTED and not kinds[at - 1] & INITIAL):
                break
        if at > word and kind & CAPS and is_role(page, at):
            break
        if kind & INITIAL:
            if is_dotted_word(page, at):
                break  # Rust, D.O.B.
            follows = gaps[at + 1] == "-" and at + 1 < len(kinds)
            if follows and not kinds[at + 1] & UNKNOWN:
                break  # an E-Mail
            if is_level(page, at) or _is_article(page, at):
                break
            initials += 1
        elif kind & CAPITAL and not kind & _NO_SURNAME:
            if comma or (named and initials and gap in DOTTED and not kind & UNKNOWN):
                break  # Gray, S. Portable
            named += 1
        elif not kind & PARTICLE:
            break
        at += 1
    return at if named and initials and not kinds[at - 1] & FUNCTION else word


def _is_joined(page: Page, word: int) -> bool:
    """Whether two or three capitals before a name are its initials: ``PK May``."""
    after = word + 1
    if after == len(page.words) or page.gaps[after] != " ":
        return False
    kind, name = page.kinds[word], page.kinds[after]
    loud = name & CAPS
    if len(page.words[word]) > _MOST_INITIALS or kind & (PARTICLE | HOUSE | TITLE):
        return False
    if not name & CAPITAL or name & (PARTICLE | _NO_SURNAME) or is_role(page, word):
        return False
    if kind & FUNCTION and loud:
        return False
    if kind & CLINICAL and (loud or page.language == "de"):
        return bool(name & UNKNOWN)
    if name & (UNKNOWN | COMMON):
        return bool(name & UNKNOWN) or not name & LETTER
    listed = name & (LETTER | CAPS) or is_allowed(page.folds[after], page.language)
    return not listed  # but built like a word of medicine: PM Costalonga


def paired(page: Page, word: int) -> int:
    """Give the end of two or three words that make a name at `word`, else `word`.

    Where a person is due, capitals inside a sentence show it, whatever words they are:
    ``Massimo Kalt``. German nouns have them too; there the first must be unknown.
    """
    kinds, gaps, last = page.kinds, page.gaps, len(page.kinds)
    at, names, german = word, 0, page.language == "de"
    while at < last and at - word <= _LONGEST_PAIR:
        kind = kinds[at]
        if not kind & CAPITAL or kind & _NO_PAIR:
            break
        if at > word and gaps[at] not in (" ", "-"):
            break
        if german and not (
            kind & UNKNOWN or (at > word and len(page.words[at]) <= _LONGEST_ADJECTIVE)
        ):
            break
        names |= kind & _NAMES
        at += 1
    fits = names and 1 < at - word <= _LONGEST_PAIR
    return (
        at
        if fits and not (at < last and kinds[at] & LETTER and gaps[at] == " ")
        else word
    )


def is_lone_month(page: Page, word: int) -> bool:
    """Whether a month has a capital that it has but as a name: ``par Janvier``."""
    kind = page.kinds[word]
    small = page.language in words("moments", "small_months")
    named = small and kind & MONTH and kind & CAPITAL and not kind & CAPS
    return bool(named) and not page.gaps[word + 1].strip()[:1].isdigit()


def _is_article(page: Page, at: int) -> bool:
    """Whether a letter in a text of capitals is a small word: ``A FILM``."""
    if page.gaps[at + 1] != " " or at + 1 == len(page.words):
        return False
    kind = page.kinds[at + 1]
    return bool(kind & CAPS) and not kind & (COMMON | UNKNOWN)
