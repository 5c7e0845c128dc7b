"""The dataset: progress, compliance, statistics, records, versions, the log."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse
from google.protobuf.message import Message
from sqlmodel import Session

from coordinator.consortium import (
    members,
    progress,
    published,
    versions,
    witnessing,
)
from coordinator.consortium.specifications import specification
from coordinator.http_api.answers import (
    Cell,
    CheckpointAnswer,
    ComplianceAnswer,
    FindingAnswer,
    ProgressAnswer,
    StatisticsAnswer,
    VersionAnswer,
)
from coordinator.http_api.office import TheOffice, needs
from coordinator.models import Version
from coordinator.publish import dataset_card
from coordinator.publish.article30_register import Register, register
from coordinator.rules.access import Scope
from coordinator.rules.counts import in_words
from protos import codec
from protos.dataset_pb2 import DatasetVersion
from protos.statistics_pb2 import DatasetStatistics

router = APIRouter(tags=["dataset"])
READ = [Depends(needs(Scope.DATASET_READ))]


@router.get("/progress", dependencies=READ)
def get_progress(here: TheOffice) -> ProgressAnswer:
    """Count the studies against the target."""
    with here.reading() as session:
        return ProgressAnswer(**asdict(progress.progress(session)))


@router.get("/compliance", dependencies=READ)
def get_compliance(here: TheOffice) -> ComplianceAnswer:
    """Hold every rule of the specification against what the members have shown."""
    with here.reading() as session:
        found = progress.compliance(session, now=here.now())
    return ComplianceAnswer(
        complete=all(each.met for each in found),
        findings=tuple(FindingAnswer(**asdict(each)) for each in found),
    )


@router.get("/statistics", dependencies=READ)
def get_statistics(here: TheOffice) -> list[StatisticsAnswer]:
    """Give the tables that each member has published last."""
    with here.reading() as session:
        held = published.latest_statistics(session)
    return [_statistics(site, tables) for site, tables in held.items()]


@router.get("/records-of-processing", dependencies=[Depends(needs(Scope.RECORDS_READ))])
def get_register(here: TheOffice) -> Register:
    """Export the Article 30 register."""
    with here.reading() as session:
        return register(session, consortium=here.config.consortium)


@router.get("/versions", dependencies=READ)
def list_versions(here: TheOffice) -> list[VersionAnswer]:
    """List all versions, newest first, with their votes."""
    with here.reading() as session:
        return [_version(session, each) for each in versions.versions(session)]


@router.post(
    "/versions", status_code=201, dependencies=[Depends(needs(Scope.VERSIONS_WRITE))]
)
def propose(here: TheOffice) -> VersionAnswer:
    """Propose what the members have contributed; the number is computed."""
    share = Fraction(here.config.governance.quorum)
    with here.writing() as session:
        version = versions.propose(session, share=share, now=here.now())
        return _version(session, version)


@router.get(
    "/versions/{number}/card",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/markdown": {}}}},
    dependencies=READ,
)
def get_card(number: str, here: TheOffice) -> PlainTextResponse:
    """Give the card of a version, Markdown."""
    with here.reading() as session:
        version = versions.version(session, number)
        content = codec.decode(DatasetVersion, version.content)
        roots = {each.site: each.manifest_root for each in content.sites}
        facts = dataset_card.Facts(
            content=content,
            digest=version.digest,
            state=version.state.value,
            specification=specification(session, content.specification),
            hospitals={each.site: each.name for each in members.members(session)},
            statistics={
                site: each
                for site, each in published.latest_statistics(session).items()
                if roots.get(site) == each.manifest_root
            },
            findings=progress.compliance(session, now=here.now()),
        )
    return PlainTextResponse(
        dataset_card.card(facts), media_type="text/markdown; charset=utf-8"
    )


@router.get("/log/checkpoint", dependencies=READ)
def get_checkpoint(here: TheOffice) -> CheckpointAnswer:
    """Give the head of the transparency log, and how far each witness has seen it."""
    consortium = here.config.consortium
    with here.reading() as session:
        return CheckpointAnswer(
            log_key=str(witnessing.log_verifier(consortium, here.log_key)),
            checkpoint=witnessing.checkpoint(
                session, consortium=consortium, key=here.log_key
            ),
            cosigned_sizes=witnessing.cosigned_sizes(session),
        )


def _statistics(site: str, tables: DatasetStatistics) -> StatisticsAnswer:
    return StatisticsAnswer(
        site=site,
        manifest_root=tables.manifest_root.hex(),
        patients=in_words(tables.patient_tens),
        studies=in_words(tables.study_tens),
        tables={
            field.name: tuple(_cell(each) for each in getattr(tables, field.name))
            for field in tables.DESCRIPTOR.fields
            if field.is_repeated
        },
    )


def _cell(cell: Message) -> Cell:
    """Read a cell of any table: enumerations and a year say what it counts."""
    of, tens = {}, 0
    for field in cell.DESCRIPTOR.fields:
        value = getattr(cell, field.name)
        if field.name == "tens":
            tens = value
        elif field.enum_type is not None:
            of[field.name] = field.enum_type.values_by_number[value].name
        else:
            of[field.name] = str(value)
    return Cell(of=of, patients=in_words(tens))


def _version(session: Session, version: Version) -> VersionAnswer:
    content = codec.decode(DatasetVersion, version.content)
    return VersionAnswer(
        dataset=version.dataset,
        version=version.version,
        state=version.state,
        digest=version.digest.hex(),
        change=version.change,
        specification=content.specification.hex(),
        sites={each.site: each.manifest_root.hex() for each in content.sites},
        quorum=version.quorum,
        votes=versions.votes(session, version),
        proposed_at=version.proposed_at,
        decided_at=version.decided_at,
    )
