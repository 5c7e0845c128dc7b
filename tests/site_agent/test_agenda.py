from __future__ import annotations

import json
import time

import pytest

from protos import codec, envelope
from protos.consortium_pb2 import Member
from protos.dataset_pb2 import DatasetVersion, SiteRoot
from protos.envelope_pb2 import Envelope
from protos.specification import Specification
from protos.training_pb2 import PermitTerms, TrainingPlan
from site_agent import agenda, durable
from site_agent.config import read_specification
from site_agent.errors import AgendaError, IdentityError
from site_agent.membership import Membership
from site_agent.uplink import Uplink
from tests.site_agent.peer import Peer

NOW = int(time.time())


def another(site: str = "st-bruno", *, signing: int = 1, dpo: int = 2) -> Member:
    return Member(
        site=site, signing_key=bytes([signing]) * 32, dpo_key=bytes([dpo]) * 32
    )


def version() -> DatasetVersion:
    return DatasetVersion(
        dataset="chest-radiographs",
        version="1.0.0",
        specification=bytes(32),
        sites=[SiteRoot(site="st-anna", manifest_root=bytes(32))],
    )


def terms(plan: str = "plan-1") -> PermitTerms:
    return PermitTerms(
        plan=plan,
        training=TrainingPlan(
            title="A plan",
            dataset="chest-radiographs",
            version="1.0.0",
            network=1,
            strategy=1,
        ),
        version_digest=bytes(32),
        bundle=bytes(32),
    )


def hear(member: Membership, uplink: Uplink) -> None:
    agenda.refresh(member.paths, member.identity, uplink)


def test_agenda_can_be_read_without_a_line_later(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.agenda.proposed_versions.append(codec.encode(version()))
    peer.agenda.released_versions.append(codec.encode(version()))
    hear(member, uplink)
    peer.stop()
    heard = agenda.last_heard(member.paths)
    assert agenda.proposed(heard) == (version(),)
    assert agenda.released(heard) == (version(),)


def test_agenda_that_another_version_kept_is_as_if_never_heard(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    hear(member, uplink)
    peer.agenda.proposed_permits.append(b"\xff")
    durable.write(member.paths.home / "agenda.bin", codec.encode(peer.agenda))
    assert agenda.last_heard(member.paths).members == []


def test_site_that_never_heard_has_an_empty_agenda(member: Membership) -> None:
    assert agenda.last_heard(member.paths).members == []
    assert agenda.members(member.paths) == {}


def test_specification_in_force_is_taken_up(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.agenda.specification = Specification(least_rows=1024).canonical
    hear(member, uplink)
    assert read_specification(member.paths).least_rows == 1024


def test_agenda_that_cannot_be_read_changes_nothing(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.agenda.specification = b"{}"
    with pytest.raises(AgendaError, match="cannot be read"):
        hear(member, uplink)
    peer.agenda.specification = Specification().canonical
    peer.agenda.proposed_versions.append(b"\xff\xff")
    with pytest.raises(AgendaError, match="update this program"):
        hear(member, uplink)
    assert not member.paths.specification.exists()
    assert agenda.last_heard(member.paths).members == []


def test_other_members_keys_are_pinned_when_first_seen(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.agenda.members.append(another())
    hear(member, uplink)
    pinned = agenda.members(member.paths)
    assert set(pinned) == {"st-anna", "st-bruno"}
    assert pinned["st-bruno"].signing == b"\x01" * 32


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (another(signing=9), "st-bruno has another signing key"),
        (another(dpo=9), "st-bruno has another key of the data protection officer"),
    ],
)
def test_changed_key_of_a_member_is_refused_with_what_to_do(
    peer: Peer, member: Membership, uplink: Uplink, changed: Member, reason: str
) -> None:
    peer.agenda.members.append(another())
    hear(member, uplink)
    peer.agenda.members[-1].CopyFrom(changed)
    peer.agenda.proposed_versions.append(codec.encode(version()))
    with pytest.raises(IdentityError, match=reason) as raised:
        hear(member, uplink)
    assert "by telephone" in str(raised.value)
    assert agenda.members(member.paths)["st-bruno"].signing == b"\x01" * 32
    assert agenda.proposed(agenda.last_heard(member.paths)) == ()


def test_new_key_is_taken_when_a_person_removed_the_old_pin(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.agenda.members.append(another())
    hear(member, uplink)
    peer.agenda.members[-1].CopyFrom(another(signing=9))
    path = member.paths.keys / "members.json"
    pins = json.loads(path.read_text())
    del pins["st-bruno"]
    durable.write(path, json.dumps(pins).encode())
    hear(member, uplink)
    assert agenda.members(member.paths)["st-bruno"].signing == b"\x09" * 32


def test_member_that_left_is_not_relied_on_and_stays_pinned(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.agenda.members.append(another())
    hear(member, uplink)
    del peer.agenda.members[-1]
    hear(member, uplink)
    assert set(agenda.members(member.paths)) == {"st-anna"}
    peer.agenda.members.append(another(signing=9))
    with pytest.raises(IdentityError, match="st-bruno"):
        hear(member, uplink)


def test_coordinator_cannot_exchange_this_sites_own_keys(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    peer.agenda.members[0].dpo_key = bytes(32)
    with pytest.raises(IdentityError, match="st-anna has another key of the data"):
        hear(member, uplink)


def test_damaged_pins_are_not_quietly_made_anew(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    durable.write(member.paths.keys / "members.json", b"{")
    with pytest.raises(IdentityError, match="backup"):
        hear(member, uplink)


def test_permit_that_was_refused_here_is_not_among_those_in_force(
    peer: Peer, member: Membership, uplink: Uplink
) -> None:
    for plan in ("plan-1", "plan-2"):
        payload = codec.encode(terms(plan))
        peer.agenda.permits.append(
            Envelope(payload=payload, payload_type=envelope.PERMIT)
        )
    peer.agenda.proposed_permits.append(codec.encode(terms("plan-3")))
    hear(member, uplink)
    heard = agenda.last_heard(member.paths)
    plans = {each.plan for each in agenda.terms(heard).values()}
    assert plans == {"plan-1", "plan-2", "plan-3"}
    assert len(agenda.permits(member.paths)) == 2
    refused = agenda.refusal(member.paths, envelope.digest(codec.encode(terms())))
    refused.parent.mkdir(parents=True)
    durable.write(refused, b"")
    (left,) = agenda.permits(member.paths)
    assert codec.decode(PermitTerms, left.payload).plan == "plan-2"
