"""Files of imports over HTTP: the template to fill, and what was sent, with remarks."""

from io import BytesIO

import httpx
import openpyxl
import pytest

from tests.imports.test_drafts import GIVEN, IMPORTS, answer, rows, sent, upload
from tests.imports.test_template import FILLED, filled
from tests.support.http import as_problem
from tests.support.import_files import xlsx

TEMPLATE = f"{IMPORTS}/template.xlsx"
TABLE = [
    ["TT", "Tên CCN", "Diện tích (ha)"],
    [1, "CCN Một", "1.125"],
    [2, "CCN Hai", "mười"],
]


def book(response: httpx.Response) -> openpyxl.Workbook:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].endswith("spreadsheetml.sheet")
    return openpyxl.load_workbook(BytesIO(response.content))


async def test_the_template_is_filled_and_sent_without_a_question(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get(TEMPLATE, params={"province_code": "15", "as_of": "2026-06-30"})
    named = 'attachment; filename="import-template-15-2026-06-30.xlsx"'
    assert response.headers["content-disposition"] == named
    made = await sent(client, files=upload(filled(FILLED, empty=response.content)), data={})
    assert (made["province"], made["effective_from"]) == ("15", "2026-06-30")
    assert (made["warnings"], made["errors"]) == ([], [])
    (row,) = await rows(client, made["id"], "?role=data")
    assert row["statements"][0]["values"]["area_ha"] == 45.125
    assert row["statements"][0]["values"]["aliases"] == ["Đông Xuân 1", "Xuân; Đông"]
    assert not {"warnings", "errors", "needs_confirmation"} & row.keys()


@pytest.mark.databases("sqlite")
async def test_the_template_is_the_same_each_time(client: httpx.AsyncClient) -> None:
    query = {"as_of": "2026-06-30"}
    first, second = [await client.get(TEMPLATE, params=query) for _ in range(2)]
    assert first.content == second.content
    again = await client.get(
        TEMPLATE, params=query, headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.databases("sqlite")
async def test_a_template_of_a_province_that_ended_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get(TEMPLATE, params={"province_code": "10", "as_of": "2026-06-30"})
    assert "Lào Cai (15)" in as_problem(response, 404)["detail"]
    assert (await client.delete(TEMPLATE)).status_code == 405


async def test_a_file_comes_back_with_remarks(client: httpx.AsyncClient) -> None:
    made = await sent(client, files=upload(xlsx(TABLE), "cụm.xlsx"), data=GIVEN)
    url = f"{IMPORTS}/{made['id']}/remarks.xlsx"
    vietnamese, english = [
        book(await client.get(url, params={"lang": lang})).worksheets[0] for lang in ("vi", "en")
    ]
    assert [vietnamese["D1"].value, english["D1"].value] == ["Nhận xét", "Remarks"]
    (row,) = await rows(client, made["id"], "?having=errors")
    (error,) = row["errors"]
    lines = [error["message_en"], "Not registered yet."]
    assert english["D2"].value == "\n".join(lines)
    assert vietnamese["C2"].comment.text == error["message_vi"]


async def test_what_is_answered_is_remarked_on_no_more(client: httpx.AsyncClient) -> None:
    made = await sent(client, files=upload(xlsx(TABLE), "cụm.xlsx"), data=GIVEN)
    body = {"rows": {"2": {"values": {"area_ha": 45.125}}}}
    await answer(client, made["id"], body, **{"if-match": "*"})
    sheet = book(await client.get(f"{IMPORTS}/{made['id']}/remarks.xlsx")).worksheets[0]
    assert sheet["D2"].value == "Chưa có trong hệ thống."
    assert sheet["C2"].comment is None
