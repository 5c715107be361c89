"""Statements are replaced, and the entries of sources and organizations are corrected."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_corrections, guard_later_columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_NO_ROWID = {"sqlite_with_rowid": False}
_COLUMNS = ("replaces", "rank_of")
_BEFORE = ("effective_to", "qualifiers", "values_to")
_TABLES = ("organization_correction", "source_correction")


def upgrade() -> None:
    """Add columns and tables; nothing that is recorded was replaced or corrected."""
    for column in _COLUMNS:
        op.add_column("statement", sa.Column(column, _ORDERED, nullable=True))
    op.create_index("ix_statement_replaces", "statement", ["replaces"], unique=True)
    guard_later_columns(*_BEFORE, *_COLUMNS)
    op.add_column("observation", sa.Column("rank_of", _ORDERED, nullable=True))
    _create(
        "organization",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("merged_into", _ORDERED, nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["organization.id"], name="fk_organization_correction_merged_into"
        ),
    )
    _create(
        "source",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("issuer_id", _ORDERED, nullable=True),
        sa.Column("published_on", sa.String(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('law', 'decree', 'resolution', 'decision', 'conclusion', 'programme', "
            "'plan', 'report', 'article')",
            name="ck_source_correction_kind",
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["organization.id"], name="fk_source_correction_issuer_id"
        ),
    )
    op.create_index("ix_source_correction_issuer_id", "source_correction", ["issuer_id"])
    guard_corrections()


def _create(what: str, *columns: sa.schema.SchemaItem) -> None:
    table = f"{what}_correction"
    op.create_table(
        table,
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        *columns,
        sa.CheckConstraint("type IN ('corrected', 'merged', 'withdrawn')", name=f"ck_{table}_type"),
        sa.ForeignKeyConstraint(["id"], [f"{what}.id"], name=f"fk_{table}_id"),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=f"fk_{table}_revision"),
        sa.PrimaryKeyConstraint("id", "revision", name=f"pk_{table}"),
        **_NO_ROWID,
    )
    op.create_index(f"ix_{table}_revision", table, ["revision"])


def downgrade() -> None:
    """Drop them, unless something was replaced or corrected: the ledger could not be verified."""
    recorded = ["SELECT 1 FROM statement WHERE replaces IS NOT NULL"]
    recorded += [f"SELECT 1 FROM {table}" for table in _TABLES]  # noqa: S608 (own names)
    if op.get_bind().execute(sa.text(" UNION ALL ".join(recorded))).first():
        message = "there are replacements or corrections, which could not be verified"
        raise RuntimeError(message)
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.drop_column("observation", "rank_of")
    guard_later_columns(*_BEFORE)
    op.drop_index("ix_statement_replaces", "statement")
    for column in reversed(_COLUMNS):
        op.drop_column("statement", column)
