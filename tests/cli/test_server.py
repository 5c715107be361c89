"""The server: offers of other protocols, heads that are too long, and what is not HTTP."""

import asyncio
import json
import re
from contextlib import suppress

import pytest

from tests.support.streams import SECONDS, Service, running

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])


async def said_to(service: Service, sent: bytes, parts: int = 1) -> bytes:
    """Return what the service answers to what is sent, until it closes the connection."""
    port = int(service.base.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = -(-len(sent) // parts)
    for start in range(0, len(sent), size):
        writer.write(sent[start : start + size])
        await writer.drain()
        await asyncio.sleep(0.01 if parts > 1 else 0)
    answer = await asyncio.wait_for(reader.read(), SECONDS)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return answer


async def test_what_is_not_http_is_refused_with_a_problem(empty_url: str) -> None:
    async with running(empty_url) as service:
        head, _, body = (await said_to(service, b"HELO register\r\n\r\n")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["type"] == "/problems/bad-request"


async def test_an_idle_connection_is_kept_as_long_as_the_setting_says(empty_url: str) -> None:
    request = b"GET /livez HTTP/1.1\r\nHost: register\r\n\r\n"
    async with running(empty_url, keep_alive_seconds=1) as service:
        assert service.server.config.timeout_keep_alive == 1
        # The service ends it, not the client.
        assert (await said_to(service, request)).startswith(b"HTTP/1.1 200 ")
    async with running(empty_url) as service:
        # nginx keeps connections to a service for 60 seconds, browsers' for 75.
        assert service.server.config.timeout_keep_alive == 90


async def test_who_says_nothing_more_is_answered(empty_url: str) -> None:
    """Some clients close their half of the connection after the request, as ``nc -N`` does."""
    request = b"GET /livez HTTP/1.1\r\nHost: register\r\n\r\n"
    async with running(empty_url) as service:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", int(service.base.rpartition(":")[2])
        )
        writer.write(request)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), SECONDS)
        writer.close()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"}")


OFFER = (
    b"Host: register\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    b"Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n"
)
BODY = b'{"names": 1}'


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (b"Content-Length: %d\r\n" % len(BODY), BODY),
        (
            b"Transfer-Encoding: chunked\r\n",
            b"5\r\n%b\r\n7\r\n%b\r\n0\r\n\r\n" % (BODY[:5], BODY[5:]),
        ),
    ],
)
@pytest.mark.parametrize("parts", [1, 2, 7, 1000])
async def test_an_offer_of_another_protocol_loses_nothing(
    empty_url: str, framing: bytes, body: bytes, parts: int
) -> None:
    """RFC 9110, 7.8: a server may ignore ``Upgrade``; what Java's client asks first has it."""
    head = OFFER + b"Content-Type: application/json\r\n" + framing
    offered = b"POST /v1/sites HTTP/1.1\r\n" + head + b"\r\n" + body
    plain = b"GET /livez HTTP/1.1\r\nHost: register\r\nConnection: close\r\n\r\n"
    sent = offered + b"GET /livez HTTP/1.1\r\n" + OFFER + b"\r\n" + plain
    async with running(empty_url) as service:
        key = f"Authorization: {service.headers['Authorization']}\r\n".encode()
        sent = sent.replace(b"Host: register\r\n", b"Host: register\r\n" + key, 1)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", int(service.base.rpartition(":")[2])
        )
        size = -(-len(sent) // parts)
        for start in range(0, len(sent), size):
            writer.write(sent[start : start + size])
            await writer.drain()
            await asyncio.sleep(0)
        answer = await asyncio.wait_for(reader.read(), SECONDS)
        writer.close()
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"422", b"200", b"200"]
    # The body was read: it names a member that there is not.
    assert b'"pointer":"#/names"' in answer


