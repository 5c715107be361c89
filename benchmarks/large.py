"""``python -m benchmarks.large``: how reads grow from a thousand sites to a million.

Sites of one version each are written straight into the tables, in one revision and without
statements, and requests are answered in process: CPU of a request, in microseconds.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

from fastapi import FastAPI
from sqlalchemy import insert, text, update
from starlette.types import Message, Scope

from app.core.settings import Settings
from app.core.vocabulary import SiteKind, SubjectType
from app.database import Database, is_sqlite
from app.database.schema import migrate
from app.database.tables import REVISION_COUNTER, insert_rows
from app.ledger.tables import OPEN_REVISION, REVISIONS, SITES
from app.main import create_app
from app.subjects.definitions import Subject
from app.subjects.fold import FOREVER, StatePeriod
from app.subjects.histories import SITE_HISTORY, Values
from app.subjects.projection import version_rows, word_rows
from app.upkeep.rebuilding import load_units
from benchmarks.bare import app as bare_app
from benchmarks.building import UNITS
from benchmarks.databases import KINDS, SQLITE, database_server, fresh_database
from benchmarks.names import Names

_SINCE = date(2025, 7, 1)
_PROVINCE = "19"
_PROVINCES = ("01", "04", "08", "11", "12", "14", "15", _PROVINCE, "20", "22")
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_QUICK = 3
_AT_ONCE = 5_000
_REQUESTS, _ROUNDS = 40, 5
_HEAD = """\
# Growing registers

Written by `make bench-large BENCH_ARGS="--quick --out docs/benchmarks-large.md"`; without `--quick`
up to a million sites, with `--databases sqlite postgresql` on both. Sites of one version each are
written straight into the tables. CPU of a request that is answered in process, no answers kept; a
search has two or three words of the name of one site. The load of the machine should be near 0.

