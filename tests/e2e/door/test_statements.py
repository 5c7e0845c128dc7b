"""Statements arrive as they were signed, once, and from nobody else."""

from __future__ import annotations

import time
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from protos import codec, envelope
from protos.dataset_pb2 import Decision, Vote
from protos.envelope_pb2 import Envelope
from site_agent import outbox
from site_agent.egress_chain import State
from site_agent.errors import CoordinatorUnavailable
from site_agent.membership import Membership
from site_agent.serve import Service
from site_agent.uplink import Uplink
from tests.e2e.door.by_hand import agenda_request, knock, signed
from tests.e2e.door.hospital import contribute, join
from tests.e2e.door.house import House


def test_statements_arrive_byte_for_byte(
    house: House, anna: Membership, line: Uplink
) -> None:
    entries = [contribute(anna, bytes([root]) * 32) for root in (1, 2, 3)]
    outbox.flush(anna.ledger, line)
    assert house.leaves() == [entry.content for entry in entries]


def test_unknown_field(house: House, anna: Membership) -> None:
    for data in (
        signed(anna) + b"\xfa\x01\x03abc",
        agenda_request() + b"\x08\x01",
    ):
        method = "ReadAgenda" if len(data) == 2 else "Submit"
        answer = knock(house, anna.identity, method, data)
        assert answer.code == grpc.StatusCode.INVALID_ARGUMENT
        assert "does not know" in answer.details
    assert house.leaves() == []


def test_unknown_field_inside_the_signed_statement(
    house: House, anna: Membership
) -> None:
    payload = Envelope.FromString(signed(anna)).payload + b"\xfa\x01\x03abc"
    made = envelope.sign(payload, envelope.STATEMENT, anna.identity.signing_key)
    answer = knock(house, anna.identity, "Submit", codec.encode(made))
    assert answer.code == grpc.StatusCode.INVALID_ARGUMENT
    assert house.leaves() == []


def test_bad_signature(house: House, anna: Membership) -> None:
    forged = signed(anna, key=Ed25519PrivateKey.generate())
    answer = knock(house, anna.identity, "Submit", forged)
    assert answer.code == grpc.StatusCode.INVALID_ARGUMENT
    assert "signature" in answer.details
    assert house.leaves() == []


def test_statement_of_one_site_with_the_certificate_of_another(
    house: House, anna: Membership, tmp_path: Path
) -> None:
    bruno = join(house, tmp_path, "st-bruno")
    for data in (
        signed(bruno),
        signed(bruno, key=anna.identity.signing_key),
    ):
        answer = knock(house, anna.identity, "Submit", data)
        assert answer.code in (
            grpc.StatusCode.INVALID_ARGUMENT,
            grpc.StatusCode.FAILED_PRECONDITION,
        )
    assert house.leaves() == []


def test_statement_for_another_consortium(house: House, anna: Membership) -> None:
    answer = knock(house, anna.identity, "Submit", signed(anna, consortium="south"))
    assert answer.code == grpc.StatusCode.FAILED_PRECONDITION
    assert "another consortium" in answer.details


def test_replay_of_the_same_bytes_is_held_already(
    house: House, anna: Membership, line: Uplink
) -> None:
    entry = contribute(anna)
    first, second = line.submit(entry), line.submit(entry)
    assert second.already_held
    assert second.leaf_index == first.leaf_index
    assert len(house.leaves()) == 1


def test_old_sequence_under_new_bytes_is_refused(
    house: House, anna: Membership, line: Uplink
) -> None:
    contribute(anna)
    outbox.flush(anna.ledger, line)
    for sequence in (0, 1):
        data = signed(anna, sequence=sequence, issued_at=anna.now - 5)
        answer = knock(house, anna.identity, "Submit", data)
        assert answer.code == grpc.StatusCode.ALREADY_EXISTS
        assert "sequence" in answer.details
    assert len(house.leaves()) == 1


def test_refused_statement_does_not_hold_up_the_queue(
    house: House, anna: Membership, line: Uplink
) -> None:
    vote = Vote(version_digest=b"\x09" * 32, decision=Decision.APPROVE)
    outbox.enqueue(anna.ledger, anna.identity, vote, now=anna.now)
    contribute(anna)
    delivery = outbox.flush(anna.ledger, line)
    assert [entry.kind for entry in delivery.refused] == ["vote"]
    assert delivery.refused[0].detail
    assert [entry.kind for entry in delivery.sent] == ["contribution"]


def test_coordinator_down_then_up(house: House, anna: Membership, line: Uplink) -> None:
    house.stop()
    contribute(anna)
    with pytest.raises(CoordinatorUnavailable, match="stays queued"):
        outbox.flush(anna.ledger, line)
    assert len(anna.ledger.pending()) == 1
    house.start()
    deadline = time.monotonic() + 60
    while anna.ledger.pending():
        assert time.monotonic() < deadline
        Service(anna, line, None).turn()
    assert len(house.leaves()) == 1
    assert anna.ledger.entry(1).state is State.SENT
