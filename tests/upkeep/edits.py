"""Direct edits by somebody who may write to the database of a register, and what finds each.

Each is an SQL statement, or several with semicolons between them; the check that finds it; and what
that says. Triggers and foreign keys keep nobody from it who owns the database.
"""

from typing import NamedTuple

SITE, OTHER = "ccn-1", "ccn-2"


class Edit(NamedTuple):
    """An edit, the check that finds it, what it says, and where else than everywhere it works."""

    sql: str
    check: str
    says: str
    only: str | None = None


def _ledger(sql: str, says: str, only: str | None = None) -> Edit:
    return Edit(sql, "ledger", says, only)


def _access(sql: str, says: str, only: str | None = None) -> Edit:
    return Edit(sql, "access", says, only)


def _schema(sql: str, says: str, only: str | None = None) -> Edit:
    return Edit(sql, "schema", says, only)


UNFIT = "its content does not match its digest"
NO_REVISION = "names no revision of the register"
NOT_WRITTEN = "is not written as a release does"
NOT_AS_LOGGED = "is not as the audit log has it"
NO_RELEASE = "is of no release"
UNFIT_STATE = "is not what was recorded of it"
REVISION = (
    "recorded_at, author, principal_id, reason, digest_format, digest, approved_by, approver_id"
)
COPIED = (
    "INSERT INTO revision (number, {columns}) "
    "SELECT {number}, {columns} FROM revision WHERE number = 2"
)

