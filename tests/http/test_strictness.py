"""Refused queries, paths and methods: with a problem document, never 500, nothing recorded."""

import httpx
import pytest

from tests.support.http import as_problem, pointers, with_parameters
from tests.support.operations import (
    BODIES,
    DOCUMENT,
    KNOWN,
    METHODS,
    OPERATIONS,
    READS,
    REQUIRED,
    WRITES,
    address,
    media_type,
    query_parameters,
)
from tests.support.registers import KINDS

# Refused before a database has a part in it, but for what is looked up there.
pytestmark = pytest.mark.databases("sqlite")
on_both_databases = pytest.mark.databases(*KINDS)


def test_every_write_has_a_body_here() -> None:
    assert {path for _, path in WRITES} == set(BODIES)
    assert len(WRITES) == len(BODIES)


# Query parameters


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_unknown_parameters_are_refused(
    unchanged: httpx.AsyncClient, method: str, path: str
) -> None:
    for name in ("nonsense", "as-of", "Limit", "values", ""):
        url = with_parameters(address(path, method), **{name: "1"})
        response = await unchanged.request(
            method, url, json=BODIES.get(path) if method != "get" else None
        )
        assert pointers(as_problem(response, 400)) == [name]


@pytest.mark.parametrize(
    ("method", "path"), [(m, p) for m, p in OPERATIONS if query_parameters(m, p)]
)
async def test_single_parameters_are_given_once(
    unchanged: httpx.AsyncClient, method: str, path: str
) -> None:
    single = [p for p in query_parameters(method, path) if p["schema"].get("type") != "array"]
    assert single
    for parameter in single:
        name = parameter["name"]
        url = httpx.URL(path.format_map(KNOWN)).copy_merge_params([(name, "1"), (name, "1")])
        problem = as_problem(await unchanged.request(method, url), 400)
        assert name in pointers(problem)


@on_both_databases
@pytest.mark.parametrize(
    "query",
    [
        "kind=%ff",
        "%00=1",
        "%ff=1",
        "=",
        "as_of",
        "kind=zone;cluster",
        "kind[]=zone",
        "q=%00",
        "q=%ff%fe",
    ],
)
async def test_broken_queries(unchanged: httpx.AsyncClient, query: str) -> None:
    as_problem(await unchanged.get(f"/v1/sites?{query}"), 400)


@pytest.mark.parametrize(
    "query",
    [
        "as_of=0001-01-01",
        "as_of=9999-12-31",
        "as_of=-2024-01-01",
        "as_of=1703980800",
        "as_of=２０２４-01-01",
        "known_at=0001-01-01T00:00:00%2B14:00",
        "known_at=9999-12-31T23:59:59-14:00",
        "known_at=1703980800",
        "known_at=2024-01-01T00:00:00Z0",
        "known_at=inf",
        "revision=1_0",
        "revision=1.0",
        "revision=0x1",
        "revision=-1",
    ],
)
async def test_dates_instants_and_numbers_that_are_none(
    unchanged: httpx.AsyncClient, query: str
) -> None:
    paths = ("/v1/sites", "/v1/sites/ccn-quang-chu", "/v1/provinces/06/rollup", "/v1/rollups")
    for path in paths:
        problem = as_problem(await unchanged.get(f"{path}?{query}"), 400)
        assert pointers(problem) == [query.partition("=")[0]]


# Paths


@on_both_databases
@pytest.mark.parametrize(
    "key",
    [
        "%00",
        "a%00b",
        "%FF",
        "%ED%A0%80",
        "%0A",
        "%20",
        "%25",
        "%2e%2e",
        "%2F",
        "%F0%9F%8F%AD",
        "e%CC%81",
        "'%20OR%201=1%20--",
        "null",
        "-1",
        "9" * 30,
        "a" * 5000,
    ],
)
async def test_nonsense_in_paths(unchanged: httpx.AsyncClient, key: str) -> None:
    paths = [path for path in READS if "{" in path]
    statuses = {}
    for path in paths:
        prefix, _, rest = path.partition("{")
        url = f"{prefix}{key}{rest.partition('}')[2]}{REQUIRED.get(path, '')}"
        response = await unchanged.get(url)
        statuses[path] = response.status_code
        assert response.headers["content-type"] == "application/problem+json"
    assert set(statuses.values()) <= {400, 404}, statuses


