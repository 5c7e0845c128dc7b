"""The door between a real site and the real coordinator: who gets in, and with what."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlmodel import Session, select

from coordinator import config, pki
from coordinator.certificates import new_authority, new_root
from coordinator.consortium import members, versions, witnessing
from coordinator.database import close, open_session
from coordinator.founding import found
from coordinator.grpc_api import (
    Door,
    NoTraining,
    Server,
    consortium_server,
    enrolment_server,
)
from coordinator.invitations import write_invitation
from coordinator.models import LogLeaf, Submission, Version
from coordinator.rules.states import VersionState
from protos import codec, envelope
from protos.consortium_pb2 import AgendaRequest, FleetVerb, Statement
from protos.dataset_pb2 import Contribution, Decision, Vote
from protos.envelope_pb2 import Envelope
from protos.specification import Specification
from site_agent import agenda, identity, outbox, witness
from site_agent.config import template
from site_agent.egress_chain import Entry, State
from site_agent.errors import (
    CoordinatorRefused,
    CoordinatorUnavailable,
    IdentityError,
    LogAlarm,
)
from site_agent.identity import Identity
from site_agent.invitation import Invitation, read_invitation
from site_agent.membership import Membership
from site_agent.serve import Service
from site_agent.uplink import Uplink, enrol

CONSORTIUM = "north"
HOUR, DAY = 3600, 86_400
ROOT = b"\x01" * 32


class House:
    """The coordinator: its home, its two doors, a clock that can be put forward."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ahead = 0
        self._ports = [0, 0]
        self._servers: list[Server] = []
        found(
            home,
            consortium=CONSORTIUM,
            hosts=("127.0.0.1",),
            passphrase=None,
            specification=Specification(),
            now=self.now(),
        )
        paths = config.CoordinatorPaths(home)
        self.authority = pki.load(paths.pki, CONSORTIUM)
        tls = pki.server_certificate(
            paths.pki, self.authority, ("127.0.0.1",), now=self.now()
        )
        self.door = Door(
            home=home,
            authority=self.authority,
            log_key=pki.load_log_key(paths.pki),
            tls=lambda: tls,
            relay=NoTraining(),
            clock=self.now,
        )
        self.start()

    def now(self) -> int:
        return int(time.time()) + self.ahead

    def start(self) -> None:
        self._servers = [
            make(self.door, f"127.0.0.1:{port}")
            for make, port in zip(
                (consortium_server, enrolment_server), self._ports, strict=True
            )
        ]
        self._ports = [server.port for server in self._servers]
        for server in self._servers:
            server.grpc.start()
        sites, enrolment = (f"127.0.0.1:{port}" for port in self._ports)
        addresses = {"sites": sites, "enrolment": enrolment}
        config.CoordinatorPaths(self.home).addresses.write_text(json.dumps(addresses))

    def stop(self) -> None:
        for server in self._servers:
            server.grpc.stop(None).wait()
        self._servers = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._ports[0]}"

    def read(self, what: Callable[[Session], object]) -> object:
        with open_session(self.home, reads=True) as session:
            return what(session)

    def leaves(self) -> list[bytes]:
        """Give the envelopes that were accepted, in order."""
        query = select(Submission.envelope).order_by(Submission.leaf_index)
        return self.read(lambda session: list(session.exec(query)))

    def invite(self, site: str, folder: Path) -> tuple[Path, str]:
        """Give the invitation as a file, and the fingerprint."""
        with open_session(self.home) as session:
            new = members.invite(session, site, site, now=self.now())
        invitation, fingerprint = write_invitation(
            self.home, config.load(self.home), new
        )
        path = folder / f"{site}.json"
        fields = {
            name: getattr(invitation, name) for name in Invitation.__dataclass_fields__
        }
        path.write_text(json.dumps(fields))
        return path, fingerprint

    def revoke(self, site: str) -> None:
        with open_session(self.home) as session:
            members.revoke(session, site, now=self.now())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "coordinator")
    yield house
    house.stop()
    close(house.home)


def invited(house: House, folder: Path, site: str = "st-anna") -> Invitation:
    path, fingerprint = house.invite(site, folder)
    return read_invitation(path, fingerprint=fingerprint)


def join(house: House, folder: Path, site: str = "st-anna") -> Membership:
    invitation = invited(house, folder, site)
    home = folder / site
    home.mkdir()
    keys = home / "keys"
    identity.make_keys(keys)
    issued = enrol(invitation, identity.enrolment_request(keys, token=invitation.token))
    identity.install(
        keys,
        issued,
        root=invitation.root_certificate,
        consortium=CONSORTIUM,
        site=site,
        now=house.now(),
    )
    text = template(
        site=site,
        consortium=CONSORTIUM,
        address=invitation.coordinator,
        enrolment=invitation.enrolment,
    )
    (home / "site.toml").write_text(text)
    return Membership.open(home)


