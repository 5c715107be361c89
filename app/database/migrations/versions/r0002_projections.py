"""The projections: versions of sites and projects, and province observations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
# Ordered by bytes on PostgreSQL, as SQLite does.
_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_TIMES = ["known_to", "valid_to", "valid_from", "known_from"]


def upgrade() -> None:
    """Make the tables that reads are answered from."""
    op.create_table(
        "site_version",
        sa.Column("site_id", _ORDERED, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=False),
        sa.Column("kind", _ORDERED, nullable=False),
        sa.Column("stage", _ORDERED, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("province_code", _ORDERED, nullable=True),
        sa.Column("district_code", _ORDERED, nullable=True),
        sa.Column("commune_code", _ORDERED, nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("planning_status", _ORDERED, nullable=True),
        sa.Column("legal_status", _ORDERED, nullable=True),
        sa.Column("investor", _ORDERED, nullable=True),
        sa.Column("managing_body", _ORDERED, nullable=True),
        sa.Column("area_ha", sa.BigInteger(), nullable=True),
        sa.Column("planned_area_ha", sa.BigInteger(), nullable=True),
        sa.Column("detailed_plan_area_ha", sa.BigInteger(), nullable=True),
        sa.Column("industrial_land_ha", sa.BigInteger(), nullable=True),
        sa.Column("service_land_ha", sa.BigInteger(), nullable=True),
        sa.Column("leased_ha", sa.BigInteger(), nullable=True),
        sa.Column("leasable_ha", sa.BigInteger(), nullable=True),
        sa.Column("stated_occupancy_pct", sa.Integer(), nullable=True),
        sa.Column("occupancy_definition", _ORDERED, nullable=True),
        sa.Column("occupancy_pct", sa.Integer(), nullable=True),
        sa.Column("occupancy_pct_definition", _ORDERED, nullable=True),
        sa.Column("clearance_status", _ORDERED, nullable=True),
        sa.Column("clearance_stage", _ORDERED, nullable=True),
        sa.Column("clearance_phase", sa.Integer(), nullable=True),
        sa.Column("to_clear_ha", sa.BigInteger(), nullable=True),
        sa.Column("cleared_ha", sa.BigInteger(), nullable=True),
        sa.Column("clearance_pct", sa.Integer(), nullable=True),
        sa.Column("affected_households", sa.Integer(), nullable=True),
        sa.Column("construction_status", _ORDERED, nullable=True),
        sa.Column("operation_status", _ORDERED, nullable=True),
        sa.Column("expected_operation", _ORDERED, nullable=True),
        sa.Column("planned_increase_ha", sa.BigInteger(), nullable=True),
        sa.Column("licensed_projects", sa.Integer(), nullable=True),
        sa.Column("craft", sa.Text(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("workers", sa.Integer(), nullable=True),
        sa.Column("recognised_on", _ORDERED, nullable=True),
        sa.Column("geometry", sa.Text(), nullable=True),
        sa.Column("geometry_accuracy", _ORDERED, nullable=True),
        sa.Column("west", sa.Integer(), nullable=True),
        sa.Column("south", sa.Integer(), nullable=True),
        sa.Column("east", sa.Integer(), nullable=True),
        sa.Column("north", sa.Integer(), nullable=True),
        sa.Column("name_sort", _ORDERED, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "clearance_stage IN "
            "('notified', 'inventory', 'plan_approved', 'compensation', 'handover')",
            name="ck_site_version_clearance_stage",
        ),
        sa.CheckConstraint(
            "clearance_status IN ('not_started', 'in_progress', 'completed', 'suspended')",
            name="ck_site_version_clearance_status",
        ),
        sa.CheckConstraint(
            "construction_status IN ('not_started', 'preparing', 'in_progress', 'completed')",
            name="ck_site_version_construction_status",
        ),
        sa.CheckConstraint(
            "geometry_accuracy IN ('surveyed', 'digitised', 'commune_point')",
            name="ck_site_version_geometry_accuracy",
        ),
        sa.CheckConstraint(
            "kind IN ('zone', 'cluster', 'craft_village')", name="ck_site_version_kind"
        ),
        sa.CheckConstraint(
            "legal_status IN ('not_established', 'established', 'expanded', 'abolished')",
            name="ck_site_version_legal_status",
        ),
        sa.CheckConstraint(
            "occupancy_definition IN ('ccn', 'kcn_2018', 'kcn_2022', 'as_stated')",
            name="ck_site_version_occupancy_definition",
        ),
        sa.CheckConstraint(
            "occupancy_pct_definition IN ('ccn', 'kcn_2018', 'kcn_2022', 'as_stated')",
            name="ck_site_version_occupancy_pct_definition",
        ),
        sa.CheckConstraint(
            "operation_status IN ('not_operating', 'trial', 'operating', 'suspended', 'closed')",
            name="ck_site_version_operation_status",
        ),
        sa.CheckConstraint(
            "planning_status IN ('proposed', 'planned', 'removed')",
            name="ck_site_version_planning_status",
        ),
        sa.CheckConstraint(
            "stage IN ('closed', 'operating', 'construction', 'clearance', "
            "'established', 'planned', 'proposed', 'unknown')",
            name="ck_site_version_stage",
        ),
        sa.ForeignKeyConstraint(
            ["investor"], ["organization.id"], name=("fk_site_version_investor")
        ),
        sa.ForeignKeyConstraint(
            ["managing_body"], ["organization.id"], name=("fk_site_version_managing_body")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=("fk_site_version_site_id")),
        sa.PrimaryKeyConstraint("site_id", "valid_from", "known_from", name=("pk_site_version")),
    )
    for role in ("investor", "managing_body"):
        op.create_index(f"ix_site_version_{role}", "site_version", [role, *_TIMES], unique=False)
    op.create_index("ix_site_version_kind", "site_version", ["kind", *_TIMES], unique=False)
    op.create_index(
        "ix_site_version_name",
        "site_version",
        ["name_sort", "site_id", *_TIMES],
        unique=False,
    )
    op.create_index(
        "ix_site_version_province",
        "site_version",
        ["province_code", "kind", *_TIMES],
        unique=False,
    )
    op.create_table(
        "project_version",
        sa.Column("project_id", _ORDERED, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("province_code", _ORDERED, nullable=True),
        sa.Column("district_code", _ORDERED, nullable=True),
        sa.Column("commune_code", _ORDERED, nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("site", _ORDERED, nullable=True),
        sa.Column("investor", _ORDERED, nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("licence_status", _ORDERED, nullable=True),
        sa.Column("operation_status", _ORDERED, nullable=True),
        sa.Column("design_capacity", sa.BigInteger(), nullable=True),
        sa.Column("design_capacity_unit", _ORDERED, nullable=True),
        sa.Column("design_capacity_period", _ORDERED, nullable=True),
        sa.Column("registered_capital_vnd", sa.BigInteger(), nullable=True),
        sa.Column("expected_operation", _ORDERED, nullable=True),
        sa.Column("name_sort", _ORDERED, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "design_capacity_period IN ('year', 'month', 'day')",
            name="ck_project_version_design_capacity_period",
        ),
        sa.CheckConstraint(
            "licence_status IN ('policy_approved', 'licensed', 'revoked')",
            name="ck_project_version_licence_status",
        ),
        sa.CheckConstraint(
            "operation_status IN ('preparing', 'under_construction', 'trial', 'operating', "
            "'idle', 'closed')",
            name="ck_project_version_operation_status",
        ),
        sa.ForeignKeyConstraint(
            ["investor"], ["organization.id"], name=("fk_project_version_investor")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=("fk_project_version_project_id")
        ),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name=("fk_project_version_site")),
        sa.PrimaryKeyConstraint(
            "project_id", "valid_from", "known_from", name=("pk_project_version")
        ),
    )
    op.create_index(
        "ix_project_version_name",
        "project_version",
        ["name_sort", "project_id", *_TIMES],
        unique=False,
    )
    op.create_index(
        "ix_project_version_province", "project_version", ["province_code", *_TIMES], unique=False
    )
    op.create_index(
        "ix_project_version_investor", "project_version", ["investor", *_TIMES], unique=False
    )
    op.create_index("ix_project_version_site", "project_version", ["site", *_TIMES], unique=False)
    op.create_table(
        "observation",
        sa.Column("statement_id", _ORDERED, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=False),
        sa.Column("province_code", sa.String(), nullable=False),
        sa.Column("indicator", _ORDERED, nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("value_to", sa.Text(), nullable=True),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("pct_of_target", sa.Text(), nullable=True),
        sa.Column("price_base", sa.String(), nullable=True),
        sa.Column("trend", sa.String(), nullable=True),
        sa.Column("source_id", _ORDERED, nullable=False),
        sa.Column("authority", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.String(), nullable=False),
        sa.Column("effective_day", sa.Date(), nullable=False),
        sa.Column("date_basis", sa.String(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('actual', 'estimate', 'plan', 'target')", name="ck_observation_basis"
        ),
        sa.CheckConstraint(
            "qualifier IN ('exact', 'about', 'over', 'at_least', 'up_to', 'range')",
            name="ck_observation_qualifier",
        ),
        sa.CheckConstraint(
            "price_base IN ('current', 'constant_2010')", name="ck_observation_price_base"
        ),
        sa.CheckConstraint("trend IN ('rising', 'steady', 'falling')", name="ck_observation_trend"),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=("fk_observation_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=("pk_observation")),
    )
    op.create_index(
        "ix_observation_province",
        "observation",
        ["province_code", "indicator", "effective_day"],
        unique=False,
    )


def downgrade() -> None:
    """Drop the projections; they can be rebuilt from the ledger."""
    op.drop_table("observation")
    op.drop_table("project_version")
    op.drop_table("site_version")
