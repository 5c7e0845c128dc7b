"""The grammar of a radiologist's letter: headings, signatures, who is named.

Only Findings and Impression are kept; everything around them says who the patient is,
who asked and who answers. Where they begin and end is told by headings and signature
words of the consortium's languages (``vocabulary.toml``), not by the layout of one
hospital.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from functools import cache

from site_agent.deidentify.names import PersonName, parse_name
from site_agent.deidentify.persons import find_named, name_run, skip_titles
from site_agent.deidentify.spelling import fold
from site_agent.deidentify.vocabulary import either, phrases

_DECORATION = " \t*_#=>|-\u2022\u2013\u2014"
_LINE = re.compile(r"[^\n]+")
_COLON = re.compile(r"\s{0,3}:|(?<=\w) - ")
_LONGEST_LABEL = 48
_RULE = re.compile(r"(?m)(?<=[.!?)\w]\n)\s{0,9}(?:[_=*~-]{5,})[ \t]*$")
_SENTENCE = re.compile(r"[\n.;:!?]")


class Section(Enum):
    """What a part of a letter is; only the first two are kept."""

    FINDINGS = "findings"
    IMPRESSION = "impression"
    OTHER = "other"


Cut = tuple[int, int, Section]
"""Where a section's heading begins, where its text begins, and what it is."""


def sections_of(text: str, first: Section = Section.OTHER) -> dict[Section, str]:
    """Split a letter at its headings.

    A heading stands at the beginning of a line or of a sentence, or in capitals
    anywhere, and is followed by a colon; or it has a line for itself. A signature ends
    its section. What comes before the first heading belongs to `first`. Text of the
    same section in several places is joined by a line break.

    Returns
    -------
    dict
        The stripped text of FINDINGS and IMPRESSION, ``""`` where there is none.
    """
    folded = fold(text)
    cuts = sorted([*_headings(text, folded), *_signatures(text, folded)], key=_place)
    bounds = [(0, 0, first), *cuts, (len(text), len(text), Section.OTHER)]
    kept: dict[Section, list[str]] = {Section.FINDINGS: [], Section.IMPRESSION: []}
    for (_, start, section), (end, _, _) in itertools.pairwise(bounds):
        part = text[start:end].lstrip("*_ \t\n").rstrip()
        if part and section in kept:
            kept[section].append(part)
    return {section: "\n".join(parts) for section, parts in kept.items()}


def section_of_field(name: str) -> Section:
    """Tell the section of a field from its name (``Befund``); OTHER for the rest."""
    return _known_headings().get(fold(name).strip().replace("_", " "), Section.OTHER)


def people_of(text: str) -> Iterator[PersonName]:
    """Find the persons whom a letter names with a title, in its head, in its end."""
    text = unicodedata.normalize("NFC", text)
    folded = fold(text)
    for start, end in find_named(text, folded):
        yield from parse_name(text[start:end])
    for label_end in itertools.chain(
        (end for _, end, label in _labels(folded) if label in phrases("person_lines")),
        (start for _, start, _ in _signatures(text, folded)),
    ):
        start = skip_titles(folded, _skip_space(text, label_end))
        end = name_run(text, start)
        if text[end : end + 2] == ", ":  # RUST, Margarita
            end = name_run(text, end + 2) if text[start:end].isupper() else end
        yield from parse_name(text[start:end])


def _place(cut: Cut) -> tuple[int, int]:
    return cut[0], cut[1]


def _headings(text: str, folded: str) -> Iterator[Cut]:
    known = _known_headings()
    for start, end, label in _labels(folded):
        section = known.get(label)
        if section is None:
            continue
        before = text[max(0, start - 6) : start].rstrip(_DECORATION)
        begins_line = not before or before[-1] == "\n"
        begins_sentence = begins_line or before[-1] in ".;:!?)]"
        capital = text[start].isupper() and section is not Section.OTHER
        shouted = text[start : start + len(label)].isupper() and text[end - 1] == ":"
        if begins_line or shouted or (begins_sentence and capital):
            marked = len(text[:start].rstrip("*_#")) if begins_line else start
            yield marked, end, section
    for line in _LINE.finditer(folded):
        if len(line[0]) <= _LONGEST_LABEL:
            section = known.get(line[0].strip(_DECORATION + ":"))
            if section is not None:
                yield line.start(), line.end(), section


