import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as st

from protos import codec, envelope
from protos.consortium_pb2 import Statement
from protos.envelope import PERMIT, STATEMENT, BadSignature
from protos.envelope_pb2 import Envelope, Signature
from protos.training_pb2 import PermitTerms

NORTH = Ed25519PrivateKey.from_private_bytes(b"n" * 32)
SOUTH = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
PAYLOAD = b"the exact bytes"
ORDER = 2**252 + 27742317777372353535851937790883648493  # of Ed25519, RFC 8032, 5.1
P = 2**255 - 19


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


KEYS = [public(NORTH), public(SOUTH)]
NORTH_ID, SOUTH_ID = map(envelope.keyid, KEYS)
SIGNED = envelope.sign(PAYLOAD, STATEMENT, NORTH)


def forged(sig: bytes, keyid: bytes = NORTH_ID) -> Envelope:
    return Envelope(
        payload=PAYLOAD,
        payload_type=STATEMENT,
        signatures=[Signature(keyid=keyid, sig=sig)],
    )


def test_pre_authentication_encoding_is_that_of_dsse() -> None:
    # The example of the DSSE specification.
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert envelope.pae("http://example.com/HelloWorld", b"hello world") == expected
    assert envelope.pae("", b"") == b"DSSEv1 0  0 "


def test_length_of_a_payload_type_is_in_bytes() -> None:
    assert envelope.pae("é", b"") == "DSSEv1 2 é 0 ".encode()


@given(st.tuples(st.text(), st.binary()), st.tuples(st.text(), st.binary()))
def test_no_two_contents_are_signed_as_the_same_bytes(
    one: tuple[str, bytes], other: tuple[str, bytes]
) -> None:
    assert (envelope.pae(*one) == envelope.pae(*other)) == (one == other)


def test_signed_envelope_travels_and_names_its_signer() -> None:
    received = codec.decode(Envelope, codec.encode(SIGNED))
    assert envelope.verify(received, STATEMENT, KEYS) == {NORTH_ID}
    assert envelope.verify(received, STATEMENT, iter(KEYS)) == {NORTH_ID}


def test_same_signers_give_the_same_bytes_in_any_order() -> None:
    signatures = {
        public(key): envelope.signature(PAYLOAD, PERMIT, key) for key in (NORTH, SOUTH)
    }
    bare = Envelope(payload=PAYLOAD, payload_type=PERMIT)
    both = envelope.combine(bare, signatures)
    one, other = (
        envelope.combine(envelope.combine(bare, {first: signatures[first]}), signatures)
        for first in signatures
    )
    assert both == one == other
    assert not bare.signatures
    assert envelope.verify(both, PERMIT, KEYS) == {NORTH_ID, SOUTH_ID}
    assert envelope.verify(both, PERMIT, KEYS[1:]) == {SOUTH_ID}


def test_payload_changed_by_one_bit_is_refused() -> None:
    changed = Envelope()
    changed.CopyFrom(SIGNED)
    changed.payload = bytes([PAYLOAD[0] ^ 1]) + PAYLOAD[1:]
    with pytest.raises(BadSignature, match="no valid signature"):
        envelope.verify(changed, STATEMENT, KEYS)


def test_statement_does_not_pass_for_a_permit() -> None:
    with pytest.raises(BadSignature, match="another type"):
        envelope.verify(SIGNED, PERMIT, KEYS)
    relabelled = Envelope()
    relabelled.CopyFrom(SIGNED)
    relabelled.payload_type = PERMIT
    with pytest.raises(BadSignature, match="no valid signature"):
        envelope.verify(relabelled, PERMIT, KEYS)


def test_signature_under_the_name_of_another_key_is_not_counted() -> None:
    spoof = forged(envelope.signature(PAYLOAD, STATEMENT, SOUTH), keyid=NORTH_ID)
    with pytest.raises(BadSignature):
        envelope.verify(spoof, STATEMENT, KEYS)


def test_key_that_signed_often_counts_once() -> None:
    often = Envelope()
    often.CopyFrom(SIGNED)
    often.signatures.extend(list(SIGNED.signatures) * 5)
    assert envelope.verify(often, STATEMENT, KEYS) == {NORTH_ID}


