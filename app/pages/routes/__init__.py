"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import home, maps, preferences

ROUTERS = (home.router, maps.router, preferences.router)