LEDGER_EDITS = (
    # What was said.
    _ledger("UPDATE statement SET content = replace(content, '74.4', '99.4')", UNFIT),
    _ledger("UPDATE statement SET content = '{}' WHERE id = '3-1'", UNFIT),
    _ledger("UPDATE statement SET effective_day = '2001-01-01' WHERE id = '5-1'", UNFIT),
    _ledger("UPDATE statement SET effective_from = '2001' WHERE id = '5-1'", UNFIT),
    _ledger("UPDATE statement SET effective_to = '2030' WHERE id = '5-1'", UNFIT),
    _ledger("UPDATE statement SET basis = 'plan' WHERE id = '5-1'", UNFIT),
    _ledger("UPDATE statement SET authority = 1 WHERE id = '5-1'", UNFIT),
    _ledger("UPDATE statement SET subject_id = 'ccn-2' WHERE id = '5-1'", UNFIT),
    _ledger("UPDATE statement SET position = 7 WHERE id = '5-1'", UNFIT),
    _ledger("UPDATE statement SET note = 'x' WHERE id = '5-1'", UNFIT),
    _ledger("""UPDATE statement SET qualifiers = '{"area_ha":"about"}' WHERE id = '5-1'""", UNFIT),
    _ledger("UPDATE statement SET rank_of = '3-1' WHERE id = '5-1'", UNFIT),
    _ledger(
        "UPDATE statement SET content_digest = 'x' WHERE id = '5-1'", "digest of statement 5-1"
    ),
    _ledger("DELETE FROM statement WHERE id = '5-1'", UNFIT),
    _ledger("UPDATE statement SET id = '5-9' WHERE id = '5-1'", UNFIT),
    # Who said it, and when it was recorded.
    _ledger("UPDATE revision SET author = 'x' WHERE number = 2", UNFIT),
    _ledger("UPDATE revision SET reason = 'x' WHERE number = 2", UNFIT),
    _ledger("UPDATE revision SET principal_id = 'x' WHERE number = 2", UNFIT),
    _ledger("UPDATE revision SET approved_by = 'x' WHERE number = 2", UNFIT),
    _ledger(
        "UPDATE revision SET recorded_at = '2001-01-01 00:00:00.000000' WHERE number = 2", UNFIT
    ),
    _ledger("UPDATE revision SET digest = 'x' WHERE number = 2", UNFIT),
    _ledger("DELETE FROM revision WHERE number = 2", "it is missing"),
    _ledger("UPDATE source SET title = 'x'", UNFIT),
    _ledger("UPDATE source SET kind = 'plan'", UNFIT),
    _ledger("UPDATE organization SET name = 'x'", UNFIT),
    _ledger("""UPDATE organization SET aliases = '["x"]'""", UNFIT),
    _ledger("UPDATE organization_correction SET name = 'x'", UNFIT),
    _ledger("DELETE FROM organization_correction", UNFIT),
    _ledger("UPDATE site SET kind = 'zone' WHERE id = 'ccn-1'", UNFIT),
    # What was taken back.
    _ledger("UPDATE statement SET retracted_in = NULL, retraction_reason = NULL", UNFIT),
    _ledger("UPDATE statement SET retraction_reason = 'x' WHERE retracted_in IS NOT NULL", UNFIT),
    _ledger(
        "UPDATE statement SET retracted_in = 7, retraction_reason = 'x' WHERE id = '5-1'", UNFIT
    ),
    _ledger("UPDATE site SET withdrawn_in = NULL, withdrawal_reason = NULL", UNFIT),
    _ledger("UPDATE statement SET retraction_reason = 'x' WHERE id = '5-1'", NO_REVISION),
    # Numbers that are none of a revision.
    _ledger(
        "UPDATE statement SET retracted_in = 0, retraction_reason = 'x' WHERE id = '5-1'",
        NO_REVISION,
    ),
    _ledger(
        "UPDATE statement SET retracted_in = 9999, retraction_reason = 'x' WHERE id = '5-1'",
        NO_REVISION,
    ),
    _ledger(
        "UPDATE site SET withdrawn_in = -1, withdrawal_reason = 'x' WHERE id = 'ccn-1'", NO_REVISION
    ),
    *(
        _ledger(
            f"INSERT INTO organization (id, revision, name) VALUES ('x', {number}, 'X')",
            NO_REVISION,
        )
        for number in (0, -1, 9999)
    ),
    *(
        _ledger(
            f"INSERT INTO site (id, revision, kind) VALUES ('x', {number}, 'cluster')", NO_REVISION
        )
        for number in (0, 9999)
    ),
    _ledger(COPIED.format(columns=REVISION, number=0), "it is numbered below 1"),
    _ledger(COPIED.format(columns=REVISION, number=9999), "it is numbered above the counter"),
    _ledger("UPDATE revision_counter SET number = number - 1", "it is numbered above the counter"),
    _ledger("UPDATE revision_counter SET number = number + 1", "it is missing"),
    # SQLite takes any number in a column, and what is between two revisions is read with them.
    _ledger(COPIED.format(columns=REVISION, number=5.5), "it is numbered between two", "sqlite"),
    _ledger(
        "INSERT INTO organization (id, revision, name) VALUES ('x', 5.5, 'X')",
        NO_REVISION,
        "sqlite",
    ),
    _ledger(
        "UPDATE statement SET retracted_in = 5.5, retraction_reason = 'x' WHERE id = '5-1'",
        NO_REVISION,
        "sqlite",
    ),
    # An erasure that nobody recorded.
    _ledger(
        "INSERT INTO erasure (id, revision, about, members, erased_revision, left_digest)"
        " VALUES ('x', 10, 'statement/5-1', '[]', 5, 'x')",
        "what was left of it does not match the digest of its erasure",
    ),
    _ledger(
        "INSERT INTO erasure (id, revision, about, members) VALUES ('x', 10, 'import/x', '[]')",
        UNFIT,
    ),
    # An erasure that was recorded: of another text, of another revision, or gone.
    _ledger("UPDATE erasure SET about = 'statement/5-1'", UNFIT),
    _ledger("""UPDATE erasure SET members = '["note","name"]'""", UNFIT),
    _ledger("UPDATE erasure SET erased_revision = 5", "what was left of it does not match"),
    _ledger("UPDATE erasure SET left_digest = 'x'", "what was left of it does not match"),
    _ledger("UPDATE erasure SET erased_revision = 9999", UNFIT),
    _ledger("DELETE FROM erasure", UNFIT),
    _ledger("UPDATE organization SET name = 'x' WHERE id = 'ho'", "what was left of it"),
    _ledger("UPDATE revision_counter SET erasing = 2", "its erasure was left open"),
    # What is read as before, and compared or ordered as something else.
    _ledger("UPDATE statement SET content = content || ' x' WHERE id = '5-1'", NOT_WRITTEN),
    _ledger(
        'UPDATE statement SET content = \'{"area_ha":"1",\' || substr(content, 2) WHERE id = '
        "'5-1'",
        NOT_WRITTEN,
    ),
    _ledger(
        "UPDATE statement SET content = 'x' WHERE id = '5-1'", "it holds what no release writes"
    ),
    _ledger(
        "UPDATE statement SET content = x'00' WHERE id = '5-1'",
        "it holds what no release writes",
        "sqlite",
    ),
    _ledger(
        "UPDATE revision SET recorded_at = replace(recorded_at, ' ', 'T') WHERE number = 2",
        NOT_WRITTEN,
        "sqlite",
    ),
    _ledger(
        "UPDATE statement SET effective_day = replace(effective_day, '-', '') WHERE id = '5-1'",
        "it holds what no release writes",
        "sqlite",
    ),
    _ledger(
        "UPDATE statement SET authority = 1.5 WHERE id = '5-1'",
        "it holds what no release writes",
        "sqlite",
    ),
)

