"""The HTTP interface: routers parse, call and answer."""

from app.api import (
    changes,
    documents,
    exports,
    figure_exports,
    findings,
    health,
    indicators,
    metrics,
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
    exports.router,
    figure_exports.router,
    projects.router,
    statements.router,
    provinces.router,
    rollups.router,
    findings.router,
    indicators.router,
    registers.sources,
    documents.router,
    registers.organizations,
    registers.revisions,
    changes.router,
    vocabulary.router,
    health.router,
    metrics.router,
)
