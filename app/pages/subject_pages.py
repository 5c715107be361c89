"""What the page of a site or a project shows, read by the functions that the routes call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup
from pydantic_core import to_json

from app.core.errors import NotFoundError
from app.core.geometry import geometry_text
from app.core.vocabulary import Boundaries, GeometryAccuracy, SubjectType
from app.database.connections import Executor
from app.entry.change_schemas import Change
from app.entry.changes import list_changes
from app.entry.schemas import BODIES
from app.entry.statement_queries import list_with_effects
from app.findings.kept_findings import Judges
from app.findings.queries import ProvinceOnDay, findings_about
from app.findings.schemas import Finding
from app.ledger.schemas import ChangesQuery
from app.ledger.snapshots import At, Snapshot
from app.ledger.statements import written_dates
from app.pages.charts.drawing import Chart
from app.pages.charts.locator import Place, locator
from app.pages.sayings import Stated, in_words
from app.pages.speech import Speech
from app.pages.subject_charts import Known, knowledge_chart, status_chart, tracks_of
from app.pages.subject_values import rows_of
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import HISTORIES, PROJECT_HISTORY
from app.subjects.provenance import get_provenance
from app.subjects.queries import get_detail, list_page, list_timeline
from app.subjects.query_parameters import QUERIES, StatementsQuery
from app.units.outlines import ARCHIPELAGOS, outlines_on
from app.units.units import UnitLevel, Units

_MOST = 100
_MOST_KNOWN = 8
Facts = Mapping[str, object]


async def read_subject(
    judges: Judges, what: SubjectType, key: str, snapshot: Snapshot, speech: Speech
) -> dict[str, object]:
    """Return what the page of a subject shows, by the names that its template has.

    The errors of the routes, where there is no such subject, or none on the day.
    """
    history, at, units = HISTORIES[what], snapshot.at, snapshot.units
    connection = judges.connection
    state = await get_detail(connection, history, key, snapshot, Boundaries.then)
    provenance = await get_provenance(connection, history, key, at, units)
    statements = await read_statements(connection, what, key, snapshot, speech)
    definition = DEFINITIONS[what].state
    changes = await read_changes(connection, what, key, at.revision)
    known = await _read_known(connection, what, key, changes, units)
    name, days, tracks = str(state["name"]), (at.day, snapshot.today), tracks_of(definition)
    written = await _read_written(connection, what, key, at.revision)
    knowledge = f"{speech.text('subject.knowledge')}: {name}"
    return {
        "what": what.value,
        "key": key,
        "state": state,
        "rows": rows_of(definition, state, provenance, statements.items, snapshot, speech),
        "statements": statements,
        "timeline": await read_status_chart(connection, what, key, snapshot, speech, name),
        "knowledge": (
            knowledge_chart(knowledge, tracks[0], known, days, speech, written) if tracks else None
        ),
        "changes": changes[::-1],
        "findings": await _read_findings(judges, what, key, state, snapshot),
        "projects": await _read_projects(connection, what, key, snapshot),
        "map": _map(state, snapshot),
    }


async def read_status_chart(
    connection: Executor,
    what: SubjectType,
    key: str,
    snapshot: Snapshot,
    speech: Speech,
    name: str,
) -> Chart | None:
    """Return the status tracks of a subject, drawn; ``None`` where nothing is known of any."""
    whole, days = At(date.max, snapshot.at.revision), (snapshot.at.day, snapshot.today)
    timeline = await list_timeline(connection, HISTORIES[what], key, whole, snapshot.units)
    tracks = tracks_of(DEFINITIONS[what].state)
    title = f"{speech.text('subject.timeline')}: {name}"
    written = await _read_written(connection, what, key, snapshot.at.revision)
    return status_chart(title, tracks, timeline["items"], days, speech, written)


async def _read_written(
    connection: Executor, what: SubjectType, key: str, revision: int
) -> Mapping[date, str]:
    """Return what sources wrote of days that they gave less precisely."""
    found = await written_dates(connection, what, [key], revision)
    return {day: text for (_, day), text in found.items()}


@dataclass(frozen=True, slots=True)
class Statements:
    """What was said of something, newest first, and whether there is more."""

    items: Sequence[Stated]
    has_more: bool


async def read_statements(
    connection: Executor,
    what: SubjectType,
    key: str,
    snapshot: Snapshot,
    speech: Speech,
    *,
    is_gone: bool = False,
) -> Statements:
    """Return what was said of a subject until a day."""
    page = await list_with_effects(
        connection,
        BODIES[what].statements,
        (what, key),
        StatementsQuery(limit=_MOST),
        snapshot,
        is_gone=is_gone,
    )
    items = await in_words(connection, page.items, snapshot, speech)
    return Statements(items, has_more=page.next_cursor is not None)


async def read_changes(
    connection: Executor, what: SubjectType, key: str, revision: int
) -> Sequence[Change]:
    """Return the revisions that did something to a subject, oldest first."""
    query = ChangesQuery.model_validate(
        {"subject_type": [what.value], "subject_id": key, "limit": _MOST}
    )
    return (await list_changes(connection, query, revision)).items


async def _read_known(
    connection: Executor, what: SubjectType, key: str, changes: Sequence[Change], units: Units
) -> list[Known]:
    """Return the versions of a subject as known at each of the last revisions that changed it."""
    found = []
    for change in changes[-_MOST_KNOWN:]:
        at = At(date.max, change.number)
        try:
            versions = (await list_timeline(connection, HISTORIES[what], key, at, units))["items"]
        except NotFoundError:
            # Nothing was left of what had been said.
            versions = ()
        found.append(Known(change.number, change.recorded_at, versions))
    return found


async def _read_findings(
    judges: Judges, what: SubjectType, key: str, state: Facts, snapshot: Snapshot
) -> list[Finding]:
    code, at, units = state.get("province_code"), snapshot.at, snapshot.units
    unit = units.at(UnitLevel.province, str(code), at.day) if code else None
    if unit is None:
        return []
    return await findings_about(judges, ProvinceOnDay(unit, at.day), (what, key))


async def _read_projects(
    connection: Executor, what: SubjectType, key: str, snapshot: Snapshot
) -> Sequence[object]:
    if what is not SubjectType.site:
        return ()
    query = QUERIES[SubjectType.project].many.model_validate({"site": [key], "limit": _MOST})
    page = await list_page(connection, PROJECT_HISTORY, query, snapshot)
    projects: Sequence[object] = page["items"]
    return projects


@dataclass(frozen=True, slots=True)
class Map:
    """Where a subject is in the outline of its province."""

    title: str
    drawing: Markup
    is_near: bool
    """Whether only its commune is known."""


def _map(state: Facts, snapshot: Snapshot) -> Map | None:
    """Draw where a subject is; ``None`` where its province is not known."""
    code = state.get("province_code")
    outline = outlines_on(snapshot.at.day).get(str(code))
    if outline is None:
        return None
    title, place = str(state.get("province_name")), _place(state, snapshot)
    far_out = ", ".join(one.name for one in ARCHIPELAGOS if one.province_code == code)
    drawn = locator((outline.geometry, outline.box), place, title, far_out)
    return Map(title, drawn, is_near=place is not None and not place.exact)


def _place(state: Facts, snapshot: Snapshot) -> Place | None:
    """Return where a subject is: its geometry, or else the point of its commune."""
    if geometry := state.get("geometry"):
        exact = state.get("geometry_accuracy") != GeometryAccuracy.commune_point
        return Place(to_json(geometry).decode(), exact=exact)
    commune, day = state.get("commune_code"), snapshot.at.day
    code = str(commune) if commune else None
    point = snapshot.units.point_of(UnitLevel.commune, code, day)
    if point is None:
        return None
    return Place(geometry_text({"type": "Point", "coordinates": point}), exact=False)
