"""What is still in doubt after a report was scrubbed.

A doubt is something that the rules can neither take away nor let pass: a script that
they do not read, a text whose words they do not know, figures that nobody called a
number. A report with a doubt is for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    INITIAL,
    UNKNOWN,
    kinds,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.uncalled import is_measured
from site_agent.deidentify.text.word_lists import is_clinical, languages

_FOREIGN = re.compile(
    r"[^\x00-\u03ff\u1e00-\u1eff\u2000-\u2bff\ufb00-\ufb06\ufffd]{2,}"
)
_GARBLED = re.compile(r"[\ufffd\u0080-\u009f]")
_FIGURES = re.compile("[0-9](?:[ ./-]?[0-9]){4,24}")
_VALUES = re.compile(r"\d{1,3}(?:\.\d{1,2})?(?:[/ ]\d{1,3}(?:\.\d{1,2})?){1,5}")
_TOGETHER, _PARTED = 5, 7  # figures that make a number
_FEWEST_DENIED = 6
_FEWEST_WORDS = 12
_FEWEST_KNOWN = 0.25
_FEWEST_SMALL = 8  # fewer than one word in so many: the text is in capitals
_SAMPLE = 60
_SHORTEST_NAME = 3
# Of ordinary reports and letters fewer than half of the sentences begin so, and in
# those in small letters nearly all.
_FEWEST_BEGUN, _BEGUN_SMALL = 3, 0.7
_MOST_CAPITALS = 0.12
_BEGINS = re.compile(r"\n|[.!?]\s")
_FIGURE = re.compile(r"\d")


def find_doubts(page: Page, spans: Sequence[Span]) -> Iterator[Span]:
    """Find what is in doubt; `spans` are what was found to identify, in order."""
    if not page.plain:
        for match in _FOREIGN.finditer(page.text):
            if any(letter.isalpha() for letter in match[0]):
                yield Span(*match.span(), Category.DOUBT, "script-not-read")
                break
        garbled = _GARBLED.findall(page.text)
        if len(garbled) * 50 > len(page.text):
            yield Span(0, len(page.text), Category.DOUBT, "characters-lost")
    yield from _figures(page, spans)
    yield from _language(page, spans)
    yield from _without_capitals(page, spans)


def _figures(page: Page, spans: Sequence[Span]) -> Iterator[Span]:
    """Find long figures that no rule took."""
    at = end = 0
    folded, figures = page.folded, page.figures
    for start in [
        start
        for (start, stop), (following, _) in pairwise((*figures, (0, 0)))
        if stop - start >= _TOGETHER or following - stop == 1
    ]:
        if start < end:
            continue
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        taken = at < len(spans)
        if taken and spans[at][0] <= start and not _goes_on(folded, spans[at][1]):
            end = spans[at][1]
            continue
        match = _FIGURES.match(folded, start)
        if match is None:
            continue
        end = match.end()
        if taken and spans[at][0] < end:
            continue
        digits = sum(map(str.isdigit, match[0]))
        together = digits == end - start
        if digits < (_TOGETHER if together else _PARTED):
            continue
        if together and digits < _PARTED and folded.startswith("^", end):
            continue  # HL7: 71046^CHEST 2 VIEWS
        if _VALUES.fullmatch(match[0]) and "." in match[0]:
            continue  # 7.31/8.2/5.1
        if is_measured(page, start, end, page.word_before(start)):
            continue
        yield Span(*match.span(), Category.DOUBT, "figure-not-understood")


def _goes_on(folded: str, end: int) -> bool:
    """Whether a figure that ends at `end`, or before, may go on there."""
    after = folded[end : end + 2]
    return after[:1].isdigit() or (after[:1] in " ./-" and after[1:].isdigit())


def _language(page: Page, spans: Sequence[Span]) -> Iterator[Span]:
    """Doubt a text in a language without lists, or of which too few words are known."""
    if page.language and page.language not in languages():
        yield Span(0, len(page.text), Category.DOUBT, "language-without-lists")
        return
    if len(page.words) < _FEWEST_WORDS:
        return
    denied = len([1 for span in spans if span[3] == "unknown-word"])
    if denied < _FEWEST_DENIED:
        return
    small = [
        word
        for word, kind in zip(page.words, page.kinds, strict=True)
        if len(word) > 3 and not kind & CAPITAL
    ][:_SAMPLE]
    if len(small) * _FEWEST_SMALL < len(page.words):
        loud = sum(1 for kind in page.kinds if kind & UNKNOWN)
        known = 1 - loud / len(page.words)
    else:
        known = sum(is_clinical(fold(word), page.language) for word in small) / len(
            small
        )
    if known < _FEWEST_KNOWN:
        yield Span(0, len(page.text), Category.DOUBT, "language-not-known")


def _without_capitals(page: Page, spans: Sequence[Span]) -> Iterator[Span]:
    """Doubt the first word that no list knows of a text in small letters.

    Nothing else there shows a name.
    """
    if not _is_small(page):
        return
    listed, at = kinds(page.language), 0
    for start, word in zip(page.starts, page.words, strict=True):
        if len(word) < _SHORTEST_NAME or not listed[word.capitalize()] & UNKNOWN:
            continue
        while at < len(spans) and spans[at].end <= start:
            at += 1
        if at == len(spans) or spans[at].start > start:
            yield Span(start, start + len(word), Category.DOUBT, "no-capitals")
            return


def _is_small(page: Page) -> bool:
    """Whether a text is written in small letters: lines and sentences begin so.

    A few capitals say nothing else: of a device, of an abbreviation, of a title.
    """
    capitals = page.shapes.count(CAPITAL) + page.shapes.count(CAPITAL | INITIAL)
    if capitals > _MOST_CAPITALS * len(page.words):
        return False
    small = begun = 0
    for at, gap in enumerate(page.gaps[:-1]):
        if at and (gap == " " or not _BEGINS.search(gap)):
            continue
        if _FIGURE.search(gap) is None:
            begun += 1
            small += not page.kinds[at] & CAPITAL
    if small >= _FEWEST_BEGUN and small >= _BEGUN_SMALL * begun:
        return True
    return page.shapes.count(0) == len(page.words)
