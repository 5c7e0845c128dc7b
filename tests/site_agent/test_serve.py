from __future__ import annotations

import logging
import threading
from dataclasses import replace

import grpc
import pytest

from protos import codec
from protos.consortium_pb2 import Member
from site_agent import agenda, alarm, identity, witness
from site_agent.egress_chain import State
from site_agent.membership import Membership
from site_agent.serve import Service
from site_agent.uplink import Uplink
from tests.site_agent.peer import Peer
from tests.site_agent.votes import NOW, queue_vote
from tests.site_agent.waiting import until

DAY = 86_400


class Recorder:
    """Training that only notes what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def tick(self) -> None:
        self.told.append("tick")

    def stop(self) -> None:
        self.told.append("stop")


def service(
    member: Membership, uplink: Uplink, training: Recorder | None = None
) -> Service:
    return Service(member, uplink, training)


def served(member: Membership, uplink: Uplink, training: Recorder | None = None):
    """Serve on a thread; give what ends it."""
    stop = threading.Event()
    running = service(member, uplink, training)
    thread = threading.Thread(target=running.run, args=(stop,))
    thread.start()

    def end() -> None:
        stop.set()
        thread.join()

    return end


def test_turn_sends_hears_and_witnesses(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    queue_vote(member)
    assert service(member, uplink).turn()
    assert len(peer.leaves) == 1
    assert len(peer.cosigned) == 1
    assert set(agenda.members(member.paths)) == {"st-anna"}
    assert witness.read(member.paths.home).proven == 1


def test_what_was_queued_while_the_coordinator_was_away_goes_out_when_it_is_back(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.stop()
    queue_vote(member)
    assert not service(member, uplink).turn()
    end = served(member, uplink)
    peer.start()
    try:
        until(lambda: peer.leaves)
    finally:
        end()
    assert member.ledger.pending() == ()


def test_certificate_is_renewed_after_two_thirds_and_used_at_once(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    own = member.identity
    late = replace(member, clock=lambda: own.not_before + 21 * DAY)
    queue_vote(member)
    running = service(late, uplink)
    running.turn()
    renewed = identity.load(member.paths.keys)
    assert renewed.chain == peer.certified[-1] != own.chain
    assert renewed.tls_key != own.tls_key
    assert len(peer.certified) == 2
    assert len(peer.leaves) == 1


def test_certificate_that_is_young_is_not_renewed(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    service(member, uplink).turn()
    assert len(peer.certified) == 1


def test_renewal_that_is_refused_does_not_keep_the_queue(
    peer: Peer,
    member: Membership,
    uplink: Uplink,
    caplog: pytest.LogCaptureFixture,
) -> None:
    own = member.identity
    late = replace(member, clock=lambda: own.not_before + 21 * DAY)
    peer.fail["Renew"] = (grpc.StatusCode.INVALID_ARGUMENT, "certificate_request: bad")
    queue_vote(member)
    assert service(late, uplink).turn()
    assert len(peer.leaves) == 1
    assert "certificate_request: bad" in caplog.text


def test_certificate_that_init_brought_is_taken_up_while_serving(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    queue_vote(member)
    running = service(member, uplink)
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
    running.turn()
    assert len(peer.leaves) == 1
    assert len(peer.certified) == 2


def test_changed_key_of_a_member_is_logged_and_the_queue_goes_out(
    peer: Peer,
    member: Membership,
    uplink: Uplink,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = Member(site="st-bruno", signing_key=b"\x01" * 32, dpo_key=b"\x02" * 32)
    peer.agenda.members.append(other)
    running = service(member, uplink)
    running.turn()
    peer.agenda.members[-1].signing_key = b"\x03" * 32
    queue_vote(member)
    assert running.turn()
    assert len(peer.leaves) == 1
    assert "st-bruno has another signing key" in caplog.text


def test_fork_stops_publishing_and_training_until_a_person_settles_it(
    peer: Peer,
    member: Membership,
    uplink: Uplink,
    caplog: pytest.LogCaptureFixture,
) -> None:
    peer.leaves.append(b"first")
    service(member, uplink).turn()
    peer.leaves[0] = b"another first"
    service(member, uplink).turn()
    assert (member.paths.home / alarm.FILE).exists()
    queue_vote(member)
    training = Recorder()
    end = served(member, uplink, training)
    until(lambda: training.told)
    end()
    assert set(training.told) == {"stop"}
    assert len(peer.leaves) == 1
    assert len(member.ledger.pending()) == 1
    assert "Alarm" in caplog.text


def test_training_is_looked_after_while_the_coordinator_is_away(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.stop()
    training = Recorder()
    end = served(member, uplink, training)
    until(lambda: training.told.count("tick") >= 2)
    end()
    assert training.told[-1] == "stop"


def test_training_ends_with_the_service(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    training = Recorder()
    end = served(member, uplink, training)
    until(lambda: training.told)
    end()
    assert training.told[-1] == "stop"


def test_no_identifier_and_no_secret_is_logged(
    peer: Peer,
    member: Membership,
    uplink: Uplink,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    queue_vote(member)
    peer.refuse = lambda data: "vote: too late"
    service(member, uplink).turn()
    assert member.ledger.entry(1).state is State.REFUSED
    assert "vote: too late" in caplog.text
    assert str(member.paths.home) not in caplog.text
    assert codec.encode(peer.agenda).hex() not in caplog.text
