"""Runs the migrations on the connection that ``app.database.schema`` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator
from sqlmodel import SQLModel


def _as_kept(what: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write a type of the register as the type that the database has."""
    if what == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_as_kept,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
