"""Numbers that nothing calls one, and whose form leaves no doubt that they are.

``85X25825``, ``M29.964638``, ``678-280-1``, ``8405 3285``, ``NC 265289``. Figures and
letters mixed, six figures and more in a row, groups of them that are no range, no ratio
and no thousands. What has a unit or the name of a measured value beside it is clinical
(``NT-proBNP 12345 ng/l``, ``15000 units``).
"""

from __future__ import annotations

import re
from functools import cache

from site_agent.deidentify.text.lexicon import (
    CAPS,
    COMMON,
    FUNCTION,
    INITIAL,
    LABEL,
    LETTER,
)
from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.vocabulary import (
    by_last_word,
    either,
    phrases,
    words,
)

_TOKEN = re.compile(r"[a-z\d]{1,24}(?:[-/._][a-z\d]{1,16}){0,6}(?![a-z\d])")
_GROUPS = re.compile(r"\d{2,6}(?: \d{2,6}){0,4} \d{1,6}(?: [a-z]{2}(?=[,;.)\n]|$))?")
# Of British national insurance ``QQ 12 34 56 C``, of other files ``7 818 552``.
_INSURANCE = re.compile(r"(?<=[a-z]{2} )\d\d \d\d \d\d [a-z](?![a-z\d])")
_PAIRS = re.compile(r"\d\d \d\d \d\d(?! ?\d|[.,/]\d|\w)")
_MILLIONS = re.compile(r"\d \d{3} (?!000)\d{3}(?! ?\d|[.,]\d)")
_CODED = re.compile(r"[a-z]{1,4}[-/.]\d{4}[-/.][a-z]{1,4}")
_NUMBERS = re.compile(r"\d+")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.000)+|\d{1,3}\.\d{3}")
_BETWEEN_FIGURES = re.compile(r"\d[a-z]{1,3}\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIZES = re.compile(r"[\d.]{1,4}(?:x[\d.]{1,4}){1,3}[a-z]{0,2}")
_ENDS_IN_LETTER = re.compile(r"[-/.][a-z]{1,2}$")
# Of an Italian tax code, its first six letters before it.
_TAX_CODE = re.compile(r"\d\d[a-z]\d\d ?[a-z]\d{3}[a-z](?![a-z\d])")
_TAX_NAMES = re.compile(r"(?<![a-z\d])(?:[a-z]{6}|[a-z]{3} [a-z]{3}) $")
# Behind the first figures; few go on so. The last is one letter of check.
_GOES_ON = re.compile(
    r"[-/._ ]?[a-z]{0,4}+\d\d|[-/. ]\d[-/. ]\d|[-/]?[a-z]{1,4}+\d|[-/][a-z]"
)
_LETTERS_BEFORE, _JOINTS = 6, frozenset("-/._")
_LONG, _FEWEST, _PARTED = 6, 5, 7
_LONGEST_OF_RANGE, _RUN = 5, 4
_LONGEST_CODE, _CODE = 3, 2
_NO_CODE = FUNCTION | COMMON | LETTER | LABEL
_LONGEST_GAP = 3


def uncalled_at(page: Page, start: int, word: int) -> Span | None:
    """Find the number whose first figures stand at `start`, `word` before them."""
    folded = page.folded
    begin = start
    while begin and start - begin <= _LETTERS_BEFORE and _belongs(folded[begin - 1]):
        begin -= 1
    if start - begin > _LETTERS_BEFORE:
        begin = start
    while begin < start and folded[begin] in _JOINTS:
        begin += 1
    match = _TOKEN.match(folded, begin)
    stop = begin if match is None else match.end()
    if match is None or stop <= start or not _tells(match[0]):
        if begin < start:
            return None
        insured = _INSURANCE.match(folded, start)
        if insured is not None:
            begin = start - len("QQ ")
        groups = insured or _MILLIONS.match(folded, start)
        if groups is None and _is_coded(page, start, word):
            groups = _PAIRS.match(folded, start)
        if groups is None:
            groups = _GROUPS.match(folded, start)
            groups = groups if groups and _are_groups(groups[0]) else None
        if groups is None:
            code = _TAX_CODE.match(folded, start)
            if code is None:
                return None
            names = _TAX_NAMES.search(folded, max(0, start - 8), start)
            begin = start if names is None else names.start()
            return Span(begin, code.end(), Category.ID, "id-uncalled")
        stop = groups.end()
    if is_measured(page, begin, stop, word):
        return None
    return Span(begin, stop, Category.ID, "id-uncalled")


def _is_coded(page: Page, start: int, word: int) -> bool:
    """Whether two capitals begin a number in pairs: ``GH 35 14 94``."""
    if word < 0 or start - page.ends[word] != 1 or not page.kinds[word] & CAPS:
        return False
    return len(page.words[word]) == _CODE and page.text[start - 1] == " "


def may_be_uncalled(folded: str, start: int, end: int) -> bool:
    """Whether what is around the figures ``[start, end)`` goes on as a number does."""
    return end - start >= _FEWEST or _GOES_ON.match(folded, end) is not None


def _belongs(letter: str) -> bool:
    return letter in _JOINTS or "a" <= letter <= "z"


@cache
def _unit() -> re.Pattern[str]:
    units = either(phrases("measured", "units"))
    return re.compile(
        rf" ?(?:(?:{units})(?![a-z])|[%\u00b0\u00b5]|/ ?(?:\u00b5|ul|mm))"
    )


@cache
def _ends_in_unit() -> re.Pattern[str]:
    units = either(phrases("measured", "units"))
    return re.compile(rf"\d{{1,6}}(?:[.-]\d{{1,5}})?(?:{units})(?:/[a-z]{{1,4}})?")


def _tells(token: str) -> bool:
    """Whether the form of a token is that of a number and of nothing clinical."""
    if _CODED.fullmatch(token):
        return True
    if (ending := _ENDS_IN_LETTER.search(token)) is not None:
        token = token[: ending.start()]
    runs: list[str] = _NUMBERS.findall(token)
    longest, digits = max(map(len, runs)), sum(map(len, runs))
    if digits < _FEWEST:
        return False
    if longest >= _LONG:
        return True
    bare = token.strip("0123456789./-_")
    if bare:
        if longest < _RUN or _ends_in_unit().fullmatch(token):
            return False
        if _SIZES.fullmatch(token):
            return False
        return (
            _BETWEEN_FIGURES.search(token) is not None
            or token[-1].isalpha()
            or digits >= _PARTED
            or not token[0].isdigit()
        )
    if len(runs) == 1 or digits < _PARTED or _THOUSANDS.fullmatch(token):
        return False
    if len(runs) == 2:
        return runs[1].startswith("0")
    # 7.31/8.2/5.1: values with their tenths; 5.1-5.6-5.8.
    return len({c for c in token if c in _JOINTS}) == 1 or longest >= _RUN


def _are_groups(written: str) -> bool:
    runs = written.split(" ")
    figures = [run for run in runs if run.isdigit()]
    if sum(map(len, figures)) < _PARTED or max(map(len, figures)) < _RUN:
        return False
    return not all(map(_YEAR.fullmatch, figures))


def is_measured(page: Page, start: int, end: int, word: int) -> bool:
    """Whether a unit stands behind a figure, or before it what is measured."""
    if _unit().match(page.folded, end):
        return True
    if word < 0 or page.ends[word] > start or start - page.ends[word] > _LONGEST_GAP:
        return False
    if page.folded[start] == "0":  # gb 010164
        return False
    return page.folds[word] in words("measured", "values")


def with_code(page: Page, span: Span) -> Span:
    """Take the capitals in that stand before a number: ``NC 265289``."""
    start = span[0]
    if start < len("X ") or page.text[start - 1] != " ":
        return span
    if not page.text[start - 2].isupper():
        return span
    parted = start >= len("U/N ") and page.text[start - 3] == "/"
    if parted and page.text[start - 4].isupper():
        return Span(start - len("U/N "), *span[1:])
    word = page.word_before(start - 1)
    kind = page.kinds[word]
    coded = kind & INITIAL or (kind & CAPS and not kind & _NO_CODE)
    if not coded or len(page.words[word]) > _LONGEST_CODE:
        return span
    if _is_coded(page, span[0], word) and _PAIRS.fullmatch(page.text, *span[:2]):
        return Span(page.starts[word], *span[1:])
    called = page.folds[word] in by_last_word("numbered_id", "numbered_phone")
    if called and not kind & INITIAL:
        return span
    return Span(page.starts[word], *span[1:])
