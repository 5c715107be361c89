"""What refers to sources and organizations, where one is merged or withdrawn."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, String, or_, select, type_coerce

from app.core.vocabulary import ChangeSubjectType, SubjectType
from app.database.connections import AnySelect, Executor
from app.ledger.entries import ENTRIES, is_present, kept_at
from app.ledger.tables import OPEN_REVISION, STATEMENTS
from app.subjects.attributes import ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import HISTORIES, History

Key = tuple[str, str]
MOST_NAMED = 5
"""So many of those that refer to something are named."""
STATEMENT_PATH = "/v1/statements/"
_S = STATEMENTS.c
_SOURCES = ENTRIES["source"]


def _names(column: ColumnElement[object], key: str) -> ColumnElement[bool]:
    # Ids are slugs, so none holds a character that LIKE or JSON would read otherwise.
    return type_coerce(column, String).like(f'%"{key}"%')


async def referring_to(
    connection: Executor, named: Key, revision: int, most: int = MOST_NAMED
) -> list[str]:
    """Return the addresses of what refers to a source or an organization, the first of all."""
    found: list[str] = []
    for path, query in _queries(*named):
        rows = await connection.execute(query.limit(most), {"revision": revision})
        found += [f"{path}{key}" for key in rows.scalars()]
    kept = await kept_at(connection, revision)
    found += [f"/v1/organizations/{old}" for old, into in kept.items() if into == named[1]]
    return found[:most]


def _queries(what: str, key: str) -> Iterator[tuple[str, AnySelect]]:
    live = select(_S.id).where(_S.retracted_in.is_(None)).order_by(_S.revision, _S.position)
    if what == ChangeSubjectType.source:
        about = (_S.subject_type == SubjectType.source.value) & (_S.subject_id == key)
        said = or_(_S.source_id == key, about, _names(_S.cites, key))
        yield STATEMENT_PATH, live.where(said)
        return
    is_historic = _S.subject_type != SubjectType.province.value
    yield STATEMENT_PATH, live.where(is_historic, _names(_S.content, key))
    issued = _SOURCES.selected_columns.issuer_id == key
    columns = _SOURCES.with_only_columns(_SOURCES.selected_columns.id, maintain_column_froms=True)
    yield "/v1/sources/", columns.where(is_present(_SOURCES), issued)


async def subjects_naming(connection: Executor, organization: str) -> set[Key]:
    """Return the subjects that have a version, as known now, which names an organization."""
    found: set[Key] = set()
    for what, history in HISTORIES.items():
        rows = await connection.execute(
            select(history.id)
            .where(history.versions.c.known_to == OPEN_REVISION, _shown(history, organization))
            .distinct()
        )
        found |= {(what, key) for key in rows.scalars()}
    return found


def _shown(history: History, organization: str) -> ColumnElement[bool]:
    columns = history.versions.c
    named = DEFINITIONS[history.type].attributes.of_type(ValueType.organization)
    shown = [columns[name] == organization for name in named]
    return or_(*shown, *(_names(columns[n], organization) for n in ("planned",) if n in columns))
