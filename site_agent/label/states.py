"""What is said of an organ: an organ says nothing until a state is said of it.

``Heart size is normal``, ``mildly enlarged heart and mediastinum``, ``the heart is not
enlarged``. A state is said of the organs that follow it at once, else of the list that
it follows, back to the last state or statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protos.statistics_pb2 import Assertion
from site_agent.label.cues import PRESENCE, Hits
from site_agent.label.mode import Conventions
from site_agent.label.pack import Kind
from site_agent.label.scan import Hit

STATES = frozenset(
    {Kind.ABNORMAL, Kind.BORDERLINE, Kind.DOUBTFUL, Kind.NORMAL, Kind.SOUND}
)
_FINE = frozenset({Kind.NORMAL, Kind.SOUND})
_BETWEEN = frozenset({Kind.COPULA, Kind.DOUBT, Kind.DENIAL, *PRESENCE})
_FARTHEST_STATE = 8  # words between an organ and what is said of it
_FARTHEST_UNCHANGED = 3


def asserted(
    hits: Hits, place: int, conventions: Conventions
) -> tuple[Assertion.ValueType, Hit]:
    """Tell what a state asserts; a denial or a doubt right before it changes it."""
    hit = hits[place]
    kind = hit.meaning.kind
    if kind in _FINE:
        return Assertion.NEGATIVE, hit
    before = hits[place - 1] if place else None
    if before is not None and before.end >= hit.start - 1:
        if before.meaning.kind is Kind.DENIAL:
            return Assertion.NEGATIVE, before
        if before.meaning.kind is Kind.DOUBT:
            return Assertion.UNCERTAIN, before
    if kind is Kind.BORDERLINE:
        return conventions.borderline, hit
    if kind is Kind.DOUBTFUL:
        return Assertion.UNCERTAIN, hit
    return Assertion.POSITIVE, hit


def organs_of(texts: Sequence[str], hits: Hits, place: int) -> Iterator[int]:
    """Give the places of the organs that a state is said of."""
    state = hits[place]
    if _stands_before_its_organ(texts, hits, place):
        for at in range(place + 1, len(hits)):
            if hits[at].meaning.kind is not Kind.ORGAN:
                return
            yield at
        return
    end = state.start
    for at in range(place - 1, -1, -1):
        hit = hits[at]
        if hit.meaning.kind is Kind.ORGAN:
            far = end - hit.end > _FARTHEST_STATE
            if far and state.meaning.kind not in _FINE:
                return
            yield at
            end = hit.start
        elif hit.meaning.kind not in _BETWEEN:
            return


def unstated(
    hits: Hits, place: int, conventions: Conventions
) -> tuple[Assertion.ValueType | None, Hit | None]:
    """Tell what an organ asserts of which no state is said."""
    organ = hits[place]
    for at in (place - 1, place + 1, place + 2):
        if not 0 <= at < len(hits):
            continue
        hit = hits[at]
        far = max(organ.start - hit.end, hit.start - organ.end)
        if hit.meaning.kind is Kind.UNCHANGED and far <= _FARTHEST_UNCHANGED:
            return conventions.unstated, hit
    return conventions.named, None


def _stands_before_its_organ(texts: Sequence[str], hits: Hits, place: int) -> bool:
    state = hits[place]
    following = hits[place + 1] if place + 1 < len(hits) else None
    return (
        following is not None
        and following.meaning.kind is Kind.ORGAN
        and following.start <= state.end + 2
        and "," not in texts[state.end : following.start]
        and not (place and hits[place - 1].meaning.kind is Kind.COPULA)
    )
