"""The states that things of the consortium pass through, and the words for them."""

from __future__ import annotations

from enum import StrEnum


class MemberState(StrEnum):
    """Of a hospital. A revoked member may be invited again and gets new keys."""

    INVITED = "invited"
    ACTIVE = "active"
    REVOKED = "revoked"


class DocumentKind(StrEnum):
    """What a hospital signs or is granted; `Specification.documents` asks for them."""

    CONSORTIUM_AGREEMENT = "consortium-agreement"
    DATA_PROCESSING_AGREEMENT = "data-processing-agreement"
    ETHICS_APPROVAL_OR_WAIVER = "ethics-approval-or-waiver"


class SubmissionKind(StrEnum):
    """The body of an accepted statement, by its field name in `Statement`."""

    STATISTICS = "statistics"
    CONTRIBUTION = "contribution"
    RECORD_OF_PROCESSING = "record_of_processing"
    VOTE = "vote"
    PERMIT_DECISION = "permit_decision"


class VersionState(StrEnum):
    """Of a dataset version. Nothing is deleted: a rejected proposal stays."""

    PROPOSED = "proposed"
    RELEASED = "released"
    REJECTED = "rejected"


class Ballot(StrEnum):
    """A decision of a site; `Decision` of the contract in the database's words."""

    APPROVE = "approve"
    REJECT = "reject"


class SignatoryRole(StrEnum):
    """Whose key signs a permit; `Role` of the contract."""

    MEMBER = "member"
    DATA_PROTECTION_OFFICER = "data-protection-officer"


class PlanState(StrEnum):
    """Of a training plan, from its submission to its end."""

    PROPOSED = "proposed"
    IN_FORCE = "in-force"
    REFUSED = "refused"
    EXPIRED = "expired"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class RunState(StrEnum):
    """Of a run on Flower."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class UserRole(StrEnum):
    """What a person may do at the coordinator; `rules.access` says what that is."""

    ADMIN = "admin"
    RESEARCHER = "researcher"


class TokenKind(StrEnum):
    """A session begins with a password and is short; an API token has scopes."""

    SESSION = "session"
    API = "api"
