"""A list that one word holds together: ``A, B and C are not seen``.

Where items stand bare, and ``and`` joins the last, what denies or doubts the list is
said of every item. Described ones are statements of their own (``effusion on the left,
nodule and mass not seen``), and so are lines among findings.

In Polish and Russian a nominative behind a denial says that something is there (``без
пневмоторакса, ателектаз``), since what is denied has another case. Packs mark it, as a
`subject`. It says nothing in a list that a verb governs or that has other cases too::

    ателектазы, очаги и переломы не выявлены    none of them is there
    brak cech odmy, płyn i niedodma             fluid and atelectasis are
    brak cech odmy, płyn i niedodmę             none is; both cases of "płyn" look alike
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from site_agent.label.items import THINGS, is_a_line
from site_agent.label.pack import Kind, Meaning
from site_agent.label.scan import Hit

_DOUBTS = (Kind.DOUBT, Kind.INFERENCE, Kind.POSSIBLE, Kind.UNEXCLUDED)
_CUES = (*_DOUBTS, Kind.DENIAL, Kind.NO_NEW, Kind.ABSENT, Kind.UNFOUND)
_VERBS = (Kind.ABSENT, Kind.UNFOUND, Kind.UNEXCLUDED, Kind.DENIED, Kind.DOUBTED)
_BEFORE_A_VERB = (Kind.SUBJECT, Kind.ORGAN, Kind.COPULA)
_FARTHEST_CUE = 3  # words between a cue and the first item
_SHORTEST_ROW = 3  # items that are one list without an "and"
_PRESENT = Meaning(Kind.PRESENT)


def hold(
    texts: Sequence[str], hits: list[Hit], joints: list[int]
) -> tuple[list[Hit], dict[int, int]]:
    """Make subjects say that something is there, where they do.

    Parameters
    ----------
    joints
        Where ``and`` stands.

    Returns
    -------
    tuple of (list of Hit, dict of int to int)
        The hits without subjects, and where the list begins that a verb governs as a
        whole, by the start of the verb.
    """
    silent: set[Hit] = set()
    whole: dict[int, int] = {}
    for items in _lists(texts, hits, joints):
        verb = _verb_behind(texts, hits, items[-1])
        joined = any(items[0].end <= joint < items[-1].start for joint in joints)
        if verb is not None and (joined or len(items) >= _SHORTEST_ROW):
            silent |= _subjects(hits, items)
            whole[verb.start] = items[0].start
        elif verb is None and _is_held(texts, hits, items, joined=joined):
            silent |= _subjects(hits, items)
    told = [h._replace(meaning=_PRESENT) if h.kind is Kind.SUBJECT else h for h in hits]
    kept = [new for new, old in zip(told, hits, strict=True) if old not in silent]
    return kept, whole


def _lists(
    texts: Sequence[str], hits: list[Hit], joints: list[int]
) -> Iterator[list[Hit]]:
    """Give the lists of bare findings; lines and findings make no list together."""
    marks = {at for h in hits if h.kind is Kind.SUBJECT for at in range(h.start, h.end)}
    between = marks | set(joints) | {at for at, text in enumerate(texts) if text == ","}
    items: list[Hit] = []
    for thing in (hit for hit in hits if hit.kind in THINGS):
        if items:
            gap = range(items[-1].end, thing.start)
            alike = is_a_line(items[-1]) == is_a_line(thing)
            if not (alike and gap and between.issuperset(gap)):
                yield items
                items = []
        items.append(thing)
    if items:
        yield items


def _begin(hits: list[Hit], thing: Hit) -> int:
    marks = (h for h in hits if h.kind is Kind.SUBJECT and h.end == thing.start)
    return next((mark.start for mark in marks), thing.start)


def _subjects(hits: list[Hit], items: list[Hit]) -> set[Hit]:
    start, end = _begin(hits, items[0]), items[-1].end
    marks = [hit for hit in hits if hit.kind is Kind.SUBJECT]
    return {mark for mark in marks if start <= mark.start <= end}


def _verb_behind(texts: Sequence[str], hits: list[Hit], item: Hit) -> Hit | None:
    behind = [h for h in hits if h.start >= item.end and h.kind not in _BEFORE_A_VERB]
    if not behind or behind[0].kind not in _VERBS:
        return None
    return behind[0] if "," not in texts[item.end : behind[0].start] else None


def _is_held(
    texts: Sequence[str], hits: list[Hit], items: list[Hit], *, joined: bool
) -> bool:
    """Whether a cue before the list holds it, by the cases of its items too."""
    start = _begin(hits, items[0])
    before = next((hit for hit in reversed(hits) if hit.end <= start), None)
    if len(items) == 1 or before is None or before.kind not in _CUES:
        return False
    between = texts[before.end : start]
    doubted = before.kind in _DOUBTS
    if len(between) > _FARTHEST_CUE or ("," in between and not doubted):
        return False
    marks = [hit for hit in hits if hit.kind is Kind.SUBJECT]
    words = {texts[mark.start] for mark in marks}

    def is_marked(item: Hit) -> bool:
        beside = any(m.end == item.start or m.start == item.end for m in marks)
        return beside or not words.isdisjoint(texts[item.start : item.end])

    return is_marked(items[0]) or (joined and (doubted or not is_marked(items[-1])))
