"""Random histories: by single writes and by bulk they end in the same versions."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import Table, select

from app.database import Database
from app.ledger.tables import OPEN_REVISION
from app.statistics.projection import OBSERVATIONS
from app.subjects.tables import VERSIONS
from tests.support.histories import SOURCES, Retract
from tests.support.ledgers import PROJECTIONS, contents, first_broken, rebuild_all
from tests.support.lives import Life, plain, random_lives
from tests.support.registers import Templates, opened, post, prepare_empty, serving, writer_on

SEEDS = (3, 41)
_OF_REVISIONS = {"known_from", "known_to", "statement_id"}
_TABLES: dict[str, Table] = dict(VERSIONS) | {"province": OBSERVATIONS}


def statements_of(lives: list[Life], random: Random) -> list[tuple[str, str, dict[str, Any]]]:
    """Return all statements of some histories, mixed, those that register first."""
    turns = [life for life in lives for _ in life.history]
    random.shuffle(turns)
    steps = {life.id: iter(life.history) for life in lives}
    found = []
    for life in turns:
        step = next(steps[life.id])
        if not isinstance(step, Retract):
            what = "project" if life.kind is None else "site"
            body = {
                "source_id": step.source,
                "effective_from": step.effective_from,
                "values": plain(dict(step.values)),
                "override_reason": "a made-up life takes any course",
            }
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
    return found


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
        accepted = [
            (await single.post(f"/v1/{what}s", json=body)).status_code == 201
            for what in ("site", "project")
            for body in begun[what]
        ]
        accepted += [
            (await single.post(f"/v1/{what}s/{key}/statements", json=body)).status_code == 201
            for what, key, body in rest
        ]
        whole = {
            "sites": begun["site"],
            "projects": begun["project"],
            "statements": [
                {"subject_type": what, "subject_id": key, **body} for what, key, body in rest
            ],
        }
        answer = await post(bulk, "/v1/statements/bulk?skip_refused=true", whole)
        items = [i for name in ("sites", "projects", "statements") for i in answer[name]]
        assert [item["is_recorded"] for item in items] == accepted
        assert accepted.count(False) > 3
        assert accepted.count(True) > len(accepted) / 2
        assert await current(one) == await current(other)
        assert await first_broken(other) is None
        before = await contents(other, PROJECTIONS)
        await rebuild_all(await writer_on(other))
        assert await contents(other, PROJECTIONS) == before


async def prepare(client: httpx.AsyncClient) -> None:
    """Register what the histories name."""
    for name, (kind, _) in SOURCES.items():
        await post(client, "/v1/sources", {"id": name, "kind": kind, "title": name})
    for name in ("developer-a", "developer-b"):
        await post(client, "/v1/organizations", {"id": name, "name": name})
