"""Triggers that keep the ledger and the audit log append-only, on both databases.

No UPDATE, DELETE, TRUNCATE or REPLACE of recorded content passes. Only the marks that retract a
statement or withdraw a site or a project may be set, each once. Released migrations use these
functions: change them only together with a new migration.
"""

from collections.abc import Iterable, Mapping

from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, inspect, text

from app.core.vocabulary import HISTORIC, SubjectType

_TYPES = "ck_statement_subject_type"
_REFUSAL = "the ledger is append-only: record a new statement or retract one"
_FIRST_FIXED = ("revision", "source", "organization")
_CORRECTIONS = ("source_correction", "organization_correction")
_ERASURES = "erasure"
_ERASABLE = (*_FIRST_FIXED, *_CORRECTIONS)
"""Tables of which no release changes a row, but for what is erased."""
_FIXED = (*_ERASABLE, _ERASURES)
_Marked = tuple[tuple[str, ...], str, str]
_MARKED: Mapping[str, _Marked] = {
    **{
        what.value: (
            ("id", "revision", *(("kind",) if what is SubjectType.site else ())),
            "withdrawn_in",
            "withdrawal_reason",
        )
        for what in HISTORIC
    },
    "statement": (
        (
            "id",
            "revision",
            "position",
            "subject_type",
            "subject_id",
            "source_id",
            "authority",
            "basis",
            "effective_from",
            "effective_day",
            "date_basis",
            "locator",
            "note",
            "cites",
            "override_reason",
            "content",
            "content_digest",
        ),
        "retracted_in",
        "retraction_reason",
    ),
}
LATER_COLUMNS = ("effective_to", "qualifiers", "values_to", "replaces", "rank_of")
"""The columns of statements that came with a migration, in the order in which they came."""
_FIRST_MARKED = ("site", "project", "statement")
"""Those of the first release; each later type of subject came with a migration."""
LINKED = ("audit_link", "anchor")
"""What came later and is append-only as the audit log is: its chain, and anchors."""
_ACCESS = ("audit_entry", *LINKED)
_ERASING = """
    IF TG_OP = 'UPDATE' AND EXISTS (
        SELECT FROM {erasures} e WHERE e.revision = (SELECT {open} FROM revision_counter)
            AND TG_TABLE_NAME <> '{erasures}' AND e.erased_revision::text IN (
                coalesce(to_jsonb(OLD)->>'revision', to_jsonb(OLD)->>'number'),
                to_jsonb(OLD)->>'retracted_in', to_jsonb(OLD)->>'withdrawn_in')
    ) THEN RETURN NEW; END IF;
    """
"""Lets rows be blanked while an erasure is open, if it erases something of their revisions."""
_KEYS = {"revision": ("number",), **dict.fromkeys(_CORRECTIONS, ("id", "revision"))}

GUARDS = {
    "sqlite": frozenset(
        f"{table}_{kind}"
        for table in (*_FIXED, *_MARKED, *_ACCESS)
        for kind in ("keep", "fixed", "once")
    ),
    "postgresql": frozenset(
        [f"{table}_{kind}" for table in (*_FIXED, *_MARKED, *_ACCESS) for kind in ("keep", "whole")]
        + [f"{table}_fixed" for table in _MARKED]
    ),
}
"""The names of the triggers that a database of this release must have, by dialect."""


def guard_ledger() -> None:
    """Create the triggers of the ledger of the first release in the database being migrated."""
    if op.get_bind().dialect.name == "postgresql":
        _make_refusal()
    _guard(*_FIRST_FIXED, *_FIRST_MARKED)


def _make_refusal() -> None:
    """Create the function that refuses a change, but for what is being erased."""
    names = {"erasures": _ERASURES, "open": _open_erasure()}
    excepted = _ERASING.format(**names) if _has_erasures() else ""
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {excepted}RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    )


def _has_erasures() -> bool:
    return _has_table(_ERASURES)


def _has_table(name: str) -> bool:
    return inspect(op.get_bind()).has_table(name)


def _open_erasure() -> str:
    """Return the column of the counter that names the revision by which rows may be blanked.

    Until migration 0032 that was the last one, for as long as it was the last.
    """
    columns = inspect(op.get_bind()).get_columns("revision_counter")
    return "erasing" if "erasing" in {column["name"] for column in columns} else "number"


