"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import (
    changes,
    charts,
    compare,
    country,
    findings,
    home,
    lists,
    machines,
    maps,
    preferences,
    province,
    records,
    registers,
    search,
    subjects,
)

ROUTERS = (
    home.router,
    search.router,
    lists.router,
    maps.router,
    province.router,
    country.router,
    records.router,
    subjects.router,
    registers.router,
    findings.router,
    changes.router,
    compare.router,
    charts.router,
    preferences.router,
    machines.router,
    machines.open_router,
)
