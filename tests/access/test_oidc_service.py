"""Tokens through the whole service, with an issuer on a port of this machine."""

import asyncio
from threading import Event
from typing import Any

import pytest

from tests.support.http import as_problem, prepare_sourced, said
from tests.support.issuer import issuer, token
from tests.support.registers import Templates, get, serving
from tests.support.serving import application


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
