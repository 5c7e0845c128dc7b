"""Dataset versions: proposed by the admin, decided by the sites' votes."""

from __future__ import annotations

from fractions import Fraction

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from coordinator import log
from coordinator.consortium.members import active_sites
from coordinator.consortium.published import latest_contributions
from coordinator.consortium.specifications import specification_in_force
from coordinator.errors import Conflict, NotFound, Refused
from coordinator.models import Member, Submission, Version, Vote
from coordinator.rules import quorum
from coordinator.rules.quorum import Outcome
from coordinator.rules.states import Ballot, MemberState, VersionState
from coordinator.rules.versions import FIRST, Content, Number, change, next_number
from protos import codec, dataset_pb2, envelope
from protos.dataset_pb2 import DatasetVersion, Decision, SiteRoot

CHANGE_LENGTH = 400


def propose(session: Session, *, share: Fraction, now: int) -> Version:
    """Propose what the members have contributed as the next dataset version.

    Parameters
    ----------
    share : Fraction
        Share of the members that must approve.

    Raises
    ------
    Refused
        When there is nothing to propose; all reasons at once.
    Conflict
        When a proposal is open already.
    """
    specification = specification_in_force(session)
    dataset = specification.dataset
    open_version = session.exec(_of(dataset, VersionState.PROPOSED)).first()
    if open_version is not None:
        raise Conflict(
            f"version {open_version.version} is proposed already and waits for votes"
        )
    contributions = latest_contributions(session)
    reasons = [
        f"{site}: its studies were checked against another specification; it must "
        "run, freeze and publish again"
        for site, each in contributions.items()
        if each.specification != specification.sha256
    ]
    if not contributions:
        reasons.append(
            "no member has contributed yet; `site-agent freeze` and `site-agent "
            "publish` do that"
        )
    content = Content(
        specification=specification.sha256,
        roots={site: each.manifest_root for site, each in contributions.items()},
    )
    last = session.exec(_of(dataset, VersionState.RELEASED)).first()
    number, told = FIRST, "the first version"
    if last is not None:
        difference = change(_content(last), content)
        if difference is None:
            reasons.append(f"nothing has changed since version {last.version}")
        else:
            number = next_number(Number.parse(last.version), difference.part)
            told = f"{difference.part.value}: {', '.join(difference.differences)}"
    Refused.unless_empty(reasons)
    message = codec.encode(
        DatasetVersion(
            dataset=dataset,
            version=str(number),
            specification=content.specification,
            sites=[
                SiteRoot(site=site, manifest_root=root)
                for site, root in sorted(content.roots.items())
            ],
        )
    )
    version = Version(
        dataset=dataset,
        version=str(number),
        digest=envelope.digest(message),
        content=message,
        state=VersionState.PROPOSED,
        quorum=quorum.needed(share, len(active_sites(session))),
        change=told[:CHANGE_LENGTH],
        proposed_at=now,
    )
    session.add(version)
    session.flush()
    _log(session, log.Act.VERSION_PROPOSED, version, now=now)
    return version


def vote(
    session: Session,
    member: Member,
    ballot: dataset_pb2.Vote,
    by: Submission,
    *,
    now: int,
) -> None:
    """Count a member's vote; at the quorum the version is released.

    A vote that comes after the decision is recorded and changes nothing. A member may
    change its vote while the version is open.

    Raises
    ------
    NotFound, Refused, Conflict
        When there is no such version, the member joined after it was proposed, or it
        wants to change its vote on what is decided.
    """
    found = session.exec(
        select(Version)
        .where(Version.digest == ballot.version_digest)
        .order_by(col(Version.id).desc())
    ).first()
    if found is None:
        raise NotFound("version_digest: no such version was proposed")
    if member.site not in _electorate(session, found):
        raise Refused(
            f"this site joined after version {found.version} was proposed; it votes "
            "on the next one"
        )
    decision = Ballot.APPROVE if ballot.decision == Decision.APPROVE else Ballot.REJECT
    held = session.exec(
        select(Vote).where(Vote.version_id == found.id, Vote.site == member.site)
    ).first()
    if held is None:
        held = Vote(
            version_id=found.id,
            site=member.site,
            decision=decision,
            submission_id=by.id,
            cast_at=now,
        )
        session.add(held)
    elif found.state != VersionState.PROPOSED:
        raise Conflict(
            f"version {found.version} is {found.state}, and this site has voted; its "
            "vote stands"
        )
    else:
        held.decision, held.submission_id, held.cast_at = decision, by.id, now
    session.flush()
    _settle(session, found, now=now)


def settle_versions(session: Session, *, now: int) -> None:
    """Decide open versions anew; for when the members have changed."""
    open_versions = select(Version).where(Version.state == VersionState.PROPOSED)
    for version in session.exec(open_versions).all():
        _settle(session, version, now=now)


def votes(session: Session, version: Version) -> dict[str, Ballot]:
    """Return each site's vote on a version."""
    cast = select(Vote).where(Vote.version_id == version.id)
    return {each.site: each.decision for each in session.exec(cast)}


def versions(session: Session, state: VersionState | None = None) -> list[Version]:
    """Return all versions, newest first, or those in one state."""
    query = select(Version).order_by(col(Version.id).desc())
    if state is not None:
        query = query.where(Version.state == state)
    return list(session.exec(query))


def version(session: Session, number: str) -> Version:
    """Return the newest proposal or release with a number; NotFound without one."""
    found = select(Version).where(Version.version == number)
    held = session.exec(found.order_by(col(Version.id).desc())).first()
    if held is None:
        raise NotFound(f"there is no version {number}")
    return held


def _settle(session: Session, version: Version, *, now: int) -> None:
    if version.state != VersionState.PROPOSED:
        return
    outcome = quorum.outcome(
        votes(session, version),
        electorate=_electorate(session, version),
        quorum=version.quorum,
    )
    if outcome is Outcome.OPEN:
        return
    version.decided_at = now
    if outcome is Outcome.APPROVED:
        version.state = VersionState.RELEASED
        _log(session, log.Act.VERSION_RELEASED, version, now=now)
    else:
        version.state = VersionState.REJECTED
        _log(session, log.Act.VERSION_REJECTED, version, now=now)


def _electorate(session: Session, version: Version) -> frozenset[str]:
    """Return those who were members when it was proposed, and still are."""
    entitled = select(Member.site).where(
        Member.state == MemberState.ACTIVE,
        col(Member.admitted_at) <= version.proposed_at,
    )
    return frozenset(session.exec(entitled))


def _log(session: Session, act: log.Act, version: Version, *, now: int) -> None:
    log.append_act(
        session,
        act,
        now=now,
        dataset=version.dataset,
        version=version.version,
        digest=version.digest.hex(),
    )


def _of(dataset: str, state: VersionState) -> SelectOfScalar[Version]:
    return (
        select(Version)
        .where(Version.dataset == dataset, Version.state == state)
        .order_by(col(Version.id).desc())
    )


def _content(version: Version) -> Content:
    message = codec.decode(DatasetVersion, version.content)
    roots = {site.site: site.manifest_root for site in message.sites}
    return Content(message.specification, roots)
