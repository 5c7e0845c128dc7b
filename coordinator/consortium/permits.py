"""Training plans and their permits: submitted by researchers, decided by the sites."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from coordinator import log
from coordinator.config import CoordinatorConfig
from coordinator.consortium.members import active_sites
from coordinator.errors import NotFound, Refused
from coordinator.models import (
    Member,
    PermitSignature,
    Plan,
    Submission,
    User,
    Version,
)
from coordinator.rules import plan_document, quorum
from coordinator.rules.permits import Readiness, Standing, readiness
from coordinator.rules.quorum import Outcome
from coordinator.rules.states import Ballot, PlanState, SignatoryRole, VersionState
from protos import codec, envelope
from protos.dataset_pb2 import DatasetVersion, Decision
from protos.envelope_pb2 import Envelope
from protos.training_pb2 import PermitDecision, PermitTerms, Role, TrainingPlan

DAY = 86_400
MOST_OPEN_PLANS = 32
"""More than any site can decide on; the agenda has room for twice as many."""
_ROLES = {
    Role.MEMBER: SignatoryRole.MEMBER,
    Role.DATA_PROTECTION_OFFICER: SignatoryRole.DATA_PROTECTION_OFFICER,
}


@dataclass(frozen=True, slots=True)
class PermitPolicy:
    """What every new permit says. Times in seconds, the limit in bytes."""

    quorum: Fraction
    valid_seconds: int
    consent_seconds: int
    minimum_sites: int
    upload_limit: int


def policy_of(config: CoordinatorConfig) -> PermitPolicy:
    """Return what ``coordinator.toml`` says about permits."""
    training = config.training
    return PermitPolicy(
        quorum=Fraction(config.governance.quorum),
        valid_seconds=training.permit_days * DAY,
        consent_seconds=training.consent_hours * 3600,
        minimum_sites=training.minimum_sites,
        upload_limit=training.upload_limit_mib << 20,
    )


@dataclass(frozen=True, slots=True)
class ReadyPermit:
    """A permit that is in force and waits for its run.

    `terms` are the exact bytes that were signed; `permit` is the serialized `Envelope`
    with all signatures; `sites` are those that train.
    """

    plan: str
    terms: bytes
    permit: bytes
    sites: tuple[str, ...]


# ------------------------------------------------------------------------------ plans


def submit_plan(
    session: Session,
    toml: str,
    *,
    user: User,
    bundle: bytes,
    policy: PermitPolicy,
    now: int,
) -> Plan:
    """Take a researcher's plan and draw up the terms that the sites decide on.

    `bundle` is the SHA-256 of the code-free Flower bundle of this program.

    Raises
    ------
    Malformed
        When the text is not a plan.
    Refused
        When nothing can be trained by this plan; all reasons at once.
    """
    training = plan_document.parse(toml).to_message()
    version = _released(session, training)
    waiting = len(session.exec(_open_plans()).all())
    if waiting >= MOST_OPEN_PLANS:
        raise Refused(
            f"{waiting} plans wait for the sites already; submit it again when some of "
            "them are decided"
        )
    content = codec.decode(DatasetVersion, version.content)
    active = active_sites(session)
    sites = [root for root in content.sites if root.site in active]
    if len(sites) < policy.minimum_sites:
        raise Refused(
            f"version: {len(sites)} of its sites are members today, and training "
            f"needs at least {policy.minimum_sites}"
        )
    plan_id = f"plan-{secrets.token_hex(5)}"
    terms = codec.encode(
        PermitTerms(
            plan=plan_id,
            training=training,
            version_digest=version.digest,
            sites=sites,
            bundle=bundle,
            quorum=quorum.needed(policy.quorum, len(sites)),
            valid_from=now,
            valid_until=now + policy.valid_seconds,
            upload_limit=policy.upload_limit,
        )
    )
    plan = Plan(
        plan=plan_id,
        title=training.title,
        user_id=user.id,
        version_id=version.id,
        toml=toml,
        terms=terms,
        terms_digest=envelope.digest(terms),
        state=PlanState.PROPOSED,
        submitted_at=now,
        valid_until=now + policy.valid_seconds,
        consent_seconds=policy.consent_seconds,
        minimum_sites=policy.minimum_sites,
    )
    session.add(plan)
    session.flush()
    return plan


def _released(session: Session, training: TrainingPlan) -> Version:
    held = session.exec(
        select(Version)
        .where(Version.dataset == training.dataset)
        .order_by(col(Version.id).desc())
    ).all()
    if not held:
        raise Refused(
            f"dataset: there is no dataset {training.dataset}",
            f"version: {training.version} does not exist",
        )
    same = [each for each in held if each.version == training.version]
    for version in same:
        if version.state == VersionState.RELEASED:
            return version
    released = [each.version for each in held if each.state == VersionState.RELEASED]
    what = f"is {same[0].state}, not released" if same else "does not exist"
    listed = ", ".join(released) or "none yet"
    raise Refused(f"version: {training.version} {what}; released: {listed}")


# -------------------------------------------------------------------------- decisions


def decide(
    session: Session,
    site: Member,
    decision: PermitDecision,
    by: Submission,
    *,
    now: int,
) -> None:
    """Apply a site's decision on a permit, in the role whose key signed it.

    Raises
    ------
    Refused
        With all reasons why the decision cannot count.
    """
    found = select(Plan).where(Plan.terms_digest == decision.terms_digest)
    plan = session.exec(found).first()
    if plan is None:
        raise NotFound("terms_digest: there is no such permit")
    terms = codec.decode(PermitTerms, plan.terms)
    role = _ROLES[decision.role]
    is_member = role == SignatoryRole.MEMBER
    key = site.signing_key if is_member else site.dpo_key
    approves = decision.decision == Decision.APPROVE
    reasons = []
    if plan.state not in (PlanState.PROPOSED, PlanState.IN_FORCE):
        reasons.append(f"the plan is {plan.state}; nothing is left to decide")
    elif now >= plan.valid_until:
        reasons.append("the permit has expired; the plan must be submitted again")
    if site.site not in {root.site for root in terms.sites}:
        reasons.append("this site does not take part in the plan")
    if _decision(session, plan, site.site, role) is not None:
        reasons.append(f"this site has already decided as {role}; a decision is final")
    message = envelope.pae(envelope.PERMIT, plan.terms)
    if approves and not envelope.is_signed(message, decision.signature, key):
        reasons.append(f"signature: not by the {role}'s key over the exact terms")
    if not approves and decision.signature:
        reasons.append("signature: must be empty with REJECT")
    Refused.unless_empty(reasons)
    session.add(
        PermitSignature(
            plan=plan.plan,
            site=site.site,
            role=role,
            decision=Ballot.APPROVE if approves else Ballot.REJECT,
            key=key,
            signature=decision.signature,
            submission_id=by.id,
            decided_at=now,
        )
    )
    session.flush()
    settle(session, plan, now=now)


def settle(session: Session, plan: Plan, *, now: int) -> None:
    """Move a plan to the state that its decisions and the time give it."""
    terms = codec.decode(PermitTerms, plan.terms)
    if plan.state == PlanState.PROPOSED:
        if now >= plan.valid_until:
            plan.state = PlanState.EXPIRED
            return
        standing = quorum.outcome(
            decisions(session, plan, SignatoryRole.MEMBER),
            electorate=active_sites(session) & {root.site for root in terms.sites},
            quorum=terms.quorum,
        )
        if standing == Outcome.REJECTED:
            plan.state = PlanState.REFUSED
        elif standing == Outcome.APPROVED:
            plan.state, plan.quorum_at = PlanState.IN_FORCE, now
            log.append_act(
                session,
                log.Act.PERMIT_IN_FORCE,
                now=now,
                plan=plan.plan,
                terms=plan.terms_digest.hex(),
            )
    if plan.state == PlanState.IN_FORCE:
        verdict = readiness(_standing(session, plan, terms), now=now)
        if verdict == Readiness.EXPIRED:
            plan.state = PlanState.EXPIRED
        elif verdict == Readiness.REFUSED:
            plan.state = PlanState.REFUSED
    session.flush()


def settle_plans(session: Session, *, now: int) -> None:
    """Settle every plan that is not yet decided or launched."""
    for plan in session.exec(_open_plans()).all():
        settle(session, plan, now=now)


def permits_ready(session: Session, *, now: int) -> tuple[ReadyPermit, ...]:
    """Return the permits in force whose run can begin, oldest first."""
    ready = []
    in_force = _open_plans().where(Plan.state == PlanState.IN_FORCE)
    for plan in session.exec(in_force):
        terms = codec.decode(PermitTerms, plan.terms)
        standing = _standing(session, plan, terms)
        if readiness(standing, now=now) == Readiness.READY:
            permit = permit_of(session, plan).SerializeToString(deterministic=True)
            ready.append(
                ReadyPermit(plan.plan, plan.terms, permit, standing.participants)
            )
    return tuple(ready)


# ---------------------------------------------------------------------------- reading


def plans(session: Session) -> tuple[Plan, ...]:
    """Return all plans, newest first."""
    newest = col(Plan.submitted_at).desc()
    return tuple(session.exec(select(Plan).order_by(newest, col(Plan.plan))))


def plan(session: Session, plan_id: str) -> Plan:
    """Return one plan; NotFound when there is none."""
    found = session.get(Plan, plan_id)
    if found is None:
        raise NotFound(f"there is no plan {plan_id}; `consortium plan list` has them")
    return found


def permit_of(session: Session, plan: Plan) -> Envelope:
    """Return the terms of a plan with every signature they have."""
    approved = select(PermitSignature).where(
        PermitSignature.plan == plan.plan,
        PermitSignature.decision == Ballot.APPROVE,
    )
    signatures = {each.key: each.signature for each in session.exec(approved)}
    terms = Envelope(payload=plan.terms, payload_type=envelope.PERMIT)
    return envelope.combine(terms, signatures)


def decisions(session: Session, plan: Plan, role: SignatoryRole) -> dict[str, Ballot]:
    """Return what each site has decided in one role."""
    cast = select(PermitSignature).where(
        PermitSignature.plan == plan.plan, PermitSignature.role == role
    )
    return {each.site: each.decision for each in session.exec(cast)}


def _open_plans() -> SelectOfScalar[Plan]:
    return (
        select(Plan)
        .where(col(Plan.state).in_([PlanState.PROPOSED, PlanState.IN_FORCE]))
        .order_by(col(Plan.submitted_at), col(Plan.plan))
    )


def _standing(session: Session, plan: Plan, terms: PermitTerms) -> Standing:
    return Standing(
        sites=[root.site for root in terms.sites],
        active=active_sites(session),
        consents=decisions(session, plan, SignatoryRole.DATA_PROTECTION_OFFICER),
        quorum_at=plan.quorum_at or plan.submitted_at,
        valid_until=plan.valid_until,
        consent_seconds=plan.consent_seconds,
        minimum_sites=plan.minimum_sites,
    )


def _decision(
    session: Session, plan: Plan, site: str, role: SignatoryRole
) -> PermitSignature | None:
    return session.exec(
        select(PermitSignature).where(
            PermitSignature.plan == plan.plan,
            PermitSignature.site == site,
            PermitSignature.role == role,
        )
    ).first()
