"""The findings that a write raises and settles: in its answer, dry or not, as lists have them."""

from typing import Any

import httpx

from tests.support.counting import counted
from tests.support.http import MERGE_PATCH, register, said
from tests.support.registers import get, post


def rules(findings: list[dict[str, Any]]) -> list[str]:
    return [one["rule"] for one in findings]


def read(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


async def both(client: httpx.AsyncClient, path: str, body: dict[str, Any], **how: Any) -> Any:
    """Write dry and for good; return the findings, which must be the same."""
    method = how.pop("method", "POST")
    answers = [
        read(
            await client.request(
                method, f"{path}{'&' if '?' in path else '?'}dry_run={dry}", json=body, **how
            )
        )
        for dry in ("true", "false")
    ]
    dry, real = (_anonymous(answer["findings"]) for answer in answers)
    assert dry == real
    return answers[1]["findings"]


def _anonymous(findings: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [{**one, "statement_ids": len(one["statement_ids"])} for one in listed]
        for name, listed in findings.items()
    }


async def test_findings_of_a_site_are_raised_and_settled(
    sourced_client: httpx.AsyncClient,
) -> None:
    client, path = sourced_client, "/v1/sites/a/statements"
    # 80 ha are over the 75 ha of a cluster by decree 32/2024/NĐ-CP, and the plant stands still.
    body = said("2026-01", id="a", kind="cluster", values={"name": "A", "province_code": "19"})
    assert await both(client, "/v1/sites", body) == {"raised": [], "settled": []}
    found = await both(client, path, said("2026-02", values={"area_ha": 80}))
    assert (rules(found["raised"]), found["settled"]) == (["cluster_size"], [])
    listed = await get(client, "/v1/findings", rule="cluster_size")
    assert listed["items"] == found["raised"]
    found = await both(client, path, said("2026-03", values={"area_ha": 70}))
    assert (found["raised"], rules(found["settled"])) == ([], ["cluster_size"])
    # A retraction lets it hold again.
    third = (await get(client, path))["items"][0]
    path = f"/v1/statements/{third['id']}/retraction"
    found = await both(client, path, {"reason": "Nhầm"})
    assert (rules(found["raised"]), found["settled"]) == (["cluster_size"], [])
    withdrawn = await both(client, "/v1/sites/a/withdrawal", {"reason": "Nhầm"})
    assert (withdrawn["raised"], rules(withdrawn["settled"])) == ([], ["cluster_size"])


async def test_a_patch_and_another_number_of_the_same_finding(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "a", "2026-01", province_code="19", area_ha=80)
    path, patch = "/v1/sites/a?source_id=article&effective_from=2026-02", {"area_ha": 90}
    found = await both(sourced_client, path, patch, method="PATCH", headers=MERGE_PATCH)
    assert rules(found["raised"]) == rules(found["settled"]) == ["cluster_size"]
    assert [one["numbers"][0]["value"] for one in found["raised"]] == [90]
    assert [one["numbers"][0]["value"] for one in found["settled"]] == [80]


async def test_findings_of_many(sourced_client: httpx.AsyncClient) -> None:
    sites = [
        said(
            "2026-01",
            id=f"ccn-{number}",
            kind="cluster",
            values={"name": f"CCN {number}", "province_code": "19", "area_ha": 70 + 10 * number},
        )
        for number in range(3)
    ]
    found = await both(sourced_client, "/v1/statements/bulk", {"sites": sites})
    assert [(one["rule"], one["subject_id"]) for one in found["raised"]] == [
        ("cluster_size", "ccn-1"),
        ("cluster_size", "ccn-2"),
    ]


async def test_findings_of_a_province(sourced_client: httpx.AsyncClient) -> None:
    path = "/v1/provinces/19/statements"

    def value(number: float) -> list[dict[str, Any]]:
        return [{"indicator": "cluster_area_ha", "value": number, "period": "2026"}]

    await post(sourced_client, path, said("2026", observations=value(100)))
    body = said("2026", "other-article", observations=value(200))
    found = await both(sourced_client, path, body)
    assert rules(found["raised"]) == ["sources_disagree_on_indicator"]


async def test_what_is_read_has_no_findings(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "a", "2026-01", province_code="19", area_ha=80)
    page = await get(sourced_client, "/v1/sites/a/statements")
    assert "findings" not in page["items"][0]
    first = await get(sourced_client, f"/v1/statements/{page['items'][0]['id']}")
    assert "findings" not in first


async def test_what_begins_later_is_judged_on_its_day(sourced_client: httpx.AsyncClient) -> None:
    await register(sourced_client, "a", "2026-01", province_code="19", area_ha=70)
    body = said("2035", values={"area_ha": 80})
    found = await both(sourced_client, "/v1/sites/a/statements", body)
    assert rules(found["raised"]) == ["cluster_size", "recorded_before_it_holds"]
    assert {one["as_of"] for one in found["raised"]} == {"2035-01-01"}


async def test_a_remark_changes_no_finding_and_looks_at_none(
    sourced_client: httpx.AsyncClient,
) -> None:
    await register(sourced_client, "a", "2026-01", province_code="19", area_ha=80)
    path = "/v1/sites/a/statements"
    with counted() as of_values:
        read(await sourced_client.post(path, json=said("2026-02", values={"area_ha": 90})))
    with counted() as of_remark:
        answer = read(await sourced_client.post(path, json=said("2026-03", values={}, note="Xem")))
    assert answer["findings"] == {"raised": [], "settled": []}
    # Facts before and after are read in one statement each at least.
    assert len(of_remark) <= len(of_values) - 2


async def test_remarks_count_as_they_do_in_lists(sourced_client: httpx.AsyncClient) -> None:
    """A plan does not read them; what is raised says the same of them all the same."""
    client, path = sourced_client, "/v1/sites/a/statements"
    await register(client, "a", "2026-01", province_code="19")
    for number in range(3):
        await post(client, path, said("2026-01", values={}, note=f"Nhận xét {number}"))
    found = await both(client, path, said("2026-02", values={"operation_status": "operating"}))
    (raised,) = (one for one in found["raised"] if one["rule"] == "operating_but_never_established")
    listed = await get(client, "/v1/findings", rule="operating_but_never_established")
    assert listed["items"] == [raised]
    # The registration, three remarks, and that it operates.
    assert raised["numbers"][0] == {**raised["numbers"][0], "name": "statements", "value": 5}
