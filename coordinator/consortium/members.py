"""Members: invited, revoked, and the documents that must be in force for them."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from coordinator import log
from coordinator.errors import Conflict, NotFound, Refused
from coordinator.models import Certificate, Document, Invitation, Member
from coordinator.rules.states import DocumentKind, MemberState

INVITATION_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A token that was just made; this is the only time it is seen."""

    site: str
    token: str
    expires_at: int


def active_sites(session: Session) -> frozenset[str]:
    """Return the sites that are members today."""
    active = select(Member.site).where(Member.state == MemberState.ACTIVE)
    return frozenset(session.exec(active))


def members(session: Session) -> tuple[Member, ...]:
    """Return everybody who was ever invited, by site."""
    return tuple(session.exec(select(Member).order_by(col(Member.site))))


def certified_until(session: Session) -> dict[str, int]:
    """Return when each site's last valid certificate expires."""
    last = (
        select(Certificate.site, func.max(Certificate.not_after))
        .where(col(Certificate.revoked_at).is_(None))
        .group_by(Certificate.site)
    )
    return dict(session.exec(last).all())


def invite(session: Session, site: str, name: str, *, now: int) -> NewInvitation:
    """Make a single-use token with which `site` can enrol within 24 hours.

    An earlier invitation of the site that was not used ends.

    Raises
    ------
    Refused
        When the names are not well formed (all reasons), or the site is a member.
    """
    reasons = []
    if not re.fullmatch("[a-z0-9][a-z0-9-]{0,31}", site):
        reasons.append(
            "site: must be 1 to 32 lower-case letters, digits and hyphens, and begin "
            "with a letter or digit"
        )
    if not re.fullmatch(r"[^\x00-\x1f<>]{1,120}", name):
        reasons.append("name: must be 1 to 120 characters, without < and >")
    Refused.unless_empty(reasons)
    member = session.get(Member, site)
    if member is None:
        member = Member(site=site, name=name, state=MemberState.INVITED, invited_at=now)
        session.add(member)
        session.flush()
    elif member.state == MemberState.ACTIVE:
        raise Conflict(
            f"{site} is a member already; if its keys were lost, revoke it first"
        )
    else:
        member.name, member.invited_at = name, now
        member.state = MemberState.INVITED
    _end_invitations(session, site, now=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        site=site,
        token_sha256=hashlib.sha256(token.encode()).digest(),
        created_at=now,
        expires_at=now + INVITATION_SECONDS,
    )
    session.add(invitation)
    session.flush()
    return NewInvitation(site=site, token=token, expires_at=invitation.expires_at)


def revoke(session: Session, site: str, *, now: int) -> None:
    """End a membership: its certificates and invitations open nothing from now on.

    What the site has signed stays; it does not vote or train any more. Versions and
    plans that can no longer reach their quorum end when they are next settled.
    """
    member = _member(session, site)
    if member.state == MemberState.REVOKED:
        raise Conflict(f"{site} is revoked already")
    was_active = member.state == MemberState.ACTIVE
    member.state, member.revoked_at = MemberState.REVOKED, now
    valid = select(Certificate).where(
        Certificate.site == site, col(Certificate.revoked_at).is_(None)
    )
    for certificate in session.exec(valid):
        certificate.revoked_at = now
    _end_invitations(session, site, now=now)
    if was_active:
        log.append_act(session, log.Act.MEMBER_REVOKED, now=now, site=site)


def register_document(
    session: Session,
    site: str,
    kind: DocumentKind,
    *,
    reference: str,
    sha256: bytes,
    valid_from: int,
    valid_until: int,
    now: int,
) -> Document:
    """Record that a hospital's document is in force for a time.

    The paper stays with the consortium's office; `sha256` says which one was meant.
    """
    _member(session, site)
    reasons = []
    if valid_until <= valid_from:
        reasons.append("valid_until: must be after valid_from")
    if len(sha256) != hashlib.sha256().digest_size:
        reasons.append("sha256: must be 32 bytes")
    Refused.unless_empty(reasons)
    document = Document(
        site=site,
        kind=kind,
        reference=reference,
        sha256=sha256,
        valid_from=valid_from,
        valid_until=valid_until,
        registered_at=now,
    )
    session.add(document)
    session.flush()
    return document


def documents(session: Session) -> tuple[Document, ...]:
    """Return every document that was registered, oldest first."""
    return tuple(session.exec(select(Document).order_by(col(Document.id))))


def _member(session: Session, site: str) -> Member:
    member = session.get(Member, site)
    if member is None:
        raise NotFound(f"there is no site {site}; `coordinator members` lists them")
    return member


def _end_invitations(session: Session, site: str, *, now: int) -> None:
    pending = select(Invitation).where(
        Invitation.site == site, Invitation.expires_at > now
    )
    for invitation in session.exec(pending):
        invitation.expires_at = now
