"""Hospitals vote on a version, and witness the log that holds their votes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from sqlmodel import select

from coordinator.consortium import versions, witnessing
from coordinator.database import open_session
from coordinator.models import LogLeaf, Version
from coordinator.rules.states import VersionState
from protos import codec, envelope
from protos.dataset_pb2 import Decision, Vote
from site_agent import agenda, outbox, witness
from site_agent.errors import LogAlarm
from site_agent.membership import Membership
from site_agent.uplink import Uplink
from tests.e2e.door.hospital import contribute, join
from tests.e2e.door.house import House


def test_version_is_released_by_votes_and_the_log_is_witnessed(
    house: House, anna: Membership, line: Uplink, tmp_path: Path
) -> None:
    bruno = join(house, tmp_path, "st-bruno")
    with bruno.uplink() as other:
        for own, way in ((anna, line), (bruno, other)):
            contribute(own)
            outbox.flush(own.ledger, way)
        with open_session(house.home) as session:
            versions.propose(session, share=Fraction(2, 3), now=house.now())
        for own, way in ((anna, line), (bruno, other)):
            heard = agenda.refresh(own.paths, own.identity, way)
            (proposal,) = agenda.proposed(heard)
            digest = envelope.digest(codec.encode(proposal))
            vote = Vote(version_digest=digest, decision=Decision.APPROVE)
            outbox.enqueue(own.ledger, own.identity, vote, now=own.now)
            assert not outbox.flush(own.ledger, way).refused
            seen = witness.look(
                own.paths.home, own.identity, own.ledger, way, now=own.now
            )
            assert seen.proven == 2
    (version,) = house.read(lambda session: session.exec(select(Version)).all())
    assert version.state == VersionState.RELEASED
    assert set(house.read(witnessing.cosigned_sizes)) == {"st-anna", "st-bruno"}


def test_log_that_the_coordinator_rewrote_is_an_alarm(
    house: House, anna: Membership, line: Uplink
) -> None:
    contribute(anna)
    outbox.flush(anna.ledger, line)
    own = anna
    witness.look(own.paths.home, own.identity, own.ledger, line, now=own.now)
    with open_session(house.home) as session:
        leaf = session.exec(select(LogLeaf).where(LogLeaf.index == 0)).one()
        leaf.hash = bytes(32)
    with pytest.raises(LogAlarm, match="not a continuation"):
        witness.look(own.paths.home, own.identity, own.ledger, line, now=own.now)
    contribute(anna, b"\x02" * 32)
    with pytest.raises(LogAlarm):
        outbox.flush(anna.ledger, line)
    assert len(house.leaves()) == 1
