"""How many functions of ``app/`` a read calls: a few for each row, and few for the rest.

Times differ from run to run; counts do not, and a model made of each row shows in them.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import httpx
import pytest

import app
from tests.support.http import register, said, state
from tests.support.registers import Templates, post, prepare_seeded, serving

pytestmark = pytest.mark.databases("sqlite")
ROOT = f"{Path(app.__file__).parent}/"
OF_ALL, OF_EACH = 300, 15
HISTORY = 12


@pytest.fixture
async def cold(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client to the app on a register with the facts of the documents, keeping no answer."""
    copied = templates.copy(kind, prepare_seeded)
    async with copied as url, serving(url, response_cache_bytes=0) as client:
        yield client


@contextmanager
def calls() -> Iterator[list[str]]:
    """Collect the functions of the application that are called within."""
    found: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(ROOT):
            found.append(frame.f_code.co_qualname)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(before)


async def called(client: httpx.AsyncClient, path: str) -> tuple[int, int]:
    """Return the items and the calls of a read that was made before, when everything was built."""
    first = await client.get(path)
    assert first.status_code == 200, first.text
    with calls() as found:
        again = await client.get(path)
    assert again.content == first.content
    return len(first.json().get("items", ())), len(found)


@pytest.mark.parametrize(
    "path", ["/v1/sites?", "/v1/projects?", "/v1/sparse/sites?fields=name,planned&"]
)
async def test_rows_of_a_list_cost_few_calls(cold: httpx.AsyncClient, path: str) -> None:
    (few, calls_of_few), (many, calls_of_many) = [
        await called(cold, f"{path}limit={limit}") for limit in (2, 1000)
    ]
    assert many - few >= 5
    assert calls_of_many - calls_of_few <= OF_EACH * (many - few)
    assert calls_of_few <= OF_ALL


async def test_one_site_costs_few_calls(cold: httpx.AsyncClient) -> None:
    assert (await called(cold, "/v1/sites/ccn-quang-chu"))[1] <= OF_ALL


async def test_kept_findings_cost_few_calls(cold: httpx.AsyncClient) -> None:
    """Without what is kept they are five thousand, and the rules are applied besides."""
    items, calls_made = await called(cold, "/v1/provinces/06/findings?as_of=2024-12-31")
    assert items >= 1
    assert calls_made <= 2 * OF_ALL


async def test_findings_after_a_write_cost_few_calls_for_what_it_did_not_touch(
    cold: httpx.AsyncClient,
) -> None:
    """Nothing is read or folded anew but the one site that the write is about."""
    path = "/v1/provinces/19/findings"
    await cold.get(path)
    await post(
        cold,
        "/v1/sites/ccn-quang-chu/statements",
        said("2025-12-30", "bac-kan-industry-plan-2020", values={"area_ha": 12.25}),
    )
    with calls() as found:
        await cold.get(path)
    assert found.count("_subject") == 1


async def test_an_append_makes_only_the_versions_that_it_changes(cold: httpx.AsyncClient) -> None:
    await post(cold, "/v1/sources", {"id": "article", "kind": "article", "title": "An article"})
    await register(cold, "ccn-long", "2001", province_code="19")
    for year in range(2002, 2002 + HISTORY):
        await state(cold, "ccn-long", str(year), area_ha=year - 1990)
    body = said("2014", values={"area_ha": 70})
    with calls() as found:
        await post(cold, "/v1/sites/ccn-long/statements", body)
    assert 1 <= found.count("_version_row") <= 3
