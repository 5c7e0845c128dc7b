"""What is said of an organ: an organ says nothing until a state is said of it.

``Heart size is normal``, ``mildly enlarged heart and mediastinum``, ``the heart is not
enlarged``. A state is said of the organs that follow it at once, else of the list that
it follows, back to the last state or statement.
"""

from __future__ import annotations

from collections.abc import Iterator

from protos.statistics_pb2 import Assertion
from site_agent.label.items import PRESENCE
from site_agent.label.mode import Conventions
from site_agent.label.pack import Kind
from site_agent.label.scan import Hit, Sentence

_YES, _MAYBE, _NO = Assertion.POSITIVE, Assertion.UNCERTAIN, Assertion.NEGATIVE
STATES = frozenset(
    {Kind.ABNORMAL, Kind.BORDERLINE, Kind.DOUBTFUL, Kind.NORMAL, Kind.SOUND}
)
_FINE = frozenset({Kind.NORMAL, Kind.SOUND})
_BETWEEN = frozenset(
    {*(Kind.COPULA, Kind.DOUBT, Kind.DENIAL, Kind.NO_DENIAL, Kind.EITHER), *PRESENCE}
)
_OF_ORGANS = frozenset({Kind.ORGAN, Kind.DENIAL, Kind.EITHER})
_FARTHEST_DENIAL = 1  # words between a denial and the organ: "neither the heart"
_FARTHEST_STATE = 8  # words between an organ and what is said of it
_FARTHEST_UNCHANGED = 3


def asserted(
    sentence: Sentence, place: int, conventions: Conventions
) -> tuple[Assertion.ValueType, Hit]:
    """Tell what a state asserts; a denial or a doubt right before it changes it."""
    _, hits, kinds = sentence
    hit, kind = hits[place], kinds[place]
    if kind in _FINE:
        return _NO, hit
    if place and hits[place - 1].end >= hit.start - 1:
        if kinds[place - 1] is Kind.DENIAL:
            return _NO, hits[place - 1]
        if kinds[place - 1] is Kind.DOUBT:
            return _MAYBE, hits[place - 1]
    denial = _denial_of_the_organs(sentence, place)
    if denial is not None:
        return _NO, denial
    if kind is Kind.BORDERLINE:
        return conventions.borderline, hit
    if kind is Kind.DOUBTFUL:
        return _MAYBE, hit
    return _YES, hit


def _denial_of_the_organs(sentence: Sentence, place: int) -> Hit | None:
    """Find what denies the organs of a state: ``neither heart nor aorta is wide``."""
    _, hits, kinds = sentence
    at = place - 1
    while at > 0 and kinds[at] in _BETWEEN and kinds[at] is not Kind.DENIAL:
        at -= 1
    first: Hit | None = None
    denial: Hit | None = None
    while at >= 0 and (kinds[at] in _OF_ORGANS or _stands_for_both(sentence, at)):
        if kinds[at] is Kind.ORGAN:
            first = hits[at]
        near = first is not None and first.start - hits[at].end <= _FARTHEST_DENIAL
        if kinds[at] is Kind.DENIAL and near:
            denial = hits[at]
        at -= 1
    return denial


def _stands_for_both(sentence: Sentence, place: int) -> bool:
    """Whether a word denies what goes before and what follows."""
    _, hits, kinds = sentence
    both = (hits[at].start == hits[place].start for at in (place - 1, place + 1))
    return kinds[place] is Kind.DENIED and place > 0 and any(both)


def organs_of(sentence: Sentence, place: int) -> Iterator[int]:
    """Give the places of the organs that a state is said of."""
    _, hits, kinds = sentence
    if _stands_before_its_organ(sentence, place):
        for at in range(place + 1, len(kinds)):
            if kinds[at] is not Kind.ORGAN:
                return
            yield at
        return
    end = hits[place].start
    for at in range(place - 1, -1, -1):
        if kinds[at] is Kind.ORGAN:
            far = end - hits[at].end > _FARTHEST_STATE
            if far and kinds[place] not in _FINE:
                return
            yield at
            end = hits[at].start
        elif kinds[at] not in _BETWEEN and not _stands_for_both(sentence, at):
            return


def unstated(
    sentence: Sentence, place: int, conventions: Conventions
) -> tuple[Assertion.ValueType | None, Hit | None]:
    """Tell what an organ asserts of which no state is said."""
    _, hits, kinds = sentence
    organ = hits[place]
    for at in (place - 1, place + 1, place + 2):
        if 0 <= at < len(kinds) and kinds[at] is Kind.UNCHANGED:
            far = max(organ.start - hits[at].end, hits[at].start - organ.end)
            if far <= _FARTHEST_UNCHANGED:
                return conventions.unstated, hits[at]
    return conventions.named, None


def _stands_before_its_organ(sentence: Sentence, place: int) -> bool:
    texts, hits, kinds = sentence
    state = hits[place]
    if place + 1 >= len(kinds) or kinds[place + 1] is not Kind.ORGAN:
        return False
    start = hits[place + 1].start
    if place and kinds[place - 1] is Kind.ORGAN and hits[place - 1].end == state.start:
        own = place + 2 < len(kinds) and kinds[place + 2] in STATES
        joined = own and hits[place + 2].start == hits[place + 1].end
        return start == state.end and not joined  # "heart size normal and lungs clear"
    return (
        start <= state.end + 2
        and "," not in texts[state.end : start]
        and not (
            place
            and kinds[place - 1] is Kind.COPULA
            and Kind.ORGAN in kinds[: place - 1]
        )
    )
