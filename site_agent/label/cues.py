"""The cue that a finding stands under: before it, behind it, or beside it.

A cue reaches over the findings of its list and no further. Its reach ends where a new
statement begins (``but``, ``there is``), after a finding of its list that a verb or a
link follows (``no effusion is seen and ...``, ``no effusion with ...``), and at an item
that says to be there (``no effusion, small pneumothorax``).
"""

from __future__ import annotations

from site_agent.label.pack import Kind
from site_agent.label.scan import Hit, Sentence

PRESENCE = frozenset({Kind.PRESENT, Kind.UNCHANGED})
THINGS = frozenset({Kind.FINDING, Kind.NEAR, Kind.SIGN, Kind.NOTHING, Kind.DISEASE})
ALTERNATIVES = frozenset({Kind.EITHER, Kind.VERSUS})

_DENIES = frozenset({Kind.DENIAL, Kind.NO_NEW, Kind.NOT_NOW, Kind.PAST})
_ENDS_A_LIST = frozenset({Kind.LINK, Kind.COPULA, Kind.CAUSE, Kind.SECONDARY})
_AFTER = frozenset({Kind.DENIED, Kind.DOUBTED, Kind.UNSAID})
_ENDS_REACH = frozenset({Kind.BREAK, Kind.REMAINS, *_AFTER})
_ENDS_LOOK_AHEAD = frozenset({Kind.BREAK, Kind.REMAINS, Kind.NO_DENIAL, *_DENIES})
_DOUBTS = frozenset({Kind.DOUBT, Kind.CAUSE_DOUBT})
_SUPPOSES = frozenset({Kind.DOUBT, Kind.INFERENCE})
_STATES = frozenset({Kind.NORMAL, Kind.SOUND, Kind.ABNORMAL, Kind.BORDERLINE})
_OF_A_NAME = frozenset({*PRESENCE, Kind.ORGAN})
_OF_AN_ITEM = frozenset({*THINGS, *PRESENCE, Kind.ORGAN, Kind.COPULA})
_ITEM_ENDS = frozenset((",", ":", ";", "(", ")"))
_DEGREES = frozenset({Kind.DOUBTFUL, Kind.BORDERLINE})
_FARTHEST_PRESENCE = 1  # words between a finding and what says that it is there
_FARTHEST_UNCHANGED = 3
_FARTHEST_VAGUE = 5  # words between a vague word and what it describes


def cue_before(sentence: Sentence, place: int) -> Hit | None:
    """Find the cue whose reach the finding is in; a denial goes before an inference."""
    _, hits, kinds = sentence
    inference: Hit | None = None
    list_ended = False
    if place and kinds[place - 1] in PRESENCE and _says_to_be_there(sentence, place):
        return None
    if _goes_on(sentence, place):
        return None
    is_lasting = False
    for at in range(place - 1, -1, -1):
        kind = kinds[at]
        is_lasting = is_lasting or kind is Kind.NO_DENIAL  # "no change in"
        if kind is Kind.PAST and _is_of_another_item(sentence, at, place):
            break
        if kind in _DENIES:
            if place - at > 1 and _has_an_item_each(sentence, at, place):
                return inference
            return None if is_lasting else hits[at]
        if kind in _DOUBTS and not _is_asked(sentence, at):
            return inference or hits[at]
        if kind in _ENDS_REACH:
            break
        if kind in _ENDS_A_LIST:
            list_ended = True
        elif list_ended and (kind in THINGS or _begins_a_clause(sentence, at)):
            break
        elif kind is Kind.ORGAN and _is_a_clause(sentence, at, place):
            break  # another statement
        elif kind is Kind.INFERENCE:
            inference = inference or hits[at]
    return inference


def cue_after(sentence: Sentence, place: int) -> Hit | None:
    """Find what is said of the finding behind it."""
    texts, hits, kinds = sentence
    list_ended = False
    verb_end = -1
    for at in range(place + 1, len(kinds)):
        kind = kinds[at]
        if kind in _AFTER:
            remains = Kind.REMAINS in kinds[at + 1 : at + 2]
            return None if remains else hits[_last_said(sentence, at)]
        if kind is Kind.NORMAL and hits[at].start == verb_end:  # markings are normal
            return None if _is_of_an_organ(sentence, at) else hits[at]
        if kind in _ENDS_LOOK_AHEAD or kind in _DOUBTS:
            return None
        if _begins_a_clause(sentence, at):
            return None
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


def _says_to_be_there(sentence: Sentence, place: int) -> bool:
    """Whether ``, small`` stands before the finding and no ``or`` holds the list."""
    texts, hits, kinds = sentence
    first = place - 1
    while first and kinds[first - 1] in PRESENCE:
        if "," in texts[hits[first - 1].end : hits[first].start]:
            break
        first -= 1
    start = hits[first].start
    if start == 0 or texts[start - 1] != ",":
        return False
    if first and hits[first - 1].end == start - 1 and kinds[first - 1] in _DOUBTS:
        return False  # "probably, small effusion"
    return Kind.EITHER not in kinds[place + 1 :]


