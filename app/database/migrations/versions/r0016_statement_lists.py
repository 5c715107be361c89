"""Statements are listed by source and by the day they are effective from, revisions by author."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes; that of sources alone is part of one of them."""
    op.create_index("ix_statement_source", "statement", ["source_id", "revision", "position"])
    op.create_index(
        "ix_statement_effective", "statement", ["effective_day", "revision", "position"]
    )
    op.create_index("ix_revision_author", "revision", ["author", "number"])
    op.drop_index("ix_statement_source_id", "statement")


def downgrade() -> None:
    """Take the indexes back."""
    op.create_index("ix_statement_source_id", "statement", ["source_id"])
    op.drop_index("ix_revision_author", "revision")
    op.drop_index("ix_statement_effective", "statement")
    op.drop_index("ix_statement_source", "statement")
