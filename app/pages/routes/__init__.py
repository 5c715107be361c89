"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import (
    changes,
    charts,
    compare,
    corrections,
    findings,
    home,
    imports,
    machines,
    maps,
    preferences,
    province,
    records,
    registers,
    search,
    sign_in,
    statements,
    subjects,
)

ROUTERS = (
    home.router,
    search.router,
    maps.router,
    province.router,
    # Before the pages of subjects: "new" is no id.
    statements.router,
    corrections.router,
    records.router,
    subjects.router,
    registers.router,
    findings.router,
    changes.router,
    imports.router,
    compare.router,
    charts.router,
    preferences.router,
    sign_in.router,
    machines.router,
    machines.open_router,
)
