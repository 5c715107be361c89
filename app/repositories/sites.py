"""Reading sites: one, many, and their timelines, as of a date and as known at a revision."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from app.domain.attributes import UNIT_LEVELS
from app.domain.timeline import FOREVER
from app.domain.units import Unit, UnitLevel, Units
from app.domain.vietnamese import search_words
from app.domain.vocabulary import Boundaries, SiteKind
from app.errors import BadParameterError, NotFoundError, WithdrawnError
from app.models.columns import HectaresNumber, HectaresType, PercentNumber, PercentType
from app.repositories.paging import Cursor, mark_of, read_cursor
from app.repositories.provinces import explain_unit
from app.repositories.snapshots import At, Executor
from app.repositories.tables import SITE_VERSIONS, SITES
from app.schemas.queries import SitesQuery
from app.schemas.sites import Site, SiteDetail, SitePage, SiteTimeline

_V = SITE_VERSIONS.c
_HIDDEN = {"site_id", "known_to", "valid_to", "name_sort", "search_text"}
_NUMBERS: dict[type[Any], type[HectaresNumber]] = {
    HectaresType: HectaresNumber,
    PercentType: PercentNumber,
}
_FILTERS = (
    "kind",
    "province_code",
    "district_code",
    "commune_code",
    "stage",
    "planning_status",
    "legal_status",
    "clearance_status",
    "clearance_stage",
    "construction_status",
    "operation_status",
    "investor",
    "managing_body",
)
_RANGES = (
    ("area_min", "area_ha", "__ge__"),
    ("area_max", "area_ha", "__le__"),
    ("occupancy_min", "occupancy_pct", "__ge__"),
    ("occupancy_max", "occupancy_pct", "__le__"),
)
_NEVER_NULL = {"name", "id", "stage", "known_from"}


def _shown(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Read areas and rates as JSON numbers."""
    number = _NUMBERS.get(type(column.type))
    return type_coerce(column, number()).label(column.key) if number else column


_SHOWN: Sequence[ColumnElement[Any]] = (
    _V.site_id.label("id"),
    *(_shown(column) for column in _V if column.key not in _HIDDEN),
    func.nullif(_V.valid_to, literal(FOREVER), type_=_V.valid_to.type).label("valid_to"),
)


_KNOWN = and_(_V.known_from <= bindparam("revision"), _V.known_to > bindparam("revision"))
_HOLDS = and_(_KNOWN, _V.valid_from <= bindparam("day"), _V.valid_to > bindparam("day"))
# Put together once: building a statement of so many columns costs more than executing it.
_STATES = select(*_SHOWN).where(_HOLDS)
_STATE = _STATES.where(_V.site_id == bindparam("site_id"))
_TIMELINE = (
    select(*_SHOWN)
    .where(_KNOWN, _V.site_id == bindparam("site_id"), _V.valid_from <= bindparam("day"))
    .order_by(_V.valid_from)
)


def retell(values: dict[str, Any], told_by: At, units: Units, today: At) -> dict[str, Any]:
    """Replace the codes of a place by those of today's units."""
    stated = _units_of(values, told_by, units)
    place = units.place_on(today.day, stated)
    return values | {
        "province_code": place.province_code,
        "district_code": place.district_code,
        "commune_code": place.commune_code,
    }


def _units_of(values: Mapping[str, Any], at: At, units: Units) -> list[Unit]:
    coded = ((level, values[f"{level}_code"]) for level in UnitLevel)
    found = (units.at(level, code, at.day) for level, code in coded if code is not None)
    return [unit for unit in found if unit]


async def get_site(connection: Executor, site_id: str, at: At) -> dict[str, Any]:
    """Return the shown values of one site; problems say why there are none."""
    rows = await _dicts(connection, _STATE, {"site_id": site_id, **at.parameters})
    if not rows:
        await _explain_absence(connection, site_id, at)
    return rows[0]


