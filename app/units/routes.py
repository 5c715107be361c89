"""Provinces as dated units: those of a date, their predecessors and successors."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.dates import today
from app.core.vocabulary import Boundaries
from app.http.reading import ProvinceCode, TheUnits
from app.http.responses import RESPONSES
from app.http.strict_routes import StrictRoute
from app.units import provinces
from app.units.schemas import ProvinceDetail, ProvincePage, ProvincesQuery
from app.units.units import UnitLevel

units_router = APIRouter(
    prefix="/v1/provinces", tags=["provinces"], route_class=StrictRoute, responses=RESPONSES
)


@units_router.get("", summary="List provinces")
async def list_provinces(
    units: TheUnits, query: Annotated[ProvincesQuery, Query()]
) -> ProvincePage:
    """List the provinces that existed on a date, with predecessors and successors."""
    day = query.as_of or today()
    items = [provinces.as_province(u, units) for u in units.all_at(UnitLevel.province, day)]
    return ProvincePage(items=items, next_cursor=None, as_of=day)


@units_router.get("/{code}", summary="Read a province")
async def get_province(
    units: TheUnits, code: ProvinceCode, query: Annotated[ProvincesQuery, Query()]
) -> ProvinceDetail:
    """Read the province that a code named on a date, with its predecessors and successors."""
    unit, day, note = provinces.find_province(units, code, query.as_of, today(), Boundaries.then)
    return provinces.as_province_detail(unit, units, day, note)
