"""Established clusters as the half-yearly report lists them, with the decision behind each area.

The report (Thông tư 14/2024/TT-BCT) wants the area and the decision of the establishment, of the
expansion and of the detailed plan. Both are taken from statements: the decision is the source, or a
source that it cites, and the area beside a decision is the one that this decision gives.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter

from app.core.quantities import percent
from app.core.vocabulary import Boundaries, LegalStatus, SiteKind, SourceKind, SubjectType
from app.database.connections import Executor
from app.exports.tables import DAY, Rows, Totals, columns_of
from app.ledger.entries import ENTRIES
from app.ledger.snapshots import Snapshot
from app.ledger.statements import live_of_many
from app.ledger.tables import ORGANIZATIONS, SOURCES, Statement
from app.subjects.attributes import UNIT_LEVELS, text_of
from app.subjects.columns import Labels
from app.subjects.definitions import DEFINITIONS
from app.subjects.fold import Assertion, deciding
from app.subjects.histories import SITE_HISTORY, Values, read_dicts
from app.subjects.projection import assertion_of
from app.subjects.queries import translate_place
from app.subjects.tables import SITE_VERSIONS

ACTS = ("establishment", "expansion", "detailed_plan")
"""The acts whose decisions the table of established clusters names."""
ESTABLISHED_COLUMNS: Labels = {
    "number": ("STT", "No."),
    "name": ("Tên cụm công nghiệp", "Name of the cluster"),
    "commune_name": ("Xã, phường, thị trấn", "Commune"),
    "district_name": ("Huyện", "District"),
    "investor_name": ("Chủ đầu tư hạ tầng", "Infrastructure developer"),
    "established_area_ha": ("Diện tích thành lập (ha)", "Established area (ha)"),
    "establishment_decision": ("Quyết định thành lập", "Decision to establish"),
    "establishment_date": ("Ngày quyết định thành lập", "Date of the decision to establish"),
    "expanded_area_ha": ("Diện tích mở rộng (ha)", "Expanded area (ha)"),
    "expansion_decision": ("Quyết định mở rộng", "Decision to expand"),
    "expansion_date": ("Ngày quyết định mở rộng", "Date of the decision to expand"),
    "detailed_plan_area_ha": ("Diện tích quy hoạch chi tiết (ha)", "Detailed plan area (ha)"),
    "detailed_plan_decision": (
        "Quyết định quy hoạch chi tiết",
        "Decision on the detailed plan",
    ),
    "detailed_plan_date": (
        "Ngày quyết định quy hoạch chi tiết",
        "Date of the decision on the detailed plan",
    ),
    "area_ha": ("Diện tích theo nguồn mới nhất (ha)", "Area by the latest source (ha)"),
    "industrial_land_ha": ("Diện tích đất công nghiệp (ha)", "Industrial land (ha)"),
    "leased_ha": ("Diện tích đã cho thuê (ha)", "Leased (ha)"),
    "occupancy_pct": ("Tỷ lệ lấp đầy (%)", "Occupancy (%)"),
    "stage": ("Giai đoạn", "Stage"),
    "note": ("Ghi chú", "Note"),
}
"""The table of established clusters in the half-yearly report (Thông tư 14/2024/TT-BCT)."""
ESTABLISHED_TABLE = (
    *columns_of(ESTABLISHED_COLUMNS, {"stage": "stage"}, [f"{act}_date" for act in ACTS]),
    DAY,
)

ESTABLISHED = (LegalStatus.established, LegalStatus.expanded)
_V = SITE_VERSIONS.c
_SHOWN = (
    "name",
    "detailed_plan_area_ha",
    "area_ha",
    "industrial_land_ha",
    "leased_ha",
    "occupancy_pct",
    "stage",
)
_PLACES = ("commune", "district")


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: its number, or else its title, and the date that it bears."""

    id: str
    number: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Sourced:
    """A live assertion, the decision that makes it or that its source cites, and its note."""

    assertion: Assertion
    decision: Decision | None = None
    is_cited: bool = False
    note: str | None = None

    @property
    def rank(self) -> tuple[bool, tuple[date, int, int, int]]:
        """What a decision itself says comes before what others say of it."""
        return not self.is_cited, self.assertion.rank


