"""The chain of the egress ledger: what an entry says, and whether all of them hold.

Pure: entries in, faults out. `site_agent.egress` keeps them on disk and says what the
chain can show and what it cannot.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

START = bytes(32)
"""What the first entry follows."""


class State(StrEnum):
    """Where an entry stands."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    RECORDED = "recorded"  # a model chunk, which the gate hands over at once


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that leaves.

    `number` counts from 1. `at` is Unix seconds. `sequence` is that of the statement,
    0 for a model chunk; `run` is empty for an envelope. `size` is in bytes, `digest` is
    SHA-256 of what leaves, `content` the exact bytes of an envelope and None for a
    chunk. `leaf_index` is the coordinator's receipt, `detail` its reasons to refuse.
    """

    number: int
    at: int
    kind: str
    sequence: int
    run: str
    size: int
    digest: bytes
    content: bytes | None
    previous: bytes
    hash: bytes
    state: State
    leaf_index: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry that is known to have been written; `entries` is its number."""

    entries: int
    hash: bytes


def entry_hash(entry: Entry) -> bytes:
    """SHA-256 over the hash of the entry before and all that this entry says."""
    said = [entry.number, entry.at, entry.kind, entry.sequence, entry.run, entry.size]
    text = json.dumps([*said, entry.digest.hex()], separators=(",", ":"))
    return hashlib.sha256(entry.previous + text.encode()).digest()


def faults(entries: Iterable[Entry], head: Head | None) -> tuple[str, ...]:
    """Everything that is wrong with a chain of entries; empty when it is whole."""
    found: list[str] = []
    previous, number, sequence, seen = START, 0, 0, head and head.entries == 0
    for entry in entries:
        where = f"entry {entry.number}"
        if entry.number != number + 1:
            found.append(
                f"between entries {number} and {entry.number} some are missing"
            )
        elif entry.previous != previous:
            found.append(f"{where} does not follow the entry before it")
        if entry.hash != entry_hash(entry):
            found.append(f"{where} was changed")
        if entry.content is not None:
            if hashlib.sha256(entry.content).digest() != entry.digest:
                found.append(f"{where} holds other bytes than its digest says")
            if entry.sequence <= sequence:
                found.append(f"{where} has a sequence number that was used before")
            sequence = entry.sequence
        if head and entry.number == head.entries:
            seen = entry.hash == head.hash
        previous, number = entry.hash, entry.number
    if head is None and number:
        found.append("egress.head is missing")
    elif head and not seen:
        found.append(
            f"egress.head knows {head.entries} entries, and the ledger ends at "
            f"{number} or holds another entry there"
        )
    return tuple(found)
