"""The sites that are missing in a province: those of unknown province, and those elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from app.database.connections import AnyRow, Executor
from app.findings import SiteElsewhere, SubjectFacts, UnplacedSite
from app.findings.subject_facts import read_subjects, versions_on
from app.ledger.snapshots import At
from app.ledger.tables import SITES
from app.subjects.histories import PROJECT_HISTORY, SITE_HISTORY
from app.subjects.tables import SITE_VERSIONS
from app.units.units import Unit, UnitLevel, Units

_V = SITE_VERSIONS.c
# The versions of a site at other times than the day of the findings.
_ELSEWHEN = SITE_VERSIONS.alias("elsewhen")


async def read_unplaced(
    connection: Executor, units: Units, at: At
) -> Mapping[str, Sequence[UnplacedSite]]:
    """Return the sites of unknown province on a day, by the code of the one they are reported in.

    That is the province of the nearest version that has one: the last before the day, else the
    first after it; where none has, of those that a retraction ended last. Where that does not lead
    to one province of the day, the site is left out.
    """
    nowhere = versions_on(SITE_HISTORY, at).where(_V.province_code.is_(None))
    columns = _ELSEWHEN.c
    elsewhen = select(
        columns.site_id,
        columns.province_code,
        columns.valid_from,
        columns.valid_to,
        columns.known_to,
    ).where(
        columns.site_id.in_(nowhere.with_only_columns(_V.site_id)),
        columns.province_code.is_not(None),
        columns.known_from <= at.revision,
    )
    versions: dict[str, list[AnyRow]] = defaultdict(list)
    for row in (await connection.execute(elsewhen)).all():
        versions[row.site_id].append(row)
    if not versions:
        return {}
    found: dict[str, list[UnplacedSite]] = defaultdict(list)
    for site in await read_subjects(connection, SITE_HISTORY, nowhere, at):
        nearest = _nearest(_known_last(versions.get(site.id, ()), at.revision), at.day)
        if nearest is not None:
            _place(found, site, nearest, units, at)
    return found


def _known_last(versions: Sequence[AnyRow], revision: int) -> list[AnyRow]:
    """Return the versions known at a revision, else those that were known last."""
    known_to = max((min(v.known_to, revision + 1) for v in versions), default=0)
    return [v for v in versions if min(v.known_to, revision + 1) == known_to]


def _is_known(at: At) -> ColumnElement[bool]:
    return and_(_ELSEWHEN.c.known_from <= at.revision, _ELSEWHEN.c.known_to > at.revision)


def _nearest(versions: Iterable[AnyRow], day: date) -> AnyRow | None:
    """Return the version of the day itself, else the last before it, else the first after it.

    Only retracted ones can be of the day: a live one would place the site.
    """

    def rank(version: AnyRow) -> tuple[bool, timedelta]:
        seen = _seen_on(version, day)
        return seen > day, abs(day - seen)

    return min(versions, key=rank, default=None)


def _seen_on(version: AnyRow, day: date) -> date:
    """Return the day of a version that is the nearest to a day."""
    first: date = version.valid_from
    last: date = version.valid_to - timedelta(days=1)
    return min(max(day, first), last)


def _place(
    found: dict[str, list[UnplacedSite]],
    site: SubjectFacts,
    version: AnyRow,
    units: Units,
    at: At,
) -> None:
    unit = units.at(UnitLevel.province, version.province_code, version.valid_from)
    province = _province_on(units, unit, at.day) if unit else None
    if province is not None:
        is_retracted = version.known_to <= at.revision
        seen_on = _seen_on(version, at.day)
        found[province.code].append(UnplacedSite(site, seen_on, is_retracted))


def _province_on(units: Units, unit: Unit, day: date) -> Unit | None:
    """Return the province that a unit is on another day; ``None`` where it is not just one."""
    if unit.valid_from is None or unit.valid_from <= day:
        return units.follow(unit, day)
    members = units.members_on(unit, day)
    return members[0] if len(members) == 1 else None


async def read_elsewhere(
    connection: Executor,
    units: Units,
    province: Unit,
    known: tuple[Sequence[SubjectFacts], Sequence[SubjectFacts]],
    at: At,
) -> Mapping[str, SiteElsewhere]:
    """Return the sites that projects of a province are stated to be in and that it does not have.

    ``known`` are the sites and projects of the province; mostly no project is in another site, and
    then nothing is read.
    """
    sites, projects = known
    inside = {site.id for site in sites}
    if all(project.values.get("site", "") in {"", *inside} for project in projects):
        return {}
    columns = PROJECT_HISTORY.versions.c
    named = versions_on(PROJECT_HISTORY, at).where(columns.province_code == province.code)
    first = select(func.min(_ELSEWHEN.c.valid_from)).where(
        _ELSEWHEN.c.site_id == SITES.c.id, _is_known(at)
    )
    of_day = versions_on(SITE_HISTORY, at).subquery("of_day")
    query = (
        select(
            SITES.c.id,
            SITES.c.withdrawn_in,
            of_day.c.site_id,
            of_day.c.name,
            of_day.c.province_code,
            first.scalar_subquery().label("begins"),
        )
        .outerjoin(of_day, of_day.c.site_id == SITES.c.id)
        .where(SITES.c.id.in_(named.with_only_columns(columns.site)))
    )
    rows = (await connection.execute(query)).all()
    return {row.id: _elsewhere(row, units, at) for row in rows if row.id not in inside}


def _elsewhere(row: AnyRow, units: Units, at: At) -> SiteElsewhere:
    code = row.province_code
    return SiteElsewhere(
        name=row.name or row.id,
        is_known=row.site_id is not None,
        province=units.at(UnitLevel.province, code, at.day) if code else None,
        begins=row.begins,
        is_withdrawn=row.withdrawn_in is not None and row.withdrawn_in <= at.revision,
    )
