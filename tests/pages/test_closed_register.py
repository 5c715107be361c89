"""A register whose reading is closed: its pages and their files, for those who are signed in."""

import httpx
import pytest

from tests.support.http import prepare_sourced, register
from tests.support.pages import HTML, look, words
from tests.support.registers import Templates, bearer, serving
from tests.support.sessions import browser, key_of, send, sign_in

pytestmark = pytest.mark.databases("sqlite")


async def test_a_closed_register_is_seen_by_who_is_signed_in(empty_url: str) -> None:
    async with serving(empty_url, public_reading=False) as client, browser(client) as visitor:
        page = await look(visitor, "/sites?kind=zone", 401)
        assert "Sign in to see this page." in words(page)
        (action,) = [str(one["action"]) for one in page.of("form") if "back" in str(one["action"])]
        assert action == "/sign-in?back=%2Fsites%3Fkind%3Dzone"
        answer = await send(visitor, action, key=key_of(client))
        assert answer.headers["location"] == "/sites?kind=zone"
        await look(visitor, "/sites?kind=zone")
        # An Authorization header counts as before, and says nothing of who is signed in.
        answer = await client.get("/", headers=HTML | bearer(key_of(client)))
        assert answer.status_code == 200
        assert "Sign out" not in answer.text


async def test_the_files_of_a_closed_register_open_to_who_is_signed_in(
    templates: Templates,
) -> None:
    async with (
        templates.copy("sqlite", prepare_sourced) as url,
        serving(url, public_reading=False) as client,
        browser(client) as visitor,
    ):
        await register(client, "alpha", area_ha=40)
        await sign_in(visitor, key_of(client))
        for path in ("/", "/sites", "/sites/alpha", "/values?attribute=area_ha", "/changes"):
            page = await look(visitor, path)
            files = [link for link in page.links() if "/v1/" in link]
            assert files
            for file in files:
                answer = await visitor.get(file)
                assert answer.status_code == 200, file
                assert answer.headers["cache-control"] == "private, no-store"
                same = await client.get(file.removeprefix("/files"))
                assert answer.content == same.content or file.endswith(".xlsx"), file
                for name in ("content-type", "content-disposition"):
                    assert answer.headers.get(name) == same.headers.get(name)
            assert "curl -H 'Authorization: Bearer icr_…' '/v1/" in words(page)
        head = await visitor.head("/files/v1/sites.csv")
        assert (head.status_code, head.content) == (200, b"")
        await send(visitor, "/sign-out")
        page = await look(visitor, "/files/v1/sites.csv?kind=zone", 401)
        assert "/sign-in?back=%2Ffiles%2Fv1%2Fsites.csv%3Fkind%3Dzone" in {
            one["action"] for one in page.of("form")
        }


async def test_below_files_nothing_is_written_and_only_the_register_is_read(
    client: httpx.AsyncClient,
) -> None:
    async with browser(client) as visitor:
        await sign_in(visitor, key_of(client))
        for path in ("/v1/keys", "/v1/audit", "/v1/imports", "/v1", "/sites", "/sign-out", "", "/"):
            assert (await visitor.get(f"/files{path}")).status_code == 404, path
        body = {"id": "a", "name": "A"}
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = await visitor.request(method, "/files/v1/organizations", json=body)
            assert answer.status_code == 404
        assert (await client.get("/v1/organizations/a")).status_code == 404
        # Where everybody may read, links lead to the API itself, which keeps its answers.
        assert not [link for link in (await look(visitor, "/sites")).links() if "/files" in link]
