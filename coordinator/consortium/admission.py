"""How a hospital gets its certificate, keeps it, and is known by it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import Session, col, select

from coordinator import log
from coordinator.certificates import (
    Authority,
    is_for_clients,
    read_request,
    site_of,
)
from coordinator.errors import Malformed, NotAuthenticated, Refused
from coordinator.models import Certificate, Invitation, Member
from coordinator.rules.states import MemberState
from protos import envelope
from protos.consortium_pb2 import EnrolmentRequest, IssuedCertificate


def enrol(
    session: Session,
    request: EnrolmentRequest,
    *,
    authority: Authority,
    log_key: str,
    now: int,
) -> IssuedCertificate:
    """Admit the site that an invitation's token names, with the keys it made.

    The token is good once. Whoever sends it again with the same keys while the
    invitation lasts gets the same certificate: a reply may have been lost.

    Raises
    ------
    Refused
        When the token is wrong, used or expired; no more is said before it is right.
    Malformed
        When keys or proofs are not good; all reasons at once.
    """
    token = hashlib.sha256(request.token.encode()).digest()
    found = select(Invitation).where(Invitation.token_sha256 == token)
    invitation = session.exec(found).first()
    if invitation is None or now >= invitation.expires_at:
        raise Refused(
            "token: is not that of an open invitation (it may have been used, replaced "
            "by a newer one or be older than 24 hours); ask the consortium's admin for "
            "a new one"
        )
    public_key = read_request(request.certificate_request)
    keys = _digest_of_keys(request, public_key)
    if invitation.serial is not None:
        certificate = session.get(Certificate, invitation.serial)
        if invitation.enrolment_sha256 != keys or certificate is None:
            raise Refused(
                "token: was used with other keys; if that was not this hospital, tell "
                "the consortium's admin at once"
            )
        return _issued(certificate, authority, log_key)
    Malformed.unless_empty(_key_faults(session, request, invitation.site))
    member = session.get_one(Member, invitation.site)
    member.state, member.admitted_at, member.revoked_at = MemberState.ACTIVE, now, None
    member.signing_key, member.dpo_key = request.signing_key, request.dpo_key
    member.supernode_key = request.supernode_key
    member.last_sequence = 0
    certificate = _certify(session, member.site, public_key, authority, now=now)
    invitation.used_at, invitation.enrolment_sha256 = now, keys
    invitation.serial = certificate.serial
    log.append_act(
        session,
        log.Act.MEMBER_ADMITTED,
        now=now,
        site=member.site,
        signing_key=request.signing_key.hex(),
        dpo_key=request.dpo_key.hex(),
    )
    return _issued(certificate, authority, log_key)


def renew(
    session: Session,
    member: Member,
    certificate_request: bytes,
    *,
    authority: Authority,
    log_key: str,
    now: int,
) -> IssuedCertificate:
    """Give a member its next certificate; the present one goes on until it expires.

    Asked again for the same key, it gives the same certificate.
    """
    public_key = read_request(certificate_request)
    newest = session.exec(
        select(Certificate)
        .where(Certificate.site == member.site, col(Certificate.revoked_at).is_(None))
        .order_by(col(Certificate.not_after).desc())
    ).first()
    if newest is None or _leaf(newest.chain).public_key() != public_key:
        newest = _certify(session, member.site, public_key, authority, now=now)
    return _issued(newest, authority, log_key)


def authenticate(session: Session, pem: bytes, *, consortium: str, now: int) -> Member:
    """Return the member that a client certificate stands for, at this moment.

    The certificate must be one that this consortium issued, byte for byte.

    Raises
    ------
    NotAuthenticated
        With all reasons why it stands for nobody.
    """
    try:
        leaf = _leaf(pem)
    except ValueError:
        raise NotAuthenticated("the certificate cannot be read") from None
    held = session.exec(
        select(Certificate).where(
            Certificate.sha256 == leaf.fingerprint(hashes.SHA256())
        )
    ).first()
    site = site_of(leaf, consortium)
    member = session.get(Member, held.site) if held else None
    reasons = list(_certificate_faults(leaf, now=now))
    if site is None:
        reasons.append("the certificate names no site of this consortium")
    if held is None:
        reasons.append("the certificate was not issued by this consortium")
    elif held.revoked_at is not None:
        reasons.append("the certificate was revoked")
    elif member is None or member.state != MemberState.ACTIVE or member.site != site:
        reasons.append("the site is not a member")
    if reasons or member is None:
        raise NotAuthenticated(*reasons)
    return member


def _certificate_faults(leaf: x509.Certificate, *, now: int) -> Iterator[str]:
    if not is_for_clients(leaf):
        yield "the certificate is not for client authentication"
    if now >= leaf.not_valid_after_utc.timestamp():
        yield "the certificate has expired"
    if now < leaf.not_valid_before_utc.timestamp():
        yield "the certificate is not valid yet"


def _key_faults(
    session: Session, request: EnrolmentRequest, site: str
) -> Iterator[str]:
    signed = request.certificate_request
    if not envelope.is_signed(signed, request.signing_key_proof, request.signing_key):
        yield "signing_key_proof: is not a signature of the request by signing_key"
    if not envelope.is_signed(signed, request.dpo_key_proof, request.dpo_key):
        yield "dpo_key_proof: is not a signature of the request by dpo_key"
    if request.signing_key == request.dpo_key:
        yield "dpo_key: must be another key than signing_key"
    if _point(request.supernode_key) is None:
        yield "supernode_key: is not an EC public key (P-256 or P-384) in OpenSSH form"
    others = session.exec(select(Member).where(Member.site != site)).all()
    taken = {key for other in others for key in (other.signing_key, other.dpo_key)}
    if taken & {request.signing_key, request.dpo_key}:
        yield "signing_key, dpo_key: belong to another site"
    own = _point(request.supernode_key)
    if own is not None and own in {_point(each.supernode_key) for each in others}:
        yield "supernode_key: belongs to another site"


def _point(ssh_key: str) -> ec.EllipticCurvePublicNumbers | None:
    """Return the key itself, None if it is no EC key: one key has many spellings."""
    try:
        key = serialization.load_ssh_public_key(ssh_key.encode())
    except ValueError:
        return None
    return key.public_numbers() if isinstance(key, ec.EllipticCurvePublicKey) else None


def _digest_of_keys(
    request: EnrolmentRequest, public_key: ec.EllipticCurvePublicKey
) -> bytes:
    tls_key = public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys = (
        tls_key,
        request.signing_key,
        request.dpo_key,
        request.supernode_key.encode(),
    )
    return hashlib.sha256(b"".join(map(envelope.digest, keys))).digest()


def _certify(
    session: Session,
    site: str,
    public_key: ec.EllipticCurvePublicKey,
    authority: Authority,
    *,
    now: int,
) -> Certificate:
    issued = authority.issue_site(site, public_key, now=now)
    certificate = Certificate(
        serial=issued.serial,
        site=site,
        chain=issued.chain,
        sha256=issued.sha256,
        not_before=issued.not_before,
        not_after=issued.not_after,
    )
    session.add(certificate)
    session.flush()
    return certificate


def _issued(
    certificate: Certificate, authority: Authority, log_key: str
) -> IssuedCertificate:
    return IssuedCertificate(
        chain=certificate.chain,
        consortium=authority.consortium,
        site=certificate.site,
        log_key=log_key,
    )


def _leaf(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)
