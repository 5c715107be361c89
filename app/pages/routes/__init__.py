"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import (
    changes,
    charts,
    compare,
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
    subjects,
)

ROUTERS = (
    home.router,
    search.router,
    maps.router,
    province.router,
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
