"""Rollups: the figures of one province on some days, or of all provinces on one.

They are made from what is stated of the provinces and from the step functions of their sites.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from app.core.dates import dates_between
from app.core.digest import JsonObject
from app.core.errors import BadParameterError
from app.core.messages import Template
from app.core.vocabulary import Boundaries, SiteKind
from app.ledger.snapshots import Note, Snapshot
from app.statistics.kept_steps import Provinces
from app.statistics.observations import Observed, Stated, totals_by
from app.statistics.plans import PlanParts, lineage_codes, plan_in_force
from app.statistics.query_parameters import GroupKey, RollupSeriesQuery, RollupsQuery, Step
from app.statistics.rollup_figures import (
    Links,
    found_by,
    other_plans,
    planned_figures,
    published_figures,
    site_figures,
)
from app.statistics.schemas import GroupRollup, Rollup
from app.statistics.steps import Steps
from app.statistics.tallies import Group
from app.statistics.target_figures import target_figures
from app.statistics.targets import days_to_compute
from app.units.provinces import find_province
from app.units.units import Unit, UnitLevel, Units


@dataclass(frozen=True, slots=True)
class Scope:
    """A province on a day: its name, and the units of that day that are added up."""

    unit: Unit
    day: date
    members: tuple[Unit, ...]
    boundaries: Boundaries

    def links(self, kind: SiteKind, revision: int) -> Links:
        """Return the addresses of what its figures of a kind are made of."""
        query = found_by(kind, self.day, revision, self.boundaries)
        return Links.to(query | {"province_code": self.unit.code})


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the figures are made from."""

    observed: Mapping[str, Stated]
    steps: Mapping[str | None, Steps]
    units: Units
    revision: int
    groups: dict[tuple[str | None, date], Mapping[SiteKind, Sequence[Group]]] = field(
        default_factory=dict
    )

    def stated(self, unit: Unit, day: date, kind: SiteKind | None) -> Sequence[Observed]:
        """Return the observations of a unit by a day about a kind of site, or about no kind."""
        return self.observed[unit.code].about(unit, day, kind)

    def of_one(self, member: Unit, kind: SiteKind | None, day: date) -> Sequence[Group]:
        """Return the tallies of a unit's sites of a kind; empty for no kind.

        Before the unit began, the sites of the units that became part of it are its sites.
        """
        return () if kind is None else self.of(self.units.members_on(member, day), day, kind)

    def of(self, members: Sequence[Unit], day: date, kind: SiteKind) -> list[Group]:
        """Return the tallies of the sites of a kind in some units."""
        return [group for m in members for group in self.by_kind(m.code, day).get(kind, ())]

    def by_kind(self, code: str | None, day: date) -> Mapping[SiteKind, Sequence[Group]]:
        """Return the tallies of the sites with a province code, or without any, by kind."""
        found = self.groups.get((code, day))
        if found is None:
            found = self.groups[code, day] = self.steps[code].on(day)
        return found


def scope_of(unit: Unit, day: date, boundaries: Boundaries, units: Units) -> Scope:
    """Return the units of a day that make up a province of then, or one of today."""
    members = units.members_on(unit, day) if boundaries is Boundaries.now else [unit]
    return Scope(unit, day, tuple(members), boundaries)


async def read_rollups(
    provinces: Provinces, scopes: Sequence[Scope], kinds: Collection[SiteKind], units: Units
) -> list[JsonObject]:
    """Return for each scope the computed members of ``Rollup``."""
    facts = await _read_facts(provinces, scopes, kinds, units)
    return [
        {
            "province_code": scope.unit.code,
            "province_name": scope.unit.name,
            "as_of": scope.day.isoformat(),
            "member_codes": [member.code for member in scope.members],
            "revision": facts.revision,
            "targets": _targets(scope, None, facts),
            "rollups": [_kind_rollup(scope, kind, facts) for kind in kinds],
        }
        for scope in scopes
    ]


async def _read_facts(
    provinces: Provinces,
    scopes: Sequence[Scope],
    kinds: Collection[SiteKind],
    units: Units,
    further: Collection[None] = (),
) -> _Facts:
    members = list({member: None for scope in scopes for member in scope.members})
    codes = lineage_codes(members, units)
    facts = _Facts(await provinces.observed(codes), {}, units, provinces.pin.revision)
    days = {scope.day for scope in scopes} | _compared_on(scopes, kinds, facts)
    return replace(facts, steps=await provinces.steps([*codes, *further], days))


def _compared_on(scopes: Sequence[Scope], kinds: Collection[SiteKind], facts: _Facts) -> set[date]:
    """Return on which days totals and targets are compared with sites."""
    days: set[date] = set()
    for scope in scopes:
        for member in scope.members:
            for kind in kinds:
                stated = facts.stated(member, scope.day, kind)
                days |= {on for on, _ in totals_by(stated, scope.day).values()}
                days |= days_to_compute(stated, scope.day)
    return days


