"""A small coordinator for tests: real gRPC, real TLS, real certificates, on loopback.

It keeps just what the site's side needs to be tried: accepted envelopes as leaves of a
real log, an agenda, and switches for what can go wrong.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID
from google.protobuf.message import Message

from protos import checkpoint, codec, merkle
from protos.checkpoint import Checkpoint, SignatureType, VerifierKey
from protos.consortium_pb2 import (
    Acknowledgement,
    Agenda,
    Cosignature,
    EnrolmentRequest,
    FleetReply,
    FleetRequest,
    InclusionProof,
    IssuedCertificate,
    LogRequest,
    LogView,
    Member,
    Receipt,
    RenewalRequest,
)
from protos.specification import Specification

CONSORTIUM = "peer.example"
TOKEN = "a-token-that-is-good-once"
PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
PLAIN = serialization.NoEncryption()


class Authority:
    """A root, an intermediate, and what they certify."""

    def __init__(self) -> None:
        self.root_key = ec.generate_private_key(ec.SECP384R1())
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = _certify("root", self.root_key.public_key(), self.root_key, ca=1)
        self.intermediate = _certify(
            "intermediate", self.key.public_key(), self.root_key, issuer="root", ca=0
        )

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(PEM)

    def site(
        self,
        site: str,
        key: ec.EllipticCurvePublicKey,
        *,
        days: float = 30,
        ago: float = 0,
    ) -> bytes:
        uri = x509.UniformResourceIdentifier(f"spiffe://{CONSORTIUM}/site/{site}")
        return self._chain(
            site, key, [uri], ExtendedKeyUsageOID.CLIENT_AUTH, days=days, ago=ago
        )

    def server(self) -> tuple[bytes, bytes]:
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.IPAddress(IPv4Address("127.0.0.1"))]
        chain = self._chain(
            "server", key.public_key(), names, ExtendedKeyUsageOID.SERVER_AUTH
        )
        return key.private_bytes(PEM, PKCS8, PLAIN), chain

    def _chain(self, name, key, names, purpose, *, days=30.0, ago=0.0) -> bytes:
        leaf = _certify(
            name,
            key,
            self.key,
            issuer="intermediate",
            days=days,
            ago=ago,
            extensions=[
                x509.SubjectAlternativeName(names),
                x509.ExtendedKeyUsage([purpose]),
            ],
        )
        return leaf.public_bytes(PEM) + self.intermediate.public_bytes(PEM)


def _certify(
    name, key, signer, *, issuer=None, ca=None, days=3650.0, ago=0.0, extensions=()
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    start = datetime.now(UTC) - timedelta(hours=1, days=ago)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer or name))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca is not None, ca), critical=True)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer, hashes.SHA256())


class Peer:
    """The coordinator; `start` and `stop` as often as a test needs."""

    def __init__(self) -> None:
        self.authority = Authority()
        self.tls = self.authority.server()
        self.log_key = Ed25519PrivateKey.generate()
        self.leaves: list[bytes] = []
        self.cosigned: list[Cosignature] = []
        self.fleet: list[FleetRequest] = []
        self.agenda = Agenda(specification=Specification().canonical)
        self.enrolled: EnrolmentRequest | None = None
        self.certified: list[bytes] = []
        self.days = 30.0
        self.ago = 0.0
        # Envelopes to refuse, statuses to answer with, replies to lose.
        self.refuse: Callable[[bytes], str | None] = lambda envelope: None
        self.fail: dict[str, tuple[grpc.StatusCode, str]] = {}
        self.lose: set[str] = set()
        self.unknown = b""  # bytes behind every answer
        self.view: Callable[[LogView], LogView] = lambda view: view
        self._ports = [0, 0]
        self._servers: list[grpc.Server] = []
        self.start()

    def start(self) -> None:
        calls = {
            "Renew": self._renew,
            "Submit": self._submit,
            "ReadAgenda": lambda data: self.agenda,
            "ReadLog": self._read_log,
            "Cosign": self._cosign,
            "Fleet": self._fleet,
        }
        mutual = grpc.ssl_server_credentials(
            [self.tls], self.authority.root_pem, require_client_auth=True
        )
        simple = grpc.ssl_server_credentials([self.tls])
        self._servers = [
            self._serve(0, "hilum.v1.Consortium", calls, mutual),
            self._serve(1, "hilum.v1.Enrolment", {"Enrol": self._enrol}, simple),
        ]

    def stop(self) -> None:
        for server in self._servers:
            server.stop(None).wait()
        self._servers = []

    def _serve(self, index, service, calls, credentials) -> grpc.Server:
        server = grpc.server(
            ThreadPoolExecutor(4),
            options=[
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", 9 << 20),
            ],
        )
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(self._guarded(name, call))
            for name, call in calls.items()
        }
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, handlers),)
        )
        address = f"127.0.0.1:{self._ports[index]}"
        self._ports[index] = server.add_secure_port(address, credentials)
        server.start()
        return server

    def _guarded(self, name: str, call: Callable[[bytes], Message]):
        def handle(data: bytes, context: grpc.ServicerContext) -> bytes:
            if name in self.fail:
                context.abort(*self.fail[name])
            try:
                reply = call(data)
            except ValueError as error:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            if name in self.lose:
                context.abort(grpc.StatusCode.UNAVAILABLE, "the line broke")
            return codec.encode(reply) + self.unknown

        return handle

    # ------------------------------------------------------------------ what it holds

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._ports[0]}"

    @property
    def enrolment(self) -> str:
        return f"127.0.0.1:{self._ports[1]}"

    @property
    def fingerprint(self) -> str:
        return self.authority.root.fingerprint(hashes.SHA256()).hex(":").upper()

    def invitation(self, folder: Path, **changed: object) -> Path:
        fields = {
            "consortium": CONSORTIUM,
            "site": "st-anna",
            "coordinator": self.address,
            "enrolment": self.enrolment,
            "root_certificate": self.authority.root_pem.decode(),
            "token": TOKEN,
            **changed,
        }
        path = folder / "invitation.json"
        path.write_text(json.dumps(fields))
        return path

    def member(self) -> Member:
        assert self.enrolled is not None
        return Member(
            site="st-anna",
            signing_key=self.enrolled.signing_key,
            dpo_key=self.enrolled.dpo_key,
        )

    # ---------------------------------------------------------------------- its calls

    def _enrol(self, data: bytes) -> IssuedCertificate:
        request = codec.decode(EnrolmentRequest, data)
        if request.token != TOKEN:
            raise ValueError("token: is not that of an open invitation")
        self.enrolled = request
        self.agenda.members.append(self.member())
        return self._issue(request.certificate_request)

    def _renew(self, data: bytes) -> IssuedCertificate:
        return self._issue(codec.decode(RenewalRequest, data).certificate_request)

    def _issue(self, request: bytes) -> IssuedCertificate:
        key = x509.load_der_x509_csr(request).public_key()
        chain = self.authority.site("st-anna", key, days=self.days, ago=self.ago)
        self.certified.append(chain)
        origin = f"{CONSORTIUM}/log"
        public = self.log_key.public_key().public_bytes_raw()
        return IssuedCertificate(
            chain=chain,
            consortium=CONSORTIUM,
            site="st-anna",
            log_key=str(VerifierKey(origin, SignatureType.LOG, public)),
        )

    def _submit(self, data: bytes) -> Receipt:
        if data in self.leaves:
            return Receipt(leaf_index=self.leaves.index(data), already_held=True)
        if reasons := self.refuse(data):
            raise ValueError(reasons)
        self.leaves.append(data)
        return Receipt(leaf_index=len(self.leaves) - 1)

    def _read_log(self, data: bytes) -> LogView:
        request = codec.decode(LogRequest, data)
        held = [merkle.leaf_hash(leaf) for leaf in self.leaves]
        if request.verified_size > len(held):
            raise ValueError("verified_size: the log is shorter")
        head = Checkpoint(f"{CONSORTIUM}/log", len(held), merkle.root(held))
        return self.view(
            LogView(
                checkpoint=checkpoint.sign(head, self.log_key),
                consistency=merkle.consistency_proof(held, request.verified_size),
                inclusions=[
                    InclusionProof(
                        leaf_index=held.index(leaf),
                        path=merkle.inclusion_proof(held, held.index(leaf)),
                    )
                    for leaf in request.leaf_hashes
                ],
            )
        )

    def _cosign(self, data: bytes) -> Acknowledgement:
        self.cosigned.append(codec.decode(Cosignature, data))
        return Acknowledgement()

    def _fleet(self, data: bytes) -> FleetReply:
        self.fleet.append(codec.decode(FleetRequest, data))
        return FleetReply(status=200, body=b"carried")


def enrolled_home(peer: Peer, home: Path) -> Path:
    """Make a site's home as `site-agent init` does, without its vault."""
    from site_agent import config, identity
    from site_agent.invitation import read_invitation
    from site_agent.uplink import enrol

    home.mkdir(mode=0o700)
    text = config.template(
        site="st-anna",
        consortium=CONSORTIUM,
        address=peer.address,
        enrolment=peer.enrolment,
        controller="St. Anna",
        controller_contact="info@st-anna.example",
        dpo="The officer",
        dpo_contact="dpo@st-anna.example",
    )
    (home / "site.toml").write_text(
        text.replace("poll_seconds = 30", "poll_seconds = 1")
    )
    invited = read_invitation(peer.invitation(home), fingerprint=peer.fingerprint)
    keys = home / "keys"
    identity.make_keys(keys)
    identity.install(
        keys,
        enrol(invited, identity.enrolment_request(keys, token=invited.token)),
        root=invited.root_certificate,
        consortium=CONSORTIUM,
        site="st-anna",
        now=int(time.time()),
    )
    return home
