"""Provenance: the statement that decides each attribute of a site or project."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from json import loads

from app.core.vocabulary import Lane, SiteKind, SubjectType
from app.database.connections import AnyRow, Executor
from app.database.paging import mark_of
from app.ledger.snapshots import At, Note, Snapshot
from app.ledger.statements import live_statements, live_with_sources
from app.ledger.tables import Statement
from app.subjects.attributes import PLANNED, UNIT_LEVELS, Catalogue, Hedge, text_of
from app.subjects.definitions import DEFINITIONS, Subject, SubjectDefinition, definition_of
from app.subjects.derived import UNCOUNTED
from app.subjects.fold import Assertion, deciding
from app.subjects.histories import SITE_HISTORY, History, Values, count_states, get_state
from app.subjects.orders import list_states
from app.subjects.projection import assertion_of
from app.subjects.queries import conditions_of, order_of
from app.subjects.query_parameters import ValuesQuery
from app.subjects.schemas import (
    DerivedValue,
    Effect,
    Provenance,
    ProvenanceList,
    SiteValue,
    ValuePage,
)
from app.subjects.searching import search_conditions
from app.units.units import Unit, UnitLevel, Units

_PLACES = {*UNIT_LEVELS, "geometry"}
"""What a subject is derived nothing from but where it is on a map."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What decides each attribute of a subject on a day; what is planned has names of its own."""

    day: date
    catalogue: Catalogue
    live: Mapping[str, Assertion]
    """The statements that count, by id."""
    decided: Mapping[str, Assertion]
    denied: Mapping[str, Assertion]
    """Of each level of the place that is said to lie elsewhere, the statement that says so."""

    def effects(self, statement_id: str, basis: str, given: Iterable[str]) -> list[Effect]:
        """Return of each attribute that a statement gives whether it is in effect."""
        said = self.live.get(statement_id)
        names = self.catalogue.in_lanes(basis, dict.fromkeys(given))
        return [self._effect(name, said) for name in names]

    def _effect(self, name: str, said: Assertion | None) -> Effect:
        covers = said is not None and said.effective_day <= self.day < said.end_day
        by = self.decided.get(name)
        if by is said:
            by = self.denied.get(name, by)
        in_effect = by is not None and by is said
        attribute, lane = _named(name)
        return Effect(
            attribute=attribute,
            lane=lane,
            in_effect=in_effect,
            displaced_by=_id(by) if by and covers and not in_effect else None,
        )


def _id(assertion: Assertion) -> str:
    return f"{assertion.revision}-{assertion.position}"


def _named(name: str) -> tuple[str, Lane]:
    """Return the attribute and the lane that the fold has a name for."""
    lane = Lane.planned if name.startswith(PLANNED) else Lane.actual
    return name.removeprefix(PLANNED), lane


def _decisions(
    what: SubjectType, rows: Iterable[Statement | AnyRow], day: date, units: Units
) -> Decisions:
    catalogue = DEFINITIONS[what].attributes
    live = {str(row.id): assertion_of(row) for row in rows}
    decided = deciding(live.values(), day, catalogue.rules)
    return Decisions(day, catalogue, live, decided, dict(_denied(decided, units)))


def _denied(decided: Mapping[str, Assertion], units: Units) -> Iterator[tuple[str, Assertion]]:
    """Yield each level of a place that lies elsewhere than a weightier one, with the weightiest."""
    named = [(name, by, unit) for name, by in _placing(decided) if (unit := _unit(name, by, units))]
    fitting = units.fitting((by.effective_day, unit) for _, by, unit in named)
    for name, _, unit in named:
        if unit not in fitting:
            yield name, named[0][1]


def _placing(decided: Mapping[str, Assertion]) -> list[tuple[str, Assertion]]:
    """Return what decides the levels of a place: the weightiest first, of one the most precise."""
    named = [(name, decided[name]) for name in reversed(UNIT_LEVELS) if name in decided]
    return sorted(named, key=lambda pair: pair[1].rank, reverse=True)


def _unit(name: str, by: Assertion, units: Units) -> Unit | None:
    """Return the unit that a statement names at a level; ``None`` where it clears it."""
    code = text_of(by.values, name)
    return units.at(UNIT_LEVELS[name], code, by.effective_day) if code else None


async def read_decisions(
    connection: Executor, subject: tuple[SubjectType, str], at: At, units: Units
) -> Decisions:
    """Return what decides each attribute of a subject on a day."""
    rows = await live_statements(connection, subject, at.revision)
    return _decisions(subject[0], rows, at.day, units)


async def get_provenance(
    connection: Executor, history: History, key: str, at: At, units: Units
) -> ProvenanceList:
    """Return the deciding statement of each attribute that a subject shows or that is cleared."""
    state = await get_state(connection, history, key, at)
    rows = await live_with_sources(connection, history.type, [key], at.revision)
    decisions = _decisions(history.type, rows, at.day, units)
    row_of = {str(row.id): row for row in rows}
    decided = decisions.decided.items()
    found = {n: by for n, by in decided if n not in UNIT_LEVELS or by.values[n] is None}
    found |= dict(_places(decisions.decided, state, at, units))
    items = [
        _provenance(name, by, row_of[_id(by)], _value(state, name, decisions.catalogue))
        for name, by in sorted(found.items())
    ]
    kind = state.get("kind")
    subject = Subject(history.type, key, SiteKind(kind) if kind else None)
    return ProvenanceList(
        items=items,
        derived=list(_derived(subject, state, decisions)),
        next_cursor=None,
        as_of=at.day,
        revision=at.revision,
    )


