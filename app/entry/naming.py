"""What refers to sources and organizations, where one is merged or withdrawn."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, starmap
from typing import Any

from sqlalchemy import ColumnElement, Row, String, or_, select, type_coerce

from app.core.vocabulary import ChangeSubjectType, SubjectType
from app.database.connections import Executor
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


_FEW = 10
"""Of so many at most the database looks for the names; of more, all statements are read once."""
_SAID = (
    select(_S.id, _S.subject_type, _S.subject_id, _S.source_id, _S.cites, _S.content)
    .where(_S.retracted_in.is_(None))
    .order_by(_S.revision, _S.position)
)
_ISSUER = _SOURCES.selected_columns.issuer_id
_ISSUED = (
    _SOURCES.with_only_columns(_SOURCES.selected_columns.id, _ISSUER, maintain_column_froms=True)
    .where(is_present(_SOURCES))
    .order_by(_SOURCES.selected_columns.id)
)


def _names(column: ColumnElement[object], key: str) -> ColumnElement[bool]:
    # Ids are slugs, so none holds a character that LIKE or JSON would read otherwise.
    return type_coerce(column, String).like(f'%"{key}"%')


async def referring_to(
    connection: Executor, named: Collection[Key], revision: int, most: int = MOST_NAMED
) -> dict[Key, list[str]]:
    """Return the addresses of what refers to sources and organizations, the first ones of each."""
    found: dict[Key, list[str]] = {one: [] for one in named}
    said, issued = _SAID, _ISSUED
    if len(found) <= _FEW:
        said = said.where(or_(*starmap(_may_refer, found)))
        issued = issued.where(_ISSUER.in_([key for _, key in found]))
    for row in await connection.execute(said):
        for one in found.keys() & {*_referred(row)}:
            found[one].append(f"{STATEMENT_PATH}{row.id}")
    issuers = (await connection.execute(issued, {"revision": revision})).all()
    merged = (await kept_at(connection, revision)).items()
    for path, referring in (("/v1/sources/", issuers), ("/v1/organizations/", merged)):
        for key, organization in referring:
            if (one := (ChangeSubjectType.organization, organization)) in found:
                found[one].append(f"{path}{key}")
    return {one: addresses[:most] for one, addresses in found.items()}


def _may_refer(what: str, key: str) -> ColumnElement[bool]:
    """Return a condition of all statements that refer to something, and maybe of others."""
    if what == ChangeSubjectType.source:
        return or_(_S.source_id == key, _S.subject_id == key, _names(_S.cites, key))
    return _names(_S.content, key)


def _referred(row: Row[Any]) -> Iterator[Key]:
    """Yield what a statement refers to, and other texts that it has: no id is like them."""
    yield ChangeSubjectType.source, row.source_id
    yield from ((ChangeSubjectType.source, key) for key in row.cites or ())
    if row.subject_type == SubjectType.source:
        yield ChangeSubjectType.source, row.subject_id
    if row.subject_type != SubjectType.province:
        yield from ((ChangeSubjectType.organization, text) for text in _texts(row.content))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from chain.from_iterable(map(_texts, value.values()))
    elif isinstance(value, Sequence):
        yield from chain.from_iterable(map(_texts, value))


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