def _has_an_item_each(sentence: Sentence, denial: int, place: int) -> bool:
    """Whether denials have one item each: ``no effusion, no edema, cardiomegaly``."""
    texts, hits, kinds = sentence
    if denial < 2 or Kind.EITHER in kinds[denial:] or _is_joined_on(sentence, place):
        return False
    things = [at for at in range(denial + 1, place) if kinds[at] in THINGS]
    if not things:
        return False
    second = things[1] if things[1:] else place
    if "," not in texts[hits[things[0]].end : hits[second].start]:
        return False
    before = denial - 1
    while before > 0 and kinds[before] in _OF_AN_ITEM:
        before -= 1
    is_next = texts[hits[denial].start - 1] == ","
    return is_next and denial - 1 > before >= 0 and kinds[before] in _DENIES


def _is_joined_on(sentence: Sentence, place: int) -> bool:
    """Whether the list goes on with ``nor``."""
    texts, hits, kinds = sentence
    if place + 1 >= len(kinds) or kinds[place + 1] not in _DENIES:
        return False
    return "," not in texts[hits[place].end : hits[place + 1].start]


def _goes_on(sentence: Sentence, place: int) -> bool:
    """Whether the end of a list is told to last: ``no nodule, effusion (is) larger``.

    Alone under a denial it is denied all the same: ``no effusion is larger``.
    """
    _, hits, kinds = sentence
    if place + 1 < len(kinds) and kinds[place + 1] is Kind.COPULA:
        joined = hits[place + 1].start == hits[place].end
        of_a_list = place > 0 and kinds[place - 1] in THINGS
        return joined and of_a_list and _says_to_last(sentence, place + 1)
    first = last = place
    while first and _are_of_one_item(sentence, first - 1, first):
        first -= 1
    while last + 1 < len(kinds) and _are_of_one_item(sentence, last, last + 1):
        last += 1
    before = first - 1
    while before > 0 and kinds[before] in PRESENCE:
        before -= 1
    of_a_list = before >= 0 and kinds[before] in THINGS
    return of_a_list and _says_to_last(sentence, last)


def _are_of_one_item(sentence: Sentence, place: int, after: int) -> bool:
    texts, hits, kinds = sentence
    between = texts[hits[place].end : hits[after].start]
    things = kinds[place] in THINGS and kinds[after] in THINGS
    return things and _ITEM_ENDS.isdisjoint(between)


def _says_to_last(sentence: Sentence, place: int) -> bool:
    """Whether what follows says that it is there, and not of another finding."""
    texts, hits, kinds = sentence
    at = place + 1
    if at >= len(kinds) or kinds[at] not in PRESENCE:
        return False
    between = texts[hits[place].end : hits[at].start]
    lasts = kinds[at] is Kind.UNCHANGED  # "effusion on the left unchanged"
    farthest = _FARTHEST_UNCHANGED if lasts else _FARTHEST_PRESENCE
    if len(between) > farthest or not _ITEM_ENDS.isdisjoint(between):
        return False
    named = at + 1 < len(kinds) and kinds[at + 1] in THINGS
    return not (named and hits[at + 1].start == hits[at].end)


def _is_of_another_item(sentence: Sentence, past: int, place: int) -> bool:
    """Whether something else is past: ``status post resection, small effusion``."""
    texts, hits, kinds = sentence
    things = (at for at in range(past + 1, place + 1) if kinds[at] in THINGS)
    return "," in texts[hits[past].end : hits[next(things, place)].start]


def _begins_a_clause(sentence: Sentence, at: int) -> bool:
    """Whether a new subject begins here: ``without effusion, the heart is ...``."""
    start = sentence.hits[at].start
    before = sentence.hits[at - 1].end if at else 0
    return (
        sentence.kinds[at] is Kind.ORGAN
        and "," in sentence.texts[max(before, start - 2) : start]
    )


def _is_a_clause(sentence: Sentence, at: int, place: int) -> bool:
    """Whether an organ has its own state before the next comma: ``, ribs intact,``."""
    texts, hits, kinds = sentence
    if kinds[at + 1] not in _STATES or not _begins_a_clause(sentence, at):
        return False
    ends = hits[at + 1].end, hits[place].start
    return at + 1 < place and "," in texts[slice(*ends)]


def _is_of_an_organ(sentence: Sentence, state: int) -> bool:
    """Whether an organ follows: ``leads show a normal heart`` denies no leads."""
    _, hits, kinds = sentence
    return (
        state + 1 < len(kinds)
        and kinds[state + 1] is Kind.ORGAN
        and hits[state + 1].start <= hits[state].end + 1
    )
