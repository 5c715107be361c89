"""Files of what was recorded: values behind sums, statements, and what revisions did."""

from datetime import datetime, timedelta

import httpx
import pytest

from tests.exports.test_exports import file, sheet, table
from tests.exports.test_of_provinces import cell
from tests.support.http import read
from tests.support.pages import look

pytestmark = pytest.mark.databases("sqlite")
DAY = "as_of=2024-12-31"


async def test_a_file_of_values_has_what_the_list_has(documents: httpx.AsyncClient) -> None:
    filters = f"attribute=area_ha&province_code=06&counted=true&{DAY}"
    rows = table(await file(documents, f"/v1/values.csv?{filters}"))
    items = (await read(documents, f"/v1/values?{filters}&limit=1000"))["items"]
    assert [row["site_id"] for row in rows] == [one["site_id"] for one in items]
    for row, item in zip(rows, items, strict=True):
        for column in set(row) & set(item):
            assert row[column] == cell(item[column]), column


async def test_codes_and_dates_among_values_are_written_as_such(
    documents: httpx.AsyncClient,
) -> None:
    path = f"/v1/values.xlsx?attribute=clearance_status&province_code=06&{DAY}&lang=vi"
    header, *rows = sheet(await file(documents, path))
    status = header.index("Giải phóng mặt bằng")
    assert {row[status] for row in rows} == {"Đang giải phóng mặt bằng"}
    refused = await documents.get("/v1/values.csv?attribute=geometry")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "attribute"


async def test_people_read_names_words_and_their_own_clock(documents: httpx.AsyncClient) -> None:
    """An investor has its name beside its id, an instant is a date of a workbook."""
    path = f"attribute=investor&province_code=06&{DAY}&lang=vi"
    header, *rows = sheet(await file(documents, f"/v1/values.xlsx?{path}"))
    at, name = header.index("Thời điểm ghi (giờ Việt Nam)"), header.index("Tên tổ chức")
    (item, *_) = (await read(documents, f"/v1/values?{path.removesuffix('&lang=vi')}"))["items"]
    named = await read(documents, f"/v1/organizations/{item['value']}")
    assert rows[0][name] == named["name"]
    recorded = datetime.fromisoformat(item["recorded_at"]) + timedelta(hours=7)
    assert abs(rows[0][at] - recorded.replace(tzinfo=None)) < timedelta(milliseconds=2)
    subject = "subject_type=site&subject_id=ccn-cam-giang&attribute=area_ha"
    text = table(await file(documents, f"/v1/statements.csv?{subject}&lang=vi"))[0]
    assert (text["Loại đối tượng"], text["Đơn vị"]) == (
        "Khu công nghiệp, cụm công nghiệp hoặc làng nghề",
        "Héc-ta",
    )


async def test_statements_of_a_site_have_a_row_for_each_value(
    documents: httpx.AsyncClient,
) -> None:
    """The article of December 2023 names three values of one cluster in three statements."""
    subject = "subject_type=site&subject_id=ccn-cam-giang"
    rows = table(await file(documents, f"/v1/statements.csv?{subject}"))
    items = (await read(documents, f"/v1/statements?{subject}&limit=1000"))["items"]
    expected = [
        (one["id"], name, cell(value))
        for one in items
        for name, value in sorted((one["values"] or {"": None}).items())
    ]
    found = [(row["statement_id"], row["attribute"], row["value"]) for row in rows]
    assert sorted(found) == sorted(expected)
    assert ("2-20", "clearance_status", "in_progress") in found
    (cleared,) = [row for row in rows if row["statement_id"] == "2-20"]
    assert cleared["subject_name"] == "CCN Cẩm Giàng"
    assert cleared["effective_from"] == "2023-12"


async def test_figures_of_provinces_have_their_unit_and_period(
    documents: httpx.AsyncClient,
) -> None:
    rows = table(
        await file(documents, "/v1/statements.csv?attribute=industrial_output_growth_pct&lang=en")
    )
    (target,) = [row for row in rows if row["Basis"] == "Target" and row["Period"] == "2025"]
    assert (target["Value"], target["Exactness"], target["Unit"]) == ("10", "At least", "Percent")
    assert target["Name of the attribute"] == "Growth of industrial output value"


async def test_a_file_of_changes_has_every_entry_up_to_its_revision(
    documents: httpx.AsyncClient,
) -> None:
    rows = table(await file(documents, "/v1/changes.csv?after=1&revision=3"))
    entries = [
        (number, one["type"], one["subject_id"], one["statement_id"] or "")
        for number in (2, 3)
        for one in (await read(documents, f"/v1/revisions/{number}/entries?limit=1000"))["items"]
    ]
    found = [
        (int(row["revision"]), row["type"], row["subject_id"], row["statement_id"]) for row in rows
    ]
    # An entry with several values has a row for each.
    assert list(dict.fromkeys(found)) == list(dict.fromkeys(entries))
    assert all(row["subject_name"] for row in rows)


async def test_a_revision_that_is_to_come_is_named(documents: httpx.AsyncClient) -> None:
    refused = await documents.get("/v1/changes.csv?after=500")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "after"


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("/values?attribute=area_ha&province_code=06", "values"),
        ("/sites/ccn-cam-giang", "statements"),
        ("/sources/bac-kan-press-2023-12", "statements"),
        ("/changes", "changes"),
        ("/revisions/2", "changes"),
    ],
)
async def test_pages_offer_files_of_what_is_seen(
    documents: httpx.AsyncClient, page: str, name: str
) -> None:
    links = (await look(documents, page)).links()
    for ending in ("csv", "xlsx"):
        (link,) = [one for one in links if f"/{name}.{ending}?" in one]
        answer = await documents.get(link)
        assert answer.status_code == 200
        assert len(answer.content) > 500