def _derived(subject: Subject, state: Values, decisions: Decisions) -> Iterator[DerivedValue]:
    """Yield each derived value with the attributes without which it would be another.

    What decides later in the order of attributes is left out first: a rate that is both stated and
    the one of its areas is computed.
    """
    definition = definition_of(subject)
    decided = {
        name: by.values[name]
        for name in definition.attributes
        if (by := decisions.decided.get(name)) and name not in _PLACES
    }
    derive = partial(_derive, definition, subject, decisions.day)
    for name in definition.derived:
        if name not in definition.located and state[name] is not None:
            value, needed = derive(name, decided), decided
            for attribute in reversed(decided):
                fewer = {n: v for n, v in needed.items() if n != attribute}
                needed = fewer if derive(name, fewer) == value else needed
            yield DerivedValue(attribute=name, value=state[name], derived_from=list(needed))


def _derive(
    definition: SubjectDefinition, subject: Subject, day: date, name: str, values: Values
) -> object:
    return definition.derive(subject, day, values, None)[name]


def _value(state: Values, name: str, catalogue: Catalogue) -> object:
    """Return a value as the state shows it."""
    attribute, lane = _named(name)
    if lane is Lane.actual:
        value = state[name]
        return loads(value) if value is not None and name == "geometry" else value
    stored = state["planned"].get(attribute)
    value = catalogue.decode({attribute: stored})[attribute]
    return float(value) if isinstance(value, Decimal) else value


def _places(
    decided: Mapping[str, Assertion], state: Mapping[str, object], at: At, units: Units
) -> Iterator[tuple[str, Assertion]]:
    """Yield for each code of the place the weightiest statement whose unit implies it."""
    stated = _placing(decided)
    for name, level in UNIT_LEVELS.items():
        for by_name, by in stated if state.get(name) is not None else ():
            unit = _unit(by_name, by, units)
            if unit and units.codes_on(unit, at.day).get(level) == state[name]:
                yield name, by
                break


async def list_values(connection: Executor, query: ValuesQuery, snapshot: Snapshot) -> ValuePage:
    """Return one page of the values of an attribute that hold on a day, with who said each."""
    column = SITE_HISTORY.versions.c[query.attribute]
    where = [*conditions_of(SITE_HISTORY, query, snapshot), column.is_not(None)]
    if query.counted is not None:
        stage = SITE_HISTORY.versions.c.stage
        codes = [code.value for code in UNCOUNTED]
        where.append(stage.not_in(codes) if query.counted else stage.in_(codes))
    where = await search_conditions(connection, SITE_HISTORY, query, where)
    order = await order_of(connection, SITE_HISTORY, query, snapshot, where)
    mark = mark_of(query, "values")
    states, cursor = await list_states(connection, query, snapshot.at, mark, order)
    keys = [state["id"] for state in states]
    said: dict[str, list[AnyRow]] = defaultdict(list)
    for row in await live_with_sources(connection, SubjectType.site, keys, snapshot.at.revision):
        said[row.subject_id].append(row)
    return ValuePage(
        items=[_value_of(state, query.attribute, said[state["id"]], snapshot) for state in states],
        next_cursor=cursor,
        count=await count_states(connection, SITE_HISTORY, query, snapshot.at, where),
        as_of=snapshot.at.day,
        **Note.members(snapshot.note),
        revision=snapshot.at.revision,
    )


def _value_of(state: Values, name: str, rows: Sequence[AnyRow], snapshot: Snapshot) -> SiteValue:
    decisions = _decisions(SubjectType.site, rows, snapshot.at.day, snapshot.units)
    by = decisions.decided[name]
    row = next(row for row in rows if row.id == _id(by))
    said = _provenance(name, by, row, _value(state, name, decisions.catalogue))
    code, day = state["province_code"], snapshot.at.day
    province = snapshot.units.name_of(UnitLevel.province, code, day)
    site = {"site_id": state["id"], "site_name": state["name"]}
    return SiteValue(**site, province_code=code, province_name=province, **dict(said))


_SOURCED = (
    "basis",
    "source_id",
    "source_title",
    "source_issuer",
    "effective_from",
    "effective_to",
    "revision",
    "recorded_at",
    "author",
)


def _provenance(name: str, by: Assertion, row: AnyRow, value: object) -> Provenance:
    attribute, lane = _named(name)
    hedge = by.hedges.get(name)
    return Provenance.model_validate(
        {
            "attribute": attribute,
            "lane": lane,
            "value": value,
            "qualifier": hedge.qualifier if isinstance(hedge, Hedge) else None,
            "value_to": hedge.value_to if isinstance(hedge, Hedge) else None,
            "statement_id": row.id,
            **{member: getattr(row, member) for member in _SOURCED},
        }
    )
