"""The sites' door, over real gRPC and real TLS on loopback."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from coordinator import grpc_api, pki
from coordinator.certificates import pem
from coordinator.consortium import members
from coordinator.database import open_session
from coordinator.grpc_api import Door, NoTraining, consortium_server, enrolment_server
from protos import codec
from protos.consortium_pb2 import (
    Agenda,
    AgendaRequest,
    FleetReply,
    FleetRequest,
    FleetVerb,
    IssuedCertificate,
    LogRequest,
    LogView,
    Receipt,
    RenewalRequest,
)

StatusCode = grpc.StatusCode


class Relay:
    """Answers every call with the name of its caller."""

    def forward(self, site, request):
        return FleetReply(status=200, body=f"{site} {request.verb}".encode())


@pytest.fixture
def door(consortium):
    tls = pki.ServerCertificate(
        consortium.paths.pki,
        consortium.authority,
        ["localhost"],
        lambda: consortium.now,
    )
    return Door(
        consortium.home,
        consortium.authority,
        consortium.log_key,
        tls.current,
        Relay(),
        clock=lambda: consortium.now,
    )


@pytest.fixture
def today(consortium):
    """TLS knows no other clock than the machine's."""
    consortium.now = int(datetime.now(UTC).timestamp())
    return consortium


@pytest.fixture
def call(today, door):
    """Call a method of either server, as a hospital or as nobody."""
    servers = {
        "Consortium": consortium_server(door, "localhost:0"),
        "Enrolment": enrolment_server(door, "localhost:0"),
    }
    for server in servers.values():
        server.grpc.start()
    root = pem(door.authority.root)

    def calling(method, request, hospital=None, *, service="Consortium", at=None):
        credentials = grpc.ssl_channel_credentials(
            root,
            hospital.tls_key_pem if hospital else None,
            hospital.chain if hospital else None,
        )
        address = f"localhost:{servers[at or service].port}"
        data = request if isinstance(request, bytes) else codec.encode(request)
        with grpc.secure_channel(address, credentials) as channel:
            return channel.unary_unary(f"/hilum.v1.{service}/{method}")(
                data, timeout=20
            )

    calling.servers = servers
    yield calling
    for server in servers.values():
        server.grpc.stop(None).wait()


@pytest.fixture
def refused(call):
    """Call and give the status and the reasons of the refusal."""

    def calling(*arguments, **options):
        with pytest.raises(grpc.RpcError) as error:
            call(*arguments, **options)
        return error.value.code(), error.value.details()

    return calling


@pytest.fixture
def member(call, today, hospital):
    """Enrol a hospital through the door."""
    newcomer = type(hospital)("birch")
    token = today.invite("birch")
    data = call("Enrol", newcomer.enrolment(token), service="Enrolment")
    issued = codec.decode(IssuedCertificate, data)
    assert (issued.consortium, issued.site) == ("north", "birch")
    assert issued.log_key == today.vkey
    newcomer.chain = issued.chain
    return newcomer


def forged(today, hospital, *, usage, names, days=30, issuer=None):
    """Make a certificate that the consortium's own intermediate might have issued."""
    authority = issuer or today.authority
    start = datetime.fromtimestamp(today.now, UTC) - timedelta(days=40)
    end = start + timedelta(days=40 + days)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(authority.certificate.subject)
        .public_key(hospital.tls_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.UniformResourceIdentifier(each) for each in names]
            ),
            critical=True,
        )
        .sign(authority.key, hashes.SHA256())
    )
    chain = (certificate, authority.certificate)
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)


def test_member_submits_and_reads_its_agenda(call, member):
    data = member.contribution()
    receipt = codec.decode(Receipt, call("Submit", data, member))
    again = codec.decode(Receipt, call("Submit", data, member))
    assert (again.leaf_index, again.already_held) == (receipt.leaf_index, True)
    agenda = codec.decode(Agenda, call("ReadAgenda", AgendaRequest(), member))
    assert [each.site for each in agenda.members] == ["alder", "birch"]
    view = codec.decode(LogView, call("ReadLog", LogRequest(), member))
    assert view.checkpoint.startswith("north/log\n")


@pytest.fixture
def few(monkeypatch):
    """Three statements in an hour; to be named before `call`."""
    monkeypatch.setattr(grpc_api, "STATEMENTS", 3)


