"""The way of a file over HTTP: sent, read, reviewed, answered, deleted; and whose it is."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from app.database import Database
from app.imports.store import DRAFTS
from tests.support.http import MERGE_PATCH, as_problem, pointers, read, refused, signed_in, walk
from tests.support.import_files import xlsx
from tests.support.registers import opened, post, serving

IMPORTS = "/v1/imports"
TABLE = """\
Danh sách cụm công nghiệp trên địa bàn tỉnh Lào Cai (đến 30/6/2026)
TT;Tên CCN;Địa điểm;Diện tích (ha);Hiện trạng;Mã
1;CCN Một;Xã Bảo Thắng;1.125;Đang GPMB;M1
2;CCN Hai;;20;;M2
;Tổng;;132,5;;
"""
GIVEN = {"province_code": "15", "kind": "cluster"}
EDITORS = ("15", "2026-01-01")


def upload(content: str | bytes = TABLE, name: str = "cụm.csv", **part: str) -> dict[str, Any]:
    data = content.encode() if isinstance(content, str) else content
    return {"file": (name, data, part.get("media_type", "application/octet-stream"))}


async def send(client: httpx.AsyncClient, **request: Any) -> httpx.Response:
    """Send a file; what is not said is that of the table above."""
    return await client.post(IMPORTS, **{"files": upload(), "data": GIVEN} | request)


async def sent(client: httpx.AsyncClient, **request: Any) -> dict[str, Any]:
    response = await send(client, **request)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    assert response.headers["location"] == f"{IMPORTS}/{found['id']}"
    return found


async def answer(client: httpx.AsyncClient, draft_id: str, body: Any, **head: str) -> Any:
    response = await client.patch(f"{IMPORTS}/{draft_id}", json=body, headers=MERGE_PATCH | head)
    assert response.status_code == 200, response.text
    return response.json()


async def rows(client: httpx.AsyncClient, draft_id: str, query: str = "") -> list[Any]:
    pages = await walk(client, f"{IMPORTS}/{draft_id}/rows{query}")
    return [row for page in pages for row in page["items"]]


async def test_a_file_is_read_into_a_draft_and_nothing_is_recorded(
    client: httpx.AsyncClient,
) -> None:
    before = await read(client, "/v1/revisions")
    made = await sent(client)
    data = TABLE.encode()
    assert made["file"] == {
        "name": "cụm.csv",
        "size": len(data),
        "sha256": sha256(data).hexdigest(),
    }
    assert (made["state"], made["author"], made["province"], made["kind"]) == (
        "draft",
        "tester",
        "15",
        "cluster",
    )
    assert made["effective_from"] == "2026-06-30"
    assert made["given"] == GIVEN
    assert made["counts"] == {
        "rows": 2,
        "new": 2,
        "to_confirm": 1,
        "with_errors": 1,
        "with_warnings": 0,
        "left_out": 0,
        "hidden": 0,
        "checks": 1,
        "checks_differing": 1,
    }
    assert [column["attribute"] for column in made["columns"]] == [
        *("row_number", "name", "place", "area_ha", "status"),
        None,
    ]
    (check,) = made["checks"]
    assert (check["stated"], check["computed"], check["difference"]) == (132.5, 20, 112.5)
    until = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert until == timedelta(days=30)
    assert await read(client, f"{IMPORTS}/{made['id']}") == made
    assert await read(client, "/v1/revisions") == before


async def test_rows_come_in_pages_and_by_what_is_in_doubt(client: httpx.AsyncClient) -> None:
    draft_id = (await sent(client))["id"]
    whole = await rows(client, draft_id)
    assert [(row["row"], row["role"]) for row in whole] == [
        (1, "cutoff"),
        (2, "header"),
        (3, "data"),
        (4, "data"),
        (5, "total"),
    ]
    assert whole[2] == {
        "row": 3,
        "sheet": "1",
        "role": "data",
        "name": "CCN Một",
        "kind": "cluster",
        "place": {"text": "Xã Bảo Thắng", "commune_code": "02905"},
        "match": {"new": True},
        "note": "Đang GPMB; Mã: M1",
        "needs_confirmation": ["clearance_status"],
        "errors": [
            {
                "code": "ambiguous_number",
                "message_vi": "'1.125' có thể đọc là 1.125, 1125. Hãy cho biết số nào đúng.",
                "message_en": "'1.125' can be read as 1.125, 1125. State which one is meant.",
                "row": 3,
                "column": "D",
                "text": "1.125",
                "candidates": [1.125, 1125],
            }
        ],
        "statements": [
            {"effective_from": "2026-06-30", "values": {"clearance_status": "in_progress"}}
        ],
    }
    for query, found in (
        ("?limit=1", [1, 2, 3, 4, 5]),
        ("?limit=1&role=data", [3, 4]),
        ("?role=data&role=total", [3, 4, 5]),
        ("?having=errors", [3]),
        ("?having=needs_confirmation&having=warnings", [3]),
        ("?having=warnings", []),
    ):
        assert [row["row"] for row in await rows(client, draft_id, query)] == found, query


async def test_a_page_goes_on_only_while_the_import_is_the_same(client: httpx.AsyncClient) -> None:
    draft_id = (await sent(client))["id"]
    path = f"{IMPORTS}/{draft_id}/rows"
    cursor = (await read(client, f"{path}?limit=1"))["next_cursor"]
    await answer(client, draft_id, {})
    response = await client.get(path, params={"limit": 1, "cursor": cursor})
    assert pointers(as_problem(response, 400)) == ["cursor"]


async def test_messages_are_in_both_languages(client: httpx.AsyncClient) -> None:
    made = await sent(client)
    assert (made["checks"][0]["what_vi"], made["checks"][0]["what_en"]) == ("tổng", "sum")
    warning = made["warnings"][0]
    assert warning["message_vi"].startswith("Sổ đăng ký không có")
    assert warning["message_en"].startswith("The register has no")


async def test_what_the_register_has_is_matched(sourced_client: httpx.AsyncClient) -> None:
    client = sourced_client
    values = {"name": "CCN Hai", "province_code": "15", "area_ha": 18}
    body = {"source_id": "article", "effective_from": "2026", "kind": "cluster", "id": "ccn-hai"}
    await post(client, "/v1/sites", body | {"values": values})
    draft_id = (await sent(client))["id"]
    row = (await rows(client, draft_id, "?having=warnings"))[0]
    assert row["match"] == {"id": "ccn-hai", "how": "name_in_province"}
    (warning,) = row["warnings"]
    assert (warning["code"], warning["register"], warning["file"]) == (
        "differs_from_register",
        "18",
        "20",
    )
    assert warning["message_en"] == (
        "The register has area_ha 18 from 2026-01-01, the file 20 from 2026-06-30."
    )


async def test_cells_pasted_as_text_are_divided_by_tabs(client: httpx.AsyncClient) -> None:
    cells = "TT\tTên CCN\tDiện tích (ha)\n1\tCCN Một; Hai\t20\n"
    files = upload(cells, "", media_type="text/tab-separated-values; charset=utf-8")
    # A part without a file name is a field to most programs.
    files["file"] = ("cells", *files["file"][1:])
    made = await sent(client, files=files)
    assert made["file"]["name"] == "cells.tsv"
    assert made["format"] == {"format": "csv", "encoding": "utf-8", "delimiter": "\t"}
    assert [row["name"] for row in await rows(client, made["id"], "?role=data")] == ["CCN Một; Hai"]


async def test_answers_are_taken_over_and_what_they_are_about_is_settled(
    client: httpx.AsyncClient,
) -> None:
    made = await sent(client)
    settled = await answer(
        client,
        made["id"],
        {
            "columns": {"F": "ignored"},
            "rows": {"3": {"values": {"area_ha": 112.5}, "confirmed": True}},
        },
    )
    assert settled["answers"] == {
        "columns": {"F": "ignored"},
        "rows": {"3": {"values": {"area_ha": 112.5}, "confirmed": True}},
    }
    assert (settled["counts"]["to_confirm"], settled["counts"]["with_errors"]) == (0, 0)
    assert settled["counts"]["checks_differing"] == 0
    assert settled["warnings"] == []
    assert (made["edited"], settled["edited"]) == (1, 2)
    (row,) = (await rows(client, made["id"]))[2:3]
    assert row["statements"] == [
        {
            "effective_from": "2026-06-30",
            "values": {"area_ha": 112.5, "clearance_status": "in_progress"},
        }
    ]
    # A merge patch: what is null is withdrawn, all else stays.
    again = await answer(
        client,
        made["id"],
        {"rows": {"3": {"values": {"area_ha": None}}, "4": {"included": False}}},
    )
    assert again["answers"]["rows"] == {
        "3": {"values": {}, "confirmed": True},
        "4": {"included": False},
    }
    assert (again["counts"]["with_errors"], again["counts"]["left_out"]) == (1, 1)
    reset = await answer(client, made["id"], {"rows": None, "columns": None})
    assert reset["answers"] == {"columns": {}, "rows": {}}
    assert reset["counts"] == made["counts"]
    assert await read(client, f"{IMPORTS}/{made['id']}") == reset


async def test_what_the_file_does_not_say_is_given_later(client: httpx.AsyncClient) -> None:
    made = await sent(client, files=upload(TABLE.partition("\n")[2]), data={})
    assert (made["province"], made["effective_from"]) == (None, None)
    assert {one["code"] for one in made["warnings"]} >= {"no_province", "no_effective_from"}
    body = {"province_code": "15", "effective_from": "30/6/2026", "source_title": "Báo cáo"}
    given = await answer(client, made["id"], body)
    assert (given["province"], given["effective_from"]) == ("15", "2026-06-30")
    assert given["source"]["title"] == "Báo cáo"
    assert given["given"] == body
    gone = await answer(client, made["id"], {"source_title": None})
    assert "title" not in gone["source"]


async def test_a_registered_source_is_named(sourced_client: httpx.AsyncClient) -> None:
    made = await sent(sourced_client, data=GIVEN | {"source_id": "plan"})
    assert made["source"] == {"id": "plan", "kind": "plan", "title": "The plan"}
    response = await send(sourced_client, data=GIVEN | {"source_id": "nowhere"})
    assert pointers(as_problem(response, 422)) == ["#/source_id"]


async def test_answers_about_another_sheet_are_dropped(client: httpx.AsyncClient) -> None:
    content = xlsx([["TT", "Tên CCN", "Mã"], [1, "CCN Một", "x"]], title="A")
    made = await sent(client, files=upload(content, "a.xlsx"))
    await answer(client, made["id"], {"columns": {"C": "ignored"}})
    same = await answer(client, made["id"], {"sheet": "A"})
    assert same["answers"]["columns"] == {}
    path = f"{IMPORTS}/{made['id']}"
    problem = await refused(client, "PATCH", path, 422, json={"sheet": "B"}, headers=MERGE_PATCH)
    assert pointers(problem) == ["#/sheet"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"columns": {"Z": "area_ha"}}, "#/columns"),
        ({"columns": {"D": "area"}}, "#/columns/D"),
        ({"rows": {"99": {"confirmed": True}}}, "#/rows/99"),
        ({"rows": {"0": {"confirmed": True}}}, "#/rows"),
        ({"rows": {"x/~": {"confirmed": True}}}, "#/rows"),
        ({"rows": {"3": {"match": "ccn-none"}}}, "#/rows/3/match"),
        ({"rows": {"3": {"match": "CCN None"}}}, "#/rows/3/match"),
        ({"rows": {"3": {"values": {"area_ha": "112,5"}}}}, "#/rows/3/values/area_ha"),
        ({"rows": {"3": {"values": {"area": 1}}}}, "#/rows/3/values/area"),
        ({"rows": {"3": {"omitted": ["area"]}}}, "#/rows/3/omitted/0"),
        ({"rows": {"3": {"colour": "red"}}}, "#/rows/3/colour"),
        ({"province_code": "99"}, "#/province_code"),
        ({"effective_from": "hôm nay"}, "#/effective_from"),
        ({"source_id": "nowhere"}, "#/source_id"),
        ({"state": "committed"}, "#/state"),
    ],
)
@pytest.mark.databases("sqlite")
async def test_answers_that_are_none(
    shared: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    made = await sent(shared)
    path = f"{IMPORTS}/{made['id']}"
    problem = await refused(shared, "PATCH", path, 422, json=body, headers=MERGE_PATCH)
    assert pointers(problem) == [pointer]
    assert await read(shared, path) == made
    await shared.delete(path)


async def test_an_answer_names_the_state_that_was_read(client: httpx.AsyncClient) -> None:
    made = await send(client)
    path = made.headers["location"]
    first = (await client.get(path)).headers["etag"]
    kind = {"content-type": MERGE_PATCH["content-type"]}
    as_problem(await client.patch(path, json={}, headers=kind), 428)
    for tag in (made.headers["etag"], first):
        assert tag.startswith('"1-')
    response = await client.patch(path, json={}, headers=kind | {"if-match": first})
    assert (response.status_code, response.headers["etag"]) == (200, '"2"')
    as_problem(await client.patch(path, json={}, headers=kind | {"if-match": first}), 412)
    as_problem(await client.patch(path, json={}, headers=kind | {"if-match": 'W/"2"'}), 412)
    response = await client.patch(path, json={}, headers=kind | {"if-match": '"2"'})
    assert response.json()["edited"] == 3


async def test_a_client_that_has_the_answer_is_sent_304(client: httpx.AsyncClient) -> None:
    path = (await send(client)).headers["location"]
    for url in (path, f"{path}/rows", IMPORTS, f"{IMPORTS}/layouts"):
        tag = (await client.get(url)).headers["etag"]
        response = await client.get(url, headers={"if-none-match": tag})
        assert (response.status_code, response.content) == (304, b""), url


async def test_a_repeated_request_is_answered_as_before(client: httpx.AsyncClient) -> None:
    key = {"idempotency-key": "import-1"}
    first = await send(client, headers=key)
    # With another boundary, which clients make each time.
    again = await send(client, headers=key)
    boundaries = {one.request.headers["content-type"] for one in (first, again)}
    assert len(boundaries) == 2
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    as_problem(await send(client, headers=key, data={}), 422)
    assert len((await read(client, IMPORTS))["items"]) == 1


async def test_a_dry_run_keeps_nothing(client: httpx.AsyncClient) -> None:
    response = await client.post(f"{IMPORTS}?dry_run=true", files=upload(), data=GIVEN)
    assert (response.status_code, response.json()["counts"]["rows"]) == (200, 2)
    assert (response.json()["id"], "location" in response.headers) == ("dry-run", False)
    assert (await read(client, IMPORTS))["items"] == []
    made = await sent(client)
    path = f"{IMPORTS}/{made['id']}"
    body = {"columns": {"F": "note"}}
    tried = await client.patch(f"{path}?dry_run=true", json=body, headers=MERGE_PATCH)
    assert tried.json()["answers"]["columns"] == {"F": "note"}
    assert (await client.delete(f"{path}?dry_run=true")).status_code == 200
    assert await read(client, path) == made
    assert (await read(client, f"{IMPORTS}/layouts"))["items"] == []


async def test_an_import_is_its_senders_and_the_administrators(client: httpx.AsyncClient) -> None:
    lan, minh = [await signed_in(client, name, "editor", EDITORS) for name in ("Lan", "Minh")]
    reader = await signed_in(client, "Đọc", "reader")
    mine = await sent(client, headers=lan)
    path = f"{IMPORTS}/{mine['id']}"
    await client.patch(path, json={"columns": {"F": "note"}}, headers=MERGE_PATCH | lan)
    (layout,) = (await client.get(f"{IMPORTS}/layouts", headers=lan)).json()["items"]
    for method, url, body in (
        ("GET", path, None),
        ("GET", f"{path}/rows", None),
        ("PATCH", path, {}),
        ("DELETE", path, None),
        ("DELETE", f"{IMPORTS}/layouts/{layout['id']}", None),
    ):
        head = MERGE_PATCH if method == "PATCH" else {}
        as_problem(await client.request(method, url, json=body, headers=head | minh), 404)
        as_problem(await client.request(method, url, json=body, headers=head | reader), 403)
        nobody = {"authorization": ""}
        as_problem(await client.request(method, url, json=body, headers=head | nobody), 401)
    for who, found in ((lan, [mine["id"]]), (minh, []), ({}, [mine["id"]])):
        listed = (await client.get(IMPORTS, headers=who)).json()["items"]
        assert [one["id"] for one in listed] == found
        layouts = (await client.get(f"{IMPORTS}/layouts", headers=who)).json()["items"]
        assert len(layouts) == len(found)
    assert (await client.get(path)).json()["author"] == "Lan"
    assert (await client.delete(path)).status_code == 200
    as_problem(await client.get(path, headers=lan), 404)


async def test_imports_are_listed_newest_first_in_pages(client: httpx.AsyncClient) -> None:
    made = [(await sent(client))["id"] for _ in range(3)]
    pages = await walk(client, f"{IMPORTS}?limit=2")
    assert [one["id"] for page in pages for one in page["items"]] == made[::-1]
    assert [len(page["items"]) for page in pages] == [2, 1]
    assert (await read(client, f"{IMPORTS}?state=committed"))["items"] == []
    assert len((await read(client, f"{IMPORTS}?state=draft&state=failed"))["items"]) == 3
    other = await client.get(f"{IMPORTS}?state=draft&cursor={pages[0]['next_cursor']}")
    assert pointers(as_problem(other, 400)) == ["cursor"]


async def test_a_principal_keeps_so_many_files_and_bytes(empty_url: str) -> None:
    size = len(TABLE.encode())
    async with serving(empty_url, max_imports=3, max_imports_bytes=2 * size + 1) as client:
        lan = await signed_in(client, "Lan", "editor", EDITORS)
        made = [await sent(client, headers=lan) for _ in range(2)]
        problem = as_problem(await send(client, headers=lan), 409)
        assert problem["type"] == "/problems/quota-exceeded"
        assert f"2 imports that are not committed, {2 * size} bytes" in problem["detail"]
        # The quota of one is not that of another, and what is deleted counts no more.
        await sent(client)
        await client.delete(f"{IMPORTS}/{made[0]['id']}", headers=lan)
        small = upload("TT;Tên CCN\n1;CCN Một\n")
        for _ in range(2):
            await sent(client, headers=lan, files=small)
        as_problem(await send(client, headers=lan, files=small), 409)


async def test_a_draft_expires(empty_url: str) -> None:
    async with serving(empty_url) as client, opened(empty_url) as database:
        old, new = [(await sent(client))["id"] for _ in range(2)]
        await change(database, old, expires_at=datetime.now(UTC) - timedelta(seconds=1))
        as_problem(await client.get(f"{IMPORTS}/{old}"), 404)
        assert [one["id"] for one in (await read(client, IMPORTS))["items"]] == [new]
        await sent(client)
        async with database.read() as connection:
            kept = (await connection.execute(DRAFTS.select())).all()
        assert old not in {row.id for row in kept}
        assert len(kept) == 2


async def change(database: Database, draft_id: str, **members: Any) -> None:
    async with database.write() as session:
        await session.execute(update(DRAFTS).where(DRAFTS.c.id == draft_id).values(members))


@pytest.mark.parametrize(
    ("state", "revision"), [("committing", None), ("committed", 8), ("retracted", 8)]
)
async def test_what_is_recorded_can_neither_be_changed_nor_deleted(
    empty_url: str, state: str, revision: int | None
) -> None:
    async with serving(empty_url) as client, opened(empty_url) as database:
        draft_id = (await sent(client))["id"]
        await change(database, draft_id, state=state, revision=revision)
        path = f"{IMPORTS}/{draft_id}"
        as_problem(await client.patch(path, json={}, headers=MERGE_PATCH), 409)
        as_problem(await client.delete(path), 409)
        assert (await read(client, path))["state"] == state


async def test_only_what_was_committed_is_corrected(empty_url: str) -> None:
    async with serving(empty_url) as client, opened(empty_url) as database:
        earlier = (await sent(client))["id"]
        for corrects in (earlier, "none"):
            response = await send(client, data=GIVEN | {"corrects": corrects})
            assert pointers(as_problem(response, 422)) == ["#/corrects"]
        await change(database, earlier, state="committed")
        assert (await sent(client, data=GIVEN | {"corrects": earlier}))["corrects"] == earlier


@pytest.mark.databases("sqlite")
async def test_a_file_that_waits_too_long_for_others_is_refused(client: httpx.AsyncClient) -> None:
    places = client._transport.app.state.service.reading_files  # type: ignore[attr-defined]
    places._seconds = 0.01
    async with places.take():
        response = await send(client)
        assert as_problem(response, 503)["type"] == "/problems/unavailable"
        assert response.headers["retry-after"] == "10"
    await sent(client)


# Layouts


async def test_answers_about_columns_are_remembered_for_the_next_file_of_that_shape(
    client: httpx.AsyncClient,
) -> None:
    issued = GIVEN | {"source_issuer": "Sở Công Thương tỉnh Lào Cai"}
    first = await sent(client, data=issued)
    assert first["layout_id"] is None
    await answer(client, first["id"], {"columns": {"F": "ignored", "E": "note"}})
    (layout,) = (await read(client, f"{IMPORTS}/layouts"))["items"]
    assert (layout["issuer"], layout["columns"]) == (
        "Sở Công Thương tỉnh Lào Cai",
        {"E": "note", "F": "ignored"},
    )
    assert layout["headers"]["F"] == "Mã"
    # Another date in the header is the same shape, another column is not.
    dated = TABLE.replace("Hiện trạng", "Hiện trạng 30/6/2026")
    first = await sent(client, data=issued, files=upload(dated))
    assert first["layout_id"] is None
    await answer(client, first["id"], {"columns": {"F": "ignored"}})
    later = await sent(client, data=issued, files=upload(dated.replace("30/6", "31/12")))
    assert later["answers"] == {"columns": {"F": "ignored"}, "rows": {}}
    assert later["layout_id"] is not None
    assert later["warnings"] == [
        one for one in first["warnings"] if one["code"] != "unknown_column"
    ]
    for other in (
        {"data": GIVEN, "files": upload(dated)},
        {"data": issued, "files": upload(TABLE.replace("Mã", "Mã số"))},
        {"data": issued, "files": upload(dated), "headers": await signed_in(client, "Minh")},
    ):
        assert (await sent(client, **other))["layout_id"] is None
    # Withdrawn answers are forgotten with the layout they are of.
    await answer(client, later["id"], {"columns": {"F": None}})
    assert len((await read(client, f"{IMPORTS}/layouts"))["items"]) == 1
    gone = await client.delete(f"{IMPORTS}/layouts/{layout['id']}")
    assert gone.json() == layout
    assert (await read(client, f"{IMPORTS}/layouts"))["items"] == []
    assert (await sent(client, data=issued))["layout_id"] is None


async def test_an_issuer_that_no_index_takes_has_a_layout_all_the_same(
    client: httpx.AsyncClient,
) -> None:
    odd = "Đơn vị báo cáo: Sở " + "dài" * 9_000 + "\n" + TABLE.partition("\n")[2]
    made = await sent(client, files=upload(odd))
    await answer(client, made["id"], {"columns": {"F": "ignored"}})
    (layout,) = (await read(client, f"{IMPORTS}/layouts"))["items"]
    assert layout["issuer"].startswith("Sở dài")
    assert (await sent(client, files=upload(odd)))["layout_id"] == layout["id"]
    assert (await rows(client, made["id"]))[0]["role"] == "reporter"


# Files and forms that are none


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        ({"files": {"other": ("a.csv", b"a")}}, "#/file, #/other"),
        ({"files": upload("")}, "#/file"),
        ({"files": upload("x")}, "#/file"),
        ({"files": upload(b"\0\1\2", "a.xlsx")}, "#/file"),
        ({"files": upload(b"PK\x03\x04" + b"\0" * 100, "a.xlsx")}, "#/file"),
        ({"files": upload(b"x" * 10_000_001)}, "#/file"),
        ({"files": [("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))]}, "#/file"),
        ({"files": {"file": (None, b"TT;Ten")}}, "#/file"),
        ({"data": GIVEN | {"colour": "red"}}, "#/colour"),
        ({"data": GIVEN | {"kind": "park"}}, "#/kind"),
        ({"data": GIVEN | {"province_code": "Lào Cai"}}, "#/province_code"),
        ({"data": GIVEN | {"province_code": "99"}}, "#/province_code"),
        ({"data": GIVEN | {"effective_from": "mai"}}, "#/effective_from"),
        ({"data": GIVEN | {"sheet": "B"}}, "#/sheet"),
        ({"data": GIVEN | {"source_title": "a\u0007"}}, "#/source_title"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
@pytest.mark.databases("sqlite")
async def test_what_cannot_be_read_is_refused(
    shared: httpx.AsyncClient, request_: dict[str, Any], pointer: str
) -> None:
    response = await send(shared, **request_)
    assert ", ".join(pointers(as_problem(response, 422))) == pointer
    assert (await read(shared, IMPORTS))["items"] == []


@pytest.mark.databases("sqlite")
async def test_forms_that_are_none(shared: httpx.AsyncClient) -> None:
    for kind, content, status in (
        ("application/json", b"{}", 415),
        ("text/csv", TABLE.encode(), 415),
        ("application/x-www-form-urlencoded", b"file=a", 415),
        ("", b"", 415),
        ("multipart/form-data", b"", 422),
        ("multipart/form-data; boundary=x", b"no parts", 422),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n", 422),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422),
    ):
        response = await shared.post(IMPORTS, content=content, headers={"content-type": kind})
        problem = as_problem(response, status)
        assert problem["type"] in {"/problems/media-type", "/problems/bad-body"}, kind
    vietnamese = {"content-type": "multipart/form-data", "accept-language": "vi"}
    problem = as_problem(await shared.post(IMPORTS, headers=vietnamese), 422)
    assert "Missing boundary" not in problem["detail"]
    assert problem["detail"].startswith("Không đọc được nội dung")
    response = await shared.post(IMPORTS, content=b"{}", headers={"content-type": "text/csv"})
    assert response.headers["accept-post"] == "multipart/form-data"
    large = await send(shared, files=upload(b"x" * 11_500_000))
    assert as_problem(large, 413)["type"] == "/problems/body-too-large"
    coded = await send(shared, headers={"content-encoding": "gzip"})
    as_problem(coded, 415)


@pytest.mark.databases("sqlite")
async def test_names_of_files_are_kept_without_paths_and_unprintable_letters(
    client: httpx.AsyncClient,
) -> None:
    for name, kept in (
        ("../../etc/cụm.csv", "cụm.csv"),
        ("a" * 300 + ".csv", "a" * 196 + ".csv"),
        ("a\u202eb.csv", "ab.csv"),
    ):
        assert (await sent(client, files=upload(name=name)))["file"]["name"] == kept
