"""How far the dataset has come, and what the specification still lacks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from coordinator.consortium.members import active_sites, documents
from coordinator.consortium.published import (
    latest_contributions,
    latest_records,
    latest_statistics,
)
from coordinator.consortium.specifications import specification_in_force
from coordinator.rules.compliance import (
    Evidence,
    Finding,
    SiteEvidence,
    findings,
    studies,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """Studies in the dataset against what is asked, in all and by site; rounded."""

    dataset: str
    studies: int
    target: int
    sites: dict[str, int]


def progress(session: Session) -> Progress:
    """Count what the members have contributed."""
    specification = specification_in_force(session)
    held = evidence(session, now=0)
    return Progress(
        dataset=specification.dataset,
        studies=studies(held),
        target=specification.studies,
        sites={site: studies({site: each}) for site, each in sorted(held.items())},
    )


def compliance(session: Session, *, now: int) -> tuple[Finding, ...]:
    """Hold every rule of the specification against what the members have shown."""
    return findings(evidence(session, now=now), specification_in_force(session))


def evidence(session: Session, *, now: int) -> Evidence:
    """Return what each member has shown; documents as they are in force `now`."""
    contributions = latest_contributions(session)
    statistics = latest_statistics(session)
    records = latest_records(session)
    in_force: dict[str, set[str]] = {}
    for document in documents(session):
        if document.valid_from <= now < document.valid_until:
            in_force.setdefault(document.site, set()).add(document.kind.value)
    return {
        site: SiteEvidence(
            contribution=contributions.get(site),
            statistics=statistics.get(site),
            record=records.get(site),
            documents=frozenset(in_force.get(site, ())),
        )
        for site in sorted(active_sites(session))
    }