async def _dicts(
    connection: Executor, query: Select[Any], parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return rows as dictionaries, without a mapping object for each."""
    found = await connection.execute(query, parameters)
    names = list(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.all()]


async def check_registered(connection: Executor, site_id: str, revision: int) -> Row[Any]:
    """Return the registration of a site that is known at a revision, withdrawn or not."""
    query = select(SITES).where(SITES.c.id == site_id, SITES.c.revision <= revision)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        detail = f"No site {site_id!r} is registered at revision {revision}; see /v1/sites?q=…"
        raise NotFoundError(detail)
    return row


async def _explain_absence(connection: Executor, site_id: str, at: At) -> None:
    site = await check_registered(connection, site_id, at.revision)
    if site.withdrawn_in is not None and site.withdrawn_in <= at.revision:
        detail = (
            f"Site {site_id!r} was withdrawn in revision {site.withdrawn_in} "
            f"({site.withdrawal_reason}). Its statements stay readable, and so does the site at "
            f"revision={site.withdrawn_in - 1}."
        )
        raise WithdrawnError(detail, members={"withdrawn_in": site.withdrawn_in})
    first = select(func.min(_V.valid_from)).where(
        _V.site_id == site_id, _V.known_from <= at.revision, _V.known_to > at.revision
    )
    day = (await connection.execute(first)).scalar_one()
    if day is None:
        raise NotFoundError(f"No live statement says anything of site {site_id!r}.")
    raise NotFoundError(
        f"Nothing is stated of site {site_id!r} for {at.day}; what is known begins on {day}."
    )


async def get_timeline(connection: Executor, site_id: str, at: At) -> SiteTimeline:
    """Return the versions of a site that had begun by a day, oldest first."""
    rows = await _dicts(connection, _TIMELINE, {"site_id": site_id, **at.parameters})
    if not rows:
        await _explain_absence(connection, site_id, at)
    items = [Site.model_validate(values) for values in rows]
    return SiteTimeline(items=items, next_cursor=None, revision=at.revision)


async def list_sites(
    connection: Executor, query: SitesQuery, at: At, units: Units, today: At
) -> SitePage:
    """Return one page of sites."""
    mark = mark_of(query)
    selected, column, descending = _sorted(query.sort)
    if conditions := _conditions(query, at, units, today):
        selected = selected.where(*conditions)
    if query.cursor is not None:
        kind = int if column.type.python_type is not str else str
        never_null = query.sort.removeprefix("-") in _NEVER_NULL
        cursor = read_cursor(query.cursor, mark, [kind if never_null else kind | None, str])
        selected = selected.where(_after(column, descending, cursor.keys, query))
    rows = await _dicts(connection, selected.limit(query.limit + 1), at.parameters)
    page = rows[: query.limit]
    keys = [(values.pop("sort_key"), values["id"]) for values in page]
    if query.boundaries is Boundaries.now:
        page = [retell(values, at, units, today) for values in page]
    more = len(rows) > query.limit
    return SitePage(
        items=[Site.model_validate(values) for values in page],
        next_cursor=Cursor(mark, at.revision, at.day, keys[-1]).encode() if more else None,
        as_of=at.day,
        revision=at.revision,
    )


@lru_cache
def _sorted(sort: str) -> tuple[Select[Any], ColumnElement[Any], bool]:
    """Return all states in an order, the column that they are ordered by, and the direction."""
    name = sort.removeprefix("-")
    descending = sort.startswith("-")
    column = _raw({"name": _V.name_sort, "id": _V.site_id}.get(name, _V.get(name)))
    order = column.desc() if descending else column.asc()
    tie = _V.site_id.desc() if descending else _V.site_id.asc()
    ordered = _STATES.add_columns(column.label("sort_key")).order_by(
        order if name in _NEVER_NULL else order.nulls_last(), tie
    )
    return ordered, column, descending


def _raw(column: Any) -> ColumnElement[Any]:
    """Sort and compare quantities as the whole numbers they are stored as."""
    is_number = isinstance(column.type, HectaresType | PercentType | Integer)
    return type_coerce(column, BigInteger) if is_number else column


def _after(
    column: ColumnElement[Any],
    descending: bool,
    keys: Sequence[Any],
    query: SitesQuery,
) -> ColumnElement[bool]:
    """Return the condition that a row comes after the keys; unknown values come last."""
    value, site_id = keys
    further = _V.site_id < site_id if descending else _V.site_id > site_id
    if value is None:
        return and_(column.is_(None), further)
    beyond = column < value if descending else column > value
    after = or_(beyond, and_(column == value, further))
    return after if query.sort.removeprefix("-") in _NEVER_NULL else or_(after, column.is_(None))


def _conditions(query: SitesQuery, at: At, units: Units, today: At) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.province_code and not query.kind:
        # The index of provinces has the kind before the times: naming all kinds opens it.
        conditions.append(_V.kind.in_(list(SiteKind)))
    for name in _FILTERS:
        if wanted := getattr(query, name):
            codes = _codes_then(name, wanted, at, units, today, query.boundaries)
            conditions.append(_V[name].in_(codes))
    for parameter, name, comparison in _RANGES:
        bound = getattr(query, parameter)
        if bound is not None:
            conditions.append(getattr(_V[name], comparison)(bound))
    if query.q is not None:
        conditions += [_has_word(word) for word in _words(query.q)]
    return conditions


def _words(q: str) -> list[str]:
    words = search_words(q)
    if not words:
        raise BadParameterError.of("q", "Give at least one letter or digit to search for.")
    return words


def _has_word(word: str) -> ColumnElement[bool]:
    return _V.search_text.like(literal(f"% {word}%", String))


def _codes_then(
    name: str, wanted: Sequence[str], at: At, units: Units, today: At, boundaries: Boundaries
) -> list[str]:
    """Turn codes of today's units into those of the date, where today's are asked for."""
    if name not in UNIT_LEVELS:
        return list(wanted)
    day = today.day if boundaries is Boundaries.now else at.day
    asked = [_unit_asked(name, code, day, units) for code in wanted]
    return [member.code for unit in asked for member in units.members_on(unit, at.day)]


def _unit_asked(name: str, code: str, day: date, units: Units) -> Unit:
    unit = units.at(UNIT_LEVELS[name], code, day)
    if unit is None:
        detail, members = explain_unit(units, UNIT_LEVELS[name], code, day)
        hint = f"{detail} Name a unit of {day}, or give as_of for another date."
        raise BadParameterError.of(name, hint, members)
    return unit


def as_detail(values: Mapping[str, Any], at: At) -> SiteDetail:
    """Make the answer for one site."""
    return SiteDetail.model_validate({**values, "as_of": at.day, "revision": at.revision})
