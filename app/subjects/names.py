"""Names beside ids: of organizations, units and subjects, read at once for a whole page.

An organization has the name that is known at the revision, a unit and a subject that of the day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from operator import itemgetter

from sqlalchemy import Date, bindparam, literal, null, select, type_coerce, union_all

from app.core.vocabulary import SubjectType
from app.database.connections import AnySelect, Executor
from app.database.prepared import Prepared, any_of
from app.ledger.entries import source_at
from app.ledger.snapshots import At
from app.ledger.sources import ORGANIZATION_NAMES
from app.ledger.tables import SOURCES
from app.subjects.attributes import UNIT_LEVELS, ValueType, name_member
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import HISTORIES, Values
from app.units.units import UnitLevel, Units

_Names = Mapping[str, str | None]
Key = tuple[SubjectType, str]
"""A subject by its type and id."""
_Members = Sequence[tuple[str, str]]
"""Attributes, each with the member that has the name of what it refers to."""


async def names_of_subjects(
    connection: Executor, subjects: Iterable[Key], at: At, units: Units
) -> Mapping[Key, str]:
    """Return the names that subjects of any types have, one query for each type."""
    keys: dict[SubjectType, set[str]] = defaultdict(set)
    for what, key in subjects:
        keys[what].add(key)
    return {
        (what, key): name
        for what, wanted in keys.items()
        for key, name in (await _names_of_type(connection, what, wanted, at, units)).items()
        if name is not None
    }


async def _names_of_type(
    connection: Executor, what: SubjectType, keys: Iterable[str], at: At, units: Units
) -> _Names:
    """Return the names of subjects of one type on a day; their first ones if it lies before."""
    wanted = sorted(set(keys))
    if what is SubjectType.province:
        return {code: units.name_of(UnitLevel.province, code, at.day) for code in wanted}
    if what is SubjectType.source:
        title = source_at("title", literal(at.revision), SOURCES.c.id).label("title")
        titles = select(SOURCES.c.id, title).where(SOURCES.c.id.in_(wanted))
        return {row.id: row.title for row in await connection.execute(titles)}
    parameters = {"subjects": wanted, "revision": at.revision}
    rows = (await connection.execute(_subject_names(what), parameters)).all() if wanted else []
    return _on([(row.id, row.name, row.valid_from) for row in rows], at.day)


@cache
def _subject_names(what: SubjectType) -> AnySelect:
    """Select all names that the bound subjects have, as known at the bound revision."""
    history = HISTORIES[what]
    columns = history.versions.c
    return select(history.id.label("id"), columns.name, columns.valid_from).where(
        any_of(history.id, "subjects"),
        columns.known_from <= bindparam("revision"),
        columns.known_to > bindparam("revision"),
    )


def _on(named: Iterable[tuple[str, str | None, date]], day: date) -> _Names:
    """Return of each subject the name of the last version that began by a day, or the first."""
    found: dict[str, str | None] = {}
    for key, name, begin in sorted(named, key=itemgetter(2)):
        if key not in found or begin <= day:
            found[key] = name
    return found


async def add_names(
    connection: Executor,
    what: SubjectType,
    rows: Sequence[Values],
    at: At,
    units: Units,
    day: date | None = None,
    fields: Collection[str] = (),
) -> Sequence[Values]:
    """Add to states, what is planned included, the names of what they refer to.

    Codes are those of units of a day, or without one of the first day of each state. There is one
    query, whatever the number of states, and none where ``fields`` name no name that needs it.
    """
    attributes = DEFINITIONS[what].attributes
    referring = {kind: _with_names(attributes.of_type(kind)) for kind in _REFERENCES}
    shown = {"planned", *(member for pairs in referring.values() for _, member in pairs)}
    is_needed = not fields or not shown.isdisjoint(fields)
    keys = {kind: _given(rows, pairs) if is_needed else set() for kind, pairs in referring.items()}
    names = await _names(connection, keys, at) if any(keys.values()) else {}
    for kind, pairs in referring.items():
        _add(rows, pairs, names.get(kind, {}))
    for name, member in _with_names(attributes.of_type(ValueType.unit)):
        # A page has the same few units again and again.
        found: dict[tuple[str | None, date], str | None] = {}
        for row in rows:
            key = (row[name], day or row["valid_from"])
            if key not in found:
                found[key] = units.name_of(UNIT_LEVELS[name], *key)
            row[member] = found[key]
    return rows


@cache
def _with_names(attributes: tuple[str, ...]) -> _Members:
    """Return attributes with the members that have the names of what they refer to."""
    return [(name, name_member(name)) for name in attributes]


_REFERENCES = (ValueType.organization, ValueType.site)
_BOTH = Prepared(
    union_all(
        ORGANIZATION_NAMES.add_columns(
            type_coerce(null(), Date).label("valid_from"), literal(False).label("is_site")
        ),
        _subject_names(SubjectType.site).add_columns(literal(True).label("is_site")),
    )
)


async def _names(
    connection: Executor, keys: Mapping[ValueType, Collection[str]], at: At
) -> Mapping[ValueType, _Names]:
    """Return the names of organizations and sites."""
    parameters = {
        "organizations": sorted(keys[ValueType.organization]),
        "subjects": sorted(keys[ValueType.site]),
        "revision": at.revision,
    }
    rows = await _BOTH.rows(connection, parameters)
    sites = [(key, name, day) for key, name, day, is_site in rows if is_site]
    return {
        ValueType.organization: {key: name for key, name, _, is_site in rows if not is_site},
        ValueType.site: _on(sites, at.day),
    }


def _given(rows: Sequence[Values], members: _Members) -> set[str]:
    """Return the ids that states have for some attributes."""
    lanes = [*rows, *(planned for row in rows if (planned := row.get("planned")))]
    return {lane[name] for name, _ in members for lane in lanes if lane.get(name) is not None}


def _add(rows: Sequence[Values], members: _Members, names: _Names) -> None:
    for name, member in members:
        for row in rows:
            row[member] = names.get(row[name])
    for row in rows:
        if planned := row.get("planned"):
            known = {m: names[planned[name]] for name, m in members if planned.get(name) in names}
            row["planned"] = planned | known