def acts(state: Mapping[str, object], sourced: Sequence[Sourced], day: date) -> dict[str, object]:
    """Return the areas and decisions of an established cluster on a day.

    ``state`` has its attributes of that day. Without a decision the area of the establishment is
    the whole area until an expansion, and since then that of the day before it.
    """
    effective = [s for s in sourced if s.assertion.effective_day <= day]
    expansions = [s for s in effective if _says(s, "legal_status", LegalStatus.expanded)]
    is_expanded = state["legal_status"] == LegalStatus.expanded
    first = min((s.assertion.effective_day for s in expansions), default=day)
    founding = _decision(effective, "legal_status", LegalStatus.established)
    growth = _decision(expansions, "legal_status", LegalStatus.expanded) if is_expanded else None
    plan = _decision(effective, "detailed_plan_area_ha", state["detailed_plan_area_ha"])
    before = _area_before(effective, first) if is_expanded else state["area_ha"]
    after = state["area_ha"] if is_expanded else None
    return {
        "established_area_ha": _area_by(founding, effective, before),
        **_named("establishment", founding),
        "expanded_area_ha": _area_by(growth, effective, after),
        **_named("expansion", growth),
        **_named("detailed_plan", plan),
        "note": _note(effective),
    }


def _named(act: str, decision: Decision | None) -> dict[str, object]:
    return {
        f"{act}_decision": decision.number if decision else None,
        f"{act}_date": decision.date if decision else None,
    }


def _area_by(decision: Decision | None, sourced: Iterable[Sourced], otherwise: object) -> object:
    """Return the area that a decision gives; where no decision is known, the other one."""
    if decision is None:
        return otherwise
    giving = [s for s in sourced if s.decision == decision and "area_ha" in s.assertion.values]
    return max(giving, key=attrgetter("rank")).assertion.values["area_ha"] if giving else None


def _note(sourced: Iterable[Sourced]) -> str | None:
    """Return the latest remark on the cluster: notes of other statements are about these."""
    remarks = [s for s in sourced if not s.assertion.values]
    return max(remarks, key=lambda s: s.assertion.rank).note if remarks else None


def _area_before(sourced: Iterable[Sourced], day: date) -> object:
    rules = DEFINITIONS[SubjectType.site].attributes.rules
    decided = deciding((s.assertion for s in sourced), day - timedelta(days=1), rules)
    return decided["area_ha"].values["area_ha"] if "area_ha" in decided else None


def _decision(sourced: Iterable[Sourced], name: str, value: object) -> Decision | None:
    """Return the decision behind the latest statement of a value that has one.

    An article that repeats the value later is no new decision, so statements without one are
    ignored.
    """
    found = [s for s in sourced if value is not None and s.decision and _says(s, name, value)]
    return max(found, key=lambda s: s.assertion.rank).decision if found else None


def _says(sourced: Sourced, name: str, value: object) -> bool:
    asserted = sourced.assertion.values.get(name)
    if isinstance(asserted, Decimal) and isinstance(value, float | Decimal):
        return float(asserted) == float(value)
    return asserted == value


async def read_established(
    connection: Executor, codes: Sequence[str], snapshot: Snapshot, boundaries: Boundaries
) -> tuple[Rows, Totals | None]:
    """Return the rows of the table of established clusters of some provinces, by name; the totals.

    Communes and districts are those of the day, or today's.
    """
    at = snapshot.at
    query = (
        SITE_HISTORY.states.where(
            _V.kind == SiteKind.cluster.value,
            _V.province_code.in_(codes),
            _V.legal_status.in_(ESTABLISHED),
        )
    ).order_by(_V.name_sort, _V.site_id)
    states = await read_dicts(connection, query, at.parameters)
    sourced = await _read_sourced(connection, [state["id"] for state in states], at.revision)
    keys = {state["investor"] for state in states} - {None}
    investors = await read_names(connection, keys, snapshot.at.revision)
    rows = [
        {
            "number": number,
            **{name: state[name] for name in _SHOWN},
            **_place_names(state, snapshot, boundaries),
            "investor_name": investors.get(state["investor"]),
            **acts(state, sourced[state["id"]], at.day),
            DAY.name: at.day,
        }
        for number, state in enumerate(states, start=1)
    ]
    return rows, _totals(rows, states) if rows else None