def test_site_cannot_fill_the_log(few, call, refused, member, hospital, today):
    for _ in range(3):
        assert call("Submit", member.contribution(), member)
    code, told = refused("Submit", member.contribution(), member)
    assert code is StatusCode.RESOURCE_EXHAUSTED  # upon which it stays queued
    assert "can wait" in told
    assert call("ReadAgenda", AgendaRequest(), member)
    assert call("Submit", hospital.contribution(), hospital)
    today.now += int(grpc_api.STATEMENTS_SECONDS)
    assert call("Submit", member.contribution(), member)


def test_relay_learns_the_site_from_the_certificate(call, member):
    request = FleetRequest(verb=FleetVerb.GET_RUN, body=b"I am alder")
    reply = codec.decode(FleetReply, call("Fleet", request, member))
    assert reply.body == f"birch {FleetVerb.GET_RUN}".encode()


class SlowRelay(Relay):
    """Holds every call of one site until it is let go."""

    def __init__(self, site):
        self.site = site
        self.held = threading.Semaphore(0)
        self.free = threading.Event()

    def forward(self, site, request):
        if site == self.site:
            self.held.release()
            assert self.free.wait(20)
        return super().forward(site, request)


@pytest.fixture
def slow(door):
    """Make the calls of birch wait; to be named before `call`."""
    relay = SlowRelay("birch")
    object.__setattr__(door, "relay", relay)
    return relay


def test_site_that_fills_its_fleet_calls_hinders_nobody(
    slow, call, refused, member, hospital
):
    request = FleetRequest(verb=FleetVerb.PUSH_OBJECT, body=bytes(1 << 20))
    most = grpc_api.FLEET_CALLS
    with ThreadPoolExecutor(most) as calls:
        under_way = [calls.submit(call, "Fleet", request, member) for _ in range(most)]
        for _ in under_way:
            assert slow.held.acquire(timeout=20)
        code, told = refused("Fleet", request, member)
        assert code is StatusCode.RESOURCE_EXHAUSTED  # upon which Flower tries again
        assert "under way" in told
        assert call("Fleet", request, hospital)
        assert call("Submit", hospital.contribution(), hospital)
        assert call("ReadAgenda", AgendaRequest(), member)
        slow.free.set()
        assert all(each.result() for each in under_way)
    assert call("Fleet", request, member)


def test_fleet_calls_whose_bodies_never_come_take_few_workers(
    call, today, door, member, hospital
):
    credentials = grpc.ssl_channel_credentials(
        pem(door.authority.root), member.tls_key_pem, member.chain
    )
    silence = threading.Event()

    def nothing():
        silence.wait(20)
        yield b""

    port = call.servers["Consortium"].port
    with grpc.secure_channel(f"localhost:{port}", credentials) as channel:
        fleet = channel.stream_unary("/hilum.v1.Consortium/Fleet")
        waiting = [fleet.future(nothing()) for _ in range(grpc_api.WORKERS)]
        assert call("ReadAgenda", AgendaRequest(), hospital)
        assert call("Submit", hospital.contribution(), hospital)
        silence.set()
        for each in waiting:
            each.cancel()


def test_renewal_over_the_line(call, member):
    key = ec.generate_private_key(ec.SECP256R1())
    request = RenewalRequest(certificate_request=member.csr(key))
    issued = codec.decode(IssuedCertificate, call("Renew", request, member))
    member.tls_key, member.chain = key, issued.chain
    assert call("ReadAgenda", AgendaRequest(), member)


def test_revocation_works_on_the_next_call(call, refused, member, today):
    assert call("ReadAgenda", AgendaRequest(), member)
    with open_session(today.home) as session:
        members.revoke(session, "birch", now=today.now)
    code, told = refused("ReadAgenda", AgendaRequest(), member)
    assert code is StatusCode.UNAUTHENTICATED
    assert "revoked" in told


def test_caller_without_a_certificate_does_not_get_through(refused):
    code, _ = refused("ReadAgenda", AgendaRequest())
    assert code is StatusCode.UNAVAILABLE  # the handshake ends there


def test_members_door_is_not_at_the_enrolment_port(refused, member):
    code, _ = refused("ReadAgenda", AgendaRequest(), member, at="Enrolment")
    assert code is StatusCode.UNIMPLEMENTED


def test_enrolment_is_not_at_the_members_port(refused, member, hospital):
    request = hospital.enrolment("t" * 43)
    code, _ = refused("Enrol", request, member, service="Enrolment", at="Consortium")
    assert code is StatusCode.UNIMPLEMENTED


CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
ALDER, BIRCH = "spiffe://north/site/alder", "spiffe://north/site/birch"


