"""A consortium in a folder, and hospitals that hold their own keys."""

from __future__ import annotations

import io
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from sqlmodel import Session

from coordinator import config, pki
from coordinator.certificates import Authority
from coordinator.config import CoordinatorPaths
from coordinator.consortium import (
    accounts,
    admission,
    members,
    submissions,
    versions,
    witnessing,
)
from coordinator.database import close, open_session
from coordinator.founding import found
from coordinator.http_api.app import create_app
from coordinator.models import Member, User, Version
from coordinator.rules.states import UserRole
from coordinator.serve import uvicorn_config
from protos import codec, envelope
from protos.consortium_pb2 import (
    EnrolmentRequest,
    IssuedCertificate,
    Receipt,
    Statement,
)
from protos.dataset_pb2 import Contribution, Decision, Vote
from protos.specification import Specification
from protos.training_pb2 import PermitDecision, Role

NOW = 1_795_000_000
CONSORTIUM = "north"
PASSPHRASE = b"kept in a safe"
PASSWORD = "correct horse battery"


@dataclass
class Consortium:
    """A coordinator's home, with a clock that only moves when it is told to."""

    home: Path
    now: int = NOW

    @property
    def paths(self) -> CoordinatorPaths:
        return CoordinatorPaths(self.home)

    @property
    def authority(self) -> Authority:
        return pki.load(self.paths.pki, CONSORTIUM)

    @property
    def log_key(self) -> Ed25519PrivateKey:
        return pki.load_log_key(self.paths.pki)

    @property
    def vkey(self) -> str:
        return str(witnessing.log_verifier(CONSORTIUM, self.log_key))

    def invite(self, site: str) -> str:
        with open_session(self.home) as session:
            return members.invite(session, site, f"{site} hospital", now=self.now).token

    def enrol(self, request: EnrolmentRequest) -> IssuedCertificate:
        with open_session(self.home) as session:
            return admission.enrol(
                session,
                request,
                authority=self.authority,
                log_key=self.vkey,
                now=self.now,
            )

    def submit(self, hospital: Hospital, data: bytes) -> Receipt:
        with open_session(self.home) as session:
            return submissions.submit(
                session,
                session.get_one(Member, hospital.site),
                data,
                consortium=CONSORTIUM,
                now=self.now,
            )

    def read(self, what: Callable[[Session], object]) -> object:
        with open_session(self.home, reads=True) as session:
            return what(session)


