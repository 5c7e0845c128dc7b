from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from protos import bundle, codec, envelope
from protos.consortium_pb2 import Statement
from protos.dataset_pb2 import DatasetVersion, Decision, SiteRoot
from protos.envelope_pb2 import Envelope
from protos.specification import Specification
from protos.training_pb2 import (
    DENSENET_TINY,
    FEDAVG,
    PermitDecision,
    PermitTerms,
    Role,
    TrainingPlan,
)
from site_agent import agenda
from site_agent.manifest import Manifest
from site_agent.membership import Membership
from tests.site_agent.cli.conftest import Type
from tests.site_agent.peer import Peer

NOW = int(time.time())


@dataclass
class Asked:
    """A permit on the coordinator's agenda."""

    terms: PermitTerms

    @property
    def content(self) -> bytes:
        return codec.encode(self.terms)

    @property
    def digest(self) -> bytes:
        return envelope.digest(self.content)


def decisions(peer: Peer) -> list[PermitDecision]:
    envelopes = [codec.decode(Envelope, leaf) for leaf in peer.leaves]
    statements = [codec.decode(Statement, each.payload) for each in envelopes]
    return [
        each.permit_decision for each in statements if each.HasField("permit_decision")
    ]


@pytest.fixture
def asked(peer: Peer, frozen: Manifest) -> Asked:
    roots = [SiteRoot(site="st-anna", manifest_root=frozen.root)]
    version = codec.encode(
        DatasetVersion(
            dataset="chest-radiographs",
            version="1.0.0",
            specification=Specification().sha256,
            sites=roots,
        )
    )
    terms = PermitTerms(
        plan="plan-1",
        training=TrainingPlan(
            title="Effusion",
            dataset="chest-radiographs",
            version="1.0.0",
            network=DENSENET_TINY,
            strategy=FEDAVG,
            rounds=2,
        ),
        version_digest=envelope.digest(version),
        sites=roots,
        bundle=bundle.digest(),
        quorum=1,
        valid_from=NOW,
        valid_until=NOW + 3600,
        upload_limit=1 << 20,
    )
    peer.agenda.released_versions.append(version)
    peer.agenda.proposed_permits.append(codec.encode(terms))
    return Asked(terms)


@pytest.mark.parametrize(
    ("command", "role"),
    [("approve", Role.MEMBER), ("consent", Role.DATA_PROTECTION_OFFICER)],
)
def test_terms_are_shown_and_then_signed_with_the_right_key(
    peer: Peer,
    site: Type,
    asked: Asked,
    command: str,
    role: Role.ValueType,
) -> None:
    ended = site("permits", command, "plan-1", "--yes")
    assert ended.code == 0, ended.err
    assert '"Effusion"' in ended.out
    assert "1.0 MiB" in ended.out
    (decision,) = decisions(peer)
    assert (decision.role, decision.decision) == (role, Decision.APPROVE)
    assert decision.terms_digest == asked.digest
    keys = peer.member()
    key = keys.signing_key if role == Role.MEMBER else keys.dpo_key
    permit = Envelope(payload=asked.content, payload_type=envelope.PERMIT)
    signed = envelope.combine(permit, {key: decision.signature})
    assert envelope.verify(signed, envelope.PERMIT, [key]) == {envelope.keyid(key)}


@pytest.mark.parametrize("command", ["approve", "consent"])
def test_nothing_is_signed_where_nobody_can_be_asked(
    peer: Peer, site: Type, member: Membership, asked: Asked, command: str
) -> None:
    ended = site("permits", command, "plan-1")
    assert ended.code == 2
    assert '"Effusion"' in ended.out
    assert "--yes" in ended.err
    assert decisions(peer) == []
    assert not (member.paths.train / "permits").exists()


def test_exact_terms_are_kept_here(
    site: Type, member: Membership, asked: Asked
) -> None:
    site("permits", "consent", "plan-1", "--yes")
    kept = member.paths.train / "permits" / f"{asked.digest.hex()}.terms"
    assert kept.read_bytes() == asked.content


