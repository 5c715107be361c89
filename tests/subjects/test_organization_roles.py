"""What organizations are to sites, projects and documents, as statements tell it over time."""

from typing import Any

import httpx

from tests.support.http import latest_revision, pointers, refused, said
from tests.support.registers import get, post
from tests.support.subjects import PROJECTS, SITES

Told = tuple[Any, ...]


async def add_organization(client: httpx.AsyncClient, key: str) -> str:
    """Register an organization and return the address of its roles."""
    await post(client, "/v1/organizations", {"id": key, "name": f"Công ty {key}"})
    return f"/v1/organizations/{key}/roles"


async def roles(client: httpx.AsyncClient, path: str, **asked: Any) -> list[Told]:
    """Return roles as role, subject, first day and day of the end."""
    page = await get(client, path, **asked)
    names = ("role", "subject_id", "valid_from", "valid_to")
    return [tuple(role[name] for name in names) for role in page["items"]]


async def test_every_role_that_there_is(shared: httpx.AsyncClient) -> None:
    path = await add_organization(shared, "all-roles")
    assert await roles(shared, path) == []
    await SITES.register(shared, "all-roles", "2020", investor="all-roles")
    await SITES.state(shared, "all-roles", "2021-06", managing_body="all-roles")
    values = {"site": "ccn-all-roles", "investor": "all-roles"}
    await PROJECTS.register(shared, "all-roles", "2022-03-04", **values)
    document = {"id": "all-roles", "kind": "decision", "title": "Quyết định 1"}
    issued = {"issuer_id": "all-roles", "published_on": "2021-05"}
    await post(shared, "/v1/sources", document | issued)

    page = await get(shared, path)
    assert page == {
        "items": [
            {
                "role": "infrastructure_developer",
                "subject_type": "site",
                "subject_id": "ccn-all-roles",
                "subject_name": "all-roles",
                "valid_from": "2020-01-01",
                "valid_to": None,
            },
            {
                "role": "managing_body",
                "subject_type": "site",
                "subject_id": "ccn-all-roles",
                "subject_name": "all-roles",
                "valid_from": "2021-06-01",
                "valid_to": None,
            },
            {
                "role": "project_investor",
                "subject_type": "project",
                "subject_id": "du-an-all-roles",
                "subject_name": "all-roles",
                "valid_from": "2022-03-04",
                "valid_to": None,
            },
            {
                "role": "issuer",
                "subject_type": "source",
                "subject_id": "all-roles",
                "subject_name": "Quyết định 1",
                "valid_from": "2021-05-01",
                "valid_to": None,
            },
        ],
        "next_cursor": None,
        "revision": await latest_revision(shared),
    }


async def test_a_role_that_ended_and_the_one_who_took_over(shared: httpx.AsyncClient) -> None:
    first, second = [await add_organization(shared, name) for name in ("left", "came")]
    await SITES.register(shared, "handed-over", "2019", investor="left")
    await SITES.state(shared, "handed-over", "2021-07", investor="came")
    await SITES.state(shared, "handed-over", "2024", investor=None)
    role = ("infrastructure_developer", "ccn-handed-over")
    assert await roles(shared, first) == [(*role, "2019-01-01", "2021-07-01")]
    assert await roles(shared, second) == [(*role, "2021-07-01", "2024-01-01")]

    for day, of_first, of_second in (
        ("2018-12-31", 0, 0),
        ("2019-01-01", 1, 0),
        ("2021-06-30", 1, 0),
        ("2021-07-01", 0, 1),
        ("2023-12-31", 0, 1),
        ("2024-01-01", 0, 0),
    ):
        found = [len(await roles(shared, path, as_of=day)) for path in (first, second)]
        assert found == [of_first, of_second], day
    # Asked for one day, a role still tells its whole interval.
    assert await roles(shared, first, as_of="2020-01-01") == await roles(shared, first)


async def test_versions_that_follow_each_other_are_one_role(shared: httpx.AsyncClient) -> None:
    """A project changes in many ways, and provinces are merged, while its investor stays."""
    path = await add_organization(shared, "staying")
    await PROJECTS.register(shared, "joined", "2020", investor="staying")
    await PROJECTS.state(shared, "joined", "2021", operation_status="trial")
    await PROJECTS.state(shared, "joined", "2022", name="Tên mới")
    timeline = await get(shared, f"{PROJECTS.at('joined')}/timeline")
    assert len(timeline["items"]) == 4
    role = ("project_investor", "du-an-joined")
    assert await roles(shared, path) == [(*role, "2020-01-01", None)]
    page = await get(shared, path)
    assert page["items"][0]["subject_name"] == "Tên mới"

    # It left for a year: those are two intervals.
    await PROJECTS.state(shared, "joined", "2023", investor="builder")
    await PROJECTS.state(shared, "joined", "2024", investor="staying")
    assert await roles(shared, path) == [
        (*role, "2020-01-01", "2023-01-01"),
        (*role, "2024-01-01", None),
    ]
    assert await roles(shared, path, as_of="2023-06-30") == []
    assert len(await roles(shared, path, as_of="2024-06-30")) == 1


