from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from protos.consortium_pb2 import FleetVerb, Receipt
from site_agent import identity
from site_agent.alarm import sound
from site_agent.egress_chain import State
from site_agent.errors import (
    CoordinatorRefused,
    CoordinatorUnavailable,
    EgressError,
    IdentityError,
    LogAlarm,
)
from site_agent.invitation import read_invitation
from site_agent.membership import Membership
from site_agent.uplink import Uplink, enrol, explain
from tests.site_agent.peer import Peer
from tests.site_agent.votes import NOW, queue_vote

# -------------------------------------------------------------------------- enrolment


def test_wrong_token_is_explained(peer: Peer, tmp_path: Path) -> None:
    path = peer.invitation(tmp_path, token="another-token-of-the-right-form")
    invited = read_invitation(path, fingerprint=peer.fingerprint)
    identity.make_keys(tmp_path / "keys")
    request = identity.enrolment_request(tmp_path / "keys", token=invited.token)
    with pytest.raises(CoordinatorRefused, match="open invitation"):
        enrol(invited, request)


def test_server_that_is_not_below_the_invitations_root_gets_nothing(
    peer: Peer, tmp_path: Path
) -> None:
    impostor = Peer()
    try:
        path = peer.invitation(tmp_path, enrolment=impostor.enrolment)
        invited = read_invitation(path, fingerprint=peer.fingerprint)
        identity.make_keys(tmp_path / "keys")
        request = identity.enrolment_request(tmp_path / "keys", token=invited.token)
        with pytest.raises(IdentityError, match="not the coordinator"):
            enrol(invited, request)
        assert impostor.enrolled is None
    finally:
        impostor.stop()


def test_enrolment_whose_reply_was_lost_is_asked_for_again(
    peer: Peer, tmp_path: Path
) -> None:
    invited = read_invitation(peer.invitation(tmp_path), fingerprint=peer.fingerprint)
    identity.make_keys(tmp_path / "keys")
    peer.lose.add("Enrol")
    with pytest.raises(CoordinatorUnavailable):
        enrol(
            invited, identity.enrolment_request(tmp_path / "keys", token=invited.token)
        )
    before = peer.enrolled
    peer.lose.clear()
    enrol(invited, identity.enrolment_request(tmp_path / "keys", token=invited.token))
    assert before is not None
    assert peer.enrolled is not None
    assert peer.enrolled.signing_key == before.signing_key
    assert peer.enrolled.supernode_key == before.supernode_key


# ------------------------------------------------------------------------- statements


