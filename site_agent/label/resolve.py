"""What a sentence asserts: each finding is denied, doubted, not meant, or there.

A cue reaches over the findings of its list and no further. The rules, in this order:

1. ``not meant``: asked for, past or recommended (``evaluate for``, ``history of``).
2. ``denied``: a denial before it, or what denies it after it.
3. ``doubted``: a doubt before it, a doubt after it, or one of two alternatives. A doubt
   binds to the hypothesis, not to what is described: in ``opacity may represent
   pneumonia`` the opacity is there.
4. ``there`` otherwise.

A cue's reach ends where a new statement begins (``but``, ``there is``), after a finding
of its list that is followed by a verb or a link (``no effusion is seen and ...``, ``no
effusion with ...``), and at an item that says to be there (``no effusion, small
pneumothorax``). What is said of an organ counts by its state: ``heart size is normal``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.pack import Kind
from site_agent.label.scan import Hit
from site_agent.label.sentences import Word

_THINGS = (Kind.FINDING, Kind.NOTHING)
_ENDS_A_LIST = (Kind.LINK, Kind.COPULA)
_STATES = {
    Kind.ABNORMAL: Assertion.POSITIVE,
    Kind.DOUBTFUL: Assertion.UNCERTAIN,
    Kind.NORMAL: Assertion.NEGATIVE,
    Kind.SOUND: Assertion.NEGATIVE,
}
_FARTHEST_STATE = 8  # words between an organ and what is said of it


class Mention(NamedTuple):
    """One assertion and its evidence: the phrase, the cue if there is one, the rule.

    `start`, `end`, `cue_start`, `cue_end` are places in the section's text.
    """

    observation: Observation.ValueType
    assertion: Assertion.ValueType
    start: int
    end: int
    rule: str
    cue_start: int = -1
    cue_end: int = -1

    def moved(self, by: int) -> Mention:
        """Give the same evidence for a text that begins `by` characters earlier."""
        cue = (self.cue_start + by, self.cue_end + by) if self.cue_end > 0 else (-1, -1)
        return Mention(*self[:2], self.start + by, self.end + by, self.rule, *cue)


def resolve(words: list[Word], hits: list[Hit]) -> Iterator[Mention]:
    """Give an assertion for every finding and every organ that has a state."""
    for place, hit in enumerate(hits):
        if hit.kind is Kind.FINDING:
            rule, assertion, cue = _assertion(words, hits, place)
            if assertion is not None:
                yield from _mentions(words, hit, assertion, rule, cue)
        elif hit.kind in _STATES:
            assertion, cue = _state(hits, place)
            for organ in _organs(words, hits, place):
                yield from _mentions(words, organ, assertion, "state", cue)


def _mentions(
    words: list[Word],
    hit: Hit,
    assertion: Assertion.ValueType,
    rule: str,
    cue: Hit | None,
) -> Iterator[Mention]:
    evidence = (words[cue.start].start, words[cue.end - 1].end) if cue else (-1, -1)
    start, end = words[hit.start].start, words[hit.end - 1].end
    for observation in hit.meaning.observations:
        yield Mention(observation, assertion, start, end, rule, *evidence)


def _assertion(
    words: list[Word], hits: list[Hit], place: int
) -> tuple[str, Assertion.ValueType | None, Hit | None]:
    before = _cue_before(words, hits, place)
    if before is not None:
        if before.kind is Kind.NOT_NOW:
            return "not-now", None, before
        if before.kind is Kind.DENIAL:
            return "denial", Assertion.NEGATIVE, before
    after = _cue_after(hits, place)
    if after is not None and after.kind is Kind.UNSAID:
        return "unsaid", None, after
    if after is not None and after.kind in (Kind.DENIED, Kind.NORMAL):
        return "denied", Assertion.NEGATIVE, after
    if after is not None or before is not None:
        return "doubt", Assertion.UNCERTAIN, after or before
    beside = hits[place - 1] if place else None
    if beside is not None and _is_borderline(beside, hits[place]):
        return "doubt", Assertion.UNCERTAIN, beside
    other = _alternative(words, hits, place)
    if other is not None:
        return "alternative", Assertion.UNCERTAIN, other
    return "there", Assertion.POSITIVE, None


def _is_borderline(before: Hit, finding: Hit) -> bool:
    """Whether ``borderline`` or the like stands right before the finding."""
    return before.kind is Kind.DOUBTFUL and before.end >= finding.start - 1


def _cue_before(words: list[Word], hits: list[Hit], place: int) -> Hit | None:
    """Find the cue whose reach the finding is in; a denial goes before an inference."""
    inference: Hit | None = None
    list_ended = False
    if _says_to_be_there(words, hits, place):
        return None
    for hit in reversed(hits[:place]):
        kind = hit.kind
        if kind in (Kind.DENIAL, Kind.NOT_NOW):
            return hit
        if kind is Kind.DOUBT:
            return inference or hit
        if kind in (Kind.BREAK, Kind.DENIED, Kind.DOUBTED, Kind.UNSAID):
            break
        if kind in _THINGS and list_ended:
            break
        if kind in _ENDS_A_LIST:
            list_ended = True
        if kind is Kind.INFERENCE:
            inference = inference or hit
    return inference


def _says_to_be_there(words: list[Word], hits: list[Hit], place: int) -> bool:
    """Whether ``, small`` stands before the finding and no ``or`` holds the list."""
    if place == 0 or hits[place - 1].kind is not Kind.PRESENT:
        return False
    first = place - 1
    while first and hits[first - 1].kind is Kind.PRESENT:
        first -= 1
    start = hits[first].start
    if start == 0 or words[start - 1].text != ",":
        return False
    return not any(hit.kind is Kind.EITHER for hit in hits[place + 1 :])


def _cue_after(hits: list[Hit], place: int) -> Hit | None:
    list_ended = False
    verb_end = -1
    for hit in hits[place + 1 :]:
        kind = hit.kind
        if kind in (Kind.DENIED, Kind.DOUBTED, Kind.UNSAID):
            return hit
        if kind is Kind.NORMAL and hit.start == verb_end:  # the markings are normal
            return hit
        if kind is Kind.COPULA:
            verb_end = hit.end
        if kind in (Kind.BREAK, Kind.DENIAL, Kind.NOT_NOW, Kind.DOUBT, Kind.NO_DENIAL):
            return None
        if list_ended and kind in (*_THINGS, Kind.ORGAN):
            return None
        list_ended = list_ended or kind in _ENDS_A_LIST
    return None


def _alternative(words: list[Word], hits: list[Hit], place: int) -> Hit | None:
    """Find the ``or`` between this finding and one beside it."""
    if any(hit.kind is Kind.NO_DENIAL for hit in hits[:place]):
        return None  # no change in this or that
    for step in (1, -1):
        at = place + step
        while 0 <= at < len(hits) and (
            hits[at].kind is Kind.PRESENT or hits[at].start == hits[place].start
        ):
            at += step
        if not 0 <= at < len(hits) or hits[at].kind is not Kind.EITHER:
            continue
        versus = words[hits[at].start].text in ("versus", "vs")
        beyond = at + step
        while 0 <= beyond < len(hits) and hits[beyond].kind is Kind.PRESENT:
            beyond += step
        known = 0 <= beyond < len(hits) and hits[beyond].kind in _THINGS
        if known or versus:
            return hits[at]
    return None


def _state(hits: list[Hit], place: int) -> tuple[Assertion.ValueType, Hit]:
    """Tell what a state asserts; a denial or a doubt right before it changes it."""
    hit = hits[place]
    assertion = _STATES[hit.kind]
    before = hits[place - 1] if place else None
    if (
        before is not None
        and before.end >= hit.start - 1
        and assertion != Assertion.NEGATIVE
    ):
        if before.kind is Kind.DENIAL:
            return Assertion.NEGATIVE, before
        if before.kind is Kind.DOUBT:
            return Assertion.UNCERTAIN, before
    return assertion, hit


def _organs(words: list[Word], hits: list[Hit], place: int) -> Iterator[Hit]:
    """Find the organs that a state is said of.

    Those that follow at once (``normal heart size and mediastinal contours``), else the
    list that it follows, back to the last state or statement.
    """
    state = hits[place]
    following = hits[place + 1] if place + 1 < len(hits) else None
    if (
        following is not None
        and following.kind is Kind.ORGAN
        and following.start <= state.end + 2
        and not any(word.text == "," for word in words[state.end : following.start])
        and not (place and hits[place - 1].kind is Kind.COPULA)
    ):
        for hit in hits[place + 1 :]:
            if hit.kind is not Kind.ORGAN:
                return
            yield hit
        return
    end = state.start
    for hit in reversed(hits[:place]):
        if hit.kind is Kind.ORGAN:
            if (
                _STATES[state.kind] != Assertion.NEGATIVE
                and end - hit.end > _FARTHEST_STATE
            ):
                return
            yield hit
            end = hit.start
        elif hit.kind not in (Kind.COPULA, Kind.PRESENT, Kind.DOUBT, Kind.DENIAL):
            return
