"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import charts, home, maps, preferences

ROUTERS = (home.router, maps.router, charts.router, preferences.router)