def test_exact_bytes_of_the_ledger_arrive(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entry = queue_vote(member)
    assert uplink.submit(entry) == Receipt(leaf_index=0)
    assert peer.leaves == [entry.content]


def test_what_the_ledger_does_not_hold_cannot_be_sent(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entry = queue_vote(member)
    with pytest.raises(EgressError, match="ledger holds"):
        uplink.submit(replace(entry, hash=bytes(32)))
    with pytest.raises(EgressError, match="no entry 9"):
        uplink.submit(replace(entry, number=9))
    chunk = member.ledger.append_chunk("weights", bytes(32), 3, "plan-1")
    with pytest.raises(EgressError, match="envelope"):
        uplink.submit(chunk)
    assert peer.leaves == []


def test_nothing_leaves_while_an_alarm_stands(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entry = queue_vote(member)
    sound(member.paths.home, "the log forked", now=NOW)
    with pytest.raises(LogAlarm, match="the log forked"):
        uplink.submit(entry)
    member.ledger.append_chunk("weights", hashlib.sha256(b"w").digest(), 1, "plan-1")
    with pytest.raises(LogAlarm):
        uplink.fleet(FleetVerb.PUSH_OBJECT, b"w", {})
    assert peer.leaves == []
    assert peer.fleet == []
    assert uplink.agenda().specification


def test_flower_s_push_leaves_only_when_the_ledger_holds_it(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    with pytest.raises(EgressError, match="ledger"):
        uplink.fleet(FleetVerb.PUSH_OBJECT, b"weights", {})
    member.ledger.append_chunk(
        "weights", hashlib.sha256(b"weights").digest(), 7, "plan-1"
    )
    reply = uplink.fleet(FleetVerb.PUSH_OBJECT, b"weights", {"x-signature": "s"})
    assert (reply.status, reply.body) == (200, b"carried")
    assert uplink.fleet(FleetVerb.PULL_MESSAGES, b"pull", {}).status == 200
    assert [call.body for call in peer.fleet] == [b"weights", b"pull"]
    assert peer.fleet[0].headers[0].name == "x-signature"


def test_chunk_of_flower_s_largest_size_passes(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    chunk = bytes(8 << 20)
    member.ledger.append_chunk("weights", hashlib.sha256(chunk).digest(), 1, "plan-1")
    assert uplink.fleet(FleetVerb.PUSH_OBJECT, chunk, {}).status == 200
    with pytest.raises(EgressError, match=r"FleetRequest\.body: is longer"):
        uplink.fleet(FleetVerb.PULL_MESSAGES, chunk + b"!", {})


# ----------------------------------------------------------------- who answers, and how


def test_coordinator_that_is_down_and_comes_back(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entry = queue_vote(member)
    peer.stop()
    with pytest.raises(CoordinatorUnavailable, match="stays queued"):
        uplink.submit(entry)
    peer.start()
    deadline = time.monotonic() + 30
    while True:
        try:
            uplink.submit(entry)
            break
        except CoordinatorUnavailable:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert peer.leaves == [entry.content]


def test_impostor_at_the_coordinators_address_gets_nothing(member: Membership) -> None:
    impostor = Peer()
    try:
        with (
            Uplink(impostor.address, member.identity, member.ledger) as line,
            pytest.raises(IdentityError, match="not the coordinator"),
        ):
            line.submit(queue_vote(member))
        assert impostor.leaves == []
    finally:
        impostor.stop()


def test_foreign_certificate_is_not_let_in(peer: Peer, member: Membership) -> None:
    stranger = Peer()
    try:
        key = load_pem_private_key(member.identity.tls_key, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        chain = stranger.authority.site("st-anna", key.public_key())
        foreign = replace(member.identity, chain=chain)
        with (
            Uplink(peer.address, foreign, member.ledger) as line,
            pytest.raises(CoordinatorUnavailable, match="not accept this site's"),
        ):
            line.submit(queue_vote(member))
        assert peer.leaves == []
    finally:
        stranger.stop()


def test_expired_certificate_is_not_even_shown(peer: Peer, member: Membership) -> None:
    later = member.identity.not_after + 1
    entry = queue_vote(member)
    with (
        Uplink(peer.address, member.identity, member.ledger, lambda: later) as line,
        pytest.raises(IdentityError, match="has expired"),
    ):
        line.submit(entry)
    assert member.ledger.entry(entry.number).state is State.QUEUED


def test_revoked_certificate_says_what_to_do(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.fail["Submit"] = (
        grpc.StatusCode.UNAUTHENTICATED,
        "the certificate was revoked\nthe site is not a member",
    )
    with pytest.raises(IdentityError, match="was revoked") as raised:
        uplink.submit(queue_vote(member))
    assert "site-agent init" in str(raised.value)


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.NOT_FOUND,
    ],
)
def test_reasons_to_refuse_are_passed_on(
    peer: Peer, member: Membership, uplink: Uplink, code: grpc.StatusCode
) -> None:
    peer.fail["Submit"] = (code, "sequence: replayed\nsite: another")
    with pytest.raises(CoordinatorRefused, match="replayed\nsite: another"):
        uplink.submit(queue_vote(member))


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    ],
)
def test_trouble_at_the_coordinator_refuses_nothing_for_good(
    code: grpc.StatusCode,
) -> None:
    assert isinstance(explain(code, "text of a stack"), CoordinatorUnavailable)
    assert "stack" not in str(explain(code, "text of a stack"))


def test_reasons_cannot_steer_the_terminal() -> None:
    text = str(explain(grpc.StatusCode.NOT_FOUND, "\x1b[2Jgone\r" + "x" * 9000))
    assert "\x1b" not in text
    assert "\r" not in text
    assert len(text) < 4200


def test_answer_that_the_schema_does_not_know_is_refused(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    entry = queue_vote(member)
    peer.unknown = b"\xfa\x01\x00"
    with pytest.raises(CoordinatorUnavailable, match="does not know"):
        uplink.submit(entry)
    assert member.ledger.entry(entry.number).state is State.QUEUED


def test_renewed_certificate_is_used_from_the_next_call_on(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    keys = member.paths.keys
    issued = uplink.renew(identity.renewal_request(keys))
    own = member.identity
    identity.install(
        keys,
        issued,
        root=own.root,
        consortium=own.consortium,
        site=own.site,
        now=NOW,
    )
    renewed = identity.load(keys)
    assert renewed.chain == peer.certified[-1] != own.chain
    uplink.use(renewed)
    uplink.submit(queue_vote(member))
    assert len(peer.leaves) == 1
