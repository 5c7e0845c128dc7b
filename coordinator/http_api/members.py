"""Members: invited, revoked, and their documents."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from coordinator.consortium import members
from coordinator.http_api.answers import (
    DocumentAnswer,
    Done,
    InvitationAnswer,
    MemberAnswer,
    NewInvitation,
)
from coordinator.http_api.office import TheOffice, needs
from coordinator.invitations import write_invitation
from coordinator.models import Document, Member
from coordinator.rules.access import Scope
from coordinator.rules.states import DocumentKind

router = APIRouter(prefix="/members", tags=["members"])
READ = [Depends(needs(Scope.MEMBERS_READ))]
WRITE = [Depends(needs(Scope.MEMBERS_WRITE))]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ToInvite(_Body):
    """A hospital to be invited."""

    site: Annotated[str, Field(max_length=32)]
    name: Annotated[str, Field(max_length=120)]


class NewDocument(_Body):
    """A document that is in force from `valid_from` to `valid_until` (Unix seconds)."""

    kind: DocumentKind
    reference: Annotated[str, Field(pattern=r"^[^\x00-\x1f<>]{1,120}$")]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    valid_from: Annotated[int, Field(ge=0, le=4102444800)]
    valid_until: Annotated[int, Field(ge=0, le=4102444800)]


@router.get("", dependencies=READ)
def list_members(here: TheOffice) -> list[MemberAnswer]:
    """List everybody who was ever invited."""
    with here.reading() as session:
        return [_member(each) for each in members.members(session)]


@router.post("", status_code=201, dependencies=WRITE)
def invite(asked: ToInvite, here: TheOffice) -> NewInvitation:
    """Invite a hospital; the invitation is shown this once and good for a day."""
    with here.writing() as session:
        new = members.invite(session, asked.site, asked.name, now=here.now())
        invitation, fingerprint = write_invitation(here.home, here.config, new)
    return NewInvitation(
        invitation=InvitationAnswer(**asdict(invitation)),
        root_fingerprint=fingerprint,
        expires_at=new.expires_at,
    )


@router.delete("/{site}", dependencies=WRITE)
def revoke(site: str, here: TheOffice) -> Done:
    """End a membership at once."""
    with here.writing() as session:
        members.revoke(session, site, now=here.now())
    return Done()


@router.get("/documents", dependencies=READ)
def list_documents(here: TheOffice) -> list[DocumentAnswer]:
    """List the documents of all members."""
    with here.reading() as session:
        return [_document(each) for each in members.documents(session)]


@router.post("/{site}/documents", status_code=201, dependencies=WRITE)
def register_document(site: str, asked: NewDocument, here: TheOffice) -> DocumentAnswer:
    """Record that a member's document is in force; the paper stays in the office."""
    with here.writing() as session:
        return _document(
            members.register_document(
                session,
                site,
                asked.kind,
                reference=asked.reference,
                sha256=bytes.fromhex(asked.sha256),
                valid_from=asked.valid_from,
                valid_until=asked.valid_until,
                now=here.now(),
            )
        )


def _member(member: Member) -> MemberAnswer:
    return MemberAnswer(
        site=member.site,
        name=member.name,
        state=member.state,
        invited_at=member.invited_at,
        admitted_at=member.admitted_at,
        revoked_at=member.revoked_at,
        signing_key=member.signing_key.hex(),
        dpo_key=member.dpo_key.hex(),
    )


def _document(document: Document) -> DocumentAnswer:
    return DocumentAnswer(
        site=document.site,
        kind=document.kind,
        reference=document.reference,
        sha256=document.sha256.hex(),
        valid_from=document.valid_from,
        valid_until=document.valid_until,
    )
