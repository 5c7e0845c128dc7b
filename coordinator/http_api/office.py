"""What every endpoint needs: the database, the clock, and who is asking."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from coordinator.config import CoordinatorConfig
from coordinator.consortium import accounts
from coordinator.consortium.accounts import Principal
from coordinator.database import open_session
from coordinator.errors import NotAuthenticated, NotPermitted
from coordinator.rules.access import Scope
from coordinator.rules.throttle import Throttle

LOGINS, LOGINS_OF_ADDRESS, LOGIN_SECONDS = 10, 50, 900.0
"""Attempts to log in: of one account from one address, and of an address; in 15 min."""


@dataclass(frozen=True, slots=True)
class Office:
    """The people's side of one coordinator."""

    home: Path
    config: CoordinatorConfig
    log_key: Ed25519PrivateKey
    clock: Callable[[], float] = time.time
    logins: Throttle = field(
        default_factory=lambda: Throttle(attempts=LOGINS, seconds=LOGIN_SECONDS)
    )
    addresses: Throttle = field(
        default_factory=lambda: Throttle(
            attempts=LOGINS_OF_ADDRESS, seconds=LOGIN_SECONDS
        )
    )

    def now(self) -> int:
        """Return the time in whole Unix seconds."""
        return int(self.clock())

    def reading(self) -> AbstractContextManager[Session]:
        """Open a transaction that only reads."""
        return open_session(self.home, reads=True)

    def writing(self) -> AbstractContextManager[Session]:
        """Open a transaction that is committed before the answer is sent."""
        return open_session(self.home)


def office(request: Request) -> Office:
    """Return the office that the app was made for."""
    return cast(Office, request.app.state.office)


_bearer = HTTPBearer(auto_error=False, description="A session's or an API token.")
TheOffice = Annotated[Office, Depends(office)]
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def principal(here: TheOffice, bearer: Bearer) -> Principal:
    """Return who is asking.

    Raises
    ------
    NotAuthenticated
        When nobody is known to.
    """
    if bearer is None:
        raise NotAuthenticated("log in: POST /api/v1/session, then send its token")
    with here.reading() as session:
        return accounts.authenticate(session, bearer.credentials, now=here.now())


Asking = Annotated[Principal, Depends(principal)]


def needs(scope: Scope) -> Callable[..., Principal]:
    """Make a dependency that lets pass whoever has `scope`."""

    def permitted(asking: Asking) -> Principal:
        if scope not in asking.scopes:
            raise NotPermitted(
                f"this needs the scope {scope}; the {asking.token.kind} token of "
                f"{asking.user.username} ({asking.user.role}) does not have it"
            )
        return asking

    return permitted
