"""What a site needs to know and may act on."""

from __future__ import annotations

from sqlmodel import Session, col, select

from coordinator.consortium.permits import permit_of
from coordinator.consortium.specifications import specification_in_force
from coordinator.consortium.versions import versions
from coordinator.models import Member, Plan
from coordinator.rules.states import MemberState, PlanState, VersionState
from protos.consortium_pb2 import Agenda
from protos.consortium_pb2 import Member as MemberMessage

MOST_RELEASED, MOST_PERMITS = 1024, 64
"""The newest, where there are more than the contract can carry."""


def agenda(session: Session, *, now: int) -> Agenda:
    """Draw up the agenda; it is the same for every member.

    A permit that is in force still stands among the proposed ones until its run
    begins, since sites may still decide on it.
    """
    active = select(Member).where(Member.state == MemberState.ACTIVE)
    members = session.exec(active.order_by(col(Member.site)))
    plans = session.exec(
        select(Plan)
        .where(
            col(Plan.state).in_(
                [PlanState.PROPOSED, PlanState.IN_FORCE, PlanState.RUNNING]
            ),
            Plan.valid_until > now,
        )
        .order_by(col(Plan.submitted_at).desc(), col(Plan.plan))
    ).all()
    waiting = [plan for plan in plans if plan.state != PlanState.RUNNING]
    in_force = [plan for plan in plans if plan.state != PlanState.PROPOSED]
    proposed = versions(session, VersionState.PROPOSED)
    released = versions(session, VersionState.RELEASED)
    return Agenda(
        members=[
            MemberMessage(
                site=each.site, signing_key=each.signing_key, dpo_key=each.dpo_key
            )
            for each in members
        ],
        specification=specification_in_force(session).canonical,
        proposed_versions=[each.content for each in proposed],
        released_versions=[each.content for each in released[:MOST_RELEASED]],
        proposed_permits=[each.terms for each in waiting[:MOST_PERMITS]],
        permits=[permit_of(session, each) for each in in_force[:MOST_PERMITS]],
    )
