"""De-identification of a whole report: letterhead, patient line, text and signature.

In this order: (a) what is known of the study's people, from the header, the order and
the staff list, in all its written forms; (b) names after titles, labels and phrases,
houses, and the grammar of letterheads; (c) dates, times, phones, numbers, addresses by
their form; (d) default deny for capitalised words outside the lists; (e) what is still
in doubt is told, so that nobody takes the report for clean.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter

from site_agent.deidentify.text.addresses import find_addresses
from site_agent.deidentify.text.beside_places import find_beside_places
from site_agent.deidentify.text.codes import find_rest_of_numbers
from site_agent.deidentify.text.columns import find_columns
from site_agent.deidentify.text.doubts import find_doubts
from site_agent.deidentify.text.fields import find_fields
from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.known_names import (
    find_known_names,
    find_names,
    names_of,
)
from site_agent.deidentify.text.known_numbers import (
    Squeezed,
    find_known_numbers,
    find_known_places,
)
from site_agent.deidentify.text.labelled import Run
from site_agent.deidentify.text.letter import Cut, Section, cuts_of, parts_of
from site_agent.deidentify.text.letterhead import (
    FIGURED,
    NAMED,
    Zones,
    find_in_letterhead,
    with_house_numbers,
    zones_of,
)
from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CUE,
    FUNCTION,
    HOUSE,
    INITIAL,
    LABEL,
    MAYBE_HOUSE,
    PARTICLE,
    TITLE,
)
from site_agent.deidentify.text.name_runs import DOTTED
from site_agent.deidentify.text.name_tails import with_tail
from site_agent.deidentify.text.names import parse_name
from site_agent.deidentify.text.page import Page, open_page
from site_agent.deidentify.text.patient_line import find_before_ages
from site_agent.deidentify.text.patterns import find_patterns
from site_agent.deidentify.text.persons import find_persons
from site_agent.deidentify.text.place_words import is_proper_head
from site_agent.deidentify.text.places import find_houses
from site_agent.deidentify.text.segments import find_in_segments, find_signatures
from site_agent.deidentify.text.spans import (
    Category,
    Instead,
    Span,
    merge,
    placeholder,
    replace,
)
from site_agent.deidentify.text.unknown import find_unknown
from site_agent.deidentify.text.vocabulary import words

_KEPT = tuple((s.value, s) for s in (Section.FINDINGS, Section.IMPRESSION))
_NAMES = frozenset((Category.NAME, Category.PLACE))
_JOINED = _NAMES | {Category.ID}
_START, _END = itemgetter(0), itemgetter(1)
_UNTAKEN = b"\1" + bytes(255)
_BRIDGE = re.compile(
    r"[ ,.'\u2019/-]{0,3}(?:[^\W\d_]{1,8}(?:[ '\u2019-]|\. ?)){0,3}[ ,.'\u2019/-]{0,2}"
)
_FIGURES = re.compile(r"[ ,(]{1,3}\d{1,6}[a-z]?[ ,]{1,3}")
_CODE = re.compile(r"(?: \d{1,4}[a-z]?)?, \d{4,5}, ")  # Martinering 3, 7908, La Gleize
_LONGEST_BRIDGE = 18
_AFTER_PARTICLE = frozenset((" ", "'", "\u2019", ". ", " '", " \u2019"))
_ARTICLES = frozenset(("het", "t", "s"))
_MOST_PARTICLES = 3
_SHORTEST_MET, _SHORTEST_SMALL = 3, 5
_INITIALS = 2


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A report without what identifies.

    `text` is the whole report, `sections` its findings and impression, both with
    placeholders. `spans` and `doubts` lie in the text that was given; `spans` do not
    overlap. With any doubt the report is not to be taken for clean.
    """

    text: str
    sections: dict[str, str]
    spans: tuple[Span, ...]
    doubts: tuple[Span, ...]


def scrub(
    text: str,
    known: KnownIdentifiers,
    language: str | None = None,
    instead: Instead = placeholder,
) -> Scrubbed:
    """Take from a report whatever identifies, and tell what is in doubt.

    Parameters
    ----------
    text
        Went through `plain_text.readable`, or has nothing that it would change.
    known
        What is known to identify the people of the report.
    language
        ISO 639-1, when it is known; else it is told from the text. It decides which
        words are known, and whether nouns have capitals.
    instead
        Gives what takes the place of a span; a placeholder of its kind by default.
    """
    page = open_page(text, language)
    parts = list(parts_of(page, cuts_of(page), Section.OTHER))
    spans = tuple(merge(_find(page, parts, known)))
    sections = _kept(text, spans, parts, instead)
    doubts = tuple(find_doubts(page, spans))
    return Scrubbed(replace(text, spans, instead), sections, spans, doubts)


