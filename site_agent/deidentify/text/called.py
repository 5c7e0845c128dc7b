"""Numbers and phones that a word before them calls one: ``MRN 4711``, ``Tel. 123``."""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.number_forms import number_at
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import ByEnd, by_last_word, either, words

_NUMBER = (
    r"(?:(?P<code>[a-z]{1,4}|[a-z]/[a-z]) (?=\d\d))?"
    r"(?P<number>[a-z]{0,6}(?:-[a-z]{1,3})?[-/]?\d[\w/.-]{0,30}(?<=\w)"
    r"(?: \d{1,6}(?![\da-z:]|[.,-]\d| ?(?:x ?\d|(?:mm|cm|kv)\b))"
    r"| / \d{1,10}(?!\d)){0,6}"
    r"(?: [a-z] \d{3}(?!\w)| [a-z](?=[,;.)\n]| {2}|\t|$)| [a-z]{2}\d(?!\w)"
    r"| [a-z]{2}(?=[,;.)\n]|$))?)"
)
_PHONE = r"(?P<number>[+(-]{0,2}\d[\d()+/ .-]{1,24}\d(?: ?[x#] ?\d{1,5}(?!\d))?)"
_SHORTEST_CALLED, _SHORTEST_PHONE = 4, 3
_LONGEST_GAP, _LONGEST_BETWEEN = 24, 8
_LONGEST_SHORT, _LONGEST_EXTENSION = 4, 6


def called_at(page: Page, start: int, word: int) -> Span | None:
    """Find a number or a phone that is called one, `word` before it."""
    ends, folds = page.ends, page.folds
    if word < 0 or start - ends[word] > _LONGEST_GAP:
        return None
    if page.gaps[word] == "-" and folds[word] in words("moments", "scored"):
        return None
    kinds = _kinds_of_numbers()
    furthest = ends[word] - _LONGEST_BETWEEN
    for at in range(word, word - 3 if word > 2 else -1, -1):
        if ends[at] < furthest:
            return None
        if folds[at] not in kinds:
            continue
        if "\n" in page.text[ends[at] : start]:
            return None
        for phrases_by_end, pattern, category in kinds[folds[at]]:
            if not ends_phrase(page, at, phrases_by_end):
                continue
            match = pattern.match(page.folded, ends[at])
            if match is None or not match.start("number") <= start < match.end():
                continue
            if _tells(match, category):
                return _whole(page, match, category, at, start)
    return None


def _whole(
    page: Page, match: re.Match[str], category: Category, at: int, start: int
) -> Span:
    """Give a number with the code before it, and what calls it where that is its own.

    `start` is its first figure, `at` the word that calls it one.
    """
    begin, end = match.span("number")
    if category is Category.ID and match["code"]:
        code = match.start("code")
        begin = code if page.text[code].isupper() else begin
    if page.folds[at] in _own(short=end - begin <= _LONGEST_EXTENSION):
        begin = page.starts[at]
    form = number_at(page.folded, start)
    if form is not None:
        end = max(end, form.end)
    return Span(begin, end, category, f"{category.name.lower()}-called")


@cache
def _own(*, short: bool) -> frozenset[str]:
    """Give the words that are part of a number which they call one."""
    own = words("numbered_phone_own", "all")
    return own | words("numbered_phone_own", "short") if short else own


@cache
def _kinds_of_numbers() -> dict[str, list[tuple[ByEnd, re.Pattern[str], Category]]]:
    """Map the last words of what numbers are called to how such numbers look."""
    found: dict[str, list[tuple[ByEnd, re.Pattern[str], Category]]] = {}
    first = rf"(?:(?:{either(words('numbers', 'called'))})\b[.:°º\s]{{0,3}})?"
    for table, form, category in (
        ("numbered_id", rf"[.:#°º/|=\s-]{{0,24}}{first}{_NUMBER}", Category.ID),
        ("numbered_phone", rf"[.:=#|\s-]{{0,24}}{first}{_PHONE}", Category.PHONE),
    ):
        by_end, pattern = by_last_word(table), re.compile(form)
        for last in by_end:
            found.setdefault(last, []).append((by_end, pattern, category))
    return found


def _tells(match: re.Match[str], category: Category) -> bool:
    """Whether a number is long enough, or so called that a short one is one too."""
    shortest = _SHORTEST_PHONE if category is Category.PHONE else _SHORTEST_CALLED
    if len(match["number"]) >= shortest:
        return True
    gap = match.string[match.start() : match.start("number")]
    if gap.startswith(". "):  # ``no. 7``, but ``in serial. 2 films``
        begun = match.start()
        word = match.string[max(0, begun - _LONGEST_SHORT) : begun]
        return not word.isalpha()
    return any(c in ":#." for c in gap)
