"""What every read has in common: entity tags, 304, HEAD and compression."""

import gzip
import re
from collections.abc import Callable
from hashlib import sha256

import brotli
import httpx
import pytest
import zstandard

from tests.support.counting import counted
from tests.support.http import as_problem, register, state
from tests.support.operations import DOCUMENT, KNOWN, READS, STREAMED, address
from tests.support.registers import KINDS

# Made of an answer that is ready. That the same is read again, in order, is up to the database.
pytestmark = pytest.mark.databases("sqlite")
on_both_databases = pytest.mark.databases(*KINDS)

SITE = "/v1/sites/ccn-quang-chu"
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
PLAIN = {"accept-encoding": "identity"}
# What no revision names is tagged by its bytes, and costs what the answer costs: keys and who used
# them, what was refused, whether the service can serve.
OF_BYTES = {
    *("/v1/keys", "/v1/keys/{key_id}", "/v1/audit", "/v1/anchors", "/readyz", "/livez"),
    *("/v1/imports", "/v1/imports/{import_id}/rows", "/v1/imports/layouts"),
    *("/v1/proposals", "/v1/proposals/{proposal_id}/body"),
}
# Drafts are no part of the register: the draft itself is asked for, and what its file says.
DRAFTS = {"/v1/imports/{import_id}": 1, "/v1/imports/{import_id}/remarks.xlsx": 3}
# What a proposal would do is tried out each time.
TRIED = {"/v1/proposals/{proposal_id}"}
# What the process holds takes no query: code lists, units, rules.
HELD = {
    "/v1/imports/template.xlsx",
    "/v1/attributes",
    "/v1/findings/rules",
    "/v1/indicators",
    "/v1/provinces",
    "/v1/provinces/{code}",
    "/v1/units",
    "/v1/vocabulary",
    "/v1/vocabulary/{list_name}",
}
# Headers that say something of the connection, not of the answer.
UNNAMED = {"date", "server"}


