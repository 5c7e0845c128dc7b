"""How a hospital becomes a member, stays one, and ceases to be one."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlmodel import select

from coordinator.consortium import admission, members
from coordinator.database import open_session
from coordinator.errors import Conflict, Malformed, NotAuthenticated, Refused
from coordinator.models import Invitation, LogLeaf, Member

DAY = 86_400


def authenticated(consortium, chain):
    with open_session(consortium.home, reads=True) as session:
        return admission.authenticate(
            session, chain, consortium="north", now=consortium.now
        ).site


def renewed(consortium, hospital, key):
    with open_session(consortium.home) as session:
        return admission.renew(
            session,
            session.get_one(Member, hospital.site),
            hospital.csr(key),
            authority=consortium.authority,
            log_key=consortium.vkey,
            now=consortium.now,
        ).chain


@pytest.fixture
def newcomer(hospital):
    return type(hospital)("birch")


def test_enrolled_site_is_known_by_its_certificate(consortium, hospital):
    assert authenticated(consortium, hospital.chain) == "alder"
    leaf, intermediate = x509.load_pem_x509_certificates(hospital.chain)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [
        "spiffe://north/site/alder"
    ]
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 30
    leaf.verify_directly_issued_by(intermediate)
    intermediate.verify_directly_issued_by(consortium.authority.root)


def test_token_is_kept_as_its_hash_only(consortium):
    token = consortium.invite("alder")
    with open_session(consortium.home, reads=True) as session:
        held = session.exec(select(Invitation)).one()
    assert held.token_sha256 == hashlib.sha256(token.encode()).digest()
    files = [path for path in consortium.home.rglob("*") if path.is_file()]
    assert all(token.encode() not in path.read_bytes() for path in files)


def test_lost_reply_gets_the_same_certificate_again(consortium, newcomer):
    token = consortium.invite("birch")
    first = consortium.enrol(newcomer.enrolment(token))
    consortium.now += 3600
    assert consortium.enrol(newcomer.enrolment(token)) == first


@pytest.mark.parametrize("key", ["tls_key", "signing_key", "dpo_key", "supernode_key"])
def test_token_used_with_another_key_is_refused(consortium, newcomer, key):
    token = consortium.invite("birch")
    consortium.enrol(newcomer.enrolment(token))
    setattr(newcomer, key, getattr(type(newcomer)("other"), key))
    with pytest.raises(Refused, match="used with other keys"):
        consortium.enrol(newcomer.enrolment(token))


def test_two_hospitals_with_one_token_at_once_leave_one_member(consortium, hospital):
    token, outcomes = consortium.invite("birch"), []
    gate = threading.Barrier(4)

    def enrol(newcomer):
        gate.wait()
        try:
            outcomes.append(consortium.enrol(newcomer.enrolment(token)).site)
        except Refused:
            outcomes.append("refused")

    threads = [
        threading.Thread(target=enrol, args=(type(hospital)("birch"),))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["birch", "refused", "refused", "refused"]


def test_wrong_token_is_told_nothing_else(consortium, newcomer):
    consortium.invite("birch")
    request = newcomer.enrolment("w" * 43)
    request.signing_key_proof = b""
    with pytest.raises(Refused) as refusal:
        consortium.enrol(request)
    assert len(refusal.value.reasons) == 1
    assert "token" in refusal.value.reasons[0]


def test_token_expires_after_a_day(consortium, newcomer):
    token = consortium.invite("birch")
    consortium.now += DAY
    with pytest.raises(Refused, match="24 hours"):
        consortium.enrol(newcomer.enrolment(token))


def test_second_invitation_ends_the_first(consortium, newcomer):
    first = consortium.invite("birch")
    second = consortium.invite("birch")
    with pytest.raises(Refused, match="token"):
        consortium.enrol(newcomer.enrolment(first))
    assert consortium.enrol(newcomer.enrolment(second)).site == "birch"


def test_missing_proofs_and_shared_keys_are_refused_all_at_once(
    consortium, hospital, newcomer
):
    newcomer.dpo_key = newcomer.signing_key = hospital.signing_key
    newcomer.supernode_key = hospital.supernode_key
    request = newcomer.enrolment(consortium.invite("birch"))
    request.signing_key_proof = Ed25519PrivateKey.generate().sign(b"something else")
    request.dpo_key_proof = b""
    with pytest.raises(Malformed) as refusal:
        consortium.enrol(request)
    told = "\n".join(refusal.value.reasons)
    assert len(refusal.value.reasons) == 5
    for field in (
        "signing_key_proof",
        "dpo_key_proof",
        "another key",
        "other",
        "super",
    ):
        assert field in told
    with open_session(consortium.home, reads=True) as session:
        assert session.get_one(Member, "birch").state == "invited"


@pytest.mark.parametrize("tail", ["====", "AAAA", " another comment"])
def test_supernode_key_of_another_site_in_another_spelling_is_refused(
    consortium, hospital, newcomer, tail
):
    request = newcomer.enrolment(consortium.invite("birch"))
    request.supernode_key = hospital.enrolment("t" * 20).supernode_key + tail
    with pytest.raises(Malformed, match="supernode_key: belongs to another site"):
        consortium.enrol(request)


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1()])
def test_key_on_another_curve_is_not_certified(consortium, newcomer, curve):
    newcomer.tls_key = ec.generate_private_key(curve)
    with pytest.raises(Malformed, match="P-256"):
        consortium.enrol(newcomer.enrolment(consortium.invite("birch")))


def test_garbage_is_not_a_certificate_request(consortium, newcomer):
    request = newcomer.enrolment(consortium.invite("birch"))
    request.certificate_request = b"\x30\x82garbage"
    with pytest.raises(Malformed, match="PKCS #10"):
        consortium.enrol(request)


def test_member_is_not_invited_again(consortium, hospital):
    with pytest.raises(Conflict, match="revoke it first"):
        consortium.invite("alder")


def test_ill_formed_names_are_refused_together(consortium):
    with (
        pytest.raises(Refused) as refusal,
        open_session(consortium.home) as session,
    ):
        members.invite(session, "St. Mary", "<b>", now=consortium.now)
    assert len(refusal.value.reasons) == 2


def test_revoked_site_is_nobody_at_once(consortium, hospital):
    with open_session(consortium.home) as session:
        members.revoke(session, "alder", now=consortium.now)
    with pytest.raises(NotAuthenticated, match="revoked"):
        authenticated(consortium, hospital.chain)


def test_revoked_site_comes_back_with_new_keys(consortium, hospital):
    with open_session(consortium.home) as session:
        members.revoke(session, "alder", now=consortium.now)
    again = type(hospital)("alder").join(consortium)
    assert authenticated(consortium, again.chain) == "alder"
    with pytest.raises(NotAuthenticated):
        authenticated(consortium, hospital.chain)
    # It counts its statements from one again, under its new key.
    assert consortium.submit(again, again.contribution()).already_held is False


def test_expired_certificate_is_refused(consortium, hospital):
    consortium.now += 30 * DAY
    with pytest.raises(NotAuthenticated, match="expired"):
        authenticated(consortium, hospital.chain)


def test_renewal_gives_another_thirty_days_to_a_new_key(consortium, hospital):
    consortium.now += 20 * DAY
    key = ec.generate_private_key(ec.SECP256R1())
    chain = renewed(consortium, hospital, key)
    assert renewed(consortium, hospital, key) == chain
    leaf = x509.load_pem_x509_certificate(chain)
    lasts = leaf.not_valid_after_utc - datetime.fromtimestamp(consortium.now, UTC)
    assert lasts.days == 29
    assert authenticated(consortium, chain) == "alder"
    assert authenticated(consortium, hospital.chain) == "alder"
    consortium.now += 15 * DAY
    assert authenticated(consortium, chain) == "alder"


def test_foreign_certificate_gives_all_its_faults(consortium, hospital):
    other = consortium.authority
    leaf = other.issue_server(
        ["localhost"], hospital.tls_key.public_key(), now=consortium.now - 400 * DAY
    )
    with pytest.raises(NotAuthenticated) as refusal:
        authenticated(consortium, leaf.chain)
    told = "\n".join(refusal.value.reasons)
    for reason in ("client authentication", "expired", "names no site", "not issued"):
        assert reason in told


def test_certificate_that_is_not_on_the_list_opens_nothing(consortium, hospital):
    # Issued by the true intermediate for a true member, but never recorded.
    stray = consortium.authority.issue_site(
        "alder", hospital.tls_key.public_key(), now=consortium.now
    )
    with pytest.raises(NotAuthenticated, match="not issued"):
        authenticated(consortium, stray.chain)


def test_admissions_and_revocations_are_in_the_log(consortium, hospital):
    with open_session(consortium.home) as session:
        members.revoke(session, "alder", now=consortium.now)
        acts = [leaf.kind for leaf in session.exec(select(LogLeaf))]
    assert acts == ["specification-in-force", "member-admitted", "member-revoked"]
