"""What an editor may write: for their provinces, on every day, and for what these became.

Bắc Kạn (06) and the former Thái Nguyên (19) became Thái Nguyên (19) on 2025-07-01; Hòa Bình (17)
became part of Phú Thọ (25).
"""

from typing import Any

import httpx
import pytest

from app.access.principals import PrincipalRole
from tests.support.http import MERGE_PATCH, as_problem, latest_revision, register, said, signed_in
from tests.support.registers import get, post

EVE, REFORM = "2025-06-30", "2025-07-01"
BAC_KAN, OLD_THAI_NGUYEN, THAI_NGUYEN = ("06", EVE), ("19", EVE), ("19", REFORM)
HOA_BINH, PHU_THO = ("17", EVE), ("25", REFORM)


async def editor(client: httpx.AsyncClient, *provinces: tuple[str, str]) -> dict[str, str]:
    return await signed_in(client, "Biên tập", PrincipalRole.editor, *provinces)


async def write(
    client: httpx.AsyncClient, who: dict[str, str], path: str, body: Any, status: int
) -> Any:
    """Send a write and its dry run; both are answered with the same status, but 201 by 200."""
    before = await latest_revision(client)
    dry = await client.post(f"{path}?dry_run=true", json=body, headers=who)
    assert dry.status_code == {201: 200}.get(status, status), dry.text
    assert await latest_revision(client) == before
    response = await client.post(path, json=body, headers=who)
    assert response.status_code == status, response.text
    if status == 403:
        as_problem(response, 403)
        assert await latest_revision(client) == before
    return response.json()


def site(key: str, day: str = "2020", **values: Any) -> dict[str, Any]:
    return said(day, id=key, kind="cluster", values={"name": key, **values})


@pytest.mark.parametrize(
    ("right", "day", "code", "status"),
    [
        (BAC_KAN, "2020", "06", 201),
        (BAC_KAN, "2026", "19", 201),
        (BAC_KAN, "2020", "19", 403),
        (BAC_KAN, "2020", "17", 403),
        (OLD_THAI_NGUYEN, "2020", "19", 201),
        (OLD_THAI_NGUYEN, "2020", "06", 403),
        (OLD_THAI_NGUYEN, "2026", "19", 201),
        (THAI_NGUYEN, "2020", "06", 201),
        (THAI_NGUYEN, "2020", "19", 201),
        (THAI_NGUYEN, "2026", "19", 201),
        (THAI_NGUYEN, "2026", "25", 403),
        (HOA_BINH, "2026", "25", 201),
        (HOA_BINH, "2020", "25", 403),
        (PHU_THO, "2020", "17", 201),
    ],
)
async def test_a_right_and_its_successors(
    shared: httpx.AsyncClient, right: tuple[str, str], day: str, code: str, status: int
) -> None:
    """Registering, stating and retracting, of sites, of projects and of the province itself."""
    who = await editor(shared, right)
    key = "-".join(("ccn", *right, day, code, str(status)))
    body = site(key, day, province_code=code)
    await write(shared, who, "/v1/sites", body, status)
    of_project = said(day, id=f"du-an-{key}", values={"name": key, "province_code": code})
    await write(shared, who, "/v1/projects", of_project, status)
    observed = [{"indicator": "cluster_count", "value": 5}]
    of_province = said(day, note=key, observations=observed)
    told = await write(shared, who, f"/v1/provinces/{code}/statements", of_province, status)
    if status == 403:
        await post(shared, "/v1/sites", body)
        told = await post(shared, f"/v1/provinces/{code}/statements", of_province)
    further = said(day, values={"area_ha": 5})
    stated = await write(shared, who, f"/v1/sites/{key}/statements", further, status)
    if status == 403:
        stated = await post(shared, f"/v1/sites/{key}/statements", further)
    for statement in (stated, told):
        path = f"/v1/statements/{statement['id']}/retraction"
        await write(shared, who, path, {"reason": "Nhầm"}, status)
    await write(shared, who, f"/v1/sites/{key}/withdrawal", {"reason": "Nhầm"}, status)


