"""Dry runs: the changes that a write makes, read before it is rolled back."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar

from app.core.dates import today
from app.core.digest import JsonObject
from app.core.types import Answer
from app.core.vocabulary import HISTORIC, Boundaries, SiteKind, SubjectType
from app.entry.finding_changes import finding_changes
from app.entry.known import Key
from app.entry.recording import Recorded
from app.entry.schemas import DryRun, FigureChange
from app.ledger.revisions import Draft
from app.statistics.kept_steps import Provinces
from app.statistics.rollups import Scope, read_rollups, scope_of
from app.subjects.histories import HISTORIES
from app.subjects.version_changes import VersionChange, read_changes
from app.units.units import UnitLevel, Units

_Answer = TypeVar("_Answer", bound=Answer)
MOST_SUBJECTS = 100
"""So many subjects of a write have their changes shown."""
_FigureKey = tuple[str, date, SiteKind | None, str]
# Members that name a figure in a list, rather than being one.
_NAMES = ("indicator", "period", "definition")
# Documents behind a figure, not figures; a plan's own numbers stand beside them.
_NOT_FIGURES = {"stated"}


async def with_dry_run(
    done: Recorded, about: Sequence[tuple[Key, date | None]], answer: _Answer
) -> _Answer:
    """Return the answer to a write: with findings, and with all it would change if it is dry.

    ``about`` are its subjects, each with the day from which on what was said of it holds. Of many
    only the first are shown.
    """
    request, draft = done.plan.writer.request, done.draft
    if request is None or draft is None:
        return answer
    if about:
        findings = await finding_changes(draft, about[:MOST_SUBJECTS], done.said())
        answer = answer.model_copy(update={"findings": findings})
    if not request.is_dry_run:
        return answer
    shown: JsonObject = {f"{what}s": [] for what in HISTORIC}
    places: set[tuple[str, date]] = set()
    for subject, day in about[:MOST_SUBJECTS]:
        changes = await _versions(draft, subject)
        if changes:
            shown[f"{subject[0]}s"] += [change.shown for change in changes]
        places |= _places(subject, day, changes, draft.writer.units)
    dry_run = DryRun.model_validate({**shown, "figures": await _figures(draft, places)})
    return answer.model_copy(update={"dry_run": dry_run})


async def _versions(draft: Draft, about: Key) -> list[VersionChange]:
    history = HISTORIES.get(SubjectType(about[0]))
    if history is None:
        return []
    return await read_changes(draft.session, history, about[1], draft.number, draft.writer.units)


def _places(
    about: Key, day: date | None, changes: Sequence[VersionChange], units: Units
) -> set[tuple[str, date]]:
    """Return the provinces concerned, each with a day on which its figures may change."""
    if about[0] == SubjectType.site:
        different = [change.valid_from for change in changes if change.changed]
        days = {today(), *different[:1]}
        return {
            (version["province_code"], on)
            for on in days
            for change in changes
            if change.valid_from <= on < change.valid_to
            for version in (change.before, change.after)
            if version and version["province_code"]
        }
    stated = units.at(UnitLevel.province, about[1], day) if day else None
    if about[0] != SubjectType.province or stated is None or day is None:
        return set()
    codes = ((units.place_on(on, [stated]).province_code, on) for on in {today(), day})
    return {(code, on) for code, on in codes if code}


async def _figures(draft: Draft, places: set[tuple[str, date]]) -> list[FigureChange]:
    """Compute the rollups of the places before and after, and return the figures that differ."""
    units = draft.writer.units
    provinces = [(units.at(UnitLevel.province, code, day), day) for code, day in sorted(places)]
    scopes = [scope_of(unit, day, Boundaries.then, units) for unit, day in provinces if unit]
    if not scopes:
        return []
    before = await _figures_at(draft, scopes, draft.number - 1)
    after = await _figures_at(draft, scopes, draft.number)
    return [
        FigureChange(
            province_code=key[0],
            province_name=units.name_of(UnitLevel.province, key[0], key[1]),
            as_of=key[1],
            kind=key[2],
            figure=key[3],
            before=before.get(key),
            after=after.get(key),
        )
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]


async def _figures_at(
    draft: Draft, scopes: Sequence[Scope], revision: int
) -> dict[_FigureKey, float | None]:
    units = draft.writer.units
    # Nothing is kept of what will not be recorded.
    provinces = Provinces.unkept(draft.session, revision, units)
    rollups = await read_rollups(provinces, scopes, list(SiteKind), units)
    return dict(figure for values in rollups for figure in _of_rollup(values))


def _of_rollup(values: JsonObject) -> Iterator[tuple[_FigureKey, float | None]]:
    code, day = values["province_code"], date.fromisoformat(values["as_of"])
    for target in values["targets"]:
        for name, number in _numbers(target, "targets"):
            yield (code, day, None, name), number
    for rollup in values["rollups"]:
        for name, number in _numbers(rollup, ""):
            yield (code, day, SiteKind(rollup["kind"]), name), number


def _numbers(content: JsonObject, prefix: str) -> Iterator[tuple[str, float | None]]:
    """Yield the numbers of a part of a rollup by their places, as in ``area.total_ha``."""
    named = [str(content[name]) for name in _NAMES if content.get(name)]
    place = ".".join([part for part in (prefix, *named) if part])
    for name, value in content.items():
        where = f"{place}.{name}" if place else name
        if isinstance(value, bool) or name in _NOT_FIGURES:
            continue
        if isinstance(value, int | float):
            yield where, value
        elif isinstance(value, dict):
            yield from _numbers(value, where)
        elif isinstance(value, list):
            for item in value:
                yield from _numbers(item, where)
