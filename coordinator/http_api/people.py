"""Sessions, accounts and API tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from coordinator.consortium import accounts
from coordinator.consortium.accounts import Principal
from coordinator.errors import NotAuthenticated, TooManyAttempts
from coordinator.http_api.answers import (
    Done,
    NewTokenAnswer,
    SessionAnswer,
    TokenAnswer,
    UserAnswer,
    WhoAmI,
)
from coordinator.http_api.office import Asking, TheOffice, needs
from coordinator.models import Token, User
from coordinator.rules.access import Scope
from coordinator.rules.states import UserRole

router = APIRouter(tags=["people"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Credentials(_Body):
    """Who wants to log in."""

    username: Annotated[str, Field(max_length=64)]
    password: Annotated[SecretStr, Field(max_length=accounts.MOST_PASSWORD)]


class NewUser(_Body):
    """An account to be made."""

    username: Annotated[str, Field(max_length=64)]
    password: Annotated[SecretStr, Field(max_length=accounts.MOST_PASSWORD)]
    role: UserRole


class NewToken(_Body):
    """An API token to be made."""

    name: Annotated[str, Field(max_length=64)]
    scopes: Annotated[tuple[str, ...], Field(max_length=len(Scope))]
    days: int = 30


MayGiveTokens = Annotated[Principal, Depends(needs(Scope.TOKENS_WRITE))]


@router.post("/session", status_code=201)
def log_in(asked: Credentials, request: Request, here: TheOffice) -> SessionAnswer:
    """Log in with a password; the token is good for twelve hours."""
    address = request.client.host if request.client else ""
    account = f"{address} {asked.username}"
    now = here.clock()
    if not (
        here.addresses.admit(address, now=now) and here.logins.admit(account, now=now)
    ):
        raise TooManyAttempts("too many attempts to log in; wait a quarter of an hour")
    with here.reading() as session:
        right = accounts.password_matches(
            session, asked.username, asked.password.get_secret_value()
        )
    if not right:
        raise NotAuthenticated("username or password is wrong")
    here.logins.refund(account)
    here.addresses.refund(address)
    with here.writing() as session:
        new = accounts.open_user_session(session, asked.username, now=here.now())
        held = accounts.authenticate(session, new.token, now=here.now())
    return SessionAnswer(token=new.token, **_who(held).model_dump())


@router.get("/session")
def who_am_i(asking: Asking) -> WhoAmI:
    """Say whose token this is."""
    return _who(asking)


@router.delete("/session")
def log_out(asking: Asking, here: TheOffice) -> Done:
    """End the token that is used."""
    with here.writing() as session:
        accounts.revoke_token(session, asking.user, asking.token.id, now=here.now())
    return Done()


@router.get("/users", dependencies=[Depends(needs(Scope.USERS_READ))])
def list_users(here: TheOffice) -> list[UserAnswer]:
    """List all accounts."""
    with here.reading() as session:
        return [_user(each) for each in accounts.users(session)]


@router.post(
    "/users", status_code=201, dependencies=[Depends(needs(Scope.USERS_WRITE))]
)
def add_user(asked: NewUser, here: TheOffice) -> UserAnswer:
    """Make an account."""
    with here.writing() as session:
        password = asked.password.get_secret_value()
        return _user(
            accounts.add_user(
                session, asked.username, password, asked.role, now=here.now()
            )
        )


@router.delete("/users/{username}", dependencies=[Depends(needs(Scope.USERS_WRITE))])
def disable_user(username: str, here: TheOffice) -> Done:
    """Close an account; it stays on the list."""
    with here.writing() as session:
        accounts.disable_user(session, username, now=here.now())
    return Done()


@router.get("/tokens")
def list_tokens(asking: Asking, here: TheOffice) -> list[TokenAnswer]:
    """List one's own API tokens."""
    with here.reading() as session:
        return [_token(each) for each in accounts.tokens(session, asking.user)]


@router.post("/tokens", status_code=201)
def create_token(
    asked: NewToken, asking: MayGiveTokens, here: TheOffice
) -> NewTokenAnswer:
    """Make an API token with some of one's own scopes; it is shown this once."""
    with here.writing() as session:
        new = accounts.create_token(
            session,
            asking,
            asked.name,
            scopes=asked.scopes,
            days=asked.days,
            now=here.now(),
        )
        return NewTokenAnswer(token=new.token, **_token(new.row).model_dump())


@router.delete("/tokens/{token_id}")
def revoke_token(token_id: int, asking: MayGiveTokens, here: TheOffice) -> Done:
    """End one of one's own tokens."""
    with here.writing() as session:
        accounts.revoke_token(session, asking.user, token_id, now=here.now())
    return Done()


def _who(held: Principal) -> WhoAmI:
    return WhoAmI(
        username=held.user.username,
        role=held.user.role,
        scopes=tuple(sorted(held.scopes)),
        expires_at=held.token.expires_at,
    )


def _user(user: User) -> UserAnswer:
    return UserAnswer.model_validate(user, from_attributes=True)


def _token(token: Token) -> TokenAnswer:
    return TokenAnswer(
        id=token.id,
        name=token.name,
        scopes=tuple(map(Scope, token.scopes.split())),
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
    )
