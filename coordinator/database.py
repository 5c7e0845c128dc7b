"""Sessions on the coordinator's database.

SQLite in WAL mode. Every transaction takes the write lock when it begins, so that two
of them never decide on the same facts: of two votes, two proposals or two uses of one
invitation, the second sees what the first did. Readers say so and take no lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, create_engine

from coordinator.config import CoordinatorPaths
from coordinator.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_SECONDS = 30


@lru_cache(maxsize=32)
def engine_of(database: Path) -> Engine:
    """Return the engine for the SQLite file `database`, one for each process."""
    engine = create_engine(
        f"sqlite:///{database}",
        # Errors go into logs: they must not repeat what was to be stored.
        hide_parameters=True,
        # A writer that waits for its turn holds a connection; all doors may wait.
        pool_size=16,
        max_overflow=112,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # The driver must not begin transactions by itself; `begin` below does.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def open_session(home: Path, *, reads: bool = False) -> Iterator[Session]:
    """Open one transaction on the database of the coordinator at `home`.

    Commits when the block ends, rolls back when it raises. With `reads` it sees one
    snapshot and does not wait for writers.

    Raises
    ------
    ConfigurationError
        When `home` holds no database, or one with the schema of another program.
    """
    database = CoordinatorPaths(home).database
    if not database.is_file():
        raise ConfigurationError(
            f"{home} holds no coordinator; run `coordinator init` first"
        )
    _require_current(home)
    connection = engine_of(database.resolve()).connect()
    connection = connection.execution_options(reads=reads)
    with (
        connection,
        Session(connection, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@lru_cache(maxsize=32)
def _require_current(home: Path) -> None:
    """Look once for each home; a refusal is not remembered."""
    if not is_current(home):
        raise ConfigurationError(
            f"the database in {home} has the schema of another version of this "
            "program; `coordinator serve` of the newer one upgrades it"
        )


def upgrade(home: Path) -> None:
    """Bring the database at `home` to the newest schema; make it when absent.

    Raises
    ------
    ConfigurationError
        When a newer program has made it.
    """
    database = CoordinatorPaths(home).database
    config = alembic_config()
    try:
        with engine_of(database.resolve()).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError:
        raise ConfigurationError(
            f"a newer version of this program has made the database in {home}; "
            "install that version"
        ) from None
    database.chmod(0o600)


def close(home: Path) -> None:
    """Close every connection to the database at `home`, for when it is moved."""
    engine_of(CoordinatorPaths(home).database.resolve()).dispose()


def is_current(home: Path) -> bool:
    """Return whether the database at `home` has the schema of this program."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    database = CoordinatorPaths(home).database
    with engine_of(database.resolve()).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def alembic_config() -> Config:
    """Return Alembic's configuration; there is no ini file to lose."""
    config = Config()
    # Alembic interpolates percent signs.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
