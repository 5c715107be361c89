"""Say that the projections follow from the rules that came with the migrations before.

It changes nothing. ``icr migrate`` applies it when the projections of an earlier release have been
rebuilt: after a rebuild that was interrupted the next ``icr migrate`` repeats it, and no service of
this release starts before it is complete.
"""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing: the projections are rebuilt by the release that they are for."""
