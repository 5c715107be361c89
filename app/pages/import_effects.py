"""What a commit would change, and what undoing one would, tried without recording it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from fastapi import Request

from app.entry.schemas import FigureChange
from app.http.access import principal_of
from app.http.languages import CATALOGUES
from app.http.service import service_of
from app.imports import store
from app.imports.correcting import Gone
from app.imports.draft_schemas import ImportDetail
from app.imports.outcomes import ImportOutcome
from app.imports.recorded import ImportCommit, retract, try_commit
from app.imports.retractions import ImportRetraction
from app.imports.shown import import_of
from app.ledger.idempotency import WriteRequest
from app.ledger.revisions import Writer
from app.pages.faults import in_words
from app.pages.speech import Speech, speech_of
from app.statistics.indicators import INDICATORS
from app.subjects.sites import SiteState

_VIETNAMESE = CATALOGUES["vi"]
_NO_STATUS = "unknown"
"""In place of a code in counts by status: it is unknown."""
_UNKNOWN = "value.unknown"


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure before and after; ``label`` is ``None`` for what only counts what is known."""

    label: str | None
    change: FigureChange


@dataclass(frozen=True, slots=True)
class Place:
    """The figures of a province on a day that would change."""

    first: FigureChange
    main: Sequence[Changed]
    further: Sequence[Changed]


async def find_import(request: Request, import_id: str) -> ImportDetail:
    """Return an import that the reader may see."""
    async with service_of(request).database.read() as connection:
        draft = await store.get_draft(connection, import_id, principal_of(request))
    return import_of(draft, _VIETNAMESE)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that a commit would leave out, and why, in words."""

    row: int | None
    name: str | None
    why: Sequence[str]


async def effect_of(
    request: Request, one: ImportDetail, gone: Gone | None, override_reason: str | None
) -> tuple[ImportOutcome, Sequence[LeftOut]]:
    """Return what a commit would do, and what it would leave out."""
    body = ImportCommit(revision=one.read_at, gone=gone, override_reason=override_reason)
    service = service_of(request)
    async with WriteRequest(service.database, service.in_flight, is_dry_run=True) as write:
        writer = _writer(request, write)
        who, places = principal_of(request), service.reading_files
        _, outcome = await try_commit(writer, who, one.id, body, places)
    speech = speech_of(request)
    left_out = [
        LeftOut(row.row, row.name, [in_words(fault.detail, speech) for fault in row.faults])
        for row in outcome.refused
    ]
    return outcome.shown(_VIETNAMESE), left_out


async def retraction_of(request: Request, one: ImportDetail) -> ImportRetraction:
    """Return what undoing an import would do."""
    service = service_of(request)
    async with WriteRequest(service.database, service.in_flight, is_dry_run=True) as write:
        writer = _writer(request, write)
        return await retract(writer, principal_of(request), one.id, one.id, _VIETNAMESE)


def _writer(request: Request, write: WriteRequest) -> Writer:
    service, who = service_of(request), principal_of(request)
    return Writer(service.database, service.units, who.name, write, principal=who)


def by_place(figures: Sequence[FigureChange], speech: Speech) -> list[Place]:
    """Return figures by province and day, the main ones first."""
    grouped = groupby(
        sorted(figures, key=lambda one: (one.province_code, one.as_of, one.kind or "")),
        key=lambda one: (one.province_code, one.as_of),
    )
    return [_place([Changed(_label(f, speech), f) for f in found]) for _, found in grouped]


def _place(changed: Sequence[Changed]) -> Place:
    main = [one for one in changed if one.label is not None]
    return Place(changed[0].change, main, [one for one in changed if one.label is None])


def _label(one: FigureChange, speech: Speech) -> str | None:
    parts = one.figure.split(".")
    match parts:
        case ["sites", "by_stage", code]:
            return speech.text("effect-figures.stage", what=speech.label("stage", code))
        case ["sites", "by_clearance_status", code]:
            is_known = code != _NO_STATUS
            status = speech.label("clearance_status", code) if is_known else speech.text(_UNKNOWN)
            return speech.text("effect-figures.clearance", what=status)
        case ["published", indicator, period, "value"]:
            return f"{_indicator(indicator, speech)} ({speech.period(period)})"
        case ["land" | "clearance", name, "total_ha"] if name in SiteState.members:
            return speech.attribute("site", name)
    return _WORDS.get(one.figure, _none)(speech)


def _indicator(name: str, speech: Speech) -> str:
    known = INDICATORS[name]
    return str(speech.either(known.name_vi, known.name_en))


def _none(_speech: Speech) -> str | None:
    return None


def _word(name: str) -> Callable[[Speech], str | None]:
    return lambda speech: speech.text("effect-figures." + name)


_WORDS: Mapping[str, Callable[[Speech], str | None]] = {
    "sites.count": _word("sites"),
    "area.total_ha": _word("area"),
    "clearance.completed_area_ha.total_ha": _word("completed"),
    "clearance.clearance_pct": _word("cleared"),
    "occupancy.land_weighted_pct": _word("occupied"),
    "occupancy.leased_ha": _word("leased"),
    "occupancy.leasable_ha": _word("leasable"),
    "planned.sites": _word("planned-sites"),
    "planned.area_ha": _word("planned-area"),
    "planned.remaining_sites": _word("remaining-sites"),
    "planned.remaining_area_ha": _word("remaining-area"),
}
