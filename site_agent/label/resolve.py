"""What a sentence asserts: each finding is denied, doubted, not meant, or there.

The rules, in this order:

1. ``not-now``: asked for, past or recommended (``evaluate for``, ``history of``).
2. ``denial``, ``denied``: a denial before it, or what denies it behind it.
3. ``doubt``: a doubt before it or behind it. A doubt binds to the hypothesis, not to
   what is described: in ``opacity may represent pneumonia`` the opacity is there.
4. ``vague``, ``explained``: called vague, or supposed to be none of the kind.
5. ``alternative``: one of two that it may be.
6. ``there`` otherwise; of a ``sign`` the observation is doubtful.

What is said of an organ counts by its ``state``: ``heart size is normal``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.cues import (
    alternatives,
    cue_after,
    cue_before,
    explanation,
    persists,
    vague_before,
)
from site_agent.label.mode import CONVENTIONS, Conventions, Mode
from site_agent.label.pack import Kind
from site_agent.label.scan import Hit, Sentence
from site_agent.label.states import STATES, asserted, organs_of, unstated

# What is one of these is also a Lung Opacity (Irvin et al., 2019, figure 1).
_LUNG_OPACITIES = frozenset(
    {
        Observation.LUNG_OPACITY,
        Observation.EDEMA,
        Observation.CONSOLIDATION,
        Observation.PNEUMONIA,
        Observation.LUNG_LESION,
        Observation.ATELECTASIS,
    }
)
_LABELLED = frozenset({Kind.FINDING, Kind.NEAR, Kind.SIGN})
# Plain numbers: to look into an enumeration takes a microsecond.
_YES, _MAYBE, _NO = Assertion.POSITIVE, Assertion.UNCERTAIN, Assertion.NEGATIVE
_FOUND = (_YES, _MAYBE)
_NONE: frozenset[Observation.ValueType] = frozenset()


class Claim(NamedTuple):
    """One assertion of a sentence: the phrase, the cue if there is one, the rule.

    A finding that is none of the labelled, but of no normal film either, claims that No
    Finding is negative.
    """

    observation: Observation.ValueType
    assertion: Assertion.ValueType
    phrase: Hit
    rule: str
    cue: Hit | None = None


class Mention(NamedTuple):
    """One assertion and its evidence: the phrase, the cue if there is one, the rule.

    `start`, `end`, `cue_start`, `cue_end` are places in the text; without a cue, -1. A
    mention that No Finding is negative is a finding that is none of the labelled.
    """

    observation: Observation.ValueType
    assertion: Assertion.ValueType
    start: int
    end: int
    rule: str
    cue_start: int = -1
    cue_end: int = -1


_Said = tuple[str, Assertion.ValueType | None, Hit | None]


def resolve(
    sentence: Sentence,
    conventions: Conventions = CONVENTIONS[Mode.RADIOLOGIST],
) -> list[Claim]:
    """Give what a sentence asserts."""
    claims: list[Claim] = []
    stated: set[int] = set()
    hits = sentence.hits
    for place, kind in enumerate(sentence.kinds):
        if kind in _LABELLED:
            _add_found(claims, sentence, place, conventions)
        elif kind in STATES:
            assertion, cue = asserted(sentence, place, conventions)
            for at in organs_of(sentence, place):
                stated.add(at)
                for observation in hits[at].meaning.observations:
                    claims.append(Claim(observation, assertion, hits[at], "state", cue))
        elif kind is Kind.NOTHING and hits[place].meaning.observations:
            rule, assertion_, cue_ = _said(sentence, place, conventions)
            if assertion_ in _FOUND:
                no_finding = hits[place].meaning.observations[0]
                claims.append(Claim(no_finding, _NO, hits[place], rule, cue_))
    if conventions.named is not None:
        claims += _unstated(sentence, stated, conventions)
    return claims


def _add_found(
    claims: list[Claim], sentence: Sentence, place: int, conventions: Conventions
) -> None:
    hit = sentence.hits[place]
    kind, observations = hit.meaning.kind, hit.meaning.observations
    rule, assertion, cue = _said(sentence, place, conventions)
    if kind is not Kind.FINDING:
        grade = conventions.near if kind is Kind.NEAR else conventions.sign
        if assertion == _YES or grade is None:
            rule, assertion = kind.value, grade
    if assertion is None:
        return
    agreed = _NONE
    if assertion == _YES:
        other, others = alternatives(sentence, place)
        if other is not None:
            rule, assertion, cue = "alternative", conventions.alternative, other
            agreed = _agreed(others) if conventions.weighs else agreed
        elif place and sentence.kinds[place - 1] is Kind.SECONDARY:
            assertion, cue = conventions.secondary, sentence.hits[place - 1]
    for observation in observations:
        if observation in agreed:
            claims.append(Claim(observation, _YES, hit, "agreed", cue))
        else:
            claims.append(Claim(observation, assertion, hit, rule, cue))
    if assertion == _MAYBE and conventions.weighs:
        for observation in hit.meaning.supposed:
            claims.append(Claim(observation, assertion, hit, rule, cue))
    if assertion in _FOUND and conventions.implies:
        for observation in hit.meaning.implied:
            claims.append(Claim(observation, _MAYBE, hit, "implied", cue))


def _said(sentence: Sentence, place: int, conventions: Conventions) -> _Said:
    before = cue_before(sentence, place)
    kind = before.meaning.kind if before is not None else None
    if kind is Kind.PAST and persists(sentence, place):
        before = kind = None
    if kind is Kind.DENIAL:
        return "denial", _NO, before
    if kind is Kind.NOT_NOW:
        answer = cue_after(sentence, place)  # what was asked is denied
        if answer is not None and answer.meaning.kind is Kind.DENIED:
            return "denied", _NO, answer
        return "not-now", None, before
    if kind is Kind.PAST:
        return "not-now", conventions.past, before
    if kind is Kind.NO_NEW:
        return "denial", conventions.no_new, before
    after = cue_after(sentence, place)
    if after is not None:
        kind = after.meaning.kind
        if kind is Kind.UNSAID and before is None:
            return "unsaid", conventions.unseen, after
        if kind is Kind.DENIED or kind is Kind.NORMAL:
            return "denied", _NO, after
        return "doubt", _MAYBE, after
    if before is not None:
        return "doubt", _MAYBE, before
    beside = vague_before(sentence, place)
    if beside is not None:
        kind = sentence.kinds[beside]
        if kind is Kind.BORDERLINE:
            said = conventions.borderline_named
            return "borderline", said, sentence.hits[beside]
        if kind is Kind.DOUBTFUL or conventions.weighs:
            return "vague", _MAYBE, sentence.hits[beside]
    if conventions.weighs:
        explained = explanation(sentence, place)
        if explained is not None:
            return "explained", _MAYBE, explained
    return "there", _YES, None


def _agreed(others: Sequence[Hit]) -> frozenset[Observation.ValueType]:
    """Tell what is there whichever of the others it is."""
    said = [set(hit.meaning.observations) for hit in others]
    for observations in said:
        if observations & _LUNG_OPACITIES:
            observations.add(Observation.LUNG_OPACITY)
    return frozenset(set.intersection(*said)) if said else frozenset()


def _unstated(
    sentence: Sentence, stated: set[int], conventions: Conventions
) -> list[Claim]:
    claims = []
    for place, kind in enumerate(sentence.kinds):
        if kind is Kind.ORGAN and place not in stated:
            assertion, cue = unstated(sentence, place, conventions)
            if assertion is not None:
                organ = sentence.hits[place]
                claims += [
                    Claim(observation, assertion, organ, "unstated", cue)
                    for observation in organ.meaning.observations
                ]
    return claims
