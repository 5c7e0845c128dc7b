"""Says what is wrong with a document, one line for each fault, for whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known; remove it or mend its spelling",
}


def faults_of(errors: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return each of pydantic's `errors` as ``field: what is wrong``.

    Values are not repeated: what somebody typed in the wrong place may be a secret.
    """
    return tuple(
        f"{'.'.join(map(str, fault['loc'])) or 'document'}: "
        + _WORDS.get(fault["type"], _plain(fault["msg"]))
        for fault in errors
    )


def _plain(message: str) -> str:
    for prefix in ("Value error, ", "Input "):
        message = message.removeprefix(prefix)
    return message
