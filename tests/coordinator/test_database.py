"""The database: its schema's history, and transactions that do not cross."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable
from sqlmodel import create_engine, select

from coordinator.config import CoordinatorPaths
from coordinator.database import (
    alembic_config,
    close,
    engine_of,
    is_current,
    open_session,
    upgrade,
)
from coordinator.errors import ConfigurationError
from coordinator.models import Member, Table
from coordinator.rules.states import MemberState


def schema(path):
    """Every statement that made the database, without Alembic's own table."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql NOTNULL"
        )
        made = {name: " ".join(sql.split()) for name, sql in rows}
    connection.close()
    return {name: sql for name, sql in made.items() if name != "alembic_version"}


def test_history_of_the_schema_leads_to_the_models(tmp_path):
    upgrade(tmp_path)
    engine = engine_of(tmp_path / "coordinator.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    made = create_engine(f"sqlite:///{tmp_path / 'models.db'}")
    Table.metadata.create_all(made)
    made.dispose()
    # Word for word, so that checks and partial indexes, which Alembic does not
    # compare, are the same too; only the order of columns' constraints may differ.
    by_history, by_models = (
        {name: sorted(sql.replace(",", " ,").split()) for name, sql in found.items()}
        for found in (
            schema(tmp_path / "coordinator.db"),
            schema(tmp_path / "models.db"),
        )
    )
    assert by_history == by_models
    assert is_current(tmp_path)
    close(tmp_path)


def test_history_can_be_walked_back(tmp_path):
    upgrade(tmp_path)
    with engine_of(tmp_path / "coordinator.db").begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert schema(tmp_path / "coordinator.db") == {}
    assert not is_current(tmp_path)
    close(tmp_path)


def test_every_constraint_has_a_name_and_every_type_is_known_to_postgresql():
    for table in Table.metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, table
        assert CreateTable(table).compile(dialect=postgresql.dialect())


def member(site):
    return Member(site=site, name=site, state=MemberState.INVITED, invited_at=0)


def test_transaction_that_raises_leaves_nothing(consortium):
    class Interrupted(Exception):
        pass

    def interrupted():
        with open_session(consortium.home) as session:
            session.add(member("alder"))
            session.flush()
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()
    with open_session(consortium.home, reads=True) as session:
        assert session.get(Member, "alder") is None


def test_writers_take_turns_from_the_first_statement(consortium):
    """A writer decides on what the one before it wrote, never on what it was."""
    seen = []

    def count_and_add(site):
        with open_session(consortium.home) as session:
            seen.append(len(session.exec(select(Member)).all()))
            session.add(member(site))

    threads = [
        threading.Thread(target=count_and_add, args=(f"site-{number}",))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(8))


def test_reader_sees_one_moment_and_waits_for_nobody(consortium):
    with open_session(consortium.home, reads=True) as reader:
        assert reader.get(Member, "alder") is None
        with open_session(consortium.home) as writer:
            writer.add(member("alder"))
        assert reader.exec(select(Member)).all() == []


def test_foreign_keys_and_choices_are_enforced(consortium):
    with pytest.raises(IntegrityError), open_session(consortium.home) as session:
        session.connection().exec_driver_sql(
            "INSERT INTO member VALUES ('a', 'a', 'odd', 0, 0, 0, '', '', '', 0)"
        )
    with pytest.raises(IntegrityError), open_session(consortium.home) as session:
        session.connection().exec_driver_sql("INSERT INTO node VALUES ('1', 'x', 0)")


def test_errors_do_not_repeat_what_was_to_be_stored(consortium):
    statement = "INSERT INTO member VALUES (?, 'a', 'invited', 0, 0, 0, ?, '', '', 0)"

    def insert_twice():
        with open_session(consortium.home) as session:
            for _ in range(2):
                session.connection().exec_driver_sql(
                    statement, ("alder", "planted key")
                )

    with pytest.raises(IntegrityError) as error:
        insert_twice()
    assert "planted key" not in str(error.value)


def test_file_is_private_and_in_wal_mode(consortium):
    path = CoordinatorPaths(consortium.home).database
    assert path.stat().st_mode & 0o077 == 0
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_database_of_another_version_of_the_program_is_not_touched(tmp_path):
    upgrade(tmp_path)
    with engine_of(tmp_path / "coordinator.db").begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with (
        pytest.raises(ConfigurationError, match="another version"),
        open_session(tmp_path),
    ):
        pass
    with pytest.raises(ConfigurationError, match="newer version"):
        upgrade(tmp_path)
    close(tmp_path)


def test_folder_without_a_coordinator_says_what_to_do(tmp_path):
    with (
        pytest.raises(ConfigurationError, match="coordinator init"),
        open_session(tmp_path),
    ):
        pass
