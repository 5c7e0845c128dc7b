"""Members: invited, admitted with the keys they made, certified, revoked."""

from __future__ import annotations

from sqlmodel import Session, select

from coordinator.models import Member
from coordinator.rules.states import MemberState


def active_sites(session: Session) -> frozenset[str]:
    """Return the sites that are members today."""
    active = select(Member.site).where(Member.state == MemberState.ACTIVE)
    return frozenset(session.exec(active))
