"""Reading subjects: one, many, and their timelines, at a snapshot."""

from collections.abc import Collection, Sequence
from datetime import date
from json import loads
from typing import Any

from sqlalchemy import Column, ColumnElement, String, literal, not_, or_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.core.errors import BadParameterError
from app.core.geometry import Box, read_box
from app.core.messages import Template
from app.core.query_parameters import words_of
from app.core.vocabulary import Boundaries, SiteKind, Unknown
from app.database.connections import Executor
from app.database.paging import mark_of
from app.ledger.entries import led_to
from app.ledger.snapshots import At, Note, Snapshot
from app.subjects.attributes import UNIT_LEVELS, Attribute, ValueType, text_of
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import (
    History,
    Values,
    count_states,
    get_state,
    get_timeline,
    read_dicts,
)
from app.subjects.names import add_names
from app.subjects.orders import Order, Place, list_states, sorted_states, states_by_codes
from app.subjects.query_parameters import (
    HistoryFilter,
    HistoryQuery,
    SitesFilter,
    asks_if_known,
)
from app.subjects.schemas import SCHEMAS
from app.subjects.searching import search_conditions
from app.subjects.shown import in_part, shown
from app.subjects.states import State
from app.units.provinces import explain_unit
from app.units.units import Unit, Units

_UNKNOWN = frozenset(Unknown)
Columns = ReadOnlyColumnCollection[str, Column[object]]
_NO_UNIT_TODAY = Template(
    "subjects.no-unit-today",
    "{fault} Name a unit of {day}, or of the date with boundaries=then.",
)
_NO_UNIT_THEN = Template(
    "subjects.no-unit-then", "{fault} Name a unit of {day}, or give as_of for another date."
)


async def get_detail(
    connection: Executor, history: History, key: str, snapshot: Snapshot, boundaries: Boundaries
) -> Values:
    """Return the state of one subject as its answer shows it; problems say why there is none."""
    state = await get_state(connection, history, key, snapshot.at)
    (values,) = await placed(connection, history, [state], snapshot, boundaries)
    if text := values.get("geometry"):
        values["geometry"] = loads(text)
    return shown(SCHEMAS[history.type].detail, values | _about(snapshot))


async def list_timeline(
    connection: Executor, history: History, key: str, at: At, units: Units
) -> Values:
    """Return the versions of a subject that had begun by a day, oldest first."""
    rows = await get_timeline(connection, history, key, at)
    await add_names(connection, history.type, rows, at, units)
    items = [shown(SCHEMAS[history.type].state, row) for row in rows]
    return {"items": items, "next_cursor": None, "revision": at.revision}


async def list_page(
    connection: Executor, history: History, query: HistoryQuery, snapshot: Snapshot
) -> Values:
    """Return one page of subjects, with the requested ``fields`` where the query has some."""
    where = conditions_of(history, query, snapshot)
    where = await search_conditions(connection, history, query, where)
    mark = mark_of(query, history.type)
    order = await order_of(connection, history, query, snapshot, where)
    page, cursor = await list_states(connection, query, snapshot.at, mark, order)
    fields: Collection[str] = getattr(query, "fields", ())
    rows = await placed(connection, history, page, snapshot, query.boundaries, fields)
    items = [shown(SCHEMAS[history.type].state, row) for row in rows]
    return {
        "items": [in_part(item, fields) for item in items] if fields else items,
        "next_cursor": cursor,
        "count": await count_states(connection, history, query, snapshot.at, where),
        **_about_page(snapshot),
    }


async def placed(
    connection: Executor,
    history: History,
    rows: Sequence[Values],
    snapshot: Snapshot,
    boundaries: Boundaries,
    fields: Collection[str] = (),
) -> Sequence[Values]:
    """Return states with their places in units of the day, or of today, and with all names.

    Names that the requested ``fields``, if any, do without are not looked up.
    """
    day = snapshot.at.day
    if boundaries is Boundaries.now and "province_code" in history.versions.c:
        day = snapshot.today
        rows = [translate_place(row, snapshot) for row in rows]
    about = (snapshot.at, snapshot.units, day, fields)
    return await add_names(connection, history.type, rows, *about)


def translate_place(values: Values, snapshot: Snapshot) -> Values:
    """Replace the codes of a place, which are those of the day, by those of today's units."""
    units, day = snapshot.units, snapshot.at.day
    coded = ((level, text_of(values, name)) for name, level in UNIT_LEVELS.items())
    stated = (units.at(level, code, day) for level, code in coded if code is not None)
    place = units.place_on(snapshot.today, [unit for unit in stated if unit])
    return {
        **values,
        "province_code": place.province_code,
        "district_code": place.district_code,
        "commune_code": place.commune_code,
    }


async def order_of(
    connection: Executor,
    history: History,
    query: HistoryFilter,
    snapshot: Snapshot,
    where: Sequence[ColumnElement[bool]],
    *,
    located: bool = False,
) -> Order:
    """Return the states that meet the conditions, in the order of a query.

    Codes of units are those that answers show: with ``boundaries=now`` the ones of today.
    """
    name = query.sort.removeprefix("-")
    order = sorted_states(history, query.sort, located=located)
    if query.boundaries is Boundaries.now and name in UNIT_LEVELS:
        codes = await _codes_now(connection, history, name, snapshot, where)
        if codes:
            order = states_by_codes(history, query.sort, codes, located=located)
    return order.where(where)


