"""Every page that people look at, on a register with all seeds: in this one place."""

PATHS = {
    "/": 100_000,
    "/map?as_of=2023-12-31": 600_000,
}
"""How many bytes each may transfer at most, scripts and styles included."""
