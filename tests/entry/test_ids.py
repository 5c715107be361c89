"""Ids that are made from names, and what has one already."""

from typing import Any

import httpx

from tests.support.http import pointers, refused, said, signed_in
from tests.support.registers import get, post


def registration(name: str, province: str, **members: Any) -> dict[str, Any]:
    values = {"name": name, "province_code": province}
    return said("2020", kind="cluster", values=values) | members


async def test_the_province_goes_into_an_id_that_another_province_has(
    shared: httpx.AsyncClient,
) -> None:
    first = await post(shared, "/v1/sites", registration("CCN Tân Tiến", "06"))
    second = await post(shared, "/v1/sites", registration("CCN Tân Tiến", "17"))
    assert first["subject_id"] == "ccn-tan-tien"
    assert second["subject_id"] == "ccn-tan-tien-hoa-binh"
    found = await get(shared, "/v1/sites/ccn-tan-tien-hoa-binh", as_of="2021-01-01")
    assert found["province_code"] == "17"
    # Both provinces of the same day are compared: Bắc Kạn lies in Thái Nguyên since 2025-07-01.
    later = registration("CCN Tân Tiến", "19", effective_from="2025-08-01")
    problem = await refused(shared, "POST", "/v1/sites", 409, json=later)
    assert pointers(problem) == ["#/id"]
    # The same again is the same site, and its id is taken.
    again = await refused(shared, "POST", "/v1/sites", 409, json=registration("CCN Tân Tiến", "17"))
    assert "Hòa Bình" in again["detail"] or "CCN Tân Tiến" in again["detail"]


async def test_many_of_one_name_in_one_request(shared: httpx.AsyncClient) -> None:
    sites = [registration("CCN Tam Sơn", code) for code in ("06", "17")]
    done = await post(shared, "/v1/statements/bulk", {"sites": sites})
    assert [item["subject_id"] for item in done["sites"]] == ["ccn-tam-son", "ccn-tam-son-hoa-binh"]


async def test_nobody_is_sent_to_a_site_of_another_province(shared: httpx.AsyncClient) -> None:
    await post(shared, "/v1/sites", registration("CCN Bình An", "06", id="ccn-binh-an"))
    own = await signed_in(shared, "of-17", "editor", ("17", "2020-01-01"))
    given = registration("CCN Bình An", "17", id="ccn-binh-an")
    problem = await refused(shared, "POST", "/v1/sites", 409, json=given, headers=own)
    assert problem["detail"] == (
        "The id 'ccn-binh-an' is that of CCN Bình An, which lies in Thái Nguyên (19): give another "
        "id, as ccn-binh-an-hoa-binh."
    )
    same = registration("CCN Bình An", "06", id="ccn-binh-an")
    problem = await refused(shared, "POST", "/v1/sites", 409, json=same)
    assert problem["detail"] == (
        "CCN Bình An is registered as 'ccn-binh-an' already: send statements about it, or give "
        "another id."
    )


async def test_a_long_id_with_a_province_can_still_be_read(shared: httpx.AsyncClient) -> None:
    name, key = "Làng nghề " + "Tân " * 20 + "Tiến", ""
    for code, day in (("06", "2021-01-01"), ("17", "2021-01-01")):
        body = registration(name, code) | {"kind": "craft_village"}
        made = await post(shared, "/v1/sites", body)
        key = made["subject_id"]
        assert len(key) <= 100
        assert (await get(shared, f"/v1/sites/{key}", as_of=day))["province_code"] == code
    assert key.endswith("-hoa-binh")
