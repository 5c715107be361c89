"""From the empty template to the ledger, and from an export back: what comes of it."""

from io import BytesIO
from typing import Any

import httpx
import openpyxl

from tests.imports.test_commit_requests import ended
from tests.imports.test_template import FILLED, filled
from tests.support.http import read
from tests.support.registers import get

IMPORTS = "/v1/imports"
TEMPLATE = f"{IMPORTS}/template.xlsx?province_code=15&as_of=2026-06-30"


async def sent(client: httpx.AsyncClient, content: bytes) -> Any:
    response = await client.post(IMPORTS, files={"file": ("clusters.xlsx", content)})
    assert response.status_code == 201, response.text
    return response.json()


async def committed(client: httpx.AsyncClient, content: bytes) -> Any:
    draft = await sent(client, content)
    path = f"{IMPORTS}/{draft['id']}"
    response = await client.post(f"{path}/commit", json={"revision": draft["read_at"]})
    assert response.status_code == 202, response.text
    return await ended(client, path)


async def test_a_filled_template_is_recorded_and_its_export_changes_nothing(
    client: httpx.AsyncClient,
) -> None:
    # What is to be cleared is within the area, so nothing is doubted.
    cells = FILLED | {"Diện tích cần giải phóng (ha)": "24,5"}
    empty = (await client.get(TEMPLATE)).content
    done = await committed(client, filled(cells, empty=empty))
    assert (done["state"], done["outcome"]["refused"]) == ("committed", [])
    site = await get(client, "/v1/sites/ccn-dong-xuan", as_of="2026-06-30")
    assert {name: site[name] for name in EXPECTED} == EXPECTED
    assert site["planned"]["industrial_land_ha"] == 35
    assert site["qualifiers"] == {"industrial_land_ha": "about"}

    exported = (await client.get("/v1/sites.xlsx?as_of=2026-06-30")).content
    before = await read(client, "/v1/revisions?limit=1")
    again = await committed(client, exported)
    assert again["state"] == "committed"
    assert (again["outcome"]["recorded"], again["outcome"]["refused"]) == (0, [])
    assert await read(client, "/v1/revisions?limit=1") == before

    done = await committed(client, changed(exported, "Diện tích (ha)", 50.25))
    assert done["outcome"]["refused"] == []
    statement = (await read(client, "/v1/sites/ccn-dong-xuan/statements"))["items"][0]
    assert (statement["values"], statement["effective_from"]) == ({"area_ha": 50.25}, "2026-06-30")


EXPECTED = {
    "name": "CCN Đông Xuân",
    "kind": "cluster",
    "aliases": ["Đông Xuân 1", "Xuân; Đông"],
    "province_code": "15",
    "commune_code": "04714",
    "legal_status": "established",
    "investor_name": "Công ty Cổ phần Đầu tư Đông Xuân",
    "area_ha": 45.125,
    "industrial_land_ha": 30,
    "cleared_ha": 18,
    "affected_households": 1234,
    "expected_operation": "2028-Q3",
}


def changed(content: bytes, label: str, value: float) -> bytes:
    """Return a workbook with a cell of its first site written over."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    (place,) = (cell.column for cell in sheet[1] if cell.value == label)
    sheet.cell(2, place).value = value
    result = BytesIO()
    book.save(result)
    return result.getvalue()
