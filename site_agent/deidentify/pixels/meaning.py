"""What a box around something like text is: a text, a side marker, or no text at all.

The detector takes an electrode for an O now and then, and a clean film must stay as it
is; so what it finds is read, each way up and mirrored, before it counts as text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

import cv2
import numpy as np

from site_agent.deidentify.pixels.allowed import compared
from site_agent.deidentify.pixels.boxes import Box, Grey
from site_agent.deidentify.pixels.ink import (
    OWN_SIZE,
    apart,
    height_of_letters,
    size_of_letter,
)
from site_agent.deidentify.pixels.seen import clearer
from site_agent.deidentify.pixels.sight import Sight

MARKERS = frozenset("LR")
"""Lone letters that tell the side of the body (a lead marker, or the console's)."""

_LINE = 2.0  # times as long as high: a word, hardly ever anything else
_LONG_LINE = 6.0  # longer than any text that may stay
_LARGE = 72  # pixels: as high as vertebrae, which look like rows of letters
_SURELY_FOUND = 0.85  # the detector's score of a line that counts unread
_FOUND = 0.75
_SURELY_READ = 0.9
_READ = 0.7
_SOMEHOW_READ = 0.5
_EXACTLY_READ = 0.8
_READ_FROM_AFAR = 0.9
_AS_SURE = 0.05
_NEVER = 2.0
_WORDS = 0.5  # heights between the words of a line
_SPACED = 3.0  # and between its letters, where they are spaced


class Kind(Enum):
    """What is in a box."""

    TEXT = auto()
    MAY_STAY = auto()
    NO_TEXT = auto()


def told_apart(
    boxes: Collection[Box], film: Grey, networks: Sight, may_stay: frozenset[str]
) -> tuple[list[Box], list[Box]]:
    """Give the boxes that hold a text which has to go, and the others.

    Parameters
    ----------
    boxes : collection of Box
        Each around another thing.
    film : ndarray
        As seen, (rows, columns).
    may_stay : frozenset of str
        From `allowed`. A text stays when it is one of them as a whole.
    """
    texts, others = [], []
    for box in boxes:
        kind, letter = meaning_of(box, film, networks, may_stay)
        text = box
        parts = apart(box, film)
        if parts is not None:
            name = meaning_of(parts.letter, film, networks, may_stay)[1]
            alone = meaning_of(parts.line, film, networks, may_stay)[0]
            if name in MARKERS and Kind.TEXT in (kind, alone):
                others.append(replace(parts.letter, letter=name))
                kind, text = Kind.TEXT, parts.rest
        if kind is Kind.TEXT:
            texts.append(replace(text, high=height_of_letters(text, film)))
        else:
            high = size_of_letter(box, film) if letter in MARKERS else 0.0
            others.append(replace(box, letter=letter, high=high))
    return with_neighbours(texts, others)


def with_neighbours(
    texts: Iterable[Box], others: Iterable[Box]
) -> tuple[list[Box], list[Box]]:
    """Move to the texts what stands beside one, and give both.

    A side marker or an allowed text stays only by itself: in a line with another text
    it is a part of it, an initial say, unless it is larger. So is what could not be
    read there, and another letter than a marker's that is spaced.
    """
    texts, others = list(texts), list(others)
    for text in texts:  # it grows meanwhile
        beside = [box for box in others if _goes_with(text, box)]
        texts += (replace(box, high=text.high) for box in beside)
        others = [box for box in others if box not in beside]
    return texts, others


def _goes_with(text: Box, box: Box) -> bool:
    if box.letter in MARKERS and 0 < OWN_SIZE * text.high <= box.high:
        return False  # no initial is larger than the name
    is_spaced = box.letter and box.letter not in MARKERS
    return box.is_beside(text, _SPACED if is_spaced else _WORDS)


def meaning_of(
    box: Box, film: Grey, networks: Sight, may_stay: frozenset[str]
) -> tuple[Kind, str]:
    """Tell what is in a box, by reading it, and its letter if it is surely one."""
    length = box.long / box.short
    is_unlike_anatomy = box.is_fine and box.short < _LARGE
    found = _FOUND if is_unlike_anatomy else _SURELY_FOUND
    if length >= _LONG_LINE and box.score >= found:
        return Kind.TEXT, ""
    looks_like_text = length >= _LINE and box.score >= _SURELY_FOUND
    text = _Surest(0.9 if is_unlike_anatomy and looks_like_text else 0.0)
    stays = _Surest()
    letter = _Surest()
    for line, sure in _readings(box, film, networks):
        letters = "".join(filter(str.isalnum, line))
        if letters in MARKERS and length < _LINE:
            stays.add(sure, least=_SOMEHOW_READ, line=letters)
        elif compared(line) in may_stay:
            stays.add(sure, least=_EXACTLY_READ)
        else:
            text.add(sure, least=_least(letters, box))
        letter.add(sure, least=_SURELY_READ, line=line)
        if length >= _LINE and max(text.sure, stays.sure) >= _SURELY_READ:
            break
    if stays.sure and stays.sure >= text.sure - _AS_SURE:
        kind = Kind.MAY_STAY
    else:
        kind = Kind.TEXT if text.sure else Kind.NO_TEXT
    # Turned or mirrored, an L is a 7.
    surest = stays if stays.line and stays.sure >= letter.sure - _AS_SURE else letter
    is_letter = len(surest.line) == 1 and surest.line.isalnum()
    return kind, surest.line if is_letter else ""


@dataclass(slots=True)
class _Surest:
    """The surest of several readings; 0 while there is none."""

    sure: float = 0.0
    line: str = ""

    def add(self, sure: float, *, least: float, line: str = "") -> None:
        """Take in a reading that is as sure as it has to be."""
        if sure >= max(least, self.sure):
            self.sure, self.line = sure, line


def _least(letters: str, box: Box) -> float:
    """Give how sure a reading has to be to count as text."""
    if len(letters) < 2:
        return _NEVER  # electrodes and wires are read as letters; one tells nothing
    if len(letters) == 2 and box.score < _FOUND:
        return _NEVER
    if not box.is_fine or box.short >= _LARGE:
        return _READ_FROM_AFAR
    if len(letters) > 2:
        return _SOMEHOW_READ
    return _READ if box.long >= _LINE * box.short else _READ_FROM_AFAR


def _readings(box: Box, film: Grey, networks: Sight) -> Iterator[tuple[str, float]]:
    """Yield what is read in a box, each way up, then mirrored."""
    line = clearer(box.grown(2).cut_out(film))
    turned = [line, cv2.rotate(line, cv2.ROTATE_180)]
    if box.long < _LINE * box.short:
        turned.append(cv2.rotate(line, cv2.ROTATE_90_CLOCKWISE))
        turned.append(cv2.rotate(line, cv2.ROTATE_90_COUNTERCLOCKWISE))
    for each in (*turned, *(way[:, ::-1] for way in turned)):
        yield networks.read(np.ascontiguousarray(each, np.uint8))
