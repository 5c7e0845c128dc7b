"""Adjectives that doubt or deny, on either side of what they are said of.

English doubts before the noun (``possible pneumonia``), and a cue's reach has one
direction. Romance languages do it on both sides, and bind to one item of a list::

    opacité basale, probable pneumopathie       the pneumonia is doubted
    cardiomégalie, pneumopathie probable        so is this one, and not the heart
    cardiomegalia, derrame pleural ausente      no effusion; the heart is large

A pack names them as ``possible`` and ``absent``; here they become cues that reach the
right way.
"""

from __future__ import annotations

from site_agent.label.pack import Kind, Meaning
from site_agent.label.scan import Hit
from site_agent.label.sentences import Word

_FARTHEST = 5  # words between a finding and its adjective: its side, its lobe
_ITEM_ENDS = (",", ":", "(", ")", "/")
_TRANSPARENT = (Kind.PRESENT, Kind.COPULA)
_SAID_OF = (Kind.FINDING, Kind.ORGAN, Kind.NOTHING)
_BREAK, _DOUBT, _DOUBTED, _DENIED = map(
    Meaning, (Kind.BREAK, Kind.DOUBT, Kind.DOUBTED, Kind.DENIED)
)


def settle(words: list[Word], hits: list[Hit]) -> list[Hit]:
    """Replace each such adjective by a cue that goes before or behind its noun."""
    settled: list[Hit] = []
    for hit in hits:
        if hit.kind is Kind.POSSIBLE and not _follows_its_noun(words, settled, hit):
            settled.append(hit._replace(meaning=_DOUBT))
        elif hit.kind in (Kind.POSSIBLE, Kind.ABSENT):
            _begin_the_item(words, settled)
            said = _DENIED if hit.kind is Kind.ABSENT else _DOUBTED
            settled.append(hit._replace(meaning=said))
        else:
            settled.append(hit)
    return settled


def _follows_its_noun(words: list[Word], before: list[Hit], hit: Hit) -> bool:
    noun = next((h for h in reversed(before) if h.kind not in _TRANSPARENT), None)
    if noun is None or noun.kind not in _SAID_OF or hit.start - noun.end > _FARTHEST:
        return False
    return all(word.text not in _ITEM_ENDS for word in words[noun.end : hit.start])


def _begin_the_item(words: list[Word], before: list[Hit]) -> None:
    """Begin a statement at the comma before the last noun, if one stands before it."""
    last = len(before)
    while last and before[last - 1].kind not in _SAID_OF:
        last -= 1
    if last < 1:
        return
    comma = before[last - 1].start
    while comma and words[comma - 1].text != ",":
        comma -= 1
    place = next((i for i, h in enumerate(before) if h.start >= comma), len(before))
    if comma and any(hit.kind in _SAID_OF for hit in before[:place]):
        before.insert(place, Hit(comma, comma, _BREAK))
