"""A new type of subject is one definition and a migration: made in a copy, and driven there."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.copies import copied, example, icr, replaced
from tests.support.processes import served
from tests.support.registers import bearer, get, post

SOURCE = {"id": "report-2024", "kind": "report", "title": "Báo cáo năm 2024"}
HEAD = {"source_id": SOURCE["id"], "effective_from": "2024-01-01"}
IN_2024 = {"as_of": "2024-06-30"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the project with the definition that CONTRIBUTING shows."""
    definition = copied(tmp_path) / "app/subjects/definitions/plot.py"
    definition.write_text(example('"""Plots'), "utf-8")
    return tmp_path


def plot(key: str, **values: Any) -> dict[str, Any]:
    """Return the registration of a plot in the first of the sites."""
    return {**HEAD, "id": key, "values": {"name": f"Lô {key}", "site": "ccn-mot", **values}}


async def editor(client: httpx.AsyncClient, province: str) -> dict[str, str]:
    """Return the credentials of an editor of a province."""
    rights = [{"code": province, "on": "2024-01-01"}]
    made = {"name": f"editor-{province}", "role": "editor", "provinces": rights}
    return bearer((await post(client, "/v1/keys", made))["key"])


async def test_one_definition_and_a_migration_add_a_type_of_subject(
    copy: Path, empty_url: str
) -> None:
    icr(copy, empty_url, ("draft", "Plots of sites"))
    (written,) = (copy / "app/database/migrations/versions").glob("*_plots_of_sites.py")
    replaced(
        written,
        ("from alembic import op\n", f"from alembic import op\n\n{_IMPORT}\n"),
        ("\n\n\ndef downgrade()", '\n    admit_subject("plot")\n\n\ndef downgrade()'),
    )
    icr(copy, empty_url, ("migrate",))
    async with served(empty_url, root=copy) as service, service.client() as client:
        await begin(client)
        await check_writes(client)
        await check_lists(client)
        await check_history(client)
        await check_rights(client)
        await check_bulk(client)
        await check_words(client)
        before = await get(client, "/v1/plots/plot-a1/timeline")
        told = icr(copy, empty_url, ("verify",), ("rebuild",), ("verify",))
        assert await get(client, "/v1/plots/plot-a1/timeline") == before
    verified, rebuilt = told.split("Projections rebuilt: ")
    assert f"All {before['revision']} revisions match their digests." in verified
    assert "what guards the ledger is there" in verified
    assert rebuilt.partition("\n")[2] == verified


_IMPORT = "from app.database.triggers import admit_subject"


async def begin(client: httpx.AsyncClient) -> None:
    """Register the sites, in two provinces, and who leases plots."""
    await post(client, "/v1/sources", SOURCE)
    await post(client, "/v1/organizations", {"id": "ben-thue", "name": "Bên thuê"})
    for key, province in (("ccn-mot", "06"), ("ccn-hai", "17")):
        values = {"name": key, "province_code": province}
        await post(client, "/v1/sites", {**HEAD, "id": key, "kind": "cluster", "values": values})


async def check_writes(client: httpx.AsyncClient) -> None:
    """Register, state, patch, run dry, and be refused what does not fit."""
    said = await post(client, "/v1/plots", plot("plot-a1", area_ha=2.5, state="vacant"))
    assert (said["subject_type"], said["subject_id"]) == ("plot", "plot-a1")
    made = await post(client, "/v1/plots", {**HEAD, "values": {"name": "Lô B", "site": "ccn-mot"}})
    assert made["subject_id"] == "plot-lo-b"
    for values, pointer in (
        ({"site": "ccn-mot"}, "#/values/name"),
        ({"name": "Lô"}, "#/values/site"),
        ({"name": "Lô", "site": "ccn-khong"}, "#/values/site"),
        ({"name": "Lô", "site": "ccn-mot", "state": "sold"}, "#/values/state"),
        ({"name": "Lô", "site": "ccn-mot", "province_code": "06"}, "#/values/province_code"),
    ):
        refused = await client.post("/v1/plots", json={**HEAD, "values": values})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == pointer
    lease = {"leased_by": "ben-thue", "state": "leased"}
    later = {**HEAD, "effective_from": "2024-03-01", "values": lease}
    path = "/v1/plots/plot-a1/statements"
    dry = await client.post(path, json=later, params={"dry_run": "true"})
    _, change = dry.json()["dry_run"]["plots"]
    assert change["changed"] == ["leased_by", "state"]
    assert (change["before"]["state"], change["after"]["state"]) == ("vacant", "leased")
    await post(client, path, later)
    state = await client.get("/v1/plots/plot-a1")
    patched = await client.patch(
        "/v1/plots/plot-a1",
        params={"source_id": SOURCE["id"], "effective_from": "2024-05-01"},
        json={"area_ha": 3},
        headers={"If-Match": state.headers["ETag"], "Content-Type": "application/merge-patch+json"},
    )
    assert patched.status_code == 200


