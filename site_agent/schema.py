"""The tables of ``site.db`` and how an older file is brought up to date.

Nothing in it identifies a patient: pseudonyms, dispositions, reasons, digests, facts.
Who is behind a pseudonym is in the vault. Who read a sample may be told by name.

``user_version`` says how many of `MIGRATIONS` a file has had. Add one at the end; never
change one that a hospital may have run.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from site_agent.errors import StoreError

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE records (
        leaf_hash BLOB PRIMARY KEY CHECK (length(leaf_hash) = 32),
        study TEXT NOT NULL,
        leaf BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX records_by_study ON records (study);
    CREATE TABLE studies (
        study TEXT PRIMARY KEY,
        disposition TEXT NOT NULL
            CHECK (disposition IN ('accepted', 'rejected', 'quarantined')),
        reasons TEXT NOT NULL,
        input TEXT NOT NULL,
        place TEXT,
        leaf_hash BLOB REFERENCES records,
        CHECK ((disposition = 'accepted') = (leaf_hash IS NOT NULL))
    ) WITHOUT ROWID;
    CREATE INDEX studies_by_place ON studies (place) WHERE place IS NOT NULL;
    CREATE INDEX studies_by_leaf ON studies (leaf_hash) WHERE leaf_hash IS NOT NULL;
    CREATE TABLE manifests (
        root BLOB PRIMARY KEY CHECK (length(root) = 32),
        specification BLOB NOT NULL CHECK (length(specification) = 32),
        received INTEGER NOT NULL,
        frozen_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE manifest_studies (
        root BLOB NOT NULL REFERENCES manifests,
        position INTEGER NOT NULL,
        leaf_hash BLOB NOT NULL REFERENCES records,
        PRIMARY KEY (root, position)
    ) WITHOUT ROWID;
    CREATE INDEX manifest_studies_by_leaf ON manifest_studies (leaf_hash);
    """,
    # What is frozen stays: not even a mistake in this program can change it.
    *(
        f"CREATE TRIGGER {table}_{verb}_refused BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'a manifest is immutable'); END;"
        for table in ("manifests", "manifest_studies")
        for verb in ("update", "delete")
    ),
    """
    CREATE TABLE samples (
        sample TEXT PRIMARY KEY,
        seed TEXT NOT NULL,
        root BLOB NOT NULL CHECK (length(root) = 32),
        drawn_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE sampled_films (
        sample TEXT NOT NULL REFERENCES samples,
        number INTEGER NOT NULL,
        study TEXT NOT NULL,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (sample, number)
    ) WITHOUT ROWID;
    CREATE TABLE film_verdicts (
        sample TEXT NOT NULL,
        number INTEGER NOT NULL,
        reader TEXT NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('clean', 'text')),
        given_at INTEGER NOT NULL,
        FOREIGN KEY (sample, number) REFERENCES sampled_films
    );
    CREATE INDEX film_verdicts_by_film ON film_verdicts (sample, number);
    """,
)


def connect(path: Path) -> sqlite3.Connection:
    """Open ``site.db``, made or migrated as needed; transactions are begun by hand.

    Raises
    ------
    StoreError
        The file is damaged, or was written by a newer program.
    """
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StoreError(
            f"{path} cannot be used ({error}). Restore it from the last backup."
        ) from error
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (done,) = connection.execute("PRAGMA user_version").fetchone()
    if done > len(MIGRATIONS):
        connection.close()
        raise StoreError(
            "site.db was written by a newer version of this program. Install that one."
        )
    for number, script in enumerate(MIGRATIONS[done:], done + 1):
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute("COMMIT")


def _statements(script: str) -> list[str]:
    """Split a script: `executescript` would commit half a migration."""
    statements, text = [], ""
    for part in script.split(";"):
        text += part + ";"
        if sqlite3.complete_statement(text):
            statements.append(text)
            text = ""
    return [statement for statement in statements if statement.strip(" \n;")]
