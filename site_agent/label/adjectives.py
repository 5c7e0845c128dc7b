"""Words that doubt or deny, on either side of what they are said of.

English doubts before the noun (``possible pneumonia``), and a cue's reach has one
direction. Romance languages do it on both sides, and bind to one item of a list::

    opacité basale, probable pneumopathie       the pneumonia is doubted
    cardiomégalie, pneumopathie probable        so is this one, and not the heart
    cardiomegalia, derrame pleural ausente      no effusion; the heart is large
    pulmones libres de infiltrados              none; but ``senos libres, infiltrado``

So do verbs where words are ordered freely. They deny a list, and doubt an item::

    не выявлено очагов, выпота                  nothing of the list is there
    очагов и выпота не выявлено                 neither is anything of this one
    небольшой выпот, очагов не выявлено         the effusion is there
    Erguss, Infiltrat nicht auszuschließen      so is this one, the other is doubted

    opacity, pneumonia not excluded             and in English, unless "and" joins them

So does a question mark, in every language: ``?pneumonia``, ``pneumothorax (?)``,
``Infiltrat?``.

So does a denial that ends an item: ``effusion - no``, ``Erguss: keiner``. What can be
excluded is denied, but not after a denial (``no pneumothorax can be excluded``), which
is said for ``cannot``. A mere ``not`` denies what follows at once.

A pack names the adjectives as ``possible`` and ``absent``, the verbs as ``unfound`` and
``unexcluded``; here they become cues that reach the right way.
"""

from __future__ import annotations

from collections.abc import Sequence

from site_agent.label.ellipsis import asserted_places, restore
from site_agent.label.items import THINGS
from site_agent.label.lists import hold
from site_agent.label.pack import NO_SIDES, Kind, Meaning, Sides
from site_agent.label.ratio import state_of_the_heart
from site_agent.label.scan import Hit
from site_agent.label.statements import (
    BEFORE_A_VERB,
    DASHES,
    FARTHEST,
    SAID_OF,
    begin_the_item,
    begin_the_list,
    ends_its_list,
    has_the_last_word,
    is_joined,
)

_EITHER_SIDE = frozenset(
    {
        *(Kind.POSSIBLE, Kind.ABSENT, Kind.UNFOUND, Kind.UNEXCLUDED),
        *(Kind.EXCLUDED, Kind.NOT, Kind.RATIO, Kind.DOUBTED),
    }
)
_DENIALS = frozenset({Kind.DENIAL, Kind.DENIED})
_SILENT = frozenset({Kind.AND, Kind.WITHIN})
_SETTLED = _EITHER_SIDE | _DENIALS
_UNSETTLED = _EITHER_SIDE | {Kind.WITHIN, Kind.SUBJECT}
_LIST_VERBS = frozenset({Kind.ABSENT, Kind.UNFOUND, Kind.UNEXCLUDED})
_DENIED_BEHIND = (Kind.ABSENT, Kind.UNFOUND, Kind.DENIED)
_ITEM_ENDS = (",", ":", "(", ")", "/", *DASHES)
_FARTHEST_DENIED = 1  # words between "not" and what it denies: "not a mass"
_TRANSPARENT = (Kind.PRESENT, Kind.COPULA)
_STATED = (Kind.ABNORMAL, Kind.BORDERLINE)
_DOUBT, _DOUBTED, _DENIED, _DENIAL = map(
    Meaning, (Kind.DOUBT, Kind.DOUBTED, Kind.DENIED, Kind.DENIAL)
)
_VERBS = {  # what they say of what goes before, of what follows
    Kind.UNFOUND: (_DENIED, _DENIAL),
    Kind.UNEXCLUDED: (_DOUBTED, _DOUBT),
}