@on_both_databases
@pytest.mark.parametrize("key", ["%00", "%FF", "%ED%A0%80", "9" * 30, "a" * 5000])
async def test_nonsense_in_the_paths_of_writes(unchanged: httpx.AsyncClient, key: str) -> None:
    for method, path in WRITES:
        if "{" in path:
            prefix, _, rest = path.partition("{")
            url = f"{prefix}{key}{rest.partition('}')[2]}{REQUIRED.get(f'{path} {method}', '')}"
            body, headers = BODIES[path], media_type(method)
            response = await unchanged.request(method, url, json=body, headers=headers)
            assert response.status_code in {400, 404}, path
            as_problem(response, response.status_code)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/",
        "/v2/sites",
        "/V1/sites",
        "/v1/sites/",
        "/v1//sites",
        "//v1/sites",
        "/v1/sites/ccn-quang-chu/",
        "/v1/sites/ccn-quang-chu/nothing",
        "/v1/sites.txt",
        "/v1/provinces/06/rollups",
    ],
)
async def test_no_such_path(unchanged: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        problem = as_problem(await unchanged.request(method, f"http://register{path}"), 404)
        assert problem["type"] == "/problems/no-such-path"


def methods_of(path: str) -> set[str]:
    """Return what a path must allow, by the document."""
    known = {method.upper() for method in METHODS if method in DOCUMENT["paths"][path]}
    return known | {"OPTIONS"} | ({"HEAD"} if "GET" in known else set())


def allowed(response: httpx.Response) -> set[str]:
    return {name.strip() for name in response.headers["allow"].split(",")}


@pytest.mark.parametrize("path", DOCUMENT["paths"])
async def test_other_methods_are_named(unchanged: httpx.AsyncClient, path: str) -> None:
    known = methods_of(path)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - known:
        response = await unchanged.request(method, address(path))
        problem = as_problem(response, 405)
        assert problem["type"] == "/problems/method-not-allowed"
        assert allowed(response) == known


@pytest.mark.parametrize("path", DOCUMENT["paths"])
async def test_options(unchanged: httpx.AsyncClient, path: str) -> None:
    response = await unchanged.options(address(path))
    assert response.status_code == 204
    assert response.content == b""
    assert "content-length" not in response.headers
    assert allowed(response) == methods_of(path)
    patch = "application/merge-patch+json" if "PATCH" in methods_of(path) else None
    assert response.headers.get("accept-patch") == patch


async def test_options_of_what_the_document_leaves_out(unchanged: httpx.AsyncClient) -> None:
    for path in ("/docs", "/openapi.json"):
        response = await unchanged.options(path)
        assert response.status_code == 204
        assert allowed(response) == {"GET", "HEAD", "OPTIONS"}
        problem = as_problem(await unchanged.post(path), 405)
        assert problem["type"] == "/problems/method-not-allowed"
    as_problem(await unchanged.options("/nothing"), 404)


async def test_head_of_a_path_without_get(unchanged: httpx.AsyncClient) -> None:
    for path in ("/v1/statements/8-1/retraction", "/v1/sites/ccn-quang-chu/withdrawal"):
        response = await unchanged.head(path)
        assert response.status_code == 405
        assert response.content == b""
        assert allowed(response) == {"OPTIONS", "POST"}


async def test_text_that_is_no_utf_8_is_refused_with_its_parameter(
    unchanged: httpx.AsyncClient,
) -> None:
    for query, name in (("q=cam%ffgiang", "q"), ("limit=1&q=%e1%ba", "q"), ("%ff=1", "\xff")):
        problem = as_problem(await unchanged.get(f"/v1/sites?{query}"), 400)
        assert problem["errors"][0]["parameter"] == name
        assert "UTF-8" in problem["detail"]


async def test_if_match_is_refused_where_nothing_looks_at_it(unchanged: httpx.AsyncClient) -> None:
    """Whoever sends it counts on it: the request must not be carried out all the same."""
    for path in ("/v1/sites", "/v1/statements/1-1/retraction", "/v1/keys"):
        answer = await unchanged.post(path, json={"reason": "x"}, headers={"If-Match": '"1"'})
        problem = as_problem(answer, 400)
        assert problem["errors"][0]["parameter"] == "If-Match"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("area_min=-5", "write a number of at least 0 in digits"),
        ("revision=99999999999999999999999", "write a whole number of at most 20 digits"),
        ("q=", "write some text, not blanks alone"),
        ("boundaries=now&province_code=06", "or of the date with boundaries=then."),
        ("province_code=06&as_of=2026-01-01", "or give as_of for another date."),
    ],
)
async def test_what_would_be_right_is_told(
    unchanged: httpx.AsyncClient, query: str, told: str
) -> None:
    assert told in as_problem(await unchanged.get(f"/v1/sites?{query}"), 400)["detail"]


@pytest.mark.parametrize("path", ["/openapi.json", "/openapi-3.0.json", "/livez"])
async def test_documents_have_no_parameters(unchanged: httpx.AsyncClient, path: str) -> None:
    assert (await unchanged.get(path)).status_code == 200
    problem = as_problem(await unchanged.get(f"{path}?x=1"), 400)
    assert problem["errors"][0]["parameter"] == "x"


async def test_true_or_false(unchanged: httpx.AsyncClient) -> None:
    answer = await unchanged.post("/v1/sites?dry_run=maybe", json=BODIES["/v1/sites"])
    assert as_problem(answer, 400)["detail"] == "dry_run: write true or false."
