"""Days and ages that are told in words, with no figure or no year to show them.

``14 May`` beside ``2 may be``, ``fünften Mai``, ``ventidue aprile``, ``third of
March``, ``ninety-three years old``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.dates import day_of_any_month
from site_agent.deidentify.text.lexicon import CAPITAL, CAPS
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import by_last_word, words, words_in

_POLISH_VERB = re.compile("[ąę]")
_CLOSED = re.compile(r"[.,;)\n]|$")
_JOINTS = frozenset((" ", "'", "\u2019"))
_SHORTEST_MONTH = 3
_MOST_WORDS = 7
# From ninety on: PS3.15 has nothing of it, HIPAA 164.514(b)(2)(i)(C) has.
_OLD = re.compile(
    r"(?<![a-z-])(?:one |a |ein)?(?:[a-z]{0,14}(?:ninet(?:y|ies|ieth)|neunzig|noventa"
    r"|novanta?|negentig|nittio|dziewiecdziesi[a-z]{1,6}|hundred|hundert)[a-z]{0,8}"
    r"|quatre-vingt-(?:dix|onze|douze|treize|quatorze|quinze|seize))"
    r"(?:[ -](?:(?:and|y|e|i) )?[a-z]{2,9}){0,2}?"
    r"(?=[ -]{0,2}(?:years?|yrs?|yo|jahre?|jahrig|ans|anos|anni|jaar|jarig|lat|letni"
    r"|ar(?:ig|s)?(?![a-z]))|(?<=jahrige)|(?<=jahriger)|(?<=jahrigen)|(?<=jarige)"
    r"|(?<=[aeou]enn[ei]))"
)
_AGED = re.compile(
    r"(?<=aged )ninety"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?(?![a-z])"
)


def day_of_month(page: Page, start: int) -> Span | None:
    """Find the day at `start` whose month may be another word as well."""
    month = day_of_any_month(page.folded, start)
    if month is None:
        return None
    first, last = month
    word = page.word_before(first)
    written, folded = page.words[word], page.folds[word]
    if is_other_word(page, word):
        return None
    unsure = page.language == "en" and folded in words("worded", "may_be")
    if unsure or not page.language:
        capital = page.kinds[word] & CAPITAL and not (
            page.kinds[word] & CAPS and word and page.kinds[word - 1] & CAPS
        )
        told = word and ends_phrase(page, word - 1, by_last_word("dated"))
        if "." in page.gaps[word]:  # grade 2/4. May-Thurner
            return None
        if not (capital or told or _CLOSED.match(page.text, last)):
            return None
    elif _POLISH_VERB.search(written):
        return None
    return Span(start, last, Category.DATE, "day-and-month")


def is_other_word(page: Page, word: int) -> bool:
    """Whether what is a month elsewhere is another word in the language of the text."""
    listed = words_in("no_months", page.language) if page.language else ()
    return page.folds[word] in listed


def ages_in_words(page: Page) -> Iterator[Span]:
    """Find ages over 89 that are written in words; one of them is of kind AGED."""
    for match in _OLD.finditer(page.folded):
        yield Span(*match.span(), Category.AGE, "age-over-89")
    for match in _AGED.finditer(page.folded):
        yield Span(*match.span(), Category.AGE, "age-over-89")


def worded_day(page: Page, month: int) -> Span | None:
    """Find a day in words before the word of a month, and a year in words after it."""
    if not month or page.gaps[month] not in _JOINTS:
        return None
    name = page.folds[month]
    if name in words("worded", "short") or len(name) < _SHORTEST_MONTH:
        return None
    if name == "may" and not page.kinds[month] & CAPITAL:
        return None
    first, ands = month - 1, words("worded", "ands")
    if page.folds[first] in words("worded", "links") and first:
        first -= 1
    if not _is_number(page.folds[first], "days") or not _joined(page, first, month):
        return None
    while first and month - first < _MOST_WORDS and page.gaps[first] in (" ", "-"):
        said = page.folds[first - 1]
        further = said in ands and first > 1
        if _is_number(said, "days"):
            first -= 1
        elif further and _is_number(page.folds[first - 2], "days"):
            first -= 2
        else:
            break
    last = _last_of_year(page, month)
    return Span(page.starts[first], page.ends[last], Category.DATE, "date-in-words")


def end_of_year(page: Page, end: int) -> int | None:
    """Give where a year in words ends that follows the month which ends at `end`."""
    month = page.word_before(end - 1)
    if month < 0 or page.ends[month] != end:
        return None
    return page.ends[_last_of_year(page, month)]


def _last_of_year(page: Page, month: int) -> int:
    """Give the last word of the year in words after a month; the month for none."""
    last, between = month, words("worded", "links") | words("worded", "ands")
    while last + 1 < len(page.words) and last - month < _MOST_WORDS:
        said = page.folds[last + 1]
        if page.gaps[last + 1] not in (" ", "-", ", "):
            break
        year = _is_number(said, "years") or said.startswith(_centuries())
        if not (year or said in between):
            break
        last += 1
    while page.folds[last] in between:
        last -= 1
    return max(last, month)


def _joined(page: Page, first: int, last: int) -> bool:
    return all(page.gaps[at] in _JOINTS for at in range(first + 1, last + 1))


def _is_number(folded: str, table: str) -> bool:
    """Whether a word is one of a day or a year, as listed or with a letter more."""
    listed = _numbers(table)
    return folded in listed or folded[:-1] in listed


@cache
def _centuries() -> tuple[str, ...]:
    return tuple(words("worded", "centuries"))


@cache
def _numbers(table: str) -> frozenset[str]:
    return words("numbers", "days") | words("numbers", table)
