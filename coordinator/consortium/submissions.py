"""How a site's signed statement is accepted: verified, applied and logged at once."""

from __future__ import annotations

from typing import assert_never

from sqlmodel import Session, select

from coordinator import log
from coordinator.consortium import permits, versions
from coordinator.consortium.specifications import specification_in_force
from coordinator.errors import Conflict, Malformed, Refused
from coordinator.models import Member, Submission
from coordinator.rules.states import SubmissionKind
from protos import codec, envelope
from protos.consortium_pb2 import Receipt, Statement
from protos.envelope_pb2 import Envelope

CLOCK_SKEW = 600
"""Seconds by which a statement may seem to come from the future."""


def submit(
    session: Session, member: Member, data: bytes, *, consortium: str, now: int
) -> Receipt:
    """Accept the exact bytes of a member's envelope: all of it or nothing.

    Exactly these bytes again get the same receipt. `issued_at` may be long ago, since
    a site queues what it says while the coordinator is away.

    Raises
    ------
    Malformed
        When it is not a canonical envelope with a statement signed by the member.
    Refused
        When the statement is not for us, out of order, or cannot be applied.
    """
    sha256 = envelope.digest(data)
    held = select(Submission).where(Submission.sha256 == sha256)
    before = session.exec(held).first()
    if before is not None and before.site == member.site:
        return Receipt(leaf_index=before.leaf_index, already_held=True)
    statement = _statement(data, member)
    _check(statement, member, consortium=consortium, now=now)
    kind = SubmissionKind(str(statement.WhichOneof("body")))
    submission = Submission(
        site=member.site,
        keyid=envelope.keyid(member.signing_key),
        sequence=statement.sequence,
        sha256=sha256,
        envelope=data,
        kind=kind,
        body=codec.encode(getattr(statement, kind.value)),
        leaf_index=log.append_envelope(session, data),
        received_at=now,
    )
    member.last_sequence = statement.sequence
    session.add(submission)
    session.flush()
    _apply(session, member, statement, submission, now=now)
    return Receipt(leaf_index=submission.leaf_index, already_held=False)


def _statement(data: bytes, member: Member) -> Statement:
    """Read and verify; the signature first, so that only a member's bytes are read."""
    signed = codec.decode(Envelope, data)
    try:
        envelope.verify(signed, envelope.STATEMENT, [member.signing_key])
    except envelope.BadSignature as error:
        raise Malformed(f"envelope: {error}") from None
    if len(signed.signatures) != 1:
        raise Malformed("envelope: a statement bears exactly one signature")
    return codec.decode(Statement, signed.payload)


def _check(statement: Statement, member: Member, *, consortium: str, now: int) -> None:
    reasons = []
    if statement.consortium != consortium:
        reasons.append("consortium: the statement is for another consortium")
    if statement.site != member.site:
        reasons.append("site: the statement is another site's than the certificate")
    if statement.issued_at > now + CLOCK_SKEW:
        reasons.append("issued_at: is in the future; set the clock of the site")
    if reasons:
        raise Refused(*reasons)
    if statement.sequence <= member.last_sequence:
        raise Conflict(
            "sequence: is not above that of the last statement that was accepted "
            f"({member.last_sequence}); this one was replayed, or the site was "
            "restored from an old backup"
        )


def _apply(
    session: Session,
    member: Member,
    statement: Statement,
    submission: Submission,
    *,
    now: int,
) -> None:
    match submission.kind:
        case SubmissionKind.CONTRIBUTION:
            wanted = specification_in_force(session).sha256
            if statement.contribution.specification != wanted:
                raise Refused(
                    "contribution.specification: is not the specification in force; "
                    "run, freeze and publish again with the agenda's"
                )
            _require_digest(
                "contribution.manifest_root", statement.contribution.manifest_root
            )
        case SubmissionKind.STATISTICS:
            _require_digest(
                "statistics.manifest_root", statement.statistics.manifest_root
            )
        case SubmissionKind.RECORD_OF_PROCESSING:
            _require_digest(
                "record_of_processing.manifest_root",
                statement.record_of_processing.manifest_root,
            )
        case SubmissionKind.VOTE:
            versions.vote(session, member, statement.vote, submission, now=now)
        case SubmissionKind.PERMIT_DECISION:
            decision = statement.permit_decision
            permits.decide(session, member, decision, submission, now=now)
        case _:
            assert_never(submission.kind)


def _require_digest(name: str, value: bytes) -> None:
    if len(value) != len(envelope.digest(b"")):
        raise Malformed(f"{name}: must be 32 bytes")
