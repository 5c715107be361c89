"""Entries of sources and organizations: corrected, merged, withdrawn, and as known before."""

from random import Random
from typing import Any

import httpx
import pytest

from tests.support.http import (
    as_problem,
    ids,
    latest_revision,
    pointers,
    prepare_sourced,
    read,
    refused,
    register,
    said,
    signed_in,
    state,
)
from tests.support.ledgers import PROJECTIONS, contents, first_broken, rebuild_all
from tests.support.registers import Templates, get, opened, post, serving, writer_on

PATCH = {"content-type": "application/merge-patch+json"}
ENTRIES: dict[str, dict[str, Any]] = {
    "sources": {"kind": "report", "title": "Báo cáo quý I", "number": "1/BC", "note": "n"},
    "organizations": {"name": "Cong ty Ha tang", "aliases": ["HT"], "name_en": "Infra"},
}
BASES = ("actual", "plan")
of_both = pytest.mark.parametrize("what", ["sources", "organizations"])


async def patch(client: httpx.AsyncClient, path: str, tag: str = "*", /, **members: Any) -> Any:
    """Correct an entry; it must succeed."""
    response = await client.patch(
        f"{path}?reason=typo", json=members, headers={**PATCH, "If-Match": tag}
    )
    assert response.status_code == 200, response.text
    return response.json()


@of_both
async def test_an_entry_is_corrected_and_reads_as_before_as_known_before(
    shared: httpx.AsyncClient, what: str
) -> None:
    path = f"/v1/{what}/corrected"
    made = await post(shared, f"/v1/{what}", {"id": "corrected", **ENTRIES[what]})
    before = await latest_revision(shared)
    assert made["changed_in"] == made["revision"] == before
    then = [
        (await shared.get(f"{url}revision={before}")).content
        for url in (f"{path}?", f"/v1/{what}?q=corrected&")
    ]
    member = "title" if what == "sources" else "name"
    tag = (await shared.get(path)).headers["ETag"]
    cleared = "note" if what == "sources" else "name_en"

    changed = await patch(shared, path, tag, **{member: "Công ty Hạ tầng", cleared: None})

    expected = {**made, member: "Công ty Hạ tầng", cleared: None, "changed_in": before + 1}
    assert changed == expected
    assert await get(shared, path) == expected
    assert (await get(shared, f"/v1/{what}", q="corrected"))["items"] == [expected]
    assert (await get(shared, f"/v1/revisions/{before + 1}"))["reason"] == "typo"
    now = [
        (await shared.get(f"{url}revision={before}")).content
        for url in (f"{path}?", f"/v1/{what}?q=corrected&")
    ]
    assert now == then
    # The tag names the state that was read: a second correction by it would be lost.
    stale = {**PATCH, "If-Match": tag}
    await refused(shared, "PATCH", f"{path}?reason=r", 412, json={member: "x"}, headers=stale)
    (entry,) = (await get(shared, f"/v1/revisions/{before + 1}/entries"))["items"]
    kind = what.removesuffix("s")
    assert (entry["type"], entry["subject_type"], entry["subject_id"]) == (
        "corrected",
        kind,
        "corrected",
    )
    assert entry[kind] == expected
    (first,) = (await get(shared, f"/v1/revisions/{before}/entries"))["items"]
    assert (first["type"], first[kind]) == ("registered", made)


@of_both
async def test_what_is_wrong_with_a_correction(shared: httpx.AsyncClient, what: str) -> None:
    path = f"/v1/{what}/mended"
    another = {"override_reason": "Another of the name"}
    await post(shared, f"/v1/{what}", {"id": "mended", **ENTRIES[what], **another})
    member = "title" if what == "sources" else "name"

    async def wrong(status: int, query: str = "?reason=r", /, **members: Any) -> Any:
        headers = {**PATCH, "If-Match": "*"}
        return await refused(
            shared, "PATCH", f"{path}{query}", status, json=members, headers=headers
        )

    assert pointers(await wrong(400, "", **{member: "A"})) == ["reason"]
    assert pointers(await wrong(422, id="other")) == ["#/id"]
    assert pointers(await wrong(422, **{member: None})) == [f"#/{member}"]
    assert pointers(await wrong(422)) == ["#"]
    await wrong(409, **{member: ENTRIES[what][member]})
    if what == "sources":
        assert pointers(await wrong(422, issuer_id="nobody")) == ["#/issuer_id"]
        assert pointers(await wrong(422, kind="poem")) == ["#/kind"]
    problem = await refused(
        shared, "PATCH", f"{path}?reason=r", 428, json={member: "A"}, headers=PATCH
    )
    assert pointers(problem) == ["If-Match"]
    unknown = {**PATCH, "If-Match": "*"}
    nowhere = f"/v1/{what}/nowhere?reason=r"
    await refused(shared, "PATCH", nowhere, 404, json={member: "A"}, headers=unknown)


