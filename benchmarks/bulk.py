"""How fast statements are recorded in bulk, and how long another writer waits meanwhile."""

import asyncio
import gc
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from app.core.errors import Fault
from app.core.vocabulary import SubjectType
from app.database import Database
from app.entry.bulk import MOST_ITEMS, BulkFault, BulkWrite, state_bulk
from app.entry.schemas import BODIES
from app.entry.writes import state
from app.ledger.revisions import Writer
from app.units.tables import read_units

_SITES = MOST_ITEMS // 5
_SOURCE = "bulk-report"
_OTHER = "ccn-bulk-other"
_YEARS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("2016", {"area_ha": 40, "legal_status": "established"}),
    ("2017", {"clearance_status": "in_progress", "to_clear_ha": 40, "cleared_ha": 10}),
    ("2018", {"investor": "bulk-builder", "cleared_ha": 20}),
    ("2019", {"industrial_land_ha": 30, "construction_status": "in_progress"}),
    ("2020", {"operation_status": "operating", "leased_ha": 10.5}),
)


@dataclass(frozen=True, slots=True)
class Bulked:
    """How many statements one bulk recorded, in how many seconds; the wait of another writer."""

    statements: int
    seconds: float
    longest_wait: float

    @property
    def per_second(self) -> float:
        """Statements recorded per second."""
        return self.statements / self.seconds


async def bulk(url: str) -> Bulked:
    """Register sites in bulk, then state of all of them while another states one by one."""
    database, others = Database(url), Database(url)
    try:
        async with database.read() as connection:
            units = await read_units(connection)
        # As in a process that serves.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        writer = Writer(database, units, "benchmark")
        await _record(writer, _new())
        statements = _statements("first")
        started = perf_counter()
        await _record(writer, {"statements": statements})
        seconds = perf_counter() - started
        other = asyncio.create_task(_others(Writer(others, units, "another")))
        await asyncio.sleep(0.1)
        await _record(writer, {"statements": _statements("second")})
        other.cancel()
        return Bulked(len(statements), seconds, await other)
    finally:
        await database.close()
        await others.close()


async def _record(writer: Writer, body: dict[str, Any]) -> None:
    await state_bulk(writer, BulkWrite.model_validate(body), skip_refused=False, render=_unexpected)


def _unexpected(fault: Fault) -> BulkFault:
    raise RuntimeError(str(fault.detail))


async def _others(writer: Writer) -> float:
    """State of another site until it is enough; return how long the longest write took."""
    longest, turn = 0.0, 0
    try:
        while True:
            turn += 1
            area = {"area_ha": (1000 + turn) / 100}
            values = {"values": area, "effective_from": "2021", "source_id": _SOURCE}
            started = perf_counter()
            body = BODIES[SubjectType.site].write.model_validate(values)
            await state(writer, SubjectType.site, _OTHER, body)
            longest = max(longest, perf_counter() - started)
    except asyncio.CancelledError:
        return longest


def _new() -> dict[str, Any]:
    return {
        "organizations": [{"id": "bulk-builder", "name": "Công ty xây dựng hạ tầng"}],
        "sources": [{"id": _SOURCE, "kind": "report", "title": "Báo cáo"}],
        "sites": [_site(f"ccn-bulk-{number}") for number in range(_SITES)] + [_site(_OTHER)],
    }


def _site(key: str) -> dict[str, Any]:
    values = {"name": f"CCN {key}", "province_code": "06", "planning_status": "planned"}
    return {
        "id": key,
        "kind": "cluster",
        "source_id": _SOURCE,
        "effective_from": "2015",
        "values": values,
    }


def _statements(turn: str) -> list[dict[str, Any]]:
    return [
        {
            "subject_type": "site",
            "subject_id": f"ccn-bulk-{number}",
            "source_id": _SOURCE,
            "effective_from": year,
            "locator": f"line {number}, {turn} time",
            "values": values,
        }
        for year, values in _YEARS
        for number in range(_SITES)
    ]
