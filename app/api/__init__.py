"""The HTTP interface: routers parse, call and answer."""

from app.api import health, provinces, registers, rollups, sites, statements, vocabulary

ROUTERS = (
    sites.router,
    statements.router,
    provinces.router,
    rollups.router,
    registers.sources,
    registers.organizations,
    registers.revisions,
    vocabulary.router,
    health.router,
)