async def check_lists(client: httpx.AsyncClient) -> None:
    """Filter, search, order and count the plots, and show some members of them."""
    await post(client, "/v1/plots", plot("plot-a2", area_ha=7))
    await post(client, "/v1/plots", plot("plot-a3", area_ha=1, site="ccn-hai"))
    for query, wanted in (
        ({}, ["plot-lo-b", "plot-a1", "plot-a2", "plot-a3"]),
        ({"sort": "-area_ha"}, ["plot-a2", "plot-a1", "plot-a3", "plot-lo-b"]),
        ({"site": "ccn-hai"}, ["plot-a3"]),
        ({"state": "leased"}, ["plot-a1"]),
        ({"leased_by": "ben-thue", "as_of": "2024-02-29"}, []),
        ({"area_min": 2, "area_max": 3}, ["plot-a1"]),
        ({"q": "lô plot a2"}, ["plot-a2"]),
    ):
        page = await get(client, "/v1/plots", **{**IN_2024, "count": "exact", **query})
        assert [one["id"] for one in page["items"]] == wanted
        assert page["count"] == len(wanted)
    shown = {"limit": 3, "fields": "area_ha", "boundaries": "now", **IN_2024}
    first = await get(client, "/v1/sparse/plots", **shown)
    assert first["items"][1] == {"id": "plot-a1", "area_ha": 3}
    rest = await get(client, "/v1/sparse/plots", cursor=first["next_cursor"], **shown)
    assert [one["id"] for one in rest["items"]] == ["plot-a3"]
    assert (await client.get("/v1/plots", params={"province_code": "06"})).status_code == 400


async def check_history(client: httpx.AsyncClient) -> None:
    """Read who said what, when, and what the feed says of it."""
    timeline = (await get(client, "/v1/plots/plot-a1/timeline"))["items"]
    assert [(v["valid_from"], v["state"], v["area_ha"]) for v in timeline] == [
        ("2024-01-01", "vacant", 2.5),
        ("2024-03-01", "leased", 2.5),
        ("2024-05-01", "leased", 3),
    ]
    statements = (await get(client, "/v1/plots/plot-a1/statements"))["items"]
    assert [s["values"].get("area_ha") for s in statements] == [3, None, 2.5]
    provenance = (await get(client, "/v1/plots/plot-a1/provenance"))["items"]
    decided = {one["attribute"]: one["statement_id"] for one in provenance}
    assert decided == {
        "area_ha": statements[0]["id"],
        "leased_by": statements[1]["id"],
        "name": statements[2]["id"],
        "site": statements[2]["id"],
        "state": statements[1]["id"],
    }
    before = statements[1]["revision"] - 1
    assert (await get(client, "/v1/plots/plot-a1", revision=before))["state"] == "vacant"
    mistake = {"reason": "Nhầm"}
    await post(client, f"/v1/statements/{statements[0]['id']}/retraction", mistake)
    assert (await get(client, "/v1/plots/plot-a1"))["area_ha"] == 2.5
    gone = await post(client, "/v1/plots/plot-lo-b/withdrawal", mistake)
    assert (await client.get("/v1/plots/plot-lo-b")).status_code == 410
    changes = await get(client, "/v1/changes", subject_type="plot", after=gone["revision"] - 1)
    (entry,) = changes["items"][0]["entries"]
    assert (entry["type"], entry["links"]["subject"]) == ("withdrawn", "/v1/plots/plot-lo-b")
    assert entry["plot"]["withdrawal_reason"] == "Nhầm"
    about = await get(client, "/v1/changes", subject_type="plot", subject_id="plot-a1")
    assert [[entry["type"] for entry in one["entries"]] for one in about["items"]] == [
        ["registered", "stated"],
        ["stated"],
        ["stated"],
        ["retracted"],
    ]


async def check_rights(client: httpx.AsyncClient) -> None:
    """Only who may write about the site may write about its plots."""
    body = {**HEAD, "effective_from": "2024-06-01", "values": {"area_ha": 2}}
    path = "/v1/plots/plot-a1/statements"
    own, foreign = [await editor(client, code) for code in ("06", "17")]
    assert (await client.post(path, json=body, headers=foreign)).status_code == 403
    assert (await client.post(path, json=body, headers=own)).status_code == 201
    new = plot("plot-a4")
    assert (await client.post("/v1/plots", json=new, headers=foreign)).status_code == 403
    moved = {**body, "values": {"site": "ccn-hai"}}
    assert (await client.post(path, json=moved, headers=own)).status_code == 403


async def check_bulk(client: httpx.AsyncClient) -> None:
    """Register a site and its plot, and state of both, in one revision."""
    site = {"name": "Ba", "province_code": "06"}
    stated = {**HEAD, "subject_type": "plot", "subject_id": "plot-c1", "effective_from": "2024-02"}
    body = {
        "sites": [{**HEAD, "id": "ccn-ba", "kind": "cluster", "values": site}],
        "plots": [plot("plot-c1", site="ccn-ba"), plot("plot-c2", site="ccn-bon")],
        "statements": [{**stated, "values": {"state": "leased"}}],
    }
    answer = await client.post("/v1/statements/bulk", json=body, params={"skip_refused": "true"})
    done = answer.json()
    assert [one["is_recorded"] for one in done["plots"]] == [True, False]
    assert done["plots"][1]["errors"][0]["pointer"] == "#/plots/1/values/site"
    found = await get(client, "/v1/plots/plot-c1", as_of="2024-02-01")
    assert (found["site"], found["state"], found["known_from"]) == (
        "ccn-ba",
        "leased",
        done["revision"],
    )


async def check_words(client: httpx.AsyncClient) -> None:
    """Find the type, its attributes and its codes in the vocabulary and the OpenAPI document."""
    types = (await get(client, "/v1/vocabulary/subject_type"))["codes"]
    assert [code["label_vi"] for code in types if code["code"] == "plot"] == ["Lô đất"]
    codes = (await get(client, "/v1/vocabulary/plot_status"))["codes"]
    assert [code["label_en"] for code in codes] == ["Vacant", "Leased"]
    attributes = (await get(client, "/v1/attributes"))["items"]
    named = [one["name"] for one in attributes if one["subject_type"] == "plot"]
    assert named == ["name", "site", "area_ha", "leased_by", "state"]
    document = await get(client, "/openapi.json")
    assert document["paths"]["/v1/plots"]["post"]["operationId"] == "register_plot"
    assert "plot" in document["components"]["schemas"]["SubjectType"]["enum"]
