"""`icr keys`: what it prints, and that what it makes opens the service."""

import re
from collections.abc import Iterator

import pytest

from app.core.settings import get_settings
from tests.cli.test_cli import done, icr
from tests.support.http import as_problem, said
from tests.support.registers import bearer, get, serving

KEY = re.compile(r"^  KEY=(icr_[a-z0-9]{10}_[A-Za-z0-9]{48})$", re.MULTILINE)
CURL = re.compile(r'^  curl -s -H "Authorization: Bearer \$KEY" (http\S+)$', re.MULTILINE)


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Leave no settings of a test to the next."""
    yield
    get_settings.cache_clear()


def key_in(printed: str) -> str:
    found = KEY.findall(printed)
    assert len(found) == 1, printed
    return str(found[0])


async def test_the_first_key_is_made_once(empty_url: str) -> None:
    first = ("keys", "create", "administrator", "--role", "administrator", "--if-none")
    told = await done(empty_url, *first, "--address", "http://127.0.0.1:9000")
    key = key_in(told)
    assert CURL.findall(told) == ["http://127.0.0.1:9000/v1/keys"]
    assert await done(empty_url, *first) == ""
    async with serving(empty_url) as client:
        response = await client.get("/v1/keys", headers=bearer(key))
        assert [item["name"] for item in response.json()["items"]].count("administrator") == 1
        log = (await get(client, "/v1/audit", action="key_created"))["items"]
        assert [entry["principal"] for entry in log] == ["tests", "icr keys"]


async def test_an_editor_is_given_provinces(empty_url: str) -> None:
    provinces = ("--province", "06@2025-06-30", "--province", "25")
    told = await done(empty_url, "keys", "create", "Lan", "--role", "editor", *provinces)
    credentials = bearer(key_in(told))
    async with serving(empty_url) as client:
        await client.post("/v1/sources", json={"id": "article", "kind": "article", "title": "A"})
        for code, status in (("06", 201), ("17", 201), ("26", 201), ("10", 403)):
            values = {"name": f"A {code}", "province_code": code}
            body = said("2020", id=f"ccn-{code}", kind="cluster", values=values)
            response = await client.post("/v1/sites", json=body, headers=credentials)
            assert response.status_code == status, response.text
    # Hòa Bình (17) and Vĩnh Phúc (26) are what Phú Thọ of today was; Lào Cai (10) never was.
    listed = await done(empty_url, "keys", "list")
    (line,) = [line for line in listed.splitlines() if " Lan " in line]
    assert "06@2025-06-30, 25@" in line


async def test_a_key_is_revoked(empty_url: str) -> None:
    key = key_in(await done(empty_url, "keys", "create", "Lan", "--role", "auditor"))
    key_id = key.split("_")[1]
    told = await done(empty_url, "keys", "revoke", key_id, "--reason", "Nghỉ việc")
    assert told == f"Key {key_id} of Lan is revoked.\n"
    assert re.search(rf"{key_id} .* revoked 2\d\d\d-", await done(empty_url, "keys", "list"))
    again = await icr(empty_url, "keys", "revoke", key_id)
    assert (again.exit_code, "revoked already" in again.stderr) == (1, True)
    async with serving(empty_url) as client:
        as_problem(await client.get("/v1/audit", headers=bearer(key)), 401)
        (entry,) = (await get(client, "/v1/audit", action="key_revoked"))["items"]
        assert entry["detail"] == f"Key {key_id} of Lan, auditor: Nghỉ việc"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--role", "editor"), "an editor or a contributor needs provinces"),
        (("--role", "reader", "--province", "25"), "no other role has any"),
        (("--role", "editor", "--province", "06"), "ended on 2025-07-01"),
        (("--role", "editor", "--province", "06@soon"), "06@2025-06-30"),
        (("--role", "reader", "--days", "4000"), "within 1830 days"),
        (("--role", "owner"), "owner"),
        (("--role", "reader", "--days", "0"), "days"),
    ],
)
async def test_keys_that_are_not_made(
    empty_url: str, arguments: tuple[str, ...], told: str
) -> None:
    result = await icr(empty_url, "keys", "create", "Lan", *arguments)
    assert result.exit_code in {1, 2}
    assert told in result.stderr
    assert "icr_" not in result.output
