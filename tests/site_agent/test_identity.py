from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from protos import codec
from protos.consortium_pb2 import IssuedCertificate
from site_agent import identity
from site_agent.errors import IdentityError
from tests.site_agent.peer import CONSORTIUM, TOKEN, Authority

DAY = 86_400
NOW = int(time.time())
VKEY = "peer.example/log+00000000+AQ=="


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    identity.make_keys(folder)
    return folder


def issued(
    authority: Authority, request: bytes, **changed: object
) -> IssuedCertificate:
    key = x509.load_der_x509_csr(request).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    fields = {
        "chain": authority.site("st-anna", key),
        "consortium": CONSORTIUM,
        "site": "st-anna",
        "log_key": VKEY,
        **changed,
    }
    return IssuedCertificate(**fields)


def install(keys: Path, authority: Authority, message: IssuedCertificate) -> None:
    identity.install(
        keys,
        message,
        root=authority.root_pem,
        consortium=CONSORTIUM,
        site="st-anna",
        now=NOW,
    )


def enrol(keys: Path, authority: Authority) -> None:
    request = identity.enrolment_request(keys, token=TOKEN)
    install(keys, authority, issued(authority, request.certificate_request))


def test_keys_are_readable_by_their_owner_only(keys: Path) -> None:
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    names = {path.name for path in keys.iterdir()}
    assert names == {
        "tls.key",
        "signing.key",
        "dpo.key",
        "supernode.key",
        "supernode.key.pub",
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()} == {0o600}


def test_keys_that_are_there_are_kept(keys: Path) -> None:
    before = {path.name: path.read_bytes() for path in keys.iterdir()}
    identity.make_keys(keys)
    assert {path.name: path.read_bytes() for path in keys.iterdir()} == before


def test_enrolment_goes_on_after_a_crash_between_two_keys(keys: Path) -> None:
    signing = (keys / "signing.key").read_bytes()
    (keys / "dpo.key").unlink()
    identity.make_keys(keys)
    assert (keys / "signing.key").read_bytes() == signing
    assert (keys / "dpo.key").exists()


def test_enrolment_request_proves_possession_and_names_nobody(keys: Path) -> None:
    request = identity.enrolment_request(keys, token=TOKEN)
    codec.check(request)
    for key, proof in (
        (request.signing_key, request.signing_key_proof),
        (request.dpo_key, request.dpo_key_proof),
    ):
        Ed25519PublicKey.from_public_bytes(key).verify(
            proof, request.certificate_request
        )
    csr = x509.load_der_x509_csr(request.certificate_request)
    assert csr.is_signature_valid
    assert not list(csr.subject)
    assert not list(csr.extensions)
    public = serialization.load_ssh_public_key(request.supernode_key.encode())
    assert isinstance(public, ec.EllipticCurvePublicKey)


def test_enrolled_site_knows_its_name_from_the_certificate(
    keys: Path, authority: Authority
) -> None:
    enrol(keys, authority)
    own = identity.load(keys)
    assert (own.consortium, own.site) == (CONSORTIUM, "st-anna")
    assert own.log_key == VKEY
    own.require_valid(NOW)


def test_site_that_has_not_enrolled_is_told_to(keys: Path) -> None:
    with pytest.raises(IdentityError, match="site-agent init"):
        identity.load(keys)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"site": "st-bruno"}, "another site"),
        ({"consortium": "other.example"}, "another site or consortium"),
        ({"log_key": ""}, "key of the log"),
        ({"chain": b"-----BEGIN nothing"}, "cannot be read"),
    ],
)
def test_certificate_that_was_not_asked_for_is_refused(
    keys: Path, authority: Authority, changed: dict[str, object], reason: str
) -> None:
    request = identity.enrolment_request(keys, token=TOKEN).certificate_request
    with pytest.raises(IdentityError, match=reason):
        install(keys, authority, issued(authority, request, **changed))
    assert not (keys / "site.crt").exists()


