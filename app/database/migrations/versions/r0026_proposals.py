"""Proposals, those who make them, and who approved a revision."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_audit

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_STATES = "state IN ('submitted', 'returned', 'approved', 'withdrawn')"
_ROLES = "role IN ('reader', {}'editor', 'auditor', 'administrator')"
_ACTIONS = "action IN ('refused', 'key_created', 'key_revoked', 'signed_in', 'signed_out'{})"
_PROPOSED = "proposal_submitted", "proposal_returned", "proposal_withdrawn", "proposal_approved"
_CHECKS = (
    ("access_key", "role", _ROLES.format(""), _ROLES.format("'contributor', ")),
    (
        "audit_entry",
        "action",
        _ACTIONS.format(""),
        _ACTIONS.format("".join(f", '{action}'" for action in _PROPOSED)),
    ),
)


def upgrade() -> None:
    """Make the tables, add the columns, and admit role and actions."""
    op.add_column("revision", sa.Column("approved_by", sa.Text(), nullable=True))
    op.add_column("revision", sa.Column("approver_id", sa.Text(), nullable=True))
    op.create_table(
        "proposal",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("principal_id", _ORDERED, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("province_codes", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decider_id", sa.Text()),
        sa.Column("decided_at", _INSTANT),
        sa.Column("decision_reason", sa.Text()),
        sa.Column("revision", sa.BigInteger()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_STATES, name="ck_proposal_state"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_principal", "proposal", ["principal_id", "id"])
    op.create_index("ix_proposal_state", "proposal", ["state", "id"])
    op.create_table(
        "proposal_province",
        sa.Column("proposal_id", _ORDERED, nullable=False),
        sa.Column("province", _ORDERED, nullable=False),
        sa.Column("code", _ORDERED, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name="fk_proposal_province_proposal_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", "province", name="pk_proposal_province"),
    )
    op.create_index("ix_proposal_province_province", "proposal_province", ["province"])
    for table, column, before, now in _CHECKS:
        _change_check(table, column, before, now)


def downgrade() -> None:
    """Drop all of it, if nobody ever proposed anything or got a key for it."""
    used = {
        "keys of contributors": "access_key WHERE role = 'contributor'",
        "rows on proposals in the audit log": "audit_entry WHERE action LIKE 'proposal_%'",
        "revisions that were approved": "revision WHERE approved_by IS NOT NULL",
    }
    for what, where in used.items():
        counted = sa.text(f"SELECT count(*) FROM {where}")  # noqa: S608  (own texts)
        if rows := op.get_bind().execute(counted).scalar_one():
            raise RuntimeError(f"there are {rows} {what}: back the database up first")
    for table, column, before, now in _CHECKS:
        _change_check(table, column, now, before)
    op.drop_table("proposal_province")
    op.drop_table("proposal")
    op.drop_column("revision", "approver_id")
    op.drop_column("revision", "approved_by")


def _change_check(table: str, column: str, before: str, now: str) -> None:
    connection = op.get_bind()
    check = f"ck_{table}_{column}"
    if connection.dialect.name == "postgresql":
        op.drop_constraint(check, table)
        op.create_check_constraint(check, table, now)
        return
    # SQLite changes no constraint: the rows move into a table that differs in nothing else.
    made = sa.text("SELECT sql FROM sqlite_master WHERE name = :table")
    text = str(connection.execute(made, {"table": table}).scalar_one())
    if before not in text:
        message = f"{table} does not check {before}"
        raise RuntimeError(message)
    moved = f"{table}_moved"
    op.execute(text.replace(before, now).replace(table, moved, 1))
    op.execute(f"INSERT INTO {moved} SELECT * FROM {table}")  # noqa: S608  (own names)
    op.drop_table(table)
    op.rename_table(moved, table)
    if table == "audit_entry":
        guard_audit()