def find_identifiers(text: str, known: KnownIdentifiers) -> list[Span]:
    """Find everything that identifies in the text of one section."""
    page = open_page(text)
    parts = [(0, len(text), Section.FINDINGS)]
    return list(merge(_find(page, parts, known)))


def _kept(
    text: str, spans: Sequence[Span], parts: Sequence[Cut], instead: Instead
) -> dict[str, str]:
    """Give Findings and Impression, joined where they stand in several parts."""
    kept = {}
    for name, wanted in _KEPT:
        listed = []
        for start, end, section in parts:
            if section is wanted:
                begin = bisect_right(spans, start, key=_END)
                stop = bisect_left(spans, end, begin, key=_START)
                part = replace(text, spans[begin:stop], instead, start, end)
                listed.append(part.lstrip("*_ \t\n").rstrip())
        kept[name] = "\n".join(filter(None, listed))
    return kept


def _find(
    page: Page,
    parts: list[tuple[int, int, Section]],
    known: KnownIdentifiers,
) -> list[Span]:
    other = Section.OTHER
    headed = any(part[2] is not other for part in parts)
    zones = zones_of(page, parts, headed=headed)
    spans = [*_known(page, known), *find_patterns(page, zones.dated)]
    people, name = list(find_persons(page)), Category.NAME
    starts, ends = page.starts, page.ends
    spans += [
        Span(starts[first], ends[end - 1], name, rule) for (first, end), rule in people
    ]
    spans += find_houses(page)
    spans += find_addresses(page)
    spans += find_in_segments(page)
    spans += find_fields(page)
    spans += find_columns(page)
    spans += find_signatures(page, parts)
    spans += find_before_ages(page, zones.letter)
    taken = _taken(page, spans)
    spans += find_unknown(page, zones.letter, taken)
    spans.sort()
    spans += find_in_letterhead(page, zones, taken, list(spans))
    spans += _met_before(page, [run for run, _ in people], taken, known)
    spans = list(_whole(page, spans, zones))
    beside = [*find_beside_places(page, spans), *find_rest_of_numbers(page, spans)]
    spans += beside
    return [*spans, *_bridges(page, spans, zones)]


def _known(page: Page, known: KnownIdentifiers) -> Iterator[Span]:
    if known.names:
        yield from find_known_names(page, known)
    if known.ids or known.uids or known.texts:
        squeezed = Squeezed(page.folded)
        yield from find_known_numbers(page, squeezed, known)
        yield from find_known_places(page, squeezed, known)


def _taken(page: Page, spans: Iterable[Span]) -> bytearray:
    """Mark the words that lie in a span."""
    starts, words = page.starts, len(page.words)
    taken = bytearray(words)
    for start, end, category, _ in spans:
        word = bisect_left(starts, start)
        mark = NAMED if category in _NAMES else FIGURED
        while word < words and starts[word] < end:
            taken[word] = mark
            word += 1
    return taken


def _met_before(
    page: Page, people: list[Run], taken: bytearray, known: KnownIdentifiers
) -> Iterator[Span]:
    """Find again the people whom the report itself named with a title or a label.

    Nothing is looked for unless one of their words stands where no rule took it.
    """
    folds, kinds = page.folds, page.kinds
    met = {
        folds[word]
        for first, end in people
        for word in range(first, end)
        if not kinds[word] & PARTICLE
    }
    if met.isdisjoint(compress(folds, taken.translate(_UNTAKEN))):
        return
    again = [at for at, fold in enumerate(folds) if fold in met and not taken[at]]
    if any(
        len(folds[at]) >= (_SHORTEST_MET if kinds[at] & CAPITAL else _SHORTEST_SMALL)
        for at in again
    ):
        named = frozenset(
            name
            for written in {
                page.text[page.starts[first] : page.ends[end - 1]]
                for first, end in people
            }
            for name in parse_name(written)
        )
        yield from find_names(page, names_of(named, known.common))


def _whole(page: Page, spans: Iterable[Span], zones: Zones) -> Iterator[Span]:
    """Widen names and places, each once, however many rules found it."""
    met: tuple[int, int, str] | None = None
    for span in sorted(spans):
        start, end, category, _ = span
        if category not in _NAMES or not page.words:
            yield span
        elif (start, end, category) != met:
            yield _widened(page, with_tail(page, span), zones)
            met = (start, end, category)