@pytest.mark.parametrize(
    ("usage", "names", "days"),
    [
        pytest.param([SERVER], [ALDER], 30, id="for-servers-only"),
        pytest.param([CLIENT], [ALDER], -1, id="expired"),
        pytest.param([CLIENT], ["spiffe://south/site/alder"], 30, id="foreign-name"),
        pytest.param(
            [CLIENT], [ALDER, "spiffe://north/site/birch"], 30, id="two-names"
        ),
        pytest.param([CLIENT], [ALDER], 30, id="not-on-the-list"),
    ],
)
def test_certificate_that_was_never_given_opens_nothing(
    refused, today, hospital, usage, names, days
):
    hospital.chain = forged(today, hospital, usage=usage, names=names, days=days)
    code, told = refused("ReadAgenda", AgendaRequest(), hospital)
    if code is StatusCode.UNAUTHENTICATED:
        assert "not issued by this consortium" in told
    else:  # TLS itself has refused it
        assert code is StatusCode.UNAVAILABLE
    if usage == [SERVER] and code is StatusCode.UNAUTHENTICATED:
        assert "not for client authentication" in told


def test_certificate_of_another_consortium_is_refused_by_tls(
    refused, today, hospital, tmp_path
):
    other = pki.create(
        tmp_path / "root", tmp_path / "pki", "north", passphrase=None, now=today.now
    )
    hospital.chain = forged(
        today, hospital, usage=[CLIENT], names=[ALDER], issuer=other
    )
    code, _ = refused("ReadAgenda", AgendaRequest(), hospital)
    assert code is StatusCode.UNAVAILABLE


def test_wrong_token_is_refused_with_what_to_do(refused, hospital):
    request = hospital.enrolment("w" * 43)
    code, told = refused("Enrol", request, service="Enrolment")
    assert code is StatusCode.FAILED_PRECONDITION
    assert "ask the consortium's admin" in told


def test_attempts_to_enrol_are_counted(refused, hospital, caplog, monkeypatch):
    request = hospital.enrolment("w" * 43)
    codes = {
        refused("Enrol", request, service="Enrolment")[0]
        for _ in range(grpc_api.ATTEMPTS)
    }
    assert codes == {StatusCode.FAILED_PRECONDITION}
    code, told = refused("Enrol", request, service="Enrolment")
    assert code is StatusCode.RESOURCE_EXHAUSTED
    assert "wait" in told


@pytest.mark.parametrize(
    "data",
    [b"\x0a\x02", b"garbage", b"\xfa\x07\x05hello"],
    ids=["truncated", "garbage", "unknown-field"],
)
def test_bytes_that_the_schema_does_not_allow_are_refused(refused, member, data):
    for method in ("Submit", "ReadAgenda", "ReadLog", "Renew", "Cosign", "Fleet"):
        code, told = refused(method, data, member)
        assert code is StatusCode.INVALID_ARGUMENT, method
        assert told


def test_unknown_field_is_refused_before_the_token_is_looked_at(refused, hospital):
    data = codec.encode(hospital.enrolment("t" * 43)) + b"\xfa\x07\x05hello"
    code, told = refused("Enrol", data, service="Enrolment")
    assert code is StatusCode.INVALID_ARGUMENT
    assert "does not know" in told
    assert "hello" not in told


def test_message_beyond_the_bound_is_not_even_read(refused, member):
    code, _ = refused("Submit", bytes(grpc_api.MOST_BYTES + 1), member)
    assert code is StatusCode.RESOURCE_EXHAUSTED
    code, _ = refused(
        "Enrol", bytes(grpc_api.ENROLMENT_MOST_BYTES + 1), service="Enrolment"
    )
    assert code is StatusCode.RESOURCE_EXHAUSTED


def test_statement_of_another_site_is_refused(refused, member, hospital):
    code, told = refused("Submit", hospital.contribution(), member)
    assert code is StatusCode.INVALID_ARGUMENT
    assert "signature" in told


def test_failure_inside_tells_the_peer_nothing(refused, member, monkeypatch, caplog):
    secret = "what a site has sent"

    def fail(*_, **__):
        raise RuntimeError(secret)

    monkeypatch.setattr(grpc_api.submissions, "submit", fail)
    with caplog.at_level(logging.INFO):
        code, told = refused("Submit", member.contribution(), member)
    assert code is StatusCode.INTERNAL
    assert secret not in told
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text


def test_without_training_flower_is_out_of_service():
    reply = NoTraining().forward("alder", FleetRequest(verb=FleetVerb.GET_RUN))
    assert reply.status == 503
