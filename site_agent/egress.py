"""The egress ledger: everything that leaves this site, written down before it leaves.

Every envelope is kept with its exact bytes, every model chunk with its digest and size.
The entries form a chain: each holds the hash of the one before, so that none can be
changed, taken out or moved without breaking it. The outbox is the same table: what was
written and not yet delivered is queued, in one file and one transaction.

What `Ledger.verify` finds: an entry that was changed, removed, added out of turn or
moved; content that is not what its digest says; a ledger that was cut short, against
``egress.head``, which is kept beside it. What it cannot find by itself: somebody who
may write both files rewriting them together from some entry on. For that there are two
witnesses outside: each envelope carries the signature of ``keys/signing.key``, and each
accepted envelope is a leaf of the consortium's log, which all sites witness.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from pathlib import Path

from protos.consortium_pb2 import Receipt
from site_agent import durable
from site_agent.egress_chain import START, Entry, Head, State, entry_hash, faults
from site_agent.errors import EgressError

_RUN = "[a-z0-9-]{0,64}"
_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    run TEXT NOT NULL,
    size INTEGER NOT NULL,
    digest BLOB NOT NULL,
    content BLOB,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY REFERENCES entries (number),
    at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sent', 'refused')),
    leaf_index INTEGER,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS entries_by_digest ON entries (digest);
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries
    BEGIN SELECT RAISE (ABORT, 'an entry of the ledger stays'); END;
CREATE TRIGGER IF NOT EXISTS entries_do_not_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE (ABORT, 'an entry of the ledger does not change'); END;
COMMIT;
"""
_SELECT = """
SELECT entries.number, entries.at, kind, sequence, run, size, digest, content, previous,
       hash, COALESCE(state, IIF(content IS NULL, 'recorded', 'queued')) AS state,
       leaf_index, COALESCE(detail, '') AS detail
FROM entries LEFT JOIN deliveries USING (number)
"""


