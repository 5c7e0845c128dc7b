"""Envelopes: a payload, its type, and Ed25519 signatures over the exact bytes.

DSSE (https://github.com/secure-systems-lab/dsse, protocol version 1), carried as
protobuf. A signature covers `pae`, so that bytes signed as one type can never be read
as another. Keys are handled in their raw form, 32 bytes (RFC 8032).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from protos.envelope_pb2 import Envelope, Signature

STATEMENT = "application/vnd.hilum.statement+protobuf"
"""Payload type of a `Statement`: what a site says."""

PERMIT = "application/vnd.hilum.permit+protobuf"
"""Payload type of `PermitTerms`: what a quorum and each officer permit."""


class BadSignature(ValueError):
    """No known key has signed this payload as this type."""


def digest(data: bytes) -> bytes:
    """SHA-256 of `data`, 32 bytes."""
    return hashlib.sha256(data).digest()


def keyid(public_key: bytes) -> bytes:
    """Name of a key: the SHA-256 of its raw public half."""
    return digest(public_key)


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def signature(payload: bytes, payload_type: str, key: Ed25519PrivateKey) -> bytes:
    """Sign a payload; 64 bytes."""
    return key.sign(pae(payload_type, payload))


def sign(payload: bytes, payload_type: str, key: Ed25519PrivateKey) -> Envelope:
    """Put a payload into an envelope with one signature."""
    return combine(
        Envelope(payload=payload, payload_type=payload_type),
        {key.public_key().public_bytes_raw(): signature(payload, payload_type, key)},
    )


def combine(envelope: Envelope, signatures: Mapping[bytes, bytes]) -> Envelope:
    """Add signatures, by raw public key, to a copy of an envelope.

    A key that has signed already is not added again. The signatures are in the order of
    their key ids, so that the same signers always give the same bytes.
    """
    held = {each.keyid: each.sig for each in envelope.signatures}
    added = {keyid(public): sig for public, sig in signatures.items()}
    return Envelope(
        payload=envelope.payload,
        payload_type=envelope.payload_type,
        signatures=[
            Signature(keyid=name, sig=sig)
            for name, sig in sorted((added | held).items())
        ],
    )


def verify(envelope: Envelope, payload_type: str, keys: Iterable[bytes]) -> set[bytes]:
    """Find out who signed an envelope.

    Parameters
    ----------
    payload_type : str
        The type that the caller is about to read the payload as.
    keys : iterable of bytes
        Raw public keys that the caller trusts. Signatures by others are passed over.

    Returns
    -------
    set of bytes
        Key ids of those of `keys` that signed; never empty. A key counts once, however
        often it signed.

    Raises
    ------
    BadSignature
        When the envelope is of another type, or none of `keys` signed it.
    """
    if envelope.payload_type != payload_type:
        raise BadSignature("The envelope holds another type of payload.")
    known = {keyid(key): key for key in keys}
    message = pae(payload_type, envelope.payload)
    signers = {
        each.keyid
        for each in envelope.signatures
        if each.keyid in known and is_signed(message, each.sig, known[each.keyid])
    }
    if not signers:
        raise BadSignature("The envelope bears no valid signature by a known key.")
    return signers


def is_signed(message: bytes, sig: bytes, public_key: bytes) -> bool:
    """Verify one bare Ed25519 signature over `message` by a sound raw public key."""
    if not is_sound(public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(sig, message)
    except InvalidSignature:
        return False
    return True


def is_sound(public_key: bytes) -> bool:
    """Tell whether a raw Ed25519 public key may stand for a signer.

    Points of small order verify signatures that anybody can make, and a y-coordinate
    that is not reduced is a second name of the same key (RFC 8032, 5.1.3). Neither
    comes from an honest key generation.
    """
    y = int.from_bytes(public_key, "little") & ((1 << 255) - 1)
    return len(public_key) == 32 and y < _P and y not in _SMALL_ORDER


_P = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = {0, 1, _P - 1, _ORDER_8, _P - _ORDER_8}
