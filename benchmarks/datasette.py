"""Datasette beside the register: the same rows and columns in a table of its own file.

It is a well-kept server of JSON over SQLite, which knows neither histories nor revisions: what it
does is the least that an answer from a database takes. It runs in an environment of its own.
"""

import csv
import io
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.endpoints import Endpoint
from benchmarks.serving import ROOT, get, started

PROGRAM = ROOT / ".venv" / "bench" / "bin" / "datasette"
_SUMS = (
    "select province_code, kind, stage, clearance_status, count(*), count(area_ha), sum(area_ha), "
    "count(occupancy_pct), sum(occupancy_pct) from sites "
    "group by province_code, kind, stage, clearance_status"
)


@contextmanager
def datasette(port: int) -> Iterator[int]:
    """Serve the sites that the register on a port lists today; yield the port of Datasette."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register.db"
        _copy(get(port, "/v1/sites.csv")[1].decode("utf-8-sig"), file)
        command = [str(PROGRAM), "serve", str(file), "--setting", "sql_time_limit_ms", "60000"]
        with started(command, "/register.json", {}) as served:
            yield served


def _copy(table: str, file: Path) -> None:
    header, *rows = csv.reader(io.StringIO(table))
    names = ", ".join(f'"{name}"' for name in header[1:])
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f'CREATE TABLE sites ("{header[0]}" TEXT PRIMARY KEY, {names})')
        marks = ", ".join("?" * len(header))
        values = ([_value(cell) for cell in row] for row in rows)
        connection.executemany(f"INSERT INTO sites VALUES ({marks})", values)  # noqa: S608  (marks only)
        connection.execute("CREATE INDEX sites_of_province ON sites (province_code)")
        connection.execute("CREATE VIRTUAL TABLE names USING fts5 (name, content='sites')")
        connection.execute("INSERT INTO names (names) VALUES ('rebuild')")
        connection.execute("ANALYZE")


def _value(cell: str) -> str | float | None:
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


def beside(sites: Sequence[str], limit: int) -> list[Endpoint]:
    """Return what is requested of it; each has the name of what it is compared with."""
    table = "/register/sites.json"
    page = urlencode({"_size": limit, "_shape": "objects", "_nocount": 1, "_nofacet": 1})
    found = urlencode({"_search": "quang", "_searchmode": "raw"})
    return [
        Endpoint(
            "one site",
            "GET /register/sites/{id}.json",
            [f"/register/sites/{site}.json?_shape=objects" for site in sites],
        ),
        Endpoint(f"list of {limit}", f"GET {table}?_size={limit}", [f"{table}?{page}"]),
        Endpoint(
            f"list of {limit} by words of the name",
            f"GET {table}?_search=…",
            [f"{table}?{page}&{found}"],
        ),
        Endpoint(
            "rollup of all provinces",
            "GET /register.json?sql=select … group by …",
            [f"/register.json?{urlencode({'sql': _SUMS, '_shape': 'objects', '_size': 'max'})}"],
        ),
    ]
