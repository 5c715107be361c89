"""Drafts and layouts as both databases keep them, and whose they are."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.access.principals import Principal, PrincipalRole
from app.core.errors import NotFoundError
from app.database import Database
from app.imports import store
from app.imports.remarks import NO_NAME
from app.imports.store import DraftState, pack, unpack

LAN = Principal("key:lan", "Lan", PrincipalRole.editor)
MINH = Principal("key:minh", "Minh", PrincipalRole.editor)
ADMINISTRATOR = Principal("key:root", "Quản", PrincipalRole.administrator)


def draft(draft_id: str, who: Principal = LAN, **members: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": draft_id,
        "principal_id": who.id,
        "author": who.name,
        "created_at": now,
        "changed_at": now,
        "expires_at": now + store.LIFETIME,
        "state": DraftState.draft,
        "edited": 1,
        "file_name": "cụm.xlsx",
        "file_hash": "0" * 64,
        "file_size": 3,
        "given": {"province_code": "19"},
        "read_at": 7,
        "answers": {"rows": {"2": {"values": {"area_ha": Decimal("74.4")}}}},
        "report": {"effective_from": date(2026, 6, 30)},
        "content": b"\0\1\2",
        "rows": pack([{"row": 2, "errors": [NO_NAME()]}]),
        **members,
    }


async def keep(database: Database, *drafts: dict[str, Any]) -> None:
    async with database.write() as session:
        for one in drafts:
            await store.add_draft(session, one)


async def listed(database: Database, who: Principal, *, limit: int = 9) -> list[str]:
    async with database.read() as connection:
        return [one.id for one in await store.list_drafts(connection, who, limit)]


async def test_a_draft_comes_back_as_it_was_kept(database: Database) -> None:
    kept = draft("a")
    await keep(database, kept)
    async with database.read() as connection:
        found = await store.get_draft(connection, "a", LAN)
        assert await store.content_of(connection, "a") == b"\0\1\2"
        rows = unpack(await store.rows_of(connection, "a"))
    assert rows == [{"row": 2, "errors": [{"id": "imports.no_name", "parameters": {}}]}]
    same = ("principal_id", "created_at", "expires_at", "state", "given", "answers", "read_at")
    assert {name: getattr(found, name) for name in same} == {name: kept[name] for name in same}
    assert found.report == {"effective_from": "2026-06-30"}
    assert (found.revision, found.outcome) == (None, None)


def test_packed_numbers_are_exact() -> None:
    numbers = [Decimal(817303000000000), Decimal("0.1001"), Decimal("74.40"), 12, 0.35]
    assert unpack(pack(numbers)) == [
        817303000000000,
        Decimal("0.1001"),
        Decimal("74.4"),
        12,
        Decimal("0.35"),
    ]
    with pytest.raises(TypeError):
        pack(object())


async def test_a_draft_is_its_authors_and_the_administrators(database: Database) -> None:
    await keep(database, draft("a"), draft("b", MINH), draft("c"))
    assert await listed(database, LAN) == ["c", "a"]
    assert await listed(database, ADMINISTRATOR) == ["c", "b", "a"]
    assert await listed(database, ADMINISTRATOR, limit=1) == ["c"]
    async with database.read() as connection:
        assert [d.id for d in await store.list_drafts(connection, LAN, 9, "c")] == ["a"]
        committed = {DraftState.committed}
        assert await store.list_drafts(connection, LAN, 9, states=committed) == []
        assert (await store.get_draft(connection, "b", ADMINISTRATOR)).author == "Minh"
        for who, draft_id in ((LAN, "b"), (LAN, "d")):
            with pytest.raises(NotFoundError):
                await store.get_draft(connection, draft_id, who)
        assert await store.space_of(connection, LAN) == (2, 6)


async def test_drafts_expire_unless_they_were_committed(database: Database) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    states = {"a": "draft", "b": "failed", "c": "committing", "d": "committed"}
    await keep(database, *(draft(i, state=s, expires_at=past) for i, s in states.items()))
    await keep(database, draft("e", state="committed", expires_at=None, revision=8), draft("f"))
    async with database.read() as connection:
        with pytest.raises(NotFoundError):
            await store.get_draft(connection, "a", LAN)
    assert await listed(database, LAN) == ["f", "e"]
    async with database.write() as session:
        await store.delete_expired(session)
        left = [await store.find_draft(session, draft_id) for draft_id in "abcdef"]
    assert [one.id for one in left if one] == ["c", "e", "f"]


async def test_a_draft_changes_only_from_where_it_is_thought_to_be(database: Database) -> None:
    await keep(database, draft("a"))
    async with database.write() as session:
        take: dict[str, Any] = {"where": {DraftState.draft}, "state": DraftState.committing}
        assert await store.change_draft(session, "a", **take)
        assert not await store.change_draft(session, "a", **take)
        back: dict[str, Any] = {"where": {DraftState.committing}, "state": DraftState.failed}
        assert not await store.change_draft(session, "a", seen=2, **back)
        assert await store.change_draft(session, "a", seen=1, outcome={"why": "x"}, **back)
        found = await store.find_draft(session, "a")
        assert found
        assert (found.state, found.outcome) == ("failed", {"why": "x"})


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("state", "revision", "is_deleted"),
    [
        ("draft", None, True),
        ("failed", None, True),
        ("committing", None, False),
        ("committed", 8, False),
        ("retracted", 8, False),
        # Of a file that said nothing new, nothing was recorded.
        ("committed", None, True),
    ],
)
async def test_what_was_recorded_is_not_deleted(
    database: Database, state: str, revision: int | None, *, is_deleted: bool
) -> None:
    await keep(database, draft("a", state=state, revision=revision))
    async with database.write() as session:
        count, _ = await store.space_of(session, LAN)
        assert count == is_deleted
        assert await store.delete_draft(session, "a") is is_deleted


async def test_the_file_of_a_draft_that_was_deleted_is_not_found(database: Database) -> None:
    async with database.read() as connection:
        for part in (store.content_of, store.rows_of):
            with pytest.raises(NotFoundError):
                await part(connection, "a")


def layout(layout_id: str, who: Principal, columns: dict[str, str]) -> dict[str, Any]:
    return {
        "id": layout_id,
        "principal_id": who.id,
        "author": who.name,
        "changed_at": datetime.now(UTC),
        "issuer": "Sở Công Thương tỉnh Lào Cai",
        "shape": "1" * 64,
        "headers": {"D": "Quy mô"},
        "columns": columns,
    }


async def test_of_each_issuer_and_shape_the_last_layout_is_kept(database: Database) -> None:
    async with database.write() as session:
        await store.keep_layout(session, layout("a", LAN, {"D": "area_ha"}))
        await store.keep_layout(session, layout("b", MINH, {"D": "note"}))
        await store.keep_layout(session, layout("c", LAN, {"D": "ignored"}))
        shape = ("Sở Công Thương tỉnh Lào Cai", "1" * 64)
        found = await store.find_layout(session, LAN, *shape)
        assert found
        assert (found.id, found.columns) == ("a", {"D": "ignored"})
        assert [one.id for one in await store.list_layouts(session, LAN)] == ["a"]
        assert [one.id for one in await store.list_layouts(session, ADMINISTRATOR)] == ["a", "b"]
        with pytest.raises(NotFoundError):
            await store.delete_layout(session, "b", LAN)
        await store.delete_layout(session, "b", ADMINISTRATOR)
        # Without an answer there is nothing to remember.
        await store.keep_layout(session, layout("d", LAN, {}))
        assert await store.list_layouts(session, ADMINISTRATOR) == []