async def test_a_corrected_title_is_that_of_all_that_the_source_says(
    shared: httpx.AsyncClient,
) -> None:
    await post(shared, "/v1/sources", {"id": "titled", "kind": "report", "title": "Bao cao"})
    await register(shared, "ccn-titled", area_ha=1)
    body = said("2021", "titled", values={"area_ha": 5})
    stated = await post(shared, "/v1/sites/ccn-titled/statements", body)
    observed = said("2021", "titled", observations=[{"indicator": "cluster_count", "value": 3}])
    counted = await post(shared, "/v1/provinces/33/statements", observed)
    before = await latest_revision(shared)
    urls = (
        f"/v1/statements/{stated['id']}",
        "/v1/sites/ccn-titled/statements?limit=1",
        "/v1/provinces/33/observations?as_of=2021-06-30",
        "/v1/provinces/33/rollup?as_of=2021-06-30",
    )
    then = [await _text(shared, url, before) for url in urls]

    await patch(shared, "/v1/sources/titled", title="Báo cáo năm")

    for url in urls:
        assert "Báo cáo năm" in await _text(shared, url), url
    assert [await _text(shared, url, before) for url in urls] == then
    assert counted["source_title"] == "Bao cao"
    # The feed keeps the title that it had when the statement was recorded.
    (entry,) = (await get(shared, f"/v1/revisions/{stated['revision']}/entries"))["items"]
    assert entry["statement"]["source_title"] == "Bao cao"


async def _text(client: httpx.AsyncClient, url: str, revision: int | None = None) -> str:
    known = "" if revision is None else f"{'&' if '?' in url else '?'}revision={revision}"
    response = await client.get(url + known)
    assert response.status_code == 200, response.text
    return response.text


async def test_a_kind_that_weighs_otherwise_waits_for_the_statements(
    shared: httpx.AsyncClient,
) -> None:
    await post(shared, "/v1/sources", {"id": "weighed", "kind": "article", "title": "A"})
    path = "/v1/sources/weighed"
    assert (await patch(shared, path, kind="decision"))["authority"] == 40
    await register(shared, "ccn-weighed")
    body = said("2021", "weighed", values={"area_ha": 5})
    stated = await post(shared, "/v1/sites/ccn-weighed/statements", body)
    headers = {**PATCH, "If-Match": "*"}
    problem = await refused(
        shared, "PATCH", f"{path}?reason=r", 409, json={"kind": "article"}, headers=headers
    )
    assert pointers(problem) == ["#/kind"]
    assert f"/v1/statements/{stated['id']}" in problem["detail"]
    # One that weighs as much can be corrected at any time.
    await patch(shared, "/v1/sources/weighed", title="B")


async def test_organizations_registered_twice_become_one(shared: httpx.AsyncClient) -> None:
    for key in ("twice", "once"):
        body = {"id": key, "name": "Công ty Một", "override_reason": "Written in haste"}
        await post(shared, "/v1/organizations", body)
    await register(shared, "ccn-first", investor="once")
    await register(shared, "ccn-second", investor="twice")
    await state(shared, "ccn-second", "2022", managing_body="twice")
    issued = {"id": "issued-twice", "kind": "report", "title": "R", "issuer_id": "twice"}
    await post(shared, "/v1/sources", issued)
    planned = said("2021", basis="plan", values={"investor": "twice"})
    await post(shared, "/v1/sites/ccn-first/statements", planned)
    before = await latest_revision(shared)
    urls = (
        "/v1/sites/ccn-first?as_of=2023-01-01&",
        "/v1/sites/ccn-second?as_of=2023-01-01&",
        "/v1/sites/ccn-second/timeline?",
        "/v1/sites?investor=twice&as_of=2023-01-01&",
        "/v1/sites?investor=once&as_of=2023-01-01&",
        "/v1/organizations/twice?",
        "/v1/organizations/twice/roles?",
        "/v1/organizations?q=Mot&",
    )
    then = [(await shared.get(f"{url}revision={before}")).content for url in urls]

    path = "/v1/organizations/twice/merge"
    body = {"into": "once", "reason": "Registered twice"}
    tried = await shared.post(f"{path}?dry_run=true", json=body)
    assert tried.status_code == 200, tried.text
    assert {c["after"]["investor"] for c in tried.json()["dry_run"]["sites"]} == {"once"}
    assert await latest_revision(shared) == before
    merged = await post(shared, path, body)

    assert (merged["id"], merged["into"], merged["revision"]) == ("twice", "once", before + 1)
    second = await get(shared, "/v1/sites/ccn-second", as_of="2023-01-01")
    assert (second["investor"], second["managing_body"]) == ("once", "once")
    first = await get(shared, "/v1/sites/ccn-first", as_of="2023-01-01")
    assert first["planned"]["investor"] == "once"
    for either in ("once", "twice"):
        found = await get(shared, "/v1/sites", investor=either, as_of="2023-01-01", sort="id")
        assert ids(found) == ["ccn-first", "ccn-second"]
    gone = await shared.get("/v1/organizations/twice/roles?as_of=2023-01-01")
    assert as_problem(gone, 308)["merged_into"] == "once"
    assert gone.headers["location"] == "/v1/organizations/once/roles?as_of=2023-01-01"
    roles = await read(shared, gone.headers["location"])
    assert {(r["role"], r["subject_id"]) for r in roles["items"]} == {
        ("infrastructure_developer", "ccn-first"),
        ("infrastructure_developer", "ccn-second"),
        ("managing_body", "ccn-second"),
        ("issuer", "issued-twice"),
    }
    assert ids(await get(shared, "/v1/organizations", q="Mot")) == ["once"]
    # What was said stays as it was said, and what is said of the one counts for the other.
    said_then = (await get(shared, "/v1/sites/ccn-second/statements"))["items"][-1]
    assert said_then["values"]["investor"] == "twice"
    await register(shared, "ccn-third", investor="twice")
    assert (await get(shared, "/v1/sites/ccn-third", as_of="2023-01-01"))["investor"] == "once"
    now = [(await shared.get(f"{url}revision={before}")).content for url in urls]
    assert now == then
    (entry,) = (await get(shared, f"/v1/revisions/{before + 1}/entries"))["items"]
    assert (entry["type"], entry["organization"]["merged_into"]) == ("merged", "once")


