"""A set of names that takes little memory, however many there are."""

from __future__ import annotations

import hashlib

_BYTES, _FIRST = 10, 2


class Names:
    """Knows which names were added, by 80 bits of a digest of each.

    Takes some ten bytes a name, and eight million at the start of many. That two names
    are taken for one is to be expected after a million million.
    """

    def __init__(self) -> None:
        self._rest: dict[bytes, bytearray] = {}

    def add(self, name: str) -> None:
        """Take in a name."""
        first, rest = _digest(name)
        self._rest.setdefault(first, bytearray()).extend(rest)

    def __contains__(self, name: str) -> bool:
        first, rest = _digest(name)
        known = self._rest.get(first, b"")
        at = known.find(rest)
        while at > 0 and at % len(rest):
            at = known.find(rest, at + 1)
        return at >= 0


def _digest(name: str) -> tuple[bytes, bytes]:
    digest = hashlib.blake2b(name.encode(), digest_size=_BYTES).digest()
    return digest[:_FIRST], digest[_FIRST:]