async def _codes_now(
    connection: Executor,
    history: History,
    name: str,
    snapshot: Snapshot,
    where: Sequence[ColumnElement[bool]],
) -> dict[Place, str | None]:
    """Return today's code of a level for each place that the states have."""
    columns = [history.versions.c[level] for level in UNIT_LEVELS]
    places = history.states.where(*where).with_only_columns(*columns).distinct()
    found = await read_dicts(connection, places, snapshot.at.parameters)
    return {
        tuple(place.values()): text_of(translate_place(place, snapshot), name) for place in found
    }


def _about(snapshot: Snapshot) -> dict[str, object]:
    return {"as_of": snapshot.at.day, "revision": snapshot.at.revision}


def _about_page(snapshot: Snapshot) -> dict[str, object]:
    about = _about(snapshot)
    return {"as_of": about["as_of"], **Note.members(snapshot.note), "revision": about["revision"]}


def conditions_of(
    history: History, query: HistoryFilter, snapshot: Snapshot
) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters of a query."""
    columns = history.versions.c
    where = conditions(columns, DEFINITIONS[history.type].state, query, snapshot)
    if not isinstance(query, SitesFilter):
        return where
    if query.bbox is not None:
        where += _meets(columns, read_box(query.bbox))
    # In the index of provinces the kind comes before the times.
    is_named = query.kind or not query.province_code
    return where if is_named else [columns.kind.in_(list(SiteKind)), *where]


def _meets(columns: Columns, box: Box) -> list[ColumnElement[bool]]:
    return [
        columns.west <= box.east,
        columns.east >= box.west,
        columns.south <= box.north,
        columns.north >= box.south,
    ]


def conditions(
    columns: Columns, state: type[State], query: HistoryFilter, snapshot: Snapshot
) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters of a query that the attributes of a state give."""
    wheres: list[ColumnElement[bool]] = []
    given = query.model_fields_set
    for name, member in state.members.items():
        attribute, column = member.attribute, columns[name]
        if name in given and attribute.filtered and (wanted := getattr(query, name)):
            wheres.append(_is_any(column, attribute, wanted, query.boundaries, snapshot))
        elif name in given and asks_if_known(member) and (unknown := getattr(query, name)):
            wheres.append(column.is_(None) if unknown is Unknown.null else column.is_not(None))
        if attribute.range:
            if (least := getattr(query, f"{attribute.range}_min")) is not None:
                wheres.append(column >= least)
            if (most := getattr(query, f"{attribute.range}_max")) is not None:
                wheres.append(column <= most)
    if query.q is not None:
        wheres += [_has_word(columns["search_text"], word) for word in words_of(query.q)]
    return wheres


def _is_any(
    column: ColumnElement[Any],
    attribute: Attribute,
    wanted: Sequence[str],
    boundaries: Boundaries,
    snapshot: Snapshot,
) -> ColumnElement[bool]:
    """Return the condition that a column has any of some values, unknown or known ones among them.

    With ``boundaries=now`` the code of a unit is unknown as well where no unit of today has it.
    """
    name = attribute.name
    known: ColumnElement[bool] = column.is_not(None)
    if name in UNIT_LEVELS and boundaries is Boundaries.now and not _UNKNOWN.isdisjoint(wanted):
        today = snapshot.units.all_at(UNIT_LEVELS[name], snapshot.today)
        codes = [m.code for unit in today for m in snapshot.units.members_on(unit, snapshot.at.day)]
        known = column.in_(codes)
    found: list[ColumnElement[bool]] = []
    if values := [value for value in wanted if value not in _UNKNOWN]:
        codes = _codes_then(name, values, boundaries, snapshot)
        found.append(column.in_(codes))
        if attribute.type is ValueType.organization:
            # One that was merged is to find what is of the one that was kept.
            found.append(column.in_(led_to(codes, snapshot.at.revision)))
    if Unknown.null in wanted:
        found.append(or_(column.is_(None), not_(known)))
    if Unknown.not_null in wanted:
        found.append(known)
    return or_(*found)


def _has_word(column: ColumnElement[object], word: str) -> ColumnElement[bool]:
    return column.like(literal(f"% {word}%", String))


def _codes_then(
    name: str, wanted: Sequence[str], boundaries: Boundaries, snapshot: Snapshot
) -> list[str]:
    """Translate codes of today's units into those of the date, with ``boundaries=now``."""
    if name not in UNIT_LEVELS:
        return list(wanted)
    is_now = boundaries is Boundaries.now
    day = snapshot.today if is_now else snapshot.at.day
    refusal = _NO_UNIT_TODAY if is_now else _NO_UNIT_THEN
    units = snapshot.units
    named = [_existing_unit(name, code, day, units, refusal) for code in wanted]
    return [m.code for unit in named for m in units.members_on(unit, snapshot.at.day)]


def _existing_unit(name: str, code: str, day: date, units: Units, refusal: Template) -> Unit:
    unit = units.at(UNIT_LEVELS[name], code, day)
    if unit is None:
        fault, members = explain_unit(units, UNIT_LEVELS[name], code, day)
        raise BadParameterError.of(name, refusal(fault=fault, day=day), members)
    return unit
