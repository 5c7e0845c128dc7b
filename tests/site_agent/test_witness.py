from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from protos import checkpoint, merkle
from protos.checkpoint import Checkpoint, SignatureType, VerifierKey
from protos.consortium_pb2 import LogView
from protos.dataset_pb2 import Decision, Vote
from site_agent import alarm, outbox, witness
from site_agent.errors import CoordinatorUnavailable, LogAlarm, SiteError
from site_agent.membership import Membership
from site_agent.uplink import Uplink
from tests.site_agent.peer import CONSORTIUM, Peer
from tests.site_agent.votes import NOW, queue_vote


def say(member: Membership, uplink: Uplink, digest: int) -> None:
    queue_vote(member, digest)
    outbox.flush(member.ledger, uplink)


def look(member: Membership, uplink: Uplink) -> witness.Known:
    return witness.look(
        member.paths.home, member.identity, member.ledger, uplink, now=NOW
    )


def alarmed(member: Membership, uplink: Uplink, what: str) -> None:
    with pytest.raises(LogAlarm, match=what):
        look(member, uplink)
    with pytest.raises(LogAlarm, match=what):
        alarm.require_silence(member.paths.home)


def test_empty_log_is_a_log(member: Membership, uplink: Uplink) -> None:
    assert look(member, uplink).size == 0


def test_growing_log_is_verified_and_cosigned_once_for_each_size(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    for digest in range(1, 6):
        peer.leaves.append(b"somebody else's %d" % digest)
        say(member, uplink, digest)
        seen = look(member, uplink)
        assert (seen.size, seen.proven) == (2 * digest, digest)
        look(member, uplink)
    assert len(peer.cosigned) == 5
    public = member.identity.signing_key.public_key().public_bytes_raw()
    key = VerifierKey(f"{CONSORTIUM}/site/st-anna", SignatureType.WITNESS, public)
    held = [merkle.leaf_hash(leaf) for leaf in peer.leaves]
    head = Checkpoint(f"{CONSORTIUM}/log", len(held), merkle.root(held))
    assert peer.cosigned[-1].checkpoint == str(head)
    line = peer.cosigned[-1].cosignature
    assert checkpoint.verify_cosignature(head, line, key) == NOW


def test_what_was_verified_outlives_the_process(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    say(member, uplink, 1)
    seen = look(member, uplink)
    assert witness.read(member.paths.home) == seen


def test_log_that_was_rewritten_is_an_alarm(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.leaves += [b"first", b"second"]
    look(member, uplink)
    peer.leaves[0] = b"another first"
    peer.leaves.append(b"third")
    alarmed(member, uplink, "not a continuation")


def test_log_of_the_same_size_with_other_leaves_is_an_alarm(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.leaves += [b"first", b"second"]
    look(member, uplink)
    peer.leaves[1] = b"another second"
    alarmed(member, uplink, "not a continuation")


def test_log_that_was_cut_short_is_an_alarm(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.leaves += [b"first", b"second"]
    look(member, uplink)
    del peer.leaves[1]
    alarmed(member, uplink, "shorter")


def test_entry_with_a_receipt_that_the_log_does_not_hold_is_an_alarm(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    say(member, uplink, 1)
    peer.leaves[0] = b"something else"

    alarmed(member, uplink, "not in")


def test_entry_that_is_not_where_its_receipt_says_is_an_alarm(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    say(member, uplink, 1)
    peer.leaves.insert(0, b"slipped in before")
    alarmed(member, uplink, "not where its receipt says")


def test_log_that_does_not_answer_for_an_entry_is_an_alarm(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    say(member, uplink, 1)

    def silent(view: LogView) -> LogView:
        del view.inclusions[:]
        return view

    peer.view = silent
    alarmed(member, uplink, "does not answer for every entry")


def test_checkpoint_by_another_key_is_an_alarm(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.log_key = Ed25519PrivateKey.generate()
    alarmed(member, uplink, "checkpoint is not good")


def test_alarm_keeps_both_checkpoints_and_stands_until_a_person_moves_it(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.leaves += [b"first", b"second"]
    look(member, uplink)
    peer.leaves[0] = b"another first"
    alarmed(member, uplink, "continuation")
    found = json.loads((member.paths.home / alarm.FILE).read_text())
    assert found["known"] != found["shown"]
    assert found["known"].startswith(f"{CONSORTIUM}/log\n2\n")
    assert found["shown"].startswith(f"{CONSORTIUM}/log\n2\n")
    body = Vote(version_digest=bytes(32), decision=Decision.APPROVE)
    outbox.enqueue(member.ledger, member.identity, body, now=NOW)
    with pytest.raises(LogAlarm):
        outbox.flush(member.ledger, uplink)
    (member.paths.home / alarm.FILE).rename(member.paths.home / "settled.json")
    outbox.flush(member.ledger, uplink)
    assert member.ledger.pending() == ()


def test_coordinator_that_is_away_is_no_alarm(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.stop()
    with pytest.raises(CoordinatorUnavailable):
        look(member, uplink)
    alarm.require_silence(member.paths.home)


def test_cosignature_that_could_not_be_handed_over_is_made_up_for(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    say(member, uplink, 1)
    peer.lose.add("Cosign")
    with pytest.raises(CoordinatorUnavailable):
        look(member, uplink)
    peer.lose.clear()
    assert look(member, uplink).cosigned


def test_damaged_memory_is_not_quietly_started_anew(
    member: Membership, uplink: Uplink
) -> None:
    (member.paths.home / "witness.json").write_text("{")
    with pytest.raises(SiteError, match="backup"):
        look(member, uplink)


def test_damaged_alarm_is_an_alarm(member: Membership) -> None:
    (member.paths.home / alarm.FILE).write_text("{")
    with pytest.raises(LogAlarm):
        alarm.require_silence(member.paths.home)
