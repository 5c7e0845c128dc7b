"""Where the statement begins that a cue behind it is said of.

A verb that denies a list is said of all of it, back to what says to be there; one that
doubts, and an adjective, are said of the last item alone::

    Infiltrate, Rundherde nicht nachweisbar       neither is there
    Kleiner Erguss, Infiltrate nicht nachweisbar  the effusion is
    Erguss, Infiltrat nicht auszuschließen        the effusion is, the other is doubted
"""

from __future__ import annotations

from collections.abc import Sequence

from site_agent.label.items import THINGS
from site_agent.label.pack import Kind, Meaning
from site_agent.label.scan import Hit

DASHES = ("-", "\u2013", "\u2014")
SAID_OF = (Kind.FINDING, Kind.ORGAN, Kind.NOTHING, Kind.DISEASE)
BEFORE_A_VERB = (Kind.ORGAN, Kind.PRESENT, Kind.COPULA, Kind.UNCHANGED)
FARTHEST = 5  # words between a finding and its adjective: its side, its lobe

_NOT_OF_THE_LIST = (
    *(Kind.PRESENT, Kind.UNCHANGED, Kind.PAST, Kind.NOT_NOW),
    *(Kind.DOUBT, Kind.NO_DENIAL),
)
_BREAK = Meaning(Kind.BREAK)


def is_joined(texts: Sequence[str], before: list[Hit], joints: list[int]) -> bool:
    """Whether ``and`` or ``or`` stands behind the last comma: the list is one."""
    ends = (at for at, text in enumerate(texts) if text in (",", *DASHES))
    comma = max(ends, default=-1)
    ors = (hit.start for hit in before if hit.kind is Kind.EITHER)
    return any(comma < place < len(texts) for place in (*joints, *ors))


def begin_the_item(
    texts: Sequence[str], before: list[Hit], start: int | None = None
) -> None:
    """Begin a statement at the comma before the last noun, if one stands before it.

    With `start`, at the comma before that word.
    """
    last = len(before)
    while last and before[last - 1].kind not in SAID_OF:
        last -= 1
    if last < 1:
        return
    comma = before[last - 1].start if start is None else start
    while comma and texts[comma - 1] not in (",", ":", *DASHES):
        comma -= 1
    place = next((i for i, h in enumerate(before) if h.start >= comma), len(before))
    if comma and any(hit.kind in SAID_OF for hit in before[:place]):
        before.insert(place, Hit(comma, comma, _BREAK))


def has_the_last_word(hits: list[Hit], verb: int) -> bool:
    """Whether nothing follows a verb, and a finding goes before."""
    nouns = [at for at, hit in enumerate(hits) if hit.kind in (*THINGS, Kind.ORGAN)]
    return bool(nouns) and nouns[-1] < verb and hits[nouns[-1]].kind in THINGS


def ends_its_list(texts: Sequence[str], before: list[Hit], verb: Hit) -> bool:
    """Whether findings go before the verb in its own item, organs between them."""
    passed = (*BEFORE_A_VERB, Kind.DOUBTED)  # "suspected pneumonia has resolved"
    thing = next((h for h in reversed(before) if h.kind not in passed), None)
    if thing is None or thing.kind not in THINGS:
        return False
    answers = texts[verb.end : verb.end + 1] in ([], [","])
    ends = (",",) if answers else (",", ":")
    return all(text not in ends for text in texts[thing.end : verb.start])


def begin_the_list(texts: Sequence[str], before: list[Hit]) -> None:
    """Begin a statement behind the last item that says to be there, or was asked.

    So does one that is described at length, such as a line and where it ends.
    """
    item = end = 0
    for place in range(len(before) - 1, -1, -1):
        hit = before[place]
        between = texts[hit.end : end] if end else ()
        if "," in between:
            item = place + 1
        described = "," in between and between.index(",") > FARTHEST
        if item and (hit.kind in _NOT_OF_THE_LIST or described):
            start = before[item].start
            before.insert(item, Hit(start, start, _BREAK))
            return
        end = hit.start
