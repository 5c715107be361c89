"""tipg beside the register: the same rows and columns in a table of a PostgreSQL with PostGIS.

It is a well-kept server of OGC API Features over PostGIS, which knows neither histories nor
revisions. It runs in an environment of its own, and only where PostGIS is installed (Debian:
``apt-get install postgresql-15-postgis-3``); the PostgreSQL of the development packages has none.
"""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from benchmarks.endpoints import Endpoint
from benchmarks.serving import ROOT, get, started
from tests.support.clusters import Node, cluster

_PYTHON = ROOT / ".venv" / "bench" / "bin" / "python"
_COMMAND = (str(_PYTHON), "-m", "uvicorn", "tipg.main:app", "--no-access-log")
_TABLE = "/collections/public.sites/items"


def programs() -> Path | None:
    """Return the programs of a PostgreSQL with PostGIS, if one is installed."""
    controls = sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    return Path("/usr/lib/postgresql", controls[-1].parts[-3], "bin") if controls else None


@asynccontextmanager
async def tipg(port: int, found: Path) -> AsyncIterator[int]:
    """Serve the sites that the register on a port lists today; yield the port of tipg."""
    with cluster(1, found) as (node,):
        await _copy(get(port, "/v1/sites.csv")[1].decode("utf-8-sig"), node)
        address = {"DATABASE_URL": f"postgresql://postgres@127.0.0.1:{node.port}/postgres"}
        with started([*_COMMAND], "/collections", address) as served:
            yield served


async def _copy(table: str, node: Node) -> None:
    header, *rows = csv.reader(io.StringIO(table))
    columns = [[row[place] for row in rows] for place in range(len(header))]
    are_numbers = [all(map(_is_number, column)) for column in columns]
    types = ["double precision" if numbers else "text" for numbers in are_numbers]
    listed = ", ".join(f'"{name}" {kind}' for name, kind in zip(header, types, strict=True))
    records = [
        tuple(
            (float(cell) if numbers else cell) if cell else None
            for cell, numbers in zip(row, are_numbers, strict=True)
        )
        for row in rows
    ]
    connection = await asyncpg.connect(host="127.0.0.1", port=node.port, user="postgres")
    try:
        await connection.execute("CREATE EXTENSION postgis")
        await connection.execute(f"CREATE TABLE sites ({listed}, geom geometry(Point, 4326))")
        await connection.copy_records_to_table("sites", records=records, columns=header)
        await connection.execute(f'ALTER TABLE sites ADD PRIMARY KEY ("{header[0]}")')
        await connection.execute("ANALYZE sites")
    finally:
        await connection.close()


def _is_number(cell: str) -> bool:
    try:
        float(cell or "0")
    except ValueError:
        return False
    return True


def beside(sites: Sequence[str], limit: int) -> list[Endpoint]:
    """Return what is requested of it; each has the name of what it is compared with."""
    return [
        Endpoint(
            "one site",
            f"GET {_TABLE}/{{id}}?f=json",
            [f"{_TABLE}/{site}?f=json" for site in sites],
        ),
        Endpoint(
            f"list of {limit}", f"GET {_TABLE}?limit={limit}", [f"{_TABLE}?limit={limit}&f=json"]
        ),
    ]
