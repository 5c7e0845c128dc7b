"""What the specification asks of the whole dataset, and what is still lacking.

Each rule is a value: it can be listed, it is checked alone, and it says what it got and
what it expected. None of them stops a version from being proposed; the members decide
by their votes, with this list before them. All figures are the sites' rounded ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from protos.article30_pb2 import RecordOfProcessing
from protos.dataset_pb2 import Contribution
from protos.specification import Specification
from protos.statistics_pb2 import AgeBand, DatasetStatistics, Vendor

_PAEDIATRIC = (AgeBand.AGE_0_9, AgeBand.AGE_10_17)
ARTICLE_30 = "article-30-record"


@dataclass(frozen=True, slots=True)
class SiteEvidence:
    """What one member has shown. `documents` are the kinds in force today."""

    contribution: Contribution | None = None
    statistics: DatasetStatistics | None = None
    record: RecordOfProcessing | None = None
    documents: frozenset[str] = field(default_factory=frozenset)


Evidence = Mapping[str, SiteEvidence]
"""By site, for every member of today."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one rule stands."""

    rule: str
    met: bool
    got: str
    expected: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement. `check` returns whether it is met, and what was got."""

    code: str
    expected: Callable[[Specification], str]
    check: Callable[[Evidence, Specification], tuple[bool, str]]

    def find(self, evidence: Evidence, specification: Specification) -> Finding:
        """Hold the rule against the evidence."""
        met, got = self.check(evidence, specification)
        return Finding(self.code, met, got, self.expected(specification))


def findings(evidence: Evidence, specification: Specification) -> tuple[Finding, ...]:
    """Hold every rule against the evidence, in the order of `RULES`."""
    return tuple(rule.find(evidence, specification) for rule in RULES)


def studies(evidence: Evidence) -> int:
    """Return the studies that members have contributed, to the nearest ten each."""
    return 10 * sum(each.study_tens for each in _contributions(evidence))


# ------------------------------------------------------------------ the whole dataset


def _studies(evidence: Evidence, spec: Specification) -> tuple[bool, str]:
    count = studies(evidence)
    return count >= spec.studies, f"about {count:,} studies"


def _years(evidence: Evidence, spec: Specification) -> tuple[bool, str]:
    cells = (cell for table in _tables(evidence) for cell in table.years)
    years = {cell.year for cell in cells if cell.tens}
    return len(years) >= spec.least_calendar_years, f"{len(years)} calendar years"


def _vendors(evidence: Evidence, spec: Specification) -> tuple[bool, str]:
    cells = (cell for table in _tables(evidence) for cell in table.vendors)
    named = {cell.vendor for cell in cells if cell.tens} - {Vendor.OTHER_VENDOR}
    # A vendor with few devices is published as "other"; the site says it has three.
    any_three = any(each.three_vendors for each in _contributions(evidence))
    count = max(len(named), 3 if any_three else 0)
    return count >= spec.least_vendors, f"{count} vendors"


def _paediatric(evidence: Evidence, spec: Specification) -> tuple[bool, str]:
    cells = [cell for table in _tables(evidence) for cell in table.ages]
    patients = 10 * sum(cell.tens for cell in cells)
    young = 10 * sum(cell.tens for cell in cells if cell.age in _PAEDIATRIC)
    if not patients:
        return False, "no ages published"
    met = young * 100 <= spec.most_paediatric_percent * patients
    return met, f"about {young:,} of {patients:,} patients"


# ----------------------------------------------------------------------- every member


def _each(
    evidence: Evidence, lacks: Callable[[SiteEvidence], Iterable[str]]
) -> tuple[bool, str]:
    """Return whether no member lacks anything, and who lacks what."""
    found = {site: tuple(lacks(each)) for site, each in sorted(evidence.items())}
    told = [f"{site}: {', '.join(what)}" for site, what in found.items() if what]
    if not evidence:
        return False, "no members"
    return not told, "; ".join(told) or "every member"


def _contributed(evidence: Evidence, _spec: Specification) -> tuple[bool, str]:
    return _each(evidence, lambda each: () if each.contribution else ("nothing",))


def _audited(evidence: Evidence, spec: Specification) -> tuple[bool, str]:
    def lacks(each: SiteEvidence) -> Iterable[str]:
        share = 10 * each.contribution.audited_tenths if each.contribution else 0
        if share < spec.least_audited_percent:
            yield f"{share} %"

    return _each(evidence, lacks)


def _tabulated(evidence: Evidence, _spec: Specification) -> tuple[bool, str]:
    def lacks(each: SiteEvidence) -> Iterable[str]:
        table = each.statistics or DatasetStatistics()
        for name in ("observations", "ages", "sexes", "years", "indications"):
            if not len(getattr(table, name)):
                yield f"no {name}"
        if each.contribution and each.statistics and not _same(each):
            yield "tables of another manifest"

    return _each(evidence, lacks)


def _same(each: SiteEvidence) -> bool:
    return (
        each.statistics is not None
        and each.contribution is not None
        and each.statistics.manifest_root == each.contribution.manifest_root
    )


def _recorded(evidence: Evidence, _spec: Specification) -> tuple[bool, str]:
    def lacks(each: SiteEvidence) -> Iterable[str]:
        if each.record is None:
            yield "no record"
            return
        yield from article_30_lacks(each.record)
        held = each.contribution
        if held is not None and held.manifest_root != each.record.manifest_root:
            yield "record of another manifest"

    return _each(evidence, lacks)


def article_30_lacks(record: RecordOfProcessing) -> Iterable[str]:
    """Name what Art. 30(1) asks for and a record leaves open."""
    for letter, filled in (
        ("(a) controller", record.controller.name and record.controller.contact),
        (
            "(a) data protection officer",
            record.data_protection_officer.name
            and record.data_protection_officer.contact,
        ),
        ("(b) purposes", len(record.purposes)),
        ("(c) categories of data subjects", len(record.data_subjects)),
        ("(c) categories of personal data", len(record.data_categories)),
        ("(d) categories of recipients", len(record.recipients)),
        ("(f) time limits for erasure", record.retention_months),
        ("(g) security measures", len(record.security_measures)),
    ):
        if not filled:
            yield f"30(1){letter}"


def _documented(evidence: Evidence, spec: Specification) -> tuple[bool, str]:
    wanted = [kind for kind in spec.documents if kind != ARTICLE_30]
    return _each(
        evidence,
        lambda each: [kind for kind in wanted if kind not in each.documents],
    )


def _contributions(evidence: Evidence) -> list[Contribution]:
    held = (each.contribution for each in evidence.values())
    return [each for each in held if each is not None]


def _tables(evidence: Evidence) -> list[DatasetStatistics]:
    held = (each.statistics for each in evidence.values())
    return [each for each in held if each is not None]


RULES: tuple[Rule, ...] = (
    Rule("studies", lambda s: f"{s.studies:,} studies", _studies),
    Rule("contributions", lambda s: "every member has contributed", _contributed),
    Rule("years", lambda s: f"{s.least_calendar_years} calendar years", _years),
    Rule("vendors", lambda s: f"{s.least_vendors} vendors", _vendors),
    Rule(
        "paediatric",
        lambda s: (
            f"at most {s.most_paediatric_percent} % below "
            f"{s.paediatric_below_years} years"
        ),
        _paediatric,
    ),
    Rule("tables", lambda s: "tables of every member's manifest", _tabulated),
    Rule(
        "radiologist-audit",
        lambda s: f"{s.least_audited_percent} % of the studies read at every member",
        _audited,
    ),
    Rule(
        ARTICLE_30,
        lambda s: "a complete Art. 30(1) record of every member's manifest",
        _recorded,
    ),
    Rule(
        "documents",
        lambda s: (
            "in force at every member: "
            + ", ".join(kind for kind in s.documents if kind != ARTICLE_30)
        ),
        _documented,
    ),
)
"""Every requirement on the whole dataset, in the order in which they are shown."""
