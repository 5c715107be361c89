"""Keys, and the audit log that is only added to."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_audit, unguard_audit

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_ROLES = "role IN ('reader', 'editor', 'auditor', 'administrator')"
_ACTIONS = "action IN ('refused', 'key_created', 'key_revoked')"


def upgrade() -> None:
    """Make the tables, and the triggers of the log."""
    op.create_table(
        "access_key",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("provinces", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT),
        sa.Column("revoked_by", sa.Text()),
        sa.Column("revocation_reason", sa.Text()),
        sa.Column("last_used_at", _INSTANT),
        sa.CheckConstraint(_ROLES, name="ck_access_key_role"),
        sa.PrimaryKeyConstraint("id", name="pk_access_key"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("principal", sa.Text()),
        sa.Column("principal_id", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("method", sa.Text()),
        sa.Column("path", sa.Text()),
        sa.Column("status", sa.Integer()),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint(_ACTIONS, name="ck_audit_entry_action"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sqlite_with_rowid=False,
    )
    guard_audit()


def downgrade() -> None:
    """Drop the tables, if they are empty: neither can be had back."""
    for table in ("access_key", "audit_entry"):
        counted = sa.text(f"SELECT count(*) FROM {table}")  # noqa: S608 (own names)
        if rows := op.get_bind().execute(counted).scalar_one():
            message = f"{table} holds {rows} rows, which would be lost: back the database up first"
            raise RuntimeError(message)
    unguard_audit()
    op.drop_table("audit_entry")
    op.drop_table("access_key")
