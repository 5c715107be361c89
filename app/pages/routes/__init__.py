"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import (
    changes,
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
    preferences.router,
)
