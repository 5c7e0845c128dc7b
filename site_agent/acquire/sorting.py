"""Sorting what lies in an inbox into studies, each with the report that is its own."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from site_agent.acquire.folder import (
    Found,
    FoundImage,
    FoundReports,
    Ignored,
    same_content,
)
from site_agent.acquire.reports import FoundReport, accession_key, looks_like_report
from site_agent.study import Reason, ReasonCode


@dataclass(frozen=True, slots=True)
class Arrival:
    """All that came in for one study.

    `study_instance_uid` is empty for a file without one and for a report that names
    none. `images` holds each SOPInstanceUID once, `copies` the paths of the others.
    `reasons` are those that show before anything is read in full; an arrival with
    any cannot be accepted.
    """

    study_instance_uid: str
    images: tuple[FoundImage, ...]
    copies: tuple[Path, ...]
    report: FoundReport | None
    report_paths: tuple[Path, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What an inbox holds: the studies, and how many files play no part, and why."""

    arrivals: tuple[Arrival, ...]
    ignored: Mapping[Ignored, int]


Placed = tuple[FoundReport, Path]


def sort(
    found: Iterable[Found], *, same: Callable[[Path, Path], bool] = same_content
) -> Inbox:
    """Group films by StudyInstanceUID and give each study its report.

    A report belongs to the study whose StudyInstanceUID it names, else to those with
    its accession number. Copies of a film or of a report count once.
    """
    images: list[FoundImage] = []
    reports: list[Placed] = []
    ignored: Counter[Ignored] = Counter()
    for one in found:
        if isinstance(one, FoundImage):
            images.append(one)
        elif isinstance(one, FoundReports):
            reports += [(report, one.path) for report in one.reports]
        else:
            ignored[one.why] += 1
    studies = [_gather(group, same) for group in _grouped(images)]
    matched, strays, clutter = _match(reports, studies)
    ignored[Ignored.OTHER] += clutter
    arrivals = [_with_report(study, matched[i]) for i, study in enumerate(studies)]
    arrivals += [_without_study(group) for group in strays]
    ignored[Ignored.DUPLICATE] += sum(len(arrival.copies) for arrival in arrivals)
    return Inbox(tuple(arrivals), {why: n for why, n in ignored.items() if n})


def _grouped(images: Iterable[FoundImage]) -> list[list[FoundImage]]:
    """Group by StudyInstanceUID; a file without one stands alone."""
    groups: dict[str, list[FoundImage]] = defaultdict(list)
    for image in images:
        key = image.study_instance_uid or f"content {image.fingerprint}"
        groups[key].append(image)
    return list(groups.values())


def _gather(
    images: Sequence[FoundImage], same: Callable[[Path, Path], bool]
) -> Arrival:
    kept: dict[str, FoundImage] = {}
    copies: list[Path] = []
    conflicts = 0
    for image in images:
        first = kept.setdefault(image.sop_instance_uid or image.fingerprint, image)
        if first is image:
            continue
        if first.fingerprint == image.fingerprint and same(first.path, image.path):
            copies.append(image.path)
        else:
            conflicts += 1
            kept[str(image.path)] = image
    reasons = [
        Reason(ReasonCode.UNREADABLE, damage)
        for damage in dict.fromkeys(image.damage for image in kept.values())
        if damage
    ]
    if conflicts:
        reasons.append(Reason(ReasonCode.CONFLICTING_INSTANCES, f"{conflicts} files"))
    return Arrival(
        study_instance_uid=images[0].study_instance_uid,
        images=tuple(kept.values()),
        copies=tuple(copies),
        report=None,
        report_paths=(),
        reasons=tuple(reasons),
    )


def _match(
    reports: Iterable[Placed], studies: Sequence[Arrival]
) -> tuple[dict[int, list[Placed]], list[list[Placed]], int]:
    """Give each study's reports by its index, the reports of no study, and clutter."""
    by_uid: dict[str, int] = {}
    by_accession: dict[str, set[int]] = defaultdict(set)
    for index, study in enumerate(studies):
        if study.study_instance_uid:
            by_uid[study.study_instance_uid] = index
        for image in study.images:
            if key := accession_key(image.accession):
                by_accession[key].add(index)
    matched: dict[int, list[Placed]] = defaultdict(list)
    strays: dict[str, list[Placed]] = defaultdict(list)
    clutter = 0
    for report, path in reports:
        if report.study_instance_uid in by_uid:
            owners = {by_uid[report.study_instance_uid]}
        else:
            owners = _owners(report, by_accession)
        for index in owners:
            matched[index].append((report, path))
        if owners:
            continue
        if looks_like_report(report):
            key = report.study_instance_uid or accession_key(report.accession)
            strays[key or report.digest].append((report, path))
        else:
            clutter += 1
    return matched, list(strays.values()), clutter


def _owners(report: FoundReport, by_accession: Mapping[str, set[int]]) -> set[int]:
    """Find the studies with the report's accession number.

    In the name of a file it may stand beside other words (``RX1_final.txt``).
    """
    key = accession_key(report.accession)
    if key and key in by_accession:
        return by_accession[key]
    if report.certain:
        return set()
    words = (accession_key(word) for word in re.split(r"[\s_]+", report.accession))
    named = [by_accession[word] for word in words if word and word in by_accession]
    return named[0] if len(named) == 1 else set()


def _with_report(study: Arrival, reports: Sequence[Placed]) -> Arrival:
    distinct = {report.digest: report for report, _ in reports}
    reasons = study.reasons
    if len(distinct) > 1:
        reasons += (Reason(ReasonCode.REPORT_AMBIGUOUS, f"{len(distinct)} reports"),)
    return replace(
        study,
        report=next(iter(distinct.values())) if len(distinct) == 1 else None,
        report_paths=tuple(dict.fromkeys(path for _, path in reports)),
        reasons=reasons,
    )


def _without_study(reports: Sequence[Placed]) -> Arrival:
    bare = Arrival(
        study_instance_uid=reports[0][0].study_instance_uid,
        images=(),
        copies=(),
        report=None,
        report_paths=(),
        reasons=(Reason(ReasonCode.STUDY_MISSING),),
    )
    arrival = _with_report(bare, reports)
    return replace(arrival, report=reports[0][0])
