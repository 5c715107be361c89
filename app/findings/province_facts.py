"""Reading everything known about a province on a day, and its territory, for the rules."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from operator import attrgetter

from sqlalchemy import (
    BigInteger,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
    union,
    union_all,
)

from app.core.geometry import Box, Degrees, geometry_text
from app.core.vocabulary import SiteKind, SubjectType
from app.database.connections import AnyRow, AnySelect, Executor
from app.findings import (
    Cited,
    Fact,
    ProvinceFacts,
    SiteElsewhere,
    SourceFacts,
    SubjectFacts,
    UnplacedSite,
)
from app.findings.missing_sites import read_elsewhere
from app.findings.subject_facts import (
    cited,
    cited_sources,
    is_actual_and_recorded,
    live_statements,
    misplaced_of,
    order_of,
    read_sources,
    read_subjects,
    versions_on,
)
from app.ledger.snapshots import At
from app.ledger.tables import STATEMENTS
from app.statistics.indicator_queries import read_observed
from app.statistics.observations import Observed, stated_of
from app.statistics.projection import OBSERVATIONS
from app.subjects.histories import HISTORIES, PROJECT_HISTORY, SITE_HISTORY, History
from app.subjects.projection import decoded
from app.units.outlines import ARCHIPELAGOS, MERGER, outlines_on
from app.units.units import Unit, UnitLevel, Units


def territory_of(units: Units, province: Unit, day: date) -> tuple[str, ...]:
    """Return the outline of a province, the points of its communes, and its archipelago.

    The outlines are generalised and leave islands out; the points stand in for those. The territory
    of a province without an outline is not known well enough, and empty.
    """
    outline = outlines_on(day).get(province.code)
    if outline is None:
        return ()
    points = _points(units, is_before=day < MERGER).get(province.code)
    return (outline.geometry, *_archipelagos(province.code), *([points] if points else []))


@cache
def _archipelagos(code: str) -> tuple[str, ...]:
    return tuple(_rectangle(label.box) for label in ARCHIPELAGOS if label.province_code == code)


def _rectangle(box: Box) -> str:
    west, south, east, north = box
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return geometry_text({"type": "Polygon", "coordinates": [ring]})


@lru_cache(maxsize=4)
def _points(units: Units, *, is_before: bool) -> Mapping[str, str]:
    """Return the points of the communes of each province, by its code, as one geometry for each.

    Only communes since the merger have points; before it, one stands for all its predecessors.
    """
    found: dict[str, list[Degrees]] = defaultdict(list)
    for commune in units.all_at(UnitLevel.commune, MERGER):
        if commune.point is not None:
            for code in _provinces(units, commune, is_before=is_before):
                found[code].append(commune.point)
    return {
        code: geometry_text({"type": "MultiPoint", "coordinates": points})
        for code, points in found.items()
    }


def _provinces(units: Units, commune: Unit, *, is_before: bool) -> set[str]:
    """Return the codes of the provinces that a commune, or its predecessors, lie in.

    An island district without communes became a commune without predecessors: it may have been in
    any of the predecessors of its province.
    """
    eras = [commune]
    if is_before and commune.valid_from == MERGER:
        eras = units.predecessors(commune) or [
            elder for unit in units.lineage(commune) for elder in units.predecessors(unit)
        ]
    above = (unit for era in eras for unit in units.lineage(era))
    return {unit.code for unit in above if unit.level is UnitLevel.province}


_S = STATEMENTS.c


async def read_province_facts(
    connection: Executor,
    units: Units,
    unit: Unit,
    at: At,
    unplaced: Sequence[UnplacedSite],
    needs: Collection[Fact],
) -> ProvinceFacts:
    """Return what is needed of the facts about a province of the day, in a few queries.

    Only those for the sources grow in number: one for each 500. Other facts are empty.
    """
    observed: Sequence[Observed] = ()
    sites: Sequence[SubjectFacts] = ()
    projects: Sequence[SubjectFacts] = ()
    stated: Sequence[Cited] = ()
    to_come: Sequence[SubjectFacts] = ()
    elsewhere: Mapping[str, SiteElsewhere] = {}
    sources: Mapping[str, SourceFacts] = {}
    if "observed" in needs:
        observed = await _observed(connection, unit, at)
    if not {"sites", "elsewhere"}.isdisjoint(needs):
        sites = await _inside(connection, SITE_HISTORY, unit, at)
    if not {"projects", "elsewhere"}.isdisjoint(needs):
        projects = await _inside(connection, PROJECT_HISTORY, unit, at)
    if not {"stated", "to_come"}.isdisjoint(needs):
        stated, to_come = await _recorded(connection, unit, at)
    if "sources" in needs:
        cited = cited_sources((*sites, *projects), observed)
        sources = await read_sources(connection, cited, at.revision)
    if "elsewhere" in needs:
        elsewhere = await read_elsewhere(connection, units, unit, (sites, projects), at)
    return ProvinceFacts(
        province=unit,
        day=at.day,
        sites=sites,
        projects=projects,
        observed=observed,
        stated=stated,
        to_come=to_come,
        unplaced=unplaced,
        elsewhere=elsewhere,
        sources=sources,
        misplaced=misplaced_of(units, (*sites, *projects)) if "misplaced" in needs else {},
        territory=territory_of(units, unit, at.day) if "territory" in needs else (),
    )


async def reread(
    connection: Executor,
    units: Units,
    facts: ProvinceFacts,
    touched: Collection[tuple[str, str]],
    revision: int,
) -> ProvinceFacts:
    """Return the facts of a province at a later revision, by which only some of them were touched.

    ``touched`` are subjects by type and id, among them all of which anything here has changed.
    """
    unit, at = facts.province, At(facts.day, revision)
    keys = {what: {key for kind, key in touched if kind == what} for what in SubjectType}
    is_stated = unit.code in keys[SubjectType.province]
    observed = await _observed(connection, unit, at) if is_stated else facts.observed
    sites, missing = await _again(connection, SITE_HISTORY, facts.sites, keys, unit, at)
    projects, others = await _again(connection, PROJECT_HISTORY, facts.projects, keys, unit, at)
    stated, to_come = facts.stated, facts.to_come
    if is_stated or missing or others:
        # What is not there on the day may begin later.
        stated, to_come = await _recorded(connection, unit, at)
    cited = cited_sources((*sites, *projects), observed)
    new = await read_sources(connection, cited - facts.sources.keys(), revision)
    again = [one for one in (*sites, *projects) if one.id in keys[one.type]]
    left = {of: found for of, found in facts.misplaced.items() if of not in touched}
    return replace(
        facts,
        sites=sites,
        projects=projects,
        observed=observed,
        stated=stated,
        to_come=to_come,
        elsewhere=await read_elsewhere(connection, units, unit, (sites, projects), at),
        sources={key: one for key, one in {**facts.sources, **new}.items() if key in cited},
        misplaced={**left, **misplaced_of(units, again)},
    )


async def _again(
    connection: Executor,
    history: History,
    known: Sequence[SubjectFacts],
    touched: Mapping[SubjectType, set[str]],
    unit: Unit,
    at: At,
) -> tuple[Sequence[SubjectFacts], set[str]]:
    """Return the subjects in a province with some of them read again, and which are not there."""
    keys = touched[history.type]
    if not keys:
        return known, keys
    found = await _inside(connection, history, unit, at, keys)
    left = [one for one in known if one.id not in keys]
    subjects = sorted((*left, *found), key=attrgetter("id"))
    return subjects, keys - {one.id for one in found}


async def _observed(connection: Executor, unit: Unit, at: At) -> list[Observed]:
    return stated_of(unit, await read_observed(connection, [unit], at), at.day)


def _codes_in(table: Table) -> AnySelect:
    """Select the codes of provinces in a table that are known at a revision.

    The codes are found one after the other by the index; to read all rows would take longer.
    """
    code, other = table.c.province_code, table.alias()
    revision = bindparam("revision", type_=BigInteger())
    codes = select(func.min(code).label("code")).cte(f"{table.name}_codes", recursive=True)
    following = select(func.min(code)).where(code > codes.c.code).scalar_subquery()
    codes = codes.union_all(select(following).where(codes.c.code.is_not(None)))
    known = select(literal(1)).where(
        other.c.province_code == codes.c.code,
        other.c.known_from <= revision,
        other.c.known_to > revision,
    )
    if "kind" in other.c:
        # Naming all kinds leaves nothing out; it lets the index be used by what follows them.
        known = known.where(other.c.kind.in_([kind.value for kind in SiteKind]))
    return select(codes.c.code).where(known.exists())


_WITH_FACTS = union(
    *map(_codes_in, (SITE_HISTORY.versions, PROJECT_HISTORY.versions, OBSERVATIONS))
)


async def codes_with_facts(connection: Executor, revision: int) -> set[str]:
    """Return the codes of provinces about which anything is known at a revision."""
    return set((await connection.execute(_WITH_FACTS, {"revision": revision})).scalars())


async def _inside(
    connection: Executor, history: History, unit: Unit, at: At, keys: Collection[str] | None = None
) -> list[SubjectFacts]:
    """Return the subjects in a province on a day by id, of some ids if ``keys`` are given."""
    inside = versions_on(history, at).where(history.versions.c.province_code == unit.code)
    if keys is not None:
        inside = inside.where(history.id.in_(sorted(keys)))
    return await read_subjects(connection, history, inside, at)


async def _recorded(
    connection: Executor, unit: Unit, at: At
) -> tuple[list[Cited], list[SubjectFacts]]:
    """Return the actual statements about a province itself, and about subjects that begin later.

    Only those recorded by the day.
    """
    actual = live_statements(at).where(is_actual_and_recorded(at))
    of_province = actual.where(
        _S.subject_type == SubjectType.province.value,
        _S.subject_id == unit.code,
        _S.effective_day >= (unit.valid_from or date.min),
        _S.effective_day < (unit.valid_to or date.max),
    )
    of_others = (
        actual.where(
            _S.subject_type == history.type.value,
            _S.subject_id.in_(_beginning(history, unit, at)),
        )
        for history in HISTORIES.values()
    )
    rows = (await connection.execute(union_all(of_province, *of_others))).all()
    by_subject: dict[tuple[str, str], list[AnyRow]] = defaultdict(list)
    for row in sorted(rows, key=order_of):
        by_subject[row.subject_type, row.subject_id].append(row)
    stated = by_subject.pop((SubjectType.province.value, unit.code), [])
    return [cited(row) for row in stated], [_to_come(found) for found in by_subject.values()]


def _beginning(history: History, unit: Unit, at: At) -> AnySelect:
    """Select the ids of subjects that are known later in a province, and not at all on a day."""
    columns, other = history.versions.c, history.versions.alias()
    is_known = (columns.known_from <= at.revision, columns.known_to > at.revision)
    on_day = exists().where(
        other.c[history.key] == history.id,
        other.c.known_from <= at.revision,
        other.c.known_to > at.revision,
        other.c.valid_from <= at.day,
        other.c.valid_to > at.day,
    )
    return select(history.id).where(
        columns.province_code == unit.code,
        *is_known,
        and_(columns.valid_from > at.day, columns.valid_from < (unit.valid_to or date.max)),
        ~on_day,
    )


def _to_come(rows: Sequence[AnyRow]) -> SubjectFacts:
    """Return a subject that begins later: named by its later statements, without values yet."""
    what, key = SubjectType(rows[0].subject_type), rows[0].subject_id
    names = (decoded(what, row.content).get("name") for row in rows)
    return SubjectFacts(
        type=what,
        id=key,
        kind=None,
        name=next(filter(None, names), key),
        values={},
        deciding={},
        assertions=[],
        to_come=[cited(row) for row in rows],
    )
