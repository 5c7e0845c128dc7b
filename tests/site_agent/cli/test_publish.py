from __future__ import annotations

import grpc
import pytest

from protos import codec
from protos.consortium_pb2 import Statement
from protos.envelope_pb2 import Envelope
from site_agent import outbox
from site_agent.aggregate import aggregate
from site_agent.config import SitePaths
from site_agent.manifest import Manifest
from site_agent.membership import Membership
from tests.site_agent.cli.conftest import Type, freeze
from tests.site_agent.peer import Peer


def said(peer: Peer) -> list[Statement]:
    envelopes = [codec.decode(Envelope, leaf) for leaf in peer.leaves]
    return [codec.decode(Statement, each.payload) for each in envelopes]


def test_three_statements_about_the_newest_manifest(
    peer: Peer, site: Type, frozen: Manifest
) -> None:
    ended = site("publish")
    assert ended.code == 0, ended.err
    statistics, contribution, record = said(peer)
    assert statistics.statistics.manifest_root == frozen.root
    assert contribution.contribution.manifest_root == frozen.root
    assert record.record_of_processing.manifest_root == frozen.root
    assert record.record_of_processing.controller.name == "St. Anna"
    assert ended.out.splitlines() == [
        "statistics: sent (entry 1, leaf 0 of the log)",
        "contribution: sent (entry 2, leaf 1 of the log)",
        "record-of-processing: sent (entry 3, leaf 2 of the log)",
    ]


def test_publishing_again_sends_nothing_twice(
    peer: Peer, site: Type, frozen: Manifest
) -> None:
    site("publish")
    ended = site("publish")
    assert ended.code == 0
    assert len(peer.leaves) == 3
    assert "statistics: sent (entry 1" in ended.out


def test_publishing_that_was_killed_half_way_is_completed(
    peer: Peer, site: Type, member: Membership, frozen: Manifest
) -> None:
    first = aggregate(frozen.studies, frozen.root)
    outbox.enqueue(member.ledger, member.identity, first, now=member.now)
    assert site("publish").code == 0
    assert [each.sequence for each in said(peer)] == [1, 2, 3]


def test_new_manifest_is_published_with_higher_numbers(
    peer: Peer, site: Type, member: Membership, frozen: Manifest
) -> None:
    site("publish")
    newer = freeze(member.paths, 5, first=100)
    assert site("publish").code == 0
    assert [each.sequence for each in said(peer)] == [1, 2, 3, 4, 5, 6]
    assert said(peer)[4].contribution.manifest_root == newer.root


def test_coordinator_that_is_down_queues_and_the_next_publish_sends(
    peer: Peer, site: Type, frozen: Manifest
) -> None:
    peer.stop()
    ended = site("publish")
    assert ended.code == 75
    assert "3 statements queued" in ended.err
    assert "stays queued" in ended.err
    peer.start()
    ended = site("publish")
    assert ended.code == 0, ended.err
    assert len(peer.leaves) == 3


def test_refusal_is_shown_with_its_reasons_and_can_be_mended(
    peer: Peer, site: Type, frozen: Manifest
) -> None:
    second = iter([None, "contribution.specification: is not in force", None])
    peer.refuse = lambda data: next(second)
    ended = site("publish")
    assert ended.code == 1
    assert "entry 2 (contribution)" in ended.err
    assert "is not in force" in ended.err
    assert len(peer.leaves) == 2
    peer.refuse = lambda data: None
    assert site("publish").code == 0
    assert [each.WhichOneof("body") for each in said(peer)] == [
        "statistics",
        "record_of_processing",
        "contribution",
    ]


def test_revoked_site_keeps_its_queue(
    peer: Peer, site: Type, member: Membership, frozen: Manifest
) -> None:
    peer.fail["Submit"] = (
        grpc.StatusCode.UNAUTHENTICATED,
        "the certificate was revoked",
    )
    ended = site("publish")
    assert ended.code == 1
    assert "was revoked" in ended.err
    assert len(member.ledger.pending()) == 3


def test_nothing_frozen_yet(site: Type) -> None:
    ended = site("publish")
    assert ended.code == 1
    assert "site-agent freeze" in ended.err


def test_record_without_the_controllers_details_queues_nothing(
    site: Type, member: Membership, frozen: Manifest
) -> None:
    path = member.paths.config
    path.write_text(path.read_text().replace('"dpo@st-anna.example"', '""'))
    ended = site("publish")
    assert ended.code == 2
    assert "[dpo] contact" in ended.err
    assert member.ledger.entries() == ()


def test_settings_of_another_site_are_noticed(
    site: Type, member: Membership, frozen: Manifest
) -> None:
    path = member.paths.config
    path.write_text(path.read_text().replace('id = "st-anna"', 'id = "st-bruno"'))
    ended = site("publish")
    assert ended.code == 1
    assert "the certificate says st-anna" in ended.err


@pytest.mark.parametrize("name", ["publish", "status", "serve", "vote"])
def test_folder_that_is_no_home(run: Type, tmp_path: object, name: str) -> None:
    ended = run(name, "--home", tmp_path)
    assert ended.code == 2
    assert "site-agent init" in ended.err


def test_home_before_enrolment(run: Type, member: Membership) -> None:
    SitePaths(member.paths.home).certificate.unlink()
    ended = run("publish", "--home", member.paths.home)
    assert ended.code == 1
    assert "has not enrolled" in ended.err
