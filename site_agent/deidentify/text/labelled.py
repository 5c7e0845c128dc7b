"""Names in a field after its label: ``Patient: Rust, Margarita``, ``signed by Page``.

There a word of medicine may be a name too, when the field holds no more than it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from site_agent.deidentify.text.due_names import initialled, is_lone_month, paired
from site_agent.deidentify.text.eponyms import is_in_eponym
from site_agent.deidentify.text.lexicon import (
    ACRONYM,
    BETWEEN,
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
    JOINTS,
    is_typed_small,
    small_run,
    whole_run,
)
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.ranks import is_role, skip_titles
from site_agent.deidentify.text.vocabulary import (
    ByEnd,
    by_last_word,
    phrases,
    words,
    words_of,
)
from site_agent.deidentify.text.word_lists import is_allowed

_LONGEST_INITIALS, _SHORTEST_SIGNING = 4, 5
_AFTER_LABEL = re.compile(
    r"[)#*\"']{0,2}(?:[ \t]?\.{2,40}[ \t]?|[ \t.]{0,40}[:|=>][ \t]{0,24}"
    r"|[ \t]{1,24}\[|[ \t]{1,24})[(\[]?"
    r"|[ \t][-\u2013][ \t]"
)
# In columns of a table spaces do for a colon.
_WITH_COLON = re.compile(
    r"[)#*\"']{0,2}(?:[ \t.]{0,40}[:|=>]|[ \t]?\.{2})|\^|[ \t]{1,24}\[|[ ]{4}"
)
_DASHES = frozenset((" - ", " \u2013 "))
_ENDED = re.compile(r"[,;\n]|\.?$|\.\s| \(")
_END_OF_CELL = re.compile(r"\.?[ \t]{0,9}[\n|]| {2}|\t| //|[\])<]")
_END_OF_INITIALS = re.compile(r"[,;)\t\n]|\.?\s?$|\.?[ \t]{0,9}[\n|]|  | ?[/(]| \d")
_MOST_OF_CELL = 5

Run = tuple[int, int]
"""The first word of a name and the first after it."""

# What may begin a name behind a label that has no colon.
_FIRST = CAPITAL | TITLE | BETWEEN


def labelled(page: Page, word: int) -> Run | None:
    """Give the name after a label that ends with `word`, if there is one."""
    after = word + 1
    if after >= len(page.words):
        return None
    gap, kind, colon = page.gaps[after], page.kinds[after], False
    if gap != " ":
        follows, colon = _after_label(gap)
        if not follows and (gap != ". " or not _is_abbreviated(page, word)):
            return None
        colon = colon or (gap in _DASHES and bool(kind & CAPITAL))
    folds = page.folds
    said = word > 0 and (folds[word - 1], folds[word]) in _ends_of_labels()
    if not (colon or said or kind & _FIRST or _is_signed(page, word)):
        return None
    if not ends_phrase(page, word, _labels()):
        return None
    due = colon or said
    if (due or gap == ". ") and _is_initialled(page, after):
        return after, after + 1
    start = skip_titles(page, after)
    if start >= len(page.words) or _begins_text(page, word, start):
        return None
    dear = folds[word] in words("titles", "salutes")
    if (due or dear) and (run := _whatever_words(page, start, colon=colon)):
        return run
    kind = page.kinds[start]
    small = not kind & CAPITAL and page.words[start].islower()
    if small and (
        (due and (said or ends_phrase(page, word, _fields())))
        or (gap == " " and is_typed_small(page, start))
    ):
        end = small_run(page, start)
        if end > start:
            return start, end
    if kind & LETTER and not kind & UNKNOWN and _is_label(page, start):
        return None
    if colon:
        return _with_colon(page, start, word)
    return _without_colon(page, start, word, said=said, dear=dear)


def _begins_text(page: Page, word: int, start: int) -> bool:
    """Whether a label is a heading as well, and text of medicine follows it there.

    ``OPIS: SERCE W NORMIE``, ``Interpretation: Clear lungs``, but ``Opis: Lis``.
    """
    kind, folded = page.kinds[start], page.folds[word]
    if not kind & CLINICAL:
        return False
    after = page.words[start + 1 : start + 2]
    goes_on = bool(kind & CAPS) or (bool(after) and after[0].islower())
    if folded in by_last_word("findings"):
        return goes_on
    if folded not in _other_headings() or has_partner(page, start):
        return False
    return goes_on or page.gaps[start + 1][:2] == ". "


@cache
def _other_headings() -> frozenset[str]:
    """Give the last words of other headings than those that name somebody."""
    others = by_last_word("other").keys() - _fields().keys()
    return frozenset(by_last_word("impression").keys() | others)


def _whatever_words(page: Page, start: int, *, colon: bool) -> Run | None:
    """Give a name that initials, its halves or a capital show, whatever its words."""
    end = max(initialled(page, start), paired(page, start))
    if end > start:
        return start, max(end, whole_run(page, start))
    if not colon and is_lone_month(page, start):
        return start, start + 1
    return None


def _without_colon(
    page: Page, start: int, label: int, *, said: bool, dear: bool
) -> Run | None:
    """Give the name that begins at `start`, where it is but its words that show one.

    "Patient Young" is a name, "Patient Chest" hardly. `label` is the last word before
    it; `said` tells that it is a phrase (``signed by``), `dear` that it greets.
    """
    kind, before = page.kinds[start], page.kinds[label]
    if kind & INITIAL and before & CAPS and _goes_on_loud(page, start):
        return None  # ANEKS Z DNIA
    shouts = kind & CAPS and before & (CAPS | INITIAL)
    if shouts or not kind & CAPITAL:
        return None
    if kind & (LETTER | CLINICAL) and not _is_alone(page, start):
        after = page.gaps[start + 1][:1]
        bracket = page.gaps[label + 1][-1:] == "(" and after == ")"
        closed = bracket or (dear and after in (",", "\n"))
        return (start, start + 1) if closed and not kind & LETTER else None
    if kind & (ACRONYM | LETTER) and kind & CAPS and not said:
        return None  # imported to PACS
    return _run(start, whole_run(page, start), lone=bool(kind & INITIAL))


def _with_colon(page: Page, start: int, label: int) -> Run | None:
    """Give the name that begins a field at `start`, behind the word `label`."""
    kind = page.kinds[start]
    closed = _END_OF_CELL.match(page.gaps[start + 1] or "\n") is not None
    if kind & MONTH and closed:
        return start, start + 1  # Lecteur : Janvier
    if kind & CLINICAL and not kind & COMMON and not has_partner(page, start):
        short = kind & CAPS and len(page.words[start]) <= _LONGEST_INITIALS
        if _fills_field(page, start):
            return start, start + 1
        if not short or kind & LETTER or page.kinds[label] & CAPS or not closed:
            return None
    end = max(whole_run(page, start), _whole_cell(page, start))
    lone = kind & INITIAL and _is_label(page, start)
    return _run(start, end, lone=bool(lone))  # Kopia A:


def _run(start: int, end: int, *, lone: bool) -> Run | None:
    """Give a run that has words; of one word only where it is not a `lone` letter."""
    return None if end == start or (lone and end == start + 1) else (start, end)


def _is_abbreviated(page: Page, word: int) -> bool:
    """Whether a label has a full stop and no colon: ``Dict. LES``, not ``a sign.``."""
    if page.folds[word] not in words("labels", "dotted"):
        return False
    begins = not word or page.gaps[word] != " "
    return begins or page.folds[word] not in words("things", "after")


@lru_cache(maxsize=1 << 10)
def _after_label(gap: str) -> tuple[bool, bool]:
    """Tell whether a gap stands between a label and its field, and has a colon."""
    return _AFTER_LABEL.fullmatch(gap) is not None, _has_colon(gap)


def _has_colon(gap: str) -> bool:
    return _WITH_COLON.match(gap) is not None


@cache
def _labels() -> ByEnd:
    return by_last_word("person_lines", "signature")


@cache
def _fields() -> ByEnd:
    return by_last_word("person_lines")


def _is_signed(page: Page, word: int) -> bool:
    """Whether a name without a capital may follow: ``Signerat okafor``."""
    folded = page.folds[word]
    signs = len(folded) >= _SHORTEST_SIGNING and folded in by_last_word("signature")
    if not signs and folded not in words("titles", "salutes"):
        return False
    return is_typed_small(page, word + 1)


@cache
def _ends_of_labels() -> frozenset[tuple[str, str]]:
    """Give the last two words of a signature's longer phrases: ``signed by``."""
    parted = (words_of(phrase) for phrase in phrases("signature"))
    return frozenset((one[-2], one[-1]) for one in parted if len(one) > 1)


