"""The consortium's transparency log: RFC 9162 over the leaves in the database.

A leaf is an envelope that was accepted, byte for byte, or a governance act as canonical
JSON. The two cannot be taken for each other: an act begins with ``{``, and no
`Envelope` can. Sites check that the log only grows and that it holds what they sent,
and cosign its checkpoints.
"""

from __future__ import annotations

import json
from enum import StrEnum

from sqlmodel import Session, col, func, select

from coordinator.models import LogLeaf
from protos import merkle


class Act(StrEnum):
    """What the consortium did; the `act` of a leaf."""

    MEMBER_ADMITTED = "member-admitted"
    MEMBER_REVOKED = "member-revoked"
    SPECIFICATION_IN_FORCE = "specification-in-force"
    VERSION_PROPOSED = "version-proposed"
    VERSION_RELEASED = "version-released"
    VERSION_REJECTED = "version-rejected"
    PERMIT_IN_FORCE = "permit-in-force"
    RUN_FINISHED = "run-finished"
    MODEL_RECORDED = "model-recorded"


ENVELOPE = "envelope"


def size(session: Session) -> int:
    """Return the number of leaves."""
    return session.exec(select(func.count()).select_from(LogLeaf)).one()


def append_envelope(session: Session, envelope: bytes) -> int:
    """Append the exact bytes of an accepted envelope; return the leaf's index."""
    return _append(session, ENVELOPE, envelope)


def append_act(
    session: Session, act: Act, *, now: int, **facts: str | int | list[str]
) -> int:
    """Append a governance act; return the leaf's index. `facts` name no person."""
    leaf = {"act": act.value, "at": now, **facts}
    data = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return _append(session, act.value, data.encode())


def _append(session: Session, kind: str, data: bytes) -> int:
    index = size(session)
    leaf_hash = merkle.leaf_hash(data)
    session.add(LogLeaf(index=index, kind=kind, data=data, hash=leaf_hash))
    session.flush()
    return index


def leaf_hashes(session: Session, *, upto: int) -> list[bytes]:
    """Return the hashes of the first `upto` leaves, in order."""
    ordered = select(LogLeaf.hash).order_by(col(LogLeaf.index)).limit(upto)
    return list(session.exec(ordered))
