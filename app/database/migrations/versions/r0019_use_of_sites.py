"""Sites have tenants, their work and their treatment of wastewater, and what was invested and paid.

What statements say of these stays in the ledger when the columns are dropped.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ORDERED = {"postgresql": 'VARCHAR COLLATE "C"', "sqlite": "VARCHAR"}
_COUNTS = (
    *("households_inventoried", "households_paid"),
    *("tenants", "tenants_foreign", "tenants_operating"),
)
_SUMS = ("paid_vnd", "infrastructure_investment_vnd", "revenue_vnd", "budget_vnd")
_CODES = "'not_built', 'under_construction', 'built', 'compliant'"
_PROJECT = "total_investment_vnd"


def upgrade() -> None:
    """Add the columns; nothing that is recorded has such values."""
    for name in _COUNTS:
        op.add_column("site_version", sa.Column(name, sa.Integer(), nullable=True))
    for name in _SUMS:
        op.add_column("site_version", sa.Column(name, sa.BigInteger(), nullable=True))
    # SQLite takes a constraint with the column that it is about, and with nothing later.
    op.execute(
        "ALTER TABLE site_version ADD COLUMN wastewater_treatment "
        f"{_ORDERED[op.get_bind().dialect.name]} "
        "CONSTRAINT ck_site_version_wastewater_treatment "
        f"CHECK (wastewater_treatment IN ({_CODES}))"
    )
    op.add_column("project_version", sa.Column(_PROJECT, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("project_version", _PROJECT)
    for name in ("wastewater_treatment", *reversed(_SUMS), *reversed(_COUNTS)):
        op.drop_column("site_version", name)
