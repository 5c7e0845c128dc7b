"""The cue that a finding stands under: before it, behind it, or beside it.

A cue reaches over the findings of its list and no further. Its reach ends where a new
statement begins (``but``, ``there is``), after a finding of its list that a verb or a
link follows (``no effusion is seen and ...``, ``no effusion with ...``), and at an item
that says to be there (``no effusion, small pneumothorax``).
"""

from __future__ import annotations

from site_agent.label.items import (
    DENIES,
    DOUBTS,
    PRESENCE,
    THINGS,
    begins_a_clause,
    goes_on,
    has_an_item_each,
    is_a_clause,
    is_a_line,
    is_a_line_apart,
    is_of_an_organ,
    is_of_another_item,
    says_to_be_there,
)
from site_agent.label.pack import Kind
from site_agent.label.scan import Hit, Sentence

ALTERNATIVES = frozenset({Kind.EITHER, Kind.VERSUS})

_ENDS_A_LIST = frozenset({Kind.LINK, Kind.COPULA, Kind.CAUSE, Kind.SECONDARY})
_AFTER = frozenset({Kind.DENIED, Kind.DOUBTED, Kind.UNSAID})
_ENDS_REACH = frozenset({Kind.BREAK, Kind.REMAINS, *_AFTER})
_ENDS_LOOK_AHEAD = frozenset({Kind.BREAK, Kind.REMAINS, Kind.NO_DENIAL, *DENIES})
_SUPPOSES = frozenset({Kind.DOUBT, Kind.INFERENCE})
_OF_A_NAME = frozenset({*PRESENCE, Kind.ORGAN})
_DEGREES = frozenset({Kind.DOUBTFUL, Kind.BORDERLINE})
_FARTHEST_VAGUE = 5  # words between a vague word and what it describes


def cue_before(sentence: Sentence, place: int) -> Hit | None:
    """Find the cue whose reach the finding is in; a denial goes before an inference."""
    _, hits, kinds = sentence
    inference: Hit | None = None
    list_ended = False
    if place and kinds[place - 1] in PRESENCE and says_to_be_there(sentence, place):
        return None
    if goes_on(sentence, place):
        return None
    is_lasting = False
    for at in range(place - 1, -1, -1):
        kind = kinds[at]
        is_lasting = is_lasting or kind is Kind.NO_DENIAL  # "no change in"
        if kind is Kind.PAST and is_of_another_item(sentence, at, place):
            break
        if kind in DENIES:
            if place - at > 1 and has_an_item_each(sentence, at, place):
                return inference
            if is_a_line(hits[place]) and is_a_line_apart(sentence, at, place):
                return inference
            return None if is_lasting else hits[at]
        if kind in DOUBTS and not _is_asked(sentence, at):
            return inference or hits[at]
        if kind in _ENDS_REACH:
            break
        if kind in _ENDS_A_LIST:
            list_ended = True
        elif list_ended and (kind in THINGS or begins_a_clause(sentence, at)):
            break
        elif kind is Kind.ORGAN and is_a_clause(sentence, at, place):
            break  # another statement
        elif kind is Kind.INFERENCE:
            inference = inference or hits[at]
    return inference


def cue_after(sentence: Sentence, place: int) -> Hit | None:
    """Find what is said of the finding behind it."""
    texts, hits, kinds = sentence
    list_ended = False
    line = is_a_line(hits[place])
    weighed = place > 0 and kinds[place - 1] is Kind.VERSUS
    verb_end = -1
    for at in range(place + 1, len(kinds)):
        kind = kinds[at]
        if kind in _AFTER:
            remains = Kind.REMAINS in kinds[at + 1 : at + 2]
            return None if remains else hits[_last_said(sentence, at)]
        if kind is Kind.NORMAL and hits[at].start == verb_end:  # markings are normal
            return None if is_of_an_organ(sentence, at) else hits[at]
        if kind in _ENDS_LOOK_AHEAD or kind in DOUBTS:
            return None
        if begins_a_clause(sentence, at):
            return None
        if line and kind in THINGS and not is_a_line(hits[at]):
            return None  # "line in place, pneumothorax not seen"
        if weighed and kind in THINGS and texts[hits[at].start - 1] == ",":
            return None  # "edema over pneumonia, effusion is unlikely"
        weighed = weighed or kind is Kind.VERSUS
        if kind in _ENDS_A_LIST:
            list_ended = True
            same_item = "," not in texts[hits[place].end : hits[at].start]
            verb_end = hits[at].end if same_item and kind is Kind.COPULA else verb_end
        elif list_ended and (kind in THINGS or kind is Kind.ORGAN):
            return None
    return None


