"""Provinces as dated units: which there were on a date, what they came from and became."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.dates import today
from app.core.vocabulary import Boundaries
from app.http.reading import HELD, ProvinceCode, TheUnits
from app.http.responses import RESPONSES
from app.http.strict_routes import StrictRoute
from app.units import provinces
from app.units.schemas import ProvinceDetail, ProvincePage, ProvincesQuery
from app.units.units import UnitLevel

units_router = APIRouter(
    prefix="/v1/provinces", tags=["provinces"], route_class=StrictRoute, responses=RESPONSES
)


@units_router.get("", summary="List provinces", dependencies=[HELD])
async def list_provinces(
    units: TheUnits, query: Annotated[ProvincesQuery, Query()]
) -> ProvincePage:
    """List the provinces that existed on a date, with predecessors and successors."""
    day = query.as_of or today()
    found = units.all_at(UnitLevel.province, day)
    items = [provinces.as_province(unit, units) for unit in found]
    return ProvincePage(items=items, next_cursor=None, as_of=day)


@units_router.get("/{code}", summary="Read a province", dependencies=[HELD])
async def get_province(
    units: TheUnits, code: ProvinceCode, query: Annotated[ProvincesQuery, Query()]
) -> ProvinceDetail:
    """Read which province a code named on a date, what it came from and what became of it."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    return provinces.as_province_detail(unit, units, day, note)
