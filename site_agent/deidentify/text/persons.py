"""Persons in running text who are known only by how they are written.

A title (``Dr.``, ``Frau``, ``Sig.ra``), a label (``Patient:``) or a phrase like
``discussed with`` is followed by a run of capitalised words: that is a name. Words of
several languages come from ``vocabulary.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.due_names import initialled, is_lone_month, paired
from site_agent.deidentify.text.eponyms import is_in_eponym
from site_agent.deidentify.text.labelled import Run, has_partner, labelled
from site_agent.deidentify.text.lexicon import (
    AGED,
    BETWEEN,
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    CUE,
    FUNCTION,
    HOUSE,
    INITIAL,
    LABEL,
    LETTER,
    MONTH,
    PARTICLE,
    ROLED,
    TELLING,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.name_runs import (
    COMMAS,
    JOINTS,
    SUFFIXES,
    is_typed_small,
    small_run,
    whole_run,
)
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.ranks import (
    AFTER_TITLE,
    is_rank,
    is_role,
    skip_titles,
)
from site_agent.deidentify.text.spans import begins_sentence
from site_agent.deidentify.text.vocabulary import (
    by_last_word,
    phrases,
    words,
    words_of,
    written_words,
)
from site_agent.deidentify.text.word_lists import eponyms

_LONGEST_ABBREVIATION = 5
_LONGEST_BEFORE_ROLE = 6
_SHORTEST_DEGREE = 3
_AFTER_CUE = frozenset((" ", ", ", ": ", "  ", " ("))
_BEFORE_ROLE = frozenset((", ", " (", " ", ". ", ",\n", "\n"))

_MAY_BE_ROLE = LETTER | LABEL
_INTERESTING = TITLE | LABEL | CUE | TELLING | ROLED
_DUE = CAPITAL | PARTICLE | TITLE | BETWEEN
"""What may begin a name, or stand before it."""
_MOST_TITLES = 8  # and words between them; a text of nothing else must not take long


def find_persons(page: Page) -> Iterator[tuple[Run, str]]:
    """Find names after a title, a label or beside words about people, with the rule.

    The title itself is not part of the name.
    """
    gaps, kinds = page.gaps, page.kinds
    begun = 0  # the first word of the last name behind a label or a phrase
    for word, kind in enumerate(kinds):
        if not kind & _INTERESTING:
            continue
        if (
            kind & ROLED
            and kind & _MAY_BE_ROLE
            and gaps[word] in _BEFORE_ROLE
            and (run := _before_role(page, word))
        ):
            yield run, "before-role"
        if kind & TITLE and word >= begun and (run := _titled(page, word)):
            yield run, "titled"
        if kind & LABEL and (run := labelled(page, word)):
            yield run, "labelled"
            begun = run[0]
        if kind & CUE and (run := _addressed(page, word)):
            yield run, "addressed"
            begun = run[0]
        if kind & TELLING and (run := _telling(page, word)):
            yield run, "telling"
    if "I, " in page.text:
        for word, written in enumerate(page.words):
            if written == "I" and (run := _signer(page, word)):
                yield run, "signer"


def _titled(page: Page, word: int) -> Run | None:
    if not _is_title(page, word):
        return None
    if page.kinds[word] & INITIAL:  # ``M. Green`` may be the initial of a name too
        morbus = page.language in words("things", "morbus")
        if morbus and not eponyms().isdisjoint(page.folds[word + 1 : word + 2]):
            return None  # M. Bechterew
        end = whole_run(page, word)
        return (word, end) if end > word + 1 and page.gaps[word + 1] == ". " else None
    start = word + 1
    if page.gaps[start] == ".-" and not any(
        kind & TITLE for kind in page.kinds[start : start + 1]
    ):
        return None  # Geb.-Datum
    last = min(len(page.words), start + _MOST_TITLES)
    while start < last and page.gaps[start] in AFTER_TITLE:
        if page.gaps[start].endswith("\n") and page.words[start - 1].islower():
            return None
        kind = page.kinds[start]
        if not kind & BETWEEN and (not kind & TITLE or kind & INITIAL):
            break
        start += 1
    if start >= len(page.words) or page.gaps[start] not in AFTER_TITLE:
        return None
    if page.gaps[start] == ", " and page.kinds[start - 1] & LETTER:
        return None  # Sehr geehrter Herr Kollege, ...
    end = max(whole_run(page, start), initialled(page, start))
    if end == start and (
        page.words[start - 1].islower() or is_typed_small(page, start)
    ):
        end = small_run(page, start)
    if end == start and page.kinds[start] & CAPITAL and page.kinds[start] & PARTICLE:
        end = start + 1  # Dr. Las was informed
    return (start, end) if end > start else None


def _is_title(page: Page, word: int) -> bool:
    """Tell a title from the end of a sentence and from a unit (``14 Fr.``)."""
    written = page.words[word]
    after = page.gaps[word + 1]
    start = page.starts[word]
    if (
        start
        and page.text[start - 1] in ".-"
        and page.text[start - 2 : start - 1].isalpha()
    ):
        return False
    if page.folded[start : page.ends[word]] in words("titles", "plain"):
        return not after.startswith(".") or len(written) <= _LONGEST_ABBREVIATION
    before = page.gaps[word].strip()
    dotted = written + "." if after.startswith(".") else written
    exact = written_words("titles", "exact")
    return dotted in exact and not (before and before[-1].isdigit())


def _signer(page: Page, word: int) -> Run | None:
    """Give the name in ``I, Anna Rust, have reviewed``."""
    start = word + 1
    if start >= len(page.words) or page.gaps[start] != ", ":
        return None
    start = skip_titles(page, start)
    end = whole_run(page, start) if start < len(page.words) else start
    if end == start or not page.gaps[end].startswith(","):
        return None
    second = end < len(page.words) and page.kinds[end] & CAPITAL
    closed = end + 1 < len(page.gaps) and page.gaps[end + 1].startswith(",")
    return (start, end + 1 if second and closed else end)


def _addressed(page: Page, word: int) -> Run | None:
    start = word + 1
    if start >= len(page.words) or page.gaps[start] not in _AFTER_CUE:
        return None
    article = page.words[start] in words("names", "articles")
    if not (article or page.kinds[start] & _DUE):
        return None
    if not ends_phrase(page, word, by_last_word("addressed")):
        return None
    if page.folds[word] in words("names", "relatives") and (
        run := _of_relative(page, start)
    ):
        return run
    if article or _is_loud_article(page, start):
        start += 1
        if start == len(page.words) or page.gaps[start] != " ":
            return None
    start = skip_titles(page, start)
    if start >= len(page.words):
        return None
    kind = page.kinds[start]
    if kind & INITIAL and page.gaps[start + 1] == "-":
        return None  # per E-Mail
    if is_in_eponym(page, start) and not has_partner(page, start):
        return None  # as per Fleischner Society
    end = initialled(page, start)
    if end == start:
        end = paired(page, start)
    if end > start:
        return start, max(end, whole_run(page, start, free=False))
    if is_lone_month(page, start):
        return start, start + 1
    if _is_of_medicine(page, start):
        return None
    if kind & CAPS and kind & (CLINICAL | COMMON) and not has_partner(page, start):
        pair = page.kinds[start : start + 2]
        closed = page.gaps[start + 1 : start + 3] == [" ", ", "]
        if not (closed and all(k & COMMON and not k & LETTER for k in pair)):
            return None
        return start, start + 2  # THE SON, JANUS WHITE, WAS PRESENT
    end = whole_run(page, start, free=False)
    return (start, end) if end > start else None


def _of_relative(page: Page, particle: int) -> Run | None:
    """Give whose relative it is: ``filha de Nascimento``, ``dochter van okafor``."""
    start = particle + 1
    if start == len(page.words) or page.gaps[start] != " ":
        return None
    if page.kinds[particle] & (PARTICLE | CAPITAL) != PARTICLE:
        return None
    kind = page.kinds[start]
    if kind & (CAPS | INITIAL | TITLE | FUNCTION | HOUSE | MONTH | AGED):
        return None
    if kind & CAPITAL:
        return start, max(whole_run(page, start), start + 1)
    end = small_run(page, start)
    return (start, end) if end > start else None


def _is_loud_article(page: Page, word: int) -> bool:
    """Whether an article in capitals has a title behind it: ``AVISADO O DR. Rust``."""
    if not page.kinds[word] & page.kinds[word - 1] & CAPITAL:
        return False
    if page.folds[word] not in words("names", "articles"):
        return False
    return any(kind & TITLE for kind in page.kinds[word + 1 : word + 2])


def _is_of_medicine(page: Page, word: int) -> bool:
    """Whether no name begins there, but medicine: ``Patienten zum Thoraxbild``."""
    last = len(page.words) - 1
    while word < last and page.kinds[word] & (PARTICLE | CAPITAL) == PARTICLE:
        word += 1
    kind = page.kinds[word]
    if kind & LETTER:
        return True
    return bool(kind & CLINICAL and not kind & COMMON and not _is_joined(page, word))


def _is_joined(page: Page, word: int) -> bool:
    """Whether a word of medicine is half of a double name: ``Ana-Sofia``."""
    after = word + 1
    if after == len(page.words) or page.gaps[after] != "-":
        return False
    return not page.kinds[word] & CAPS and bool(page.kinds[after] & UNKNOWN)


def _before_role(page: Page, word: int) -> Run | None:
    """Give the name before ``, MD`` or ``, Attending Radiologist`` on a line.

    One of `_BEFORE_ROLE` stands before the word.
    """
    if word == 0:
        return None
    first = word
    if not is_role(page, word):
        # ``M.D.`` is two words, ``Attending Radiologist`` begins with another.
        dotted = page.kinds[word] & INITIAL and page.gaps[word + 1 : word + 2] == ["."]
        if not dotted and not _begins_phrase(page, word, _cues("roles")):
            return None
    elif page.gaps[word] in _NEXT and (
        not page.kinds[word] & CAPS
        or (len(page.words[word]) < _SHORTEST_DEGREE and page.folds[word] != "md")
        or page.kinds[word] & (PARTICLE | FUNCTION)
        or page.kinds[word - 1] & LETTER
    ):
        return None
    if page.gaps[word] not in (", ", " ("):
        return _line_before(page, word)
    while first > 0 and first > word - _LONGEST_BEFORE_ROLE:
        kind = page.kinds[first - 1]
        joint = page.gaps[first]
        if first < word and joint == " " and kind & PARTICLE and not kind & CAPITAL:
            first -= 1
            continue
        if not kind & CAPITAL or kind & (FUNCTION | LETTER | TITLE):
            break
        if first < word and joint not in JOINTS and joint not in COMMAS:
            break
        first -= 1
    begins = (
        first == 0
        or "\n" in page.gaps[first]
        or page.kinds[first - 1] & (LABEL | TITLE)
    )
    if not begins and (run := _line_before(page, word)):
        return run
    told = begins or any(page.kinds[w] & (UNKNOWN | COMMON) for w in range(first, word))
    return (first, word) if first < word and told else None


_NEXT = frozenset((" ", ". ", "\n", ",\n"))


def _line_before(page: Page, word: int) -> Run | None:
    """Give the words of a line before a role, if they are but a name."""
    first, named = word, False
    while first and first > word - _LONGEST_BEFORE_ROLE:
        first -= 1
        kind, gap = page.kinds[first], page.gaps[first]
        if not kind & (CAPITAL | PARTICLE) or kind & (FUNCTION | TITLE):
            return None
        if kind & LETTER and (not kind & (COMMON | UNKNOWN) or is_rank(page, first)):
            return None
        named |= not kind & (INITIAL | PARTICLE)
        if not named and (not first or "\n" in gap):
            return None
        if not first or "\n" in gap:
            return first, word
        if gap not in JOINTS and gap not in COMMAS:
            return None
    return None


def _telling(page: Page, word: int) -> Run | None:
    """Give the name before ``was informed`` and the like."""
    if word == 0 or page.gaps[word] not in (" ", ", "):
        return None
    if not page.kinds[word - 1] & CAPITAL and page.words[word - 1] not in SUFFIXES:
        return None
    strong = _begins_phrase(page, word, _cues("told"))
    if not strong and not _begins_phrase(page, word, _cues("does")):
        return None
    if page.folds[word - 1] in words("names", "pronouns"):
        return None
    start = word
    while start > 0 and start > word - 4:
        kind = page.kinds[start - 1]
        if page.words[start - 1] in SUFFIXES and page.gaps[start] == " ":
            start -= 1
            continue
        if not kind & CAPITAL or kind & (FUNCTION | LETTER | TITLE):
            lone = strong and start == word and kind & COMMON
            lone = lone and not kind & (FUNCTION | LABEL | TITLE)
            if lone and begins_sentence(page.text, page.starts[word - 1]):
                start -= 1  # Ward will return
            break
        if not kind & (UNKNOWN | COMMON | INITIAL):
            break
        if kind & CLINICAL and (not strong or page.gaps[start] != " "):
            break
        start -= 1
        if page.gaps[start] not in JOINTS:
            break
    return (start, word) if start < word else None


def _begins_phrase(page: Page, word: int, listed: dict[str, tuple[str, ...]]) -> bool:
    folded, start = page.folded, page.starts[word]
    may_be = listed.get(page.folds[word], ())
    if not folded.startswith(may_be, start):
        return False
    for phrase in may_be:
        end = start + len(phrase)
        if folded.startswith(phrase, start) and not folded[end : end + 1].isalpha():
            return True
    return False


@cache
def _cues(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for phrase in phrases(table):
        found.setdefault(words_of(phrase)[0], set()).add(phrase)
    return {first: tuple(listed) for first, listed in found.items()}