def settle(texts: Sequence[str], hits: list[Hit], sides: Sides = NO_SIDES) -> list[Hit]:
    """Replace each such adjective by a cue that goes before or behind its noun."""
    kinds = [hit.meaning.kind for hit in hits]
    if Kind.DENIAL in kinds and not sides.words.isdisjoint(texts):
        hits = restore(texts, hits, sides)
        kinds = [hit.meaning.kind for hit in hits]
    if _UNSETTLED.isdisjoint(kinds) and _DENIALS.isdisjoint(kinds[1:]):
        if Kind.AND not in kinds:
            return hits
        return [hit for hit in hits if hit.meaning.kind is not Kind.AND]
    places = [hit for hit in hits if hit.meaning.kind is Kind.WITHIN]
    joints = [hit.start for hit in hits if hit.meaning.kind is Kind.AND]
    if places or joints:
        hits = [hit for hit in hits if hit.meaning.kind not in _SILENT]
    settled = _settle(texts, hits, joints, sides)
    return asserted_places(texts, settled, places, sides) if places else settled


def _settle(
    texts: Sequence[str], hits: list[Hit], joints: list[int], sides: Sides
) -> list[Hit]:
    kinds = [hit.meaning.kind for hit in hits]
    whole: dict[int, int] = {}
    if Kind.SUBJECT in kinds or (joints and not _LIST_VERBS.isdisjoint(kinds)):
        hits, whole = hold(texts, hits, joints)
        kinds = [hit.meaning.kind for hit in hits]
    if _EITHER_SIDE.isdisjoint(kinds) and _DENIALS.isdisjoint(kinds[1:]):
        return hits
    settled: list[Hit] = []
    for place, hit in enumerate(hits):
        kind = kinds[place]
        if kind not in _SETTLED:
            settled.append(hit)
            continue
        if kind in _DENIED_BEHIND and _is_of_the_other_side(texts, settled, hit, sides):
            continue
        if kind in _DENIED_BEHIND and _is_of_what_goes_before(texts, settled, hit):
            settled.pop()  # "pneumonia, but now resolved"
        if kind is Kind.POSSIBLE and texts[hit.start] == "?":
            asked = not _asks_of_what_follows(texts, hit)
            if asked and all(before.kind is not Kind.NOT_NOW for before in settled):
                begin_the_item(texts, settled)
            settled.append(hit._replace(meaning=_DOUBTED if asked else _DOUBT))
        elif kind is Kind.DOUBTED and _stands_before_a_finding(hits, place):
            settled.append(hit._replace(meaning=_DOUBT))  # opacity is likely scar
        elif kind is Kind.DOUBTED:
            if not is_joined(texts[: hit.start], settled, joints):
                begin_the_item(texts, settled)
            settled.append(hit)
        elif kind is Kind.ABSENT and _stands_before_a_finding(hits, place):
            settled.append(hit._replace(meaning=_DENIAL))
        elif settled and kind is Kind.ABSENT and settled[-1].start == hit.start:
            continue  # the state of an organ: ``senos libres``
        elif kind is Kind.POSSIBLE and not _follows_its_noun(
            texts, settled, hit, joined=not _stands_before_a_finding(hits, place)
        ):
            settled.append(hit._replace(meaning=_DOUBT))
        elif kind in (Kind.POSSIBLE, Kind.ABSENT):
            begin_the_item(texts, settled, whole.get(hit.start))
            said = _DENIED if kind is Kind.ABSENT else _DOUBTED
            settled.append(hit._replace(meaning=said))
        elif kind is Kind.DENIAL and _answers(texts, hits, place):
            begin_the_list(texts, settled)
            settled.append(hit._replace(meaning=_DENIED))
        elif kind is Kind.NOT:
            if _denies_at_once(hits, place):
                settled.append(hit._replace(meaning=_DENIAL))
        elif kind is Kind.EXCLUDED and any(h.kind is Kind.NOT_NOW for h in settled):
            continue  # asked for: "CT, so that a mass can be excluded"
        elif kind is Kind.EXCLUDED:
            doubted = _take_denial(settled)
            if doubted:
                begin_the_item(texts, settled)
            settled.append(hit._replace(meaning=_DOUBTED if doubted else _DENIED))
        elif kind is Kind.RATIO:
            settled += state_of_the_heart(texts, hit)
        elif kind in _VERBS:
            before_it, behind_it = _VERBS[kind]
            governs = _stands_before_a_finding(hits, place)
            behind = not governs and (
                ends_its_list(texts, settled, hit)
                or (texts[hit.start - 1] == "," and has_the_last_word(hits, place))
            )
            if behind and kind is Kind.UNFOUND:
                begin_the_list(texts, settled)
            elif behind:
                begin_the_item(texts, settled, whole.get(hit.start))
            settled.append(hit._replace(meaning=before_it if behind else behind_it))
        else:
            settled.append(hit)
    return settled


