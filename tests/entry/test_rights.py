"""What an editor may write: for their provinces, on every day, and for what these became.

Bắc Kạn (06) and the former Thái Nguyên (19) became Thái Nguyên (19) on 2025-07-01; Hòa Bình (17)
became part of Phú Thọ (25).
"""

from typing import Any

import httpx
import pytest

from app.access.principals import PrincipalRole
from tests.support.http import (
    MERGE_PATCH,
    MISTAKE,
    as_problem,
    latest_revision,
    register,
    said,
    signed_in,
)
from tests.support.registers import get, post, serving

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
    of_project = said(
        day, id=f"du-an-{key}", values={"name": f"Dự án {key}", "province_code": code}
    )
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
        await write(shared, who, path, MISTAKE, status)
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
    body = said("2015", values={"province_code": "17", "name": "A1"})
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
    weighty["values"] = {"name": "A2", "province_code": "06"}
    await post(shared, "/v1/sites", weighty)
    hidden = said("2020", "article", values={"province_code": "17"})
    await write(shared, who, "/v1/sites/ccn-hidden/statements", hidden, 403)


async def test_a_retraction_moves_nothing(shared: httpx.AsyncClient) -> None:
    """Without its correction the site would lie in Hòa Bình again."""
    await register(shared, "ccn-corrected", "2020", province_code="17")
    path = "/v1/sites/ccn-corrected/statements"
    corrected = said("2020", "decision", values={"province_code": "06"}, override_reason="Đúng")
    statement = await post(shared, path, corrected)
    who = await editor(shared, BAC_KAN)
    await write(shared, who, path, said("2023", values={"area_ha": 5}), 201)
    retraction = f"/v1/statements/{statement['id']}/retraction"
    await write(shared, who, retraction, MISTAKE, 403)
    await write(shared, await editor(shared, HOA_BINH), retraction, MISTAKE, 403)
    both = await editor(shared, BAC_KAN, HOA_BINH)
    await write(shared, both, retraction, MISTAKE, 201)


async def test_what_lost_its_place_stays_with_its_province(shared: httpx.AsyncClient) -> None:
    registered = await register(shared, "ccn-bare", "2020", province_code="17")
    await post(shared, f"/v1/statements/{registered['id']}/retraction", MISTAKE)
    body = said("2020", values={"name": "A3", "province_code": "06"})
    path = "/v1/sites/ccn-bare/statements"
    await write(shared, await editor(shared, BAC_KAN), path, body, 403)
    again = said("2020", values={"name": "B", "province_code": "17"})
    await write(shared, await editor(shared, HOA_BINH), path, again, 201)


