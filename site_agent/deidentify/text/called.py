"""Numbers and phones that a word before them calls one: ``MRN 4711``, ``Tel. 123``."""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.number_forms import number_at
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import ByEnd, by_last_word, words

_CALLED = re.compile(
    r"[.:#°º/|=\s-]{0,24}(?:(?:no|nr|n|num|numer|card)\b[.:°º\s]{0,3})?"
    r"(?:(?P<code>[a-z]{1,4}|[a-z]/[a-z]) (?=\d\d))?"
    r"(?P<number>[a-z]{0,6}(?:-[a-z]{1,3})?[-/]?\d[\w/.-]{0,30}(?<=\w)"
    r"(?: \d{1,6}(?![\da-z:]|[.,-]\d| ?(?:x ?\d|(?:mm|cm|kv)\b))"
    r"| / \d{1,10}(?!\d)){0,6}"
    r"(?: [a-z] \d{3}(?!\w)| [a-z](?=[,;.)\n]|$)| [a-z]{2}\d(?!\w)"
    r"| [a-z]{2}(?=[,;.)\n]|$))?)"
)
_CALLED_PHONE = re.compile(
    r"[.:=#|\s-]{0,24}(?:(?:no|nr|n)\b[.:°º\s]{0,3})?"
    r"(?P<number>[+(-]{0,2}\d[\d()+/ .-]{1,24}\d(?: ?[x#] ?\d{1,5}(?!\d))?)"
)
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
    for at in range(word, max(-1, word - 3), -1):
        if ends[at] < furthest:
            return None
        if folds[at] not in kinds:
            continue
        if "\n" in page.text[ends[at] : start]:
            return None
        for phrases_by_end, pattern, category in kinds[folds[at]]:
            if ends_phrase(page, at, phrases_by_end):
                match = pattern.match(page.folded, page.ends[at])
                if (
                    match is not None
                    and match.end() > start
                    and _tells(match, category)
                ):
                    begin, end = match.span("number")
                    if begin > start:
                        continue
                    if category is Category.ID and match["code"]:
                        code = match.start("code")
                        begin = code if page.text[code].isupper() else begin
                    own = page.folds[at]
                    if own in words("numbered_phone_own", "all") or (
                        end - begin <= _LONGEST_EXTENSION
                        and own in words("numbered_phone_own", "short")
                    ):
                        begin = page.starts[at]
                    form = number_at(page.folded, start)
                    if form is not None and form.end > end:
                        end = form.end
                    return Span(begin, end, category, f"{category.name.lower()}-called")
    return None


@cache
def _kinds_of_numbers() -> dict[str, list[tuple[ByEnd, re.Pattern[str], Category]]]:
    """Map the last words of what numbers are called to how such numbers look."""
    found: dict[str, list[tuple[ByEnd, re.Pattern[str], Category]]] = {}
    for table, pattern, category in (
        ("numbered_id", _CALLED, Category.ID),
        ("numbered_phone", _CALLED_PHONE, Category.PHONE),
    ):
        by_end = by_last_word(table)
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