ACCESS_EDITS = (
    _access(
        "UPDATE access_key SET role = 'administrator', provinces = '[]' WHERE role = 'contributor'",
        NOT_AS_LOGGED,
    ),
    _access(
        """UPDATE access_key SET provinces = '[["19","2025-06-30"]]' WHERE role = 'contributor'""",
        NOT_AS_LOGGED,
    ),
    _access("UPDATE access_key SET secret_hash = 'x' WHERE role = 'contributor'", NOT_AS_LOGGED),
    _access(
        "UPDATE access_key SET expires_at = '2098-01-01 00:00:00.000000' WHERE role = "
        "'contributor'",
        NOT_AS_LOGGED,
    ),
    _access("UPDATE access_key SET name = 'x' WHERE role = 'contributor'", NOT_AS_LOGGED),
    _access(
        "UPDATE access_key SET revoked_at = NULL, revoked_by = NULL, revocation_reason = NULL",
        NOT_AS_LOGGED,
    ),
    _access(
        "UPDATE access_key SET id = 'other' WHERE role = 'contributor'", "is in no entry of the log"
    ),
    _access("DELETE FROM access_key WHERE role = 'contributor'", "is missing"),
    _access(
        "INSERT INTO access_key (id, name, role, provinces, secret_hash, created_at, "
        "created_by, expires_at)"
        " SELECT 'forged', name, 'administrator', '[]', secret_hash, created_at, created_by, "
        "expires_at"
        " FROM access_key WHERE role = 'contributor'",
        "key/forged is in no entry of the log",
    ),
    _access("UPDATE audit_entry SET detail = 'x' WHERE action = 'key_revoked'", UNFIT),
    _access("UPDATE audit_entry SET principal = 'x'", UNFIT),
    _access("UPDATE audit_entry SET count = count + 1", UNFIT),
    _access("UPDATE audit_entry SET address = '192.0.2.1'", UNFIT),
    _access("DELETE FROM audit_entry WHERE action = 'key_revoked'", "is missing"),
    _access("DELETE FROM audit_entry; DELETE FROM audit_link", "is in no entry of the log"),
    _access(
        "INSERT INTO audit_entry (id, recorded_at, action, count, detail)"
        " SELECT 'x', recorded_at, action, count, detail FROM audit_entry WHERE action = "
        "'key_revoked'",
        "entry x of the audit log has no link",
    ),
    _access("UPDATE audit_link SET state = 'x' WHERE number = 1", UNFIT),
    _access("UPDATE audit_link SET digest = 'x' WHERE number = 1", UNFIT),
    _access("DELETE FROM audit_link WHERE number = 1", "link 1 is missing"),
    _access("UPDATE access_session SET key_id = 'other'", NOT_AS_LOGGED),
    _access("UPDATE access_session SET expires_at = '2098-01-01 00:00:00.000000'", NOT_AS_LOGGED),
    _access(
        "UPDATE access_session SET digest = 'other'", "session/other is in no entry of the log"
    ),
    _access("UPDATE proposal SET reason = 'x'", NOT_AS_LOGGED),
    _access("UPDATE proposal SET principal_id = 'key:other', author = 'x'", NOT_AS_LOGGED),
    _access("UPDATE proposal SET state = 'approved'", NOT_AS_LOGGED),
    _access("UPDATE proposal SET body = (SELECT content FROM import_draft)", NOT_AS_LOGGED),
    _access("UPDATE idempotency_key SET status = 500", "does not match its digest"),
    _access("UPDATE idempotency_key SET headers = '{}'", "does not match its digest"),
    _access("UPDATE idempotency_key SET key = 'other'", "does not match its digest"),
    _access("UPDATE idempotency_key SET digest = NULL", "has no digest"),
    _access("UPDATE import_draft SET revision = 9999", NO_REVISION),
    _access("UPDATE import_draft SET content = rows", "does not match its hash"),
    _access("UPDATE access_key SET created_at = 'x'", "cannot be read", "sqlite"),
    # Of which import a proposal is, by which approval decides.
    _access("UPDATE proposal SET import_id = (SELECT id FROM import_draft)", NOT_AS_LOGGED),
    _access("UPDATE proposal SET import_edited = 2", NOT_AS_LOGGED),
    _access("UPDATE proposal SET province_codes = '[]'", NOT_AS_LOGGED),
    _access("UPDATE proposal SET edited = edited + 1", NOT_AS_LOGGED),
    _access("UPDATE proposal SET decided_by = 'x'", NOT_AS_LOGGED),
    _access("UPDATE proposal SET revision = 1", NOT_AS_LOGGED),
    _access("DELETE FROM proposal_province; DELETE FROM proposal", "is missing"),
    # How far an import is.
    _access("UPDATE import_draft SET state = 'committed'", UNFIT_STATE),
    _access("UPDATE import_draft SET state = 'retracted'", UNFIT_STATE),
    _access("UPDATE import_draft SET revision = 5", UNFIT_STATE),
    _access("UPDATE import_draft SET state = 'committed', revision = 5", UNFIT_STATE),
    _access(
        "UPDATE import_draft SET state = 'committed', revision = 5, expires_at = NULL", UNFIT_STATE
    ),
    _access("UPDATE import_draft SET retracted_in = 5", UNFIT_STATE),
    _access("UPDATE import_draft SET outcome = content, state = 'committed'", UNFIT_STATE),
    # Anchors, which are handed out.
    _access("DELETE FROM anchor", "is missing"),
    _access("UPDATE anchor SET revision = 3", NOT_AS_LOGGED),
    _access("UPDATE anchor SET note = 'x'", NOT_AS_LOGGED),
    _access("UPDATE anchor SET recorded_at = '2001-01-01 00:00:00.000000'", NOT_AS_LOGGED),
    _access(
        "INSERT INTO anchor (id, revision, recorded_at, note)"
        " SELECT 'x', revision, recorded_at, note FROM anchor",
        "anchor/x is in no entry of the log",
    ),
)