@pytest.fixture
def anna(house: House, tmp_path: Path) -> Membership:
    return join(house, tmp_path)


@pytest.fixture
def line(anna: Membership) -> Iterator[Uplink]:
    with anna.uplink() as line:
        yield line


def contribute(own: Membership, root: bytes = ROOT) -> Entry:
    body = Contribution(
        manifest_root=root,
        specification=Specification().sha256,
        study_tens=3,
        patient_tens=3,
    )
    return outbox.enqueue(own.ledger, own.identity, body, now=own.now)


def signed(own: Membership, *, key: Ed25519PrivateKey | None = None, **fields) -> bytes:
    """Make an envelope by hand, as the site's own code never would."""
    statement = Statement(
        **{
            "consortium": CONSORTIUM,
            "site": own.identity.site,
            "sequence": 1,
            "issued_at": own.now,
            "contribution": Contribution(
                manifest_root=ROOT, specification=Specification().sha256
            ),
            **fields,
        }
    )
    made = envelope.sign(
        codec.encode(statement), envelope.STATEMENT, key or own.identity.signing_key
    )
    return codec.encode(made)


@dataclass(frozen=True)
class Answer:
    """How a call by hand ended."""

    code: grpc.StatusCode
    details: str


def knock(
    house: House, own: Identity, method: str, request: bytes, *, bare: bool = False
) -> Answer:
    """Call with raw bytes, past everything that the site's own code checks."""
    credentials = grpc.ssl_channel_credentials(
        own.root, None if bare else own.tls_key, None if bare else own.chain
    )
    with grpc.secure_channel(house.address, credentials) as channel:
        try:
            channel.unary_unary(f"/hilum.v1.Consortium/{method}")(request, timeout=30)
        except grpc.RpcError as error:
            return Answer(error.code(), error.details() or "")
    return Answer(grpc.StatusCode.OK, "")


def agenda_request() -> bytes:
    return codec.encode(AgendaRequest())


# -------------------------------------------------------------------------- enrolment


def test_hospital_enrols_and_is_who_its_certificate_says(
    house: House, anna: Membership, line: Uplink
) -> None:
    agenda.refresh(anna.paths, anna.identity, line)
    assert set(agenda.members(anna.paths)) == {"st-anna"}


def test_wrong_token(house: House, tmp_path: Path) -> None:
    invitation = replace(invited(house, tmp_path), token="no-such-token-was-ever-made")
    identity.make_keys(tmp_path / "keys")
    request = identity.enrolment_request(tmp_path / "keys", token=invitation.token)
    with pytest.raises(CoordinatorRefused, match="new one"):
        enrol(invitation, request)


def test_token_after_24_hours(house: House, tmp_path: Path) -> None:
    invitation = invited(house, tmp_path)
    house.ahead = 24 * HOUR + 1
    identity.make_keys(tmp_path / "keys")
    request = identity.enrolment_request(tmp_path / "keys", token=invitation.token)
    with pytest.raises(CoordinatorRefused, match="24 hours"):
        enrol(invitation, request)


