"""The figures of a province, against figures worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal
from json import loads
from typing import Any

import httpx
import pytest

from tests.support.figures import known, untraced
from tests.support.http import (
    MISTAKE,
    latest_revision,
    observe,
    pointers,
    read,
    refused,
    register,
    said,
    state,
)
from tests.support.registers import get, post

BAC_KAN = "/v1/provinces/06/rollup"
PHU_THO = "/v1/provinces/25/rollup"
IN_2024 = "2024-01-01"


async def rollup_of(client: httpx.AsyncClient, url: str) -> Any:
    """Read the rollup of the one kind asked for, without the addresses in it."""
    (found,) = (await read(client, url))["rollups"]
    return untraced(found)


def rates(
    definition: str,
    count: int,
    mean: float,
    weighted: tuple[float | None, float | None, float | None, int] = (None, None, None, 0),
) -> dict[str, Any]:
    """Return the rates of a definition; those that are only stated have no areas."""
    names = ("land_weighted_pct", "leased_ha", "leasable_ha", "known")
    shown = dict(zip(names, weighted, strict=True))
    exactly: dict[str, str | None] = {"mean_qualifier": "exact"}
    exactly["land_weighted_qualifier"] = None if weighted[0] is None else "exact"
    return {"definition": definition, "rates": count, "mean_pct": mean, **exactly, **shown}


# What is computed from sites


async def test_the_figures_of_the_clusters_of_a_province(figures: httpx.AsyncClient) -> None:
    rollup = await rollup_of(figures, f"{BAC_KAN}?kind=cluster&as_of={IN_2024}")

    # D is abolished: it is listed by stage and counts nowhere else.
    assert rollup["sites"] == {
        "count": 5,
        "by_stage": {
            "closed": 1,
            "suspended": 0,
            "operating": 1,
            "construction": 0,
            "clearance": 1,
            "established": 0,
            "planned": 1,
            "proposed": 1,
            "removed": 0,
            "unknown": 1,
        },
        "by_clearance_status": {
            "not_started": 0,
            "in_progress": 1,
            "completed": 1,
            "suspended": 0,
            "unknown": 3,
        },
    }
    # 33.3333 + 16.6666 + 12.5.
    assert rollup["area"] == known(62.4999, 3, 2)
    assert rollup["land"] == {
        "planned_area_ha": known(35, 1, 4),
        "detailed_plan_area_ha": known(None, 0, 5),
        "industrial_land_ha": known(30.5, 2, 3),
        "service_land_ha": known(None, 0, 5),
        "leased_ha": known(17.5, 2, 3),
    }
    assert rollup["clearance"] == {
        # 30 + 20.5 + 7; of C it is not known how much of its 7 ha is cleared.
        "to_clear_ha": known(57.5, 3, 2),
        "cleared_ha": known(35.5, 2, 3),
        # Of A, the only one that is said to be cleared, the hectares are known.
        "completed_area_ha": known(0, 0, 0),
        # 35.5 / 50.5 = 0.70297…
        "clearance_pct": 70.3,
        "clearance_qualifier": "exact",
        "known": 2,
        "unknown": 3,
    }
    assert rollup["occupancy"] == {
        # 17.5 / 30.5 = 0.573770…
        "land_weighted_pct": 57.38,
        "land_weighted_qualifier": "exact",
        "leased_ha": 17.5,
        "leasable_ha": 30.5,
        "known": 2,
        "unknown": 3,
        # (75 + 23.81 + 60 + 50.5) / 4 = 52.3275.
        "mean_pct": 52.33,
        "mean_qualifier": "exact",
        "rates_known": 4,
        "rates_unknown": 1,
        "definitions": [
            rates("as_stated", 1, 60),
            # 75, 23.81 and the 50.5 stated by this definition: 149.31 / 3.
            rates("ccn", 3, 49.77, (57.38, 17.5, 30.5, 2)),
        ],
    }


async def test_the_head_of_a_rollup(figures: httpx.AsyncClient) -> None:
    answer = await read(figures, f"{BAC_KAN}?as_of={IN_2024}")
    kinds = [rollup["kind"] for rollup in answer.pop("rollups")]
    assert kinds == ["zone", "cluster", "craft_village"]
    assert answer == {
        "province_code": "06",
        "province_name": "Bắc Kạn",
        "as_of": IN_2024,
        "as_of_note": None,
        "as_of_note_vi": None,
        "boundaries": "then",
        "member_codes": ["06"],
        "revision": await latest_revision(figures),
        "targets": [],
    }
    some = await read(figures, f"{BAC_KAN}?kind=craft_village&kind=cluster&as_of={IN_2024}")
    assert [rollup["kind"] for rollup in some["rollups"]] == ["cluster", "craft_village"]
    assert untraced(some["rollups"][1]["area"]) == known(3, 1, 0)


async def test_the_figures_of_no_sites_are_zero_and_those_of_unknown_ones_null(
    figures: httpx.AsyncClient,
) -> None:
    none = await rollup_of(figures, f"{BAC_KAN}?kind=zone&as_of={IN_2024}")
    assert none["sites"]["count"] == 0
    assert none["area"] == known(0, 0, 0)
    assert none["clearance"]["clearance_pct"] is None
    assert none["occupancy"]["land_weighted_pct"] is None
    assert none["occupancy"]["mean_pct"] is None
    assert (none["planned"], none["published"], none["targets"]) == (None, [], [])
    before = await rollup_of(figures, f"{BAC_KAN}?kind=cluster&as_of=2019-12-31")
    assert before["area"] == known(0, 0, 0)
    unknown = await rollup_of(figures, f"/v1/provinces/17/rollup?kind=zone&as_of={IN_2024}")
    assert unknown["area"] == known(None, 0, 1)


async def test_the_occupancy_of_zones_follows_the_definition_of_the_day(
    figures: httpx.AsyncClient,
) -> None:
    before = await rollup_of(figures, f"{PHU_THO}?kind=zone&as_of=2022-07-14")
    # By industrial land: (50 + 30) / (100 + 60), and the mean of 50, 50 and 10.
    assert before["occupancy"] == {
        "land_weighted_pct": 50,
        "land_weighted_qualifier": "exact",
        "leased_ha": 80,
        "leasable_ha": 160,
        "known": 2,
        "unknown": 1,
        "mean_pct": 36.67,
        "mean_qualifier": "exact",
        "rates_known": 3,
        "rates_unknown": 0,
        "definitions": [rates("kcn_2018", 3, 36.67, (50, 80, 160, 2))],
    }
    since = await rollup_of(figures, f"{PHU_THO}?kind=zone&as_of=2022-07-15")
    # By industrial and service land, which only one zone knows: 50 / (100 + 25). The second zone
    # falls back on the 80 % stated of it; the mean of 40, 80 and 10.
    assert since["occupancy"] == {
        "land_weighted_pct": 40,
        "land_weighted_qualifier": "exact",
        "leased_ha": 50,
        "leasable_ha": 125,
        "known": 1,
        "unknown": 2,
        "mean_pct": 43.33,
        "mean_qualifier": "exact",
        "rates_known": 3,
        "rates_unknown": 0,
        "definitions": [
            rates("as_stated", 1, 80),
            rates("kcn_2018", 1, 10),
            rates("kcn_2022", 1, 40, (40, 50, 125, 1)),
        ],
    }


# The plan


async def test_the_plan_and_what_remains_of_it(figures: httpx.AsyncClient) -> None:
    rollup = await rollup_of(figures, f"{BAC_KAN}?kind=cluster&as_of={IN_2024}")
    stated = rollup["planned"].pop("stated")
    # A (35 ha of the plan), B (16.6666 ha as it stands) and C (unknown) are of the plan.
    assert rollup["planned"] == {
        "horizon": None,
        "sites": 10,
        "sites_qualifier": "exact",
        "area_ha": 200.5,
        "area_qualifier": "exact",
        "listed_sites": 3,
        "listed_area": known(51.6666, 2, 1),
        "remaining_sites": 7,
        "remaining_sites_qualifier": "exact",
        "remaining_area_ha": 148.8334,
        "remaining_area_qualifier": "at_most",
        "provinces": 1,
        "provinces_with_plan": 1,
    }
    assert [(s["indicator"], s["value"], s["basis"], s["source_id"]) for s in stated] == [
        ("cluster_planned_count", 10, "plan", "article"),
        ("cluster_planned_area_ha", 200.5, "plan", "article"),
    ]
    before = await rollup_of(figures, f"{BAC_KAN}?kind=cluster&as_of=2021-12-31")
    assert before["planned"] is None


@pytest.mark.parametrize(
    ("query", "members"),
    [
        (f"as_of={IN_2024}&boundaries=now", ["17", "25", "26"]),
        ("as_of=2025-08-01", ["25"]),
        ("as_of=2025-08-01&boundaries=now", ["25"]),
    ],
)
async def test_a_merged_province_has_the_plans_of_its_predecessors(
    figures: httpx.AsyncClient, query: str, members: list[str]
) -> None:
    answer = await read(figures, f"{PHU_THO}?kind=zone&{query}")
    assert answer["member_codes"] == members
    planned = answer["rollups"][0]["planned"]
    stated = planned.pop("stated")
    # Since the merger, sites of Vĩnh Phúc, which has no plan, cannot be told from the others.
    apart = len(members) > 1
    assert planned == {
        # 4 and 1000 of the old Phú Thọ, 3 and 500.5 of Hòa Bình, none of Vĩnh Phúc.
        "horizon": None,
        "sites": 7,
        "sites_qualifier": "exact",
        "area_ha": 1500.5,
        "area_qualifier": "exact",
        # Zone 1 with 150 ha and zone 4 with 50.5 ha; zone 5 is only proposed.
        "listed_sites": 2,
        "listed_area": known(200.5, 2, 0),
        "remaining_sites": 5 if apart else None,
        "remaining_sites_qualifier": "exact" if apart else None,
        "remaining_area_ha": 1300 if apart else None,
        "remaining_area_qualifier": "exact" if apart else None,
        "provinces": 3,
        "provinces_with_plan": 2,
    }
    assert sorted((s["province_code"], s["value"]) for s in stated) == [
        ("17", 3),
        ("17", 500.5),
        ("25", 4),
        ("25", 1000),
    ]


async def test_a_plan_of_its_own_replaces_those_of_the_predecessors(
    figures: httpx.AsyncClient,
) -> None:
    rollup = await rollup_of(figures, f"{PHU_THO}?kind=zone&as_of=2026-01-01")
    planned = rollup["planned"]
    assert (planned["sites"], planned["area_ha"]) == (9, None)
    assert (planned["remaining_sites"], planned["remaining_area_ha"]) == (7, None)
    assert planned["remaining_area_qualifier"] is None
    assert (planned["provinces"], planned["provinces_with_plan"]) == (1, 1)


async def test_sites_of_a_province_without_a_plan_use_up_no_plan_of_another(
    own_figures: httpx.AsyncClient,
) -> None:
    await state(own_figures, "kcn-5", "2023", planning_status="planned")
    url = f"{PHU_THO}?kind=zone&as_of={IN_2024}&boundaries=now"
    planned = (await rollup_of(own_figures, url))["planned"]
    # Zone 5 lies in Vĩnh Phúc, whose plan is not known.
    assert (planned["listed_sites"], planned["remaining_sites"]) == (2, 5)
    assert planned["remaining_area_ha"] == 1300


# What documents state, beside what is computed


async def test_published_totals_beside_the_computed_ones(figures: httpx.AsyncClient) -> None:
    rollup = await rollup_of(figures, f"{BAC_KAN}?kind=cluster&as_of={IN_2024}")
    shown = ("indicator", "basis", "value", "computed", "difference", "higher")
    coverage = ("computed_known", "computed_unknown")
    assert [tuple(p[name] for name in (*shown, *coverage)) for p in rollup["published"]] == [
        ("cluster_area_ha", "actual", 50, 62.4999, 12.4999, "computed", 3, 2),
        ("cluster_count", "actual", 5, 5, 0, "neither", 5, 0),
        ("cluster_established_count", "actual", 3, 2, 1, "stated", 2, 0),
        ("cluster_industrial_land_ha", "estimate", 30.5, 30.5, 0, "neither", 2, 3),
        ("cluster_leased_ha", "actual", 35, 17.5, 17.5, "stated", 2, 3),
        ("cluster_occupancy_pct", "actual", 40, 57.38, 17.38, "computed", 2, 3),
    ]
    first = rollup["published"][0]
    assert (first["effective_from"], first["period"]) == ("2023-06", "2023-06")
    assert first["source_title"] == "The article"
    before = await rollup_of(figures, f"{BAC_KAN}?kind=cluster&as_of=2023-05-31")
    assert [(p["indicator"], p["value"], p["computed"]) for p in before["published"]] == [
        ("cluster_count", 3, 5)
    ]


async def test_a_total_of_which_nothing_can_be_computed(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-unknown-area", province_code="14")
    await observe(shared, "14", "2023", "actual", cluster_area_ha=30, cluster_leased_ha=2)
    rollup = await rollup_of(shared, f"/v1/provinces/14/rollup?kind=cluster&as_of={IN_2024}")
    for published in rollup["published"]:
        assert (published["computed"], published["difference"]) == (None, None)
        assert published["higher"] is None
        assert (published["computed_known"], published["computed_unknown"]) == (0, 1)


async def test_published_totals_of_a_merged_province_stay_those_of_its_members(
    figures: httpx.AsyncClient,
) -> None:
    url = f"{PHU_THO}?kind=zone&as_of={IN_2024}&boundaries=now"
    rollup = await rollup_of(figures, url)
    assert rollup["sites"]["count"] == 5
    assert [
        (p["province_code"], p["value"], p["computed"], p["difference"])
        for p in rollup["published"]
    ] == [("17", 2, 1, 1), ("25", 3, 3, 0)]


async def test_targets_with_what_was_reached(figures: httpx.AsyncClient) -> None:
    rollup = await rollup_of(figures, f"{BAC_KAN}?kind=cluster&as_of={IN_2024}")
    shown = (
        "indicator",
        "period",
        "value",
        "reached",
        "reached_basis",
        "reached_on",
        "reached_pct",
    )
    assert [tuple(target[name] for name in shown) for target in rollup["targets"]] == [
        # Stated for the same period, though the sites have 17.5 ha.
        ("cluster_leased_ha", "2023", 70, 35, "actual", "2023-12-31", 50),
        # A has operated since 2023, after the period was over.
        ("cluster_operating_count", "2022", 2, 0, "computed", "2022-12-31", 0),
        # So far; 5 was the target stated before. 1 / 3.
        ("cluster_operating_count", "2025", 3, 1, "computed", IN_2024, 33.33),
        ("cluster_planned_count", "2030", 30, None, None, IN_2024, None),
    ]
    before = await rollup_of(figures, f"{BAC_KAN}?kind=cluster&as_of=2021-12-31")
    assert [(t["period"], t["value"]) for t in before["targets"]] == [
        ("2023", 70),
        ("2022", 2),
        ("2025", 5),
    ]


async def test_targets_for_very_many_periods(sourced_client: httpx.AsyncClient) -> None:
    days = [(date(2020, 1, 1) + timedelta(days=n)).isoformat() for n in range(600)]
    for start in range(0, 600, 200):
        targets = [
            {"indicator": "cluster_count", "value": 1, "period": day}
            for day in days[start : start + 200]
        ]
        body = said("2019", basis="target", observations=targets)
        await post(sourced_client, "/v1/provinces/15/statements", body)
    rollup = await rollup_of(
        sourced_client, f"/v1/provinces/15/rollup?kind=cluster&as_of={IN_2024}"
    )
    assert [target["period"] for target in rollup["targets"]] == days


# Exactness


async def test_sums_are_exact_to_the_square_metre(shared: httpx.AsyncClient) -> None:
    areas = [Decimal(text) for text in ("0.0001", "33.3333", "0.1", "0.2", "66.6667", "74.4")]
    areas += [Decimal("999999999.9999"), Decimal("0.0007"), Decimal("4503599.6273")]
    areas += [Decimal(n * 7919 % 100_003) / 10_000 for n in range(1, 25)]
    for number, hectares in enumerate(areas):
        code = ("48", "49")[number % 2]
        values: dict[str, Any] = {"area_ha": float(hectares), "to_clear_ha": float(hectares)}
        values |= {"province_code": code, "override_reason": "Số liệu thử"}
        await register(shared, f"ccn-exact-{number}", **values)

    # Read with decimals, so that no digit that was sent is lost or added.
    url = f"/v1/rollups?kind=cluster&as_of={IN_2024}"
    by_province = loads((await shared.get(url)).text, parse_float=Decimal)
    found = {item["province_code"]: item for item in by_province["items"]}
    for code, own in (("48", areas[0::2]), ("49", areas[1::2])):
        assert Decimal(found[code]["area"]["total_ha"]) == sum(own, Decimal())
        assert Decimal(found[code]["clearance"]["to_clear_ha"]["total_ha"]) == sum(own, Decimal())
        page = loads(
            (await shared.get(f"/v1/sites?as_of={IN_2024}&province_code={code}")).text,
            parse_float=Decimal,
        )
        assert sorted(Decimal(site["area_ha"]) for site in page["items"]) == sorted(own)


async def test_the_same_request_at_the_same_revision_has_the_same_bytes(
    own_figures: httpx.AsyncClient,
) -> None:
    revision = await latest_revision(own_figures)
    recorded_at = (await get(own_figures, f"/v1/revisions/{revision}"))["recorded_at"]
    asked = [
        f"{url}&revision={revision}"
        for url in (
            f"{BAC_KAN}?as_of={IN_2024}",
            f"{PHU_THO}?as_of={IN_2024}&boundaries=now",
            "/v1/provinces/06/rollup/series?from=2020-01-01&to=2025-01-01",
            f"/v1/rollups?as_of={IN_2024}",
            f"/v1/rollups?as_of={IN_2024}&group_by=country&boundaries=now",
            f"/v1/rollups?as_of={IN_2024}&group_by=stage&group_by=province_code",
        )
    ]
    before = [(await own_figures.get(url)).content for url in asked]
    await register(own_figures, "ccn-new", area_ha=1, legal_status="established")
    moved = said("2022", values={"area_ha": 40, "province_code": "19"}, override_reason="Nhầm tỉnh")
    await post(own_figures, "/v1/sites/ccn-a/statements", moved)
    await observe(own_figures, "06", "2023", "actual", cluster_count=9)
    await observe(own_figures, "25", "2023", "plan", zone_planned_count=12)
    await post(own_figures, "/v1/sites/ccn-b/withdrawal", {"reason": "Nhầm"})
    first = (await get(own_figures, "/v1/sites/ccn-e/statements"))["items"][0]
    await post(own_figures, f"/v1/statements/{first['id']}/retraction", MISTAKE)

    assert [(await own_figures.get(url)).content for url in asked] == before
    by_instant = [url.replace(f"revision={revision}", f"known_at={recorded_at}") for url in asked]
    assert [(await own_figures.get(url)).content for url in by_instant] == before
    now = [(await own_figures.get(url.partition("&revision")[0])).content for url in asked]
    assert all(one != other for one, other in zip(now, before, strict=True))


# Refusals


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("kind=clusters", "kind"),
        ("boundaries=today", "boundaries"),
        ("as_of=2024", "as_of"),
        ("revision=100000", "revision"),
        ("revision=1&known_at=2024-01-01T00:00:00Z", "known_at"),
    ],
)
async def test_rollups_that_cannot_be_computed(
    figures: httpx.AsyncClient, query: str, parameter: str
) -> None:
    for path in (BAC_KAN, "/v1/rollups"):
        problem = await refused(figures, "GET", f"{path}?{query}", 400)
        assert pointers(problem) == [parameter]


async def test_a_province_of_the_past_is_none_of_today(figures: httpx.AsyncClient) -> None:
    url = f"{BAC_KAN}?as_of={IN_2024}&boundaries=now"
    problem = await refused(figures, "GET", url, 404)
    assert [unit["code"] for unit in problem["successors"]] == ["19"]
