"""Fourteen labels for a report, with CheXpert's published semantics.

An observation is positive when some mention of it is, else uncertain when some mention
is, else negative when all are, else not mentioned (Irvin et al., 2019, section 3.2). No
Finding is positive when no other observation but Support Devices is positive or
uncertain; it is never negative or uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.mode import Mode
from site_agent.label.pack import load
from site_agent.label.resolve import Mention, resolve
from site_agent.label.scan import scan
from site_agent.label.sections import findings_of
from site_agent.label.sentences import sentences

if TYPE_CHECKING:  # a study carries films, whose libraries take a second to load
    from site_agent.study import Labels

_PRIORITY = (Assertion.POSITIVE, Assertion.UNCERTAIN, Assertion.NEGATIVE)
_OBSERVATIONS: tuple[Observation.ValueType, ...] = tuple(Observation.values()[1:])
_NO_PATHOLOGY = (Observation.NO_FINDING, Observation.SUPPORT_DEVICES)


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
    mentions = [
        *mentions_in(findings, language, mode),
        *mentions_in(impression, language, mode),
    ]
    return combine(mentions)


def label_report(
    text: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Labels:
    """Label a whole report by its findings and impression, if headings tell them.

    Returns
    -------
    Labels
        One assertion for each of the 14 observations.
    """
    return combine(mentions_in_report(text, language, mode))


def mentions_in_report(
    text: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Iterator[Mention]:
    """Give every assertion in a report's findings and impression, with its evidence.

    Places are those of `text`.
    """
    for start, end in findings_of(text, load(language).headings):
        for mention in mentions_in(text[start:end], language, mode):
            yield mention.moved(start)


def mentions_in(
    section: str, language: str = "en", mode: Mode = Mode.RADIOLOGIST
) -> Iterator[Mention]:
    """Give every assertion in a section, with its evidence."""
    pack = load(language)
    for words in sentences(section, pack.abbreviation):
        if pack.forms:
            words = pack.forms.read(words, section)
        hits = scan(words, pack.root)
        if hits:
            yield from resolve(words, hits)


def combine(mentions: Iterable[Mention]) -> Labels:
    """Make the 14 labels of all mentions of a report."""
    said: dict[Observation.ValueType, set[Assertion.ValueType]] = {}
    for mention in mentions:
        said.setdefault(mention.observation, set()).add(mention.assertion)
    labels = {
        observation: next(
            (a for a in _PRIORITY if a in said.get(observation, ())),
            Assertion.NOT_MENTIONED,
        )
        for observation in _OBSERVATIONS
    }
    found = any(
        assertion in (Assertion.POSITIVE, Assertion.UNCERTAIN)
        for observation, assertion in labels.items()
        if observation not in _NO_PATHOLOGY
    )
    labels[Observation.NO_FINDING] = (
        Assertion.NOT_MENTIONED if found else Assertion.POSITIVE
    )
    return labels
