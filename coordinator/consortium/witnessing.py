"""The log as its witnesses see it: checkpoints, proofs, cosignatures."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, col, func, select

from coordinator import log
from coordinator.errors import Conflict, Malformed, NotFound, Refused
from coordinator.models import LogLeaf, Member, Witness
from protos import merkle
from protos.checkpoint import (
    BadNote,
    Checkpoint,
    SignatureType,
    VerifierKey,
    sign,
    verify_cosignature,
)
from protos.consortium_pb2 import Cosignature, InclusionProof, LogRequest, LogView


def origin(consortium: str) -> str:
    """Return the name of a consortium's log."""
    return f"{consortium}/log"


def log_verifier(consortium: str, key: Ed25519PrivateKey) -> VerifierKey:
    """Return the key by which everybody checks the log's checkpoints."""
    public = key.public_key().public_bytes_raw()
    return VerifierKey(origin(consortium), SignatureType.LOG, public)


def witness_verifier(consortium: str, member: Member) -> VerifierKey:
    """Return the key by which everybody checks a member's cosignatures."""
    name = f"{consortium}/site/{member.site}"
    return VerifierKey(name, SignatureType.WITNESS, member.signing_key)


def checkpoint(session: Session, *, consortium: str, key: Ed25519PrivateKey) -> str:
    """Sign the head of the log; the cosignatures it already has are below it."""
    hashes = log.leaf_hashes(session, upto=log.size(session))
    head = Checkpoint(origin(consortium), len(hashes), merkle.root(hashes))
    lines = session.exec(
        select(Witness.line)
        .where(Witness.size == head.size, Witness.root == head.root)
        .order_by(col(Witness.site))
    )
    return sign(head, key) + "".join(lines)


def view(
    session: Session, request: LogRequest, *, consortium: str, key: Ed25519PrivateKey
) -> LogView:
    """Prove that the log has grown from what a site verified, and holds its leaves.

    Raises
    ------
    Refused, NotFound
        When the site has seen a longer log, or a leaf that this log does not hold.
    """
    hashes = log.leaf_hashes(session, upto=log.size(session))
    if request.verified_size > len(hashes):
        raise Refused(
            f"verified_size: the log has {len(hashes)} leaves and this site has seen "
            "more; the coordinator was restored from an old backup, or deceives"
        )
    return LogView(
        checkpoint=checkpoint(session, consortium=consortium, key=key),
        consistency=merkle.consistency_proof(hashes, request.verified_size),
        inclusions=[
            _inclusion(session, hashes, wanted) for wanted in request.leaf_hashes
        ],
    )


def _inclusion(session: Session, hashes: list[bytes], wanted: bytes) -> InclusionProof:
    found = select(func.min(LogLeaf.index)).where(LogLeaf.hash == wanted)
    index = session.exec(found).one()
    if index is None:
        raise NotFound("leaf_hashes: the log does not hold one of these leaves")
    path = merkle.inclusion_proof(hashes, index)
    return InclusionProof(leaf_index=index, path=path)


def cosign(
    session: Session,
    member: Member,
    message: Cosignature,
    *,
    consortium: str,
    now: int,
) -> None:
    """Keep a member's cosignature on a checkpoint that this log has made.

    Raises
    ------
    Malformed
        When it is not a checkpoint, or not this member's cosignature on it.
    Conflict
        When the log never had this head: the witness holds another log.
    """
    text = message.checkpoint.partition("\n\n")[0].rstrip("\n") + "\n"
    lines = text.split("\n")
    if len(lines) != 4 or not lines[1].isascii() or not lines[1].isdigit():
        raise Malformed("checkpoint: is not the text of a checkpoint")
    size = int(lines[1][:18])
    if size > log.size(session):
        raise Conflict("checkpoint: this log has never been so long")
    root = merkle.root(log.leaf_hashes(session, upto=size))
    head = Checkpoint(origin(consortium), size, root)
    if str(head) != text:
        raise Conflict("checkpoint: this log never had that head")
    try:
        verify_cosignature(
            head, message.cosignature, witness_verifier(consortium, member)
        )
    except BadNote as error:
        raise Malformed(f"cosignature: {error}") from None
    held = session.exec(
        select(Witness).where(Witness.site == member.site, Witness.size == size)
    ).first()
    if held is None:
        held = Witness(
            site=member.site,
            size=size,
            root=root,
            line=message.cosignature,
            received_at=now,
        )
        session.add(held)
    else:
        held.line, held.received_at = message.cosignature, now


def cosigned_sizes(session: Session) -> dict[str, int]:
    """Return the largest tree size that each site has cosigned."""
    largest = select(Witness.site, func.max(Witness.size)).group_by(Witness.site)
    return dict(session.exec(largest).all())