def test_certificate_for_another_site_s_name_inside_is_refused(
    keys: Path, authority: Authority
) -> None:
    request = identity.enrolment_request(keys, token=TOKEN).certificate_request
    key = x509.load_der_x509_csr(request).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    chain = authority.site("st-bruno", key)
    with pytest.raises(IdentityError, match="names another site"):
        install(keys, authority, issued(authority, request, chain=chain))


def test_certificate_of_another_root_expired_and_for_another_key_gives_all_reasons(
    keys: Path, authority: Authority
) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    chain = Authority().site("st-anna", other, ago=60)
    message = IssuedCertificate(
        chain=chain, consortium=CONSORTIUM, site="st-anna", log_key=VKEY
    )
    with pytest.raises(IdentityError) as raised:
        install(keys, authority, message)
    for reason in ("does not lead to the root", "another key", "not valid today"):
        assert reason in str(raised.value)


def test_key_that_others_can_read_is_refused(keys: Path, authority: Authority) -> None:
    enrol(keys, authority)
    (keys / "signing.key").chmod(0o640)
    with pytest.raises(IdentityError, match="chmod 600"):
        identity.load(keys)


def test_renewal_is_due_after_two_thirds_of_the_lifetime(
    keys: Path, authority: Authority
) -> None:
    enrol(keys, authority)
    own = identity.load(keys)
    assert not own.renewal_due(own.not_before + 19 * DAY)
    assert own.renewal_due(own.not_before + 20 * DAY)


def test_expired_certificate_says_what_to_do(keys: Path, authority: Authority) -> None:
    enrol(keys, authority)
    own = identity.load(keys)
    with pytest.raises(IdentityError, match="new invitation"):
        own.require_valid(own.not_after)
    with pytest.raises(IdentityError, match="clock"):
        own.require_valid(own.not_before - 1)


def test_renewal_brings_a_new_key_and_keeps_the_signing_key(
    keys: Path, authority: Authority
) -> None:
    enrol(keys, authority)
    before = identity.load(keys)
    install(keys, authority, issued(authority, identity.renewal_request(keys)))
    after = identity.load(keys)
    assert after.tls_key != before.tls_key
    assert not (keys / "tls.next.key").exists()
    assert (
        after.signing_key.public_key().public_bytes_raw()
        == before.signing_key.public_key().public_bytes_raw()
    )


def test_renewal_does_not_bring_another_log(keys: Path, authority: Authority) -> None:
    enrol(keys, authority)
    request = identity.renewal_request(keys)
    other = issued(authority, request, log_key="peer.example/log+00000001+AQ==")
    before = (keys / "site.crt").read_bytes()
    with pytest.raises(IdentityError, match="another key for the log"):
        install(keys, authority, other)
    assert (keys / "log.vkey").read_text() == VKEY
    assert (keys / "site.crt").read_bytes() == before


def test_renewal_that_was_interrupted_asks_again_for_the_same_key(keys: Path) -> None:
    first = x509.load_der_x509_csr(identity.renewal_request(keys))
    second = x509.load_der_x509_csr(identity.renewal_request(keys))
    assert first.public_key() == second.public_key()


def test_crash_between_new_certificate_and_new_key_is_mended(
    keys: Path, authority: Authority
) -> None:
    enrol(keys, authority)
    message = issued(authority, identity.renewal_request(keys))
    (keys / "site.crt").write_bytes(message.chain)  # and there the power went
    own = identity.load(keys)
    assert own.chain == message.chain
    assert not (keys / "tls.next.key").exists()


def test_certificate_of_another_backup_is_noticed(
    keys: Path, authority: Authority
) -> None:
    enrol(keys, authority)
    (keys / "tls.key").unlink()
    identity.make_keys(keys)
    with pytest.raises(IdentityError, match="do not belong together"):
        identity.load(keys)