def test_stranger_and_spoiled_signatures_are_passed_over() -> None:
    mixed = Envelope()
    mixed.CopyFrom(SIGNED)
    stranger = Ed25519PrivateKey.generate()
    sig = envelope.signature(PAYLOAD, STATEMENT, stranger)
    mixed.signatures.add(keyid=envelope.keyid(public(stranger)), sig=sig)
    mixed.signatures.add(keyid=SOUTH_ID, sig=bytes(64))
    mixed.signatures.add(keyid=b"", sig=b"")
    assert envelope.verify(mixed, STATEMENT, KEYS) == {NORTH_ID}


@pytest.mark.parametrize("length", [0, 1, 63, 65])
def test_signature_of_another_length_is_refused(length: int) -> None:
    sig = (SIGNED.signatures[0].sig + b"\x00")[:length]
    with pytest.raises(BadSignature):
        envelope.verify(forged(sig), STATEMENT, KEYS)


def test_signature_made_anew_by_adding_the_group_order_is_refused() -> None:
    sig = SIGNED.signatures[0].sig
    scalar = int.from_bytes(sig[32:], "little") + ORDER
    with pytest.raises(BadSignature):
        envelope.verify(
            forged(sig[:32] + scalar.to_bytes(32, "little")), STATEMENT, KEYS
        )


def test_envelope_without_signatures_and_reader_without_keys_get_nothing() -> None:
    bare = Envelope(payload=PAYLOAD, payload_type=STATEMENT)
    for held, keys in ((bare, KEYS), (SIGNED, [])):
        with pytest.raises(BadSignature):
            envelope.verify(held, STATEMENT, keys)


def test_empty_payload_can_be_signed_but_says_nothing() -> None:
    for kind, cls in ((STATEMENT, Statement), (PERMIT, PermitTerms)):
        empty = envelope.sign(b"", kind, NORTH)
        assert envelope.verify(empty, kind, KEYS) == {NORTH_ID}
        with pytest.raises(codec.Refused):
            codec.decode(cls, empty.payload)


def square_root(value: int) -> int:
    """Give a root modulo P; meaningless where there is none."""
    root = pow(value, (P + 3) // 8, P)
    return root if root * root % P == value % P else root * pow(2, (P - 1) // 4, P) % P


def small_order_keys() -> list[bytes]:
    """Give every encoding of every point whose order divides 8."""
    d = -121665 * pow(121666, -1, P) % P
    # A point of order 8 doubles to y = 0: x^2 = -y^2, and so d y^4 + 2 y^2 - 1 = 0.
    squares = [(sign * square_root(1 + d) - 1) * pow(d, -1, P) % P for sign in (1, -1)]
    roots = [square_root(square) for square in squares]
    [y] = [y for y, square in zip(roots, squares, strict=True) if y * y % P == square]
    ys = [0, 1, P - 1, P, P + 1, y, P - y]
    return [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]


def test_key_for_which_anybody_can_sign_is_never_a_signer() -> None:
    keys = small_order_keys()
    assert not any(map(envelope.is_sound, keys))
    neutral = (1).to_bytes(32, "little")
    sig = neutral + bytes(32)
    # The library takes this signature for any message: nobody needed a private key.
    Ed25519PublicKey.from_public_bytes(neutral).verify(sig, b"anything")
    assert not envelope.is_signed(b"anything", sig, neutral)
    with pytest.raises(BadSignature):
        envelope.verify(forged(sig, envelope.keyid(neutral)), STATEMENT, [neutral])


def test_key_of_another_length_or_not_reduced_is_not_sound() -> None:
    key = public(NORTH)
    assert envelope.is_sound(key)
    for other in (b"", key[:-1], key + b"\x00", b"\xff" * 32, b"\xff" * 31 + b"\x7f"):
        assert not envelope.is_sound(other)
        assert not envelope.is_signed(b"message", bytes(64), other)


def test_bare_signature_is_verified_over_exactly_its_message() -> None:
    sig = NORTH.sign(b"certificate request")
    assert envelope.is_signed(b"certificate request", sig, public(NORTH))
    assert not envelope.is_signed(b"certificate request.", sig, public(NORTH))
    assert not envelope.is_signed(b"certificate request", sig, public(SOUTH))
