"""Where the findings of a report stand: its headings.

What follows ``Findings:`` or ``Impression:`` is labelled; what follows ``Indication:``,
``Comparison:`` or ``Technique:`` says nothing of this film. A heading begins a line or
a sentence, or is written in capitals, and is followed by a colon; or it has a line for
itself. A text without headings is all findings.

Findings often stand under no heading of theirs: ``Indication: cough. Large effusion.``
Where no heading begins them, a comparison is one sentence and an indication one
paragraph; and where that leaves nothing, whatever follows the first sentence counts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from site_agent.label.sentences import was_ended

Span = tuple[int, int]


class Section(StrEnum):
    """What a part of a report is; the names are those of the packs' headings.

    A TITLE names the examination; findings may follow it at once, and are read unless a
    heading for them follows. An ORGAN heads some of the findings (``Heart:``), and
    others may stand before it. FILM is what the film is compared with and how it was
    taken.
    """

    FINDINGS = "findings"
    IMPRESSION = "impression"
    ORGAN = "organ"
    TITLE = "title"
    FILM = "film"
    OTHER = "other"


_Heading = tuple[int, int, Section]  # its start, the start of its text, its section

_LONGEST = 48  # characters of a heading
_LONGEST_TITLE = 80  # characters before all headings that may name the film and no more
_DECORATION = " \t*_#=>|-\u2022\u2013\u2014"
_COLON = re.compile(r":")
_STROKE = re.compile(r"[/&]")
_COLON_OR_DASH = re.compile(r":|(?<=\w) - ")
_SENTENCE = re.compile(r"[\n.;:!?)\]]")
_SENTENCE_END = re.compile(r"[.;?!]\s|\n")
_STOP_OR_LINE = re.compile(r"[.;:]\s|\n")
_PARAGRAPH_END = re.compile(r"[.?!]\n|\n[ \t]*\n")
_WORD_OR_GAP = re.compile(r"\w|\n[ \t]*\n")
_LETTER = re.compile(r"[^\W\d_]")


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
    return read_sections(text, headings)[0]


def read_sections(
    text: str, headings: Mapping[str, Section]
) -> tuple[list[Span], bool]:
    """Tell the same, and whether there is more than asides: else nothing is sure."""
    cuts = sorted(_headings(text, headings))
    if not cuts:
        return [(0, len(text))], True
    ends = [start for start, _, _ in cuts[1:]] + [len(text)]
    parts = [(*cut, end) for cut, end in zip(cuts, ends, strict=True)]
    told = any(
        section is Section.FINDINGS and says_something(text, body, end)
        for _, body, section, end in parts
    )
    first = cuts[0][0]
    spans = [] if told else [(0, first)]
    found = False
    said = len(text[:first].strip()) > _LONGEST_TITLE and not told
    for start, body, section, end in parts:
        if _is_read(section, told=told and not found):
            spans.append((start, end))
            found = True
            said = said or says_something(text, body, end)
            continue
        rest = _aside_end(text, (start, body, section), end, inside=found, told=told)
        if rest < end:
            spans.append((rest, end))
            said = said or says_something(text, rest, end)
    if not said and (rest_of_aside := _under_no_heading(text, parts)):
        spans = [(0, first), rest_of_aside]
    said = said or says_something(text, 0, first)
    return [(start, end) for start, end in spans if start < end], said


def says_something(text: str, start: int = 0, end: int = sys.maxsize) -> bool:
    """Whether there is a word in a part of a text."""
    return _LETTER.search(text, start, end) is not None


def _is_read(section: Section, *, told: bool) -> bool:
    """Whether a section is labelled; `told` if a heading for findings is to come."""
    if section is Section.TITLE:
        return not told
    return section in (Section.FINDINGS, Section.IMPRESSION, Section.ORGAN)


def _under_no_heading(
    text: str, parts: Sequence[tuple[int, int, Section, int]]
) -> Span | None:
    """Give what follows the first sentence of the last section that has more.

    Or its first line, if that was ended on purpose: ``Indication: cough. ?pneumonia``.
    """
    for _, body, section, end in reversed(parts):
        if _is_read(section, told=False):
            continue
        word = _LETTER.search(text, body, end)
        if word is None:
            continue
        line = text.find("\n", word.end(), end)
        if line > 0 and text[line + 1 : line + 2].isupper() and was_ended(text, line):
            return line + 1, end
        stops = _SENTENCE_END.finditer(text, word.end(), end)
        stop = next((each for each in stops if not _is_wrapped(text, each)), None)
        if stop and says_something(text, stop.end(), end):
            return stop.end(), end
    return None


def _aside_end(
    text: str, heading: _Heading, end: int, *, inside: bool, told: bool
) -> int:
    """Tell where a section of no findings ends.

    ``Comparison: none.`` amid a paragraph of findings is one sentence, and everywhere
    where no heading begins the findings. There an empty line ends an indication, and a
    line that ends with a full stop.
    """
    start, body, section = heading
    if inside and start and not text[start:body].isupper():
        before = text[max(0, start - 6) : start].rstrip(_DECORATION)
        if before and before[-1] != "\n":
            stop = _SENTENCE_END.search(text, body, end)
            return stop.end() if stop else end
    if told:
        return end
    ends = _PARAGRAPH_END if section is Section.OTHER else _STOP_OR_LINE
    begins = _WORD_OR_GAP.search(text, body, end)
    stops = ends.finditer(text, begins.start() if begins else body, end)
    return next((s.end() for s in stops if not _goes_on(text, s)), end)


def _goes_on(text: str, stop: re.Match[str]) -> bool:
    """Whether a line was broken inside a sentence: a small letter follows."""
    if stop[0] != "\n":
        return False
    follows = text[stop.end() : stop.end() + 4].lstrip(" \t")
    return follows[:1].islower() or follows[:1].isdigit()


def _is_wrapped(text: str, stop: re.Match[str]) -> bool:
    """Whether a line was broken where it was full, a capital letter behind or not."""
    if stop[0] != "\n" or _goes_on(text, stop):
        return stop[0] == "\n"
    follows = text[stop.end() : stop.end() + 1]
    return follows.isupper() and not was_ended(text, stop.start())


def _headings(text: str, headings: Mapping[str, Section]) -> Iterator[_Heading]:
    colons = _COLON_OR_DASH if " - " in text else _COLON
    for colon in colons.finditer(text):
        window = text[max(0, colon.start() - _LONGEST) : colon.start()]
        label = _SENTENCE.split(window)[-1]
        start = colon.start() - len(label)
        bare = label.lstrip(_DECORATION)
        place = start + len(label) - len(bare)
        section = _section_of(_plain(bare), headings)
        if section is not None:
            yield place, colon.end(), section
            continue
        words = bare.rstrip(_DECORATION).split(" ")
        for skipped in range(max(1, len(words) - 4), len(words)):
            shouted = " ".join(words[skipped:])
            if shouted.isupper():
                section = _section_of(_plain(shouted), headings)
            if section is not None:
                place = colon.start() - len(bare) + bare.rindex(shouted)
                yield place, colon.end(), section
                break
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if 0 < len(line) <= _LONGEST and ":" not in line and "." not in line:
            section = _section_of(_plain(line), headings)
            if section is not None:
                yield start, end, section
        start = end + 1


def _section_of(label: str, headings: Mapping[str, Section]) -> Section | None:
    """Give what a heading begins; of two (``History/Indication``) what is read."""
    known = headings.get(label)
    if known is not None or not _STROKE.search(label):
        return known
    each = [headings.get(part.strip()) for part in _STROKE.split(label)]
    if None in each:
        return None
    return next((s for s in each if s and _is_read(s, told=False)), each[0])


def _plain(label: str) -> str:
    return " ".join(label.strip(_DECORATION).lower().split())
