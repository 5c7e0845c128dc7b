"""Fourteen labels for a report, with CheXpert's published semantics.

An observation is positive when some mention of it is, else uncertain when some mention
is, else negative when all are, else not mentioned (Irvin et al., 2019, section 3.2). No
Finding is positive when no other observation but Support Devices is positive or
uncertain, and no further abnormality is told that none of the 14 names (emphysema); it
is never negative or uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.adjectives import settle
from site_agent.label.mode import CONVENTIONS, Mode
from site_agent.label.pack import Kind, Pack, load
from site_agent.label.resolve import Claim, Mention, resolve
from site_agent.label.scan import read, scan
from site_agent.label.sections import findings_of, read_sections, says_something
from site_agent.label.sentences import (
    LONGEST,
    Word,
    composed,
    lower,
    spans,
    texts_of,
    words_of,
)

if TYPE_CHECKING:  # a study carries films, whose libraries take a second to load
    from site_agent.study import Labels

_YES, _MAYBE, _NO = Assertion.POSITIVE, Assertion.UNCERTAIN, Assertion.NEGATIVE
_BLANK = Assertion.NOT_MENTIONED
_NO_FINDING = Observation.NO_FINDING
_NEAR = Kind.NEAR.value  # to ask an enumeration takes long
_REMEMBERED = 4096  # sentences
_LONGEST_REMEMBERED = 300  # characters
_WEIGHT = {
    _BLANK: 0,
    _NO: 1,
    _MAYBE: 2,
    _YES: 3,
}
_FOUND = (_YES, _MAYBE)
_OBSERVATIONS: tuple[Observation.ValueType, ...] = tuple(Observation.values()[1:])
_PATHOLOGIES = frozenset(
    observation
    for observation in _OBSERVATIONS
    if observation not in (_NO_FINDING, Observation.SUPPORT_DEVICES)
)


def label_text(
    findings: str,
    impression: str,
    language: str = "en",
    mode: Mode = Mode.RADIOLOGIST,
) -> Labels:
    """Label the two sections of a report.

    Returns
    -------
    Labels
        One assertion for each of the 14 observations. Of a text without a word nothing
        is known, not even that there is No Finding.
    """
    if not (says_something(findings) or says_something(impression)):
        return dict.fromkeys(_OBSERVATIONS, _BLANK)
    abbreviation = load(language).abbreviation
    claims_of = _reader(language, mode)
    claims: list[Claim] = []
    for written in filter(None, (findings, impression)):
        section, _ = composed(written)
        lowered = lower(section)
        for start, end in spans(section, abbreviation):
            claims += claims_of(lowered[start:end])
    return combine(claims)


def label_report(
    text: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Labels:
    """Label a whole report by its findings and impression, if headings tell them.

    Returns
    -------
    Labels
        One assertion for each of the 14 observations. An empty text has No Finding, as
        Open-i's coders and CheXpert's labeler have it; a text of which no word stands
        among findings has no label. Where no heading tells findings, No Finding takes
        more than silence.
    """
    if not says_something(text):
        return combine(())
    headings = load(language).headings
    text, _ = composed(text)
    places, told = read_sections(text, headings)
    parts = [text[start:end] for start, end in places]
    labels = label_text("\n\n".join(parts), "", language, mode)
    others = (labels[each] for each in _OBSERVATIONS if each != _NO_FINDING)
    if not told and all(assertion == _BLANK for assertion in others):
        return dict.fromkeys(_OBSERVATIONS, _BLANK)
    return labels


def mentions_in_report(
    text: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Iterator[Mention]:
    """Give every assertion in a report's findings and impression, with its evidence.

    Places are those of `text`.
    """
    whole, places = composed(text)
    for start, end in findings_of(whole, load(language).headings):
        for found in mentions_in(whole[start:end], language, mode):
            yield _at(found, places[start : end + 1])


def mentions_in(
    section: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Iterator[Mention]:
    """Give every assertion in a section, with its evidence."""
    pack = load(language)
    whole, places = composed(section)
    lowered = lower(whole)
    claims_of = _reader(language, mode)
    for start, end in spans(whole, pack.abbreviation):
        claims = claims_of(lowered[start:end])
        words = _words(lowered[start:end], pack) if claims else []
        for claim in claims:
            yield _at(_mention(claim, words, start), places)


@cache
def _reader(language: str, mode: Mode) -> Callable[[str], tuple[Claim, ...]]:
    """Give the function that tells what a sentence in lower case asserts.

    Radiologists write the same sentences again and again; it remembers the last few
    thousand, in memory only.
    """
    pack, conventions = load(language), CONVENTIONS[mode]

    def read_claims(sentence: str) -> tuple[Claim, ...]:
        texts = pack.forms.texts(sentence) if pack.forms else texts_of(sentence)
        claims: list[Claim] = []
        for first in range(0, len(texts), LONGEST):
            part = texts[first : first + LONGEST]
            if hits := scan(part, pack.root):
                settled = settle(part, hits, pack.sides)
                found = resolve(read(part, settled), conventions)
                claims += [_moved(claim, first) for claim in found] if first else found
        return tuple(claims)

    remembered = lru_cache(_REMEMBERED)(read_claims)

    def claims_of(sentence: str) -> tuple[Claim, ...]:
        short = len(sentence) <= _LONGEST_REMEMBERED
        return remembered(sentence) if short else read_claims(sentence)

    return claims_of


def _words(sentence: str, pack: Pack) -> list[Word]:
    words = words_of(sentence)
    return pack.forms.read(words, sentence) if pack.forms else words


def _moved(claim: Claim, words: int) -> Claim:
    """Give the claim of a part of a sentence that begins after so many words."""
    phrase, cue = claim.phrase, claim.cue
    return claim._replace(
        phrase=phrase._replace(start=phrase.start + words, end=phrase.end + words),
        cue=cue and cue._replace(start=cue.start + words, end=cue.end + words),
    )


def _mention(claim: Claim, words: list[Word], start: int) -> Mention:
    phrase, cue = claim.phrase, claim.cue
    return Mention(
        claim.observation,
        claim.assertion,
        start + words[phrase.start].start,
        start + words[phrase.end - 1].end,
        claim.rule,
        start + words[cue.start].start if cue else -1,
        start + words[cue.end - 1].end if cue else -1,
    )


def _at(mention: Mention, places: Sequence[int]) -> Mention:
    """Give the mention at the places that its characters were taken from."""
    start, end, cue_start, cue_end = (
        places[place] if place >= 0 else place
        for place in (mention.start, mention.end, mention.cue_start, mention.cue_end)
    )
    return mention._replace(start=start, end=end, cue_start=cue_start, cue_end=cue_end)


def combine(claims: Iterable[Claim]) -> Labels:
    """Make the 14 labels of all that a report asserts."""
    claims = tuple(claims)
    labels = dict.fromkeys(_OBSERVATIONS, _BLANK)
    found = False
    for claim in claims:
        observation, assertion = claim.observation, claim.assertion
        if claim.rule == _NEAR and assertion == _YES:
            assertion = _MAYBE if observation in _doubted_by_name(claims) else _YES
        if _WEIGHT[assertion] > _WEIGHT[labels[observation]]:
            labels[observation] = assertion
            found = found or (assertion in _FOUND and observation in _PATHOLOGIES)
    found = found or labels[_NO_FINDING] == _NO
    labels[_NO_FINDING] = _BLANK if found else _YES
    return labels


def _doubted_by_name(claims: Iterable[Claim]) -> frozenset[Observation.ValueType]:
    """Tell what is called by its name, and doubted or denied.

    What is only near to it does not assert it then: ``congestion without edema``.
    """
    return frozenset(
        claim.observation
        for claim in claims
        if claim.assertion != _YES and claim.phrase.meaning.kind is Kind.FINDING
    )