def _whole_cell(page: Page, start: int) -> int:
    """Give the end of a field that holds a name and no more; `start` if it does not.

    There a word of medicine is a name too: ``Name: Milligan Foley, Jesse``.
    """
    word, named = start, 0
    while word < len(page.words) and word - start <= _MOST_OF_CELL:
        kind = page.kinds[word]
        if word > start and named and "," in page.gaps[word] and is_role(page, word):
            return word
        if not kind & (CAPITAL | PARTICLE) or kind & TITLE:
            return start
        named |= kind & (UNKNOWN | COMMON)
        word += 1
        if _END_OF_CELL.match(page.gaps[word]) or word == len(page.words):
            return word if named else start
        if page.gaps[word] not in JOINTS and page.gaps[word] not in COMMAS:
            return start
    return start


def _fills_field(page: Page, word: int) -> bool:
    """Whether a word fills a field that is but built like one of medicine."""
    kind = page.kinds[word]
    if kind & (CAPS | LETTER | FUNCTION | HOUSE | TITLE):
        return False
    closed = _END_OF_CELL.match(page.gaps[word + 1] or "\n") is not None
    return closed and not is_allowed(page.folds[word], page.language)


def _is_initialled(page: Page, word: int) -> bool:
    """Whether the initials of a person fill a field: ``Dict: LES``, ``Dict: MRS``."""
    kind, letters = page.kinds[word], len(page.words[word])
    if not kind & CAPS or kind & (LETTER | HOUSE):
        return False
    before = page.folds[word - 1]
    loud = page.kinds[word - 1] & CAPS and not before.startswith(_dictated())
    if loud and is_allowed(page.folds[word], page.language):
        return False  # in capitals any short word has them
    short = 1 < letters < _LONGEST_INITIALS
    return short and _END_OF_INITIALS.match(page.gaps[word + 1] or "\n") is not None