@dataclass
class Hospital:
    """A site: its keys, and the envelopes that it signs."""

    site: str
    tls_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    signing_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    dpo_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    supernode_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP384R1())
    )
    sequence: int = 0
    chain: bytes = b""

    def csr(self, key: ec.EllipticCurvePrivateKey | None = None) -> bytes:
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        signed = request.sign(key or self.tls_key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.DER)

    def enrolment(self, token: str) -> EnrolmentRequest:
        csr = self.csr()
        supernode = self.supernode_key.public_key().public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
        return EnrolmentRequest(
            token=token,
            certificate_request=csr,
            signing_key=self.signing_key.public_key().public_bytes_raw(),
            dpo_key=self.dpo_key.public_key().public_bytes_raw(),
            signing_key_proof=self.signing_key.sign(csr),
            dpo_key_proof=self.dpo_key.sign(csr),
            supernode_key=supernode.decode(),
        )

    def join(self, consortium: Consortium) -> Hospital:
        token = consortium.invite(self.site)
        self.chain = consortium.enrol(self.enrolment(token)).chain
        return self

    @property
    def tls_key_pem(self) -> bytes:
        return self.tls_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def statement(self, **body: object) -> Statement:
        """Return the next statement; a field given by name replaces the usual one."""
        self.sequence += 1
        fields = {
            "consortium": CONSORTIUM,
            "site": self.site,
            "sequence": self.sequence,
            "issued_at": NOW,
        }
        return Statement(**(fields | body))

    def sealed(self, statement: Statement) -> bytes:
        payload = codec.encode(statement)
        signed = envelope.sign(payload, envelope.STATEMENT, self.signing_key)
        return codec.encode(signed)

    def contribution(self, root: bytes = b"r" * 32, study_tens: int = 8) -> bytes:
        return self.sealed(
            self.statement(
                contribution=Contribution(
                    manifest_root=root,
                    specification=Specification().sha256,
                    study_tens=study_tens,
                    patient_tens=study_tens,
                )
            )
        )

    def vote(
        self, digest: bytes, decision: Decision.ValueType = Decision.APPROVE
    ) -> bytes:
        ballot = Vote(version_digest=digest, decision=decision)
        return self.sealed(self.statement(vote=ballot))

    def permit_decision(
        self,
        terms: bytes,
        role: Role.ValueType,
        decision: Decision.ValueType = Decision.APPROVE,
        *,
        key: Ed25519PrivateKey | None = None,
    ) -> bytes:
        usual = self.signing_key if role == Role.MEMBER else self.dpo_key
        sig = b""
        if decision == Decision.APPROVE:
            sig = envelope.signature(terms, envelope.PERMIT, key or usual)
        return self.sealed(
            self.statement(
                permit_decision=PermitDecision(
                    terms_digest=envelope.digest(terms),
                    role=role,
                    decision=decision,
                    signature=sig,
                )
            )
        )


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Found a home once; it is copied by every test and touched by none."""
    home = tmp_path_factory.mktemp("founded") / "coordinator"
    found(
        home,
        consortium=CONSORTIUM,
        hosts=("localhost", "127.0.0.1"),
        passphrase=PASSPHRASE,
        specification=Specification(),
        now=NOW,
    )
    return home


@pytest.fixture
def consortium(founded: Path, tmp_path: Path) -> Iterator[Consortium]:
    home = tmp_path / "coordinator"
    shutil.copytree(founded, home)
    yield Consortium(home)
    close(home)


@pytest.fixture
def hospital(consortium: Consortium) -> Hospital:
    return Hospital("alder").join(consortium)


@pytest.fixture
def hospitals(consortium: Consortium) -> list[Hospital]:
    return [Hospital(site).join(consortium) for site in ("alder", "birch", "cedar")]


@pytest.fixture
def released(consortium: Consortium, hospitals: list[Hospital]) -> Version:
    """Release version 1.0.0 of what three hospitals contributed."""
    for hospital in hospitals:
        consortium.submit(hospital, hospital.contribution())
    with open_session(consortium.home) as session:
        version = versions.propose(session, share=Fraction(2, 3), now=consortium.now)
    for hospital in hospitals[:2]:
        consortium.submit(hospital, hospital.vote(version.digest))
    return version


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a program as a person types it; give the exit code and what it wrote."""
    monkeypatch.chdir(tmp_path)

    def typed(
        program: str, main: Callable[[], object], *arguments: object, keyboard: str = ""
    ) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [program, *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(keyboard))
        code = 0
        try:
            main()
        except SystemExit as leave:
            code = leave.code or 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return typed


# ---------------------------------------------------------------- the people's door


@pytest.fixture(scope="session")
def password_hash() -> str:
    return accounts.hash_of(PASSWORD)


@pytest.fixture
def app(consortium: Consortium, password_hash: str) -> FastAPI:
    """Make the app of a coordinator with an admin, ann, and a researcher, rosa."""
    with open_session(consortium.home) as session:
        for name, role in (("ann", UserRole.ADMIN), ("rosa", UserRole.RESEARCHER)):
            session.add(
                User(
                    username=name,
                    password=password_hash,
                    role=role,
                    created_at=consortium.now,
                )
            )
    return create_app(
        consortium.home, config.load(consortium.home), clock=lambda: consortium.now
    )


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """Serve the app by the real server on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn_config(app, config.People()))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()