async def test_roles_as_known_earlier(shared: httpx.AsyncClient) -> None:
    path = await add_organization(shared, "known-earlier")
    registered = await latest_revision(shared)
    first = await SITES.register(shared, "known-earlier", "2020", managing_body="known-earlier")
    wrong = await SITES.state(shared, "known-earlier", "2022", managing_body="board")
    await post(shared, f"/v1/statements/{wrong['id']}/retraction", {"reason": "Nhầm"})
    role = ("managing_body", "ccn-known-earlier", "2020-01-01")

    assert await roles(shared, path, revision=registered) == []
    for asked in ({"revision": first["revision"]}, {"known_at": first["recorded_at"]}):
        assert await roles(shared, path, **asked) == [(*role, None)]
    assert await roles(shared, path, revision=wrong["revision"]) == [(*role, "2022-01-01")]
    both = {"revision": wrong["revision"], "as_of": "2022-01-01"}
    assert await roles(shared, path, **both) == []
    assert await roles(shared, path) == [(*role, None)]
    # What was withdrawn gives no role any more.
    await post(shared, f"{SITES.at('known-earlier')}/withdrawal", {"reason": "Trùng"})
    assert await roles(shared, path) == []
    assert await roles(shared, path, revision=first["revision"]) == [(*role, None)]


async def test_the_issuer_of_an_undated_document_is_so_on_any_day(
    shared: httpx.AsyncClient,
) -> None:
    path = await add_organization(shared, "issuing")
    before = await latest_revision(shared)
    for key, published_on in (("z-2021", "2021-03-04"), ("undated", None), ("a-2022", "2022")):
        document = {"id": f"issued-{key}", "kind": "plan", "title": key, "issuer_id": "issuing"}
        await post(shared, "/v1/sources", document | {"published_on": published_on})
    dated_2022 = ("issuer", "issued-a-2022", "2022-01-01", None)
    undated = ("issuer", "issued-undated", None, None)
    dated_2021 = ("issuer", "issued-z-2021", "2021-03-04", None)
    assert await roles(shared, path) == [dated_2022, undated, dated_2021]
    assert await roles(shared, path, as_of="2021-03-03") == [undated]
    assert await roles(shared, path, as_of="2021-03-04") == [undated, dated_2021]
    assert await roles(shared, path, as_of="2022-01-01") == [dated_2022, undated, dated_2021]
    assert await roles(shared, path, revision=before) == []
    assert await roles(shared, path, revision=before + 1) == [dated_2021]


async def test_who_approved_a_document_by_what_is_said_of_it(shared: httpx.AsyncClient) -> None:
    path = await add_organization(shared, "approving")
    document = {"id": "approved", "kind": "programme", "title": "Đề án 1"}
    await post(shared, "/v1/sources", document)
    about = "/v1/sources/approved/statements"
    first = await post(shared, about, said("2021-06", values={"approved_by": "approving"}))
    await post(shared, about, said("2022", values={"status": "in_force"}))
    role = ("approver", "approved", "2021-06-01")
    assert await roles(shared, path) == [(*role, None)]
    other = await post(shared, about, said("2023", values={"approved_by": "board"}))
    assert await roles(shared, path) == [(*role, "2023-01-01")]
    assert await roles(shared, path, as_of="2023-01-01") == []
    assert await roles(shared, path, revision=first["revision"]) == [(*role, None)]
    await post(shared, f"/v1/statements/{other['id']}/retraction", {"reason": "Nhầm"})
    assert await roles(shared, path) == [(*role, None)]
    await post(shared, f"/v1/statements/{first['id']}/retraction", {"reason": "Nhầm"})
    assert await roles(shared, path) == []
    assert await roles(shared, path, revision=other["revision"]) == [(*role, "2023-01-01")]


async def test_roles_are_listed_by_role_then_subject_then_time(shared: httpx.AsyncClient) -> None:
    path = await add_organization(shared, "sorted")
    for name in ("sorted-b", "sorted-a"):
        await PROJECTS.register(shared, name, "2021", investor="sorted")
        await SITES.register(shared, name, "2021", investor="sorted", managing_body="sorted")
    found = [role[:2] for role in await roles(shared, path)]
    assert found == [
        ("infrastructure_developer", "ccn-sorted-a"),
        ("infrastructure_developer", "ccn-sorted-b"),
        ("managing_body", "ccn-sorted-a"),
        ("managing_body", "ccn-sorted-b"),
        ("project_investor", "du-an-sorted-a"),
        ("project_investor", "du-an-sorted-b"),
    ]


async def test_roles_of_what_is_not_registered(shared: httpx.AsyncClient) -> None:
    await refused(shared, "GET", "/v1/organizations/nobody/roles", 404)
    before = await latest_revision(shared)
    path = await add_organization(shared, "later")
    await refused(shared, "GET", f"{path}?revision={before}", 404)
    for query in ("as_of=2024", "known_at=2024-01-01", "limit=5"):
        problem = await refused(shared, "GET", f"{path}?{query}", 400)
        assert pointers(problem) == [query.partition("=")[0]]
