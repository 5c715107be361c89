"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import charts, home, machines, preferences, registers, subjects

ROUTERS = (
    home.router,
    charts.router,
    machines.router,
    machines.open_router,
    preferences.router,
    registers.router,
    subjects.router,
)
