from __future__ import annotations

import threading
from pathlib import Path

import grpc
import pytest

from protos import codec, envelope
from protos.article30_pb2 import RecordOfProcessing
from protos.dataset_pb2 import Contribution, Decision
from protos.envelope_pb2 import Envelope
from protos.training_pb2 import PermitDecision, Role
from site_agent import outbox
from site_agent.egress_chain import Entry, State
from site_agent.errors import (
    CoordinatorUnavailable,
    EgressError,
    IdentityError,
)
from site_agent.membership import Membership
from site_agent.uplink import Uplink
from tests.site_agent.peer import Peer
from tests.site_agent.votes import NOW, queue_vote


def contribute(member: Membership, root: int) -> Entry:
    body = Contribution(
        manifest_root=bytes([root]) * 32, specification=bytes(32), study_tens=3
    )
    return outbox.enqueue(member.ledger, member.identity, body, now=NOW)


def test_statement_is_signed_over_exact_bytes_and_names_the_site(
    member: Membership,
) -> None:
    entry = queue_vote(member)
    opened = codec.decode(Envelope, entry.content or b"")
    key = member.identity.signing_key.public_key().public_bytes_raw()
    assert envelope.verify(opened, envelope.STATEMENT, [key]) == {envelope.keyid(key)}
    statement = outbox.statement_of(entry)
    assert (statement.site, statement.consortium) == ("st-anna", "peer.example")
    assert (statement.sequence, statement.issued_at) == (1, NOW)
    assert entry.kind == "vote"


def test_the_same_said_twice_is_queued_once(member: Membership) -> None:
    assert queue_vote(member) == queue_vote(member)
    assert queue_vote(member, 2) != queue_vote(member)
    assert len(member.ledger.entries()) == 2


def test_change_of_mind_is_a_new_statement_and_so_is_the_way_back(
    member: Membership,
) -> None:
    numbers = [queue_vote(member, yes=yes).number for yes in (True, False, True, True)]
    assert numbers == [1, 2, 3, 3]


def test_publishing_an_earlier_manifest_again_is_said_again(member: Membership) -> None:
    numbers = [contribute(member, root).number for root in (1, 2, 1)]
    assert numbers == [1, 2, 3]


def test_decisions_of_member_and_officer_are_two_subjects(member: Membership) -> None:
    numbers = [
        outbox.enqueue(
            member.ledger,
            member.identity,
            PermitDecision(terms_digest=bytes(32), role=role, decision=Decision.REJECT),
            now=NOW,
        ).number
        for role in (Role.MEMBER, Role.DATA_PROTECTION_OFFICER, Role.MEMBER)
    ]
    assert numbers == [1, 2, 1]


def test_what_the_schema_does_not_allow_is_not_even_queued(member: Membership) -> None:
    body = RecordOfProcessing(retention_months=9999)
    with pytest.raises(EgressError, match="retention_months"):
        outbox.enqueue(member.ledger, member.identity, body, now=NOW)
    assert member.ledger.entries() == ()


def test_queue_goes_out_in_order(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entries = [queue_vote(member, digest) for digest in (1, 2, 3)]
    delivery = outbox.flush(member.ledger, uplink)
    assert [entry.number for entry in delivery.sent] == [1, 2, 3]
    assert peer.leaves == [entry.content for entry in entries]
    assert member.ledger.pending() == ()
    assert [entry.leaf_index for entry in member.ledger.entries()] == [0, 1, 2]


def test_nothing_is_sent_twice(peer: Peer, member: Membership, uplink: Uplink) -> None:
    queue_vote(member)
    outbox.flush(member.ledger, uplink)
    assert outbox.flush(member.ledger, uplink) == outbox.Delivery((), ())
    assert len(peer.leaves) == 1


def test_coordinator_that_is_down_leaves_the_queue_as_it_was(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    for digest in (1, 2):
        queue_vote(member, digest)
    peer.fail["Submit"] = (grpc.StatusCode.UNAVAILABLE, "away")
    with pytest.raises(CoordinatorUnavailable):
        outbox.flush(member.ledger, uplink)
    assert len(member.ledger.pending()) == 2
    peer.fail.clear()
    outbox.flush(member.ledger, uplink)
    assert len(peer.leaves) == 2


def test_lost_reply_is_made_up_for_by_the_receipt_of_the_second_try(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entry = queue_vote(member)
    peer.lose.add("Submit")
    with pytest.raises(CoordinatorUnavailable):
        outbox.flush(member.ledger, uplink)
    assert peer.leaves == [entry.content]
    peer.lose.clear()
    outbox.flush(member.ledger, uplink)
    assert peer.leaves == [entry.content]
    assert member.ledger.entry(entry.number).leaf_index == 0


def test_crash_between_sending_and_marking_doubles_nothing(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entry = queue_vote(member)
    uplink.submit(entry)  # and here the process was killed
    assert member.ledger.pending() == (entry,)
    outbox.flush(Membership.open(member.paths.home).ledger, uplink)
    assert peer.leaves == [entry.content]
    assert member.ledger.pending() == ()


def test_statement_that_is_refused_does_not_hold_up_the_next(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    first, second = queue_vote(member, 1), queue_vote(member, 2)
    peer.refuse = lambda data: "version_digest: unknown" * (data == first.content)
    delivery = outbox.flush(member.ledger, uplink)
    assert [entry.number for entry in delivery.refused] == [first.number]
    assert "version_digest: unknown" in delivery.refused[0].detail
    assert peer.leaves == [second.content]
    assert member.ledger.verify() == 2


def test_what_was_refused_can_be_said_again_under_a_higher_number(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    first = queue_vote(member)
    peer.refuse = lambda data: "not now"
    outbox.flush(member.ledger, uplink)
    peer.refuse = lambda data: None
    again = queue_vote(member)
    assert again.sequence == first.sequence + 1
    outbox.flush(member.ledger, uplink)
    assert member.ledger.entry(again.number).state is State.SENT


def test_revoked_certificate_refuses_no_statement_for_good(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entry = queue_vote(member)
    peer.fail["Submit"] = (grpc.StatusCode.UNAUTHENTICATED, "revoked")
    with pytest.raises(IdentityError):
        outbox.flush(member.ledger, uplink)
    assert member.ledger.pending() == (entry,)


def test_two_processes_that_flush_send_everything_once_and_in_order(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entries = [queue_vote(member, digest) for digest in range(1, 9)]
    received: list[bytes] = []
    peer.refuse = lambda data: received.append(data)
    threads = [
        threading.Thread(target=outbox.flush, args=(member.ledger, uplink))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert received == [entry.content for entry in entries]


def test_statement_of_an_earlier_schema_does_not_stop_a_new_one(
    member: Membership, tmp_path: Path
) -> None:
    member.ledger.append_envelope("vote", lambda sequence: b"\xff\xff")
    assert queue_vote(member).number == 2


def test_chunk_says_nothing_that_could_be_read(member: Membership) -> None:
    chunk = member.ledger.append_chunk("weights", bytes(32), 5, "plan-1")
    with pytest.raises(EgressError, match="digest and size"):
        outbox.statement_of(chunk)