def guard_erasures() -> None:
    """Guard the erasures, and let them be carried out; without their table nothing is."""
    renew_erasing()
    if _has_erasures():
        _guard(_ERASURES)


def renew_erasing() -> None:
    """Make the triggers anew that let rows be blanked by an erasure."""
    if op.get_bind().dialect.name == "postgresql":
        _make_refusal()
    else:
        for table in _ERASABLE:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_fixed")
            _fix_all_sqlite(table)
        # Types of subjects that came with a later migration have no table yet.
        for table in filter(_has_table, _MARKED):
            first, mark, reason = _MARKED[table]
            columns = (*first, *(LATER_COLUMNS if table == "statement" else ()))
            _renew(table, (columns, mark, reason))


def unguard_erasures() -> None:
    """Drop the triggers that read what is to be dropped: the erasures, or which is open."""
    if op.get_bind().dialect.name == "postgresql":
        return
    for table in (*_ERASABLE, *_MARKED):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_fixed")


def guard_corrections() -> None:
    """Create the triggers of the tables in which entries are corrected."""
    _guard(*_CORRECTIONS)


def admit_subject(what: str) -> None:
    """Let statements be about a new type of subject, and guard the table of its registrations.

    A migration that adds a type calls this: drafts see neither the types that a statement can be
    about nor triggers.
    """
    connection = op.get_bind()
    constraints = inspect(connection).get_check_constraints("statement")
    known = next(one["sqltext"] for one in constraints if one["name"] == _TYPES)
    wider = f"{known} OR subject_type = '{what}'"
    if connection.dialect.name == "postgresql":
        op.drop_constraint(_TYPES, "statement", type_="check")
        op.create_check_constraint(_TYPES, "statement", wider)
    else:
        _widen_sqlite(connection, known, wider)
    _guard(what)


def _widen_sqlite(connection: Connection, known: str, wider: str) -> None:
    """Let a constraint take more, in the way that SQLite describes for changes of the schema alone.

    To make the table anew would copy all its rows, and lose its triggers.
    """
    version = connection.execute(text("PRAGMA schema_version")).scalar_one()
    connection.execute(text("PRAGMA writable_schema = ON"))
    replaced = (
        "UPDATE sqlite_schema SET sql = replace(sql, :known, :wider) WHERE name = 'statement'"
    )
    connection.execute(text(replaced), {"known": known, "wider": wider})
    connection.execute(text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(text("PRAGMA writable_schema = OFF"))


def guard_later_columns(*columns: str) -> None:
    """Keep these columns, which were added later, from being changed, as the first ones are.

    Before a column is dropped it is left out.
    """
    first, mark, reason = _MARKED["statement"]
    _renew("statement", ((*first, *columns), mark, reason))


def _renew(table: str, marked: _Marked) -> None:
    """Create the trigger anew that lets only the marks of a table be set."""
    is_server = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER IF EXISTS {table}_fixed" + (f" ON {table}" if is_server else ""))
    (_fix_postgresql if is_server else _fix_sqlite)(table, marked)


def _guard(*tables: str) -> None:
    marked = {table: _MARKED[table] for table in tables if table in _MARKED}
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql(tables, marked)
    else:
        _guard_sqlite(tables, marked)


def _refusing() -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"


def _guard_sqlite(tables: Iterable[str], marked: Mapping[str, _Marked]) -> None:
    for table in tables:
        keys = _KEYS.get(table, ("id",))
        op.execute(f"CREATE TRIGGER {table}_keep BEFORE DELETE ON {table} {_refusing()}")
        # INSERT OR REPLACE deletes without a delete trigger, so it is refused here.
        same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (own names)
        op.execute(
            f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} WHEN {taken} {_refusing()}"
        )
        if table not in marked:
            _fix_all_sqlite(table)
    for table, columns in marked.items():
        _fix_sqlite(table, columns)


def _fix_all_sqlite(table: str) -> None:
    when = f"WHEN NOT {_erasing(table)} " if table in _ERASABLE and _has_erasures() else ""
    op.execute(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} {when}{_refusing()}")


