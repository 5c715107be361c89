"""Sessions of the pages, and signing in and out in the audit log."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_audit

revision = "0025"
down_revision = "0022"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_TABLE, _CHECK = "audit_entry", "ck_audit_entry_action"
_BEFORE = "action IN ('refused', 'key_created', 'key_revoked')"
_NOW = "action IN ('refused', 'key_created', 'key_revoked', 'signed_in', 'signed_out')"


def upgrade() -> None:
    """Make the table, and admit the actions."""
    op.create_table(
        "access_session",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key_id", _ORDERED),
        sa.Column("holder", sa.Text()),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_access_session"),
    )
    _change_check(_BEFORE, _NOW)


def downgrade() -> None:
    """Drop the table, if nobody ever signed in: the log could not say so any more."""
    counted = sa.text("SELECT count(*) FROM audit_entry WHERE action LIKE 'signed_%'")
    if rows := op.get_bind().execute(counted).scalar_one():
        message = f"audit_entry holds {rows} rows on signing in: back the database up first"
        raise RuntimeError(message)
    _change_check(_NOW, _BEFORE)
    op.drop_table("access_session")


def _change_check(before: str, now: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint(_CHECK, _TABLE)
        op.create_check_constraint(_CHECK, _TABLE, now)
        return
    # SQLite changes no constraint: the rows move into a table that differs in nothing else.
    made = sa.text("SELECT sql FROM sqlite_master WHERE name = 'audit_entry'")
    table = str(connection.execute(made).scalar_one())
    if before not in table:
        message = f"{_TABLE} does not admit the actions {before}"
        raise RuntimeError(message)
    op.execute(table.replace(before, now).replace(_TABLE, "audit_entry_moved", 1))
    op.execute("INSERT INTO audit_entry_moved SELECT * FROM audit_entry")
    op.drop_table(_TABLE)
    op.rename_table("audit_entry_moved", _TABLE)
    guard_audit()
