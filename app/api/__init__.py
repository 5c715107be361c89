"""The HTTP interface: routers parse, call and answer."""

from app.api import health, indicators, provinces, registers, rollups, sites, statements

ROUTERS = (
    sites.router,
    statements.router,
    provinces.router,
    rollups.router,
    indicators.router,
    registers.sources,
    registers.organizations,
    registers.revisions,
    health.router,
)
