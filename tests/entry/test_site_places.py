"""Places that late, retracted and merged statements tell of a site: nothing moves it unsaid."""

import httpx

from tests.support.registers import get, post


async def test_a_late_commune_does_not_move_what_was_stated_later(
    client: httpx.AsyncClient,
) -> None:
    """The place of 2023 was stated for 2023; a late statement about 2021 never overwrites it."""
    await post(client, "/v1/sources", {"id": "report-a", "kind": "report", "title": "A"})
    head = {"source_id": "report-a", "effective_from": "2019", "override_reason": "a slip before"}
    begun = head | {"values": {"name": "A", "province_code": "06"}}
    await post(client, "/v1/sites", begun | {"id": "ccn-a", "kind": "cluster"})
    moved = head | {"effective_from": "2023", "values": {"province_code": "17"}}
    await post(client, "/v1/sites/ccn-a/statements", moved)
    late = head | {"effective_from": "2021", "values": {"commune_code": "02131"}}
    await client.post("/v1/sites/ccn-a/statements", json=late)
    site = await get(client, "/v1/sites/ccn-a", as_of="2024-01-01")
    assert (site["province_code"], site["commune_code"]) == ("17", None)


async def test_a_retraction_does_not_move_what_was_stated_later(client: httpx.AsyncClient) -> None:
    await post(client, "/v1/sources", {"id": "report-a", "kind": "report", "title": "A"})
    head = {"source_id": "report-a", "effective_from": "2019", "override_reason": "a slip before"}
    begun = head | {"values": {"name": "A", "commune_code": "02131"}}
    await post(client, "/v1/sites", begun | {"id": "ccn-a", "kind": "cluster"})
    values = {"province_code": "06", "commune_code": None}
    cleared = head | {"effective_from": "2022", "values": values}
    statement = await post(client, "/v1/sites/ccn-a/statements", cleared)
    moved = head | {"effective_from": "2023", "values": {"province_code": "17"}}
    await post(client, "/v1/sites/ccn-a/statements", moved)
    path = f"/v1/statements/{statement['id']}/retraction"
    await post(client, path, {"reason": "the commune was right"})
    for day, place in (("2022-06-01", ("06", "02131")), ("2024-01-01", ("17", None))):
        site = await get(client, "/v1/sites/ccn-a", as_of=day)
        assert (site["province_code"], site["commune_code"]) == place


async def test_a_merger_does_not_bring_back_the_place_a_site_was_moved_from(
    client: httpx.AsyncClient,
) -> None:
    """In 2023 the site is said to lie in 19, so not in commune 02131 of 06; 19 took in 06 later."""
    await post(client, "/v1/sources", {"id": "report-a", "kind": "report", "title": "A"})
    head = {"source_id": "report-a", "effective_from": "2023", "override_reason": "a slip before"}
    begun = head | {"values": {"name": "A", "province_code": "19"}}
    await post(client, "/v1/sites", begun | {"id": "ccn-a", "kind": "cluster"})
    late = head | {"effective_from": "2021", "values": {"commune_code": "02131"}}
    await post(client, "/v1/sites/ccn-a/statements", late)
    for day, place in (
        ("2022-12-31", ("06", "02131")),
        ("2025-06-30", ("19", None)),
        ("2025-07-01", ("19", None)),
    ):
        site = await get(client, "/v1/sites/ccn-a", as_of=day)
        assert (site["province_code"], site["commune_code"]) == place
