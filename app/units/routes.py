"""Administrative units: which there were on a date, what they came from and became."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.core.dates import today
from app.core.vocabulary import Boundaries
from app.http.reading import HELD, ProvinceCode, TheUnits, link, noted
from app.http.strict_routes import strict_router
from app.ledger.snapshots import Note
from app.units import provinces, search
from app.units.schemas import (
    AdministrativeUnitPage,
    ProvinceDetail,
    ProvincePage,
    ProvinceQuery,
    ProvincesQuery,
    UnitsQuery,
)
from app.units.units import UnitLevel

provinces_router = strict_router("/provinces", "provinces")
units_router = strict_router("/units", "provinces")


@provinces_router.get("", summary="List provinces", dependencies=[HELD])
async def list_provinces(
    units: TheUnits, query: Annotated[ProvincesQuery, Query()]
) -> ProvincePage:
    """List the provinces that existed on a date, with predecessors and successors.

    By code; with ``q`` those whose name has the words, best first.
    """
    day = query.as_of or today()
    there = units.all_at(UnitLevel.province, day)
    if query.q is not None:
        there = [unit for unit in search.find_units(units, query.q, day) if unit in there]
    items = [provinces.as_province(unit, units) for unit in there]
    return ProvincePage(items=items, next_cursor=None, as_of=day)


@provinces_router.get("/{code}", summary="Read a province", dependencies=[HELD])
async def get_province(
    units: TheUnits, code: ProvinceCode, query: Annotated[ProvinceQuery, Query()]
) -> ProvinceDetail:
    """Read which province a code named on a date, what it came from and what became of it."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    about = {"as_of": day, **Note.members(noted(note))}
    return ProvinceDetail.model_validate({**dict(provinces.as_province(unit, units)), **about})


@units_router.get("", summary="Look up administrative units", dependencies=[HELD])
async def list_units(
    units: TheUnits,
    query: Annotated[UnitsQuery, Query()],
    request: Request,
    response: Response,
) -> AdministrativeUnitPage:
    """Look up provinces, districts and communes by name, best match first.

    Each comes with its code, what it lies in, the days over which it existed, and what it came from
    and became. Without ``as_of`` those of all times are found: what has ended comes last.
    """
    page = search.list_units(units, query)
    if page.next_cursor is not None:
        link(request, response, "cursor", page.next_cursor)
    return page
