"""Files of what is said of provinces: published totals, targets and findings."""

from typing import Any

import httpx
import pytest

from tests.exports.test_exports import file, sheet, table
from tests.support.http import read
from tests.support.pages import look

pytestmark = pytest.mark.databases("sqlite")
PLACE = "/v1/provinces/06"
DAY = "as_of=2024-12-31"


def cell(value: Any) -> str:
    """Return a value of an answer as a CSV file has it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


async def rows_and_items(
    client: httpx.AsyncClient, name: str
) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """Return a file and the items of the same data."""
    rows = table(await file(client, f"{PLACE}/{name}.csv?{DAY}"))
    if name == "published":
        found = await read(client, f"{PLACE}/rollup?{DAY}")
        return rows, [one for kind in found["rollups"] for one in kind["published"]]
    return rows, (await read(client, f"{PLACE}/{name}?{DAY}"))["items"]


@pytest.mark.parametrize("name", ["published", "targets", "findings"])
async def test_a_file_has_what_the_data_has(documents: httpx.AsyncClient, name: str) -> None:
    rows, items = await rows_and_items(documents, name)
    assert rows
    assert len(rows) == len(items)
    for row, item in zip(rows, items, strict=True):
        for column in set(row) & set(item) - {"law"}:
            assert row[column] == cell(item[column]), column
    # Figures are those worked out by hand in the tests of rollups.
    if name == "published":
        established = next(one for one in rows if one["indicator"] == "cluster_established_area_ha")
        assert (established["kind"], established["unit"]) == ("cluster", "ha")
        assert established["name_en"] == "Area of industrial clusters established"


@pytest.mark.parametrize("name", ["published", "targets", "findings"])
async def test_a_workbook_has_the_labels_of_its_language(
    documents: httpx.AsyncClient, name: str
) -> None:
    for language, indicator in (("vi", "Chỉ tiêu"), ("en", "Name in Vietnamese")):
        header, *cells = sheet(await file(documents, f"{PLACE}/{name}.xlsx?{DAY}&lang={language}"))
        assert (indicator in header) == (name != "findings")
        assert len(cells) == len(table(await file(documents, f"{PLACE}/{name}.csv?{DAY}")))


async def test_findings_of_all_provinces_are_in_one_file(documents: httpx.AsyncClient) -> None:
    rows = table(await file(documents, f"/v1/findings.csv?{DAY}&severity=info"))
    items = (await read(documents, f"/v1/findings?{DAY}&severity=info&limit=1000"))["items"]
    assert [row["message_en"] for row in rows] == [one["message_en"] for one in items]
    assert {row["severity"] for row in rows} == {"info"}


async def test_a_province_that_ended_answers_for_its_last_day(documents: httpx.AsyncClient) -> None:
    response = await documents.get(f"{PLACE}/targets.csv")
    assert 'filename="targets-06-2025-06-30.csv"' in response.headers["content-disposition"]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/provinces/06?as_of=2024-12-31", ("published", "targets", "findings")),
        ("/findings?province_code=06&as_of=2024-12-31", ("findings",)),
        ("/findings?as_of=2024-12-31", ("findings",)),
    ],
)
async def test_pages_offer_files_of_all_that_is_seen(
    documents: httpx.AsyncClient, path: str, names: tuple[str, ...]
) -> None:
    links = (await look(documents, path)).links()
    for name in names:
        for ending in ("csv", "xlsx"):
            (link,) = [one for one in links if f"/{name}.{ending}?" in one]
            assert (await documents.get(link)).status_code == 200
