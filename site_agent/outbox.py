"""What the site says, in order: signed and queued at once, sent when it can be.

`enqueue` gives a statement its sequence number, signs it and writes it into the ledger
in one transaction. `flush` sends what is queued, oldest first. A crash between the two,
or between sending and marking, loses nothing and doubles nothing: the same bytes go out
again, and the coordinator answers that it holds them already.

A statement that the coordinator refuses for good is marked so with its reasons, and the
next one goes out: its sequence number is higher than any that was accepted. To say it
again, enqueue it again; it gets a new number.
"""

from __future__ import annotations

from dataclasses import dataclass

from protos import codec, envelope
from protos.article30_pb2 import RecordOfProcessing
from protos.consortium_pb2 import Statement
from protos.dataset_pb2 import Contribution, Vote
from protos.envelope_pb2 import Envelope
from protos.statistics_pb2 import DatasetStatistics
from protos.training_pb2 import PermitDecision
from site_agent import durable
from site_agent.egress import Ledger
from site_agent.egress_chain import Entry, State
from site_agent.errors import CoordinatorRefused, EgressError
from site_agent.identity import Identity
from site_agent.uplink import Uplink

Body = DatasetStatistics | Contribution | RecordOfProcessing | Vote | PermitDecision

_FIELDS: dict[type, str] = {
    DatasetStatistics: "statistics",
    Contribution: "contribution",
    RecordOfProcessing: "record_of_processing",
    Vote: "vote",
    PermitDecision: "permit_decision",
}


def kind_of(body: Body | type[Body]) -> str:
    """Name a kind of statement as the ledger does, e.g. ``record-of-processing``."""
    cls = body if isinstance(body, type) else type(body)
    return _FIELDS[cls].replace("_", "-")


def statement_of(entry: Entry) -> Statement:
    """Read the statement in an entry; raises EgressError for a model chunk."""
    if entry.content is None:
        raise EgressError(
            f"Entry {entry.number} is a model chunk; only its digest and size are kept."
        )
    opened = codec.decode(Envelope, entry.content)
    return codec.decode(Statement, opened.payload)


def body_of(entry: Entry) -> Body:
    """Read what the statement in an entry says."""
    statement = statement_of(entry)
    body: Body = getattr(statement, str(statement.WhichOneof("body")))
    return body


def enqueue(ledger: Ledger, identity: Identity, body: Body, *, now: int) -> Entry:
    """Sign a statement and queue it, unless it is the last word on its subject already.

    Parameters
    ----------
    now
        Unix seconds, becomes `issued_at`.

    Returns
    -------
    Entry
        The new entry, or the earlier one that says the same.

    Raises
    ------
    EgressError
        If the schema does not allow it to leave, or the ledger is not whole.
    """

    def sign(sequence: int) -> bytes:
        statement = Statement(
            consortium=identity.consortium,
            site=identity.site,
            sequence=sequence,
            issued_at=now,
        )
        getattr(statement, _FIELDS[type(body)]).CopyFrom(body)
        payload = codec.encode(statement)
        signed = envelope.sign(payload, envelope.STATEMENT, identity.signing_key)
        return codec.encode(signed)

    try:
        with durable.locked(ledger.path.with_suffix(".queue")):
            said = last_word(ledger, body)
            if said is not None and body_of(said) == body:
                return said
            return ledger.append_envelope(kind_of(body), sign)
    except codec.Refused as error:
        raise EgressError(
            f"The schema does not allow this to leave: {error}. Nothing was queued."
        ) from error


def last_word(ledger: Ledger, body: Body) -> Entry | None:
    """Find the last entry on the same subject that the coordinator did not refuse."""
    for entry in reversed(ledger.entries(kind=kind_of(body))):
        if entry.state is not State.REFUSED:
            try:
                said = body_of(entry)
            except codec.Refused:  # written under an earlier, wider schema
                continue
            if _subject(said) == _subject(body):
                return entry
    return None


def _subject(body: Body) -> tuple[object, ...]:
    """Name what a statement is about; a later one on the same subject replaces it."""
    match body:
        case Vote():
            return (body.version_digest,)
        case PermitDecision():
            return body.terms_digest, body.role
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a flush did; each entry as it stands now."""

    sent: tuple[Entry, ...]
    refused: tuple[Entry, ...]


def flush(ledger: Ledger, uplink: Uplink) -> Delivery:
    """Send what is queued, in order, one process at a time.

    Raises
    ------
    CoordinatorUnavailable, IdentityError
        The coordinator cannot be reached or does not know this site now. What was not
        sent stays queued.
    """
    sent, refused = [], []
    with durable.locked(ledger.path.with_suffix(".outbox")):
        for entry in ledger.pending():
            try:
                receipt = uplink.submit(entry)
            except CoordinatorRefused as error:
                ledger.mark_refused(entry, str(error))
                refused.append(ledger.entry(entry.number))
            else:
                ledger.mark_sent(entry, receipt)
                sent.append(ledger.entry(entry.number))
    return Delivery(tuple(sent), tuple(refused))