async def test_a_site_is_moved_neither_in_nor_out(shared: httpx.AsyncClient) -> None:
    who = await editor(shared, BAC_KAN)
    await register(shared, "ccn-stays", province_code="06")
    await register(shared, "ccn-elsewhere", province_code="17")
    out, into = said("2022", values={"province_code": "17"}), said("2022", values={"area_ha": 5})
    await write(shared, who, "/v1/sites/ccn-stays/statements", out, 403)
    into["values"]["province_code"] = "06"
    await write(shared, who, "/v1/sites/ccn-elsewhere/statements", into, 403)
    # A commune of Hòa Bình says the same as its code.
    district = said("2022", values={"district_code": "150"})
    await write(shared, who, "/v1/sites/ccn-stays/statements", district, 403)
    patch = {"province_code": "17"}
    url = "/v1/sites/ccn-stays?source_id=article&effective_from=2022"
    response = await shared.patch(url, json=patch, headers=who | MERGE_PATCH)
    as_problem(response, 403)


async def test_the_past_cannot_be_moved_either(shared: httpx.AsyncClient) -> None:
    """A province of a day before all that is known would be one that the site has lain in."""
    who = await editor(shared, BAC_KAN)
    await register(shared, "ccn-past", "2020", province_code="06")
    body = said("2015", values={"province_code": "17", "name": "A"})
    await write(shared, who, "/v1/sites/ccn-past/statements", body, 403)
    both = await editor(shared, BAC_KAN, HOA_BINH)
    await write(shared, both, "/v1/sites/ccn-past/statements", body, 409)
    body["override_reason"] = "Chuyển địa giới"
    await write(shared, both, "/v1/sites/ccn-past/statements", body, 201)
    # From now on it lies in both, on different days: neither editor alone writes of it.
    for right in (BAC_KAN, HOA_BINH):
        alone = await editor(shared, right)
        body = said("2023", values={"area_ha": 5})
        await write(shared, alone, "/v1/sites/ccn-past/statements", body, 403)


async def test_what_is_outweighed_counts_as_well(shared: httpx.AsyncClient) -> None:
    """A place that a weightier source of the same day hides would come out by a retraction."""
    who = await editor(shared, BAC_KAN)
    weighty = said("2020", "decision", id="ccn-hidden", kind="cluster")
    weighty["values"] = {"name": "A", "province_code": "06"}
    await post(shared, "/v1/sites", weighty)
    hidden = said("2020", "article", values={"province_code": "17"})
    await write(shared, who, "/v1/sites/ccn-hidden/statements", hidden, 403)


async def test_a_retraction_moves_nothing(shared: httpx.AsyncClient) -> None:
    """Without its correction the site would lie in Hòa Bình again."""
    await register(shared, "ccn-corrected", "2020", province_code="17")
    path = "/v1/sites/ccn-corrected/statements"
    corrected = said("2020", "decision", values={"province_code": "06"})
    statement = await post(shared, path, corrected)
    who = await editor(shared, BAC_KAN)
    await write(shared, who, path, said("2023", values={"area_ha": 5}), 201)
    retraction = f"/v1/statements/{statement['id']}/retraction"
    await write(shared, who, retraction, {"reason": "Nhầm"}, 403)
    await write(shared, await editor(shared, HOA_BINH), retraction, {"reason": "Nhầm"}, 403)
    both = await editor(shared, BAC_KAN, HOA_BINH)
    await write(shared, both, retraction, {"reason": "Nhầm"}, 201)


