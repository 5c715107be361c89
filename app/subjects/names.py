"""Names beside ids: of organizations, units and subjects, read at once for a whole page.

An organization has the name that is known at the revision, a unit and a subject that of the day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from sqlalchemy import Date, bindparam, literal, null, select, type_coerce, union_all

from app.core.vocabulary import SubjectType
from app.database.connections import AnyRow, AnySelect, Executor
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
    return _on(rows, at.day)


@cache
def _subject_names(what: SubjectType) -> AnySelect:
    """Select all names that the bound subjects have, as known at the bound revision."""
    history = HISTORIES[what]
    columns = history.versions.c
    return select(history.id.label("id"), columns.name, columns.valid_from).where(
        history.id.in_(bindparam("subjects", expanding=True)),
        columns.known_from <= bindparam("revision"),
        columns.known_to > bindparam("revision"),
    )


def _on(rows: Sequence[AnyRow], day: date) -> _Names:
    """Return of each subject the name of the last version that began by a day, or the first."""
    found: dict[str, str | None] = {}
    for row in sorted(rows, key=lambda row: row.valid_from):
        if row.id not in found or row.valid_from <= day:
            found[row.id] = row.name
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
    referring = {kind: attributes.of_type(kind) for kind in _REFERENCES}
    shown = {"planned", *(name_member(name) for names in referring.values() for name in names)}
    is_needed = not fields or not shown.isdisjoint(fields)
    keys = {kind: _given(rows, names) if is_needed else set() for kind, names in referring.items()}
    found = await _names(connection, keys, at) if any(keys.values()) else {}
    for kind, names in referring.items():
        _add(rows, names, found.get(kind, {}))
    for row in rows:
        for name in attributes.of_type(ValueType.unit):
            on = day or row["valid_from"]
            row[name_member(name)] = units.name_of(UNIT_LEVELS[name], row[name], on)
    return rows


_REFERENCES = (ValueType.organization, ValueType.site)
_BOTH = union_all(
    ORGANIZATION_NAMES.add_columns(
        type_coerce(null(), Date).label("valid_from"),
        literal(ValueType.organization.value).label("kind"),
    ),
    _subject_names(SubjectType.site).add_columns(literal(ValueType.site.value).label("kind")),
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
    rows = (await connection.execute(_BOTH, parameters)).all()
    return {
        ValueType.organization: {
            row.id: row.name for row in rows if row.kind == ValueType.organization
        },
        ValueType.site: _on([row for row in rows if row.kind == ValueType.site], at.day),
    }


def _given(rows: Sequence[Values], attributes: Sequence[str]) -> set[str]:
    """Return the ids that states have for some attributes."""
    lanes = [lane for row in rows for lane in (row, row.get("planned", {}))]
    return {str(lane[name]) for lane in lanes for name in attributes if lane.get(name) is not None}


def _add(rows: Sequence[Values], attributes: Sequence[str], names: _Names) -> None:
    for row in rows:
        row |= {name_member(name): names.get(row[name]) for name in attributes}
        planned: Values = row.get("planned", {})
        known = {name_member(n): names[planned[n]] for n in attributes if planned.get(n) in names}
        if known:
            row["planned"] = planned | known
