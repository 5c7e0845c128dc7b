"""One report shown to a person, with what its labels rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from protos.statistics_pb2 import Assertion
from site_agent.label.resolve import Mention
from site_agent.reports.labelling import CELLS, COLUMNS, Labelled

_COLOURS = {
    Assertion.POSITIVE: "\x1b[1;31m",  # red
    Assertion.UNCERTAIN: "\x1b[1;33m",  # yellow
    Assertion.NEGATIVE: "\x1b[1;32m",  # green
}
_CUE, _OFF = "\x1b[4m", "\x1b[0m"  # underlined
_SIGNS = {Assertion.POSITIVE: "+", Assertion.UNCERTAIN: "?", Assertion.NEGATIVE: "-"}
# A terminal obeys them, so that a report could move its cursor or change its title.
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_RANK = {Assertion.POSITIVE: 0, Assertion.UNCERTAIN: 1, Assertion.NEGATIVE: 2}

Mark = tuple[int, int, str, str]  # start, end, what opens it and what closes it


def explanation(labelled: Labelled, *, coloured: bool) -> Iterator[str]:
    """Give the report with its mentions marked, then each label and its reasons.

    Parameters
    ----------
    coloured : bool
        Positive red, uncertain yellow, negative green, cues underlined; otherwise
        ``[+...]``, ``[?...]``, ``[-...]`` and ``<...>``.
    """
    text, mentions = labelled.plain.text, labelled.mentions()
    shown, at = [], 0
    for start, end, opening, closing in _marks(mentions, coloured=coloured):
        shown += [_printable(text[at:start]), opening]
        shown += [_printable(text[start:end]), closing]
        at = end
    yield "".join((*shown, _printable(text[at:]))).rstrip()
    yield ""
    for observation, cell in zip(COLUMNS, labelled.cells, strict=True):
        if not cell:
            continue
        yield f"{COLUMNS[observation]:28}{cell:>4}"
        for mention in mentions:
            if mention.observation == observation:
                yield f"    {_reason(text, mention)}"
    if not any(labelled.cells):
        yield "No label: there is no text."


def _reason(text: str, mention: Mention) -> str:
    said = _one_line(text[mention.start : mention.end])
    reason = f'{CELLS[mention.assertion]:>4}  "{said}", rule {mention.rule}'
    if mention.cue_end > mention.cue_start:
        reason += f', cue "{_one_line(text[mention.cue_start : mention.cue_end])}"'
    return reason


def _marks(mentions: list[Mention], *, coloured: bool) -> Iterator[Mark]:
    """Give what is to be marked in order and without overlap; findings go first."""
    wanted: list[tuple[int, int, int, str, str]] = []
    for each in mentions:
        opening, closing = f"[{_SIGNS[each.assertion]}", "]"
        if coloured:
            opening, closing = _COLOURS[each.assertion], _OFF
        wanted.append((_RANK[each.assertion], each.start, each.end, opening, closing))
        if each.cue_end > each.cue_start:
            opening, closing = (_CUE, _OFF) if coloured else ("<", ">")
            wanted.append((9, each.cue_start, each.cue_end, opening, closing))
    taken: list[Mark] = []
    for _, start, end, opening, closing in sorted(wanted):
        if all(end <= first or last <= start for first, last, _, _ in taken):
            taken.append((start, end, opening, closing))
    yield from sorted(taken)


def _printable(text: str) -> str:
    return _COMMANDS.sub("", text)


def _one_line(text: str) -> str:
    return " ".join(_printable(text).split())