def _last_said(sentence: Sentence, at: int) -> int:
    """Give the place of what denies what was doubted: ``suspected, has resolved``."""
    kinds = sentence.kinds
    if kinds[at] is Kind.DOUBTED:
        for after in range(at + 1, len(kinds)):
            if kinds[after] is Kind.DENIED:
                return after
            if kinds[after] not in (Kind.COPULA, Kind.PAST, *PRESENCE):
                break
    return at


def _is_asked(sentence: Sentence, doubt: int) -> bool:
    """Whether a doubt is of what was asked for or past: ``evaluate for possible``."""
    _, hits, kinds = sentence
    joined = doubt > 0 and hits[doubt - 1].end == hits[doubt].start
    return joined and kinds[doubt - 1] in (Kind.NOT_NOW, Kind.PAST)


def persists(sentence: Sentence, place: int) -> bool:
    """Whether a finding of the past is still there: ``which is unchanged``."""
    for kind in sentence.kinds[place + 1 :]:
        if kind is Kind.UNCHANGED:
            return True
        if kind not in (Kind.COPULA, Kind.LINK, Kind.PRESENT):
            break
    return False


def explanation(sentence: Sentence, place: int) -> Hit | None:
    """Find a supposition that the finding is none: ``density may be a nipple shadow``.

    So it is also where what is supposed is none of the known things (``may be a vessel
    on end``), unless a cause is supposed (``possibly due to surgery``).
    """
    _, hits, kinds = sentence
    supposed: Hit | None = None
    for at in range(place + 1, len(kinds)):
        kind = kinds[at]
        if kind in _ENDS_LOOK_AHEAD:
            break
        if kind in _SUPPOSES and PRESENCE.isdisjoint(kinds[at + 1 : at + 2]):
            supposed = supposed or hits[at]
        elif kind is Kind.NOTHING and _is_described(sentence, at):
            continue
        elif kind is Kind.NOTHING and Kind.EITHER not in kinds[at + 1 : at + 2]:
            break
        elif kind in THINGS or kind is Kind.CAUSE_DOUBT:
            return None
    return supposed


def _is_described(sentence: Sentence, at: int) -> bool:
    """Whether a word of nothing known describes a finding: ``overlying pneumonia``."""
    texts, hits, kinds = sentence
    if at + 1 >= len(kinds) or kinds[at + 1] is not Kind.FINDING:
        return False
    between = texts[hits[at].end : hits[at + 1].start]
    return not between or (len(between) == 1 and between[0].isalpha())


def vague_before(sentence: Sentence, place: int) -> int | None:
    """Find the place of a word that calls the finding itself vague or borderline."""
    _, hits, kinds = sentence
    for at in range(place - 1, -1, -1):
        kind = kinds[at]
        if kind is Kind.VAGUE or kind in _DEGREES:
            near = hits[place].start - hits[at].end
            return at if near <= (1 if kind in _DEGREES else _FARTHEST_VAGUE) else None
        if kind not in PRESENCE and kind is not Kind.ORGAN:
            return None
    return None


def alternatives(sentence: Sentence, place: int) -> tuple[Hit | None, list[Hit]]:
    """Find the ``or`` that the finding stands beside, and what it may be instead."""
    _, hits, kinds = sentence
    if Kind.EITHER not in kinds and Kind.VERSUS not in kinds:
        return None, []
    if Kind.NO_DENIAL in kinds[:place]:
        return None, []  # no change in this or that
    cue: Hit | None = None
    others: list[Hit] = []
    for step in (1, -1):
        beside = _beside(sentence, place, step)
        if beside is not None:
            cue = cue or hits[beside]
            other = _named(sentence, beside, step)
            others += [other] if other else []
    return cue, others


def _beside(sentence: Sentence, place: int, step: int) -> int | None:
    """Find the place of an ``or`` before or behind, past other items of its list."""
    texts, hits, kinds = sentence
    start = hits[place].start
    at = place + step
    while 0 <= at < len(kinds):
        kind = kinds[at]
        if kind in ALTERNATIVES:
            known = _named(sentence, at, step) is not None
            return at if known or kind is Kind.VERSUS else None
        if kind in PRESENCE or (kind is Kind.ORGAN and hits[at].end == start):
            at += step
            continue
        comma = hits[at].start if step > 0 else start
        if kind not in THINGS or not comma or texts[comma - 1] != ",":
            return None
        start = hits[at].start
        at += step
    return None


def _named(sentence: Sentence, either: int, step: int) -> Hit | None:
    """Give what stands beyond an ``or``, if it is known."""
    _, hits, kinds = sentence
    at = either + step
    while 0 <= at < len(kinds) and kinds[at] in _OF_A_NAME:
        at += step
    if 0 <= at < len(kinds) and kinds[at] in THINGS:
        return hits[at]
    return None