def _kind_rollup(scope: Scope, kind: SiteKind, facts: _Facts) -> JsonObject:
    groups = facts.of(scope.members, scope.day, kind)
    figures = site_figures(kind, groups, scope.links(kind, facts.revision))
    return figures | _stated_figures(scope, kind, facts)


def _stated_figures(scope: Scope, kind: SiteKind, facts: _Facts) -> JsonObject:
    """Return the stated figures of each member, beside the computed ones of that member."""
    published = []
    for member in scope.members:
        stated = facts.stated(member, scope.day, kind)
        published += published_figures(stated, partial(facts.of_one, member, kind), scope.day)
    return {
        **_plans(scope, kind, facts),
        "published": published,
        "targets": _targets(scope, kind, facts),
    }


def _targets(scope: Scope, kind: SiteKind | None, facts: _Facts) -> list[JsonObject]:
    """Return the targets of each member about a kind of site, or about none."""
    return [
        figure
        for member in scope.members
        for figure in target_figures(
            facts.stated(member, scope.day, kind), partial(facts.of_one, member), scope.day
        )
    ]


def _plans(scope: Scope, kind: SiteKind, facts: _Facts) -> JsonObject:
    """Return the plans of the members beside the sites of the members that have one."""
    stated = partial(facts.stated, kind=kind)
    plans = {
        member: plan_in_force([member], kind, scope.day, facts.units, stated)
        for member in scope.members
    }
    with_plan = [member for member, plan in plans.items() if plan.stated]
    together = PlanParts(
        tuple(part for plan in plans.values() for part in plan.of_each),
        tuple(other for plan in plans.values() for other in plan.others),
    )
    # After a merger, sites of a predecessor without a plan cannot be distinguished from the others.
    apart = all(plans[member].is_complete for member in with_plan)
    groups = facts.of(with_plan, scope.day, kind)
    return {
        "planned": planned_figures(together, groups, sites_are_of_the_plan=apart),
        "other_plans": other_plans(together, scope.day),
    }


def as_rollup(values: JsonObject, note: Note | None, boundaries: Boundaries) -> JsonObject:
    """Make the answer for one province on one day, a ``Rollup``."""
    further = {**Note.members(note), "boundaries": boundaries.value}
    return {name: further[name] if name in further else values[name] for name in _ROLLUP}


_ROLLUP = tuple(Rollup.model_fields)
_GROUP: JsonObject = {
    **dict.fromkeys(GroupRollup.model_fields),
    "other_plans": [],
    "published": [],
    "targets": [],
}


async def read_all_by_province(
    provinces: Provinces, scopes: Sequence[Scope], kinds: Collection[SiteKind], units: Units
) -> list[JsonObject]:
    """Return the whole rollup of every province about which anything is known.

    Sites whose province is unknown come first, so that the provinces add up to the whole.
    """
    facts = await _read_facts(provinces, scopes, kinds, units, [None])
    day, revision = scopes[0].day, facts.revision
    unplaced = {"province_code": "null"}
    found = []
    for kind in kinds:
        if groups := facts.by_kind(None, day).get(kind):
            links = Links.to(found_by(kind, day, revision, Boundaries.then) | unplaced)
            found.append(_GROUP | site_figures(kind, groups, links))
    for scope in scopes:
        keys = {"province_code": scope.unit.code, "province_name": scope.unit.name}
        rollups = (_kind_rollup(scope, kind, facts) for kind in kinds)
        found += [_GROUP | rollup | keys for rollup in rollups if _says_anything(rollup)]
    return found


def _says_anything(rollup: JsonObject) -> bool:
    sites = rollup["sites"]
    known = sites["count"] or sites["by_stage"]["closed"] or sites["by_stage"]["removed"]
    return bool(
        known or any(rollup[name] for name in ("planned", "other_plans", "published", "targets"))
    )


async def read_grouped(
    provinces: Provinces,
    scopes: Sequence[Scope],
    keys: Sequence[GroupKey],
    kinds: Collection[SiteKind],
    units: Units,
) -> list[JsonObject]:
    """Return the figures of the sites of some provinces, grouped by any keys."""
    province_of = {member.code: scope.unit for scope in scopes for member in scope.members}
    day, revision = scopes[0].day, provinces.pin.revision
    steps = await provinces.steps([None, *units.codes(UnitLevel.province)], [day])
    by_key: dict[tuple[str, ...], list[Group]] = defaultdict(list)
    labels: dict[tuple[str, ...], JsonObject] = {}
    there = (
        (code, kind, groups) for code, one in steps.items() for kind, groups in one.on(day).items()
    )
    for code, kind, groups in there:
        for group in groups if kind in kinds else ():
            label = _label(code, group, keys, province_of)
            key = (kind.value, *(str(label[name]) for name in keys))
            labels[key] = label
            by_key[key].append(group)
    found = []
    for key, groups in sorted(by_key.items()):
        kind = groups[0].codes.kind
        links = _group_links(kind, labels[key], scopes[0], revision)
        found.append(_GROUP | site_figures(kind, groups, links) | labels[key])
    return found


