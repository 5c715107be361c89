"""What the register finds in statements that it recorded although they cannot be right."""

from typing import Any

import httpx
import pytest

from tests.support.http import MISTAKE, observe, read, register, said, state
from tests.support.registers import post
from tests.support.subjects import PROJECTS

# In the south of Hà Nội; at Côn Đảo, which the outlines leave out; in Than Uyên (Lai Châu), which
# they have in Lào Cai; and between the islands of Hoàng Sa.
HA_NOI = {"type": "Point", "coordinates": [105.78, 20.72]}
CON_DAO = {"type": "Point", "coordinates": [106.6, 8.69]}
THAN_UYEN = {"type": "Point", "coordinates": [103.88, 21.95]}
HOANG_SA = {"type": "Point", "coordinates": [111.6, 16.5]}


async def findings(client: httpx.AsyncClient, rule: str, **parameters: str) -> dict[str, Any]:
    """Return what a rule finds in all provinces, by subject."""
    query = "".join(f"&{name}={value}" for name, value in parameters.items())
    page = await read(client, f"/v1/findings?limit=100&rule={rule}{query}")
    found = {item["subject_id"]: item for item in page["items"]}
    assert len(found) == len(page["items"])
    assert {item["rule"] for item in page["items"]} <= {rule}
    return found