async def raw(client: httpx.AsyncClient, url: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """Read without undoing the content coding."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.stream("GET", url, headers=sent) as response:
        return response, b"".join([part async for part in response.aiter_raw()])


async def address_in(client: httpx.AsyncClient, path: str) -> str:
    """Return an address that a register has; the numbers of statements change with the seeds."""
    if "{statement_id}" not in path:
        return address(path)
    newest = (await client.get(f"{SITE}/statements?limit=1")).json()["items"][0]["id"]
    return path.format_map(KNOWN | {"statement_id": newest})


# Of the protocol itself, or of every answer of any service: documents of APIs leave them out.
UNDOCUMENTED = {"content-length", "content-type", "content-encoding", "transfer-encoding"}
SECURITY = {"content-security-policy", "referrer-policy", "x-content-type-options"}
# Only where there is a next page, or where another request is told.
SOMETIMES = {"link"}


@pytest.mark.parametrize("path", READS)
async def test_the_headers_of_a_read_are_those_that_are_documented(
    unchanged: httpx.AsyncClient, path: str
) -> None:
    answer = await unchanged.get(await address_in(unchanged, path))
    documented = {
        name.lower() for name in DOCUMENT["paths"][path]["get"]["responses"]["200"]["headers"]
    }
    sent = set(answer.headers) - UNDOCUMENTED - SECURITY
    assert sent - documented == set()
    assert documented - sent <= SOMETIMES


# Entity tags


@on_both_databases
@pytest.mark.parametrize("path", READS)
async def test_every_read_has_a_strong_tag_and_can_be_revalidated(
    unchanged: httpx.AsyncClient, module_kind: str, path: str
) -> None:
    url = await address_in(unchanged, path)
    for headers in (PLAIN, {"accept-encoding": "gzip"}, {"accept-encoding": "br, zstd"}):
        first = await unchanged.get(url, headers=headers)
        assert first.status_code == 200, first.text
        tag = first.headers["etag"]
        if path in OF_BYTES:
            assert tag.startswith(f'"{sha256(first.content).hexdigest()[:32]}')
        else:
            # The tag of a site or project begins with the revision that changed it last.
            assert re.fullmatch(r'"([0-9]+-)?[0-9a-f]{32}(-gzip|-zstd)?"', tag)
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["vary"].lower() == "accept-encoding"
        with counted() as statements:
            again = await unchanged.get(url, headers=headers | {"if-none-match": tag})
        assert again.status_code == 304
        if path not in OF_BYTES | TRIED:
            # SQLite says without a statement that nothing was recorded since.
            asked = 0 if path in HELD or module_kind == "sqlite" else 1
            assert len(statements) == DRAFTS.get(path, asked), statements
        assert again.content == b""
        sent = {**again.headers}
        assert len(sent.pop("x-request-id")) == 32
        # The token of the revision comes where the register was asked, of this answer and of that.
        token = "register-revision"
        assert sent.pop(token, None) == first.headers.get(token)
        assert sent == {
            "etag": tag,
            "cache-control": "no-cache",
            "vary": first.headers["vary"],
        }


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ("*", 304),
        (" * ", 304),
        ('"other", {tag}', 304),
        ('"a,b" ,, W/"c",\t{tag},', 304),
        ('"other"', 200),
        ('"*"', 200),
        ("", 200),
        ("{unquoted}", 200),
        ("{upper}", 200),
        ("{coded}", 200),
    ],
)
async def test_forms_of_if_none_match(
    documents: httpx.AsyncClient, header: str, status: int
) -> None:
    tag = (await documents.get(SITE, headers=PLAIN)).headers["etag"]
    sent = header.format(
        tag=tag,
        unquoted=tag.strip('"'),
        upper=tag.replace(tag[1], "X"),
        coded=f'{tag[:-1]}-gzip"',
    )
    response = await documents.get(SITE, headers=PLAIN | {"if-none-match": sent})
    assert response.status_code == status
    assert response.headers["etag"] == tag


async def test_several_lines_of_if_none_match(documents: httpx.AsyncClient) -> None:
    tag = (await documents.get(SITE, headers=PLAIN)).headers["etag"]
    lines = [("accept-encoding", "identity"), ("if-none-match", '"a"'), ("if-none-match", tag)]
    assert (await documents.get(SITE, headers=lines)).status_code == 304


async def test_what_is_refused_has_no_tag(documents: httpx.AsyncClient) -> None:
    for url, status in (("/v1/sites/nowhere", 404), ("/v1/sites?nonsense=1", 400)):
        response = await documents.get(url, headers={"if-none-match": "*"})
        as_problem(response, status)
        assert "etag" not in response.headers


@on_both_databases
async def test_a_write_changes_the_tags_of_what_it_changes(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-tagged", area_ha=10)
    urls = ("/v1/sites/ccn-tagged", "/v1/sites", "/v1/rollups", "/v1/provinces/06/rollup")
    before = {url: (await shared.get(url)).headers["etag"] for url in urls}
    now = (await shared.get("/v1/sites")).json()["revision"]
    pinned = {f"{url}?revision={now}&as_of=2024-01-01": "" for url in urls}
    for url in pinned:
        pinned[url] = (await shared.get(url)).headers["etag"]
    await state(shared, "ccn-tagged", "2021", area_ha=20)
    for url, tag in before.items():
        response = await shared.get(url, headers={"if-none-match": tag})
        assert response.status_code == 200
        assert response.headers["etag"] != tag
    for url, tag in pinned.items():
        assert (await shared.get(url, headers={"if-none-match": tag})).status_code == 304


async def test_writes_are_not_revalidated(shared: httpx.AsyncClient) -> None:
    body = {"id": "posted", "kind": "plan", "title": "Một"}
    response = await shared.post("/v1/sources", json=body, headers={"if-none-match": "*"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == "If-None-Match"
    assert (await shared.get("/v1/sources/posted")).status_code == 404


# HEAD


@on_both_databases
@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("accepted", ["identity", "gzip"])
async def test_head_is_get_without_a_body(
    unchanged: httpx.AsyncClient, path: str, accepted: str
) -> None:
    headers = {"accept-encoding": accepted, "x-request-id": "the-same"}
    url = await address_in(unchanged, path)
    full = await unchanged.get(url, headers=headers)
    head = await unchanged.head(url, headers=headers)
    assert head.status_code == 200
    assert head.content == b""
    assert {**head.headers} == {**full.headers}
    assert path in STREAMED or int(head.headers["content-length"]) > 0
    headers["if-none-match"] = full.headers["etag"]
    assert (await unchanged.head(url, headers=headers)).status_code == 304


async def test_head_of_what_is_refused(unchanged: httpx.AsyncClient) -> None:
    for url, status in (("/v1/sites/nowhere", 404), ("/v1/sites?limit=0", 400), ("/v2", 404)):
        named = {"x-request-id": "the-same"}
        full = await unchanged.get(url, headers=named)
        head = await unchanged.head(url, headers=named)
        assert head.status_code == status
        assert head.content == b""
        assert {**head.headers} == {**full.headers}


# Compression


@pytest.mark.parametrize("coding", DECODERS)
async def test_compressed_answers(documents: httpx.AsyncClient, coding: str) -> None:
    _, expected = await raw(documents, "/v1/sites", accept_encoding="identity")
    response, body = await raw(documents, "/v1/sites", accept_encoding=coding)
    assert response.headers["content-encoding"] == coding
    assert int(response.headers["content-length"]) == len(body) < len(expected) / 2
    assert DECODERS[coding](body) == expected


async def test_each_coding_has_a_tag_of_its_own(documents: httpx.AsyncClient) -> None:
    tags = {}
    for coding in ("identity", *DECODERS):
        response = await documents.get("/v1/sites", headers={"accept-encoding": coding})
        tags[coding] = response.headers["etag"]
    assert len(set(tags.values())) == 4
    for coding in tags:
        headers = {"accept-encoding": coding, "if-none-match": tags["br"]}
        expected = 304 if coding == "br" else 200
        assert (await documents.get("/v1/sites", headers=headers)).status_code == expected


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.9, zstd;q=0.1", "gzip"),
        ("br;q=0.5, gzip;q=0.8, identity;q=0.1", "gzip"),
        ("deflate", None),
        ("*;q=0", None),
        ("identity, *;q=0", None),
        ("", None),
    ],
)
async def test_the_coding_asked_for(
    documents: httpx.AsyncClient, accepted: str, coding: str | None
) -> None:
    response, body = await raw(documents, "/v1/sites", accept_encoding=accepted)
    assert response.headers.get("content-encoding") == coding
    plain = DECODERS[coding](body) if coding else body
    assert plain.startswith(b'{"items":[')
    assert response.headers["vary"] == "Accept-Encoding"


async def test_small_answers_stay_as_they_are(documents: httpx.AsyncClient) -> None:
    response, body = await raw(documents, "/livez", accept_encoding="zstd, br, gzip")
    assert "content-encoding" not in response.headers
    assert body == b'{"status":"alive"}'
    assert response.headers["etag"] == f'"{sha256(body).hexdigest()[:32]}"'


async def test_problems_and_answers_to_writes_are_compressed(shared: httpx.AsyncClient) -> None:
    name = "x" * 1000
    headers = {"accept-encoding": "gzip"}
    long = await shared.get(f"/v1/sites/ccn-quang-chu?{name}=1", headers=headers)
    assert long.headers["content-encoding"] == "gzip"
    assert name in as_problem(long, 400)["detail"]
    body = {"id": "compressed", "kind": "plan", "title": "Một " + "x" * 450, "note": "y" * 400}
    written = await shared.post("/v1/sources", json=body, headers=headers)
    assert written.status_code == 201, written.text
    assert written.headers["content-encoding"] == "gzip"
    assert written.headers["location"] == "/v1/sources/compressed"
    assert written.json()["note"] == "y" * 400


# The document


@pytest.mark.parametrize("path", READS)
def test_the_document_describes_revalidation(path: str) -> None:
    operation = DOCUMENT["paths"][path]["get"]
    for status in ("200", "304"):
        assert set(operation["responses"][status]["headers"]) >= {"ETag", "Cache-Control", "Vary"}
    assert "content" not in operation["responses"]["304"]
    names = [parameter["name"] for parameter in operation["parameters"]]
    assert names.count("If-None-Match") == 1


def test_the_document_has_no_head_and_no_options() -> None:
    methods = {method for path in DOCUMENT["paths"].values() for method in path}
    assert methods <= {"get", "post", "put", "patch", "delete"}


@on_both_databases
async def test_a_revision_that_this_register_never_had_is_not_passed_over(
    client: httpx.AsyncClient,
) -> None:
    """A client has seen more than there is: of a server that is lost, or of another register."""
    body = {"id": "a", "name": "A"}
    assert (await client.post("/v1/organizations", json=body)).status_code == 201
    listed = await client.get("/v1/organizations", headers={"Register-Revision": "1"})
    assert listed.status_code == 200
    for token in (2, 2**63 - 1):
        headers = {"Register-Revision": str(token)}
        for path in (
            "organizations",
            "organizations/b",
            "sites/x",
            "sites/x/timeline",
            "sites?known_at=2020-01-01T00:00:00Z",
            "revisions/9",
        ):
            problem = as_problem(await client.get(f"/v1/{path}", headers=headers), 400)
            assert problem["latest_revision"] == 1
            assert problem["errors"][0]["parameter"] == "Register-Revision"
    refused = await client.post(
        "/v1/organizations", json={"id": "b", "name": "B"}, headers={"Register-Revision": "2"}
    )
    assert as_problem(refused, 400)["latest_revision"] == 1
    assert (await client.get("/v1/organizations/b")).status_code == 404
    # Whoever has seen what is written at this moment may write on.
    headers = {"Register-Revision": "1"}
    answer = await client.post("/v1/organizations", json={"id": "b", "name": "B"}, headers=headers)
    assert answer.headers["register-revision"] == "2"
