"""The cue that a finding stands under: before it, behind it, or beside it.

A cue reaches over the findings of its list and no further. Its reach ends where a new
statement begins (``but``, ``there is``), after a finding of its list that a verb or a
link follows (``no effusion is seen and ...``, ``no effusion with ...``), and at an item
that says to be there (``no effusion, small pneumothorax``).
"""

from __future__ import annotations

from collections.abc import Sequence

from site_agent.label.pack import Kind
from site_agent.label.scan import Hit

Hits = Sequence[Hit]

PRESENCE = frozenset({Kind.PRESENT, Kind.UNCHANGED})
THINGS = frozenset({Kind.FINDING, Kind.NEAR, Kind.SIGN, Kind.NOTHING})
ALTERNATIVES = frozenset({Kind.EITHER, Kind.VERSUS})

_DENIES = frozenset({Kind.DENIAL, Kind.NO_NEW, Kind.NOT_NOW, Kind.PAST})
_ENDS_A_LIST = frozenset({Kind.LINK, Kind.COPULA, Kind.CAUSE, Kind.SECONDARY})
_AFTER = frozenset({Kind.DENIED, Kind.DOUBTED, Kind.UNSAID})
_ENDS_REACH = frozenset({Kind.BREAK, *_AFTER})
_ENDS_LOOK_AHEAD = frozenset({Kind.BREAK, Kind.NO_DENIAL, *_DENIES})
_SUPPOSES = frozenset({Kind.DOUBT, Kind.INFERENCE})
_CAUSES = frozenset({Kind.CAUSE, Kind.SECONDARY})
_FARTHEST_VAGUE = 5  # words between a vague word and what it describes


def cue_before(texts: Sequence[str], hits: Hits, place: int) -> Hit | None:
    """Find the cue whose reach the finding is in; a denial goes before an inference."""
    inference: Hit | None = None
    list_ended = False
    if _says_to_be_there(texts, hits, place):
        return None
    for at in range(place - 1, -1, -1):
        hit = hits[at]
        kind = hit.meaning.kind
        if kind in _DENIES:
            return hit
        if kind is Kind.DOUBT:
            return inference or hit
        if kind in _ENDS_REACH:
            break
        if list_ended and (kind in THINGS or _begins_a_clause(texts, hit)):
            break
        if kind in _ENDS_A_LIST:
            list_ended = True
        if kind is Kind.INFERENCE:
            inference = inference or hit
    return inference


def _begins_a_clause(texts: Sequence[str], hit: Hit) -> bool:
    """Whether a new subject begins here: ``without effusion, the heart is ...``."""
    return hit.meaning.kind is Kind.ORGAN and "," in texts[hit.start - 2 : hit.start]


def cue_after(hits: Hits, place: int) -> Hit | None:
    """Find what is said of the finding behind it."""
    list_ended = False
    verb_end = -1
    for at in range(place + 1, len(hits)):
        hit = hits[at]
        kind = hit.meaning.kind
        if kind in _AFTER:
            return hit
        if kind is Kind.NORMAL and hit.start == verb_end:  # the markings are normal
            return None if _is_of_an_organ(hits, at) else hit
        if kind is Kind.COPULA:
            verb_end = hit.end
        if kind in _ENDS_LOOK_AHEAD or kind is Kind.DOUBT:
            return None
        if list_ended and (kind in THINGS or kind is Kind.ORGAN):
            return None
        list_ended = list_ended or kind in _ENDS_A_LIST
    return None


def _is_of_an_organ(hits: Hits, state: int) -> bool:
    """Whether an organ follows: ``leads show a normal heart`` denies no leads."""
    return state + 1 < len(hits) and (
        hits[state + 1].meaning.kind is Kind.ORGAN
        and hits[state + 1].start <= hits[state].end + 1
    )


def explanation(hits: Hits, place: int) -> Hit | None:
    """Find a supposition that the finding is none: ``density may be a nipple shadow``.

    So it is also where what is supposed is none of the known things (``may be a vessel
    on end``), unless a place or a cause is supposed (``possibly in the lingula``).
    """
    supposed: Hit | None = None
    for at in range(place + 1, len(hits)):
        hit = hits[at]
        kind = hit.meaning.kind
        if kind in _ENDS_LOOK_AHEAD:
            break
        if kind in _SUPPOSES:
            supposed = supposed or hit
        elif kind is Kind.NOTHING:
            return supposed
        elif kind in THINGS or (supposed and _is_cause(supposed, hit)):
            return None
    return supposed


def _is_cause(supposed: Hit, hit: Hit) -> bool:
    return hit.meaning.kind in _CAUSES and hit.start == supposed.end


def vague_before(hits: Hits, place: int) -> Hit | None:
    """Find a word that calls the finding itself vague or borderline."""
    start = hits[place].start
    for at in range(place - 1, -1, -1):
        hit = hits[at]
        kind = hit.meaning.kind
        near = start - hit.end
        if kind is Kind.VAGUE and near <= _FARTHEST_VAGUE:
            return hit
        if (kind is Kind.DOUBTFUL or kind is Kind.BORDERLINE) and near <= 1:
            return hit
        if kind not in PRESENCE:
            return None
    return None


def alternatives(
    texts: Sequence[str], hits: Hits, place: int
) -> tuple[Hit | None, list[Hit]]:
    """Find the ``or`` that the finding stands beside, and what it may be instead."""
    if any(hit.meaning.kind is Kind.NO_DENIAL for hit in hits[:place]):
        return None, []  # no change in this or that
    cue: Hit | None = None
    others: list[Hit] = []
    for step in (1, -1):
        beside = _beside(texts, hits, place, step)
        if beside is not None:
            cue = cue or hits[beside]
            other = _named(hits, beside, step)
            others += [other] if other else []
    return cue, others


def _beside(texts: Sequence[str], hits: Hits, place: int, step: int) -> int | None:
    """Find the place of an ``or`` before or behind, past other items of its list."""
    start = hits[place].start
    at = place + step
    while 0 <= at < len(hits):
        hit = hits[at]
        kind = hit.meaning.kind
        if kind in ALTERNATIVES:
            known = _named(hits, at, step) is not None
            return at if known or kind is Kind.VERSUS else None
        if kind in PRESENCE:
            at += step
            continue
        comma = hit.start if step > 0 else start
        if kind not in THINGS or not comma or texts[comma - 1] != ",":
            return None
        start = hit.start
        at += step
    return None


def _named(hits: Hits, either: int, step: int) -> Hit | None:
    """Give what stands beyond an ``or``, if it is known."""
    at = either + step
    while 0 <= at < len(hits) and hits[at].meaning.kind in PRESENCE:
        at += step
    if 0 <= at < len(hits) and hits[at].meaning.kind in THINGS:
        return hits[at]
    return None


def _says_to_be_there(texts: Sequence[str], hits: Hits, place: int) -> bool:
    """Whether ``, small`` stands before the finding and no ``or`` holds the list."""
    if place == 0 or hits[place - 1].meaning.kind not in PRESENCE:
        return False
    first = place - 1
    while first and hits[first - 1].meaning.kind in PRESENCE:
        first -= 1
    start = hits[first].start
    if start == 0 or texts[start - 1] != ",":
        return False
    return not any(hit.meaning.kind is Kind.EITHER for hit in hits[place + 1 :])
