"""Which items of a list say to be there, and where another statement begins.

A cue reaches over a list. Some items stand for themselves all the same::

    no pneumothorax, small effusion              the effusion is there
    no nodule, effusion unchanged                so is this one
    no effusion, no pneumothorax, cardiomegaly   each denial has an item of its own
    no fracture, ribs intact, effusion           an organ with its state parts the list
"""

from __future__ import annotations

from protos.statistics_pb2 import Observation
from site_agent.label.pack import Kind
from site_agent.label.scan import Hit, Sentence

PRESENCE = frozenset({Kind.PRESENT, Kind.UNCHANGED})
THINGS = frozenset({Kind.FINDING, Kind.NEAR, Kind.SIGN, Kind.NOTHING, Kind.DISEASE})
DENIES = frozenset({Kind.DENIAL, Kind.NO_NEW, Kind.NOT_NOW, Kind.PAST})
DOUBTS = frozenset({Kind.DOUBT, Kind.CAUSE_DOUBT})

_DEVICES = Observation.SUPPORT_DEVICES  # to ask the enumeration takes long
_STATES = frozenset({Kind.NORMAL, Kind.SOUND, Kind.ABNORMAL, Kind.BORDERLINE})
_OF_AN_ITEM = frozenset({*THINGS, *PRESENCE, Kind.ORGAN, Kind.COPULA})
_LASTS = frozenset({*PRESENCE, Kind.NO_DENIAL})  # "without change" too
_ITEM_ENDS = frozenset((",", ":", ";", "(", ")"))
_FARTHEST_PRESENCE = 1  # words between a finding and what says that it is there
_FARTHEST_UNCHANGED = 3


def says_to_be_there(sentence: Sentence, place: int) -> bool:
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
    if first and hits[first - 1].end == start - 1 and kinds[first - 1] in DOUBTS:
        return False  # "probably, small effusion"
    return Kind.EITHER not in kinds[place + 1 :]


def is_a_line(thing: Hit) -> bool:
    """Whether a thing is a support device, which makes no list with findings."""
    return _DEVICES in thing.meaning.observations


def is_a_line_apart(sentence: Sentence, denial: int, place: int) -> bool:
    """Whether a line is not denied with findings: ``no pneumothorax, tube kinked``."""
    texts, hits, kinds = sentence
    if Kind.EITHER in kinds[denial:]:
        return False
    end, first = hits[denial].end, hits[denial + 1]
    apart = not is_a_line(first) or "," in texts[end : first.start]
    return apart and "," in texts[end : hits[place].start]


def has_an_item_each(sentence: Sentence, denial: int, place: int) -> bool:
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
    return is_next and denial - 1 > before >= 0 and kinds[before] in DENIES


def _is_joined_on(sentence: Sentence, place: int) -> bool:
    """Whether the list goes on with ``nor``."""
    texts, hits, kinds = sentence
    if place + 1 >= len(kinds) or kinds[place + 1] not in DENIES:
        return False
    return "," not in texts[hits[place].end : hits[place + 1].start]


def goes_on(sentence: Sentence, place: int) -> bool:
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
    if at >= len(kinds) or kinds[at] not in _LASTS:
        return False
    between = texts[hits[place].end : hits[at].start]
    lasts = kinds[at] is Kind.UNCHANGED  # "effusion on the left unchanged"
    farthest = _FARTHEST_UNCHANGED if lasts else _FARTHEST_PRESENCE
    if len(between) > farthest or not _ITEM_ENDS.isdisjoint(between):
        return False
    named = at + 1 < len(kinds) and kinds[at + 1] in THINGS
    return not (named and hits[at + 1].start == hits[at].end)


def is_of_another_item(sentence: Sentence, past: int, place: int) -> bool:
    """Whether something else is past: ``status post resection, small effusion``."""
    texts, hits, kinds = sentence
    things = (at for at in range(past + 1, place + 1) if kinds[at] in THINGS)
    return "," in texts[hits[past].end : hits[next(things, place)].start]


def begins_a_clause(sentence: Sentence, at: int) -> bool:
    """Whether a new subject begins here: ``without effusion, the heart is ...``."""
    start = sentence.hits[at].start
    before = sentence.hits[at - 1].end if at else 0
    return (
        sentence.kinds[at] is Kind.ORGAN
        and "," in sentence.texts[max(before, start - 2) : start]
    )


def is_a_clause(sentence: Sentence, at: int, place: int) -> bool:
    """Whether an organ has its own state before the next comma: ``, ribs intact,``."""
    texts, hits, kinds = sentence
    if kinds[at + 1] not in _STATES or not begins_a_clause(sentence, at):
        return False
    ends = hits[at + 1].end, hits[place].start
    return at + 1 < place and "," in texts[slice(*ends)]


def is_of_an_organ(sentence: Sentence, state: int) -> bool:
    """Whether an organ follows: ``leads show a normal heart`` denies no leads."""
    _, hits, kinds = sentence
    return (
        state + 1 < len(kinds)
        and kinds[state + 1] is Kind.ORGAN
        and hits[state + 1].start <= hits[state].end + 1
    )
