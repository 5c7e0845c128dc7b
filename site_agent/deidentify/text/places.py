"""Institutions: hospitals, practices, homes, prisons, by the word for the house.

One grammar serves all languages; its words are `houses` of ``vocabulary.toml``::

    name  = {part} head {part} [legal form] [number] [", " town]
    part  = proper | patron | generic | trade | link | title

A *head* is the word for the house (``Hospital``, ``Szpital``, ``AZ``); a *weak* one is
a word of other things too and counts beside a generic one (``Nursing Home``). *Generic*
words belong to the name and name nothing (``Royal``, ``Universitaire``). So do *trades*
by which departments are called as well (``Radiologie``), and these count between the
head and the proper part only. A name has a *proper* word or a *patron* in it, or it is
none: ``University Hospital``, ``Institut für Radiologie``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.eponyms import is_in_eponym
from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    FUNCTION,
    HOUSE,
    INITIAL,
    LETTER,
    MAYBE_HOUSE,
    MONTH,
    TITLE,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.place_ends import (
    NUMBER_NEXT,
    forms,
    with_article,
    with_form,
    with_town,
    with_town_behind,
)
from site_agent.deidentify.text.place_heads import (
    house_heads,
    is_company,
    is_house_first,
)
from site_agent.deidentify.text.place_words import (
    POSSESSIVE,
    Part,
    ends_there,
    is_inside,
    is_joined,
    is_proper_head,
    part_of,
)
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import (
    by_last_word,
    words,
    words_in,
)
from site_agent.deidentify.text.word_lists import is_allowed

_LONGEST = 9  # words on either side
_DASHES = frozenset((" - ", " \u2013 "))
_SHORTEST_LABEL = 4
# To look up a member of an enumeration takes longer than to compare it.
_NONE, _PROPER, _GENERIC, _TRADE, _LINK, _TITLE, _SAINT, _FILLING = Part
_NEAR = (_PROPER, _GENERIC)
_UNSURE = (_NONE, _FILLING)


def find_houses(page: Page) -> Iterator[Span]:
    """Find institutions with their proper names."""
    stop = 0
    for word, head in house_heads(page):
        if page.starts[word] < stop or _calls_a_number(page, head):
            continue
        first, left = _leftmost(page, word)
        last, right = _rightmost(page, head, left=left)
        if left and not right and _needs_right(page, word):
            continue
        named = left or right or is_proper_head(page, word)
        if not (named or (first < word and _has_town(page, last))):
            continue
        if _is_owned(page, first, last):
            continue
        first = _with_doctors(page, first, last)
        first, last = with_article(page, first), with_town(page, last)
        stop = with_town_behind(page, with_form(page, page.ends[last]))
        yield Span(page.starts[first], stop, Category.PLACE, "house")


def _calls_a_number(page: Page, word: int) -> bool:
    """Whether a number is called by a word and the next one: ``hosp no K-672161``."""
    after = word + 1
    if after == len(page.words) or page.gaps[after] != " ":
        return False
    before = by_last_word("numbered_id").get(page.folds[after], {})
    return (page.folds[word],) in before.get(1, ())


def _with_doctors(page: Page, first: int, last: int) -> int:
    """Take in the title of doctors who have partners: ``Drs van Ek & Partners``."""
    if words("houses", "partners").isdisjoint(page.folds[first : last + 1]):
        return first
    at = first
    before = words("names", "before")
    while at and page.gaps[at] == " " and page.folds[at - 1] in before:
        at -= 1
    title = at and page.kinds[at - 1] & TITLE and page.gaps[at] in (" ", ". ")
    return at - 1 if title else first


def _has_town(page: Page, last: int) -> bool:
    """Whether a town tells which house is meant: ``Civil Medical College, Nashik``."""
    at = last + 1
    if at == len(page.words) or page.gaps[at] != ", ":
        return False
    known = page.kinds[at] & (CAPITAL | UNKNOWN) == CAPITAL
    if known and page.gaps[at + 1] == " " and at + 1 < len(page.words):
        at += 1  # North Robertberg
    town = page.kinds[at] & UNKNOWN and not page.kinds[at] & (INITIAL | MONTH)
    if not town or part_of(page, at) is not _PROPER:
        return False
    end = at + 1
    while end < len(page.words) and end - at < _LONGEST and is_joined(page, end):
        if page.kinds[end] & (HOUSE | MAYBE_HOUSE):
            return False  # Diagnostic Imaging, Nashik Civil Hospital
        end += 1
    return True


def _is_begun(page: Page, word: int) -> bool:
    """Whether a small word goes on with a capital: ``Radiologisch kabinet Maes``."""
    kinds, before = page.kinds, word - 1
    if kinds[word] & CAPITAL or before < 0 or page.gaps[word] != " ":
        return False
    named = part_of(page, before) in (_GENERIC, _TRADE)
    return named and bool(kinds[before] & CAPITAL)


def _is_joined_left(page: Page, at: int) -> bool:
    """Whether a word goes on with a name to its left: a figure parts them there."""
    gap = page.gaps[at]
    if gap == " ":  # most often
        return True
    return gap != " / " and is_joined(page, at) and not any(map(str.isdigit, gap))


def _is_owned(page: Page, first: int, last: int) -> bool:
    """Whether it is but where a person sees patients: ``Mr Holt's clinic``."""
    if page.kinds[last] & CAPITAL or page.folds[last] not in _owned():
        return False
    if page.folds[first] in words("houses", "saints"):
        return False
    return page.folds[last - 1] == "s" and page.gaps[last - 1] in POSSESSIVE