def _group_links(kind: SiteKind, label: JsonObject, scope: Scope, revision: int) -> Links:
    """Return the addresses of what the figures of a group are made of.

    A province that is none of the requested boundaries has no filter by which lists have it.
    """
    keys = {name: code for name, code in label.items() if name != "province_name"}
    if keys.get("province_code") is not None and label["province_name"] is None:
        return Links(None)
    unknown = {name: "null" if code is None else code for name, code in keys.items()}
    boundaries = Boundaries.then if unknown.get("province_code") == "null" else scope.boundaries
    return Links.to(found_by(kind, scope.day, revision, boundaries) | unknown)


def _label(
    code: str | None, group: Group, keys: Sequence[GroupKey], province_of: Mapping[str, Unit]
) -> JsonObject:
    label: JsonObject = {}
    if GroupKey.province_code in keys:
        unit = province_of.get(code or "")
        label |= {"province_code": unit.code if unit else code}
        label |= {"province_name": unit.name if unit else None}
    tracks = group.codes.tracks
    return label | {key.value: tracks[key] for key in keys if key.value in tracks}


def all_scopes(day: date, today: date, boundaries: Boundaries, units: Units) -> list[Scope]:
    """Return the scopes of all provinces, of the day or of today."""
    when = today if boundaries is Boundaries.now else day
    provinces = units.all_at(UnitLevel.province, when)
    return [scope_of(unit, day, boundaries, units) for unit in provinces]


_ALWAYS = {GroupKey.country, GroupKey.kind}
"""Keys that change nothing: the country is what remains without one, and kinds are never added."""


def kinds_of(requested: list[SiteKind]) -> list[SiteKind]:
    """Return the requested kinds, each once, in the order of the code list; all if none is."""
    return [kind for kind in SiteKind if not requested or kind in requested]


async def read_group_rollups(
    provinces: Provinces, query: RollupsQuery, snapshot: Snapshot
) -> JsonObject:
    """Return the figures of all provinces, grouped as a query requests: ``GroupRollups``."""
    units, day = snapshot.units, snapshot.at.day
    scopes = all_scopes(day, snapshot.today, query.boundaries, units)
    kinds = kinds_of(query.kind)
    keys = [key for key in dict.fromkeys(query.group_by) if key not in _ALWAYS]
    if keys == [GroupKey.province_code]:
        items = await read_all_by_province(provinces, scopes, kinds, units)
    else:
        items = await read_grouped(provinces, scopes, keys, kinds, units)
    return {
        "items": items,
        "next_cursor": None,
        "group_by": [key.value for key in query.group_by],
        "as_of": day.isoformat(),
        "boundaries": query.boundaries.value,
        "revision": provinces.pin.revision,
    }


async def read_country_series(
    provinces: Provinces, days: Sequence[date], kind: SiteKind, units: Units
) -> list[JsonObject]:
    """Return the figures of all sites of a kind on some days, as those grouped by country have."""
    steps = await provinces.steps([None, *units.codes(UnitLevel.province)], days)
    revision = provinces.pin.revision
    found = []
    for day in days:
        groups = [group for one in steps.values() for group in one.on(day).get(kind, ())]
        links = Links.to(found_by(kind, day, revision, Boundaries.then))
        found.append(_GROUP | site_figures(kind, groups, links))
    return found


_MONTHS = {Step.month: 1, Step.quarter: 3, Step.half_year: 6, Step.year: 12}
_MOST_DATES = 120
_BEFORE_FROM = Template(
    "statistics.to-before-from", "to lies before from; write the earlier date as from."
)
_TOO_MANY_DATES = Template(
    "statistics.too-many-dates", "These are {count} dates; at most {most} are answered at once."
)


async def read_rollup_series(
    provinces: Provinces, code: str, query: RollupSeriesQuery, snapshot: Snapshot
) -> JsonObject:
    """Return a ``RollupSeries``: the figures of a province on dates, as known at one revision."""
    boundaries, kinds, units = query.boundaries, kinds_of(query.kind), snapshot.units
    scopes = []
    for day in dates_of(query):
        unit, _, _ = find_province(units, code, day, snapshot.today, boundaries)
        scopes.append(scope_of(unit, day, boundaries, units))
    found = await read_rollups(provinces, scopes, kinds, units)
    items = [as_rollup(values, None, boundaries) for values in found]
    return {"items": items, "next_cursor": None, "revision": snapshot.at.revision}


def dates_of(query: RollupSeriesQuery) -> list[date]:
    """Return the dates of a series; ``BadParameterError`` if there are none or too many."""
    if query.to < query.from_:
        raise BadParameterError.of("to", _BEFORE_FROM())
    days = list(dates_between(query.from_, query.to, _MONTHS[query.step]))
    if len(days) > _MOST_DATES:
        raise BadParameterError.of("step", _TOO_MANY_DATES(count=len(days), most=_MOST_DATES))
    return days
