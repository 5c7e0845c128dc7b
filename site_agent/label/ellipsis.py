"""What a noun is there for: one that is meant twice, and one that is only a place.

Where a denial stands between two sides, each side has its own finding::

    a left but no right effusion          the left one is there
    no right and a small left effusion    so is this one
    Rechts mäßiger, links kein Erguss     and the right one here

The side that has no noun gets the one that follows. A pack lists its words of sides and
the articles that go with them; nothing else may stand between a side and its noun.

A finding in which something is looked for is there, whatever is said of the latter
(``no cavitation within the consolidation``, ``no enlargement of the effusion``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from site_agent.label.pack import Kind, Meaning, Sides
from site_agent.label.scan import Hit

_SIZES = (Kind.PRESENT, Kind.UNCHANGED)
_JOINTS = (Kind.AND, Kind.BREAK)
_OF_A_PLACE = (*_SIZES, Kind.VAGUE)
_BEGINNINGS = (Kind.BREAK, Kind.COPULA, Kind.LINK, Kind.DOUBT, Kind.INFERENCE)
_BREAK = Meaning(Kind.BREAK)


class _Words(NamedTuple):
    """The words of a sentence that may stand between a side and its noun."""

    texts: Sequence[str]
    sized: frozenset[int]  # places of words that tell a size or a state
    sides: Sides

    def back(self, end: int) -> int:
        """Give where the row of such words that ends at `end` begins."""
        while end and (end - 1 in self.sized or self._allows(self.texts[end - 1])):
            end -= 1
        return end

    def on(self, start: int) -> int:
        """Give where the row of such words that begins at `start` ends."""
        count = len(self.texts)
        while start < count and (
            start in self.sized or self._allows(self.texts[start])
        ):
            start += 1
        return start

    def names_a_side(self, start: int, end: int) -> bool:
        return not self.sides.words.isdisjoint(self.texts[start:end])

    def is_told(self, start: int, end: int) -> bool:
        """Whether a size or an article says that something is there."""
        return any(
            at in self.sized or self.texts[at] in self.sides.articles
            for at in range(start, end)
        )

    def _allows(self, text: str) -> bool:
        return text in self.sides.words or text in self.sides.articles


def restore(texts: Sequence[str], hits: list[Hit], sides: Sides) -> list[Hit]:
    """Give each side that has no noun the finding that follows in its sentence."""
    sized = frozenset(
        at for hit in hits if hit.kind in _SIZES for at in range(hit.start, hit.end)
    )
    words = _Words(texts, sized, sides)
    restored: list[Hit] = []
    for place, hit in enumerate(hits):
        if hit.kind is Kind.DENIAL:
            restored += _side_before(words, restored, hits[place:])
        restored.append(hit)
        if hit.kind is Kind.DENIAL:
            restored += _side_behind(words, hits[place:])
    return sorted(restored, key=_start) if len(restored) > len(hits) else hits


def _start(hit: Hit) -> int:
    return hit.start


def _side_before(words: _Words, before: list[Hit], hits: list[Hit]) -> list[Hit]:
    """Give the finding of a side before a denial: ``a left but no right effusion``."""
    denial = hits[0]
    noun = _findings_after(words, hits, denial.end)
    other = _back_over_sides(words, denial.start)
    if not noun or not words.names_a_side(other, noun[0].end):
        return []
    end = _before_the_joint(words.texts, before, other)
    start = words.back(end)
    if end == other or not words.names_a_side(start, end):
        return []
    if not _begins(words.texts, before, start):
        return []
    return [hit._replace(start=start, end=end) for hit in noun]


def _side_behind(words: _Words, hits: list[Hit]) -> list[Hit]:
    """Give the finding that is denied: ``no right and a small left effusion``."""
    end = words.on(hits[0].end)
    joint = next((h for h in hits if h.start == end and h.kind in _JOINTS), None)
    start = joint.end if joint else end + 1
    comma = words.texts[end : end + 1] == [","]
    if not (joint or comma) or not words.names_a_side(hits[0].end, end):
        return []
    noun = _findings_after(words, hits, start)
    if not noun or not words.names_a_side(start, noun[0].end):
        return []
    if not words.is_told(start, noun[0].start):
        return []  # "no right and left effusion"
    side = [hit._replace(start=hits[0].end, end=end) for hit in noun]
    return [*side, Hit(end, end, _BREAK)]


def _findings_after(words: _Words, hits: list[Hit], start: int) -> list[Hit]:
    """Give the meanings of the finding that such words lead to."""
    end = words.on(start)
    if words.texts[end : end + 1] == [","]:  # "a left, but no right, effusion"
        end = words.on(end + 1)
    found = [h for h in hits if h.kind is Kind.FINDING and start <= h.start <= end]
    return [hit for hit in found if hit.start == found[0].start]


def _back_over_sides(words: _Words, end: int) -> int:
    while end and words.texts[end - 1] in words.sides.words:
        end -= 1
    return end


def _before_the_joint(texts: Sequence[str], hits: list[Hit], end: int) -> int:
    """Give where the ``but``, ``and`` or comma that ends at `end` begins."""
    for hit in reversed(hits):
        if hit.end == end and hit.kind in _JOINTS:
            end = hit.start
    return end - 1 if end and texts[end - 1] == "," else end


def _begins(texts: Sequence[str], hits: list[Hit], start: int) -> bool:
    """Whether a side begins a statement, and is not said of what goes before."""
    if start == 0 or texts[start - 1] in (",", ":"):
        return True
    return any(hit.end == start and hit.kind in _BEGINNINGS for hit in hits)


def asserted_places(
    texts: Sequence[str], hits: list[Hit], places: list[Hit], sides: Sides
) -> list[Hit]:
    """Put the findings that are places before all else, in statements of their own.

    What is denied or doubted is denied or doubted there: ``no cavitation within the
    consolidation``.

    Parameters
    ----------
    places
        What says that a place follows; none of `hits`.
    """
    first: list[Hit] = []
    rest = list(hits)
    for place in places:
        inside = _finding_inside(texts, rest, place, sides)
        if inside:
            end = inside[-1].end
            first += [*inside, Hit(end, end, _BREAK)]
            rest = [h for h in rest if h not in inside and h.start != place.start]
    return first + rest


def _finding_inside(
    texts: Sequence[str], hits: list[Hit], place: Hit, sides: Sides
) -> list[Hit]:
    """Give the finding that follows at once, with what is said of it before it."""
    end = place.end
    for at, hit in enumerate(hits):
        if hit.start < end:
            continue
        if not (sides.words | sides.articles).issuperset(texts[end : hit.start]):
            return []
        if hit.kind is Kind.FINDING:
            same = [h for h in hits[at:] if h.start == hit.start]
            return [h for h in hits[:at] if h.start >= place.end] + same
        if hit.kind not in _OF_A_PLACE:
            return []
        end = hit.end
    return []