def _widened(page: Page, span: Span, zones: Zones) -> Span:
    """Take particles before a name in, and in a letterhead the figures beside it."""
    starts, gaps, folds = page.starts, page.gaps, page.folds
    start = span[0]
    first = word = bisect_left(starts, start)
    if (
        word < len(folds)
        and starts[word] == start
        and not (span[3] == "house" and _is_whole(page, word))
    ):
        while (
            first
            and gaps[first] in _AFTER_PARTICLE
            and word - first < _MOST_PARTICLES
            and (
                folds[first - 1] in words("names", "before")
                or (folds[first - 1] in _ARTICLES and _is_article(page, first - 1))
            )
        ):
            first -= 1
        if first < word and span[2] is Category.PLACE:
            where = words("dwellings", "towns")  # wonende te
            while first < word and folds[first] in where:
                first += 1
        before = first - 1
        if first and page.kinds[before] & CAPS and _is_initials(page, before, word):
            first -= 1
        while 0 < first < word and _is_initial(page, first - 1):
            first -= 1  # J. De Maeyer
        if first < word:
            span = Span(starts[first], *span[1:])
    else:
        first -= 1
    return with_house_numbers(page, span) if zones.letter[first] else span


def _is_whole(page: Page, word: int) -> bool:
    """Whether no particle belongs to a house: French ``transfert de Clinique ...``."""
    house = page.kinds[word] & (HOUSE | MAYBE_HOUSE)
    return bool(house) and not is_proper_head(page, word)


def _is_initials(page: Page, word: int, at: int) -> bool:
    """Whether capitals before the name `at` are its two initials: ``SA Bianchi``."""
    kinds, last = page.kinds, len(page.kinds) - 1
    while at < last and kinds[at] & (PARTICLE | CAPITAL) == PARTICLE:
        at += 1
    kind, name, gap = kinds[word], kinds[at], page.gaps[word]
    return (
        bool(name & CAPITAL)
        and (
            not (kind & TITLE or _is_of_phrase(page, word))
            or (word > 0 and page.kinds[word - 1] & (TITLE | CAPS) == TITLE)
            or "\n" in gap
            or ":" in gap
        )
        and not name & (CAPS | HOUSE | INITIAL)
        and len(page.words[word]) == _INITIALS
        and page.gaps[word + 1] == " "
    )


def _is_initial(page: Page, word: int) -> bool:
    return bool(page.kinds[word] & INITIAL) and page.gaps[word + 1] in DOTTED


def _is_of_phrase(page: Page, word: int) -> bool:
    """Whether two capitals go on a phrase in capitals: ``REPORTED BY``."""
    if not word or page.gaps[word] != " " or not page.kinds[word - 1] & CAPS:
        return False
    return bool(page.kinds[word] & (FUNCTION | CUE | LABEL))


def _is_half(page: Page, word: int, last: int) -> bool:
    """Whether what stands between two names is half of one: ``Eva Chambers-Eaton``."""
    if last - word != 1 or not page.kinds[word] & CAPITAL:
        return False
    return (page.gaps[word], page.gaps[last]) == (" ", "-")


def _is_article(page: Page, word: int) -> bool:
    """Whether one of `_ARTICLES` belongs to a name: ``van het``, ``van 't``, ``'s``."""
    gap = page.gaps[word]
    if page.folds[word] == "s":
        return len(gap) > 1 and gap[-1] in "'\u2019"
    return word > 0 and page.folds[word - 1] in words("names", "before")


def _bridges(page: Page, spans: Iterable[Span], zones: Zones) -> Iterator[Span]:
    """Take in the small words between two parts of a name: ``Reggio nell'Emilia``."""
    joined = sorted([span for span in spans if span[2] in _JOINED])
    between, place = words("names", "between"), Category.PLACE
    end, named_before, housed = 0, False, False
    for start, stop, category, _ in joined:
        named = category in _NAMES
        if end and 0 < start - end <= _LONGEST_BRIDGE:
            word = bisect_left(page.starts, end)
            last = bisect_left(page.starts, start, word)
            if word == last:
                letter = last < len(zones.letter) and zones.letter[last]
                code = housed and _CODE.fullmatch(page.folded, end, start)
                if code or (letter and _FIGURES.fullmatch(page.folded, end, start)):
                    yield Span(end, start, place, "between-names")
            elif (
                named
                and named_before
                and (
                    _is_half(page, word, last)
                    or (
                        between.issuperset(page.folds[word:last])
                        and _BRIDGE.fullmatch(page.folded, end, start)
                    )
                )
            ):
                yield Span(end - 1, start + 1, Category.NAME, "between-names")
        if stop > end:
            end, named_before, housed = stop, named, category is place
