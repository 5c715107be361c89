"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import charts, home, preferences, registers, subjects

ROUTERS = (
    home.router,
    charts.router,
    preferences.router,
    registers.router,
    subjects.router,
)
