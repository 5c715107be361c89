"""The HTTP interface: routers parse, call and answer."""

from app.api import (
    documents,
    health,
    projects,
    provinces,
    registers,
    rollups,
    sites,
    statements,
    vocabulary,
)

ROUTERS = (
    sites.router,
    projects.router,
    statements.router,
    provinces.router,
    rollups.router,
    registers.sources,
    documents.router,
    registers.organizations,
    registers.revisions,
    vocabulary.router,
    health.router,
)
