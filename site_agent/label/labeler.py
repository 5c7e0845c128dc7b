"""Fourteen labels for a report, with CheXpert's published semantics.

An observation is positive when some mention of it is, else uncertain when some mention
is, else negative when all are, else not mentioned (Irvin et al., 2019, section 3.2). No
Finding is positive when no other observation but Support Devices is positive or
uncertain; it is never negative or uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.pack import load
from site_agent.label.resolve import Mention, resolve
from site_agent.label.scan import scan
from site_agent.label.sentences import sentences
from site_agent.study import CheckedStudy, LabelledStudy, Labels

_PRIORITY = (Assertion.POSITIVE, Assertion.UNCERTAIN, Assertion.NEGATIVE)
_OBSERVATIONS: tuple[Observation.ValueType, ...] = tuple(Observation.values()[1:])
_NO_PATHOLOGY = (Observation.NO_FINDING, Observation.SUPPORT_DEVICES)


def label(checked: CheckedStudy) -> LabelledStudy:
    """Label a study by its report."""
    report = checked.report
    return LabelledStudy(checked, label_text(report.findings, report.impression))


def label_text(findings: str, impression: str, language: str = "en") -> Labels:
    """Label the two sections of a report.

    Returns
    -------
    Labels
        One assertion for each of the 14 observations.
    """
    mentions = [*mentions_in(findings, language), *mentions_in(impression, language)]
    return combine(mentions)


def mentions_in(section: str, language: str = "en") -> Iterator[Mention]:
    """Give every assertion in a section, with its evidence."""
    root = load(language).root
    for words in sentences(section):
        hits = scan(words, root)
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
