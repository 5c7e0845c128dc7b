"""A text taken apart into words and the gaps between them, once, for every rule.

Words are runs of letters. All that else there is, digits too, is in the gaps: gap ``i``
stands before word ``i``, and one more after the last word. Where a space was forgotten
before a capital (``sinceFebruary``) two words have a gap of one space between them.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from sys import intern

from site_agent.deidentify.text.language import language_of
from site_agent.deidentify.text.lexicon import (
    BROKEN,
    CAPITAL,
    CAPS,
    INITIAL,
    OPENING,
    SOUGHT,
    glued_at,
    kinds,
)
from site_agent.deidentify.text.spelling import FOLDS, Keys, fold
from site_agent.deidentify.text.vocabulary import ByEnd

# A class first, and then more of it, for which `re` looks faster.
_SPLIT = re.compile(r"([^\W\d_][^\W\d_]*)")
# The same for Latin and Greek letters as one class, for which `re` takes half the time.
_LETTERS = "".join(
    f"{run[0][0]}-{run[0][-1]}"
    for run in re.finditer(
        r"[^\W\d_]+", "".join(map(chr, (*range(0x400), *range(0x1E00, 0x2C00))))
    )
)
_SPLIT_EUROPEAN = re.compile(f"([{_LETTERS}][{_LETTERS}]*)")
_NOT_EUROPEAN = re.compile("[^\x00-\x7f\xa0-\u03ff\u1e00-\u2bff]")
_FIGURES = re.compile("[0-9][0-9]*")
_SHAPE = CAPITAL | CAPS | INITIAL
_FEW = OPENING | SOUGHT
_SHAPED = BROKEN | CAPITAL
_LINES = re.compile("\n")
_span, _start = re.Match.span, re.Match.start
# A question mark before a letter stands for one that an old system lost; while the
# text is split a letter that no report has stands for it.
_LOST = re.compile(r"[?\ufffd](?=[^\W\d_])")
_STAND_IN = "\u0294"
_COMMA = re.compile(r",(?=\S)")  # of a row of a table
_KEYS = Keys()
_LONG, _PIECE = 1 << 20, 1 << 16  # characters


@dataclass(slots=True)
class Page:
    """A text, its words and gaps, and what each word may be."""

    text: str
    folded: str
    words: list[str]
    folds: list[str]
    """Of each word what `spelling.fold` makes of it."""
    gaps: list[str]
    lines: list[int]
    """The first word of each line but the first, in order; a line may have none."""
    openings: list[int]
    """The words that are one of `lexicon.OPENING`."""
    sought: list[int]
    """The words that are one of `lexicon.SOUGHT`."""
    starts: Sequence[int]
    """Where each word begins in the text."""
    ends: Sequence[int]
    """Where each word ends in the text."""
    kinds: list[int]
    """Of each word, as `lexicon.kinds` gives it."""
    shapes: bytes
    """Of each word its kind less all but CAPITAL, CAPS and INITIAL."""
    figures: list[tuple[int, int]]
    """``[start, end)`` of each run of figures in the folded text."""
    language: str
    """ISO 639-1; ``""`` when it is not known."""
    plain: bool
    """Whether it has no other letters than Latin and Greek ones, and no controls."""

    def word_before(self, place: int) -> int:
        """Give the last word that begins before or at `place`; -1 for none."""
        return bisect_right(self.starts, place) - 1

    def keys(self) -> list[str]:
        """Give each word as `spelling.Keys` has it, for comparing names."""
        return list(map(_KEYS.__getitem__, self.words))


def open_page(text: str, language: str | None = None) -> Page:
    """Take apart a text that went through `report.readable`.

    `language` is ISO 639-1; it is looked for in the text when it is not given.
    """
    plain = text.isascii() or _NOT_EUROPEAN.search(text) is None
    starts: Sequence[int]
    ends: Sequence[int]
    if len(text) < _LONG:
        parts = _parts(text, plain)
        words, gaps = parts[1::2], parts[0::2]
        bounds = list(accumulate(map(len, parts)))
        starts, ends = bounds[0:-1:2], bounds[1::2]
    else:
        words, gaps, starts, ends = _piecewise(text, plain)
    folded = fold(text)
    if ',"' in folded:
        folded = "\n".join(map(_parted_row, folded.split("\n")))
    language = language_of(words) if language is None else language.lower()[:2]
    kind_of = kinds(language).__getitem__
    listed = list(map(kind_of, words))
    if glued := [at for at, k in enumerate(listed) if k & _SHAPED == BROKEN]:
        words, gaps, starts, ends = _parted(words, gaps, starts, ends, glued)
        listed = list(map(kind_of, words))
    few = [at for at, kind in enumerate(listed) if kind & _FEW]
    return Page(
        text=text,
        folded=folded,
        words=words,
        folds=list(map(FOLDS.__getitem__, words)),
        gaps=gaps,
        lines=[bisect_left(starts, at) for at in map(_start, _LINES.finditer(text))],
        openings=[at for at in few if listed[at] & OPENING],
        sought=[at for at in few if listed[at] & SOUGHT],
        starts=starts,
        ends=ends,
        kinds=listed,
        shapes=bytes([kind & _SHAPE for kind in listed]),
        figures=list(map(_span, _FIGURES.finditer(folded))),
        language=language,
        plain=plain,
    )


def _parted(
    words: list[str],
    gaps: list[str],
    starts: Sequence[int],
    ends: Sequence[int],
    glued: Iterable[int],
) -> tuple[list[str], list[str], list[int], list[int]]:
    """Part the words `glued` where their second one begins."""
    parted: tuple[list[str], list[str], list[int], list[int]] = ([], [], [], [])
    done = 0
    for at in (*glued, len(words)):
        before = slice(done, at)
        parted[0].extend(words[before])
        parted[1].extend(gaps[before])
        parted[2].extend(starts[before])
        parted[3].extend(ends[before])
        if at < len(words):
            split = glued_at(words[at])
            place = starts[at] + split
            parted[0].extend((words[at][:split], words[at][split:]))
            parted[1].extend((gaps[at], " "))
            parted[2].extend((starts[at], place))
            parted[3].extend((place, ends[at]))
        done = at + 1
    parted[1].append(gaps[-1])
    return parted


def _parted_row(line: str) -> str:
    """Write semicolons in a row of a table, where a comma is of no number or date."""
    return _COMMA.sub(";", line) if ',"' in line else line


def _parts(text: str, plain: bool) -> list[str]:
    """Give the gaps of a text and the words between them, in turns."""
    split = (_SPLIT_EUROPEAN if plain else _SPLIT).split
    if ("?" in text or "\ufffd" in text) and _LOST.search(text):
        parts = split(_LOST.sub(_STAND_IN, text))
        return [part.replace(_STAND_IN, "?") for part in parts]
    return split(text)


def _piecewise(
    text: str, plain: bool
) -> tuple[list[str], list[str], Sequence[int], Sequence[int]]:
    """Give words, gaps, starts and ends of a long text in a fifth of the memory.

    It is parted at its lines, where no word goes on, and each word is kept once.
    """
    words: list[str] = []
    gaps = [""]
    starts, ends = array("L"), array("L")
    at = 0
    while at < len(text):
        stop = text.find("\n", at + _PIECE) + 1 or len(text)
        parts = _parts(text[at:stop], plain)
        bounds = list(accumulate(map(len, parts), initial=at))
        gaps[-1] += parts[0]
        gaps.extend(map(intern, parts[2::2]))
        words.extend(map(intern, parts[1::2]))
        starts.extend(bounds[1:-1:2])
        ends.extend(bounds[2::2])
        at = stop
    return words, gaps, starts, ends


def ends_phrase(page: Page, word: int, listed: ByEnd) -> bool:
    """Whether a listed phrase ends with this word."""
    folds = page.folds
    befores = listed.get(folds[word])
    if befores is None or 0 in befores:
        return befores is not None
    for length, phrases in befores.items():
        if length <= word and tuple(folds[word - length : word]) in phrases:
            return True
    return False