def _fix_sqlite(table: str, marked: _Marked) -> None:
    columns, mark, reason = marked
    unchanged = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
    allowed = f"{unchanged} AND {_marking(mark, reason)}"
    if _has_erasures():
        allowed = f"{allowed} OR {_erasing(table, mark)}"
    op.execute(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} WHEN NOT ({allowed}) {_refusing()}"
    )


def _erasing(table: str, *marks: str) -> str:
    """Return the condition that the open erasure is of something of the revision of a row."""
    columns = ("number" if table == "revision" else "revision", *marks)
    named = ", ".join(f"OLD.{column}" for column in columns)
    return (
        f"EXISTS (SELECT 1 FROM {_ERASURES} WHERE revision = "  # noqa: S608 (own names)
        f"(SELECT {_open_erasure()} FROM revision_counter) AND erased_revision IN ({named}))"
    )


def _marking(mark: str, reason: str) -> str:
    return f"OLD.{mark} IS NULL AND NEW.{mark} IS NOT NULL AND NEW.{reason} IS NOT NULL"


def _guard_postgresql(tables: Iterable[str], marked: Mapping[str, _Marked]) -> None:
    for table in tables:
        changes = "DELETE" if table in marked else "DELETE OR UPDATE"
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE {changes} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()"
        )
    for table, columns in marked.items():
        _fix_postgresql(table, columns)


def _fix_postgresql(table: str, marked: _Marked) -> None:
    columns, mark, reason = marked
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    op.execute(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({changed} OR NOT ({_marking(mark, reason)})) "
        "EXECUTE FUNCTION refuse_ledger_change()"
    )


_AUDIT_REFUSAL = "the audit log is append-only"
_ACCESS_KEYS = {"audit_link": "number"}


def guard_audit() -> None:
    """Create the triggers of the audit log in the database being migrated."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{_AUDIT_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
    guard_access("audit_entry")


def guard_access(*tables: str) -> None:
    """Create the triggers of tables that are append-only as the audit log is."""
    is_server = op.get_bind().dialect.name == "postgresql"
    for table in tables:
        (_guard_access_postgresql if is_server else _guard_access_sqlite)(table)


def _guard_access_postgresql(table: str) -> None:
    for name, when, what in (
        ("keep", "DELETE OR UPDATE", "ROW"),
        ("whole", "TRUNCATE", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} "
            f"FOR EACH {what} EXECUTE FUNCTION refuse_audit_change()"
        )


def _guard_access_sqlite(table: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_AUDIT_REFUSAL}'); END"
    key = _ACCESS_KEYS.get(table, "id")
    taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 (own names)
    for name, when in (
        ("keep", f"DELETE ON {table}"),
        ("fixed", f"UPDATE ON {table}"),
        # INSERT OR REPLACE deletes without a delete trigger, so it is refused here.
        ("once", f"INSERT ON {table} {taken}"),
    ):
        op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {when} {refuse}")


def unguard_access(*tables: str) -> None:
    """Drop the triggers of tables of which rows are to go; those of dropped tables go with them."""
    is_server = op.get_bind().dialect.name == "postgresql"
    for table in tables:
        for name in ("keep", "whole") if is_server else ("keep", "fixed", "once"):
            op.execute(
                f"DROP TRIGGER IF EXISTS {table}_{name}" + (f" ON {table}" if is_server else "")
            )


def unguard_audit() -> None:
    """Drop what ``guard_audit`` created and dropping the table does not drop."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_audit_change CASCADE")


def renew_guards(connection: Connection) -> None:
    """Create all triggers anew, whatever an operator did to them."""
    with Operations.context(MigrationContext.configure(connection)):
        if connection.dialect.name == "postgresql":
            op.execute("DROP FUNCTION IF EXISTS refuse_ledger_change CASCADE")
        else:
            for name in sorted(GUARDS["sqlite"]):
                op.execute(f"DROP TRIGGER IF EXISTS {name}")
        unguard_audit()
        guard_ledger()
        guard_later_columns(*LATER_COLUMNS)
        guard_corrections()
        _guard(*(table for table in _MARKED if table not in _FIRST_MARKED))
        if _has_erasures():
            _guard(_ERASURES)
        guard_audit()
        guard_access(*LINKED)