UNIT_EDITS = (
    Edit("UPDATE admin_unit SET name = 'x' WHERE code = '06'", "units", "is none of the release"),
    Edit(
        "UPDATE admin_unit SET valid_to = NULL WHERE code = '06' AND level = 'province'",
        "units",
        "is none of the release",
    ),
    Edit("DELETE FROM admin_unit WHERE code = '01921'", "units", "is missing"),
    Edit(
        "UPDATE admin_succession SET to_code = '01' WHERE from_code = '06'",
        "units",
        "is none of the release",
    ),
    Edit(
        "UPDATE admin_unit SET longitude = 1 WHERE code = '06' AND level = 'province'",
        "units",
        "is none of the release",
    ),
)

PROJECTION_EDITS = (
    Edit("UPDATE site_version SET area_ha = 1", "projections", "differs in area_ha"),
    Edit(
        "UPDATE site_version SET known_from = 0 WHERE site_id = 'ccn-1' AND known_from = 2",
        "projections",
        "is not what the ledger gives",
    ),
    Edit("UPDATE observation SET value = '28'", "projections", "differs in value"),
    Edit("DELETE FROM site_word WHERE site_id = 'ccn-1'", "projections", "is missing"),
)

FILE_EDITS = (
    Edit(
        "UPDATE statement SET source_id = 'x' WHERE id = '5-1'",
        "file",
        "a row of statement refers to no row of source",
    ),
    Edit(
        "INSERT INTO proposal_province (proposal_id, province, code) VALUES ('x', 'x', 'x')",
        "file",
        "refers to no row of proposal",
    ),
)

