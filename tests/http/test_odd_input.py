"""Odd members and parameters put into every operation: named in a problem document, or sense.

Writes are only rehearsed here (``dry_run=true``), so that a register can be shared; that this
refuses what a write refuses is looked at by ``test_dry_runs.py``.
"""

import json
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.http import PROBLEM_MEMBERS
from tests.support.operations import BODIES, READS, WRITES, address, head_of, query_parameters
from tests.support.processes import served
from tests.support.registers import Templates, bearer, make_key, opened, prepare_seeded

# What gives a service to a test that is not asynchronous itself.
pytestmark = pytest.mark.usefixtures("anyio_backend")

TEXT = st.text(st.characters() | st.sampled_from("\0\ud800\u0301\ufeff\u202e\n/~"), max_size=8)
LONG = st.sampled_from(["x" * 501, "a" * 10_001, "-" * 300, "[" * 60, "Ẩ" * 500])
NUMBERS = st.sampled_from([0, -1, 1e308, -0.0, 5e-324, 2**63, -(2**63) - 1, 10**30, 0.12345, True])
SCALARS = st.none() | NUMBERS | TEXT | LONG | st.floats(allow_nan=False, allow_infinity=False)
ODD = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PARAMETERS = st.sampled_from(
    ["", " ", "null", "NaN", "1e400", "-1", "0", "2024-02-30", "9999-12-31", "[]", "%00", "0x1"]
)


@pytest.fixture(scope="module")
async def live(module_kind: str, templates: Templates) -> AsyncIterator[httpx.Client]:
    """Give a client to a service in a process of its own, on the facts of the documents.

    It is one that waits, because Hypothesis runs its examples outside of any event loop.
    """
    async with (
        templates.copy(module_kind, prepare_seeded) as url,
        served(url, log_level="error") as service,
    ):
        async with opened(url) as database:
            headers = bearer((await make_key(database)).key)
        with httpx.Client(
            base_url=service.base, headers=headers, trust_env=False, timeout=60
        ) as client:
            yield client


def latest_revision(live: httpx.Client) -> int:
    number: int = live.get("/v1/revisions?limit=1").json()["revision"]
    return number


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where there is something in a document, itself excluded."""
    if isinstance(content, dict | list):
        for name, child in content.items() if isinstance(content, dict) else enumerate(content):
            yield (*path, name)
            yield from places(child, (*path, name))


def with_member(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a body with another value at one place."""
    changed = deepcopy(body)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return changed


def check(response: httpx.Response) -> None:
    """Check that an answer is a success, or a problem document that names what is at fault."""
    if response.status_code < 300:
        return
    assert response.status_code in {400, 404, 409, 410, 413, 422}, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem.keys() >= PROBLEM_MEMBERS
    assert problem["detail"]
    if response.status_code in {400, 422}:
        assert problem["errors"], problem
        for error in problem["errors"]:
            assert ("pointer" in error) != ("parameter" in error)
            assert error["detail"]


@pytest.mark.parametrize(("method", "path"), WRITES)
@settings(max_examples=20)
@given(data=st.data())
def test_odd_members(live: httpx.Client, method: str, path: str, data: st.DataObject) -> None:
    body = BODIES[path]
    at = data.draw(st.sampled_from([*places(body), ("note",), ("values",), ("reason",)]))
    odd = with_member(body, at, data.draw(ODD))
    url = httpx.URL(address(path, method))
    if any(parameter["name"] == "dry_run" for parameter in query_parameters(method, path)):
        url = url.copy_add_param("dry_run", "true")
    before = latest_revision(live)
    response = live.request(method, url, content=json.dumps(odd), headers=head_of(method))
    check(response)
    assert latest_revision(live) == before


@pytest.mark.parametrize("path", [path for path in READS if query_parameters("get", path)])
@settings(max_examples=15)
@given(data=st.data())
def test_odd_parameters(live: httpx.Client, path: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([p["name"] for p in query_parameters("get", path)]))
    value = data.draw(PARAMETERS | TEXT | LONG)
    raw = quote(value, errors="surrogatepass")
    plain = address(path)
    response = live.get(f"{plain}{'&' if '?' in plain else '?'}{name}={raw}")
    check(response)
    if response.status_code == 400:
        # A parameter that the address has already is named as given twice.
        assert {error.get("parameter") for error in response.json()["errors"]} <= {name, "to"}


@pytest.mark.parametrize("path", READS)
@settings(max_examples=5)
@given(value=TEXT | LONG)
def test_odd_names_in_paths(live: httpx.Client, path: str, value: str) -> None:
    prefix, brace, rest = address(path).partition("?")
    names = path.count("{")
    raw = quote(value, safe="", errors="surrogatepass")
    response = live.get(path.format_map(dict.fromkeys(_names(path), raw)) + brace + rest)
    assert response.status_code in ({400, 404} if names else {200}), (prefix, response.text)
    check(response)


def _names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]
