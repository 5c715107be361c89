"""Alive and ready."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event, text

from app.core.clock import Clock
from app.core.errors import StorageFaultError
from app.core.messages import foreign
from app.database import Database
from app.upkeep.readiness import Check
from tests.support.http import as_problem
from tests.support.registers import bearer, make_key, opened
from tests.support.serving import started


async def test_a_register_is_ready(client: httpx.AsyncClient) -> None:
    response = await client.get("/readyz")
    assert response.status_code == 200
    found = response.json()
    assert found["status"] == "ready"
    assert [(c["name"], c["is_ready"]) for c in found["checks"]] == [
        ("database", True),
        ("migration", True),
        ("clock", True),
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
    assert [check["is_ready"] for check in problem["checks"]] == [True, True, True, False, False]


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


ORGANIZATION = {"id": "a", "name": "A"}


def remove(path: Path) -> None:
    path.unlink()


def move(path: Path) -> None:
    path.rename(path.with_name("moved.sqlite3"))


def replace(path: Path) -> None:
    """Put a copy in the place of the register, as whoever restores one by hand."""
    copy = path.with_name("copy.sqlite3")
    shutil.copyfile(path, copy)
    copy.replace(path)


def remove_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


@asynccontextmanager
async def writing_to(url: str) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    """Serve a register, and lend an administrator's client and the database of the service."""
    async with started(url) as app:
        database = app.state.service.database
        headers = bearer((await make_key(database)).key)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://register", headers=headers
        ) as client:
            made = await client.post("/v1/organizations", json=ORGANIZATION)
            assert made.status_code == 201
            yield client, database


async def written(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/v1/organizations", json={"id": "b", "name": "B"})


def is_there(path: Path) -> bool:
    return path.exists()


def copied(url: str, path: Path) -> str:
    shutil.copyfile(url.removeprefix("sqlite+aiosqlite:///"), path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("change", [remove, move, replace, remove_log])
async def test_nothing_is_acknowledged_when_the_file_is_another(
    empty_url: str, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "register.sqlite3"
    async with writing_to(copied(empty_url, path)) as (client, database):
        change(path)
        was_there = is_there(path)
        for _ in range(2):
            problem = as_problem(await written(client), 503)
            assert problem["type"] == "/problems/storage-fault"
            assert "removed or replaced" in problem["detail"]
        ready = as_problem(await client.get("/readyz"), 503)
        assert "removed or replaced" in ready["checks"][0]["detail"]
        # A connection that is new makes no empty register where the file is missing.
        await database.close()
        await client.get("/v1/organizations")
        assert is_there(path) is was_there


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_file_removed_while_committing_is_not_acknowledged(
    empty_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "register.sqlite3"
    async with opened(copied(empty_url, path)) as database:
        with pytest.raises(StorageFaultError, match="removed or replaced"):
            async with database.write() as session:
                event.listen(session.sync_session, "after_commit", lambda _: remove(path))
    assert not is_there(path)


@pytest.mark.parametrize(
    ("jump", "is_refused"), [(timedelta(hours=23), False), (timedelta(hours=25), True)]
)
async def test_a_clock_that_jumps_ahead_dates_nothing(
    empty_url: str, jump: timedelta, is_refused: bool
) -> None:
    async with writing_to(empty_url) as (client, database):
        ahead = [0.0]
        database.clock = Clock(timedelta(days=1), wall=lambda: time.time() + ahead[0])
        ahead[0] = jump.total_seconds()
        answer, ready = await written(client), await client.get("/readyz")
        if not is_refused:
            assert (answer.status_code, ready.status_code) == (201, 200)
            return
        problem = as_problem(answer, 503)
        assert problem["type"] == "/problems/clock-fault"
        assert "jumped ahead by 1 day, 1:00:00" in problem["detail"]
        # Reads are answered as before.
        assert ready.status_code == 200
        details = {check["name"]: check["detail"] for check in ready.json()["checks"]}
        assert "jumped ahead by 1 day, 1:00:00" in details["clock"]
        assert (await client.get("/v1/revisions")).json()["items"][0]["number"] == 1
        # Set right again, it dates what follows.
        ahead[0] = 0
        assert (await written(client)).status_code == 201