"""


def _sites(random: Random, names: Names, number: int) -> Iterator[tuple[Values, Values]]:
    """Yield registrations and versions."""
    for _ in range(number):
        site, name = names.site(SiteKind.cluster)
        values = {
            "name": name,
            "province_code": random.choice(_PROVINCES),
            "planning_status": "planned",
            "stage": "planned",
            "area_ha": Decimal(random.randint(5, 75)),
        }
        subject = Subject(SubjectType.site, site, SiteKind.cluster)
        (version,) = version_rows(subject, [StatePeriod(_SINCE, FOREVER, values)])
        yield {"id": site, "kind": SiteKind.cluster.value, "revision": 1}, version


async def _fill(database: Database, random: Random, names: Names, number: int) -> None:
    known = {"known_from": 1, "known_to": OPEN_REVISION}
    async with database.write() as session:
        sites = _sites(random, names, number)
        while part := list(islice(sites, _AT_ONCE)):
            versions = [version | known for _, version in part]
            await session.execute(insert(SITES), [site for site, _ in part])
            await insert_rows(session, SITE_HISTORY.versions, versions)
            await insert_rows(session, SITE_HISTORY.words, word_rows(SITE_HISTORY, versions))
    if not is_sqlite(database.url):
        async with database.read() as connection:
            await connection.execute(text("VACUUM (ANALYZE)"))


async def _begin(database: Database) -> None:
    await migrate(database)
    await load_units(database, UNITS)
    revision = {"number": 1, "author": "benchmark", "digest": "0" * 64}
    async with database.write() as session:
        recorded = {"recorded_at": datetime(2025, 12, 1, tzinfo=UTC)}
        await session.execute(insert(REVISIONS), revision | recorded)
        await session.execute(update(REVISION_COUNTER).values(number=1))


async def _answer(app: FastAPI, path: str) -> int:
    """Answer one request in process; return its status."""
    path, _, query = path.partition("?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost")],
        "scheme": "http",
        "root_path": "",
        "state": {},
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
    }
    statuses: list[int] = []
    requests: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not requests:
            await asyncio.Event().wait()
        return requests.pop()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


async def _cpu(app: FastAPI, paths: list[str]) -> float:
    """Return the CPU of one request, microseconds, the median of several rounds."""
    took = []
    for number in range(_ROUNDS):
        started = process_time()
        for path in paths:
            if (status := await _answer(app, path)) != 200:
                raise RuntimeError(f"{path} answers {status}")
        if number:
            took.append((process_time() - started) / len(paths) * 1e6)
    return median(took)


def _requests(sites: list[str]) -> dict[str, list[str]]:
    sampled = Random(1).sample(sites, _REQUESTS)
    days = [_SINCE + timedelta(number) for number in range(_REQUESTS)]
    found = [site.removeprefix("ccn-").replace("-", "+") for site in sampled]
    return {
        "one site": [f"/v1/sites/{site}" for site in sampled],
        "list of 50": ["/v1/sites?limit=50"] * _REQUESTS,
        "search": [f"/v1/sites?limit=50&q={words}" for words in found],
        "warm rollup": [f"/v1/provinces/{_PROVINCE}/rollup?as_of={day}" for day in days],
    }


async def _measured(url: str, sites: list[str]) -> dict[str, float]:
    """Return the microseconds of each read, and the milliseconds that a step function takes."""
    app = create_app(Settings(database_url=url, response_cache_bytes=0, clock_ahead_days=0))
    async with app.router.lifespan_context(app):
        await _answer(app, f"/v1/provinces/{_PROVINCES[0]}/rollup")
        started = process_time()
        await _answer(app, f"/v1/provinces/{_PROVINCE}/rollup")
        steps = (process_time() - started) * 1000
        found = {name: await _cpu(app, paths) for name, paths in _requests(sites).items()}
    return {**found, "step function, ms": steps}


async def _run(kind: str, most: int) -> dict[int, dict[str, float]]:
    random = Random(20_251_130)
    names, measured, have = Names(random), {}, 0
    async with database_server(kind) as server, AsyncExitStack() as stack:
        url = await stack.enter_async_context(fresh_database(kind, server, "large"))
        database = Database(url)
        try:
            await _begin(database)
            for size in (size for size in _SIZES if size <= most):
                await _fill(database, random, names, size - have)
                have = size
                async with database.read() as connection:
                    ids = await connection.execute(text("SELECT id FROM site LIMIT 5000"))
                    sites = sorted(ids.scalars())
                measured[size] = await _measured(url, sites)
        finally:
            await database.close()
    return measured


def _table(kind: str, bare: float, measured: dict[int, dict[str, float]]) -> str:
    sizes = list(measured)
    head = [f"{size:,}" for size in sizes]
    lines = [
        f"## {kind}\n\nA bare route: {bare:,.0f} µs.\n",
        f"| µs of CPU | {' | '.join(head)} | last to first |",
        f"|---|{'--:|' * (len(sizes) + 1)}",
    ]
    for name in measured[sizes[0]]:
        values = [measured[size][name] for size in sizes]
        shown = " | ".join(f"{value:,.0f}" for value in values)
        lines.append(f"| {name} | {shown} | {values[-1] / values[0]:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the tables, and write them where a file is named."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.large")
    parser.add_argument("--quick", action="store_true", help="up to 100,000 sites")
    parser.add_argument("--most", type=int, default=None, help="sites of the largest register")
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=[SQLITE])
    parser.add_argument("--out", type=Path, default=None, help="file to write the tables to")
    options = parser.parse_args()
    most = options.most or _SIZES[_QUICK - 1 if options.quick else -1]
    bare = asyncio.run(_cpu(bare_app, ["/bare"] * 500))
    tables = [_table(kind, bare, asyncio.run(_run(kind, most))) for kind in options.databases]
    report = "\n\n".join(tables) + "\n"
    print(report)
    if options.out is not None:
        options.out.write_text(_HEAD + report, encoding="utf-8")


if __name__ == "__main__":
    main()