def _needs_right(page: Page, word: int) -> bool:
    """Whether a word is a house's with a name behind it only: ``centré``, ``ULS``."""
    if page.folds[word] in words_in("house_abbreviations", page.language):
        return page.folds[word] not in words("house_abbreviations", "last")
    return page.language in words("houses", "romance") and page.folds[word] in words(
        "houses", "loose"
    )


def _leftmost(page: Page, word: int) -> tuple[int, bool]:
    """Give the first word of the name left of its head, and whether one is proper."""
    first = at = word
    loose = page.folds[word] in words("houses", "loose")
    near = page.language == "en" or (loose and not is_house_first(page))
    near = near or _is_begun(page, word)
    weak = page.folds[word] in words("houses", "weak")
    named, loud = False, bool(page.kinds[word] & CAPS)
    company, beside = is_company(page, word), True
    while (
        at > 0
        and word - at < _LONGEST
        and (
            _is_joined_left(page, at)
            or (company and at == word and page.gaps[at] == ", ")
        )
    ):
        at -= 1
        part = _part_left(page, at, company=company)
        if page.gaps[at + 1] in _DASHES and (weak or part not in _NEAR):
            break
        if part is _NONE and not loud and page.kinds[at] & CAPS & ~FUNCTION:
            continue  # Bavel AC Hospital
        if not page.kinds[at] & CAPITAL and not (
            is_inside(page, at) or (company and part is _LINK)
        ):
            break
        if part is _TRADE:
            inflected = page.gaps[at + 1] == "-" or page.folds[at].endswith(
                _adjectives()
            )
            if not (near or company or inflected):
                break
            first = at
        elif page.kinds[at] & INITIAL and not (
            named or part is _SAINT or page.gaps[at + 1].startswith(".")
        ):
            continue
        elif part in (_PROPER, _GENERIC, _SAINT):
            near, beside = near and part is _GENERIC, part is _GENERIC
            saint = part is _SAINT
            named = named or part is _PROPER or (saint and at + 1 < word)
            first = at
        elif part is _FILLING:
            if near and _is_before_generic(page, at):
                named, first = True, at
            if page.gaps[at + 1] == "-" or (
                beside and page.folds[at].endswith(_adjectives())
            ):
                first = at  # Reha-Zentrum, Arbeitsmedizinisches Zentrum
            near = beside = False
        elif part is _TITLE:
            partners = words("houses", "partners")
            first = first if partners.isdisjoint(page.folds[at : word + 1]) else at
            break
        elif part is not _LINK or not (company or is_inside(page, at)):
            break
    return first, named


def _part_left(page: Page, at: int, *, company: bool) -> Part:
    """Tell what a word left of a head may be; `company` says what the head is."""
    part, kind = part_of(page, at), page.kinds[at]
    if part is _PROPER and page.language != "en":
        medicine = kind & CAPS and kind & COMMON and kind & CLINICAL
        part = _FILLING if medicine else part
    if part is _FILLING and company and kind & COMMON:
        return _PROPER  # Diagnósticos Nascimento Ltda.
    return part


def _is_before_generic(page: Page, at: int) -> bool:
    """Whether a word of medicine names a house: ``Parent Medical Center``."""
    if not page.language or page.language in words("houses", "compounding"):
        return False
    return not page.kinds[at] & CAPS and part_of(page, at + 1) is _GENERIC