async def test_what_lost_its_place_stays_with_its_province(shared: httpx.AsyncClient) -> None:
    registered = await register(shared, "ccn-bare", "2020", province_code="17")
    await post(shared, f"/v1/statements/{registered['id']}/retraction", {"reason": "Nhầm"})
    body = said("2020", values={"name": "A", "province_code": "06"})
    path = "/v1/sites/ccn-bare/statements"
    await write(shared, await editor(shared, BAC_KAN), path, body, 403)
    again = said("2020", values={"name": "B", "province_code": "17"})
    await write(shared, await editor(shared, HOA_BINH), path, again, 201)


async def test_a_project_lies_where_its_site_lies(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-of-hoa-binh", province_code="17")
    await register(shared, "ccn-of-bac-kan", province_code="06")
    who = await editor(shared, BAC_KAN)
    for name, status in (("ccn-of-hoa-binh", 403), ("ccn-of-bac-kan", 201)):
        values = {"name": "A", "province_code": "06", "site": name}
        body = said("2020", id=f"du-an-in-{name}", values=values)
        await write(shared, who, "/v1/projects", body, status)
    path = "/v1/projects/du-an-in-ccn-of-bac-kan/statements"
    await write(shared, who, path, said("2022", values={"site": "ccn-of-hoa-binh"}), 403)
    await post(shared, path, said("2022", values={"site": "ccn-of-hoa-binh"}))
    await write(shared, who, path, said("2023", values={"address": "Lô 1"}), 403)


async def test_documents_and_organizations_are_of_no_province(shared: httpx.AsyncClient) -> None:
    who = await editor(shared, HOA_BINH)
    await write(shared, who, "/v1/sources", {"id": "of-all", "kind": "plan", "title": "A"}, 201)
    await write(shared, who, "/v1/organizations", {"id": "of-all", "name": "A"}, 201)
    body = said("2021", values={"status": "in_force"})
    statement = await write(shared, who, "/v1/sources/of-all/statements", body, 201)
    other = await editor(shared, BAC_KAN)
    path = f"/v1/statements/{statement['id']}/retraction"
    await write(shared, other, path, {"reason": "Nhầm"}, 201)


async def test_a_refusal_names_the_provinces(shared: httpx.AsyncClient) -> None:
    who = await editor(shared, BAC_KAN)
    problem = await write(shared, who, "/v1/sites", site("ccn-named", province_code="17"), 403)
    assert problem["type"] == "/problems/forbidden"
    assert problem["detail"] == (
        "This is about Hòa Bình (17), Phú Thọ (25), where you may not write; "
        "your provinces: 06@2025-06-30."
    )


async def test_revisions_name_the_principal(shared: httpx.AsyncClient) -> None:
    who = await signed_in(shared, "Nguyễn Thị Ánh Đào", PrincipalRole.editor, BAC_KAN)
    body = site("ccn-by-dao", province_code="06")
    answer = await write(shared, who, "/v1/sites", body, 201)
    revision = await get(shared, f"/v1/revisions/{answer['revision']}")
    assert answer["author"] == revision["author"] == "Nguyễn Thị Ánh Đào"


async def test_what_lost_its_place_alone_is_taken_over_by_nobody(
    shared: httpx.AsyncClient,
) -> None:
    """Of two statements the one with the place is retracted; the other one remains."""
    registered = await register(shared, "ccn-placeless", "2020", province_code="19")
    path = "/v1/sites/ccn-placeless/statements"
    rightful, other = await editor(shared, OLD_THAI_NGUYEN), await editor(shared, BAC_KAN)
    await write(shared, rightful, path, said("2021", values={"area_ha": 5}), 201)
    retraction = f"/v1/statements/{registered['id']}/retraction"
    await write(shared, rightful, retraction, {"reason": "Nhầm"}, 201)
    taken = said("2020", values={"name": "A", "province_code": "06"})
    await write(shared, other, path, taken, 403)
    await write(shared, other, path, said("2022", values={"area_ha": 6}), 403)
    await write(shared, rightful, path, said("2022", values={"area_ha": 6}), 201)
    again = said("2020", values={"name": "B", "province_code": "19"})
    await write(shared, rightful, path, again, 201)
