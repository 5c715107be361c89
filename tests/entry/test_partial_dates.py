"""Dates of any precision: as they come back, and what they may not leave open."""

from typing import Any

import httpx
import pytest

from tests.support.http import MERGE_PATCH, observe, pointers, refused, register, said
from tests.support.registers import get, post

# Quarters


async def test_a_quarter_takes_effect_on_its_first_day_and_comes_back_as_written(
    shared: httpx.AsyncClient,
) -> None:
    await register(shared, "ccn-quarter")
    path = "/v1/sites/ccn-quarter"
    body = said("2023-Q4", values={"area_ha": 43, "expected_operation": "2026-Q3"})
    stated = await post(shared, f"{path}/statements", body)
    assert (stated["effective_from"], stated["effective_precision"]) == ("2023-Q4", "quarter")
    assert stated["values"]["expected_operation"] == "2026-Q3"
    before = await get(shared, path, as_of="2023-09-30")
    after = await get(shared, path, as_of="2023-10-01")
    assert (before["area_ha"], after["area_ha"]) == (None, 43)
    assert after["expected_operation"] == "2026-Q3"
    decided = (await get(shared, f"{path}/provenance"))["items"]
    assert [i["effective_from"] for i in decided if i["attribute"] == "area_ha"] == ["2023-Q4"]
    entry = (await get(shared, "/v1/changes", after=stated["revision"] - 1))["items"][0]
    assert entry["entries"][0]["statement"]["effective_from"] == "2023-Q4"


async def test_a_patch_takes_a_quarter(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-patched-quarter")
    answer = await shared.patch(
        "/v1/sites/ccn-patched-quarter",
        params={"source_id": "report", "effective_from": "2024-Q2"},
        json={"expected_operation": "2027-Q1"},
        headers=MERGE_PATCH,
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["effective_from"] == "2024-Q2"


async def test_the_period_of_an_observation_may_be_a_quarter(shared: httpx.AsyncClient) -> None:
    await observe(shared, "06", "2023-Q3", "actual", cluster_count=5)
    page = await get(shared, "/v1/provinces/06/observations", as_of="2023-07-01")
    item = next(i for i in page["items"] if i["period"] == "2023-Q3")
    assert (item["period_from"], item["period_to"]) == ("2023-07-01", "2023-09-30")


async def test_quarters_sort_among_the_dates_by_their_first_day(shared: httpx.AsyncClient) -> None:
    dates = ["2031", "2031-02", "2031-Q2", "2031-05", "2031-Q3", "2031-12-31", "2032-Q1"]
    for number, date in enumerate(dates):
        values = {"expected_operation": date}
        await register(shared, f"ccn-sorted-{number}", aliases=["Theo quý"], **values)
    for sort, expected in (("", dates), ("-", dates[::-1])):
        query = {"sort": f"{sort}expected_operation", "q": "theo quy", "limit": 2}
        found: list[str] = []
        page: dict[str, Any] = {"next_cursor": ""}
        while page["next_cursor"] is not None:
            more = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
            page = await get(shared, "/v1/sites", **query, **more)
            found += [site["expected_operation"] for site in page["items"]]
        assert found == expected


# Dates that leave open which territory is meant. On 2025-07-01 Thái Nguyên (19) took in Bắc Kạn
# (06), which ended; Hà Nội (01) went on as it was. Commune 02008 grew, 02107 came into being
# under that code for another, 02131 ended; commune 19742 is new.

TWO = "2025-01-01, 2025-07-01"
OPEN_DATES = [
    ({"province_code": "19"}, "2025", TWO),
    ({"province_code": "19"}, "2025-Q2", None),
    ({"province_code": "19"}, "2025-Q3", None),
    ({"province_code": "19"}, "2025-06", None),
    ({"province_code": "19"}, "2025-07", None),
    ({"province_code": "19"}, "2024", None),
    ({"province_code": "19"}, "2026", None),
    ({"province_code": "06"}, "2025", "2025-01-01"),
    ({"province_code": "06"}, "2025-Q2", None),
    ({"province_code": "06"}, "2025-06-30", None),
    ({"province_code": "01"}, "2025", None),
    ({"commune_code": "02008"}, "2025", TWO),
    ({"commune_code": "02131"}, "2025", "2025-01-01"),
    ({"commune_code": "19742"}, "2025", "2025-07-01"),
    ({"commune_code": "19742"}, "2025-Q3", None),
    ({"district_code": "065"}, "2025", "2025-01-01"),
]


async def accepts(client: httpx.AsyncClient, path: str, body: Any) -> None:
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text


async def refusal_of_date(client: httpx.AsyncClient, path: str, body: Any) -> str:
    problem = await refused(client, "POST", path, 422, json=body)
    assert pointers(problem) == ["#/effective_from"]
    return str(problem["detail"])


@pytest.mark.parametrize(("place", "date", "written"), OPEN_DATES, ids=repr)
async def test_a_place_with_a_partial_date_over_a_reform(
    shared: httpx.AsyncClient, place: dict[str, str], date: str, written: str | None
) -> None:
    body = {**said(date, values={"name": "A", **place}), "kind": "cluster", "id": "ccn-reform"}
    path = "/v1/sites?dry_run=true"
    if written is None:
        await accepts(shared, path, body)
        return
    detail = await refusal_of_date(shared, path, body)
    ending = f"one of {TWO}, by which territory is meant." if written == TWO else f"{written}."
    assert detail.endswith(f": write {ending}")
    for day in written.split(", "):
        await accepts(shared, path, {**body, "effective_from": day})


@pytest.mark.parametrize(
    ("code", "date", "written"),
    [("19", "2025", TWO), ("06", "2025", "2025-01-01"), ("01", "2025", None), ("19", "2024", None)],
)
async def test_a_province_with_a_partial_date_over_a_reform(
    shared: httpx.AsyncClient, code: str, date: str, written: str | None
) -> None:
    body = said(date, observations=[{"indicator": "cluster_count", "value": 30}])
    path = f"/v1/provinces/{code}/statements?dry_run=true"
    if written is None:
        await accepts(shared, path, body)
        return
    detail = await refusal_of_date(shared, path, body)
    assert all(day in detail for day in written.split(", "))


async def test_a_statement_that_names_no_place_takes_any_date(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-no-place-named", commune_code="02131")
    body = said("2025", values={"area_ha": 5})
    await post(shared, "/v1/sites/ccn-no-place-named/statements", body)


async def test_among_many_the_fault_is_at_the_date_of_its_member(
    shared: httpx.AsyncClient,
) -> None:
    of_19 = said("2025", subject_type="province", subject_id="19", note="Không rõ")
    body = {"statements": [{**of_19, "effective_from": "2024"}, of_19]}
    problem = await refused(shared, "POST", "/v1/statements/bulk", 422, json=body)
    assert pointers(problem) == ["#/statements/1/effective_from"]
