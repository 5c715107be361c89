"""Withdrawals of sites and projects, and retractions of what was said of them."""

import httpx
import pytest

from tests.support.http import (
    MERGE_PATCH,
    MISTAKE,
    as_problem,
    ids,
    latest_revision,
    pointers,
    refused,
    said,
    signed_in,
)
from tests.support.registers import get, post
from tests.support.subjects import Subjects, of_both


@of_both
async def test_what_is_withdrawn_is_gone_and_still_readable_as_known_earlier(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    path, key = of.at("withdrawn"), of.id("withdrawn")
    first = await of.register(shared, "withdrawn", "2020", **{of.number: 5})
    response = await shared.post(f"{path}/withdrawal", json={"reason": "Trùng hồ sơ"})

    assert response.status_code == 201, response.text
    withdrawn_in = first["revision"] + 1
    answer = response.json()
    assert answer.pop("findings")["raised"] == []
    assert answer == {"id": key, "revision": withdrawn_in, "reason": "Trùng hồ sơ"}
    for read_path in (path, f"{path}/timeline", f"{path}/provenance"):
        problem = as_problem(await shared.get(read_path), 410)
        assert problem["type"] == "/problems/withdrawn"
        assert problem["withdrawn_in"] == withdrawn_in
        assert "Trùng hồ sơ" in problem["detail"]
        assert (await shared.get(f"{read_path}?revision={first['revision']}")).status_code == 200
    assert key not in ids(await get(shared, of.path, limit=1000))
    earlier = await get(shared, of.path, limit=1000, revision=first["revision"])
    assert key in ids(earlier)
    assert ids(await get(shared, f"{path}/statements")) == [first["id"]]

    values = {of.number: 6}
    body = said("2022", values=values)
    await refused(shared, "POST", f"{path}/statements", 410, json=body)
    asked = f"{path}?source_id=article"
    await refused(shared, "PATCH", asked, 410, json=values, headers=MERGE_PATCH)
    await refused(shared, "POST", f"{path}/withdrawal", 410, json={"reason": "Lại"})
    again = of.registration("withdrawn", "2022")
    problem = await refused(shared, "POST", of.path, 409, json=again)
    assert f"was withdrawn in revision {withdrawn_in}" in problem["detail"]
    assert (problem["withdrawn_in"], pointers(problem)) == (withdrawn_in, ["#/id"])


@of_both
async def test_a_statement_of_what_was_withdrawn_can_be_retracted(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    first = await of.register(shared, "withdrawn-first")
    await post(shared, f"{of.at('withdrawn-first')}/withdrawal", {"reason": "Trùng"})
    path = f"/v1/statements/{first['id']}/retraction"
    assert (await post(shared, path, MISTAKE))["retraction"]["reason"] == "Nhầm"
    as_problem(await shared.get(of.at("withdrawn-first")), 410)


@of_both
async def test_a_withdrawal_needs_a_reason(shared: httpx.AsyncClient, of: Subjects) -> None:
    await of.register_once(shared, "staying")
    for body in ({}, {"reason": ""}, {"reason": None}):
        await refused(shared, "POST", f"{of.at('staying')}/withdrawal", 422, json=body)
    path = f"{of.path}/nowhere/withdrawal"
    await refused(shared, "POST", path, 404, json={"reason": "Trùng"})


@of_both
async def test_a_retraction_is_kept_with_its_reason(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    path = of.at("retracted")
    await of.register(shared, "retracted", "2020", **{of.number: 5})
    wrong = await of.state(shared, "retracted", "2021", **{of.number: 50})
    wrong.pop("findings")
    response = await shared.post(
        f"/v1/statements/{wrong['id']}/retraction",
        json={"reason": "Đọc nhầm dấu phẩy"},
        headers=await signed_in(shared, "Lê Đức"),
    )

    assert response.status_code == 201, response.text
    assert response.headers["location"] == f"/v1/statements/{wrong['id']}"
    answer = response.json()
    assert answer.pop("findings").keys() == {"raised", "settled"}
    retraction = dict(answer["retraction"])
    assert retraction.pop("retracted_at") >= wrong["recorded_at"]
    assert retraction == {
        "revision": wrong["revision"] + 1,
        "author": "Lê Đức",
        "reason": "Đọc nhầm dấu phẩy",
    }
    assert answer | {"retraction": None} == wrong
    assert (await get(shared, path, as_of="2022-01-01"))[of.number] == 5
    history = await get(shared, f"{path}/statements")
    (effect,) = history["items"][0].pop("effects")
    assert (effect["in_effect"], effect["displaced_by"]) == (False, None)
    assert history["items"][0] == answer
    # As known before, it counted and was not retracted.
    asked = {"revision": wrong["revision"]}
    assert (await get(shared, path, as_of="2022-01-01", **asked))[of.number] == 50
    assert await get(shared, f"/v1/statements/{wrong['id']}", **asked) == wrong
    known = (await get(shared, f"{path}/statements", **asked))["items"][0]
    (effect,) = known.pop("effects")
    assert effect["in_effect"] is True
    assert known == wrong

    again = await refused(
        shared, "POST", f"/v1/statements/{wrong['id']}/retraction", 409, json={"reason": "Lại"}
    )
    assert str(retraction["revision"]) in again["detail"]


@pytest.mark.parametrize("statement_id", ["1-1", "99999-1", "x"])
async def test_only_recorded_statements_are_read_and_retracted(
    shared: httpx.AsyncClient, statement_id: str
) -> None:
    path = f"/v1/statements/{statement_id}"
    await refused(shared, "GET", path, 404)
    problem = await refused(shared, "POST", f"{path}/retraction", 404, json={"reason": "x"})
    # No revision is named that does not exist.
    assert f"revision {await latest_revision(shared) + 1}" not in problem["detail"]


@of_both
async def test_without_any_live_statement_there_is_nothing(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    only = await of.register(shared, "emptied")
    await post(shared, f"/v1/statements/{only['id']}/retraction", MISTAKE)

    problem = await refused(shared, "GET", of.at("emptied"), 404)
    assert f"{of.type} '{of.id('emptied')}'" in problem["detail"]
    assert of.id("emptied") not in ids(await get(shared, of.path, limit=1000))
    assert len((await get(shared, f"{of.at('emptied')}/statements"))["items"]) == 1
    # It can be told of again.
    values = {"name": "emptied", "province_code": "06"}
    await of.state(shared, "emptied", "2021", **values)
    assert (await of.read(shared, "emptied", as_of="2021-01-01"))["name"] == "emptied"
