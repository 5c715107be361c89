"""The HTTP interface: routers parse, call and answer."""

from app.api import (
    documents,
    findings,
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
    findings.router,
    registers.sources,
    documents.router,
    registers.organizations,
    registers.revisions,
    vocabulary.router,
    health.router,
)
