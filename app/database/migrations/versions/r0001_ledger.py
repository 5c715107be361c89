"""The ledger, guarded by triggers, and the administrative units."""

import sqlalchemy as sa
from alembic import op

from app.database.triggers import guard_ledger

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
# SQLite's hidden number of a row would be a way around the triggers: REPLACE by it deletes quietly.
_NO_ROWID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Make the tables, the counter at zero and the triggers that keep the ledger."""
    op.create_table(
        "admin_succession",
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("from_code", sa.String(), nullable=False),
        sa.Column("to_code", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("extent", sa.String(), nullable=False),
        sa.CheckConstraint(
            "level IN ('province', 'district', 'commune')", name="ck_admin_succession_level"
        ),
        sa.PrimaryKeyConstraint(
            "level", "from_code", "to_code", "effective_on", name=("pk_admin_succession")
        ),
    )
    op.create_table(
        "admin_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("iso_3166_2", sa.String(), nullable=True),
        sa.Column("longitude", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "level IN ('province', 'district', 'commune')", name="ck_admin_unit_level"
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_admin_unit")),
    )
    op.create_index("ux_admin_unit", "admin_unit", ["level", "code", "valid_from"], unique=True)
    op.create_table(
        "revision",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=("pk_revision")),
        **_NO_ROWID,
    )
    op.create_index("ix_revision_recorded_at", "revision", ["recorded_at", "number"], unique=False)
    op.create_table(
        "revision_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_revision_counter_single"),
        sa.PrimaryKeyConstraint("id", name=("pk_revision_counter")),
    )
    op.create_table(
        "organization",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["revision"], ["revision.number"], name=("fk_organization_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_organization")),
        **_NO_ROWID,
    )
    op.create_index(("ix_organization_revision"), "organization", ["revision"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("withdrawn_in", sa.BigInteger(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('zone', 'cluster', 'craft_village')", name="ck_site_kind"),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=("fk_site_revision")),
        sa.ForeignKeyConstraint(
            ["withdrawn_in"], ["revision.number"], name=("fk_site_withdrawn_in")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_site")),
        **_NO_ROWID,
    )
    op.create_index(("ix_site_revision"), "site", ["revision"], unique=False)
    op.create_index(("ix_site_withdrawn_in"), "site", ["withdrawn_in"], unique=False)
    op.create_table(
        "project",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_in", sa.BigInteger(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=("fk_project_revision")),
        sa.ForeignKeyConstraint(
            ["withdrawn_in"], ["revision.number"], name=("fk_project_withdrawn_in")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_project")),
        **_NO_ROWID,
    )
    op.create_index(("ix_project_revision"), "project", ["revision"], unique=False)
    op.create_index(("ix_project_withdrawn_in"), "project", ["withdrawn_in"], unique=False)
    op.create_table(
        "source",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
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
            name="ck_source_kind",
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["organization.id"], name=("fk_source_issuer_id")),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=("fk_source_revision")),
        sa.PrimaryKeyConstraint("id", name=("pk_source")),
        **_NO_ROWID,
    )
    op.create_index(("ix_source_revision"), "source", ["revision"], unique=False)
    op.create_index(("ix_source_issuer_id"), "source", ["issuer_id"], unique=False)
    op.create_table(
        "statement",
        sa.Column("id", _ORDERED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", _ORDERED, nullable=False),
        sa.Column("source_id", _ORDERED, nullable=False),
        sa.Column("authority", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("effective_from", sa.String(), nullable=False),
        sa.Column("effective_day", sa.Date(), nullable=False),
        sa.Column("date_basis", sa.String(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("cites", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("retracted_in", sa.BigInteger(), nullable=True),
        sa.Column("retraction_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "basis IN ('actual', 'estimate', 'plan', 'target')", name="ck_statement_basis"
        ),
        sa.CheckConstraint(
            "date_basis IN ('stated', 'publication', 'inferred')", name="ck_statement_date_basis"
        ),
        sa.CheckConstraint(
            "subject_type IN ('site', 'project', 'province', 'source')",
            name="ck_statement_subject_type",
        ),
        sa.ForeignKeyConstraint(
            ["retracted_in"], ["revision.number"], name=("fk_statement_retracted_in")
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=("fk_statement_revision")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=("fk_statement_source_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_statement")),
        **_NO_ROWID,
    )
    op.create_index(("ix_statement_content_digest"), "statement", ["content_digest"], unique=False)
    op.create_index(("ix_statement_retracted_in"), "statement", ["retracted_in"], unique=False)
    op.create_index("ix_statement_revision", "statement", ["revision", "position"], unique=False)
    op.create_index(("ix_statement_source_id"), "statement", ["source_id"], unique=False)
    op.create_index(
        "ix_statement_subject",
        "statement",
        ["subject_type", "subject_id", "revision", "position"],
        unique=False,
    )

    op.execute("INSERT INTO revision_counter (id, number) VALUES (1, 0)")
    guard_ledger()


def downgrade() -> None:
    """Drop everything, if nothing is recorded: a ledger could not be had back."""
    recorded = op.get_bind().execute(sa.text("SELECT number FROM revision_counter")).scalar_one()
    if recorded:
        message = f"{recorded} revisions are recorded: drop the database itself if they are to go"
        raise RuntimeError(message)
    for table in (
        "statement",
        "project",
        "site",
        "source",
        "organization",
        "revision_counter",
        "revision",
        "admin_unit",
        "admin_succession",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_ledger_change CASCADE")
