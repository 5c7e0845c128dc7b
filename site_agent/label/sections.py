"""Where the findings of a report stand: its headings.

What follows ``Findings:`` or ``Impression:`` is labelled; what follows ``Indication:``,
``Comparison:`` or ``Technique:`` says nothing of this film. A heading begins a line or
a sentence, or is written in capitals, and is followed by a colon; or it has a line for
itself. A text without headings is all findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

Span = tuple[int, int]


class Section(StrEnum):
    """What a part of a report is; the names are those of the packs' headings."""

    FINDINGS = "findings"
    IMPRESSION = "impression"
    OTHER = "other"


_Heading = tuple[int, int, Section]  # its start, the start of its text, its section

_LONGEST = 48  # characters of a heading
_DECORATION = " \t*_#=>|-\u2022\u2013\u2014"
_COLON = re.compile(r":|(?<=\w) - ")
_SENTENCE = re.compile(r"[\n.;:!?)\]]")
_SENTENCE_END = re.compile(r"[.;]\s|\n")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_SHORT_LINE = re.compile(rf"(?m)^[^\n:.]{{1,{_LONGEST}}}$")


def findings_of(text: str, headings: Mapping[str, Section]) -> list[Span]:
    """Tell which parts of a report are findings or impression.

    Parameters
    ----------
    text
        The whole report.
    headings
        The section of each heading, in lower case with single spaces.

    Returns
    -------
    list of (start, end)
        Places in `text`, from left to right, with their headings, which may name an
        organ (``Heart: enlarged``). What stands before the first heading counts when no
        heading says where the findings begin.
    """
    cuts = sorted(_headings(text, headings))
    if not cuts:
        return [(0, len(text))]
    told = any(section is Section.FINDINGS for _, _, section in cuts)
    spans = [] if told else [(0, cuts[0][0])]
    found = False
    ends = [start for start, _, _ in cuts[1:]] + [len(text)]
    for (start, body, section), end in zip(cuts, ends, strict=True):
        if section is not Section.OTHER:
            spans.append((start, end))
            found = True
            continue
        rest = _aside_end(text, start, body, end, inside=found, told=told)
        if rest < end:
            spans.append((rest, end))
    return [(start, end) for start, end in spans if start < end]


def _aside_end(
    text: str, start: int, body: int, end: int, *, inside: bool, told: bool
) -> int:
    """Tell where a section of no findings ends.

    ``Comparison: none.`` amid a paragraph of findings is one sentence; where no heading
    begins the findings, an empty line does.
    """
    if inside and start and not text[start:body].isupper():
        before = text[max(0, start - 6) : start].rstrip(_DECORATION)
        if before and before[-1] != "\n":
            stop = _SENTENCE_END.search(text, body, end)
            return stop.end() if stop else end
    if not told:
        stop = _PARAGRAPH.search(text, body, end)
        return stop.end() if stop else end
    return end


def _headings(text: str, headings: Mapping[str, Section]) -> Iterator[_Heading]:
    for colon in _COLON.finditer(text):
        window = text[max(0, colon.start() - _LONGEST) : colon.start()]
        label = _SENTENCE.split(window)[-1]
        start = colon.start() - len(label)
        bare = label.lstrip(_DECORATION)
        place = start + len(label) - len(bare)
        section = headings.get(_plain(bare))
        if section is not None:
            yield place, colon.end(), section
            continue
        words = bare.rstrip(_DECORATION).split(" ")
        for skipped in range(max(1, len(words) - 4), len(words)):
            shouted = " ".join(words[skipped:])
            section = headings.get(_plain(shouted)) if shouted.isupper() else None
            if section is not None:
                place = colon.start() - len(bare) + bare.rindex(shouted)
                yield place, colon.end(), section
                break
    for line in _SHORT_LINE.finditer(text):
        section = headings.get(_plain(line[0]))
        if section is not None:
            yield line.start(), line.end(), section


def _plain(label: str) -> str:
    return " ".join(label.strip(_DECORATION).lower().split())
