"""Constraints that keep code lists honest in the database."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

# Every constraint has a name, so that a later migration can change it on both databases.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}


def code_check(table: str, column: str, codes: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that ``column`` holds one of ``codes`` (or null, where it may)."""
    listed = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")
