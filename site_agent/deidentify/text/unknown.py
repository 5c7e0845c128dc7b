"""Default deny: a word with a capital that no list knows is taken for a name.

What is known: words of medicine and daily language in every language of the lists, what
has their stems and endings, eponyms, vertebrae, units, abbreviations (`lexicon`).
German writes every noun with a capital; there a noun counts as known as well when an
article or an inflected word stands before it, for neither a name nor a town has one.
In letterheads and signatures words that are family names too are denied as well, and
whatever stands between two commas with a denied word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from site_agent.deidentify.text.eponyms import is_in_eponym
from site_agent.deidentify.text.lexicon import (
    ACRONYM,
    BROKEN,
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    FUNCTION,
    HEADED,
    HOUSE,
    INITIAL,
    LETTER,
    MONTH,
    PARTICLE,
    RELATED,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.name_chains import chain
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span, begins_sentence
from site_agent.deidentify.text.vocabulary import (
    common_words,
    phrases,
    words,
)
from site_agent.deidentify.text.word_lists import eponyms, parted_eponyms

_FIRST_WITHOUT_LISTS = "\u0370"
_LONGEST_BEFORE_FIGURE = 3
_FEWEST_LOUD, _LOUD_SHARE = 3, 0.7
_COUNTED = re.compile(r" (?:\d{1,2}|[IVX]{1,4})(?![\w:/-]|[.,]\d)")
_SCORE = re.compile(r" (?:\d{1,3}(?:[.,]\d)?(?![\w/-]|[.,]\d| [a-z])|[IV]{1,3}(?!\w))")
_DENIABLE = UNKNOWN | COMMON
_NEVER_ALONE = LETTER | HOUSE | TITLE | MONTH | FUNCTION | PARTICLE
_INITIAL = CAPITAL | INITIAL
_APOSTROPHES = ("'", "\u2019")
_LEAST_PROSE = 6
_PROSE_SHARE = 0.5

_SHORTEST_INFLECTED = 4


def is_loud(page: Page, first: int = 0, last: int | None = None) -> bool:
    """Whether a text is in capitals, so that a capital tells nothing."""
    shapes = page.shapes[first:last]
    loud = shapes.count(CAPITAL | CAPS)
    if loud < _FEWEST_LOUD:
        return False
    return loud > _LOUD_SHARE * (len(shapes) - shapes.count(CAPITAL | INITIAL))


def find_unknown(page: Page, letter: bytearray, taken: bytearray) -> Iterator[Span]:
    """Find words that no list knows, with the names around them.

    Parameters
    ----------
    page
        The text taken apart.
    letter
        For each word whether it stands in a letterhead, a patient line, a signature.
    taken
        For each word whether another rule has it already; what is found is added.
    """
    loud, german = is_loud(page), page.language == "de"
    found: list[tuple[int, str]] = []
    kinds, shapes = page.kinds, page.shapes
    for word, kind in enumerate(kinds):
        if not kind & _DENIABLE:
            continue
        if mark := taken[word]:
            if mark == 1 and not kind & HOUSE:
                found.append((word, "beside-name"))
            continue
        if kind & UNKNOWN:
            denied = (
                not (
                    is_in_eponym(page, word)
                    or _is_unit(page, word)
                    or _is_scored(page, word)
                )
                if letter[word]
                else _is_denied(page, word, loud, german)
            )
            rule = "unknown-word"
        elif _INITIAL in shapes[word - 1 if word else 0 : word + 2] and _has_initials(
            page, word, bool(letter[word])
        ):
            denied, rule = True, "beside-initials"
        elif page.gaps[word + 1] in _APOSTROPHES and _owns(page, word):
            denied, rule = True, "possessive"
        elif kind & _NEVER_ALONE:
            continue
        else:
            denied = _stands_alone(
                page, word, bool(letter[word]), loud, german
            ) and not is_in_eponym(page, word)
            rule = "lone-capital"
        if denied:
            taken[word] = 1
            found.append((word, rule))
    name = Category.NAME
    for first, last, rule in _chained(page, found, letter, taken, loud):
        if first != last or rule != "beside-name":
            yield Span(page.starts[first], page.ends[last], name, rule)


def _chained(
    page: Page,
    found: Iterable[tuple[int, str]],
    letter: bytearray,
    taken: bytearray,
    loud: bool,
) -> Iterator[tuple[int, int, str]]:
    """Give the runs of what belongs together; no word is walked over twice.

    What is `found` is in order. A run that reaches back to the one before it is one
    with it.
    """
    begun, floor, told = 0, -1, ""
    for word, rule in found:
        if word <= floor:
            continue
        first, last = chain(page, word, floor, letter, taken, loud)
        if first != floor:
            if told:
                yield begun, floor, told
            begun, told = first, rule
        floor = last
    if told:
        yield begun, floor, told


def _is_denied(page: Page, word: int, loud: bool, german: bool) -> bool:
    """Whether an unknown word in clinical text is taken for a name."""
    kind, written = page.kinds[word], page.words[word]
    after = page.gaps[word + 1]
    if kind & BROKEN:
        return True
    if is_thing(page, word) or _is_unit(page, word):
        return False
    # Without lists of its language a sentence's first word tells nothing.
    listed = written[0] < _FIRST_WITHOUT_LISTS
    if not listed and begins_sentence(page.text, page.starts[word]):
        return False
    figure = after[:1].isdigit() or (after[:1] in " -" and after[1:2].isdigit())
    if figure and len(written) <= _LONGEST_BEFORE_FIGURE:
        return False
    if kind & ACRONYM and not loud:
        return True
    if german and not kind & CAPS:
        return not _is_noun(page, word)
    return True


def _is_unit(page: Page, word: int) -> bool:
    """Whether a word is the unit of the figure before it: ``24 Ch``, ``80 MG``."""
    if not page.gaps[word].rstrip(" ")[-1:].isdigit():
        return False
    return page.folds[word] in phrases("measured", "units")


def is_thing(page: Page, word: int) -> bool:
    """Whether a word names a sign, a disease or a device: ``Ganz`` in Swan-Ganz."""
    if is_in_eponym(page, word) or _is_inflected_pair(page, word):
        return True
    if _is_joined(page, word) or _is_scored(page, word):
        return True
    after, listed = word + 1, words("things", "after")
    while after < len(page.words) and after - word < _MOST_JOINED:
        gap = page.gaps[after]
        if gap in (" ", "-") and page.folds[after] in listed:
            # Kerley lines, and not AUDIT: Rust SIGN
            return not page.kinds[after] & CAPS & ~page.kinds[word]
        genitive = gap in ("'", "\u2019") and page.words[after] in ("s", "S")
        if gap != "-" and not genitive:
            break
        after += 1
    first = word
    while first and page.gaps[first] == "-" and word - first < _MOST_JOINED:
        first -= 1
    before = first - 1
    linked = before > 0 and page.gaps[first] == " "
    if linked and page.folds[before] in words("things", "of"):
        before -= 1
    if before >= 0 and page.gaps[before + 1] == " ":
        return page.folds[before] in words("things", "before")
    return False


def _is_joined(page: Page, word: int) -> bool:
    """Whether a German noun is joined to an eponym: ``Schmorl-Herde``."""
    if not word or page.gaps[word] != "-" or page.language != "de":
        return False
    before = page.folds[word - 1]
    return before in eponyms() and before not in common_words()


def _is_scored(page: Page, word: int) -> bool:
    """Whether a name is that of a score and its value follows: ``Borg 4``."""
    if page.folds[word] not in words("things", "scored"):
        return False
    return _SCORE.match(page.text, page.ends[word]) is not None


def _is_inflected_pair(page: Page, word: int) -> bool:
    """Whether two words are an eponym with endings: ``Swana-Ganza``."""
    for one, two in ((word - 1, word), (word, word + 1)):
        if one < 0 or two >= len(page.words) or page.gaps[two] not in ("-", " "):
            continue
        stems = _stems(page.folds[one]), _stems(page.folds[two])
        if any((a, b) in _pairs() for a in stems[0] for b in stems[1]):
            return True
    return False


def _stems(folded: str) -> set[str]:
    """Give a word with and without the endings that an eponym takes."""
    endings = words("things", "endings")
    return {folded, *(folded[: -len(e)] for e in endings if folded.endswith(e))}


_MOST_JOINED = 4


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    parted = (parts for _, parts in parted_eponyms())
    return frozenset((parts[0], parts[1]) for parts in parted if len(parts) == 2)


def _is_noun(page: Page, word: int) -> bool:
    """Whether what stands before a German word makes it a noun and no name."""
    if word == 0 or page.gaps[word] != " ":
        return False
    before = page.words[word - 1]
    if not before.islower() or before in words("nouns", "towns"):
        return False
    if page.kinds[word - 1] & TITLE:
        return False
    if before in words("nouns", "articles"):
        return True
    return len(before) >= _SHORTEST_INFLECTED and before.endswith(_inflected())


@cache
def _inflected() -> tuple[str, ...]:
    return tuple(words("nouns", "inflected"))


def _owns(page: Page, word: int) -> bool:
    """Whether a word that is a name too has an English genitive: ``White's film``.

    An apostrophe stands behind it.
    """
    if page.language not in ("en", ""):
        return False
    if word + 1 == len(page.words) or page.words[word + 1] not in ("s", "S"):
        return False
    relatives = words("names", "relatives")
    if not relatives.isdisjoint(page.folds[word + 2 : word + 3]):
        return not page.kinds[word] & (HOUSE | MONTH | RELATED | HEADED)
    return not page.kinds[word] & (LETTER | HOUSE | MONTH) and not is_thing(page, word)


def _has_initials(page: Page, word: int, letter: bool) -> bool:
    """Whether a word that is a name too has initials: ``E.A. Rose``, ``Heart A.``."""
    kinds, gaps = page.kinds, page.gaps
    before = word > 0 and kinds[word - 1] & INITIAL and gaps[word] in (". ", ".")
    if before and not gaps[word + 1].startswith(":"):
        two = word > 1 and kinds[word - 2] & INITIAL and gaps[word - 1] in (".", ". ")
        if two or (letter and "\n" not in gaps[word - 1]):
            return True
    after = (
        word + 1 < len(kinds) and kinds[word + 1] & INITIAL and gaps[word + 1] == " "
    )
    return bool(letter and after and gaps[word + 2][:1] in (".", ","))


def _stands_alone(
    page: Page, word: int, letter: bool, loud: bool, german: bool
) -> bool:
    """Whether a word that is a family name too has a capital that only a name has.

    It is none of `_NEVER_ALONE`.
    """
    kind = page.kinds[word]
    if loud or (kind & CAPS and _loud_near(page, word)):
        return False
    if page.gaps[word] == "-" and word and page.kinds[word - 1] & INITIAL:
        return False  # X-ray
    short = kind & CAPS and len(page.words[word]) <= _LONGEST_BEFORE_FIGURE
    if short and page.gaps[word + 1] == " " and _is_before_figure(page, word):
        return False  # ILO 1/1
    begins = begins_sentence(page.text, page.starts[word])
    if german and not (letter and not _has_small_near(page, word)):
        return False
    if letter:
        following = word + 1 < len(page.words) and page.gaps[word + 1] == " "
        small = following and page.words[word + 1].islower()
        return not (begins and small) and not kind & CLINICAL
    if begins or kind & CLINICAL or page.gaps[word] != " ":
        return False
    if _COUNTED.match(page.text, page.ends[word]):
        return False  # Day 3
    near = [at for at in (word - 1, word + 1) if 0 <= at < len(page.words)]
    return all(
        not page.kinds[at] & CAPITAL or page.kinds[at] & (TITLE | UNKNOWN | INITIAL)
        for at in near
    ) and not is_thing(page, word)


def _is_before_figure(page: Page, word: int) -> bool:
    return page.text[page.ends[word] + 1 : page.ends[word] + 2].isdigit()


def _loud_near(page: Page, word: int) -> bool:
    """Whether the words beside a word are in capitals too."""
    return is_loud(page, max(0, word - 3), word + 4)


def _has_small_near(page: Page, word: int) -> bool:
    near = page.words[max(0, word - 1) : word] + page.words[word + 1 : word + 2]
    return any(one.islower() for one in near)


def is_prose(page: Page, first: int, last: int) -> bool:
    """Whether the words ``[first, last)`` are a sentence more than a form."""
    if last - first < _LEAST_PROSE:
        return False
    return page.shapes.count(0, first, last) > _PROSE_SHARE * (last - first)
