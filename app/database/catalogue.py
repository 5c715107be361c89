"""What a database consists of beside its rows, compared with what the migrations make.

The migrations of this release run in an empty place that is thrown away: on SQLite in memory, on
PostgreSQL in a schema of its own in a transaction that is rolled back. So both are read by the same
server, and definitions are compared as the catalogue has them.
"""

import re
from collections.abc import Iterator, Mapping
from secrets import token_hex

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.database import Database
from app.database.failures import sqlstate
from app.database.schema import make

Objects = Mapping[tuple[str, str], str]
"""Definitions by the type and the name of each object."""
# Indexes of constraints have no definition of their own, and what ANALYZE counts decides nothing.
_SQLITE = text(
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE NOT (type = 'index' AND sql IS NULL)"
    " AND NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4'))"
)
_OURS = (
    "n.nspname = current_schema() AND NOT EXISTS "
    "(SELECT FROM pg_depend d WHERE d.objid = {} AND d.deptype = 'e')"
)
"""In the schema of the register, and not of an extension that an operator installed."""
_POSTGRESQL = (
    # Tables, and what else has columns.
    """
    SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' ELSE 'relation' END,
        c.relname, concat_ws(' ', c.relkind, c.relpersistence, c.relrowsecurity,
            c.relforcerowsecurity, c.relispartition,
            (SELECT count(*) FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)),
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind NOT IN ('i', 'I', 't') AND {ours:c.oid}
    """,
    """
    SELECT 'column', c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid,
        a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, o.collname,
        pg_get_expr(e.adbin, e.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_collation o ON o.oid = a.attcollation
        LEFT JOIN pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
    WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND {ours:c.oid}
    """,
    # That columns are not null is listed with them; releases of the server keep it differently.
    """
    SELECT 'constraint', k.conname || ' on ' || c.relname,
        concat_ws(' ', k.convalidated, pg_get_constraintdef(k.oid, true))
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype NOT IN ('n', 't') AND {ours:c.oid}
    """,
    """
    SELECT CASE WHEN i.indisunique OR i.indexprs IS NOT NULL THEN 'unique index' ELSE 'index' END,
        c.relname, concat_ws(' ', i.indisvalid, i.indisready, pg_get_indexdef(c.oid, 0, true))
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class r ON r.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = r.relnamespace
    WHERE r.relkind = 'r' AND {ours:c.oid}
    """,
    # A trigger that fires for replicas only does not fire here.
    """
    SELECT 'trigger', t.tgname, concat_ws(' ', t.tgenabled IN ('O', 'A'),
        pg_get_triggerdef(t.oid, true))
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND {ours:c.oid}
    """,
    """
    SELECT 'trigger', 'of a foreign key on ' || c.relname, 'off'
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE t.tgisinternal AND t.tgenabled NOT IN ('O', 'A') AND {ours:c.oid}
    """,
    """
    SELECT 'function', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
        concat_ws(' ', l.lanname, p.prosecdef, p.proconfig, p.prosrc)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        JOIN pg_language l ON l.oid = p.prolang
    WHERE {ours:p.oid}
    """,
    """
    SELECT 'rule', r.rulename || ' on ' || c.relname, pg_get_ruledef(r.oid, true)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
        JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rulename <> '_RETURN' AND {ours:c.oid}
    """,
    """
    SELECT 'policy', p.polname || ' on ' || c.relname, p.polcmd::text
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {ours:c.oid}
    """,
    """
    SELECT 'operator', o.oprname, concat_ws(' ', o.oprleft::regtype, o.oprright::regtype)
    FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
    WHERE {ours:o.oid}
    """,
    # What stands further back in the search path can be meant by a name, too.
    "SELECT 'schema', s, '' FROM unnest(current_schemas(false)) s WHERE s <> current_schema()",
    "SELECT 'event trigger', evtname, evtenabled::text FROM pg_event_trigger",
)
_QUERIES = [text(re.sub(r"\{ours:(.*?)\}", lambda m: _OURS.format(m[1]), q)) for q in _POSTGRESQL]
_HARMLESS = "index"
"""An index that an operator added answers as the table does; a unique one may refuse writes."""
_NOT_ALLOWED = {"42501", "25006"}
"""The codes of PostgreSQL for a lack of rights and for a standby, which takes no schema."""
_wanted: dict[str, Objects] = {}


class NotComparedError(Exception):
    """The role may not make the place in which the migrations run."""


async def strange_objects(database: Database) -> list[str]:
    """Return where a database at the newest migration is not what the migrations make.

    ``NotComparedError`` on PostgreSQL if the role may not create a schema, or on a standby.
    """
    async with database.read() as connection:
        present = await connection.run_sync(_objects)
        version = await connection.run_sync(_server)
    if version not in _wanted:
        _wanted[version] = await _made_anew(database)
    return list(_differing(present, _wanted[version]))


def _server(connection: Connection) -> str:
    return f"{connection.dialect.name} {connection.dialect.server_version_info}"


def _objects(connection: Connection) -> Objects:
    if connection.dialect.name == "postgresql":
        rows = [row for query in _QUERIES for row in connection.execute(query)]
        return {(kind, name): definition for kind, name, definition in rows}
    return {
        (_kind(kind, sql), name): f"{table} {_normalised(sql or '')}"
        for kind, name, table, sql in connection.execute(_SQLITE)
    }


def _kind(kind: str, sql: str | None) -> str:
    is_plain = kind != "index" or (sql or "").upper().startswith("CREATE INDEX")
    return kind if is_plain else f"unique {kind}"


def _normalised(sql: str) -> str:
    """Write a definition without what SQLite adds or leaves when a table is renamed."""
    return " ".join(sql.replace('"', "").split())


async def _made_anew(database: Database) -> Objects:
    """Return what the migrations make, on the same kind of server."""
    async with database.read() as connection:
        if connection.dialect.name == "sqlite":
            return _made_in_memory()
    try:
        async with database.dry_run() as session:
            name = f"icr_verify_{token_hex(8)}"
            await session.execute(text(f"CREATE SCHEMA {name}"))
            await session.execute(text(f"SET LOCAL search_path TO {name}"))
            return await (await session.connection()).run_sync(_made_by_migrations)
    except DBAPIError as error:
        if sqlstate(error) in _NOT_ALLOWED:
            raise NotComparedError(str(error.orig)) from error
        raise


def _made_in_memory() -> Objects:
    with create_engine("sqlite://").begin() as connection:
        return _made_by_migrations(connection)


def _made_by_migrations(connection: Connection) -> Objects:
    make(connection)
    return _objects(connection)


def _differing(present: Objects, wanted: Objects) -> Iterator[str]:
    for (kind, name), definition in sorted(wanted.items()):
        if (kind, name) not in present:
            yield f"the {kind} {name} is missing or off"
        elif present[kind, name] != definition:
            yield f"the {kind} {name} is not as this release makes it"
    for kind, name in sorted(present.keys() - wanted.keys()):
        if kind != _HARMLESS:
            yield f"the {kind} {name} is of no release"