def _place_names(state: Values, snapshot: Snapshot, boundaries: Boundaries) -> Values:
    is_now = boundaries is Boundaries.now
    day = snapshot.today if is_now else snapshot.at.day
    place = translate_place(state, snapshot) if is_now else state
    names: Values = {}
    for level in _PLACES:
        code = text_of(place, f"{level}_code")
        unit = snapshot.units.at(UNIT_LEVELS[f"{level}_code"], code, day) if code else None
        names[f"{level}_name"] = unit.name if unit else None
    return names


def _totals(rows: Rows, states: Sequence[Values]) -> Totals:
    """Add up the areas, and the occupancy of the clusters whose land and lease are both known."""
    columns = [name for name in ESTABLISHED_COLUMNS if name.endswith("_ha")]
    known = {
        name: [Decimal(str(row[name])) for row in rows if row[name] is not None] for name in columns
    }
    rated = [
        (Decimal(str(state["leased_ha"])), Decimal(str(state["leasable_ha"])))
        for state in states
        if state["leased_ha"] is not None
        and state["leasable_ha"]
        and state["leased_ha"] <= state["leasable_ha"]
    ]
    leased, leasable = (sum(areas) for areas in zip(*rated, strict=True)) if rated else (0, 0)
    sums: dict[str, object] = {name: sum(areas) for name, areas in known.items() if areas}
    if leasable:
        sums["occupancy_pct"] = percent(leased, leasable)
    unknown = {name: len(rows) - len(areas) for name, areas in known.items()}
    # An area of an expansion is unknown only where there was one.
    unknown["expanded_area_ha"] = 0
    unknown["occupancy_pct"] = sum(state["occupancy_pct"] is None for state in states)
    return Totals("name", "note", sums, unknown)


async def read_names(
    connection: Executor, keys: Collection[str], revision: int
) -> Mapping[str, str]:
    """Return the names of organizations, by id."""
    named = ENTRIES["organization"].where(ORGANIZATIONS.c.id.in_(keys))
    rows = (await connection.execute(named, {"revision": revision})).all() if keys else []
    return {row.id: row.name for row in rows}


async def _read_sourced(
    connection: Executor, site_ids: Collection[str], revision: int
) -> Mapping[str, list[Sourced]]:
    rows = await live_of_many(connection, SubjectType.site, site_ids, revision, remarks=True)
    decisions = await _read_decisions(connection, rows, revision)
    sourced: dict[str, list[Sourced]] = defaultdict(list)
    for row in rows:
        named = [row.source_id, *(row.cites or ())]
        decision = next((decisions[key] for key in named if key in decisions), None)
        is_cited = row.source_id not in decisions
        sourced[row.subject_id].append(
            Sourced(assertion_of(row), decision, is_cited=is_cited, note=row.note)
        )
    return sourced


async def _read_decisions(
    connection: Executor, rows: Sequence[Statement], revision: int
) -> Mapping[str, Decision]:
    """Return the decisions among the sources that statements name, by id."""
    named = {key for row in rows for key in (row.source_id, *(row.cites or ()))}
    if not named:
        return {}
    sources = ENTRIES["source"].where(SOURCES.c.id.in_(named))
    found = (await connection.execute(sources, {"revision": revision})).all()
    return {
        row.id: Decision(row.id, row.number or row.title, row.published_on)
        for row in found
        if row.kind == SourceKind.decision
    }