def _labels(folded: str) -> Iterator[tuple[int, int, str]]:
    """Give one to four words before a colon: their start, the text's, and they."""
    for colon in _COLON.finditer(folded):
        window = folded[max(0, colon.start() - _LONGEST_LABEL) : colon.start()]
        label = _SENTENCE.split(window)[-1]
        parts = label.split(" ")
        for skipped in range(max(0, len(parts) - 4), len(parts)):
            words = " ".join(parts[skipped:]).lstrip(_DECORATION)
            if words:
                yield colon.start() - len(words), colon.end(), words.rstrip(_DECORATION)


def _signatures(text: str, folded: str) -> Iterator[Cut]:
    """Where the end of a letter begins: its words, or a titled name after a gap."""
    for pattern in (_signature_line(), _signature_label(), _signature_inside()):
        for match in pattern.finditer(folded):
            start = match.start("words")
            if text[start].isupper() or match["words"].endswith("."):
                yield start, match.end(), Section.OTHER
    for rule in _RULE.finditer(text):
        line = folded[folded.rfind("\n", 0, rule.start() - 1) + 1 : rule.start()]
        if line.strip(_DECORATION + ":\n") not in _known_headings():
            yield rule.start(), rule.end(), Section.OTHER
    for gap in re.finditer(r"\n[ \t]*\n\s{0,9}", text):
        name = skip_titles(folded, gap.end())
        end = name_run(text, name)
        titled = name > gap.end() and end > name
        if titled or (end > name and _role().match(folded, end)):
            yield gap.end(), name, Section.OTHER


@cache
def _known_headings() -> dict[str, Section]:
    return {
        phrase: section
        for section in (Section.OTHER, Section.IMPRESSION, Section.FINDINGS)
        for phrase in phrases(section.value)
    }


@cache
def _signature_line() -> re.Pattern[str]:
    """Write the pattern of a signature at the start of a line, after a sentence."""
    signature = either(phrases("signature"))
    return re.compile(
        r"(?:^|(?<=[.:!?)\]\n])[ \t]*\n)[^\w\n]{0,9}"
        rf"(?P<words>{signature})(?!\w)"
    )


@cache
def _signature_label() -> re.Pattern[str]:
    """Write the pattern of a signature that begins any line: a phrase, or a colon."""
    listed = phrases("signature")
    long = either(phrase for phrase in listed if " " in phrase)
    return re.compile(
        rf"(?:^|\n)[^\w\n]{{0,9}}(?P<words>(?:{long})(?!\w)"
        rf"|(?:{either(listed)})(?=[ \t]{{0,2}}:))"
    )


@cache
def _signature_inside() -> re.Pattern[str]:
    """Write the pattern of a signature inside a line; one word needs more to count."""
    listed = phrases("signature")
    long = either(phrase for phrase in listed if " " in phrase)
    short = either(phrase for phrase in listed if " " not in phrase)
    by = r"(?=\s{0,2}:|\s(?:by|par|por|von|av|da|door|przez)\s|\s(?:prof|dr|mudr)\b)"
    return re.compile(
        rf"(?<=[.!?)\]])[ \t]{{1,9}}(?P<words>(?:{long})(?!\w)|(?:{short})(?!\w){by})"
    )


@cache
def _role() -> re.Pattern[str]:
    return re.compile(rf"[ ,]{{1,3}}(?:{either(phrases('roles'))})(?!\w)")


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start] in " \t:.,-":
        start += 1
    return start
