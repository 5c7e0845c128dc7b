"""What stands around the name of an institution: article, town, legal form, number."""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.lexicon import CAPITAL, CAPS, HOUSE
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.place_words import Part, ends_there, part_of
from site_agent.deidentify.text.vocabulary import either, phrases, words

NUMBER_NEXT = re.compile(r"\.? ?\d{1,2}(?!\d|[.,/:]\d)")
_NUMBER_AFTER = re.compile(
    r"(?: n[.\u00b0\u00ba]{1,2})? ?\d{1,2}(?=[)\],;\n]|\. |\.\n|\.?$)"
)
_CODE, _LONGEST_TOWN = 2, 4


def with_article(page: Page, first: int) -> int:
    """Take in the article of an English name: ``The Royal Infirmary``."""
    before = first - 1
    while before > 0 and page.folds[before] in words("names", "before"):
        before -= 1  # The van Ooyen Clinic
    if before < 0 or page.gaps[before + 1] != " " or page.folds[before] != "the":
        return first
    return before if page.kinds[before] & CAPITAL else first


def with_town(page: Page, last: int) -> int:
    """Take in a town and a province: ``Hospital, East James``, ``Bavel AC``."""
    at = last + 1
    if at < len(page.words) and page.gaps[at] == ", ":
        while at < len(page.words) and at - last <= _LONGEST_TOWN:
            part = part_of(page, at)
            if part in (Part.NONE, Part.TITLE) or page.kinds[at] & HOUSE:
                break
            if page.folds[at] in words("dwellings", "phones"):
                break
            if part is Part.PROPER and ends_there(page, at):
                last = at
                break
            at += 1
            if at < len(page.words) and page.gaps[at] not in (" ", "-", "'"):
                break
    at = last + 1
    if at < len(page.words) and page.kinds[at] & CAPS and len(page.words[at]) == _CODE:
        bracket = page.gaps[at] == " (" and page.gaps[at + 1].startswith(")")
        closed = page.gaps[at] == " " and page.gaps[at + 1][:1] in ("", *".,)\n")
        if bracket or closed:
            return at
    return last


def with_form(page: Page, end: int) -> int:
    """Take in a number and the form of a company: ``Klinikum Aue gGmbH``."""
    after = page.text[end : end + 1]
    if after in (" ", ","):
        form = forms().match(page.folded, end)
        end = end if form is None else form.end()
    after = page.text[end : end + 1]
    if after in (" ", ".") and page.folded.endswith(_numbered(), 0, end):
        number = NUMBER_NEXT.match(page.folded, end)
        return end if number is None else number.end()
    if after == " " or after.isdigit():
        number = _NUMBER_AFTER.match(page.folded, end)
        end = end if number is None else number.end()
    return end


def with_town_behind(page: Page, end: int) -> int:
    """Take in the town of a house that has a number: ``Przychodnia nr 4 Brzeg``."""
    if not page.text[end - 1].isdigit() or page.text[end : end + 1] != " ":
        return end
    word = page.word_before(end + 1)
    if word < 0 or page.starts[word] != end + 1 or not ends_there(page, word):
        return end
    town = page.kinds[word] & CAPITAL and part_of(page, word) in (
        Part.PROPER,
        Part.FILLING,
    )
    return page.ends[word] if town else end


@cache
def _numbered() -> tuple[str, ...]:
    return tuple(words("houses", "numbered"))


@cache
def forms() -> re.Pattern[str]:
    """Match what a company's name ends with, in folded text."""
    return re.compile(rf",? (?:{either(phrases('houses', 'forms'))})(?!\w)")
