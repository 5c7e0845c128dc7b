"""The grammar of a radiologist's letter: headings, signatures, who is named.

Findings and Impression are what is kept of a study's report; everything around them
says who the patient is, who asked and who answers. Where they begin and end is told by
headings and signature words of the consortium's languages (``vocabulary.toml``), not by
the layout of one hospital.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache, lru_cache
from operator import itemgetter

from site_agent.deidentify.text.due_names import initialled
from site_agent.deidentify.text.lexicon import BETWEEN, CAPITAL, HEADED, SIGNED, TITLE
from site_agent.deidentify.text.name_runs import name_run, whole_run
from site_agent.deidentify.text.names import PersonName, parse_name
from site_agent.deidentify.text.page import Page, open_page
from site_agent.deidentify.text.persons import find_persons
from site_agent.deidentify.text.ranks import skip_titles
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import either, phrases, words, words_of

_DECORATION = " \t*_#=>|-\u2022\u2013\u2014"
_LONGEST_LABEL = 48
_MOST_MARKS = 8  # of Markdown, before a heading
_COLON = re.compile(r"\s{0,3}:|(?<=\w) - ")
_COLON_AFTER = re.compile(r"[\s*_]{0,3}:[*_]{0,2}| - ")
_WITHIN_LABEL = re.compile(r"[^\n.;:!?|]{1,4}")
_RULE = re.compile(r"\n[ \t]{0,7}(?P<rule>[_=*~-]{5,80})")
_END_OF_LINE = re.compile(r"[ \t]{0,80}(?:\n|$)")
_GAP = re.compile(r"\n[ \t]*+\n\s{0,9}")
_ALONE = re.compile(r"\.?[ \t]*(?:\n|$)")
_BEFORE_SIGNATURE = re.compile(r"[.!?)\]][ \t]{1,9}")
_FIRST_AND_LAST = itemgetter(0, 1)


class Section(Enum):
    """What a part of a letter is; only the first two are kept of a study's report."""

    FINDINGS = "findings"
    IMPRESSION = "impression"
    CONTEXT = "context"
    """Indication, comparison, technique: clinical, and not kept."""
    OTHER = "other"
    """Letterhead, patient line, signature."""


Cut = tuple[int, int, Section]
"""Where a section's heading begins, where its text begins, and what it is."""


def cuts_of(page: Page) -> list[Cut]:
    """Find where the sections of a letter begin, in order.

    A heading stands at the beginning of a line or of a sentence, or in capitals
    anywhere, and is followed by a colon; or it has a line for itself. A signature ends
    its section.
    """
    cuts = [*_headings(page), *_signatures(page)]
    return sorted(cuts, key=_FIRST_AND_LAST)


def sections_of(text: str, first: Section = Section.OTHER) -> dict[Section, str]:
    """Split a letter at its headings.

    What comes before the first heading belongs to `first`. Text of the same section in
    several places is joined by a line break.

    Returns
    -------
    dict
        The stripped text of FINDINGS and IMPRESSION, ``""`` where there is none.
    """
    page = open_page(text)
    kept: dict[Section, list[str]] = {Section.FINDINGS: [], Section.IMPRESSION: []}
    for start, end, section in parts_of(page, cuts_of(page), first):
        part = text[start:end].lstrip("*_ \t\n").rstrip()
        if part and section in kept:
            kept[section].append(part)
    return {section: "\n".join(parts) for section, parts in kept.items()}


def parts_of(page: Page, cuts: Iterable[Cut], first: Section) -> Iterator[Cut]:
    """Give ``[start, end)`` of the text below each heading, and what it is."""
    end_of_all = len(page.text)
    bounds = [(0, 0, first), *cuts, (end_of_all, end_of_all, Section.OTHER)]
    for (_, start, section), (end, _, _) in itertools.pairwise(bounds):
        if start < end:
            yield start, end, section


def section_of_field(name: str) -> Section:
    """Tell the section of a field from its name (``Befund``); OTHER for the rest."""
    return _known_headings().get(fold(name).strip().replace("_", " "), Section.OTHER)