async def test_a_head_without_end_is_refused(empty_url: str) -> None:
    endless = b"GET /livez HTTP/1.1\r\nHost: register\r\n" + b"X-Much: of it\r\n" * 10_000
    async with running(empty_url) as service:
        head, _, body = (await said_to(service, endless)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert b"content-type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["type"], problem["status"]) == ("/problems/long-head", 431)


@pytest.mark.parametrize("size", [64_000, 66_000, 125_000])
async def test_the_limit_of_a_head_is_the_one_that_is_told(empty_url: str, size: int) -> None:
    head = b"GET /livez HTTP/1.1\r\nHost: register\r\nConnection: close\r\nX-Much: "
    async with running(empty_url) as service:
        answer = await said_to(service, head + b"x" * size + b"\r\n\r\n")
    status = 200 if size < 65_000 else 431
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_blanks_around_a_value_are_none_of_it(empty_url: str) -> None:
    async with running(empty_url) as service, service.client() as client:
        key = f"Authorization: {service.headers['Authorization']}\r\n".encode()
        body = b'{"id": "a", "name": "A"}'
        answers = []
        for value in (b"k1", b" \t k1 \t"):
            head = b"Host: register\r\nContent-Type: application/json\r\nConnection: close\r\n"
            head += key + b"Idempotency-Key:%b\r\nContent-Length: %d\r\n" % (value, len(body))
            sent = b"POST /v1/organizations HTTP/1.1\r\n" + head + b"\r\n" + body
            answers.append(await said_to(service, sent))
        assert all(answer.startswith(b"HTTP/1.1 201 ") for answer in answers)
        assert b"idempotent-replayed: true" in answers[1]
        assert len((await client.get("/v1/organizations")).json()["items"]) == 1


async def test_a_large_body_is_no_long_head(empty_url: str) -> None:
    body = b" " * 400_000 + BODY
    async with running(empty_url) as service, service.client() as client:
        answer = await client.post(
            "/v1/sites", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422
        assert "#/names" in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("more", [b"garbage\r\n\r\n", b"X: " + b"y" * 200_000])
async def test_what_follows_a_request_and_is_none_leaves_its_answer_whole(
    empty_url: str, more: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(empty_url) as service:
        asked = b"GET /v1/sites HTTP/1.1\r\nHost: register\r\n\r\n"
        answer = await said_to(service, asked + more)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_body_that_is_no_http_is_refused_once(
    empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(empty_url) as service:
        key = f"Authorization: {service.headers['Authorization']}\r\n".encode()
        head = b"Host: register\r\nContent-Type: application/json\r\n" + key
        asked = b"POST /v1/sites HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + head + b"\r\nno size"
        answer = await said_to(service, asked + b"x" * 100_000)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


LONG = b"X-Much: " + b"y" * 70_000 + b"\r\n"


def post_of(service: Service, name: str, more: bytes = b"") -> bytes:
    """Return a request that registers an organization."""
    body = json.dumps({"id": name, "name": name}).encode()
    key = f"Authorization: {service.headers['Authorization']}\r\n".encode()
    head = b"Host: register\r\nContent-Type: application/json\r\n" + key + more
    head += b"Content-Length: %d\r\n\r\n" % len(body)
    return b"POST /v1/organizations HTTP/1.1\r\n" + head + body


async def registered(service: Service) -> list[str]:
    async with service.client() as client:
        return [item["id"] for item in (await client.get("/v1/organizations")).json()["items"]]


async def test_nothing_after_a_refused_head_is_carried_out(empty_url: str) -> None:
    async with running(empty_url) as service:
        refused = b"GET /livez HTTP/1.1\r\nHost: register\r\n" + LONG + b"\r\n"
        answer = await said_to(service, refused + post_of(service, "a"))
        assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"431"]
        assert await registered(service) == []


async def test_a_refused_request_leaves_the_body_of_the_one_before_as_it_is(empty_url: str) -> None:
    async with running(empty_url) as service:
        sent = post_of(service, "a") + post_of(service, "b", LONG)
        answer = await said_to(service, sent)
        assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"201"]
        assert await registered(service) == ["a"]


async def test_a_request_that_breaks_off_behind_another_leaves_its_answer_whole(
    empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(empty_url) as service:
        broken = (
            b"POST /v1/sites HTTP/1.1\r\nHost: register\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        )
        answer = await said_to(service, post_of(service, "a") + broken)
        assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"201"]
        assert answer.endswith(b"}")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_an_answer_to_a_body_that_breaks_off_ends(empty_url: str) -> None:
    """The answer has begun, and would go on: nothing else would close the connection."""
    async with running(empty_url) as service:
        head = (
            b"GET /v1/changes/stream HTTP/1.1\r\nHost: register\r\nTransfer-Encoding: chunked\r\n"
        )
        port = int(service.base.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + b"\r\n")
        begun = await asyncio.wait_for(reader.readuntil(b"retry: 2000"), SECONDS)
        assert begun.startswith(b"HTTP/1.1 200 ")
        writer.write(b"zz\r\n")
        await asyncio.wait_for(reader.read(), SECONDS)
        writer.close()


LIVE = b"GET /livez HTTP/1.1\r\n"
HOST = b"Host: register\r\n"
END = b"Connection: close\r\n\r\n"
POST = b"POST /v1/organizations HTTP/1.1\r\n" + HOST
EMPTY = END + b"0\r\n\r\n"
HEADS = {
    # RFC 9112, section 3.2: one Host, and it is a host.
    "without host": (LIVE + END, 400),
    "two hosts": (LIVE + HOST + b"Host: other\r\n" + END, 400),
    "one host twice": (LIVE + HOST + HOST + END, 400),
    "a list of hosts": (LIVE + b"Host: a, b\r\n" + END, 400),
    "a path": (LIVE + b"Host: a/b\r\n" + END, 400),
    "a user": (LIVE + b"Host: a@b\r\n" + END, 400),
    "name and port": (LIVE + b"Host: register.example:8000\r\n" + END, 200),
    "address": (LIVE + b"Host: [::1]:8000\r\n" + END, 200),
    "1.0 without host": (b"GET /livez HTTP/1.0\r\n\r\n", 200),
    "1.0 with host": (b"GET /livez HTTP/1.0\r\n" + HOST + b"\r\n", 200),
    "1.0 with two hosts": (b"GET /livez HTTP/1.0\r\n" + HOST + HOST + b"\r\n", 400),
    "offer with two hosts": (LIVE + HOST + OFFER + b"\r\n", 400),
    # Section 2.3 and RFC 9110, section 15.6.6: the version.
    "0.9": (b"GET /livez\r\n", 505),
    "0.9 with a line feed": (b"\r\nGET /livez\n", 505),
    "0.9 by name": (b"GET /livez HTTP/0.9\r\n" + HOST + END, 505),
    "1.2": (b"GET /livez HTTP/1.2\r\n" + HOST + END, 505),
    "2.0": (b"GET /livez HTTP/2.0\r\n" + HOST + END, 505),
    "2.0 by its preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "3": (b"GET /livez HTTP/3\r\n" + HOST + END, 505),
    "11.1": (b"GET /livez HTTP/11.1\r\n" + HOST + END, 505),
    "no version": (b"GET /livez XTTP/1.1\r\n" + HOST + END, 400),
    "small letters": (b"GET /livez http/1.1\r\n" + HOST + END, 400),
    # Section 6.1: the coding of the body.
    "gzip": (POST + b"Transfer-Encoding: gzip\r\n" + EMPTY, 501),
    "gzip, chunked": (POST + b"Transfer-Encoding: gzip, chunked\r\n" + EMPTY, 501),
    "gzip and chunked": (
        POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n" + EMPTY,
        501,
    ),
    "identity": (POST + b"Transfer-Encoding: identity\r\n" + EMPTY, 501),
    "unknown": (POST + b"Transfer-Encoding: xchunked\r\n" + EMPTY, 501),
    "chunked with a parameter": (POST + b"Transfer-Encoding: chunked;a=b\r\n" + EMPTY, 501),
    "in an offer": (
        POST + OFFER.removeprefix(HOST) + b"Transfer-Encoding: gzip, chunked\r\n" + EMPTY,
        501,
    ),
    "chunked twice": (POST + b"Transfer-Encoding: chunked, chunked\r\n" + EMPTY, 400),
    "chunked not last": (POST + b"Transfer-Encoding: chunked, gzip\r\n" + EMPTY, 400),
    "with a length": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + EMPTY, 400),
    "in 1.0": (b"POST /v1/sites HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + EMPTY, 400),
    "in capitals": (POST + b"Transfer-Encoding: Chunked\r\n" + EMPTY, 401),
}


@pytest.mark.parametrize("parts", [1, 9])
async def test_a_faulty_head_is_refused_by_its_status(empty_url: str, parts: int) -> None:
    wrong = {}
    async with running(empty_url) as service:
        for name, (sent, status) in HEADS.items():
            answer = await said_to(service, sent, parts)
            found = [int(number) for number in re.findall(rb"HTTP/1.1 (\d+)", answer)]
            if found != [status]:
                wrong[name] = found
            if status not in (200, 401):
                assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == status, name
    assert wrong == {}


@pytest.mark.parametrize(
    "faulty", [LIVE + END, LIVE + HOST + HOST + END, b"GET /livez HTTP/2.0\r\n" + HOST + END]
)
async def test_a_faulty_head_behind_another_request_leaves_its_answer_whole(
    empty_url: str, faulty: bytes
) -> None:
    async with running(empty_url) as service:
        answer = await said_to(service, post_of(service, "a") + faulty + post_of(service, "b"))
        assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"201"]
        assert await registered(service) == ["a"]