@cache
def _dictated() -> tuple[str, ...]:
    return tuple(words("labels", "dictated"))


def has_partner(page: Page, word: int) -> bool:
    """Whether a name's other half follows: ``Patient: Diffuse Anna``."""
    after = word + 1
    if after >= len(page.words) or page.kinds[word] & LETTER:
        return False
    joined = page.gaps[after] in (" ", ", ", "-")
    while joined and page.kinds[after] & PARTICLE and after + 1 < len(page.words):
        after += 1  # Franck Le Roux
    named = joined and bool(page.kinds[after] & (UNKNOWN | INITIAL))
    return named and not is_in_eponym(page, after)


def _is_alone(page: Page, word: int) -> bool:
    """Whether a word that may be a name has the place to itself: ``by Ward.``."""
    kind = page.kinds[word]
    closed = _ENDED.match(page.text, page.ends[word]) is not None
    return bool(kind & COMMON) and closed


def _goes_on_loud(page: Page, word: int) -> bool:
    """Whether a word in capitals that is no name follows a word of one letter."""
    after = page.kinds[word + 1 : word + 2]
    if page.gaps[word + 1] != " " or not after:
        return False
    return bool(after[0] & CAPS) and not after[0] & (UNKNOWN | COMMON)


def _is_label(page: Page, word: int) -> bool:
    return _has_colon(page.gaps[word + 1])