def people_of(text: str) -> Iterator[PersonName]:
    """Find the persons whom a letter names with a title, in its head, in its end."""
    page = open_page(unicodedata.normalize("NFC", text))
    for (start, end), _ in find_persons(page):
        yield from parse_name(page.text[page.starts[start] : page.ends[end - 1]])
    for _, place, _ in _signatures(page):
        start = page.word_before(place) + (page.starts[0] < place if page.words else 0)
        while start < len(page.words) and page.starts[start] < place:
            start += 1
        start = skip_titles(page, start)
        end = whole_run(page, start) if start < len(page.words) else start
        if end > start:
            yield from parse_name(page.text[page.starts[start] : page.ends[end - 1]])


def _headings(page: Page) -> Iterator[Cut]:
    known, text, longest = _known_headings(), page.text, _longest_by_last_word()
    folds, gaps, kinds, last = page.folds, page.gaps, page.kinds, len(page.words) - 1
    for at in page.openings:
        gap = gaps[at + 1]
        if (gap == " " and at < last) or not kinds[at] & HEADED:
            continue
        if ("\n" in gap or at == last) and (alone := _line_alone(page, at)):
            yield alone
        if not (colon := _coloned(gap)):
            continue
        after, most = page.ends[at] + colon, longest[folds[at]]
        for begin in _label_starts(page, at, most) if most > 1 else (at,):
            start = page.starts[begin]
            label = folds[at]
            if begin < at:
                label = " ".join(page.folded[start : page.ends[at]].split())
            if (section := known.get(label)) is None:
                continue
            if not start or text[start - 1] == "\n":  # nearly always
                yield start, after, section
                continue
            before = text[max(0, start - 6) : start].rstrip(_DECORATION)
            begins_line = not before or before[-1] == "\n"
            begins_sentence = begins_line or before[-1] in ".;:!?)]"
            kept = section in (Section.FINDINGS, Section.IMPRESSION)
            capital = text[start].isupper() and kept
            shouted = (
                text[start : page.ends[at]].isupper() and ":" in gaps[at + 1][:colon]
            )
            if begins_line or shouted or (begins_sentence and capital):
                near = text[max(0, start - _MOST_MARKS) : start] if begins_line else ""
                marked = start - len(near) + len(near.rstrip("*_#"))
                yield marked, after, section


@lru_cache(maxsize=1 << 10)
def _coloned(gap: str) -> int:
    """Give the length of the colon that begins a gap after a label, 0 without one.

    A label may end with a number or a bracket: ``Findings (2 views):``.
    """
    colon = _COLON_AFTER.match(gap)
    return colon.end() if colon else 0


def _label_starts(page: Page, at: int, most: int) -> Iterator[int]:
    """Give the first words of the labels of `most` words that may end with `at`."""
    yield at
    for begin in range(at - 1, at - most if at >= most else -1, -1):
        gap = page.gaps[begin + 1]
        if gap != " " and ("\n" in gap or not _WITHIN_LABEL.fullmatch(gap)):
            return
        if page.ends[at] - page.starts[begin] > _LONGEST_LABEL:
            return
        yield begin


def _line_alone(page: Page, at: int) -> Cut | None:
    """Give the heading that ends with a line's last word, if it fills the line."""
    folded = page.folded
    start = folded.rfind("\n", 0, page.starts[at]) + 1
    end = folded.find("\n", page.ends[at])
    end = len(folded) if end < 0 else end
    if end - start > _LONGEST_LABEL:
        return None
    section = _known_headings().get(folded[start:end].strip(_DECORATION + ":"))
    return None if section is None else (start, end, section)


