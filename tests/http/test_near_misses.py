"""Paths at which nothing is, and those that lead on."""

import httpx
import pytest

from tests.support.http import as_problem
from tests.support.operations import DOCUMENT

pytestmark = pytest.mark.databases("sqlite")


@pytest.mark.parametrize(
    ("path", "likely"),
    [
        ("/v1/sites/", "/v1/sites"),
        ("/v1//sites", "/v1/sites"),
        ("/v1/site", "/v1/sites"),
        ("/v1/Sites", "/v1/sites"),
        ("/statements", "/v1/statements"),
        ("/v1/site/ccn-quang-chu", "/v1/sites/ccn-quang-chu"),
        ("/v1/sites/ccn-quang-chu/", "/v1/sites/ccn-quang-chu"),
        ("/v1/provinces/06/rollups", "/v1/provinces/06/rollup"),
        ("/v1/organisations/onsen-fuji", "/v1/organizations/onsen-fuji"),
        ("/v1/sites.xls", "/v1/sites.xlsx"),
        ("/v1/", "/v1"),
        ("/v2/sites", None),
        ("/nowhere", None),
        ("/v1/sites/a/b/c/d/e/f/g/h/i/j", None),
        ("/" + "a/" * 500, None),
    ],
)
async def test_a_path_that_is_nearly_right_names_the_right_one(
    unchanged: httpx.AsyncClient, path: str, likely: str | None
) -> None:
    problem = as_problem(await unchanged.get(path), 404)
    ends = f"Did you mean {likely}?" if likely else "see /docs."
    assert problem["type"] == "/problems/no-such-path"
    assert problem["detail"] == f"There is nothing at this path{'.' if likely else ';'} {ends}"


async def test_the_first_path_leads_on(unchanged: httpx.AsyncClient) -> None:
    path = "/v1"
    answer = await unchanged.get(path)
    links = answer.json()["links"]
    assert answer.status_code == 200
    # Relative to the address of the answer, below whichever path a proxy serves it.
    assert links["sites"] == "v1/sites"
    assert {f"/{address}" for address in links.values()} <= DOCUMENT["paths"].keys()
    for name in ("documentation", "openapi"):
        address = answer.url.join(answer.json()[name])
        assert (await unchanged.get(address)).status_code == 200
    known = await unchanged.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert known.status_code == 304


async def test_two_idempotency_keys_are_refused(unchanged: httpx.AsyncClient) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = await unchanged.post(
        "/v1/organizations", json={"id": "a", "name": "A"}, headers=headers
    )
    problem = as_problem(answer, 400)
    assert problem["errors"] == [
        {
            "parameter": "Idempotency-Key",
            "detail": "Give one Idempotency-Key for each request; this has several.",
        }
    ]


async def test_a_write_has_no_if_none_match(unchanged: httpx.AsyncClient) -> None:
    answer = await unchanged.post(
        "/v1/organizations", json={"id": "a", "name": "A"}, headers={"If-None-Match": "*"}
    )
    assert as_problem(answer, 400)["errors"] == [
        {
            "parameter": "If-None-Match",
            "detail": "If-None-Match is not looked at here: leave it out.",
        }
    ]
