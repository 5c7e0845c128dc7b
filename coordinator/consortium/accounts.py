"""People's accounts: passwords, sessions, API tokens."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, delete, select

from coordinator.errors import Conflict, NotAuthenticated, NotFound, Refused
from coordinator.models import Token, User
from coordinator.rules.access import SCOPES, Scope, api_token_scopes
from coordinator.rules.states import TokenKind, UserRole

SESSION_SECONDS = 12 * 3600
MOST_TOKEN_DAYS = 365
DAY = 86_400
LEAST_PASSWORD, MOST_PASSWORD = 12, 256
TOKEN_PREFIX = "hilum_"  # noqa: S105 - so that a scanner finds one that was published

_HASHER = PasswordHasher()
# A hash takes 64 MiB and some time: a crowd at the door must not take all of it.
_HASHING = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, and what the token lets them do."""

    user: User
    token: Token
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made; this is the only time it is seen."""

    token: str
    row: Token


def add_user(
    session: Session, username: str, password: str, role: UserRole, *, now: int
) -> User:
    """Make an account.

    Raises
    ------
    Refused, Conflict
        When name or password will not do (all reasons), or the name is taken.
    """
    reasons = []
    if not re.fullmatch("[a-z0-9][a-z0-9._-]{0,63}", username):
        reasons.append(
            "username: must be 1 to 64 lower-case letters, digits, dots, hyphens and "
            "underscores, and begin with a letter or digit"
        )
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        reasons.append(
            f"password: must have {LEAST_PASSWORD} to {MOST_PASSWORD} characters"
        )
    elif username and username in password.lower():
        reasons.append("password: must not contain the username")
    Refused.unless_empty(reasons)
    if _user(session, username) is not None:
        raise Conflict(f"there is an account {username} already")
    user = User(
        username=username, password=hash_of(password), role=role, created_at=now
    )
    session.add(user)
    session.flush()
    return user


def users(session: Session) -> tuple[User, ...]:
    """Return all accounts by name."""
    return tuple(session.exec(select(User).order_by(col(User.username))))


def disable_user(session: Session, username: str, *, now: int) -> None:
    """Close an account; its tokens open nothing from now on."""
    user = _user(session, username)
    if user is None:
        raise NotFound(f"there is no account {username}")
    user.disabled_at = now


def password_matches(session: Session, username: str, password: str) -> bool:
    """Check a password; as slow for a name that does not exist as for one that does."""
    user = _user(session, username)
    held = user.password if user and user.disabled_at is None else _nobody()
    try:
        with _HASHING:
            _HASHER.verify(held, password)
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and user.disabled_at is None


def open_user_session(session: Session, username: str, *, now: int) -> NewToken:
    """Make the session of somebody whose password was just checked."""
    user = _user(session, username)
    if user is None or user.disabled_at is not None:
        raise NotAuthenticated("username or password is wrong")
    ended = delete(Token).where(
        col(Token.user_id) == user.id,
        col(Token.kind) == TokenKind.SESSION,
        col(Token.expires_at) <= now,
    )
    session.exec(ended)
    return _token(
        session,
        user,
        TokenKind.SESSION,
        "session",
        SCOPES[user.role],
        now=now,
        expires_at=now + SESSION_SECONDS,
    )


def create_token(
    session: Session,
    principal: Principal,
    name: str,
    *,
    scopes: Iterable[str],
    days: int,
    now: int,
) -> NewToken:
    """Make an API token with some of the scopes of whoever asks.

    Raises
    ------
    Refused
        When name, scopes or lifetime will not do.
    """
    reasons = []
    if not re.fullmatch(r"[^\x00-\x1f<>]{1,64}", name):
        reasons.append("name: must be 1 to 64 characters, without < and >")
    if not 1 <= days <= MOST_TOKEN_DAYS:
        reasons.append(f"days: must be 1 to {MOST_TOKEN_DAYS}")
    Refused.unless_empty(reasons)
    given = api_token_scopes(principal.user.role, scopes)
    return _token(
        session,
        principal.user,
        TokenKind.API,
        name,
        given,
        now=now,
        expires_at=now + days * DAY,
    )


def tokens(session: Session, user: User) -> tuple[Token, ...]:
    """Return the API tokens of an account, oldest first."""
    held = select(Token).where(Token.user_id == user.id, Token.kind == TokenKind.API)
    return tuple(session.exec(held.order_by(col(Token.id))))


def revoke_token(session: Session, user: User, token_id: int, *, now: int) -> None:
    """End a token of an account, a session too."""
    token = session.get(Token, token_id)
    if token is None or token.user_id != user.id:
        raise NotFound("there is no such token")
    token.revoked_at = token.revoked_at or now


def authenticate(session: Session, token: str, *, now: int) -> Principal:
    """Return who bears a token, with the scopes that both token and role still have.

    Raises
    ------
    NotAuthenticated
        When the token is unknown, expired or revoked, or the account is closed.
    """
    held = session.exec(select(Token).where(Token.sha256 == _sha256(token))).first()
    user = session.get(User, held.user_id) if held else None
    if (
        held is None
        or user is None
        or held.revoked_at is not None
        or now >= held.expires_at
        or user.disabled_at is not None
    ):
        raise NotAuthenticated("log in: the token is not valid, or not any more")
    scopes = frozenset(map(Scope, held.scopes.split())) & SCOPES[user.role]
    return Principal(user=user, token=held, scopes=scopes)


def hash_of(password: str) -> str:
    """Return the argon2id hash of a password, with its own salt (RFC 9106)."""
    with _HASHING:
        return _HASHER.hash(password)


@cache
def _nobody() -> str:
    return hash_of(secrets.token_urlsafe(32))


def _token(
    session: Session,
    user: User,
    kind: TokenKind,
    name: str,
    scopes: Iterable[Scope],
    *,
    now: int,
    expires_at: int,
) -> NewToken:
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = Token(
        user_id=user.id,
        kind=kind,
        name=name,
        sha256=_sha256(token),
        scopes=" ".join(sorted(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return NewToken(token=token, row=row)


def _sha256(token: str) -> bytes:
    # A token has 256 random bits: a plain hash of it cannot be guessed backwards.
    return hashlib.sha256(token.encode()).digest()


def _user(session: Session, username: str) -> User | None:
    return session.exec(select(User).where(User.username == username)).first()