_SQLITE, _POSTGRESQL = "sqlite", "postgresql"
SCHEMA_EDITS = (
    _schema("CREATE TABLE notes_of_ours (a INTEGER)", f"the table notes_of_ours {NO_RELEASE}"),
    _schema("CREATE VIEW ours AS SELECT * FROM site", f"the view ours {NO_RELEASE}"),
    _schema("CREATE UNIQUE INDEX ours ON site (id)", f"the unique index ours {NO_RELEASE}"),
    _schema("DROP INDEX ix_site_revision", "the index ix_site_revision is missing"),
    _schema("ALTER TABLE site ADD COLUMN colour TEXT", "site"),
    _schema(
        "ALTER TABLE statement RENAME TO statement_kept; CREATE VIEW statement AS SELECT * FROM "
        "statement_kept",
        "the table statement is missing",
    ),
    _schema("DROP TRIGGER statement_keep", "the trigger statement_keep is missing", _SQLITE),
    _schema(
        "DROP TRIGGER revision_keep; CREATE TRIGGER revision_keep BEFORE DELETE ON revision "
        "BEGIN SELECT 1\\; END",
        "the trigger revision_keep is not as this release makes it",
        _SQLITE,
    ),
    _schema(
        "CREATE TRIGGER ours AFTER INSERT ON audit_entry BEGIN UPDATE access_key SET role = "
        "'administrator'\\; END",
        f"the trigger ours {NO_RELEASE}",
        _SQLITE,
    ),
    # SQLite itself has names like this, and what else is named so is not passed over.
    _schema("CREATE VIEW sqlitexstat AS SELECT 1", f"the view sqlitexstat {NO_RELEASE}", _SQLITE),
    _schema(
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET name = 'sqlite_x', sql ="
        " replace(sql, 'audit_link_fixed', 'sqlite_x') WHERE name = 'audit_link_fixed'",
        f"the trigger sqlite_x {NO_RELEASE}",
        _SQLITE,
    ),
    _schema("DROP TRIGGER audit_link_fixed", "the trigger audit_link_fixed is missing", _SQLITE),
    _schema(
        "DROP TRIGGER statement_keep ON statement",
        "the trigger statement_keep is missing",
        _POSTGRESQL,
    ),
    _schema(
        "ALTER TABLE statement DISABLE TRIGGER statement_fixed",
        "the trigger statement_fixed is not as this release makes it",
        _POSTGRESQL,
    ),
    _schema(
        "ALTER TABLE statement DISABLE TRIGGER ALL",
        "the trigger of a foreign key on statement",
        _POSTGRESQL,
    ),
    _schema(
        "DROP TRIGGER revision_keep ON revision; CREATE TRIGGER revision_keep BEFORE DELETE OR "
        "UPDATE ON revision FOR EACH ROW WHEN (false) EXECUTE FUNCTION refuse_ledger_change()",
        "the trigger revision_keep is not as this release makes it",
        _POSTGRESQL,
    ),
    _schema(
        "CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NEW\\; END'",
        "the function refuse_ledger_change() is not as this release makes it",
        _POSTGRESQL,
    ),
    _schema(
        "CREATE FUNCTION lower(integer) RETURNS text LANGUAGE sql AS 'SELECT ''x'''",
        NO_RELEASE,
        _POSTGRESQL,
    ),
    _schema(
        "CREATE RULE ours AS ON INSERT TO statement DO INSTEAD NOTHING",
        f"the rule ours on statement {NO_RELEASE}",
        _POSTGRESQL,
    ),
    _schema(
        "ALTER TABLE statement ENABLE ROW LEVEL SECURITY",
        "the table statement is not as this release makes it",
        _POSTGRESQL,
    ),
    _schema(
        "ALTER TABLE statement DROP CONSTRAINT fk_statement_source_id",
        "the constraint fk_statement_source_id on statement is missing",
        _POSTGRESQL,
    ),
    _schema(
        "ALTER TABLE site DROP CONSTRAINT ck_site_kind",
        "the constraint ck_site_kind on site is missing",
        _POSTGRESQL,
    ),
    _schema(
        "CREATE TABLE kept_apart (x INTEGER) INHERITS (statement)",
        "the table statement is not as this release makes it",
        _POSTGRESQL,
    ),
    _schema(
        "ALTER TABLE revision_counter ALTER COLUMN number SET DEFAULT 7",
        "the column revision_counter.number is not as this release makes it",
        _POSTGRESQL,
    ),
    _schema(
        "CREATE SCHEMA further; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path ="
        " public, further', current_database())\\; END $$",
        f"the schema further {NO_RELEASE}",
        _POSTGRESQL,
    ),
    _schema(
        "CREATE MATERIALIZED VIEW ours AS SELECT 1 AS x",
        f"the relation ours {NO_RELEASE}",
        _POSTGRESQL,
    ),
)
EDITS = (
    *LEDGER_EDITS,
    *ACCESS_EDITS,
    *UNIT_EDITS,
    *PROJECTION_EDITS,
    *FILE_EDITS,
    *SCHEMA_EDITS,
)
