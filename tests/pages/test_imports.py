"""Imports by forms: what is sent, refused, repeated and shown, and to whom."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from app.database.tables import REVISION_COUNTER
from tests.imports.test_commit_requests import ended
from tests.support.http import latest_revision, signed_in
from tests.support.import_files import xlsx
from tests.support.import_registers import prepare_lao_cai
from tests.support.importing import sample
from tests.support.pages import HTML, Reader, look, words
from tests.support.registers import Templates, get, opened, serving

HERE = "/imports"
ORIGIN = {"origin": "http://register"}
TAG = "<img src=x onerror=alert(1)>"
HEADER = ["TT", "Tên CCN", "Diện tích (ha)", "Chủ đầu tư"]
GIVEN = {"given.province_code": "15", "given.effective_from": "30/6/2026"}
LAO_CAI = "15"


@pytest.fixture
async def client(templates: Templates, kind: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a register of Lào Cai that begins anew for each test."""
    async with templates.copy(kind, prepare_lao_cai) as url, serving(url) as client:
        client.headers.update({**HTML, "accept-language": "en", **ORIGIN})
        yield client


def field(html: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


async def sent(
    client: httpx.AsyncClient, path: str, fields: dict[str, str], **more: Any
) -> httpx.Response:
    """Send a form as browsers do: its parts are those of multipart/form-data."""
    parts = {name: (None, text) for name, text in fields.items()} | more
    return await client.post(path, files=parts)


async def brought(client: httpx.AsyncClient, content: bytes, name: str, **fields: str) -> str:
    """Send a file, and return the path that it leads to."""
    once = field((await client.get(f"{HERE}/new")).text, "once")
    answer = await sent(client, HERE, {"once": once, **fields}, file=(name, content))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def table(*rows: list[object]) -> bytes:
    return xlsx([HEADER, *rows])


async def test_units_that_were_loaded_anew_stop_no_effect(templates: Templates, kind: str) -> None:
    """Who looks at it needs not know that the service was migrated meanwhile."""
    async with (
        templates.copy(kind, prepare_lao_cai) as url,
        opened(url) as database,
        serving(url) as client,
    ):
        client.headers.update({**HTML, "accept-language": "en", **ORIGIN})
        file = sample(10)
        given = {"given.province_code": LAO_CAI}
        path = await brought(client, file.read_bytes(), file.name, **given)
        before = words(await look(client, f"{path}/effect"))
        assert "Industrial cluster" in before
        edition = REVISION_COUNTER.c.units_edition
        async with database.write() as session:
            await session.execute(update(REVISION_COUNTER).values({edition: edition + 1}))
        assert words(await look(client, f"{path}/effect")) == before


async def test_a_file_is_answered_recorded_and_undone(client: httpx.AsyncClient) -> None:
    """Sample 10: four rows are asked about; of one the form says 70 of 60 hectares."""
    before = await latest_revision(client)
    file = sample(10)
    path = await brought(client, file.read_bytes(), file.name, **{"given.province_code": LAO_CAI})
    page = await client.get(path)
    assert page.headers["cache-control"] == "private, no-store"
    text = words(Reader(page.text))
    assert "Row 9: CCN Bảo Ngọc" in text
    assert "To correct: Cleared 70 is more than land to clear 60" in text
    # Beside the cell "18/75" stands what it was read as, and at the head what the column holds.
    assert "18/75→ 18 ha" in text
    assert "Infrastructure investor" in text
    fields = {
        "once": field(page.text, "once"),
        "edited": field(page.text, "edited"),
        "row.6.confirmed": "1",
        "row.8.confirmed": "1",
        "row.9.value.cleared_ha": "7,0",
        "row.10.left_out": "1",
    }
    answered = await sent(client, f"{path}/answers", fields)
    assert (answered.status_code, answered.headers["location"]) == (303, path)
    text = words(await look(client, path))
    assert "Nothing is in doubt." in text
    assert "Withdraw the answer about row 9" in text

    # A zone of the province has the name of row 8; without a reason the row is left out.
    effect = await client.get(f"{path}/effect")
    shown = words(Reader(effect.text))
    assert "Row 8: CCN Minh Khai The zone 'kcn-minh-khai'" in shown
    assert 'name="skip_refused"' in effect.text
    assert "Industrial cluster Sites 4 7 +3" in shown
    effect = await client.get(f"{path}/effect?override_reason=Another+one")
    shown = words(Reader(effect.text))
    assert 'name="skip_refused"' not in effect.text
    assert "Industrial cluster Sites 4 8 +4" in shown
    vietnamese = words(await look(client, f"{path}/effect", cookie="lang=vi"))
    assert "Số khu, cụm theo GPMB: chưa rõ" in vietnamese
    # 18 + 58.32 + 74.97 + about 20 + 4.3 + 7
    assert "Cleared (ha) —unknown 182.59" in shown
    hidden = ("once", "revision", "override_reason")
    commit = {name: field(effect.text, name) for name in hidden}
    for _ in range(2):
        begun = await sent(client, f"{path}/commit", commit)
        assert (begun.status_code, begun.headers["location"]) == (303, path)
    done = await ended(client, f"/v1{path}")
    assert (done["state"], done["revision"]) == ("committed", before + 1)
    assert await latest_revision(client) == before + 1
    recorded = (await look(client, path)).links()
    assert {f"/changes?before={before + 2}", f"{path}/retraction"} <= set(recorded)
    assert f"{path}/retraction" in (await look(client, HERE)).links()
    stated = await get(client, "/v1/values", attribute="cleared_ha", province_code=LAO_CAI)
    assert {one["value"] for one in stated["items"]} >= {7, 18, 58.32}

    undo = await client.get(f"{path}/retraction")
    assert "statements would be retracted" in words(Reader(undo.text))
    fields = {"once": field(undo.text, "once"), "reason": "Wrong file"}
    for _ in range(2):
        undone = await sent(client, f"{path}/retraction", fields)
        assert (undone.status_code, undone.headers["location"]) == (303, path)
    assert await latest_revision(client) == before + 2
    assert f"It was undone in revision {before + 2}." in words(await look(client, path))
    left = await get(client, "/v1/values", attribute="cleared_ha", province_code=LAO_CAI)
    assert left["items"] == []


async def test_the_same_form_sent_twice_is_one_import(client: httpx.AsyncClient) -> None:
    once = field((await client.get(f"{HERE}/new")).text, "once")
    content = table([1, "CCN Một", 10, "A"])
    first, again = [
        await sent(client, HERE, {"once": once, **GIVEN}, file=("a.xlsx", content))
        for _ in range(2)
    ]
    assert first.headers["location"] == again.headers["location"]
    other = await sent(client, HERE, {"once": once, **GIVEN}, file=("b.xlsx", content))
    assert other.headers["location"] != first.headers["location"]
    assert len((await get(client, "/v1/imports"))["items"]) == 2


@pytest.mark.databases("sqlite")
async def test_cells_that_are_pasted_are_a_file(client: httpx.AsyncClient) -> None:
    cells = "TT\tTên CCN\tDiện tích (ha)\r\n1\tCCN Hồng Đầm\t45,5\r\n"
    answer = await sent(client, HERE, {"cells": cells, **GIVEN, "once": "x"})
    page = words(await look(client, answer.headers["location"]))
    assert "cells.tsv" in page
    assert "CCN Hồng Đầm→ Registered: CCN Hồng Đầm" in page
    assert "45,5→ 45.5 ha" in page


@pytest.mark.databases("sqlite")
async def test_a_table_with_more_cells_than_columns_is_shown(client: httpx.AsyncClient) -> None:
    content = "TT;Tên CCN\n1;CCN Hồng Đầm;thừa;45\n".encode()
    page = words(await look(client, await brought(client, content, "wide.csv", **GIVEN)))
    assert "CCN Hồng Đầm" in page
    assert "thừa" in page


@pytest.mark.databases("sqlite")
async def test_what_cannot_be_read_says_how_to_mend_it_and_keeps_what_was_typed(
    client: httpx.AsyncClient,
) -> None:
    typed = {**GIVEN, "given.source_title": "Báo cáo tháng 6", "once": "x"}
    good = table([1, "CCN Một", 10, "A"])
    cases: list[tuple[dict[str, str], dict[str, Any], str]] = [
        (typed, {}, "Choose a file, or paste the cells of a table."),
        ({**typed, "cells": "a\tb"}, {"file": ("a.xlsx", good)}, "Send either a file or cells"),
        (typed, {"file": ("a.xlsx", b"")}, "The file is empty."),
        (typed, {"file": ("a.xlsx", b"PK\x03\x04broken")}, ""),
        (typed, {"file": ("a.csv", b"x;" * 5_000_001)}, "has more than 10000000 bytes"),
        (typed, {"file": ("a.csv", b"x;" * 6_000_000)}, "Send at most 11000000 bytes"),
        ({**typed, "given.province_code": "99"}, {"file": ("a.xlsx", good)}, ""),
        ({**typed, "given.source_id": "nowhere"}, {"file": ("a.xlsx", good)}, "nowhere"),
    ]
    for fields, more, sentence in cases:
        answer = await sent(client, HERE, fields, **more)
        assert answer.status_code in {404, 413, 422}, answer.text
        page = Reader(answer.text)
        assert sentence in words(page)
        assert page.of("section")[-1].get("role") == "alert" or "data-refused" in answer.text
        if answer.status_code != 413:
            assert 'value="Báo cáo tháng 6"' in answer.text
    assert (await get(client, "/v1/imports"))["items"] == []


@pytest.mark.databases("sqlite")
async def test_faults_of_answers_stand_at_their_fields(client: httpx.AsyncClient) -> None:
    path = await brought(client, table([1, "CCN Một", "1.125", "A"]), "a.xlsx", **GIVEN)
    page = await client.get(path)
    fields = {
        "edited": field(page.text, "edited"),
        "once": "x",
        "row.2.value.area_ha": "1.125",
        "row.2.site": "no-such-site",
    }
    answer = await sent(client, f"{path}/answers", fields)
    assert answer.status_code == 422
    assert 'id="fault-row.2.value.area_ha"' in answer.text
    assert "can be read in two ways: write 1125 or 1.1250." in words(Reader(answer.text))
    assert 'value="no-such-site"' in answer.text
    fields["row.2.value.area_ha"] = "11,25"
    answer = await sent(client, f"{path}/answers", fields)
    assert 'id="fault-row.2.match"' in answer.text
    fields["row.2.site"] = "ccn-hong-dam"
    assert (await sent(client, f"{path}/answers", fields)).status_code == 303
    (row,) = (await get(client, f"/v1{path}/rows", role="data"))["items"]
    assert row["match"]["id"] == "ccn-hong-dam"
    assert row["statements"][0]["values"]["area_ha"] == 11.25
    # Another tab that saw it before is told so.
    late = await sent(client, f"{path}/answers", {**fields, "once": "y", "row.2.confirmed": "1"})
    assert late.status_code == 412
    withdrawn = {"edited": "2", "once": "z", "row.2.withdraw": "1"}
    assert (await sent(client, f"{path}/answers", withdrawn)).status_code == 303
    (row,) = (await get(client, f"/v1{path}/rows", role="data"))["items"]
    assert row["match"] == {"new": True}


@pytest.mark.databases("sqlite")
async def test_answers_are_typed_with_units_and_hedges(client: httpx.AsyncClient) -> None:
    rows = table([1, "CCN Một", "?", "A"], [2, "CCN Hai", "?", "A"])
    path = await brought(client, rows, "a.xlsx", **GIVEN)
    fields = {
        "edited": field((await client.get(path)).text, "edited"),
        "once": "x",
        "row.2.value.area_ha": "50,5 ha",
        "row.3.value.area_ha": "khoảng 20,25",
    }
    assert (await sent(client, f"{path}/answers", fields)).status_code == 303
    (first, second) = (await get(client, f"/v1{path}/rows", role="data"))["items"]
    assert first["statements"][0]["values"]["area_ha"] == 50.5
    assert "qualifiers" not in first["statements"][0]
    assert second["statements"][0]["values"]["area_ha"] == 20.25
    assert second["statements"][0]["qualifiers"] == {"area_ha": "about"}


@pytest.mark.databases("sqlite")
async def test_readings_to_choose_from_are_in_the_unit_of_the_attribute(
    client: httpx.AsyncClient,
) -> None:
    """Sample 5 states 817.303 tỷ đồng: 817.303 or 817303 of them."""
    file = sample(5)
    page = await client.get(path := await brought(client, file.read_bytes(), file.name))
    name = "row.11.pick.infrastructure_investment_vnd"
    assert f'name="{name}" value="817303000000"' in page.text
    fields = {"edited": field(page.text, "edited"), "once": "x", name: "817303000000"}
    fields |= {f"row.{row}.confirmed": "1" for row in (10, 11, 12)}
    assert (await sent(client, f"{path}/answers", fields)).status_code == 303
    rows = (await get(client, f"/v1{path}/rows"))["items"]
    (row,) = [one for one in rows if one["row"] == 11]
    values = {name: v for one in row["statements"] for name, v in one["values"].items()}
    assert values["infrastructure_investment_vnd"] == 817_303_000_000
    # Clearance is completed at CCN Thống Nhất Đông alone.
    effect = words(await look(client, f"{path}/effect"))
    assert "Area of sites that are cleared, ha 0 74.95 +74.95" in effect


@pytest.mark.databases("sqlite")
async def test_columns_are_answered_and_remembered(client: httpx.AsyncClient) -> None:
    content = xlsx([[*HEADER[:2], "Rộng"], [1, "CCN Một", 12]])
    path = await brought(client, content, "a.xlsx", **GIVEN)
    page = await client.get(path)
    assert "Not known: its texts are kept as notes" in words(Reader(page.text))
    fields = {"edited": field(page.text, "edited"), "once": "x", "column.C": "area_ha"}
    await sent(client, f"{path}/answers", {**fields, "column.A": "", "column.B": ""})
    assert "12→ 12 ha" in words(await look(client, path))
    again = await brought(client, content + b"", "b.xlsx", **GIVEN)
    assert "What was answered for the last file of this shape" in words(await look(client, again))


@pytest.mark.databases("sqlite")
async def test_stored_markup_stays_text(client: httpx.AsyncClient) -> None:
    hostile = f"CCN {TAG}{{{{1234*4321}}}}'\""
    content = xlsx([[*HEADER, f"Cột {TAG}"], [1, hostile, f"{TAG}", TAG, TAG], [TAG]])
    fields = {**GIVEN, "given.source_title": TAG, "given.source_number": TAG}
    path = await brought(client, content, f"{TAG}.xlsx", **fields)
    effect = await client.get(f"{path}/effect")
    pages = [path, f"{path}/effect", HERE]
    if "revision" in effect.text:
        commit = {"once": "c", "revision": field(effect.text, "revision"), "skip_refused": "1"}
        assert (await sent(client, f"{path}/commit", commit)).status_code == 303
        done = await ended(client, f"/v1{path}")
        pages += [f"{path}/retraction"] * (done["state"] == "committed")
    refused = await sent(client, f"{path}/answers", {"edited": "99", "row.2.value.name": TAG})
    html = [refused.text, *[(await client.get(one)).text for one in pages]]
    for text in html:
        page = Reader(text)
        assert not page.of("img") or all("onerror" not in one for one in page.of("img"))
        assert not [n for _, given in page.elements for n in given if n.startswith("on")]
        assert "5332114" not in page.text
        assert all(one.get("src") for one in page.of("script"))


async def test_imports_are_for_those_who_write_and_seen_by_who_sent_them(
    client: httpx.AsyncClient,
) -> None:
    path = await brought(client, table([1, "CCN Một", 10, "A"]), "a.xlsx", **GIVEN)
    reader = await signed_in(client, "reader", "reader")
    editor = await signed_in(client, "editor", "editor", ("06", "2020-01-01"))
    of_all, of_one = [HERE, f"{HERE}/new"], [path, f"{path}/effect", f"{path}/remarks.xlsx"]
    for credentials, status in (({"authorization": ""}, 401), (reader, 403)):
        for one in [*of_all, *of_one]:
            answer = await client.get(one, headers=credentials, follow_redirects=False)
            assert answer.status_code == status, one
        answer = await client.post(HERE, files={"cells": (None, "a")}, headers=credentials)
        assert answer.status_code == status
    for one in of_all:
        assert (await client.get(one, headers=editor)).status_code == 200
    for one in of_one:
        assert (await client.get(one, headers=editor)).status_code == 404
    for one in ("answers", "commit", "retraction", "deletion"):
        body = {"edited": (None, "1"), "reason": (None, "x"), "revision": (None, "1")}
        answer = await client.post(f"{path}/{one}", files=body, headers=editor)
        assert answer.status_code == 404, one
    assert (await get(client, f"/v1{path}"))["state"] == "draft"


async def test_a_draft_is_deleted_and_what_was_recorded_is_not(client: httpx.AsyncClient) -> None:
    path = await brought(client, table([1, "CCN Một", 10, "A"]), "a.xlsx", **GIVEN)
    answer = await sent(client, f"{path}/deletion", {"once": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    await look(client, path, 404)


async def test_what_others_changed_meanwhile_is_a_conflict_that_leads_on(
    client: httpx.AsyncClient,
) -> None:
    path = await brought(client, table([1, "CCN Hồng Đầm", 10, "A"]), "a.xlsx", **GIVEN)
    effect = await client.get(f"{path}/effect")
    said = {"source_id": "article", "effective_from": "2026-02", "values": {"area_ha": 44}}
    answer = await client.post("/v1/sites/ccn-hong-dam/statements", json=said)
    assert answer.status_code == 201
    fields = {"once": "x", "revision": field(effect.text, "revision")}
    refused = await sent(client, f"{path}/commit", fields)
    assert refused.status_code == 409
    again = {name: field(refused.text, name) for name in ("once", "edited")}
    assert "Read the file again" in words(Reader(refused.text))
    assert (await sent(client, f"{path}/answers", again)).status_code == 303
    assert (await client.get(f"{path}/effect")).status_code == 200


@pytest.mark.databases("sqlite")
async def test_files_of_pages_are_those_of_the_api(client: httpx.AsyncClient) -> None:
    path = await brought(client, table([1, "CCN Một", 10, "A"]), "a.xlsx", **GIVEN)
    remarks = await client.get(f"{path}/remarks.xlsx?lang=vi")
    assert remarks.content == (await client.get(f"/v1{path}/remarks.xlsx")).content
    of_province = "template.xlsx?province_code=15&as_of=2026-06-30"
    empty = await client.get(f"{HERE}/{of_province}")
    assert empty.headers["content-disposition"].endswith('"import-template-15-2026-06-30.xlsx"')