async def test_what_cannot_be_merged(shared: httpx.AsyncClient) -> None:
    for key in ("a1", "a2", "a3"):
        await post(shared, "/v1/organizations", {"id": key, "name": key})

    async def wrong(status: int, key: str, into: str) -> Any:
        path = f"/v1/organizations/{key}/merge"
        return await refused(shared, "POST", path, status, json={"into": into, "reason": "r"})

    assert pointers(await wrong(422, "a1", "a1")) == ["#/into"]
    assert pointers(await wrong(422, "a1", "nobody")) == ["#/into"]
    await wrong(404, "nobody", "a1")
    await post(shared, "/v1/organizations/a1/merge", {"into": "a2", "reason": "r"})
    problem = await wrong(409, "a1", "a3")
    assert problem["merged_into"] == "a2"
    assert "correct, merge or withdraw 'a2' instead" in problem["detail"]
    problem = await wrong(422, "a3", "a1")
    assert pointers(problem) == ["#/into"]
    assert "write 'a2'" in problem["detail"]
    headers = {**PATCH, "If-Match": "*"}
    await refused(
        shared,
        "PATCH",
        "/v1/organizations/a1?reason=r",
        409,
        json={"name": "x"},
        headers=headers,
    )
    await refused(shared, "POST", "/v1/organizations/a1/withdrawal", 409, json={"reason": "r"})
    # One that others lead to is referred to; it may be merged on, and they lead on.
    await refused(shared, "POST", "/v1/organizations/a2/withdrawal", 409, json={"reason": "r"})
    await post(shared, "/v1/organizations/a2/merge", {"into": "a3", "reason": "r"})
    led = await shared.get("/v1/organizations/a1")
    assert (led.status_code, led.headers["location"]) == (308, "/v1/organizations/a3")


@of_both
async def test_what_nothing_refers_to_is_withdrawn(shared: httpx.AsyncClient, what: str) -> None:
    key = f"unused-{what}"
    another = {"override_reason": "Another of the name"}
    await post(shared, f"/v1/{what}", {**ENTRIES[what], "id": key, **another})
    path = f"/v1/{what}/{key}"
    site = f"ccn-{what}"
    values = {"investor": key} if what == "organizations" else {"area_ha": 3}
    await register(shared, site)
    source = key if what == "sources" else "article"
    stated = await post(shared, f"/v1/sites/{site}/statements", said("2021", source, values=values))
    body = {"reason": "Registered by mistake"}
    problem = await refused(shared, "POST", f"{path}/withdrawal", 409, json=body)
    assert f"/v1/statements/{stated['id']}" in problem["detail"]
    await post(shared, f"/v1/statements/{stated['id']}/retraction", body)
    before = await latest_revision(shared)
    then = (await shared.get(f"{path}?revision={before}")).content

    tried = await shared.post(f"{path}/withdrawal?dry_run=true", json=body)
    assert tried.status_code == 200, tried.text
    done = await post(shared, f"{path}/withdrawal", body)

    assert (done["id"], done["revision"], done["reason"]) == (key, before + 1, body["reason"])
    gone = as_problem(await shared.get(path), 410)
    assert (gone["type"], gone["withdrawn_in"]) == ("/problems/withdrawn", before + 1)
    assert key not in ids(await get(shared, f"/v1/{what}", q=key))
    assert (await shared.get(f"{path}?revision={before}")).content == then
    # It keeps its id, and nothing new may name it.
    again = {**ENTRIES[what], "id": key}
    await refused(shared, "POST", f"/v1/{what}", 409, json=again)
    new = said("2022", source, values=values)
    await refused(shared, "POST", f"/v1/sites/{site}/statements", 422, json=new)
    await refused(shared, "POST", f"{path}/withdrawal", 410, json=body)
    (entry,) = (await get(shared, f"/v1/revisions/{before + 1}/entries"))["items"]
    assert (entry["type"], entry["subject_id"]) == ("withdrawn", key)


