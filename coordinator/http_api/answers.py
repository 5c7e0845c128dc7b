"""The shapes of the answers. Times are Unix seconds; digests and keys are hex."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from coordinator.rules.access import Scope
from coordinator.rules.states import (
    Ballot,
    DocumentKind,
    MemberState,
    PlanState,
    RunState,
    UserRole,
    VersionState,
)


class Answer(BaseModel):
    """What all answers share."""

    model_config = ConfigDict(frozen=True)


class Refusal(Answer):
    """Every error: a stable code, and all reasons, for whoever asked."""

    code: str
    reasons: tuple[str, ...]


class Done(Answer):
    """What was asked for was done."""

    done: bool = True


class Health(Answer):
    """The coordinator is there."""

    status: str = "ok"


# ----------------------------------------------------------------------------- people


class SessionAnswer(Answer):
    """A new session; its token is shown this once."""

    token: str
    username: str
    role: UserRole
    scopes: tuple[Scope, ...]
    expires_at: int


class WhoAmI(Answer):
    """Whose token this is, and what it is good for."""

    username: str
    role: UserRole
    scopes: tuple[Scope, ...]
    expires_at: int


class UserAnswer(Answer):
    """An account."""

    username: str
    role: UserRole
    created_at: int
    disabled_at: int | None


class TokenAnswer(Answer):
    """An API token, without what opens the door."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    created_at: int
    expires_at: int
    revoked_at: int | None


class NewTokenAnswer(TokenAnswer):
    """A new API token; it is shown this once."""

    token: str


# ------------------------------------------------------------------------- membership


class MemberAnswer(Answer):
    """A hospital."""

    site: str
    name: str
    state: MemberState
    invited_at: int
    admitted_at: int | None
    revoked_at: int | None
    signing_key: str
    dpo_key: str


class InvitationAnswer(Answer):
    """An invitation as the hospital needs it; the token is shown this once.

    Tell the hospital the fingerprint of the root by another way.
    """

    consortium: str
    site: str
    coordinator: str
    enrolment: str
    root_certificate: str
    token: str


class NewInvitation(Answer):
    """What was made, and what to do with it."""

    invitation: InvitationAnswer
    root_fingerprint: str
    expires_at: int


class DocumentAnswer(Answer):
    """A document in force, or that was."""

    site: str
    kind: DocumentKind
    reference: str
    sha256: str
    valid_from: int
    valid_until: int


# ---------------------------------------------------------------------------- dataset


class ProgressAnswer(Answer):
    """Studies against the target; sites' own counts are to the nearest ten."""

    dataset: str
    studies: int
    target: int
    sites: dict[str, int]


class FindingAnswer(Answer):
    """How one rule of the specification stands."""

    rule: str
    met: bool
    got: str
    expected: str


class ComplianceAnswer(Answer):
    """Every rule, and whether all are met."""

    complete: bool
    findings: tuple[FindingAnswer, ...]


class Cell(Answer):
    """One count: what it counts, and the count in words."""

    of: dict[str, str]
    patients: str


class StatisticsAnswer(Answer):
    """The tables of one site. Every figure is rounded to ten, on its own."""

    site: str
    manifest_root: str
    patients: str
    studies: str
    tables: dict[str, tuple[Cell, ...]]


class VersionAnswer(Answer):
    """A dataset version."""

    dataset: str
    version: str
    state: VersionState
    digest: str
    change: str
    specification: str
    sites: dict[str, str]
    quorum: int
    votes: dict[str, Ballot]
    proposed_at: int
    decided_at: int | None


class CheckpointAnswer(Answer):
    """The head of the transparency log as a C2SP signed note, and who has seen what."""

    log_key: str
    checkpoint: str
    cosigned_sizes: dict[str, int]


# --------------------------------------------------------------------------- training


class PlanAnswer(Answer):
    """A training plan and how far its permit has come."""

    plan: str
    title: str
    researcher: str
    dataset: str
    version: str
    state: PlanState
    terms_digest: str
    quorum: int
    approvals: dict[str, Ballot]
    consents: dict[str, Ballot]
    submitted_at: int
    valid_until: int
    toml: str


class PermitAnswer(Answer):
    """A permit: the exact terms and every signature on them."""

    plan: str
    state: PlanState
    terms: str
    terms_digest: str
    envelope: str
    signatures: int


class RunAnswer(Answer):
    """A run on Flower."""

    plan: str
    title: str
    state: RunState
    detail: str
    rounds: int
    rounds_done: int
    started_at: int
    finished_at: int | None


class MetricAnswer(Answer):
    """One figure of one round; `site` is empty for all sites together."""

    round: int
    site: str
    name: str
    value: float


class ModelAnswer(Answer):
    """A model that was kept; download it and compare its SHA-256."""

    plan: str
    title: str
    round: int
    sha256: str
    recorded_at: int
