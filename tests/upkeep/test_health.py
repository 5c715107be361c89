"""Alive and ready."""

import asyncio

import httpx
from sqlalchemy import text

from app.core.messages import foreign
from app.upkeep.readiness import Check
from tests.support.serving import started


async def test_a_register_is_ready(client: httpx.AsyncClient) -> None:
    response = await client.get("/readyz")
    assert response.status_code == 200
    found = response.json()
    assert found["status"] == "ready"
    assert [(c["name"], c["is_ready"]) for c in found["checks"]] == [
        ("database", True),
        ("migration", True),
    ]
    assert found["checks"][0]["detail"] == "at revision 0"


async def test_a_database_behind_the_release_is_not_ready_one_ahead_is(empty_url: str) -> None:
    async with started(empty_url) as app:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register")
        for at, status in (("0001", 503), ("9999", 200)):
            async with app.state.service.database.write() as session:
                await session.execute(text(f"UPDATE alembic_version SET version_num = '{at}'"))
            response = await client.get("/readyz")
            assert response.status_code == status
            check = response.json()["checks"][1]
            assert (check["name"], check["is_ready"]) == ("migration", status == 200)
        assert (await client.get("/livez")).status_code == 200
        await client.aclose()


async def test_what_is_missing_is_told(empty_url: str) -> None:
    async def late() -> Check:
        return Check("replica", is_ready=False, detail=foreign("text", "12 revisions behind"))

    async def broken() -> Check:
        raise ConnectionRefusedError("10.0.0.5:5432 as icr")

    async with started(empty_url) as app:
        app.state.service.readiness.add("replica", late)
        app.state.service.readiness.add("other", broken)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register")
        response = await client.get("/readyz")
        await client.aclose()
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    problem = response.json()
    assert problem["type"] == "/problems/unavailable"
    assert problem["detail"] == "replica: 12 revisions behind; other: cannot be reached"
    assert [check["is_ready"] for check in problem["checks"]] == [True, True, False, False]


async def test_a_probe_that_does_not_answer_is_not_waited_for(empty_url: str) -> None:
    async def never() -> Check:
        await asyncio.Event().wait()
        raise AssertionError

    async with started(empty_url) as app:
        app.state.service.readiness.patience = 0.05
        app.state.service.readiness.add("slow", never)
        checks = await app.state.service.readiness.checks()
    assert (checks[-1].name, checks[-1].is_ready) == ("slow", False)
    assert str(checks[-1].detail) == "no answer in time"
