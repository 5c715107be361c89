"""The routes of pages, one module for each page; ``main`` includes their routers."""

from app.pages.routes import home, preferences

ROUTERS = (home.router, preferences.router)