def test_token_again_with_the_same_keys_makes_up_for_a_lost_reply(
    house: House, tmp_path: Path
) -> None:
    invitation = invited(house, tmp_path)
    identity.make_keys(tmp_path / "keys")
    answers = [
        enrol(
            invitation,
            identity.enrolment_request(tmp_path / "keys", token=invitation.token),
        )
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


def test_token_again_with_other_keys(house: House, tmp_path: Path) -> None:
    invitation = invited(house, tmp_path)
    for name in ("first", "second"):
        identity.make_keys(tmp_path / name)
    enrol(
        invitation,
        identity.enrolment_request(tmp_path / "first", token=invitation.token),
    )
    request = identity.enrolment_request(tmp_path / "second", token=invitation.token)
    with pytest.raises(CoordinatorRefused, match="used with other keys"):
        enrol(invitation, request)


def test_key_that_was_not_proven(house: House, tmp_path: Path) -> None:
    invitation = invited(house, tmp_path)
    identity.make_keys(tmp_path / "keys")
    request = identity.enrolment_request(tmp_path / "keys", token=invitation.token)
    request.dpo_key_proof = request.signing_key_proof
    with pytest.raises(CoordinatorRefused, match="dpo_key_proof"):
        enrol(invitation, request)


# ----------------------------------------------------------------------- certificates


def test_no_certificate(house: House, anna: Membership) -> None:
    answer = knock(house, anna.identity, "ReadAgenda", agenda_request(), bare=True)
    assert answer.code == grpc.StatusCode.UNAVAILABLE


def test_certificate_of_another_consortium(house: House, anna: Membership) -> None:
    root_key = ec.generate_private_key(ec.SECP384R1())
    root = new_root(CONSORTIUM, root_key, now=house.now())
    stranger = new_authority(CONSORTIUM, root, root_key, now=house.now())
    key = load_pem_private_key(anna.identity.tls_key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    issued = stranger.issue_site("st-anna", key.public_key(), now=house.now())
    foreign = replace(anna.identity, chain=issued.chain)
    answer = knock(house, foreign, "ReadAgenda", agenda_request())
    assert answer.code == grpc.StatusCode.UNAVAILABLE


def certified_by_hand(
    house: House, own: Membership, *, ago: timedelta = timedelta(), server: bool = False
) -> Identity:
    """Certify the site's key with the real intermediate, past the allow-list."""
    key = load_pem_private_key(own.identity.tls_key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    now = house.now() - int(ago.total_seconds())
    public = key.public_key()
    issued = (
        house.authority.issue_server(["127.0.0.1"], public, now=now)
        if server
        else house.authority.issue_site(own.identity.site, public, now=now)
    )
    return replace(own.identity, chain=issued.chain)


def test_expired_certificate(house: House, anna: Membership) -> None:
    expired = certified_by_hand(house, anna, ago=timedelta(days=60))
    answer = knock(house, expired, "ReadAgenda", agenda_request())
    assert answer.code == grpc.StatusCode.UNAVAILABLE


def test_certificate_that_expires_while_the_line_is_open(
    house: House, anna: Membership, line: Uplink
) -> None:
    line.agenda()
    house.ahead = 31 * DAY
    with pytest.raises(IdentityError, match="has expired"):
        line.agenda()


def test_certificate_without_client_purpose(house: House, anna: Membership) -> None:
    wrong = certified_by_hand(house, anna, server=True)
    answer = knock(house, wrong, "ReadAgenda", agenda_request())
    assert answer.code in (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.UNAUTHENTICATED,
    )


def test_certificate_that_is_not_on_the_allow_list(
    house: House, anna: Membership
) -> None:
    unknown = certified_by_hand(house, anna)
    answer = knock(house, unknown, "ReadAgenda", agenda_request())
    assert answer.code == grpc.StatusCode.UNAUTHENTICATED
    assert "not issued by this consortium" in answer.details


def test_revocation_works_at_once_on_an_open_line(
    house: House, anna: Membership, line: Uplink
) -> None:
    line.agenda()
    entry = contribute(anna)
    house.revoke("st-anna")
    with pytest.raises(IdentityError, match="revoked") as raised:
        outbox.flush(anna.ledger, line)
    assert "site-agent init" in str(raised.value)
    assert anna.ledger.pending() == (entry,)
    with pytest.raises(IdentityError, match="revoked"):
        line.fleet(FleetVerb.PULL_MESSAGES, b"", {})


def test_revoked_site_that_is_invited_again_goes_on_with_its_keys_and_its_queue(
    house: House, anna: Membership, tmp_path: Path
) -> None:
    contribute(anna)
    house.revoke("st-anna")
    invitation = invited(house, tmp_path)
    keys = anna.paths.keys
    issued = enrol(invitation, identity.enrolment_request(keys, token=invitation.token))
    identity.install(
        keys,
        issued,
        root=invitation.root_certificate,
        consortium=CONSORTIUM,
        site="st-anna",
        now=house.now(),
    )
    again = Membership.open(anna.paths.home)
    with again.uplink() as line:
        outbox.flush(again.ledger, line)
    assert len(house.leaves()) == 1


def test_renewal_is_by_the_present_certificate_and_both_are_good(
    house: House, tmp_path: Path
) -> None:
    house.ahead = -21 * DAY
    anna = join(house, tmp_path)
    house.ahead = 0
    with anna.uplink() as line:
        assert Service(anna, line, None).turn()
    renewed = identity.load(anna.paths.keys)
    assert renewed.chain != anna.identity.chain
    assert not renewed.renewal_due(house.now())
    for own in (anna.identity, renewed):
        answer = knock(house, own, "ReadAgenda", agenda_request())
        assert answer.code == grpc.StatusCode.OK


# ------------------------------------------------------------------------- statements


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


# ------------------------------------------------------------------- votes, and the log


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
