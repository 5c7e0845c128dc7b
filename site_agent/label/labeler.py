"""Fourteen labels for a report, with CheXpert's published semantics.

An observation is positive when some mention of it is, else uncertain when some mention
is, else negative when all are, else not mentioned (Irvin et al., 2019, section 3.2). No
Finding is positive when no other observation but Support Devices is positive or
uncertain, and no further abnormality is told that none of the 14 names (emphysema); it
is never negative or uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.adjectives import settle
from site_agent.label.mode import CONVENTIONS, Conventions, Mode
from site_agent.label.pack import Pack, load
from site_agent.label.resolve import Claim, Mention, resolve
from site_agent.label.scan import scan
from site_agent.label.sections import findings_of
from site_agent.label.sentences import LONGEST, Word, spans, texts_at, words_at

if TYPE_CHECKING:  # a study carries films, whose libraries take a second to load
    from site_agent.study import Labels

_WEIGHT = {
    Assertion.NOT_MENTIONED: 0,
    Assertion.NEGATIVE: 1,
    Assertion.UNCERTAIN: 2,
    Assertion.POSITIVE: 3,
}
_FOUND = (Assertion.POSITIVE, Assertion.UNCERTAIN)
_OBSERVATIONS: tuple[Observation.ValueType, ...] = tuple(Observation.values()[1:])
_PATHOLOGIES = tuple(
    observation
    for observation in _OBSERVATIONS
    if observation not in (Observation.NO_FINDING, Observation.SUPPORT_DEVICES)
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
        One assertion for each of the 14 observations.
    """
    pack, conventions = load(language), CONVENTIONS[mode]
    return combine(
        claim
        for section in (findings, impression)
        for span in spans(section, pack.abbreviation)
        for claim, _, _ in _claims(section, span, pack, conventions)
    )


def label_report(
    text: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Labels:
    """Label a whole report by its findings and impression, if headings tell them.

    Returns
    -------
    Labels
        One assertion for each of the 14 observations.
    """
    headings = load(language).headings
    parts = [text[start:end] for start, end in findings_of(text, headings)]
    return label_text("\n\n".join(parts), "", language, mode)


def mentions_in_report(
    text: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Iterator[Mention]:
    """Give every assertion in a report's findings and impression, with its evidence.

    Places are those of `text`.
    """
    for start, end in findings_of(text, load(language).headings):
        for found in mentions_in(text[start:end], language, mode):
            cue = (found.cue_start, found.cue_end)
            moved = [place + start if place >= 0 else place for place in cue]
            yield found._replace(
                start=found.start + start,
                end=found.end + start,
                cue_start=moved[0],
                cue_end=moved[1],
            )


def mentions_in(
    section: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Iterator[Mention]:
    """Give every assertion in a section, with its evidence."""
    pack = load(language)
    for span in spans(section, pack.abbreviation):
        for claim, first, words in _claims(section, span, pack, CONVENTIONS[mode]):
            places = words or words_at(section, *span)
            yield _mention(claim, places[first:])


def _claims(
    section: str, span: tuple[int, int], pack: Pack, conventions: Conventions
) -> Iterator[tuple[Claim, int, list[Word]]]:
    """Give what a sentence asserts, its first word, and words that were looked up."""
    words: list[Word] = []
    if pack.forms or pack.adjectives:
        words = words_at(section, *span)
        words = pack.forms.read(words, section) if pack.forms else words
        texts = [word.text for word in words]
    else:
        texts = texts_at(section, *span)
    for first in range(0, len(texts), LONGEST):
        part = texts[first : first + LONGEST] if len(texts) > LONGEST else texts
        hits = scan(part, pack.root)
        if pack.adjectives:
            hits = settle(words[first : first + LONGEST], hits)
        for claim in resolve(part, hits, conventions):
            yield claim, first, words


def _mention(claim: Claim, words: list[Word]) -> Mention:
    phrase, cue = claim.phrase, claim.cue
    return Mention(
        claim.observation,
        claim.assertion,
        words[phrase.start].start,
        words[phrase.end - 1].end,
        claim.rule,
        words[cue.start].start if cue else -1,
        words[cue.end - 1].end if cue else -1,
    )


def combine(claims: Iterable[Claim | Mention]) -> Labels:
    """Make the 14 labels of all that a report asserts."""
    labels = dict.fromkeys(_OBSERVATIONS, Assertion.NOT_MENTIONED)
    for claim in claims:
        observation, assertion = claim[0], claim[1]
        if _WEIGHT[assertion] > _WEIGHT[labels[observation]]:
            labels[observation] = assertion
    found = labels[Observation.NO_FINDING] == Assertion.NEGATIVE or any(
        labels[observation] in _FOUND for observation in _PATHOLOGIES
    )
    labels[Observation.NO_FINDING] = (
        Assertion.NOT_MENTIONED if found else Assertion.POSITIVE
    )
    return labels
