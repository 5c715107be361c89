"""Random histories: by single writes and by bulk they end in the same versions."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import Table, select

from app.database import Database
from app.ledger.tables import OPEN_REVISION, STATEMENTS
from app.statistics.projection import OBSERVATIONS
from app.subjects.tables import VERSIONS
from tests.support.histories import SOURCES, Say
from tests.support.ledgers import PROJECTIONS, contents, first_broken, rebuild_all
from tests.support.lives import Life, body_of, random_lives
from tests.support.registers import Templates, opened, post, prepare_empty, serving, writer_on

SEEDS = (3, 41)
_OF_REVISIONS = {"known_from", "known_to", "statement_id", "id", "revision", "position"}
_UNEXPLAINED = 0.3
"""So many statements give no reason for what does not make sense."""
_TABLES: dict[str, Table] = dict(VERSIONS) | {"province": OBSERVATIONS}


def statements_of(lives: list[Life], random: Random) -> list[tuple[str, str, dict[str, Any]]]:
    """Return all statements of some histories, mixed, those that register first."""
    turns = [life for life in lives for _ in life.history]
    random.shuffle(turns)
    steps = {life.id: iter(life.history) for life in lives}
    found = []
    for life in turns:
        step = next(steps[life.id])
        if isinstance(step, Say):
            what = "project" if life.kind is None else "site"
            body = body_of(step)
            if random.random() < _UNEXPLAINED:
                del body["override_reason"]
            found.append((what, life.id, body))
    return found


@pytest.fixture
async def copy(kind: str, templates: Templates) -> AsyncIterator[str]:
    """Give a second register, empty."""
    async with templates.copy(kind, prepare_empty) as url:
        yield url


async def current(database: Database) -> dict[str, list[str]]:
    """Return what is known in the end, without the revisions that recorded it."""
    found = {}
    async with database.read() as connection:
        for what, table in _TABLES.items():
            kept = [column for column in table.c if column.key not in _OF_REVISIONS]
            query = select(*kept).where(table.c.known_to == OPEN_REVISION)
            found[what] = sorted(repr(tuple(row)) for row in await connection.execute(query))
        kept = [column for column in STATEMENTS.c if column.key not in _OF_REVISIONS]
        said = await connection.execute(select(*kept))
        found["statements"] = sorted(repr(tuple(row)) for row in said)
    return found


Fault = tuple[str, str, str]
"""Type of the problem, pointer and detail."""


def faults_of_one(answer: httpx.Response, place: str) -> list[Fault]:
    """Return why a single write was refused, each fault at its place in a request with many."""
    problem = answer.json()
    if answer.status_code == 201:
        return []
    faults = problem.get("errors") or [problem]
    return [
        told(problem["type"], place + fault.get("pointer", "#")[1:], fault["detail"])
        for fault in faults
    ]


def told(kind: str, pointer: str, detail: str) -> Fault:
    """Return a fault; a duplicate and what is not there name other revisions in one request."""
    return kind, pointer, "" if kind.endswith(("duplicate-statement", "not-found")) else detail


@pytest.mark.parametrize("seed", SEEDS)
async def test_single_writes_and_a_bulk_end_in_the_same_versions(
    empty_url: str, copy: str, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  histories are to be repeatable, not secret
    lives = random_lives(random)
    said = statements_of(lives, random)
    begun: dict[str, list[dict[str, Any]]] = {"site": [], "project": []}
    rest = []
    kinds = {life.id: life.kind for life in lives}
    for what, key, body in said:
        if key in {one["id"] for one in begun[what]}:
            rest.append((what, key, body))
        else:
            kind = {"kind": kinds[key]} if what == "site" else {}
            begun[what].append({"id": key, **kind, **body})
    count = {"source_id": "report-a", "effective_from": "2023", "observations": [
        {"indicator": "cluster_count", "value": 3}]}  # fmt: skip
    rest.insert(len(rest) // 2, ("province", "06", count))
    # What nobody may say: the same again, and what contradicts itself.
    rest += rest[:3]
    impossible = {"to_clear_ha": 3, "cleared_ha": 4}
    rest.insert(9, ("site", "site-1", {**rest[0][2], "values": impossible}))
    async with (
        serving(empty_url) as single,
        serving(copy) as bulk,
        opened(empty_url) as one,
        opened(copy) as other,
    ):
        await prepare(single)
        await prepare(bulk)
        faults = [
            faults_of_one(await single.post(f"/v1/{what}s", json=body), f"#/{what}s/{number}")
            for what in ("site", "project")
            for number, body in enumerate(begun[what])
        ]
        items = await recorded(bulk, {f"{what}s": begun[what] for what in begun})
        # The rest comes in two requests: the second finds in the register what the first left.
        middle = random.randrange(len(rest))
        for part in (rest[:middle], rest[middle:]):
            faults += [
                faults_of_one(
                    await single.post(f"/v1/{what}s/{key}/statements", json=body),
                    f"#/statements/{number}",
                )
                for number, (what, key, body) in enumerate(part)
            ]
            about = ({"subject_type": w, "subject_id": key, **body} for w, key, body in part)
            items += await recorded(bulk, {"statements": list(about)})
        assert [
            [told(fault["type"], fault["pointer"], fault["detail"]) for fault in item["errors"]]
            for item in items
        ] == faults
        accepted = [item["is_recorded"] for item in items]
        assert accepted == [not found for found in faults]
        assert accepted.count(False) > 3
        assert accepted.count(True) > len(accepted) / 2
        assert await current(one) == await current(other)
        assert await first_broken(other) is None
        before = await contents(other, PROJECTIONS)
        await rebuild_all(await writer_on(other))
        assert await contents(other, PROJECTIONS) == before


async def recorded(client: httpx.AsyncClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Record what can be, and return what became of each member."""
    answer = await post(client, "/v1/statements/bulk?skip_refused=true", body)
    return [item for name in body for item in answer[name]]


async def prepare(client: httpx.AsyncClient) -> None:
    """Register what the histories name."""
    for name, (kind, _) in SOURCES.items():
        await post(client, "/v1/sources", {"id": name, "kind": kind, "title": name})
    for name in ("developer-a", "developer-b"):
        await post(client, "/v1/organizations", {"id": name, "name": name})