def _signatures(page: Page) -> Iterator[Cut]:
    """Where the end of a letter begins: its words, or a titled name after a gap."""
    text, folded, first_words = page.text, page.folded, _signatures_by_first_word()
    folds, gaps, kinds = page.folds, page.gaps, page.kinds
    for word in page.openings:
        if not kinds[word] & SIGNED:
            continue
        gap = gaps[word]
        newline = "\n" in gap
        inside = not newline and word
        if inside and (gap == " " or not _BEFORE_SIGNATURE.search(gap)):
            continue
        start, may_be = page.starts[word], first_words[folds[word]]
        if not folded.startswith(may_be, start):
            continue
        for phrase in may_be:
            if _signs(page, word, phrase, newline or not word):
                yield start, start + len(phrase), Section.OTHER
                break
    for line in _RULE.finditer(text):
        start, end = line.span("rule")
        if not _END_OF_LINE.match(text, end):
            continue
        before = folded[folded.rfind("\n", 0, start - 1) + 1 : start]
        if before.strip(_DECORATION + ":\n") not in _known_headings():
            yield start, end, Section.OTHER
    for blank in _GAP.finditer(text):
        word = page.word_before(blank.end())
        if word < 0 or page.starts[word] != blank.end():
            continue
        if gaps[word + 1][:1] == ":" and not kinds[word] & (TITLE | BETWEEN):
            continue
        name = skip_titles(page, word)
        end = name_run(page, name) if name < len(page.words) else name
        titled = name > word and end > name and bool(page.kinds[word] & TITLE)
        short = initialled(page, name) if name < len(page.words) else name
        alone = short > name and _ALONE.match(page.gaps[short]) is not None
        end = max(end, short)
        if titled or alone or (end > name and _has_role(page, end)):
            yield blank.end(), page.starts[name], Section.OTHER


def _signs(page: Page, word: int, phrase: str, begins_line: bool) -> bool:
    """Whether a signature's phrase stands here, and as one."""
    text, folded = page.text, page.folded
    start = page.starts[word]
    end = start + len(phrase)
    if not folded.startswith(phrase, start) or folded[end : end + 1].isalnum():
        return False
    capital = bool(page.kinds[word] & CAPITAL) or phrase.endswith(".")
    long, coloned = " " in phrase, _COLON.match(folded, end) is not None
    if begins_line:
        if long or coloned:
            return capital
        before = text[max(0, start - _LONGEST_LABEL) : start].rstrip(_DECORATION)
        line_before = before.rstrip(" \t\n")
        new_line = not before or before[-1] == "\n"
        ended = not line_before or line_before[-1] in ".:!?)]" or "\n\n" in before[-3:]
        return capital and new_line and ended
    return capital and (long or coloned or _by().match(folded, end) is not None)


def _has_role(page: Page, word: int) -> bool:
    """Whether a role stands after a name: ``, MD``."""
    at = page.ends[word - 1]
    after = page.folded[at : at + 40]
    near = after.lstrip(" ,")
    if len(near) == len(after) or not near.startswith(_roles()):
        return False
    return any(
        near.startswith(role) and not near[len(role) : len(role) + 1].isalnum()
        for role in _roles()
    )


@cache
def _by() -> re.Pattern[str]:
    """Match what stands between a signature's word inside a line and a name."""
    links, titles = (either(words("labels", entry)) for entry in ("by", "titles"))
    return re.compile(rf"\s{{0,2}}:|\s(?:{links})\s|\s(?:{titles})\b")


@cache
def _roles() -> tuple[str, ...]:
    return tuple(phrases("roles"))


@cache
def _known_headings() -> dict[str, Section]:
    return {
        phrase: section
        for section in (
            Section.OTHER,
            Section.CONTEXT,
            Section.IMPRESSION,
            Section.FINDINGS,
        )
        for phrase in phrases(section.value)
    }


@cache
def _longest_by_last_word() -> dict[str, int]:
    """Map the last words of headings to how many words those have at most."""
    longest: dict[str, int] = {}
    for phrase in _known_headings():
        *before, last = words_of(phrase)
        longest[last] = max(longest.get(last, 0), len(before) + 1)
    return longest


@cache
def _signatures_by_first_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for phrase in sorted(phrases("signature"), key=len, reverse=True):
        found.setdefault(words_of(phrase)[0], []).append(phrase)
    return {first: tuple(listed) for first, listed in found.items()}