def _is_of_what_goes_before(
    texts: Sequence[str], before: list[Hit], denial: Hit
) -> bool:
    """Whether nothing but a denial stands in a new statement."""
    if not before or before[-1].kind is not Kind.BREAK:
        return False
    joined = before[-1].end == denial.start and any(
        hit.kind in THINGS for hit in before
    )
    return joined and texts[denial.end : denial.end + 1] in ([], [","])


def _is_of_the_other_side(
    texts: Sequence[str], before: list[Hit], denial: Hit, sides: Sides
) -> bool:
    """Whether another side is denied than was told: ``effusion right, absent left``."""
    start = denial.start
    while start and texts[start - 1] != ",":
        start -= 1
    thing = next((h for h in reversed(before) if h.kind in THINGS), None)
    if thing is None or start == 0 or thing.start >= start:
        return False
    end = next((at for at in range(start, len(texts)) if texts[at] == ","), len(texts))
    told = sides.words.intersection(texts[:start])
    return bool(told) and not told.issuperset(
        sides.words.intersection(texts[start:end])
    )


def _asks_of_what_follows(texts: Sequence[str], mark: Hit) -> bool:
    """Whether a question mark goes before its noun: ``opacity, ?pneumonia``."""
    after = texts[mark.end :]
    return bool(after) and after[0] not in (")", ",") and after[-1] != "?"


def _answers(texts: Sequence[str], hits: list[Hit], place: int) -> bool:
    """Whether a denial ends the item of a finding: ``effusion: no, nodule: no``."""
    denial = hits[place]
    if denial.end < len(texts) and texts[denial.end] not in (",", ")"):
        return False
    before = (h for h in reversed(hits[:place]) if h.kind not in BEFORE_A_VERB)
    thing = next(before, None)
    if thing is None or thing.kind not in THINGS:
        return False
    between = texts[thing.end : denial.start]
    says_so = denial.end - denial.start > 1  # "no se identifica"
    answers = says_so or not between or between[-1] in (":", "(", *DASHES)
    return answers and len(between) <= FARTHEST and "," not in between


def _denies_at_once(hits: list[Hit], place: int) -> bool:
    """Whether a finding or what is said of one follows: ``not a mass``."""
    end = hits[place].end
    after = next((h for h in hits[place + 1 :] if h.start >= end), None)
    return (
        after is not None
        and after.start <= end + _FARTHEST_DENIED
        and after.kind in (*THINGS, *_STATED, Kind.PRESENT)
    )


def _take_denial(before: list[Hit]) -> bool:
    """Take away the denial that the last finding's list stands under, if it does."""
    for place in range(len(before) - 1, -1, -1):
        kind = before[place].kind
        if kind is Kind.DENIAL:
            del before[place]
            return True
        if kind not in (*THINGS, Kind.ORGAN, Kind.PRESENT, Kind.EITHER):
            return False
    return False


def _stands_before_a_finding(hits: list[Hit], place: int) -> bool:
    end = hits[place].end
    for after in hits[place + 1 :]:
        if after.start == end and after.kind in THINGS:
            return True
        if after.start == end and after.kind is Kind.PRESENT:
            end = after.end
        elif after.start >= end:
            return False
    return False


def _follows_its_noun(
    texts: Sequence[str], before: list[Hit], hit: Hit, *, joined: bool
) -> bool:
    """Whether a noun goes before; at once, where another follows at once."""
    noun = next((h for h in reversed(before) if h.kind not in _TRANSPARENT), None)
    farthest = FARTHEST if joined else 0
    if noun is None or noun.kind not in SAID_OF or hit.start - noun.end > farthest:
        return False
    return all(text not in _ITEM_ENDS for text in texts[noun.end : hit.start])
