"""What can go wrong at the coordinator, said to two readers.

The operator reads the message. A peer reads `reasons`: what is wrong with what it sent
and what to do next, never a value of somebody else. Neither carries a secret.
"""

from __future__ import annotations

from collections.abc import Iterable


class CoordinatorError(Exception):
    """An expected failure. `code` is stable; the message says what to do next."""

    code = "coordinator-error"
    exit_code = 1


class ConfigurationError(CoordinatorError):
    """``coordinator.toml``, an option or the home is wrong; lists every fault."""

    code = "configuration"
    exit_code = 2


class PkiError(CoordinatorError):
    """A key or certificate of the coordinator is missing, damaged or locked."""

    code = "pki"


class Refused(CoordinatorError):
    """A rule says no. `reasons` are all of them at once; never empty."""

    code = "refused"

    def __init__(self, *reasons: str) -> None:
        self.reasons: tuple[str, ...] = reasons
        super().__init__("\n".join(reasons))

    @classmethod
    def unless_empty(cls, reasons: Iterable[str]) -> None:
        """Raise with `reasons` when there are any."""
        found = tuple(reasons)
        if found:
            raise cls(*found)


class Malformed(Refused):
    """What was sent cannot be read as what it should be."""

    code = "malformed"


class NotFound(Refused):
    """What was asked for does not exist."""

    code = "not-found"


class Conflict(Refused):
    """What was asked for is already so, or somebody else was first."""

    code = "conflict"


class NotAuthenticated(Refused):
    """Nobody known is asking."""

    code = "not-authenticated"


class NotPermitted(Refused):
    """Somebody known is asking for what is not theirs to have or do."""

    code = "not-permitted"


class TooManyAttempts(Refused):
    """Somebody tries too often; wait."""

    code = "too-many-attempts"
