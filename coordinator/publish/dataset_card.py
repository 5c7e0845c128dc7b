"""The dataset card: what a version holds, where it comes from, what it lacks.

After Pushkarna et al., "Data Cards" (2022), as plain Markdown. Every figure is a
site's own published one, to the nearest ten patients; sites' figures are not added up,
since a sum of rounded figures is neither rounded nor true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.message import Message

from coordinator.rules.compliance import Finding
from coordinator.rules.counts import in_words
from protos.dataset_pb2 import DatasetVersion
from protos.specification import Specification
from protos.statistics_pb2 import DatasetStatistics

_TABLES = ("ages", "sexes", "years", "vendors", "indications", "observations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a card tells.

    `hospitals` are the full names of the sites, which every publication must
    acknowledge; `statistics` are those that describe the version's own manifests.
    """

    content: DatasetVersion
    digest: bytes
    state: str
    specification: Specification
    hospitals: Mapping[str, str]
    statistics: Mapping[str, DatasetStatistics]
    findings: Sequence[Finding]


def card(facts: Facts) -> str:
    """Return the card as Markdown."""
    return "\n".join(_lines(facts)) + "\n"


def _lines(facts: Facts) -> Iterator[str]:
    content, asked = facts.content, facts.specification
    yield f"# {content.dataset} {content.version}"
    yield ""
    yield f"{asked.title}. State: {facts.state}."
    yield ""
    yield (
        "Films and reports stay in the hospitals; this version is a commitment to what "
        "each of them has frozen. All figures are rounded to ten patients, each on its "
        "own, and are not to be added or subtracted."
    )
    yield ""
    yield "## Sources, to be acknowledged in every publication"
    yield ""
    yield "| site | hospital | patients | studies | manifest root (SHA-256) |"
    yield "|---|---|---|---|---|"
    for site in content.sites:
        tables = facts.statistics.get(site.site)
        patients = in_words(tables.patient_tens) if tables else "not published"
        studies = in_words(tables.study_tens) if tables else "not published"
        name = facts.hospitals.get(site.site, site.site).replace("|", "/")
        root = f"`{site.manifest_root.hex()}`"
        yield f"| {site.site} | {name} | {patients} | {studies} | {root} |"
    yield ""
    yield "## What is in it"
    for name, published in sorted(facts.statistics.items()):
        for table in _TABLES:
            cells = getattr(published, table)
            if len(cells):
                yield ""
                yield f"{name}, {table}:"
                yield ""
                yield from (f"- {_cell(cell)}" for cell in cells)
    yield ""
    yield "## What the specification asks for"
    yield ""
    yield "| rule | met | got | expected |"
    yield "|---|---|---|---|"
    for each in facts.findings:
        met = "yes" if each.met else "**no**"
        yield f"| {each.rule} | {met} | {each.got} | {each.expected} |"
    yield ""
    yield "## To check it"
    yield ""
    yield f"- SHA-256 of the version as the sites voted on it: `{facts.digest.hex()}`"
    yield f"- SHA-256 of its specification: `{content.specification.hex()}`"
    yield f"- De-identification: {asked.confidentiality_profile}"
    yield f"- Labels: {', '.join(asked.observations)}"


def _cell(cell: Message) -> str:
    """Say one cell: what it counts, and the count."""
    of, tens = [], 0
    for field in cell.DESCRIPTOR.fields:
        value = getattr(cell, field.name)
        if field.name == "tens":
            tens = value
        elif field.enum_type is not None:
            name = field.enum_type.values_by_number[value].name
            of.append(name.lower().replace("_", " "))
        else:
            of.append(str(value))
    return f"{', '.join(of)}: {in_words(tens)}"