async def test_an_editor_corrects_what_that_editor_registered(shared: httpx.AsyncClient) -> None:
    own = await signed_in(shared, "own", "editor", ("06", "2020-01-01"))
    made = await shared.post(
        "/v1/organizations", json={"id": "of-editor", "name": "A"}, headers=own
    )
    assert made.status_code == 201
    headers = {**PATCH, "If-Match": "*"}
    url = "/v1/organizations/of-editor?reason=r"
    done = await shared.patch(url, json={"name": "B"}, headers={**headers, **own})
    assert done.status_code == 200, done.text
    other = await signed_in(shared, "other", "editor", ("06", "2020-01-01"))
    refusal = {**headers, **other}
    await refused(shared, "PATCH", url, 403, json={"name": "C"}, headers=refusal)
    # A merge moves what lies in the provinces of others.
    await post(shared, "/v1/organizations", {"id": "kept-by-all", "name": "A"})
    await register(shared, "ccn-elsewhere", province_code="17", investor="of-editor")
    body = {"into": "kept-by-all", "reason": "r"}
    path = "/v1/organizations/of-editor/merge"
    await refused(shared, "POST", path, 403, json=body, headers=own)


async def test_merges_count_as_if_the_one_had_been_named_at_once(
    kind: str, templates: Templates
) -> None:
    """Of two alike sites one names the kept organization, the other those merged into it."""
    random = Random(7)  # noqa: S311  repeatable, not secret
    async with (
        templates.copy(kind, prepare_sourced) as url,
        serving(url) as client,
        opened(url) as database,
    ):
        for key in ("o0", "o1", "o2"):
            await post(client, "/v1/organizations", {"id": key, "name": key})
        sites = range(6)
        for number in sites:
            for site in (f"ccn-as-{number}", f"ccn-be-{number}"):
                await register(client, site, override_reason="Thử", name="Cụm")
        await _record_alike(client, random)
        for number in sites:
            for path in ("", "/timeline"):
                one = await _site(client, f"ccn-as-{number}", path)
                assert await _site(client, f"ccn-be-{number}", path) == one
        assert await first_broken(database) is None
        rows = await contents(database, PROJECTIONS)
        await rebuild_all(await writer_on(database))
        assert await contents(database, PROJECTIONS) == rows


async def _record_alike(client: httpx.AsyncClient, random: Random) -> None:
    merges = {4: ("o0", "o1"), 8: ("o1", "o2")}
    for step in range(12):
        number, day = random.randrange(6), random.choice(["2020", "2021", "2022"])
        member, basis = random.choice(["investor", "managing_body"]), random.choice(BASES)
        for site, key in (
            (f"ccn-as-{number}", "o2"),
            (f"ccn-be-{number}", random.choice(["o0", "o1", "o2"])),
        ):
            body = said(day, basis=basis, values={member: key}, note=f"{site} {step}")
            await post(client, f"/v1/sites/{site}/statements", body)
        if step in merges:
            old, into = merges[step]
            before = await latest_revision(client)
            then = await _all(client, before)
            body = {"into": into, "reason": "Twice"}
            await post(client, f"/v1/organizations/{old}/merge", body)
            assert await _all(client, before) == then


async def _all(client: httpx.AsyncClient, revision: int) -> bytes:
    return (await client.get(f"/v1/sites?as_of=2023-01-01&revision={revision}")).content


async def _site(client: httpx.AsyncClient, site: str, path: str) -> Any:
    answer = await get(client, f"/v1/sites/{site}{path}")
    known = answer.get("items", [answer])
    names = {"valid_from", "valid_to", "investor", "managing_body", "planned"}
    return [{name: one[name] for name in names if name in one} for one in known]


async def test_a_short_id_leads_to_the_kept_organization(shared: httpx.AsyncClient) -> None:
    for key in ("o", "viglacera"):
        await post(shared, "/v1/organizations", {"id": key, "name": key})
    await post(shared, "/v1/organizations/o/merge", {"into": "viglacera", "reason": "twice"})
    answer = await shared.get("/v1/organizations/o/roles")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/v1/organizations/viglacera/roles"
