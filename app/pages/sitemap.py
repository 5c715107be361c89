"""The sitemap: an index, and one part for each type of page and 50,000 addresses."""

from math import ceil

from app.database.connections import Executor
from app.ledger.snapshots import Snapshot
from app.pages.rendering import LISTS, NAVIGATION
from app.subjects.registered import REGISTERED, count_registered, registered_ids
from app.units.units import UnitLevel

MOST = 50_000
"""So many addresses a part may have, by the protocol."""
_PAGES, _PROVINCES = "pages", "provinces"
_SECTIONS = {f"{what}s": what for what in REGISTERED}


async def parts(connection: Executor, revision: int) -> list[str]:
    """Return the paths of the parts."""
    found = [_part(_PAGES, 1), _part(_PROVINCES, 1)]
    for section, what in _SECTIONS.items():
        count = await count_registered(connection, what, revision)
        found += [_part(section, number) for number in range(1, ceil(count / MOST) + 1)]
    return found


def _part(section: str, number: int) -> str:
    return f"/sitemaps/{section}/{number}.xml"


async def part(connection: Executor, section: str, number: int, snapshot: Snapshot) -> list[str]:
    """Return the paths of the pages in a part, none where there is no such part."""
    if section == _PAGES:
        return [*(path for path, _ in NAVIGATION), *LISTS] if number == 1 else []
    if section == _PROVINCES:
        units = snapshot.units.all_at(UnitLevel.province, snapshot.today)
        return [f"/provinces/{unit.code}" for unit in units] if number == 1 else []
    what = _SECTIONS.get(section)
    if what is None:
        return []
    revision, offset = snapshot.at.revision, (number - 1) * MOST
    keys = await registered_ids(connection, what, revision, offset, MOST)
    return [f"/{section}/{key}" for key in keys]
