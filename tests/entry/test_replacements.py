"""Statements that replace others: in one revision, with the rank of what they replace."""

from random import Random
from typing import Any

import httpx

from tests.support.http import (
    as_problem,
    latest_revision,
    observe,
    pointers,
    prepare_sourced,
    refused,
    register,
    said,
    signed_in,
    state,
)
from tests.support.ledgers import PROJECTIONS, contents, first_broken, rebuild_all
from tests.support.registers import (
    Templates,
    get,
    opened,
    post,
    serving,
    writer_on,
)
from tests.support.subjects import Subjects, of_both

DAYS = ("2019-12-31", "2020-06-01", "2021-01-01", "2021-06-30", "2022-01-01", "2026-01-01")


async def replace(client: httpx.AsyncClient, statement_id: str, what: str, **members: Any) -> Any:
    """Replace a statement about a subject of a type."""
    body = {"subject_type": what, "reason": "Misread", **members}
    return await post(client, f"/v1/statements/{statement_id}/replacement", body)


@of_both
async def test_a_replacement_retracts_and_restates_in_one_revision(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    first = await of.register(shared, "replaced", "2020", **{of.number: 25.5})
    before = await latest_revision(shared)
    read_before = await of.read(shared, "replaced", as_of="2021-01-01", revision=before)

    values = {"name": "replaced", "province_code": "06", of.number: 52.5}
    new = await replace(shared, first["id"], of.type, **said("2020", values=values))

    assert new["id"] == f"{before + 1}-1"
    assert (new["replaces"], new["replaced_by"], new["retraction"]) == (first["id"], None, None)
    assert new["values"] == values
    new.pop("findings")
    assert await get(shared, f"/v1/statements/{new['id']}") == new
    old = await get(shared, f"/v1/statements/{first['id']}")
    assert (old["replaces"], old["replaced_by"]) == (None, new["id"])
    assert (old["retraction"]["revision"], old["retraction"]["reason"]) == (before + 1, "Misread")
    assert (await of.read(shared, "replaced", as_of="2021-01-01"))[of.number] == 52.5
    # As known before, nothing of it is known.
    known = await get(shared, f"/v1/statements/{first['id']}", revision=before)
    assert (known["replaced_by"], known["retraction"]) == (None, None)
    again = await of.read(shared, "replaced", as_of="2021-01-01", revision=before)
    assert again == read_before
    entries = (await get(shared, f"/v1/revisions/{before + 1}/entries"))["items"]
    assert [(e["type"], e["statement_id"]) for e in entries] == [
        ("stated", new["id"]),
        ("retracted", first["id"]),
    ]
    assert (await get(shared, f"/v1/revisions/{before + 1}"))["reason"] == "Misread"


@of_both
async def test_it_keeps_the_place_among_statements_of_one_date(
    shared: httpx.AsyncClient, of: Subjects
) -> None:
    await of.register(shared, "ranked")
    first = await of.state(shared, "ranked", "2021", **{of.number: 10, of.amount: 1})
    await of.state(shared, "ranked", "2021", **{of.number: 20})
    second = await replace(
        shared, first["id"], of.type, **said("2021", values={of.number: 30, of.amount: 3})
    )
    # What was said later of that date still decides; what the first alone said is corrected.
    now = await of.read(shared, "ranked", as_of="2022-01-01")
    assert (now[of.number], now[of.amount]) == (20, 3)
    # So it is for what replaces a replacement.
    values = {of.number: 40, of.amount: 4}
    await replace(shared, second["id"], of.type, **said("2021", values=values))
    now = await of.read(shared, "ranked", as_of="2022-01-01")
    assert (now[of.number], now[of.amount]) == (20, 4)
    # Stated on top instead, it would have decided.
    await of.state(shared, "ranked", "2021", **{of.number: 40})
    assert (await of.read(shared, "ranked", as_of="2022-01-01"))[of.number] == 40


async def test_statements_about_provinces_are_replaced(shared: httpx.AsyncClient) -> None:
    first = await observe(shared, "17", "2021", "actual", cluster_count=10, zone_count=1)
    await observe(shared, "17", "2021", "actual", cluster_count=20)
    before = await get(shared, "/v1/provinces/17/observations", as_of="2021-12-31")
    observations = [
        {"indicator": "cluster_count", "value": 30},
        {"indicator": "zone_count", "value": 3},
    ]
    new = await replace(shared, first["id"], "province", **said("2021", observations=observations))

    assert (new["subject_id"], new["replaces"]) == ("17", first["id"])
    now = await get(shared, "/v1/provinces/17/observations", as_of="2021-12-31")
    assert {o["indicator"]: o["value"] for o in now["items"]} == {
        "cluster_count": 20,
        "zone_count": 3,
    }
    known = {"as_of": "2021-12-31", "revision": new["revision"] - 1}
    again = await get(shared, "/v1/provinces/17/observations", **known)
    assert again["items"] == before["items"]


async def test_statements_about_documents_are_replaced(shared: httpx.AsyncClient) -> None:
    path = "/v1/sources/plan/statements"
    first = await post(shared, path, said("2021", values={"status": "drafting"}))
    body = said("2021", values={"status": "approved", "approved_by": "board"})
    new = await replace(shared, first["id"], "source", **body)
    assert (new["subject_id"], new["replaces"]) == ("plan", first["id"])
    roles = await get(shared, "/v1/organizations/board/roles")
    assert [(r["role"], r["subject_id"]) for r in roles["items"]] == [("approver", "plan")]


async def test_what_is_wrong_with_a_replacement(shared: httpx.AsyncClient) -> None:
    first = await register(shared, "ccn-wrong", area_ha=10)
    path = f"/v1/statements/{first['id']}/replacement"
    right = {
        "subject_type": "site",
        "reason": "Misread",
        **said("2020", values={"name": "ccn-wrong", "province_code": "06", "area_ha": 11}),
    }

    async def wrong(status: int, where: str = path, **members: Any) -> Any:
        return await refused(shared, "POST", where, status, json={**right, **members})

    assert pointers(await wrong(422, subject_type="project", values={"name": "x"})) == [
        "#/subject_type"
    ]
    other = await wrong(422, subject_type="project", values={"cleared_ha": 1})
    assert other["errors"][0]["pointer"] == "#/values/cleared_ha"
    assert other["errors"][0]["detail"] == "unknown member; check its spelling."
    assert pointers(await wrong(422, subject_type="plot")) == ["#/subject_type"]
    assert pointers(await wrong(422, reason=None)) == ["#/reason"]
    at_values = await wrong(422, values={**right["values"], "area_ha": -1})
    assert pointers(at_values) == ["#/values/area_ha"]
    assert pointers(await wrong(422, source_id="nowhere")) == ["#/source_id"]
    await wrong(404, "/v1/statements/999999-1/replacement")
    # To say the same again corrects nothing.
    same = await wrong(409, values={**right["values"], "area_ha": 10})
    assert (same["type"], same["statement_id"]) == ("/problems/duplicate-statement", first["id"])
    # What would not pass as a statement does not pass in place of one.
    bad = await wrong(409, values={**right["values"], "leased_ha": 5, "industrial_land_ha": 3})
    assert bad["type"] in {"/problems/impossible-state", "/problems/irregular-change"}

    await post(shared, path, right)
    await wrong(409, values={**right["values"], "area_ha": 12})


async def test_a_replacement_names_the_state_that_was_seen(shared: httpx.AsyncClient) -> None:
    first = await register(shared, "ccn-seen", area_ha=10)
    await state(shared, "ccn-seen", "2021", area_ha=11)
    path = f"/v1/statements/{first['id']}/replacement"
    body = {
        "subject_type": "site",
        "reason": "Misread",
        **said("2020", values={"name": "ccn-seen", "province_code": "06", "area_ha": 12}),
    }
    stale = {"If-Match": f'"{first["revision"]}"'}
    await refused(shared, "POST", path, 412, json=body, headers=stale)
    tag = (await shared.get("/v1/sites/ccn-seen")).headers["ETag"]
    key = {"Idempotency-Key": "replace-once"}
    done = await shared.post(path, json=body, headers={"If-Match": tag, **key})
    assert done.status_code == 201, done.text
    assert done.headers["ETag"] == f'"{done.json()["revision"]}"'
    # The same request again is answered as before, and records nothing.
    before = await latest_revision(shared)
    again = await shared.post(path, json=body, headers={"If-Match": tag, **key})
    assert (again.status_code, again.json()) == (201, done.json())
    assert await latest_revision(shared) == before
    counted = await observe(shared, "17", "2019", "actual", cluster_count=1)
    of_province = {
        "subject_type": "province",
        "reason": "Misread",
        **said("2019", observations=[{"indicator": "cluster_count", "value": 2}]),
    }
    path = f"/v1/statements/{counted['id']}/replacement"
    answer = await shared.post(path, json=of_province, headers={"If-Match": tag})
    assert pointers(as_problem(answer, 400)) == ["If-Match"]


async def test_a_dry_run_shows_what_a_replacement_would_change(shared: httpx.AsyncClient) -> None:
    first = await register(shared, "ccn-tried", area_ha=10)
    body = {
        "subject_type": "site",
        "reason": "Misread",
        **said("2022", values={"name": "ccn-tried", "province_code": "06", "area_ha": 12}),
    }
    before = await latest_revision(shared)
    path = f"/v1/statements/{first['id']}/replacement?dry_run=true"
    answer = await shared.post(path, json=body)
    assert answer.status_code == 200, answer.text
    changes = answer.json()["dry_run"]["sites"]
    assert (changes[0]["valid_from"], changes[0]["before"]["area_ha"]) == ("2020-01-01", 10)
    # The figures are those of the first day that changes, on which the site is not known any more.
    days = {f["as_of"] for f in answer.json()["dry_run"]["figures"]}
    assert "2020-01-01" in days
    assert await latest_revision(shared) == before


async def test_many_are_replaced_in_one_revision(shared: httpx.AsyncClient) -> None:
    first = await register(shared, "bulk-first", "2020", area_ha=25.5)
    second = await state(shared, "bulk-first", "2021", area_ha=12)
    counted = await observe(shared, "06", "2021", "actual", cluster_count=12)
    values = {"name": "bulk-first", "province_code": "06", "area_ha": 52.5}
    about = {"subject_type": "site", "subject_id": "bulk-first"}
    one = said("2020", **about, values=values, replaces=first["id"])
    other = said("2021", **about, values={"area_ha": 21}, replaces=second["id"])
    figure = [{"indicator": "cluster_count", "value": 21}]
    third = said("2021", subject_type="province", subject_id="06", observations=figure)
    third["replaces"] = counted["id"]
    body = {"reason": "Misread", "statements": [one, other, third]}
    before = await latest_revision(shared)

    answer = await post(shared, "/v1/statements/bulk", body)

    assert (answer["revision"], answer["recorded"]) == (before + 1, 3)
    for number, old in enumerate((first, second, counted), start=1):
        new = await get(shared, f"/v1/statements/{before + 1}-{number}")
        assert new["replaces"] == old["id"]
        found = await get(shared, f"/v1/statements/{old['id']}")
        assert (found["replaced_by"], found["retraction"]["reason"]) == (new["id"], "Misread")
    for day, area in (("2020-06-01", 52.5), ("2021-06-01", 21)):
        assert (await get(shared, "/v1/sites/bulk-first", as_of=day))["area_ha"] == area
    observed = await get(shared, "/v1/provinces/06/observations", indicator="cluster_count")
    assert [(one["value"], one["statement_id"]) for one in observed["items"]] == [
        (21, f"{before + 1}-3")
    ]


async def test_what_is_wrong_with_replacements_of_many(shared: httpx.AsyncClient) -> None:
    for site in ("wrong-a", "wrong-b"):
        await register(shared, site, "2020")
    old = await state(shared, "wrong-a", "2021", area_ha=12)
    path = "/v1/statements/bulk"

    def about(site: str, area: float, **members: Any) -> dict[str, Any]:
        named = {"subject_type": "site", "subject_id": site, "replaces": old["id"]}
        return said("2021", values={"area_ha": area}, **{**named, **members})

    async def wrong(*statements: Any, **members: Any) -> list[str]:
        body = {"reason": "Misread", "statements": statements} | members
        return pointers(await refused(shared, "POST", path, 422, json=body))

    assert await wrong(about("wrong-a", 21), reason=None) == ["#/reason"]
    assert await wrong(about("wrong-b", 21)) == ["#/statements/0/replaces"]
    assert await wrong(about("wrong-a", 21), about("wrong-a", 22)) == ["#/statements/1/replaces"]
    assert await wrong(about("wrong-a", 21, replaces="9999-1")) == ["#/statements/0"]
    await post(shared, f"/v1/statements/{old['id']}/retraction", {"reason": "Nhầm"})
    assert await wrong(about("wrong-a", 21)) == ["#/statements/0"]


async def test_an_editor_replaces_what_is_in_the_own_provinces(shared: httpx.AsyncClient) -> None:
    first = await register(shared, "ccn-own", area_ha=10)
    body = {
        "subject_type": "site",
        "reason": "Misread",
        **said("2020", values={"name": "ccn-own", "province_code": "06", "area_ha": 12}),
    }
    path = f"/v1/statements/{first['id']}/replacement"
    foreign = await signed_in(shared, "foreign", "editor", ("17", "2020-01-01"))
    await refused(shared, "POST", path, 403, json=body, headers=foreign)
    own = await signed_in(shared, "own", "editor", ("06", "2020-01-01"))
    away = {**body, "values": {**body["values"], "province_code": "17"}}
    await refused(shared, "POST", path, 403, json=away, headers=own)
    assert (await shared.post(path, json=body, headers=own)).status_code == 201


async def test_it_counts_as_if_the_right_thing_had_been_said_at_once(
    kind: str, templates: Templates
) -> None:
    """Of two sites the one is told right, of the other one statement is replaced later."""
    async with (
        templates.copy(kind, prepare_sourced) as url,
        serving(url) as client,
        opened(url) as database,
    ):
        await _compare_mended(client)
        assert await first_broken(database) is None
        before = await contents(database, PROJECTIONS)
        await rebuild_all(await writer_on(database))
        assert await contents(database, PROJECTIONS) == before


async def _compare_mended(client: httpx.AsyncClient) -> None:
    random = Random(15)  # noqa: S311  repeatable, not secret
    for number in range(12):
        stated = [_random_values(random) for _ in range(5)]
        wrong = random.randrange(5)
        right_site, mended = f"ccn-right-{number}", f"ccn-mended-{number}"
        ids = []
        for site, faulty in ((right_site, None), (mended, wrong)):
            await register(client, site, "2020", override_reason="Thử", name="Cụm", area_ha=1)
            for place, (source, day, values) in enumerate(stated):
                told = {"area_ha": 99, "leased_ha": 9} if place == faulty else values
                body = said(
                    day, source, values=told, note=f"{site} {place}", override_reason="Made up"
                )
                answer = await post(client, f"/v1/sites/{site}/statements", body)
                if place == faulty:
                    ids.append(answer["id"])
        before = await latest_revision(client)
        known_then = [await _state(client, mended, day, before) for day in DAYS]
        source, day, values = stated[wrong]
        body = said(day, source, values=values, note=f"{mended} {wrong}", override_reason="Made up")
        await replace(client, ids[0], "site", **body)
        for as_of in DAYS:
            expected = await _state(client, right_site, as_of)
            assert await _state(client, mended, as_of) == expected, (stated, wrong, as_of)
        assert [await _state(client, mended, day, before) for day in DAYS] == known_then


def _random_values(random: Random) -> tuple[str, str, dict[str, Any]]:
    names = random.sample(["area_ha", "leased_ha", "planned_area_ha"], 2)
    drawn = {"leased_ha": (None, 1, 2, 3)}
    values = {name: random.choice(drawn.get(name, (None, 50, 51, 52))) for name in names}
    return random.choice(["article", "other-article", "plan"]), random.choice(DAYS[1:5]), values


async def _state(
    client: httpx.AsyncClient, site: str, day: str, revision: int | None = None
) -> Any:
    named = {} if revision is None else {"revision": revision}
    response = await client.get(f"/v1/sites/{site}", params={"as_of": day, **named})
    if revision is not None:
        return response.content
    if response.status_code == 404:
        return None
    ignored = {"id", "revision", "changed_in", "known_from"}
    return {name: value for name, value in response.json().items() if name not in ignored}