async def test_more_land_than_area(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-small", "2024", province_code="30", area_ha=50)
    body = said("2024-06-01", values={"industrial_land_ha": 500}, override_reason="Theo báo cáo")
    land = await post(shared, "/v1/sites/ccn-small/statements", body)
    found = await findings(shared, "more_land_than_area")
    assert (found["ccn-small"]["province_code"], found["ccn-small"]["severity"]) == ("31", "error")
    assert land["id"] in found["ccn-small"]["statement_ids"]
    assert {"name": "difference", "value": 450, "unit": "ha"} in found["ccn-small"]["numbers"]
    await state(shared, "ccn-small", "2024-06-01", industrial_land_ha=50)
    assert "ccn-small" not in await findings(shared, "more_land_than_area")


async def test_a_site_without_a_name(shared: httpx.AsyncClient) -> None:
    rule = "site_without_name"
    named = await register(shared, "ccn-nameless", "2024", province_code="04", area_ha=20)
    early = await state(shared, "ccn-nameless", "2022", province_code="04", area_ha=10)
    # The name holds back.
    assert await findings(shared, rule, as_of="2023-12-31") == {}
    assert await findings(shared, rule) == {}
    await post(shared, f"/v1/statements/{named['id']}/retraction", MISTAKE)
    found = await findings(shared, rule)
    assert found.keys() == {"ccn-nameless"}
    assert found["ccn-nameless"]["statement_ids"] == [early["id"]]
    assert found["ccn-nameless"]["province_code"] == "04"
    await state(shared, "ccn-nameless", "2022", name="CCN Vô Danh")
    assert await findings(shared, rule) == {}


async def test_a_site_without_a_province(shared: httpx.AsyncClient) -> None:
    """It is told where retracted statements put it, through mergers; a place holds back."""
    rule = "site_without_province"
    await register(shared, "ccn-located", "2020", province_code="04", area_ha=20)
    await state(shared, "ccn-located", "2015", area_ha=15)
    assert await findings(shared, rule, as_of="2016-01-01") == {}
    assert await findings(shared, "site_without_name", as_of="2016-01-01") == {}

    placed = await register(shared, "ccn-lost", "2024", province_code="06")
    kept = await state(shared, "ccn-lost", "2025", area_ha=20, name="CCN Lạc")
    await post(shared, f"/v1/statements/{placed['id']}/retraction", MISTAKE)
    for code, day in (("06", "as_of=2025-06-30&"), ("19", "")):
        page = await read(shared, f"/v1/provinces/{code}/findings?{day}rule={rule}")
        (found,) = page["items"]
        assert (found["subject_id"], found["province_code"]) == ("ccn-lost", code)
        assert found["statement_ids"] == [kept["id"]]
        assert "by what was retracted" in found["message_en"]
    assert (await findings(shared, rule)).keys() == {"ccn-lost"}
    await state(shared, "ccn-lost", "2025-01", province_code="06")
    assert await findings(shared, rule) == {}


async def test_what_was_merged_cannot_be_told_apart_before(shared: httpx.AsyncClient) -> None:
    """Thái Nguyên since the merger was two provinces before it; which one it is not said."""
    await register(shared, "ccn-either", "2025-07-01", province_code="19", area_ha=20)
    await state(shared, "ccn-either", "2024", area_ha=15)
    found = await findings(shared, "site_without_province", as_of="2025-06-30")
    assert "ccn-either" not in found


async def test_a_project_in_another_province_than_its_site(shared: httpx.AsyncClient) -> None:
    rule = "project_and_site_in_two_provinces"
    await register(shared, "ccn-of-cao-bang", "2024", province_code="04")
    await register(shared, "ccn-of-thai-nguyen", "2025-07-02", province_code="19")
    await PROJECTS.register(shared, "abroad", "2024", province_code="01", site="ccn-of-cao-bang")
    await PROJECTS.register(shared, "there", "2024", province_code="04", site="ccn-of-cao-bang")
    # Bắc Kạn is in Thái Nguyên by then: the codes differ as they are stated, but not on the day.
    await PROJECTS.register(shared, "merged", "2024", site="ccn-of-thai-nguyen")
    found = await findings(shared, rule)
    assert found.keys() == {"du-an-abroad"}
    assert found["du-an-abroad"]["province_code"] == "01"
    assert "Cao Bằng (04)" in found["du-an-abroad"]["message_vi"]


async def test_a_project_in_a_site_that_is_not_there(shared: httpx.AsyncClient) -> None:
    rule = "project_in_no_known_site"
    await register(shared, "ccn-to-be", "2025-10-01", province_code="04")
    await register(shared, "ccn-mistaken", "2020", province_code="04")
    await PROJECTS.register(shared, "ahead", "2023", province_code="04", site="ccn-to-be")
    await PROJECTS.register(shared, "left", "2023", province_code="04", site="ccn-mistaken")
    assert await findings(shared, rule, as_of="2025-11-01") == {}
    await post(shared, "/v1/sites/ccn-mistaken/withdrawal", {"reason": "Trùng"})
    in_september = await findings(shared, rule, as_of="2025-09-30")
    assert {key: item["severity"] for key, item in in_september.items()} == {
        "du-an-ahead": "info",
        "du-an-left": "warning",
    }
    assert in_september["du-an-ahead"]["numbers"] == [
        {"name": "days_before", "value": 1, "unit": "day"}
    ]
    assert (await findings(shared, rule)).keys() == {"du-an-left"}


async def test_what_was_recorded_before_it_holds(shared: httpx.AsyncClient) -> None:
    rule = "recorded_before_it_holds"
    await register(shared, "ccn-today", "2024", province_code="11")
    # The first changes nothing of the state, so that no version begins with it.
    slips = [
        await state(shared, "ccn-today", "2031", name="ccn-today"),
        await register(shared, "ccn-later", "2032", province_code="11"),
        await PROJECTS.register(shared, "later", "2033", province_code="11"),
        await observe(shared, "11", "2034", "actual", cluster_count=3),
    ]
    planned = said("2035", basis="plan", values={"planned_area_ha": 20})
    await post(shared, "/v1/sites/ccn-today/statements", planned)
    wanted = {
        "ccn-today": slips[0]["id"],
        "ccn-later": slips[1]["id"],
        "du-an-later": slips[2]["id"],
        "11": slips[3]["id"],
    }
    for day in ({}, {"as_of": "2036-01-01"}):
        found = await findings(shared, rule, **day)
        assert {key: item["statement_ids"] for key, item in found.items()} == {
            key: [statement_id] for key, statement_id in wanted.items()
        }
        assert {item["severity"] for item in found.values()} == {"warning"}
        assert {item["province_code"] for item in found.values()} == {"11"}
    # Nothing was recorded by then.
    assert await findings(shared, rule, as_of="2025-12-31") == {}
    for slip in slips:
        await post(shared, f"/v1/statements/{slip['id']}/retraction", MISTAKE)
    assert await findings(shared, rule) == {}


async def test_a_geometry_outside_the_province(shared: httpx.AsyncClient) -> None:
    rule = "geometry_outside_province"
    far = await register(shared, "ccn-far", "2024", province_code="04", geometry=HA_NOI)
    await register(shared, "ccn-near", "2024", province_code="01", geometry=HA_NOI)
    await register(shared, "ccn-con-dao", "2024", province_code="77", geometry=CON_DAO)
    await register(shared, "ccn-than-uyen", "2024", province_code="12", geometry=THAN_UYEN)
    await register(shared, "ccn-hoang-sa", "2024", province_code="48", geometry=HOANG_SA)
    for day in ({}, {"as_of": "2025-06-30"}):
        found = await findings(shared, rule, **day)
        assert found.keys() == {"ccn-far"}
        assert found["ccn-far"]["statement_ids"] == [far["id"]]
        (distance,) = found["ccn-far"]["numbers"]
        # Cao Bằng begins at about 22.35 degrees north, 1.6 degrees or 180 km from there.
        assert (distance["name"], distance["unit"]) == ("distance", "km")
        assert distance["value"] == pytest.approx(180, abs=15)


async def test_what_goes_on_after_the_abolition(shared: httpx.AsyncClient) -> None:
    rule = "active_after_abolition"
    await register(shared, "ccn-abolished", "2020", province_code="04", legal_status="established")
    ended = await state(shared, "ccn-abolished", "2024-06-30", legal_status="abolished")
    assert await findings(shared, rule) == {}
    on = await state(shared, "ccn-abolished", "2025-03-01", clearance_status="in_progress")
    found = await findings(shared, rule)
    assert found["ccn-abolished"]["statement_ids"] == [ended["id"], on["id"]]
    assert await findings(shared, rule, as_of="2025-02-28") == {}


async def test_places_that_do_not_lie_in_each_other(shared: httpx.AsyncClient) -> None:
    """Cẩm Giàng (02008) lies in Bạch Thông (063), not in Chợ Mới (065)."""
    rule = "places_contradict"
    said_first = await register(shared, "ccn-moved", "2020", district_code="065")
    await register(shared, "ccn-fits", "2020", district_code="063", area_ha=20)
    await state(shared, "ccn-fits", "2023", commune_code="02008")
    assert await findings(shared, rule) == {}
    later = await state(shared, "ccn-moved", "2023", commune_code="02008")
    for day, province in (({"as_of": "2024-12-31"}, "06"), ({}, "19")):
        found = await findings(shared, rule, **day)
        assert found.keys() == {"ccn-moved"}
        assert found["ccn-moved"]["province_code"] == province
        assert found["ccn-moved"]["statement_ids"] == [said_first["id"], later["id"]]
        assert (
            "has Chợ Mới (065), which does not fit Cẩm Giàng (02008)"
            in (found["ccn-moved"]["message_en"])
        )
        assert "nêu Chợ Mới (065), không nằm cùng nơi" in found["ccn-moved"]["message_vi"]
    assert await findings(shared, rule, as_of="2022-12-31") == {}
    await state(shared, "ccn-moved", "2023", district_code="063")
    assert await findings(shared, rule) == {}


async def test_a_decision_that_is_registered_twice(shared: httpx.AsyncClient) -> None:
    rule = "one_decision_under_two_sources"
    ids = ["decision-5-2009", "decision-5-2009-again"]
    for key, day in zip(ids, ("2009-02-05", "2009-09-05"), strict=True):
        body = {"id": key, "kind": "decision", "title": "Quyết định", "number": "5/QĐ-UBND"}
        await post(shared, "/v1/sources", {**body, "issuer": "UBND", "published_on": day})
        site = {"id": f"ccn-{key}", "kind": "cluster", "source_id": key, "effective_from": day}
        values = {"name": f"CCN {key}", "province_code": "04"}
        await post(shared, "/v1/sites", {**site, "values": values})
    found = await findings(shared, rule)
    assert found.keys() == {ids[1]}
    assert found[ids[1]]["subject_type"] == "source"
    assert sorted(found[ids[1]]["source_ids"]) == ids
    assert "ngày 5/2/2009 và ngày 5/9/2009" in found[ids[1]]["message_vi"]
    # Before the second is cited for anything there is one.
    assert await findings(shared, rule, as_of="2009-06-30") == {}


async def test_what_holds_back_is_cited(shared: httpx.AsyncClient) -> None:
    """In 2023 the project is where it was first stated to be in 2024: in another province."""
    await register(shared, "ccn-held", "2023", province_code="04")
    placed = await PROJECTS.register(shared, "held", "2024", province_code="01")
    await PROJECTS.state(shared, "held", "2023", site="ccn-held")
    found = await findings(shared, "project_and_site_in_two_provinces", as_of="2023-06-30")
    assert placed["id"] in found["du-an-held"]["statement_ids"]


async def test_decisions_that_only_figures_are_from(shared: httpx.AsyncClient) -> None:
    rule = "one_decision_under_two_sources"
    statements = []
    for key in ("decision-of-figures", "decision-of-figures-again"):
        body = {"id": key, "kind": "decision", "title": "Quyết định", "number": "9/QĐ-UBND"}
        body["override_reason"] = "Hai bản"
        await post(shared, "/v1/sources", {**body, "published_on": "2011-03-01"})
        statements.append(
            await post(
                shared,
                "/v1/provinces/08/statements",
                {
                    "source_id": key,
                    "effective_from": "2011-03-01",
                    "observations": [{"indicator": "cluster_count", "value": 3}],
                },
            )
        )
    page = await read(shared, f"/v1/provinces/08/findings?as_of=2012-01-01&rule={rule}")
    (found,) = page["items"]
    assert sorted(found["statement_ids"]) == sorted(one["id"] for one in statements)
    every = await read(shared, "/v1/provinces/08/findings?as_of=2012-01-01&limit=100")
    assert found in every["items"]
