"""The coordinator's tables.

Times are Unix seconds. Digests and keys are raw bytes. What a site or the consortium
said is kept as the exact bytes that were signed or hashed; columns beside them are for
looking things up, never the truth. Nothing is deleted: rows change state.

No table holds anything about a patient. Passwords, invitations and tokens are kept as
hashes only.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Enum, Index, MetaData, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from coordinator.rules.states import (
    Ballot,
    DocumentKind,
    MemberState,
    PlanState,
    RunState,
    SignatoryRole,
    SubmissionKind,
    TokenKind,
    UserRole,
    VersionState,
)

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """What all tables share: one metadata whose constraints have names."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


def _seconds(**options: Any) -> Any:
    """Return a column of Unix seconds (or another number beyond 32 bits)."""
    return Field(sa_type=BigInteger, **options)


def _choice(choices: type[StrEnum], name: str, **options: Any) -> Any:
    """Return a column that holds one value of `choices`, checked by the database."""
    kind = Enum(
        choices,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
    return Field(sa_type=kind, **options)


# ------------------------------------------------------------------------- membership


class Member(Table, table=True):
    """A hospital. Its keys are empty until it has enrolled."""

    __tablename__ = "member"

    site: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=120)
    state: MemberState = _choice(MemberState, "state", index=True)
    invited_at: int = _seconds()
    admitted_at: int | None = _seconds(default=None)
    revoked_at: int | None = _seconds(default=None)
    signing_key: bytes = b""
    dpo_key: bytes = b""
    supernode_key: str = Field(default="", max_length=512)
    last_sequence: int = _seconds(default=0)


class Invitation(Table, table=True):
    """A single-use token, kept as its SHA-256; and what it was used for."""

    __tablename__ = "invitation"

    id: int = Field(default=None, primary_key=True)
    site: str = Field(foreign_key="member.site", index=True, max_length=32)
    token_sha256: bytes = Field(unique=True)
    created_at: int = _seconds()
    expires_at: int = _seconds()
    used_at: int | None = _seconds(default=None)
    enrolment_sha256: bytes = b""
    serial: str | None = Field(
        default=None, foreign_key="certificate.serial", max_length=40
    )


class Certificate(Table, table=True):
    """The allow-list: what is not here, or is revoked here, opens nothing."""

    __tablename__ = "certificate"

    serial: str = Field(primary_key=True, max_length=40)
    site: str = Field(foreign_key="member.site", index=True, max_length=32)
    chain: bytes
    sha256: bytes = Field(unique=True)
    not_before: int = _seconds()
    not_after: int = _seconds()
    revoked_at: int | None = _seconds(default=None)


class Document(Table, table=True):
    """That a hospital's agreement or approval is in force; not the paper itself."""

    __tablename__ = "document"

    id: int = Field(default=None, primary_key=True)
    site: str = Field(foreign_key="member.site", index=True, max_length=32)
    kind: DocumentKind = _choice(DocumentKind, "kind")
    reference: str = Field(max_length=120)
    sha256: bytes
    valid_from: int = _seconds()
    valid_until: int = _seconds()
    registered_at: int = _seconds()


# ---------------------------------------------------------------------------- the log


class LogLeaf(Table, table=True):
    """A leaf of the Merkle log: an accepted envelope or a governance act."""

    __tablename__ = "log_leaf"

    index: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    kind: str = Field(max_length=32)
    data: bytes
    hash: bytes = Field(index=True)


class Witness(Table, table=True):
    """A site's cosignature on the checkpoint of a tree size."""

    __tablename__ = "witness"
    __table_args__ = (UniqueConstraint("site", "size"),)

    id: int = Field(default=None, primary_key=True)
    site: str = Field(foreign_key="member.site", max_length=32)
    size: int = _seconds(index=True)
    root: bytes
    line: str = Field(max_length=512)
    received_at: int = _seconds()


class Submission(Table, table=True):
    """An envelope that was accepted, byte for byte, and the body it carried."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("keyid", "sequence"),)

    id: int = Field(default=None, primary_key=True)
    site: str = Field(foreign_key="member.site", index=True, max_length=32)
    keyid: bytes
    sequence: int = _seconds()
    sha256: bytes = Field(unique=True)
    envelope: bytes
    kind: SubmissionKind = _choice(SubmissionKind, "kind", index=True)
    body: bytes
    leaf_index: int = Field(
        foreign_key="log_leaf.index", sa_type=BigInteger, unique=True
    )
    received_at: int = _seconds()


# ---------------------------------------------------------------------------- dataset


class Specification(Table, table=True):
    """Canonical JSON of a specification; the newest is in force."""

    __tablename__ = "specification"

    id: int = Field(default=None, primary_key=True)
    dataset: str = Field(index=True, max_length=64)
    sha256: bytes = Field(unique=True)
    content: bytes
    in_force_from: int = _seconds()


class Version(Table, table=True):
    """A dataset version: `content` is the exact `DatasetVersion` that sites vote on."""

    __tablename__ = "version"
    __table_args__ = (
        # One open proposal, one release of a number: whoever comes second is refused.
        Index(
            "ix_version_open",
            "dataset",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(
            "ix_version_released",
            "dataset",
            "version",
            unique=True,
            sqlite_where=text("state = 'released'"),
            postgresql_where=text("state = 'released'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    dataset: str = Field(max_length=64)
    version: str = Field(max_length=24)
    digest: bytes = Field(index=True)
    content: bytes
    state: VersionState = _choice(VersionState, "state")
    quorum: int
    change: str = Field(max_length=400)
    proposed_at: int = _seconds()
    decided_at: int | None = _seconds(default=None)


class Vote(Table, table=True):
    """What a site said about a version; its last word counts while it is open."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("version_id", "site"),)

    id: int = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="version.id")
    site: str = Field(foreign_key="member.site", max_length=32)
    decision: Ballot = _choice(Ballot, "decision")
    submission_id: int = Field(foreign_key="submission.id")
    cast_at: int = _seconds()


