"""Say that the projections follow from the rules that came with the migrations before.

It changes nothing, as 0020 before it: a register that comes from before that one must be rebuilt
with the tables of 0027, and only a migration after these can say that it was.
"""

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing: the projections are rebuilt by the release that they are for."""
