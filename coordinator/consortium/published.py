"""What members have published: the newest of each kind, by site."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.message import Message
from sqlmodel import Session, col, func, select

from coordinator.models import Member, Submission
from coordinator.rules.states import MemberState, SubmissionKind
from protos import codec
from protos.article30_pb2 import RecordOfProcessing
from protos.dataset_pb2 import Contribution
from protos.statistics_pb2 import DatasetStatistics

M = TypeVar("M", bound=Message)


def latest_contributions(session: Session) -> dict[str, Contribution]:
    """Return what each member has contributed last, in the order of the sites."""
    return _latest(session, SubmissionKind.CONTRIBUTION, Contribution)


def latest_statistics(session: Session) -> dict[str, DatasetStatistics]:
    """Return the tables that each member has published last."""
    return _latest(session, SubmissionKind.STATISTICS, DatasetStatistics)


def latest_records(session: Session) -> dict[str, RecordOfProcessing]:
    """Return the Article 30 record that each member has published last."""
    kind = SubmissionKind.RECORD_OF_PROCESSING
    return _latest(session, kind, RecordOfProcessing)


def records(session: Session) -> list[tuple[Submission, RecordOfProcessing]]:
    """Return every Article 30 record ever published, oldest first."""
    kind = SubmissionKind.RECORD_OF_PROCESSING
    published = (
        select(Submission).where(Submission.kind == kind).order_by(col(Submission.id))
    )
    return [
        (each, codec.decode(RecordOfProcessing, each.body))
        for each in session.exec(published)
    ]


def _latest(session: Session, kind: SubmissionKind, cls: type[M]) -> dict[str, M]:
    newest = (
        select(func.max(Submission.id))
        .where(Submission.kind == kind)
        .group_by(Submission.site)
    )
    published = (
        select(Submission)
        .join(Member, col(Member.site) == col(Submission.site))
        .where(
            col(Submission.id).in_(newest),
            Member.state == MemberState.ACTIVE,
            # What a site said under keys that it has lost is not its word any more.
            col(Submission.received_at) >= col(Member.admitted_at),
        )
        .order_by(col(Submission.site))
    )
    return {each.site: codec.decode(cls, each.body) for each in session.exec(published)}
