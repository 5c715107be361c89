"""Tokens through the whole service, with an issuer on a port of this machine."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.support.http import as_problem, prepare_sourced, said
from tests.support.registers import Templates, bearer, get, serving
from tests.support.serving import application

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@contextmanager
def issuer(until: Event | None = None) -> Iterator[str]:
    """Run an issuer with one key, that may not answer before an event; give its URL."""
    jwk = json.loads(RSAAlgorithm.to_jwk(PRIVATE.public_key()))
    jwk = {name: jwk[name] for name in ("kty", "n", "e")} | {"kid": "one", "use": "sig"}

    class Publishing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if until is not None:
                until.wait()
            url = f"http://{self.headers['Host']}"
            discovery = {"issuer": url, "jwks_uri": f"{url}/keys"}
            content = {"keys": [jwk]} if self.path == "/keys" else discovery
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Publishing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def token(url: str, role: str, audience: str = "icr", *provinces: str) -> dict[str, str]:
    """Return credentials as the issuer gives them out."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": url,
        "aud": audience,
        "sub": "3f1c",
        "name": "Nguyễn Thị Lan",
        "iat": now,
        "exp": now + 60,
        "icr_role": role,
        "icr_provinces": list(provinces),
    }
    return bearer(jwt.encode(claims, PRIVATE, "RS256", {"kid": "one"}))


async def test_a_read_that_waits_for_the_issuer_has_no_turn(
    kind: str, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings: dict[str, Any] = {"oidc_audience": "icr", "oidc_name_claim": "name"}
    go_on = Event()
    with issuer(go_on) as url:
        async with (
            templates.copy(kind, prepare_sourced) as database,
            application(database, oidc_issuer=url, reads_at_once=1, **settings) as client,
        ):
            headers = token(url, "reader")
            waiting = asyncio.create_task(client.get("/v1/sites", headers=headers))
            try:
                await asyncio.sleep(0.1)
                async with asyncio.timeout(60):
                    assert (await client.get("/v1/sites")).status_code == 200
                assert not waiting.done()
            finally:
                go_on.set()
            assert (await waiting).status_code == 200


async def test_an_editor_by_token(
    kind: str, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings = {"oidc_audience": "icr", "oidc_name_claim": "name"}
    with issuer() as url:
        async with (
            templates.copy(kind, prepare_sourced) as database,
            serving(database, oidc_issuer=url, **settings) as client,
        ):
            lan = token(url, "editor", "icr", "06@2025-06-30")
            for code, status in (("06", 201), ("17", 403)):
                values = {"name": "A", "province_code": code}
                body = said("2020", id=f"ccn-{code}", kind="cluster", values=values)
                response = await client.post("/v1/sites", json=body, headers=lan)
                assert response.status_code == status, response.text
            (statement,) = (await get(client, "/v1/sites/ccn-06/statements"))["items"]
            assert statement["author"] == "Nguyễn Thị Lan"
            auditor = token(url, "auditor")
            assert (await client.get("/v1/audit", headers=auditor)).status_code == 200
            as_problem(await client.get("/v1/keys", headers=auditor), 403)
            for wrong in (token(url, "administrator", "others"), token(f"{url}/", "administrator")):
                as_problem(await client.get("/v1/keys", headers=wrong), 401)


async def test_an_issuer_that_is_down(
    kind: str, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with issuer() as url:
        pass
    async with (
        templates.copy(kind, prepare_sourced) as database,
        serving(database, oidc_issuer=url, oidc_audience="icr") as client,
    ):
        response = await client.get("/v1/keys", headers=token(url, "administrator"))
        as_problem(response, 503)
        assert response.headers["retry-after"] == "30"
        # Keys of the register go on working.
        assert (await client.get("/v1/keys")).status_code == 200