def _rightmost(page: Page, word: int, *, left: bool) -> tuple[int, bool]:
    """Give the last word of the name right of its head, and whether one is proper."""
    last = firm = word  # with the generic words at the end, and without them
    at, before = word + 1, _GENERIC
    small = not (page.kinds[word] & CAPITAL or _is_begun(page, word))
    weak = page.folds[word] in words("houses", "weak")
    if is_company(page, word) or (small and page.folds[word] in _owned()):
        return word, False
    linked = placed = titled = named = bound = False
    first_comes_head = is_house_first(page)
    loud = not first_comes_head or page.folds[word] in words("houses", "loose")
    while at < len(page.words) and at - word <= _LONGEST:
        part, kind, folded = part_of(page, at), page.kinds[at], page.folds[at]
        site = page.gaps[at] == ", " and folded in words("houses", "sites")
        if site:
            part = _LINK
        elif not is_joined(page, at):
            break
        elif part is _NONE and before is _GENERIC and first_comes_head:
            described = not (named or kind & CAPITAL) and folded.endswith(_described())
            part = _GENERIC if described else part
        # Words that belong to the head: ``School of Medicine``, ``Centrum Onkologii``.
        bound = not named and (
            first_comes_head
            or before is _LINK
            or (bound and before in (_GENERIC, _TRADE))
        )
        if page.gaps[at] in _DASHES and (
            weak or not ((part is _PROPER and not kind & INITIAL) or kind & HOUSE)
        ):
            break
        if kind & CAPITAL and (
            before is _SAINT or (before is _PROPER and page.gaps[at] == "-")
        ):
            part = _PROPER  # St. Clement; Chaudet-Dessus
        elif part is _PROPER and loud and not named and kind & CLINICAL:
            part = _FILLING if kind & CAPS and kind & COMMON else part
        elif part in _UNSURE and (
            (placed and _is_place(page, at))
            or (placed and not loud and part is _FILLING and ends_there(page, at))
            or (not weak and _is_last(page, at, before))
        ):
            part = _PROPER
        if forms().match(page.folded, page.ends[at - 1]):
            break
        if part is _LINK:
            place = folded in words("houses", "of_places")
            joins = folded in words("houses", "ands") and not place
            if joins and not (titled or _goes_on(page, at)):
                break
            numbered = folded in words("houses", "numbered")
            if numbered and NUMBER_NEXT.match(page.gaps[at + 1]):
                named, last, firm = True, at, at
            linked, placed = linked or not joins, placed or place or site
        elif part is _PROPER:
            if small and not (linked or left) and page.gaps[at] != "-":
                break
            dated = kind & MONTH and page.language == "en"
            if before is _LINK and (dated or is_in_eponym(page, at)):
                break  # Royal Hospital in May; for Wegener granulomatosis
            last = firm = at
            named = True
        elif part is _GENERIC:
            if small and not linked:
                break
            last = at if kind & CAPITAL else last
            firm = at if kind & HOUSE or bound or page.gaps[at] == " & " else firm
        elif part is _TRADE:
            written = bound and (kind & CAPITAL or page.language != "en")
            written = written or (bool(kind & CAPITAL) and page.gaps[at] == " & ")
            last, firm = (at, at) if written else (last, firm)
        elif part is _TITLE:
            titled = True
        elif part is _FILLING:
            if small or (kind & CAPS and not linked):
                break
        elif part is _NONE:
            break
        before = part
        at += 1
    if not (named or left):
        return word, False
    return last if ends_there(page, last) else firm, named


def _is_last(page: Page, at: int, before: Part) -> bool:
    """Whether a word of medicine ends a name, as a town may: ``Szpital Miejski Brzeg``.

    Where the house comes last and in capitals it does if it is but built like one.
    """
    if part_of(page, at) is _NONE or not ends_there(page, at):
        return False
    if page.kinds[at] & CAPS or not is_house_first(page):
        return before in _NEAR and not is_allowed(page.folds[at], page.language)
    return before in _NEAR


def _goes_on(page: Page, at: int) -> bool:
    """Whether a name goes on behind ``and``: ``Hospitals and Clinics``."""
    after = at + 1
    if after == len(page.words) or not is_joined(page, after):
        return False
    part = part_of(page, after)
    if part is _PROPER:  # NHS Dumfries and Galloway
        return ends_there(page, after) and not page.kinds[at - 1] & HOUSE
    return part in (_GENERIC, _TRADE)


def _is_place(page: Page, at: int) -> bool:
    """Whether a capital after ``hospital de`` is a place's, whatever word it is."""
    kind = page.kinds[at]
    if not kind & CAPITAL or kind & (CAPS | TITLE) or page.language == "de":
        return False
    short = len(page.words[at]) < _SHORTEST_LABEL
    return not kind & LETTER or bool(kind & COMMON) or short


@cache
def _owned() -> frozenset[str]:
    return words("houses", "owned")


@cache
def _described() -> tuple[str, ...]:
    return tuple(words("houses", "described"))


@cache
def _adjectives() -> tuple[str, ...]:
    return tuple(words("houses", "adjectives"))