def test_list_says_what_this_site_has_said(
    peer: Peer, site: Type, asked: Asked
) -> None:
    assert "member open, data protection officer open" in site("permits", "list").out
    site("permits", "approve", "plan-1", "--yes")
    listed = site("permits", "list").out
    assert "waits for the members" in listed
    assert "member approved, data protection officer open" in listed
    permit = Envelope(payload=asked.content, payload_type=envelope.PERMIT)
    peer.agenda.permits.append(permit)
    site("permits", "consent", "plan-1", "--yes")
    listed = site("permits", "list").out
    assert "in force until" in listed
    assert "data protection officer approved" in listed
    assert listed.count("plan-1") == 1


def test_permit_in_force_can_still_be_consented_to(
    peer: Peer, site: Type, asked: Asked
) -> None:
    del peer.agenda.proposed_permits[:]
    peer.agenda.permits.append(
        Envelope(payload=asked.content, payload_type=envelope.PERMIT)
    )
    assert site("permits", "consent", "plan-1", "--yes").code == 0
    assert len(decisions(peer)) == 1


def test_terms_that_do_not_fit_are_not_signed_and_all_reasons_given(
    peer: Peer, site: Type, asked: Asked, member: Membership
) -> None:
    asked.terms.sites[0].manifest_root = bytes(32)
    asked.terms.bundle = bytes(32)
    peer.agenda.proposed_permits[0] = asked.content
    path = member.paths.config
    path.write_text(path.read_text().replace("enabled = true", "enabled = false"))
    ended = site("permits", "consent", "plan-1", "--yes")
    assert ended.code == 1
    for part in ("has not frozen", "other training code", "never trains"):
        assert part in ended.err
    assert decisions(peer) == []
    assert not (member.paths.train / "permits").exists()


@pytest.mark.parametrize(("name", "role"), [("member", 1), ("dpo", 2)])
def test_refusal_carries_no_signature(
    peer: Peer, site: Type, asked: Asked, name: str, role: int
) -> None:
    assert site("permits", "refuse", "plan-1", "--as", name).code == 0
    (decision,) = decisions(peer)
    assert decision.role == role
    assert (decision.decision, decision.signature) == (Decision.REJECT, b"")


def test_withdrawn_consent_holds_here_at_once_even_without_a_line(
    peer: Peer, site: Type, member: Membership, asked: Asked
) -> None:
    peer.agenda.permits.append(
        Envelope(payload=asked.content, payload_type=envelope.PERMIT)
    )
    site("permits", "consent", "plan-1", "--yes")
    assert len(agenda.permits(member.paths)) == 1
    peer.stop()
    ended = site("permits", "refuse", "plan-1")
    assert ended.code == 75
    assert "takes no part" in ended.out
    assert agenda.permits(member.paths) == ()
    assert "refused here" in site("permits", "list").out


def test_withdrawal_holds_although_the_coordinator_calls_decisions_final(
    peer: Peer, site: Type, member: Membership, asked: Asked
) -> None:
    site("permits", "consent", "plan-1", "--yes")
    peer.refuse = lambda data: "a decision is final"
    ended = site("permits", "refuse", "plan-1")
    assert ended.code == 0
    assert "a decision is final" in ended.err
    assert "holds here all the same" in ended.err
    assert agenda.refusal(member.paths, asked.digest).exists()
    peer.refuse = lambda data: None
    ended = site("permits", "consent", "plan-1", "--yes")
    assert ended.code == 1
    assert "has refused it" in ended.err


def test_plan_that_is_not_on_the_agenda(site: Type, asked: Asked) -> None:
    ended = site("permits", "approve", "plan-9", "--yes")
    assert ended.code == 1
    assert "plan-1" in ended.err


def test_empty_agenda(site: Type) -> None:
    assert "none is in force" in site("permits", "list").out
