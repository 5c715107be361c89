"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import (
    changes,
    charts,
    compare,
    findings,
    home,
    preferences,
    province,
    records,
    search,
)

ROUTERS = (
    home.router,
    search.router,
    province.router,
    records.router,
    findings.router,
    changes.router,
    compare.router,
    charts.router,
    preferences.router,
)
