"""The table of results as a Markdown page."""

import os
import platform
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.building import Built
from benchmarks.bulk import Bulked
from benchmarks.growing import Beside, Grown
from benchmarks.imports import Imported
from benchmarks.measuring import CONNECTIONS, Line
from benchmarks.seeding import Seeded

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured on one database."""

    kind: str
    built: Built
    seeded: Seeded
    bulked: Bulked
    bare_per_second: float
    lines: Sequence[Line]
    beside: Beside
    grown: Sequence[Grown]

    @property
    def name(self) -> str:
        """The name of the database, as people write it."""
        return _NAMES[self.kind]

    @property
    def chart(self) -> str:
        """The name of the file with the chart of the ratios."""
        return f"benchmarks-{self.kind}.svg"


def render(measured: Sequence[Measured], imported: Imported, options: Namespace) -> str:
    """Return the page."""
    lines = [*_introduction(measured, options), *_body(measured), *_imports(imported)]
    return "\n".join(lines) + "\n"


def _introduction(measured: Sequence[Measured], options: Namespace) -> Iterator[str]:
    built = measured[0].built
    yield "# Benchmarks"
    yield ""
    yield "Written by `make bench`; the same with other sizes: `python -m benchmarks.run --help`."
    yield ""
    yield (
        f"A synthetic register, the same every time: {len(built.sites):,} sites in all 63 "
        f"provinces with {options.statements} statements each, plans, published totals and targets "
        f"of the provinces: {built.statements:,} statements in {built.revisions:,} revisions, "
        f"{built.rows:,} projected rows. Its digest chain is verified before anything is measured."
    )
    yield ""
    yield (
        "The server is `icr serve` with one worker and its defaults, logging included; but for "
        "what is requested *again*, it keeps no answers (`ICR_RESPONSE_CACHE_BYTES=0`). *Bare* is "
        "an application of one FastAPI route that returns as many bytes and logs nothing "
        "(`benchmarks/bare.py`), served by uvicorn. The client is a process of its own on the same "
        f"machine, with {CONNECTIONS} keep-alive connections. Each endpoint is measured for "
        f"{options.seconds:g} s in each of {options.rounds} rounds, the bare application before "
        "and after it; the ratio is that to the mean of the two, and the median of the rounds is "
        "given."
    )
    yield ""
    yield (
        "*Datasette* is 0.65 on a SQLite file of its own that has the rows and columns of "
        "`/v1/sites.csv`, with an index of provinces and one of words: one table, no histories, no "
        "revisions. Its sums are those of the rollup of all provinces, without plans, published "
        "totals and targets. *tipg* is 1.6 on a table of a PostgreSQL with PostGIS that has the "
        "same rows and columns; it is left out where no PostGIS is installed "
        "(`apt-get install postgresql-15-postgis-3`)."
    )
    yield ""
    yield (
        f"Measured on {os.cpu_count()} processors ({platform.machine()}, {platform.system()}) with "
        f"Python {platform.python_version()}. SQLite: WAL, `synchronous = FULL`. PostgreSQL: "
        "default settings, `fsync` on, over a unix socket, on the same processors. Load average "
        f"of the machine before the run: {options.load_before:.1f}; it should be near 0."
    )


def _body(measured: Sequence[Measured]) -> Iterator[str]:
    for one in measured:
        yield from _endpoints(one)
    yield from _targets(measured)
    yield from _growth(measured)
    yield from _bulk(measured)


def _endpoints(one: Measured) -> Iterator[str]:
    yield from ("", f"## {one.name}", "")
    yield from (f"![Ratios to bare, {one.name}]({one.chart})", "")
    yield "| what | request | per second | ratio | median | 95 % within |"
    yield "|---|---|--:|--:|--:|--:|"
    yield f"| bare | `GET /bare` | {one.bare_per_second:,.0f} | 1 | | |"
    for line in one.lines:
        yield (
            f"| {line.task.name} | `{line.task.shown}` | {line.per_second:,.0f} | {line.ratio:.3f} "
            f"| {line.median_ms:.1f} ms | {line.p95_ms:.1f} ms |"
        )


def _targets(measured: Sequence[Measured]) -> Iterator[str]:
    yield from ("", "## Targets", "")
    yield "| what | " + " | ".join(one.name for one in measured) + " |"
    yield "|---|" + "--:|" * len(measured)
    for position, line in enumerate(measured[0].lines):
        if line.task.targets:
            found = " | ".join(
                _against(one.lines[position].ratio, line.task.targets[one.kind]) for one in measured
            )
            yield f"| {line.task.name} | {found} |"


def _against(ratio: float, target: float) -> str:
    outcome = "reached" if ratio >= target else "**not reached**"
    return f"{ratio:.3f} of {target:g}, {outcome}"


def _growth(measured: Sequence[Measured]) -> Iterator[str]:
    yield from ("", "## Appending as the register grows", "")
    yield (
        "The median time of one append, one writer, to sites with about ten statements in "
        "registers of two sizes, measured in turn; and to one site as its own history grows."
    )
    yield ""
    yield "| | " + " | ".join(one.name for one in measured) + " |"
    yield "|---|" + "--:|" * len(measured)
    besides = [one.beside for one in measured]
    small, large = besides[0].small, besides[0].large
    yield _row(f"{small:,} other statements", [b.small_ms for b in besides])
    yield _row(f"{large:,} other statements", [b.large_ms for b in besides])
    for position, grown in enumerate(measured[0].grown):
        times = [one.grown[position].milliseconds for one in measured]
        yield _row(f"{grown.length:,} statements of that site", times)


def _row(name: str, milliseconds: Sequence[float]) -> str:
    return f"| {name} | " + " | ".join(f"{value:.1f} ms" for value in milliseconds) + " |"


def _bulk(measured: Sequence[Measured]) -> Iterator[str]:
    yield from ("", "## Loading, rebuilding, verifying", "")
    yield "| | " + " | ".join(one.name for one in measured) + " |"
    yield "|---|" + "--:|" * len(measured)
    yield _cells("`icr seed`, statements per second", [m.seeded.per_second for m in measured])
    again = [m.seeded.again_per_second for m in measured]
    yield _cells("`icr seed` again, statements per second", again)
    bulked = [m.bulked.per_second for m in measured]
    yield _cells("`POST /v1/statements/bulk` of 10,000, statements per second", bulked)
    waits = [m.bulked.longest_wait * 1000 for m in measured]
    yield _cells("longest wait of another writer meanwhile, milliseconds", waits)
    rebuilt = [m.built.rows / m.built.rebuild_seconds for m in measured]
    yield _cells("`icr rebuild`, rows per second", rebuilt)
    verified = [m.built.revisions / m.built.verify_seconds for m in measured]
    yield _cells("`icr verify`, revisions per second", verified)


def _imports(one: Imported) -> Iterator[str]:
    yield from ("", "## Reading a spreadsheet", "")
    yield (
        f"An XLSX of {one.rows:,} rows and 25 columns becomes a report of every row. The measure "
        "is openpyxl, which reads the cells of the same file and nothing else."
    )
    yield from ("", "| | measured | target |", "|---|--:|--:|")
    yield f"| processor time | {one.seconds:.1f} s | 10 s |"
    yield f"| ratio to openpyxl | {one.ratio:.2f} | 1.2 |"
    yield f"| memory of the process | {one.megabytes:.0f} MB | 400 MB |"


def _cells(name: str, values: Sequence[float]) -> str:
    return f"| {name} | " + " | ".join(f"{value:,.0f}" for value in values) + " |"
