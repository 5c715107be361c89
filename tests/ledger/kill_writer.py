"""A process that writes to a register as fast as it can, to be killed while it does.

    python -m tests.ledger.kill_writer URL

The program is loaded once. Every line on standard input, the members of a `Life` as JSON, then
begins a life: a forked process that opens the register and writes. Standard output tells:

    life PID            a life has begun
    recorded ID         a statement was acknowledged
    retracted ID        the retraction of a statement was acknowledged
    gone STATUS         the life has ended, with the status that the system gives
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Engine, event

from app.access.principals import Principal, PrincipalRole
from app.core.errors import Fault
from app.database import Database
from app.entry.bulk import BulkFault, BulkWrite, state_bulk
from app.entry.schemas import Retraction
from app.entry.writes import retract
from app.imports.jobs import Jobs
from app.imports.recorded import ImportCommit, begin_commit
from app.imports.reviewing import reading_places
from app.imports.store import get_draft
from app.ledger.revisions import DIGESTED_FROM, Writer
from app.units.tables import read_units
from app.units.units import Units
from tests.support.ledgers import SOURCE, observe, state

SITES = tuple(f"ccn-{number}" for number in range(1, 7))
"""The sites that must be registered before a life begins."""

ACTS = ("site", "site", "province", "site", "retraction")
_DAYS = 20


@dataclass(frozen=True)
class Life:
    """What one life does; without ``writes`` it goes on until it is killed."""

    seed: int
    acts: tuple[str, ...] = ACTS
    tasks: int = 1
    sites: int = len(SITES)
    writes: int = 100_000
    """How many writes each task makes."""
    die_at: int = 0
    """The step at which the life kills itself: before a query or before a commit. 0 is never."""
    retractable: tuple[str, ...] = ()
    draft: str = ""
    """The import that is committed."""


def main(url: str) -> None:
    """Begin a life for every line on standard input, one after the other."""
    units = asyncio.run(_units(url))
    for line in sys.stdin:
        life = Life(**json.loads(line))
        process = os.fork()
        if process == 0:
            asyncio.run(_live(url, units, life))
            return
        _say("gone", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


async def _units(url: str) -> Units:
    database = Database(url)
    async with database.read() as connection:
        units = await read_units(connection)
    await database.close()
    return units


def _say(what: str, of: object) -> None:
    # One call for the whole line: a process that is killed leaves no half of one behind.
    os.write(sys.stdout.fileno(), f"{what} {of}\n".encode())


async def _live(url: str, units: Units, life: Life) -> None:
    _say("life", os.getpid())
    if life.die_at:
        _die_at(life.die_at)
    database = Database(url)
    writer = Writer(database, units, f"life {life.seed}")
    async with asyncio.TaskGroup() as tasks:
        for number in range(life.tasks):
            tasks.create_task(_write(writer, life, Random(f"{life.seed}/{number}")))  # noqa: S311
    await database.close()


def _die_at(step: int) -> None:
    taken = 0

    def take(*_arguments: Any) -> None:
        nonlocal taken
        taken += 1
        if taken == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", take)
    event.listen(Engine, "commit", take)


async def _write(writer: Writer, life: Life, random: Random) -> None:
    retractable = list(life.retractable)
    for number in range(life.writes):
        act = life.acts[number % len(life.acts)]
        if act == "retraction" and retractable:
            chosen = retractable.pop(random.randrange(len(retractable)))
            await retract(writer, chosen, Retraction(reason="Nhầm lẫn"))
            _say("retracted", chosen)
        elif act == "bulk":
            _say("recorded", await _state_many(writer, random))
        elif act == "import":
            await _commit(writer, life.draft)
        else:
            recorded = await _state(writer, life, act, random)
            retractable.append(recorded)
            _say("recorded", recorded)


async def _state(writer: Writer, life: Life, act: str, random: Random) -> str:
    since = f"2024-03-{1 + random.randrange(_DAYS):02}"
    area = random.randrange(10**4, 10**6) / 10_000
    if act == "province":
        return (await observe(writer, since, cluster_established_area_ha=area)).id
    site = SITES[random.randrange(life.sites)]
    return (await state(writer, site, since, area_ha=area)).id


async def _commit(writer: Writer, draft_id: str) -> None:
    who = Principal("key:1", "tester", PrincipalRole.administrator)
    async with writer.database.read() as connection:
        read_at = (await get_draft(connection, draft_id, who)).read_at
    body = ImportCommit(revision=read_at)
    _, job = await begin_commit(writer, who, draft_id, body, skip_refused=False)
    await Jobs(writer.database, reading_places()).run(job)
    _say("recorded", draft_id)


async def _state_many(writer: Writer, random: Random) -> str:
    """State enough in one revision that it digests the digests of its entries; return the last."""
    statements = [
        {
            "subject_type": "site",
            "subject_id": SITES[number % len(SITES)],
            "source_id": SOURCE,
            "effective_from": f"2024-{1 + number // len(SITES) % 12:02}",
            "values": {"area_ha": random.randrange(10**4, 10**6) / 10_000},
            "locator": f"line {number}",
        }
        for number in range(DIGESTED_FROM)
    ]
    body = BulkWrite.model_validate({"statements": statements})
    answer = await state_bulk(writer, body, skip_refused=False, render=_no_faults)
    return str(answer.statements[-1].statement_id)


def _no_faults(fault: Fault) -> BulkFault:
    raise AssertionError(fault)


if __name__ == "__main__":
    main(sys.argv[1])
