"""Run by Alembic with the connection that `coordinator.database` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import text
from sqlmodel import AutoString

from coordinator.models import Table


def render_item(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """Write SQLModel's string type as SQLAlchemy's, which it is in the database."""
    if kind == "type" and isinstance(thing, AutoString):
        return f"sa.String(length={thing.length})"
    return False


connection = context.config.attributes["connection"]
# A batch makes a table anew; rows that point at it must not stand in the way.
connection.execute(text("PRAGMA defer_foreign_keys = ON"))
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=True,
    render_item=render_item,
    include_object=context.config.attributes.get("include_object"),
)
with context.begin_transaction():
    context.run_migrations()
