"""The specification in force: what the sites check their studies against."""

from __future__ import annotations

from sqlmodel import Session, col, select

from coordinator import log
from coordinator.errors import Conflict, NotFound
from coordinator.models import Specification as Row
from protos.specification import Specification


def put_in_force(session: Session, specification: Specification, *, now: int) -> None:
    """Put a specification in force for its dataset, in place of the one before.

    Raises
    ------
    Conflict
        When it was in force before: what is past does not come back.
    """
    held = select(Row).where(Row.sha256 == specification.sha256)
    if session.exec(held).first() is not None:
        raise Conflict("this specification is or was in force already")
    session.add(
        Row(
            dataset=specification.dataset,
            sha256=specification.sha256,
            content=specification.canonical,
            in_force_from=now,
        )
    )
    log.append_act(
        session,
        log.Act.SPECIFICATION_IN_FORCE,
        now=now,
        sha256=specification.sha256.hex(),
    )


def specification_in_force(session: Session) -> Specification:
    """Return the newest specification."""
    row = session.exec(select(Row).order_by(col(Row.id).desc())).first()
    if row is None:
        raise NotFound("no specification is in force; run `coordinator init`")
    return Specification.parse(row.content)


def specification(session: Session, sha256: bytes) -> Specification:
    """Return a specification that is or was in force, by its digest."""
    row = session.exec(select(Row).where(Row.sha256 == sha256)).first()
    if row is None:
        raise NotFound("there is no such specification")
    return Specification.parse(row.content)
