"""The initials of who dictated a letter and of who wrote it: ``Diktat: Yi/ob``.

They stand after a word for it, or as the last thing of the letter: ``CBL/sd``,
``kl-190225-gs``, ``... överläkare / ÅS/mk``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from site_agent.deidentify.text.lexicon import (
    CAPITAL,
    CAPS,
    CLINICAL,
    COMMON,
    CUE,
    FUNCTION,
    HEADED,
    LABEL,
    LETTER,
    SIGNED,
    TITLE,
    TYPED,
    UNKNOWN,
)
from site_agent.deidentify.text.page import Page, ends_phrase
from site_agent.deidentify.text.ranks import is_role
from site_agent.deidentify.text.spans import Category, Span
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import by_last_word, words
from site_agent.deidentify.text.word_lists import is_clinical

_L = r"[^\W\d_]"
_CALLED = re.compile(
    r"(?P<gap>[.:]{0,2} ?)"
    rf"(?P<code>{_L}{{1,4}}(?:[/.:-]{_L}{{1,4}}){{1,2}}|{_L}{{2,3}})"
    rf"(?=(?: [a-z]{{1,3}})? \d|[.,;)]?\s*(?:\n|$)|[.,;)]|\s{{1,3}}[A-Z]:| ?[/|])"
)
# Two people: the whole of a line, or what stands behind a stroke at its end.
_LINE = re.compile(
    rf"[-\[(/ ]{{0,2}}(?P<one>{_L}{{1,12}}+)(?:[/:]{{1,2}}|-(?=[a-z]))"
    rf"(?P<two>{_L}{{1,12}}+)"
    rf"(?:[/:-]{_L}{{1,4}})?(?:[ ,/-]{{1,2}}\d[\d./-]{{0,9}}| {_L}{{2,5}} ?\d{{0,3}})?"
    r"[-\])]{0,2}"
)
_ONE = re.compile(rf"(?P<mark>[-/] ?)?(?P<one>{_L}{{2,4}})(?: \d{{4,8}}| ?-)?")
_PAIR = re.compile(r"[A-Z]{2,3}/[a-z]{2}")
_NUMBERED = re.compile(rf"{_L}{{2,4}}+[-/]\d{{4,8}}[-/]{_L}{{2,4}}")
_AT_END = re.compile(rf"(?:(?<=[\s/|,]))(?P<one>{_L}{{2,4}})/(?P<two>{_L}{{2,4}})$")
_BOTH = re.compile(r"\bD: ?[A-Z]{2,4},? {1,2}T: ?[A-Za-z]{2,4}\b")
# Before initials at the end of a line, and a day that may stand behind them.
_MARK = re.compile(r"(?P<ended>[.!?)\]] {1,2})$|\d ?[/|,-] ?$|(?P<listed>[,/] |\()$")
_DAY = (
    r"(?:\d{1,4} ?(?P<by>[./-]) ?\d{1,2} ?(?P=by) ?\d{2,4}|\d{6,8}(?!\d)"
    r"|\d{1,4}(?:st|nd|rd|th)?[./ -]{0,2}(?:de |of )?[^\W\d_]{3,10}[.,/ -]{0,2}"
    r"(?:del? )?['\u2019]?\d{2,4}"
    r"|[^\W\d_]{3,9} \d{1,2},? \d{4})"
)
# Initials and a name, the day behind them: ``PMC/Ward 16APR2013``.
_NAMED = re.compile(
    rf"(?:^|(?<=[.!?] ))(?P<one>[A-Z]{{2,4}})/(?P<two>[A-Z]{_L}{{1,12}}"
    rf"(?: [A-Z]{_L}{{1,12}})?)(?:[ ,]{{1,3}}{_DAY})?$"
)
_HOUR = r"(?:[ ,]{1,2}[0-2]?\d[:.][0-5]\d)?"
# Behind the day and the hour of a signature: ``SIGNED 15.4.2004 01:19 SPM``.
_STAMPED = re.compile(
    rf"[: ]{{1,3}}{_DAY}{_HOUR} (?P<one>[A-Z]{{2,4}})"
    r"(?=[ .]?[ \t\n,;)|]|\.?$)(?! [a-z])"
)
_TO_END = re.compile(rf"(?P<day>,? {_DAY}{_HOUR})?[.)]?(?P<end>\s*(?:\n|$))")
_DAY_BEHIND = re.compile(
    rf"(?: ?/ [^\W\d_]{{4,20}}(?:, ?| )(?:le |den )?|[ ,/|-]{{1,3}}){_DAY}{_HOUR}"
    r"\.?\s*(?:\n|$|\()"
)
_THREE = 3
_LAST_LINES, _LAST_OF_NAMES = 4, 2
_SHORT = 4
_LONGEST_LINE, _LONGEST_CODE, _LONGEST_ALONE = 60, 9, 16
_LONGEST_OF_INITIALS = 40
_LOUD = CAPITAL | CAPS


def find_typists(page: Page) -> Iterator[Span]:
    """Find initials after the words of `typed`, and at the end of a text."""
    listed = by_last_word("typed")
    for word in page.sought:
        if page.kinds[word] & TYPED and ends_phrase(page, word, listed):
            match = _CALLED.match(page.text, page.ends[word])
            if match is not None and _tells(page, word, match):
                yield Span(*match.span("code"), Category.NAME, "typist")
    yield from _stamped(page)
    yield from _last_lines(page)
    yield from _edges_of_lines(page)


def _stamped(page: Page) -> Iterator[Span]:
    """Find initials behind the day and the hour of a signature."""
    for word in page.openings:
        if not page.kinds[word] & SIGNED:
            continue
        stamp = _STAMPED.match(page.text, page.ends[word])
        if stamp is None:
            continue
        signer = page.kinds[page.word_before(stamp.start("one"))]
        if not signer & (FUNCTION | CUE | LABEL):  # ADDENDUM 11/16/20 BY
            yield Span(*stamp.span("one"), Category.NAME, "typist")


def _edges_of_lines(page: Page) -> Iterator[Span]:
    """Find initials that close a paragraph, or stand beside a day: ``... . ABK``."""
    shapes, lines = page.shapes, page.lines
    written, gaps, word = page.words, page.gaps, shapes.find(_LOUD)
    while word >= 0:
        # A line begins, or a mark stands, before them or before the word before them.
        if len(written[word]) <= _SHORT and (
            gaps[word] != " " or word < 2 or "\n" in gaps[word - 1]
        ):
            line = bisect_right(lines, word)
            first = lines[line - 1] if line else 0
            after = lines[line] if line < len(lines) else len(shapes)
            if (word == first or word >= after - 2) and _closes(page, first, word):
                yield Span(page.starts[word], page.ends[word], Category.NAME, "typist")
        word = shapes.find(_LOUD, word + 1)


def _closes(page: Page, first: int, word: int) -> bool:
    """Whether short capitals at the end or the beginning of a line are initials."""
    kind, text, end = page.kinds[word], page.text, page.ends[word]
    if is_role(page, word):
        return False
    unknown = bool(kind & UNKNOWN) and not kind & LETTER
    three = len(page.words[word]) == _THREE
    if word == first and (not word or "\n" in page.gaps[word]):
        if len(page.words[word]) < _THREE or not _DAY_BEHIND.match(text, end):
            return False
        return unknown or _signs(page, word)
    behind = _TO_END.match(text, end)
    if behind is None:
        return False
    if behind["day"] and word == first + 1 and kind & (CLINICAL | UNKNOWN):
        said = page.kinds[first] & (LETTER | TYPED | SIGNED | HEADED)
        return bool(said) and _signs(page, word)  # Rapport SRL 31-12-2017 00:06
    mark = _MARK.search(page.gaps[word])
    if mark is None:
        return False
    if mark["ended"]:
        alone = behind["day"] or behind["end"].count("\n") != 1
        quiet = 0 in page.shapes[max(first, word - _SHORT) : word]
        return bool(alone) and (unknown or (quiet and three))
    told = any(kind & (TYPED | SIGNED | TITLE) for kind in page.kinds[first:word])
    if mark["listed"]:
        named = page.kinds[word - 1] & (UNKNOWN | COMMON)
        return told and (unknown or (three and bool(named)))
    return unknown or (told and three)


def _signs(page: Page, word: int) -> bool:
    """Whether an abbreviation on one of the last lines is no film: ``GAS 3.5.2017``."""
    if page.text.count("\n", page.ends[word]) > _LAST_OF_NAMES:
        return False
    three = len(page.words[word]) == _THREE
    return three and page.folds[word] not in words("typist", "films")


def _tells(page: Page, word: int, match: re.Match[str]) -> bool:
    """Whether what follows is no word, or stands behind a colon."""
    code, gap = match["code"], match["gap"]
    if not gap:
        return False
    if not code.isalpha() or ":" in gap:
        return True
    if page.folds[word] in words("typist", "initials") and code.isupper():
        return True
    return not is_clinical(fold(code), page.language) and not code.istitle()


def _last_lines(page: Page) -> Iterator[Span]:
    """Find initials that are one of the last lines, or end one of them."""
    text = page.text
    end = len(text.rstrip())
    for line_from_end in range(_LAST_LINES):
        start = text.rfind("\n", 0, end) + 1
        if end - start <= _LONGEST_LINE or line_from_end < _LAST_OF_NAMES:
            at = _code_at(page, start, end, line_from_end)
            if at is not None:
                yield Span(at, end, Category.NAME, "typist")
            elif start and not line_from_end:
                yield from _initials(page, start, end)
        if not start:
            return
        end = start - 1
        while end and text[end - 1].isspace():
            end -= 1


def _initials(page: Page, start: int, end: int) -> Iterator[Span]:
    """Find the initials of a last line that has nothing else but words for them."""
    if end - start > _LONGEST_OF_INITIALS:
        return
    first, last = page.word_before(start - 1) + 1, page.word_before(end) + 1
    beside = _beside()
    found, initials = [], False
    for word in range(first, last):
        written, folded = page.words[word], page.folds[word]
        if len(written) == 1 or folded in beside:
            continue
        if len(written) > _SHORT or not (written.islower() or written.isupper()):
            return
        known = is_clinical(folded, page.language)
        if known and written.islower():
            return
        initials |= not known  # MR is somebody beside kp, and else a machine
        found.append(Span(page.starts[word], page.ends[word], Category.NAME, "typist"))
    if initials:
        yield from found


@cache
def _beside() -> frozenset[str]:
    return words("typist", "line").union(by_last_word("typed"))


def _code_at(page: Page, start: int, end: int, line_from_end: int) -> int | None:
    """Give where the initials begin that fill or end the line ``[start, end)``."""
    begin = max(start, end - _LONGEST_LINE)
    line = page.text[begin:end]
    joined = "/" in line or "-" in line or ":" in line
    if not joined and len(line) > _LONGEST_ALONE:
        return None
    if start and begin == start:
        first = len(line) - len(line.lstrip())
        whole = _LINE.fullmatch(line, first) if joined else None
        if whole is not None and _are_people(page, begin, whole, line_from_end):
            return begin + first
        if joined and _NUMBERED.fullmatch(line, first):
            return begin + first
        alone = _ONE.fullmatch(line, first) if not line_from_end else None
        if alone is not None and _is_one(page, alone):
            return begin + first
    if "T:" in line and (both := _BOTH.search(line)) and both.end() == len(line):
        return begin + both.start()
    if "/" in line and (named := _NAMED.search(line)) and _is_named(page, begin, named):
        return begin + named.start()
    if "/" not in line[-_SHORT - 1 :]:
        return None
    tail = _AT_END.search(line, max(0, len(line) - _LONGEST_CODE - 1))
    if tail is not None and tail["one"].isupper() and tail["two"].islower():
        return begin + tail.start("one")
    return None


def _is_named(page: Page, start: int, line: re.Match[str]) -> bool:
    """Whether what stands behind initials and a stroke is a name, and no medicine."""
    kind = page.kinds[page.word_before(start + line.start("two"))]
    return bool(kind & (UNKNOWN | COMMON)) and not kind & CAPS


def _is_one(page: Page, line: re.Match[str]) -> bool:
    """Whether the last line is the initials of one: ``mlc``, ``/mk``."""
    written = line["one"]
    if not (written.islower() or written.isupper()):
        return False
    return not is_clinical(fold(written), page.language)


def _are_people(
    page: Page, start: int, line: re.Match[str], line_from_end: int
) -> bool:
    """Whether the two parts of a line are initials or names, and no words."""
    known, parts = 0, ("one", "two")
    if _PAIR.fullmatch(line[0].strip()):
        return True
    for part in parts:
        written = line[part]
        kind = page.kinds[page.word_before(start + line.start(part))]
        if len(written) <= _SHORT:
            known += bool(kind & CLINICAL) or is_clinical(fold(written), page.language)
        elif (
            line_from_end >= _LAST_OF_NAMES
            or not kind & CAPITAL
            or not kind & (UNKNOWN | COMMON)
        ):
            return False
    return known < len(parts) and not (line["one"].isupper() and line["two"].isupper())
