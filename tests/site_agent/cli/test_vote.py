from __future__ import annotations

import pytest

from protos import codec, envelope
from protos.consortium_pb2 import Statement
from protos.dataset_pb2 import DatasetVersion, Decision, SiteRoot, Vote
from protos.envelope_pb2 import Envelope
from protos.specification import Specification
from site_agent.manifest import Manifest
from site_agent.membership import Membership
from tests.site_agent.cli.conftest import Type, freeze
from tests.site_agent.peer import Peer


def proposal(root: bytes, number: str = "1.0.0") -> DatasetVersion:
    return DatasetVersion(
        dataset="chest-radiographs",
        version=number,
        specification=Specification().sha256,
        sites=[
            SiteRoot(site="st-anna", manifest_root=root),
            SiteRoot(site="st-bruno", manifest_root=bytes(32)),
        ],
    )


def votes(peer: Peer) -> list[Vote]:
    envelopes = [codec.decode(Envelope, leaf) for leaf in peer.leaves]
    statements = [codec.decode(Statement, each.payload) for each in envelopes]
    return [each.vote for each in statements if each.HasField("vote")]


@pytest.fixture
def proposed(peer: Peer, site: Type, frozen: Manifest) -> DatasetVersion:
    assert site("publish").code == 0
    version = proposal(frozen.root)
    peer.agenda.proposed_versions.append(codec.encode(version))
    return version


def test_vote_shows_what_it_is_about_and_signs_the_exact_proposal(
    peer: Peer, site: Type, frozen: Manifest, proposed: DatasetVersion
) -> None:
    ended = site("vote", "1.0.0", "approve")
    assert ended.code == 0, ended.err
    assert f"{frozen.root.hex()}  (this site)" in ended.out
    (vote,) = votes(peer)
    assert vote.version_digest == envelope.digest(codec.encode(proposed))
    assert vote.decision == Decision.APPROVE


def test_voting_twice_sends_one_vote(
    peer: Peer, site: Type, proposed: DatasetVersion
) -> None:
    site("vote", "1.0.0", "approve")
    assert site("vote", "chest-radiographs@1.0.0", "approve").code == 0
    assert len(votes(peer)) == 1


def test_proposals_are_listed_without_voting(
    peer: Peer, site: Type, proposed: DatasetVersion
) -> None:
    assert "version 1.0.0" in site("vote").out
    assert votes(peer) == []


def test_version_with_another_manifest_of_ours_is_not_approved_but_may_be_rejected(
    peer: Peer, site: Type, member: Membership, proposed: DatasetVersion
) -> None:
    freeze(member.paths, 5, first=100)
    site("publish")
    ended = site("vote", "1.0.0", "approve")
    assert ended.code == 1
    assert "published last" in ended.err
    assert votes(peer) == []
    assert site("vote", "1.0.0", "reject").code == 0
    assert votes(peer)[0].decision == Decision.REJECT


def test_version_with_a_manifest_that_was_never_ours(
    peer: Peer, site: Type, proposed: DatasetVersion
) -> None:
    peer.agenda.proposed_versions[0] = codec.encode(proposal(b"\x09" * 32))
    ended = site("vote", "1.0.0", "approve")
    assert ended.code == 1
    assert "has not frozen" in ended.err
    assert "Nothing was sent" in ended.err


def test_version_that_is_not_proposed(
    peer: Peer, site: Type, proposed: DatasetVersion
) -> None:
    ended = site("vote", "9.9.9", "approve")
    assert ended.code == 1
    assert "chest-radiographs@1.0.0" in ended.err


def test_vote_without_a_line_is_queued_on_the_agenda_last_heard(
    peer: Peer, site: Type, member: Membership, proposed: DatasetVersion
) -> None:
    site("vote")
    peer.stop()
    ended = site("vote", "1.0.0", "approve")
    assert ended.code == 75
    assert "last heard" in ended.err
    assert len(member.ledger.pending()) == 1
    peer.start()
    assert site("publish").code == 0
    assert len(votes(peer)) == 1


def test_empty_agenda(site: Type) -> None:
    assert "No version waits" in site("vote").out
