"""Calls, envelopes and certificates that the site's own code would never make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import grpc
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from protos import codec, envelope
from protos.consortium_pb2 import AgendaRequest, Statement
from protos.dataset_pb2 import Contribution
from protos.specification import Specification
from site_agent.identity import Identity
from site_agent.membership import Membership
from tests.e2e.door.hospital import ROOT
from tests.e2e.door.house import CONSORTIUM, House


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
