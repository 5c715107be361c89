"""The register behind a real nginx, below a path: with its defaults, and as documented."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.http import prepare_sourced, register, said
from tests.support.pages import HTML, Reader
from tests.support.processes import served
from tests.support.registers import Templates
from tests.support.sessions import send
from tests.support.valkey import free_port

pytestmark = pytest.mark.databases("sqlite")

PATH = "/register"
DOCUMENTED = re.search(
    r"```nginx\n(.+?)```",
    (Path(__file__).resolve().parents[1] / "docs" / "operations.md").read_text(),
    re.DOTALL,
)
DEFAULTS = f"location {PATH}/ {{ proxy_pass http://127.0.0.1:8000/; }}\n"
_CONFIGURATION = """
daemon off;
user {user};
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    {temporary}
    {blocks}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_SECONDS = 20


@dataclass
class Proxied:
    """A register behind nginx: where each way of setting it up listens."""

    defaults: str
    documented: str
    compressing: str
    """With the defaults, and an nginx that compresses all that it passes on."""
    headers: dict[str, str]
    """The key of an administrator."""

    @asynccontextmanager
    async def client(self, base: str = "", **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a client that sees the heads of answers as they are sent."""
        async with httpx.AsyncClient(
            base_url=base or self.defaults,
            headers=self.headers | headers,
            trust_env=False,
            timeout=_SECONDS,
        ) as found:
            yield found


@pytest.fixture(scope="module")
async def proxied(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Proxied]:
    assert DOCUMENTED is not None
    folder = tmp_path_factory.mktemp("nginx")
    ports = [free_port() for _ in range(3)]
    settings: dict[str, Any] = {
        "public_url": f"http://127.0.0.1:{ports[0]}{PATH}",
        "forwarded_allow_ips": "127.0.0.1",
    }
    async with templates.copy("sqlite", prepare_sourced) as url, served(url, **settings) as service:
        ways = (DEFAULTS, DOCUMENTED[1], f"gzip on; gzip_types *; gzip_min_length 1;\n{DEFAULTS}")
        blocks = [
            f"server {{ listen 127.0.0.1:{port}; {way} }}"
            for port, way in zip(ports, ways, strict=True)
        ]
        made = _CONFIGURATION.format(
            folder=folder,
            user=getuser(),
            temporary="".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY),
            blocks="\n".join(blocks).replace("127.0.0.1:8000", f"127.0.0.1:{service.port}"),
        )
        (folder / "nginx.conf").write_text(made)
        async with _nginx(folder, ports[0]):
            bases = [f"http://127.0.0.1:{port}{PATH}" for port in ports]
            yield Proxied(bases[0], bases[1], bases[2], service.headers)


@asynccontextmanager
async def _nginx(folder: Path, port: int) -> AsyncIterator[None]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    assert program, "make test-nginx installs it"
    process = subprocess.Popen(  # noqa: ASYNC220  it begins at once and is waited for below
        [program, "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    )
    try:
        async with asyncio.timeout(_SECONDS):
            while not await _listens(port):
                assert process.poll() is None, (folder / "error.log").read_text()
                await asyncio.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(_SECONDS)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.fixture(scope="module")
async def sourced(proxied: Proxied) -> Proxied:
    """Give a register with sites to list."""
    async with proxied.client() as client:
        for name in ("a", "b", "c"):
            await register(client, f"site-{name}")
    return proxied


async def test_what_is_created_is_found_by_its_location(sourced: Proxied) -> None:
    async with sourced.client() as client:
        body = said(
            "2021", id="created", kind="cluster", values={"name": "C", "province_code": "06"}
        )
        made = await client.post("/v1/sites", json=body)
        assert made.status_code == 201
        found = await client.get(made.url.join(made.headers["location"]))
        assert (found.url.path, found.json()["id"]) == (f"{PATH}/v1/sites/created", "created")
        stated = await client.post(
            "/v1/sites/created/statements", json=said("2022", values={"area_ha": 5})
        )
        found = await client.get(stated.url.join(stated.headers["location"]))
        assert found.json()["id"] == stated.json()["id"]
        document = await client.get("/openapi.json")
        (server,) = document.json()["servers"]
        assert str(document.url.join(server["url"])) == sourced.defaults


async def test_a_list_is_read_from_page_to_page(sourced: Proxied) -> None:
    async with sourced.client() as client:
        page = await client.get("/v1/sites", params={"limit": 1, "q": "site"})
        names = [item["id"] for item in page.json()["items"]]
        while "next" in page.links:
            page = await client.get(page.url.join(page.links["next"]["url"]))
            assert page.url.path == f"{PATH}/v1/sites"
            names += [item["id"] for item in page.json()["items"]]
        assert names == ["site-a", "site-b", "site-c"]


@pytest.mark.parametrize("count", [100, 150, 500])
async def test_a_list_with_many_filters_is_answered(sourced: Proxied, count: int) -> None:
    many: list[tuple[str, Any]] = [("limit", "1"), *[("kind", "cluster")] * count]
    async with sourced.client() as client:
        page = await client.get("/v1/sites", params=many)
        assert page.status_code == 200
        assert ("link" in page.headers) == (count == 100)
        following = await client.get(
            "/v1/sites", params=[*many, ("cursor", page.json()["next_cursor"])]
        )
        assert following.status_code == 200
        assert following.json()["items"] != page.json()["items"]
        looked = await client.get("/sites", params=many, headers=HTML)
        assert looked.status_code == 200


async def test_what_a_client_has_is_not_sent_again(sourced: Proxied) -> None:
    for base in (sourced.defaults, sourced.compressing):
        async with sourced.client(base) as client:
            first = await client.get("/v1/sites/site-a", headers={"accept-encoding": "gzip"})
            assert first.status_code == 200
            again = await client.get(
                "/v1/sites/site-a",
                headers={"accept-encoding": "gzip", "if-none-match": first.headers["etag"]},
            )
            assert again.status_code == 304


async def test_a_tag_that_nginx_makes_weak_still_leads_to_a_write(sourced: Proxied) -> None:
    async with sourced.client(sourced.compressing) as client:
        read = await client.get("/v1/sites/site-b", headers={"accept-encoding": "gzip"})
        tag = read.headers["etag"]
        body = said("2023", values={"area_ha": 7})
        if tag.startswith("W/"):
            refused = await client.post(
                "/v1/sites/site-b/statements", json=body, headers={"if-match": tag}
            )
            assert refused.status_code == 412
        changed = f'"{read.json()["changed_in"]}"'
        made = await client.post(
            "/v1/sites/site-b/statements", json=body, headers={"if-match": changed}
        )
        assert made.status_code == 201, made.text


async def test_events_are_passed_on_as_they_come(sourced: Proxied) -> None:
    async with sourced.client() as client, client.stream("GET", "/v1/changes/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        async with asyncio.timeout(_SECONDS):
            async for line in lines:
                if line.startswith("id: "):
                    break
            made = await client.post(
                "/v1/sources", json={"id": "streamed", "kind": "article", "title": "S"}
            )
            assert made.status_code == 201
            async for line in lines:
                if "streamed" in line:
                    return
    pytest.fail("the event did not come")


async def test_large_files_need_the_documented_size(sourced: Proxied) -> None:
    large = {"file": ("large.csv", b"Name;Area\n" + b"a;1\n" * 500_000, "text/csv")}
    async with sourced.client() as client:
        refused = await client.post("/v1/imports", files=large, data={"province_code": "06"})
        assert (refused.status_code, refused.headers["content-type"]) == (413, "text/html")
    async with sourced.client(sourced.documented) as client:
        taken = await client.post("/v1/imports", files=large, data={"province_code": "06"})
        # By the service, which has its own say on so many rows.
        assert taken.headers["content-type"].startswith("application/"), taken.text
        assert taken.status_code != 413
    small = {"file": ("small.csv", "Tên CCN;Diện tích (ha)\nCụm A;12,5\n".encode(), "text/csv")}
    async with sourced.client() as client:
        made = await client.post("/v1/imports", files=small, data={"province_code": "06"})
        assert made.status_code == 201, made.text
        found = await client.get(made.url.join(made.headers["location"]))
        assert found.json()["id"] == made.json()["id"]


async def test_a_reader_signs_in_and_stays_below_the_path(sourced: Proxied) -> None:
    key = sourced.headers["Authorization"].removeprefix("Bearer ")
    parts = urlsplit(sourced.defaults)
    origin = f"{parts.scheme}://{parts.netloc}"
    async with httpx.AsyncClient(
        base_url=sourced.defaults, trust_env=False, headers=HTML
    ) as reader:
        foreign = {"origin": "https://other.example"}
        refused = await send(reader, "/sign-in?back=%2Fmine", headers=foreign, key=key)
        assert refused.status_code == 403
        answer = await send(
            reader, "/sign-in?back=%2Fmine%3Flang%3Den", headers={"origin": origin}, key=key
        )
        assert answer.status_code == 303, answer.text
        mine = await reader.get(answer.url.join(answer.headers["location"]))
        assert (mine.status_code, mine.url.path) == (200, f"{PATH}/mine")
        page = Reader(mine.text)
        assert f"{PATH}/sites?lang=en" in page.links()
        out = await send(reader, f"{origin}{PATH}/sign-out", headers={"origin": origin})
        assert str(out.url.join(out.headers["location"])) == f"{sourced.defaults}/"


async def test_every_address_of_a_page_is_below_the_path(sourced: Proxied) -> None:
    """The addresses that the service has must not lead past the proxy, nor to nothing."""
    seen: set[str] = set()
    async with sourced.client(sourced.defaults, **HTML) as client:
        for path in (
            "/",
            "/map",
            "/sites",
            "/sites/site-a",
            "/provinces/06",
            "/search?q=a",
        ):
            page = Reader((await client.get(path)).text)
            assert [one["data-root"] for one in page.of("html")] == [PATH]
            for _, attributes in page.elements:
                for name in ("href", "src", "action", "data-choices"):
                    address = attributes.get(name) or ""
                    if address.startswith("/"):
                        assert address.startswith(f"{PATH}/"), (path, address)
                        seen.add(address.removeprefix(PATH))
        for address in sorted(seen):
            answer = await client.get(address)
            assert answer.status_code in {200, 303}, (address, answer.status_code)
    assert len(seen) > 50


async def test_the_documented_proxy_says_who_comes_and_by_which_name(sourced: Proxied) -> None:
    key = sourced.headers["Authorization"].removeprefix("Bearer ")
    parts = urlsplit(sourced.documented)
    own = {"origin": f"{parts.scheme}://{parts.netloc}", "x-forwarded-for": "203.0.113.9"}
    async with sourced.client(sourced.documented) as client:
        assert (await client.get("/metrics")).status_code == 404
        answer = await send(client, f"{sourced.documented}/sign-in", headers=HTML | own, key=key)
        # By the name of the host in the request: the public address is another one.
        assert answer.status_code == 303, answer.text
        entries = (await client.get("/v1/audit", params={"limit": 1})).json()["items"]
        assert (entries[0]["action"], entries[0]["address"]) == ("signed_in", "127.0.0.1")