class Ledger:
    """The ledger of one site, on disk. Safe for several threads and processes.

    Parameters
    ----------
    path
        The SQLite file; ``.head`` and ``.lock`` are kept beside it, all 0600.
    clock
        Seconds since 1970.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._head_path = path.with_suffix(".head")
        self._lock_path = path.with_suffix(".lock")
        self._clock = clock
        with durable.locked(self._lock_path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            with self._connect() as database:
                database.executescript(_SCHEMA)
                if not self._head_path.exists() and not _last(database):
                    self._write_head(Head(0, START))

    def append_envelope(self, kind: str, sign: Callable[[int], bytes]) -> Entry:
        """Write an envelope down and queue it, in one transaction.

        `sign` gets the sequence number and gives the exact bytes; a number is given
        once, and rises with each envelope.

        Raises
        ------
        EgressError
            If the ledger was cut short or replaced. Nothing is written then.
        """
        with self._writing() as database:
            self._require_head(database)
            row = database.execute("SELECT MAX(sequence) FROM entries").fetchone()
            sequence = int(row[0] or 0) + 1
            content = sign(sequence)
            digest = hashlib.sha256(content).digest()
            return self._append(
                database, kind, sequence, "", len(content), digest, content
            )

    def append_chunk(self, kind: str, digest: bytes, size: int, run: str) -> Entry:
        """Write down that a model chunk of `size` bytes is about to leave for `run`."""
        if len(digest) != 32:
            raise EgressError("A model chunk is written down by its SHA-256 digest.")
        with self._writing() as database:
            self._require_head(database)
            return self._append(database, kind, 0, run, size, digest, None)

    def mark_sent(self, entry: Entry, receipt: Receipt) -> None:
        """Keep the coordinator's receipt for an envelope."""
        self._deliver(entry, State.SENT, receipt.leaf_index, "")

    def mark_refused(self, entry: Entry, reasons: str) -> None:
        """Keep the coordinator's reasons; the envelope is not sent again."""
        self._deliver(entry, State.REFUSED, None, reasons)

    def entries(self, kind: str | None = None) -> tuple[Entry, ...]:
        """Read all entries, or all of one kind, oldest first."""
        return self._read("WHERE kind = IFNULL(?, kind) ORDER BY number", kind)

    def entry(self, number: int) -> Entry:
        """One entry; raises EgressError if there is none with this number."""
        found = self._read("WHERE entries.number = ?", number)
        if not found:
            raise EgressError(
                f"The ledger has no entry {number}. `site-agent egress list` shows all."
            )
        return found[0]

    def pending(self) -> tuple[Entry, ...]:
        """Read the outbox: envelopes that are not delivered yet, in their order."""
        return self._read(
            "WHERE content IS NOT NULL AND deliveries.state IS NULL ORDER BY number"
        )

    def holds(self, digest: bytes) -> bool:
        """Whether something with this digest was written down."""
        return bool(self._read("WHERE digest = ? LIMIT 1", digest))

    def recent(self, kind: str, seconds: float) -> int:
        """Count the entries of a kind that were written in the last `seconds`."""
        with self._connect() as database:
            (count,) = database.execute(
                "SELECT COUNT(*) FROM entries WHERE kind = ? AND at > ?",
                (kind, self._clock() - seconds),
            ).fetchone()
        return int(count)

    def totals(self) -> dict[str, tuple[int, int]]:
        """Count entries and bytes by kind."""
        with self._connect() as database:
            rows = database.execute(
                "SELECT kind, COUNT(*), SUM(size) FROM entries GROUP BY kind"
            )
            return {kind: (count, size) for kind, count, size in rows}

    def verify(self) -> int:
        """Check the whole chain and give the number of its entries.

        Raises
        ------
        EgressError
            With everything that is wrong.
        """
        # The lock keeps the head and the entries of one moment together.
        with durable.locked(self._lock_path):
            entries, head = self.entries(), self._read_head()
        found = faults(entries, head)
        if found:
            raise EgressError(
                f"The egress ledger is not whole: {'; '.join(found)}. Stop publishing, "
                "keep the files as they are, and tell the data protection officer."
            )
        return len(entries)

    # ---------------------------------------------------------------------- the files

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self.path, timeout=30, isolation_level=None)
            ) as database:
                database.row_factory = sqlite3.Row
                database.execute("PRAGMA synchronous = EXTRA")
                database.execute("PRAGMA foreign_keys = ON")
                yield database
        except sqlite3.DatabaseError as error:
            raise EgressError(
                "egress.db cannot be read or written. Nothing leaves without it: check "
                "the disk, or restore the file with egress.head from the backup."
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        # One writer at a time over database and head together.
        with durable.locked(self._lock_path):
            with self._connect() as database:
                database.execute("BEGIN IMMEDIATE")
                try:
                    yield database
                except BaseException:
                    database.execute("ROLLBACK")
                    raise
                database.execute("COMMIT")
                last = _last(database)
            if last and self._head_path.exists():
                self._write_head(Head(last.number, last.hash))

    def _append(
        self,
        database: sqlite3.Connection,
        kind: str,
        sequence: int,
        run: str,
        size: int,
        digest: bytes,
        content: bytes | None,
    ) -> Entry:
        if not re.fullmatch("[a-z0-9-]{1,32}", kind) or not re.fullmatch(_RUN, run):
            raise EgressError("Kind and run of an entry are short names.")
        last = _last(database)
        entry = Entry(
            number=last.number + 1 if last else 1,
            at=int(self._clock()),
            kind=kind,
            sequence=sequence,
            run=run,
            size=size,
            digest=digest,
            content=content,
            previous=last.hash if last else START,
            hash=b"",
            state=State.RECORDED if content is None else State.QUEUED,
            leaf_index=None,
            detail="",
        )
        entry = replace(entry, hash=entry_hash(entry))
        row = [getattr(entry, field.name) for field in fields(entry)]
        database.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row[:10]
        )
        return entry

    def _deliver(
        self, entry: Entry, state: State, leaf_index: int | None, detail: str
    ) -> None:
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?)",
                (entry.number, int(self._clock()), state, leaf_index, detail),
            )

    def _read(self, where: str, *values: int | bytes | str | None) -> tuple[Entry, ...]:
        with self._connect() as database:
            return tuple(map(_entry, database.execute(f"{_SELECT} {where}", values)))

    def _read_head(self) -> Head | None:
        try:
            fields = json.loads(self._head_path.read_bytes())
            return Head(int(fields["entries"]), bytes.fromhex(fields["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write_head(self, head: Head) -> None:
        content = json.dumps({"entries": head.entries, "hash": head.hash.hex()})
        durable.write(self._head_path, content.encode())

    def _require_head(self, database: sqlite3.Connection) -> None:
        """Fail closed when the ledger is not the one that was written last."""
        head = self._read_head()
        found = (
            head
            and database.execute(
                "SELECT hash FROM entries WHERE number = ?", (head.entries,)
            ).fetchone()
        )
        if not head or (head.entries and (not found or found[0] != head.hash)):
            raise EgressError(
                "The egress ledger does not fit egress.head: it was cut short, "
                "replaced or restored from an older copy. Nothing leaves until both "
                "files are restored together. `site-agent egress verify` says more."
            )


def _last(database: sqlite3.Connection) -> Entry | None:
    row = database.execute(f"{_SELECT} ORDER BY entries.number DESC LIMIT 1").fetchone()
    return _entry(row) if row else None


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(**{**dict(row), "state": State(row["state"])})
