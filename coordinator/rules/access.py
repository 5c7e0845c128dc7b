"""Who may do what at the coordinator: roles have scopes, tokens have some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from coordinator.errors import Refused
from coordinator.rules.states import UserRole


class Scope(StrEnum):
    """One thing that a token lets its bearer do."""

    DATASET_READ = "dataset:read"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    RECORDS_READ = "records:read"
    VERSIONS_WRITE = "versions:write"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    MODELS_READ = "models:read"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    TOKENS_WRITE = "tokens:write"


SCOPES: Mapping[UserRole, frozenset[Scope]] = {
    # Who keeps the members and the versions does not train.
    UserRole.ADMIN: frozenset(Scope) - {Scope.PLANS_WRITE},
    UserRole.RESEARCHER: frozenset(
        {
            Scope.DATASET_READ,
            Scope.PLANS_READ,
            Scope.PLANS_WRITE,
            Scope.MODELS_READ,
            Scope.TOKENS_WRITE,
        }
    ),
}

SESSION_ONLY = frozenset({Scope.TOKENS_WRITE, Scope.USERS_WRITE})
"""What needs a session: a token that leaked must not make more of its kind."""


def api_token_scopes(role: UserRole, asked: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes of a new API token.

    Raises
    ------
    Refused
        When a scope is unknown, not the role's, or only a session has it; all reasons.
    """
    names = sorted(set(asked))
    known = {scope.value for scope in Scope}
    allowed = SCOPES[role] - SESSION_ONLY
    Refused.unless_empty(
        f"scopes: {name} "
        + ("is not one that this account can give" if name in known else "is not known")
        for name in names
        if name not in known or Scope(name) not in allowed
    )
    if not names:
        listed = ", ".join(sorted(allowed))
        raise Refused(f"scopes: name at least one of {listed}")
    return frozenset(map(Scope, names))
