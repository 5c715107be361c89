"""How fast the seeds load: every set that ``icr seed`` can load, through the same services."""

from collections import Counter
from dataclasses import dataclass
from time import perf_counter

from app.database import Database
from app.database.schema import migrate
from app.entry.seeding import Result, load_set, seed_sets
from app.ledger.revisions import Writer
from app.units.tables import read_units
from app.upkeep.rebuilding import load_units
from benchmarks.serving import ROOT

_SEEDS = ROOT / "seeds"
_STATEMENTS = {"sites", "provinces"}
"""The files of a set whose entries are statements."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many statements were loaded and in how many seconds; seconds of loading them again."""

    statements: int
    seconds: float
    again_seconds: float

    @property
    def per_second(self) -> float:
        """Statements recorded per second."""
        return self.statements / self.seconds

    @property
    def again_per_second(self) -> float:
        """Statements found present per second, when the seeds are loaded again."""
        return self.statements / self.again_seconds


async def seed(url: str) -> Seeded:
    """Seed an empty database twice; ``RuntimeError`` if a statement is refused or is not new."""
    database = Database(url)
    try:
        await migrate(database)
        await load_units(database, _SEEDS / "units")
        async with database.read() as connection:
            writer = Writer(database, await read_units(connection), "benchmark")
        started = perf_counter()
        statements = await _load(writer, Result.recorded)
        loaded = perf_counter()
        await _load(writer, Result.present)
        return Seeded(statements, loaded - started, perf_counter() - loaded)
    finally:
        await database.close()


async def _load(writer: Writer, expected: Result) -> int:
    """Load all sets and return how many statements they hold."""
    results: Counter[tuple[bool, Result]] = Counter()
    for name in seed_sets(_SEEDS):
        async for outcome in load_set(writer, _SEEDS, name):
            results[outcome.entry.file in _STATEMENTS, outcome.result] += 1
    statements = results[True, expected]
    if statements != sum(count for (is_statement, _), count in results.items() if is_statement):
        raise RuntimeError(f"not every statement of the seeds is {expected}: {dict(results)}")
    return statements
