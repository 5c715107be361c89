"""Every page that people look at, with all seeds: one line each, in this one place."""

PATHS = ("/docs",)