async def test_a_project_lies_where_its_site_lies(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-of-hoa-binh", province_code="17")
    await register(shared, "ccn-of-bac-kan", province_code="06")
    who = await editor(shared, BAC_KAN)
    for name, status in (("ccn-of-hoa-binh", 403), ("ccn-of-bac-kan", 201)):
        values = {"name": "A4", "province_code": "06", "site": name}
        body = said("2020", id=f"du-an-in-{name}", values=values)
        await write(shared, who, "/v1/projects", body, status)
    path = "/v1/projects/du-an-in-ccn-of-bac-kan/statements"
    await write(shared, who, path, said("2022", values={"site": "ccn-of-hoa-binh"}), 403)
    await post(shared, path, said("2022", values={"site": "ccn-of-hoa-binh"}))
    await write(shared, who, path, said("2023", values={"address": "Lô 1"}), 403)


async def test_documents_and_organizations_are_of_no_province(shared: httpx.AsyncClient) -> None:
    who = await editor(shared, HOA_BINH)
    await write(shared, who, "/v1/sources", {"id": "of-all", "kind": "plan", "title": "A"}, 201)
    await write(shared, who, "/v1/organizations", {"id": "of-all", "name": "A5"}, 201)
    body = said("2021", values={"status": "in_force"})
    statement = await write(shared, who, "/v1/sources/of-all/statements", body, 201)
    other = await editor(shared, BAC_KAN)
    path = f"/v1/statements/{statement['id']}/retraction"
    await write(shared, other, path, MISTAKE, 201)


async def test_a_refusal_names_the_provinces(shared: httpx.AsyncClient) -> None:
    who = await editor(shared, BAC_KAN)
    problem = await write(shared, who, "/v1/sites", site("ccn-named", province_code="17"), 403)
    assert problem["type"] == "/problems/forbidden"
    assert problem["detail"] == (
        "This is about Hòa Bình (17), Phú Thọ (25), where you may not write; "
        "your provinces: 06@2025-06-30."
    )


async def test_a_refusal_names_no_more_than_the_first_provinces(shared: httpx.AsyncClient) -> None:
    day = EVE
    listed = (await get(shared, "/v1/provinces", as_of=day))["items"]
    rights = [(one["code"], day) for one in listed if one["code"] != "06"]
    who = await editor(shared, *rights)
    answer = await shared.post("/v1/sites", json=site("ccn-many", province_code="06"), headers=who)
    detail = as_problem(answer, 403)["detail"]
    named = [f"{code}@{day}" for code, day in sorted(rights)[:10]]
    assert detail.endswith(f"your provinces: {', '.join(named)}, ….")


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
    await write(shared, rightful, retraction, MISTAKE, 201)
    taken = said("2020", values={"name": "A6", "province_code": "06"})
    await write(shared, other, path, taken, 403)
    await write(shared, other, path, said("2022", values={"area_ha": 6}), 403)
    await write(shared, rightful, path, said("2022", values={"area_ha": 6}), 201)
    again = said("2020", values={"name": "B", "province_code": "19"})
    await write(shared, rightful, path, again, 201)


async def test_a_place_that_is_cleared_is_not_free(shared: httpx.AsyncClient) -> None:
    """The district alone says where the site lies; from 2022 on nothing does."""
    await post(shared, "/v1/sites", site("ccn-cleared", district_code="164"))
    path = "/v1/sites/ccn-cleared/statements"
    rightful, other = await editor(shared, OLD_THAI_NGUYEN), await editor(shared, BAC_KAN)
    await write(shared, rightful, path, said("2022", values={"district_code": None}), 201)
    for day in ("2019", "2023", "2026", "2031"):
        code = "06" if day < REFORM else "19"
        taken = said(day, values={"province_code": code}, override_reason="Chuyển")
        await write(shared, other, path, taken, 403)
        await write(shared, rightful, path, said(day, values={"area_ha": 6}), 201)


async def test_whoever_backdates_beyond_a_merger_has_all_that_was_merged(
    shared: httpx.AsyncClient,
) -> None:
    """Known only since the merger, it may have lain in either: both write on, neither backdates."""
    await register(shared, "ccn-since", "2026", province_code="19")
    path = "/v1/sites/ccn-since/statements"
    parts = {"06": await editor(shared, BAC_KAN), "19": await editor(shared, OLD_THAI_NGUYEN)}
    for code, who in parts.items():
        await write(shared, who, path, said("2026", values={"area_ha": int(code)}), 201)
        back = said("2020", values={"province_code": code})
        await write(shared, who, path, back, 403)
        since = said("2025-07-01", note=code, values={"province_code": "19"})
        await write(shared, who, path, since, 201)
    whole = await editor(shared, THAI_NGUYEN)
    await write(shared, whole, path, said("2020", values={"province_code": "06"}), 201)
    await write(shared, parts["06"], path, said("2021", values={"area_ha": 7}), 201)
    await write(shared, parts["19"], path, said("2021", values={"area_ha": 8}), 403)


async def test_what_an_administrator_corrected_is_free_of_the_mistake(
    shared: httpx.AsyncClient,
) -> None:
    """The right province is known from a later day than the wrong one was: it holds back."""
    wrong = await register(shared, "ccn-mistaken", "2010", province_code="17")
    await post(shared, f"/v1/statements/{wrong['id']}/retraction", MISTAKE)
    path = "/v1/sites/ccn-mistaken/statements"
    right = said("2018", values={"name": "A7", "province_code": "06"})
    await write(shared, await editor(shared, BAC_KAN), path, right, 403)
    await post(shared, path, right)
    body = said("2012", values={"area_ha": 5})
    await write(shared, await editor(shared, HOA_BINH), path, body, 403)
    await write(shared, await editor(shared, BAC_KAN), path, body, 201)


async def test_nobody_uncovers_a_place_of_another(shared: httpx.AsyncClient) -> None:
    """What outweighs the place in Hòa Bình is retracted by nobody who has no right to it."""
    weighty = said("2020", "decision", id="ccn-uncovered", kind="cluster")
    weighty["values"] = {"name": "A8", "province_code": "06"}
    registered = await post(shared, "/v1/sites", weighty)
    path = "/v1/sites/ccn-uncovered/statements"
    denied = said("2020", "article", values={"province_code": "17"}, override_reason="Báo viết")
    await post(shared, path, denied)
    retraction = f"/v1/statements/{registered['id']}/retraction"
    for right in (BAC_KAN, HOA_BINH):
        await write(shared, await editor(shared, right), retraction, MISTAKE, 403)
    body = said("2021", values={"area_ha": 5})
    await write(shared, await editor(shared, BAC_KAN), path, body, 201)
    await write(shared, await editor(shared, HOA_BINH), path, body, 403)


async def test_a_project_stays_with_its_last_place_and_that_of_its_site(
    shared: httpx.AsyncClient,
) -> None:
    rightful, other = await editor(shared, OLD_THAI_NGUYEN), await editor(shared, BAC_KAN)
    lost = await register(shared, "ccn-around", "2020", province_code="19")
    values = {"name": "A9", "district_code": "164", "site": "ccn-around"}
    await write(shared, rightful, "/v1/projects", said("2020", id="du-an-lost", values=values), 201)
    path = "/v1/projects/du-an-lost/statements"
    # First its own place is lost, then that of its site, then the site, and in the end its place
    # in the site.
    no_place = said("2020", "decision", values={"district_code": None})
    await write(shared, rightful, path, no_place, 201)
    await write(shared, other, path, said("2020", values={"province_code": "06"}), 403)
    retraction = f"/v1/statements/{lost['id']}/retraction"
    await write(shared, rightful, retraction, MISTAKE, 201)
    await write(shared, other, path, said("2020", values={"province_code": "06"}), 403)
    await write(shared, rightful, path, said("2022", values={"address": "Lô 1"}), 201)
    await write(shared, rightful, "/v1/sites/ccn-around/withdrawal", {"reason": "Nhầm"}, 201)
    await write(shared, other, path, said("2020", values={"province_code": "06"}), 403)
    await write(shared, rightful, path, said("2020", "decision", values={"site": None}), 201)
    await write(shared, other, path, said("2020", values={"province_code": "06"}), 403)
    await write(shared, rightful, path, said("2021", values={"province_code": "19"}), 201)
    await write(shared, rightful, "/v1/projects/du-an-lost/withdrawal", {"reason": "Nhầm"}, 201)
    # Gone for good: its id is given to nobody else, and its statements are still its province's.
    again = said("2020", id="du-an-lost", values={"name": "B", "province_code": "06"})
    assert (await shared.post("/v1/projects", json=again, headers=other)).status_code == 409
    statement = (await get(shared, "/v1/projects/du-an-lost/statements"))["items"][0]["id"]
    retraction = f"/v1/statements/{statement}/retraction"
    await write(shared, other, retraction, MISTAKE, 403)


async def test_a_site_counts_on_the_days_on_which_a_project_is_in_it(
    shared: httpx.AsyncClient,
) -> None:
    """A project since the merger is of both parts, also in a site that lay in one of them."""
    await register(shared, "ccn-older", "2018", province_code="06")
    values = {"name": "A10", "province_code": "19"}
    who, sibling = await editor(shared, BAC_KAN), await editor(shared, OLD_THAI_NGUYEN)
    await write(shared, who, "/v1/projects", said("2026", id="du-an-new", values=values), 201)
    path = "/v1/projects/du-an-new/statements"
    await write(shared, who, path, said("2026", values={"site": "ccn-older"}), 201)
    await write(shared, sibling, path, said("2026", values={"address": "Lô 1"}), 201)
    await write(shared, who, path, said("2024", values={"site": "ccn-older"}), 403)
    await write(shared, sibling, path, said("2024", values={"site": "ccn-older"}), 403)


async def test_many_statements_are_judged_one_after_the_other(shared: httpx.AsyncClient) -> None:
    """What is cleared by the first is not free for the second; refused alone, the rest stands."""
    await post(shared, "/v1/sites", site("ccn-bulk-place", district_code="164"))
    clear, take = {"district_code": None}, {"province_code": "06"}
    about = {"subject_type": "site", "subject_id": "ccn-bulk-place"}
    body = {"statements": [about | said("2020", "decision", values=v) for v in (clear, take)]}
    url = "/v1/statements/bulk?skip_refused=true"
    rightful, both = await editor(shared, OLD_THAI_NGUYEN), await editor(shared, BAC_KAN)
    for who, expected in ((both, [False, False]), (rightful, [True, False])):
        response = await shared.post(url, json=body, headers=who)
        found = [item["is_recorded"] for item in response.json()["statements"]]
        assert found == expected, response.text


async def test_a_place_that_changed_meanwhile_is_judged_anew(
    empty_url: str, interrupting: Any
) -> None:
    """Between the plan of a write and its turn the site, or that of the project, is moved."""
    async with serving(empty_url) as client, serving(empty_url) as administrator:
        await post(client, "/v1/sources", {"id": "article", "kind": "article", "title": "Báo"})
        who = await editor(client, BAC_KAN)
        for name in ("ccn-racing", "ccn-raced"):
            await register(client, name, "2020", province_code="06")
        values = {"name": "A11", "province_code": "06", "site": "ccn-raced"}
        await post(client, "/v1/projects", said("2020", id="du-an-raced", values=values))
        for path, moved in (
            ("/v1/sites/ccn-racing", "/v1/sites/ccn-racing"),
            ("/v1/projects/du-an-raced", "/v1/sites/ccn-raced"),
        ):
            moving = said("2022", values={"province_code": "17"}, override_reason="Chuyển")

            async def move(path: str = f"{moved}/statements", body: Any = moving) -> None:
                await post(administrator, path, body)

            interrupting(move)
            body = said("2021", values={"address": "Lô 1"})
            response = await client.post(f"{path}/statements", json=body, headers=who)
            as_problem(response, 403)


async def test_nobody_uncovers_the_site_of_another(shared: httpx.AsyncClient) -> None:
    """A project's statement of a site in Hòa Bình is outweighed, and so in no version."""
    await register(shared, "ccn-under", province_code="17")
    values = {"name": "A12", "province_code": "06"}
    await post(shared, "/v1/projects", said("2020", id="du-an-over", values=values))
    path = "/v1/projects/du-an-over/statements"
    outside = await post(shared, path, said("2021", "decision", values={"site": None}))
    await post(shared, path, said("2021", "article", values={"site": "ccn-under"}))
    retraction = f"/v1/statements/{outside['id']}/retraction"
    await write(shared, await editor(shared, BAC_KAN), retraction, MISTAKE, 403)