# ----------------------------------------------------------------------------- people


class User(Table, table=True):
    """A person with an account; `password` is an argon2id hash."""

    __tablename__ = "user"

    id: int = Field(default=None, primary_key=True)
    username: str = Field(unique=True, max_length=64)
    password: str = Field(max_length=200)
    role: UserRole = _choice(UserRole, "role")
    created_at: int = _seconds()
    disabled_at: int | None = _seconds(default=None)


class Token(Table, table=True):
    """A bearer token of a user, kept as its SHA-256. `scopes` are joined by spaces."""

    __tablename__ = "token"

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    kind: TokenKind = _choice(TokenKind, "kind")
    name: str = Field(max_length=64)
    sha256: bytes = Field(unique=True)
    scopes: str = Field(max_length=400)
    created_at: int = _seconds()
    expires_at: int = _seconds()
    revoked_at: int | None = _seconds(default=None)


# --------------------------------------------------------------------------- training


class Plan(Table, table=True):
    """A training plan; `terms` are the exact `PermitTerms` that its sites sign."""

    __tablename__ = "plan"

    plan: str = Field(primary_key=True, max_length=32)
    title: str = Field(max_length=120)
    user_id: int = Field(foreign_key="user.id")
    version_id: int = Field(foreign_key="version.id")
    toml: str = Field(sa_type=Text)
    terms: bytes
    terms_digest: bytes = Field(unique=True)
    state: PlanState = _choice(PlanState, "state", index=True)
    submitted_at: int = _seconds()
    valid_until: int = _seconds()
    quorum_at: int | None = _seconds(default=None)
    consent_seconds: int
    minimum_sites: int


class PermitSignature(Table, table=True):
    """A site's decision on a plan, in one of its two roles; final, as it is signed."""

    __tablename__ = "permit_signature"
    __table_args__ = (UniqueConstraint("plan", "site", "role"),)

    id: int = Field(default=None, primary_key=True)
    plan: str = Field(foreign_key="plan.plan", max_length=32)
    site: str = Field(foreign_key="member.site", max_length=32)
    role: SignatoryRole = _choice(SignatoryRole, "role")
    decision: Ballot = _choice(Ballot, "decision")
    key: bytes
    signature: bytes
    submission_id: int = Field(foreign_key="submission.id")
    decided_at: int = _seconds()


class Run(Table, table=True):
    """A plan on Flower. Flower's run id is unsigned 64 bit, hence text."""

    __tablename__ = "run"

    id: int = Field(default=None, primary_key=True)
    plan: str = Field(foreign_key="plan.plan", unique=True, max_length=32)
    flower_run_id: str = Field(unique=True, max_length=20)
    state: RunState = _choice(RunState, "state", index=True)
    detail: str = Field(default="", max_length=400)
    started_at: int = _seconds()
    finished_at: int | None = _seconds(default=None)


class Metric(Table, table=True):
    """One figure of one round; `site` is empty for a figure of all sites together."""

    __tablename__ = "metric"
    __table_args__ = (UniqueConstraint("run_id", "round", "site", "name"),)

    id: int = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    round: int
    site: str = Field(max_length=32)
    name: str = Field(max_length=64)
    value: float
    recorded_at: int = _seconds()


class Model(Table, table=True):
    """A model that was kept: its digest, its file below ``models/``, its card."""

    __tablename__ = "model"
    __table_args__ = (UniqueConstraint("run_id", "round"),)

    id: int = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    round: int
    sha256: bytes = Field(index=True)
    path: str = Field(max_length=200)
    card: str = Field(sa_type=Text)
    recorded_at: int = _seconds()


class Node(Table, table=True):
    """A Flower node and the site whose certificate it came with."""

    __tablename__ = "node"

    node_id: str = Field(primary_key=True, max_length=20)
    site: str = Field(foreign_key="member.site", index=True, max_length=32)
    bound_at: int = _seconds()
