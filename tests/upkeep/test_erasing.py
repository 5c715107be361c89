"""What is erased is nowhere any more, as known at any revision, and the ledger still verifies."""

import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, inspect, text

from app.access.audit import Actor
from app.access.principals import Principal, PrincipalRole
from app.access.sessions import Terms, TokenHolder, begin_session
from app.database import Database
from app.upkeep.erasing import ERASED
from tests.cli.test_cli import done
from tests.support.http import as_problem
from tests.support.ledgers import first_broken, one, query
from tests.support.operations import IMPORTS, PROPOSALS
from tests.support.registers import (
    Templates,
    bearer,
    beginning_with,
    get,
    make_key,
    opened,
    post,
    prepare_empty,
    serving,
)
from tests.upkeep.test_edits import CHECKS, found_by

PERSON = "Lò Văn Bản"
ERASURES = "/v1/erasures"
FILE = f"TT;Tên CCN;Diện tích (ha);Ghi chú;Hộ {PERSON}\n1;CCN Quảng Chu;74,4;{PERSON};1\n"


@beginning_with(prepare_empty)
async def prepare_personal(database: Database) -> None:
    """Record the name of a person wherever a text can be.

    1 source, 2 organization, 3 correction of it, 4 site, 5 statement, 6 its retraction, 7 site, 8
    its withdrawal, 9 correction of the source.
    """
    contributor = await make_key(
        database, "commune", PrincipalRole.contributor, [("06", "2025-06-30")]
    )
    patch = {"content-type": "application/merge-patch+json", "if-match": "*"}
    async with serving(database.url) as client:
        await post(
            client,
            "/v1/sources",
            {"id": "s", "kind": "report", "title": f"Đơn của {PERSON}", "note": PERSON},
        )
        await post(
            client, "/v1/organizations", {"id": "o", "name": f"Hộ {PERSON}", "aliases": [PERSON]}
        )
        await client.patch(
            f"/v1/organizations/o?reason={PERSON}", json={"name": f"Ông {PERSON}"}, headers=patch
        )
        site: dict[str, Any] = {"kind": "cluster", "source_id": "s", "effective_from": "2020"}
        values = {"name": f"CCN {PERSON}", "province_code": "06"}
        kept = {"Idempotency-Key": "once"}
        body = {**site, "id": "ccn-a", "values": values, "note": PERSON}
        assert (await client.post("/v1/sites", json=body, headers=kept)).status_code == 201
        said = {"source_id": "s", "effective_from": "2021", "values": {"area_ha": 20}}
        await post(client, "/v1/sites/ccn-a/statements", {**said, "locator": f"trang của {PERSON}"})
        await post(client, "/v1/statements/5-1/retraction", {"reason": f"{PERSON} đọc nhầm"})
        values = {"name": "CCN B", "province_code": "06"}
        await post(client, "/v1/sites", {**site, "id": "ccn-b", "values": values})
        await post(client, "/v1/sites/ccn-b/withdrawal", {"reason": f"{PERSON} nói trùng"})
        corrected = await client.patch(
            "/v1/sources/s?reason=x", json={"issuer": PERSON}, headers=patch
        )
        assert corrected.status_code == 200, corrected.text
        sent = await client.post(IMPORTS, files={"file": (f"{PERSON}.csv", FILE.encode())})
        assert sent.status_code == 201
        answers = {"columns": {"C": "planned_area_ha"}}
        kept_layout = await client.patch(sent.headers["location"], json=answers, headers=patch)
        assert kept_layout.status_code == 200, kept_layout.text
        statement = {"subject_type": "site", "subject_id": "ccn-a", **said, "note": PERSON}
        proposed = await client.post(
            PROPOSALS,
            json={"statements": [statement]},
            headers=bearer(contributor.key),
        )
        assert proposed.status_code == 201, proposed.text
    async with database.write() as session:
        of_token = Principal("sub", PERSON, PrincipalRole.reader)
        day = timedelta(days=1)
        holder = TokenHolder(of_token, "https://issuer", datetime.now(UTC) + day)
        await begin_session(session, holder, Terms(day, day), Actor("tests"))


async def where(database: Database, words: str) -> set[str]:
    """Return the tables in which a text stands anywhere, packed texts included."""

    def holds(value: object) -> bool:
        if isinstance(value, bytes):
            with suppress(zlib.error):
                value = zlib.decompress(value)
            return words.encode() in value
        return words in str(value)

    def look(connection: Connection) -> set[str]:
        return {
            name
            for name in inspect(connection).get_table_names()
            for row in connection.execute(text(f"SELECT * FROM {name}"))
            if any(map(holds, row))
        }

    async with database.read() as connection:
        return await connection.run_sync(look)


async def everything(database: Database) -> list[dict[str, Any]]:
    """Return what has to be named so that all of it is erased."""
    draft = await one(database, "SELECT id FROM import_draft")
    proposal = await one(database, "SELECT id FROM proposal")
    return [
        {"type": "source", "id": "s", "members": ["title", "note", "issuer"]},
        {"type": "organization", "id": "o", "members": ["name", "aliases"]},
        {"type": "revision", "id": "3", "members": ["reason"]},
        {"type": "statement", "id": "4-1", "members": ["note", "name"]},
        {"type": "statement", "id": "5-1", "members": ["locator", "retraction_reason"]},
        {"type": "revision", "id": "6", "members": ["reason"]},
        {"type": "site", "id": "ccn-b", "members": ["withdrawal_reason"]},
        {"type": "revision", "id": "8", "members": ["reason"]},
        {"type": "import", "id": draft},
        {"type": "proposal", "id": proposal},
    ]


ERASED_TEXTS = {
    "source/s 1": ["note", "title"],
    "organization/o 2": ["aliases", "name"],
    "organization/o 3": ["aliases", "name"],
    "revision/3 3": ["reason"],
    "statement/4-1 4": ["name", "note"],
    "statement/5-1 5": ["locator"],
    "statement/5-1 6": ["retraction_reason"],
    "revision/6 6": ["reason"],
    "site/ccn-b 8": ["withdrawal_reason"],
    "revision/8 8": ["reason"],
    "source/s 9": ["issuer", "note", "title"],
    "import None": [],
    "proposal None": [],
}
"""What is to be erased, with the revision that recorded it: a correction has all texts."""


def shown_as_erased(answer: httpx.Response) -> dict[str, list[str]]:
    """Return what an answer says was erased, by entry and revision."""
    shown = {}
    for text_of in answer.json()["erased"]:
        what, number = text_of["type"], text_of["revision"]
        key = f"{what}/{text_of['id']}" if number else what
        shown[f"{key} {number}"] = text_of["members"]
    return shown


async def test_what_is_erased_is_nowhere_and_the_register_verifies(
    kind: str, templates: Templates
) -> None:
    async with templates.copy(kind, prepare_personal) as url, opened(url) as database:
        assert await where(database, PERSON) >= {
            *("statement", "site_version", "idempotency_key"),
            *("import_draft", "import_layout", "access_session"),
        }
        digests = await query(database, "SELECT number, digest FROM revision ORDER BY number")
        async with serving(url) as client:
            before = await get(client, "/v1/sites/ccn-a", revision=5)
            assert PERSON in before["name"]
            body = {"reason": "Yêu cầu của đương sự", "erase": await everything(database)}
            tried = await client.post(f"{ERASURES}?dry_run=true", json=body)
            assert tried.status_code == 200, tried.text
            assert shown_as_erased(tried) == ERASED_TEXTS
            assert await get(client, "/v1/sites/ccn-a", revision=5) == before
            answer = await client.post(ERASURES, json=body)
            assert answer.status_code == 201, answer.text
            said = answer.json()
            assert (said["revision"], said["reason"]) == (10, "Yêu cầu của đương sự")
            assert said["erased_revisions"] == [1, 2, 3, 4, 5, 6, 8, 9]
            assert shown_as_erased(answer) == ERASED_TEXTS
            assert answer.headers["location"] == "/v1/revisions/10"
            # As known before, too; and what was kept of it is not given again.
            assert (await get(client, "/v1/sites/ccn-a", revision=5))["name"] == ERASED
            for path in (
                "/v1/changes?after=0",
                "/v1/sites.csv",
                "/v1/statements/5-1",
                "/v1/organizations/o",
                "/v1/revisions",
                "/v1/sites?q=ban",
                "/v1/imports",
                "/v1/proposals",
                "/v1/findings",
            ):
                shown = await client.get(path)
                assert shown.status_code == 200, (path, shown.text)
                assert PERSON not in shown.text, path
            assert (await get(client, "/v1/sites", q="ban"))["items"] == []
        assert await where(database, PERSON) == set()
        kept = await query(database, "SELECT number, digest FROM revision ORDER BY number LIMIT 9")
        assert kept == digests
        assert [await found_by(check, database) for check in CHECKS] == [""] * len(CHECKS)


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_nothing_of_it_stays_in_the_file(kind: str, templates: Templates) -> None:
    async with templates.copy(kind, prepare_personal) as url:
        async with opened(url) as database, serving(url) as client:
            targets = await everything(database)
            assert (await erased(client, *targets)).status_code == 201
        told = await done(url, "verify")
        assert (
            "Erased in revision 10: statement/4-1 (name, note); what else revision 4 holds" in told
        )
        path = Path(url.removeprefix("sqlite+aiosqlite:///"))
        left = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
        assert "Yêu cầu" in left.decode("utf-8", "ignore")
        assert PERSON not in left.decode("utf-8", "ignore")


ONE = {"type": "statement", "id": "4-1", "members": ["note"]}


async def erased(client: httpx.AsyncClient, *targets: dict[str, Any]) -> httpx.Response:
    body = {"reason": "Yêu cầu", "erase": [*targets]}
    return await client.post(ERASURES, json=body)


async def test_what_is_left_can_be_changed_as_little_as_what_was_there(
    kind: str, templates: Templates
) -> None:
    async with templates.copy(kind, prepare_personal) as url, opened(url) as database:
        async with serving(url) as client:
            assert (await erased(client, ONE)).status_code == 201
            again = {"type": "statement", "id": "4-1", "members": ["name"]}
            assert (await erased(client, again)).status_code == 201
        assert await first_broken(database) is None
        # The triggers let nothing through once the erasure is carried out.
        for change in ("content = '{}' WHERE id = '4-1'", "note = 'x' WHERE id = '4-1'"):
            with pytest.raises(Exception, match="append-only"):
                async with database.write() as session:
                    await session.execute(text(f"UPDATE statement SET {change}"))


async def test_a_change_below_an_erasure_is_found(kind: str, templates: Templates) -> None:
    async with templates.copy(kind, prepare_personal) as url, opened(url) as database:
        async with serving(url) as client:
            assert (await erased(client, ONE)).status_code == 201
        # Whoever opens the erasure again may change rows of the revisions that it is of alone.
        async with database.write() as session:
            await session.execute(text("UPDATE revision_counter SET erasing = number"))
        assert await first_broken(database) == 10
        for change in (
            "statement SET locator = 'x' WHERE id = '5-1'",
            "erasure SET members = '[]'",
        ):
            with pytest.raises(Exception, match="append-only"):
                async with database.write() as session:
                    await session.execute(text(f"UPDATE {change}"))
        async with database.write() as session:
            await session.execute(text("UPDATE statement SET locator = 'x' WHERE id = '4-1'"))
            await session.execute(text("UPDATE revision_counter SET erasing = NULL"))
        assert await first_broken(database) == 4


async def test_followers_learn_which_texts_were_erased(kind: str, templates: Templates) -> None:
    async with templates.copy(kind, prepare_personal) as url, opened(url) as database:
        targets = await everything(database)
        async with serving(url) as client:
            assert (await erased(client, *targets)).status_code == 201
            (change,) = (await get(client, "/v1/changes", after=9))["items"]
            assert (change["entries"], change["entries_count"]) == ([], 0)
            by_entry = [(o["type"], o["id"], o["members"], o["revision"]) for o in change["erased"]]
            # What is no part of the ledger was in no change.
            assert len(by_entry) == len(ERASED_TEXTS) - len(["import", "proposal"])
            assert ("statement", "5-1", ["retraction_reason"], 6) in by_entry
            # Whoever follows some subjects learns of it as well, and nobody else.
            of_sites = {"subject_type": "site", "after": 9}
            assert len((await get(client, "/v1/changes", **of_sites))["items"]) == 1
            of_one = await get(client, "/v1/changes", **of_sites, subject_id="ccn-a")
            assert [one["number"] for one in of_one["items"]] == [10]
            await post(client, "/v1/organizations", {"id": "p", "name": "P"})
            other = {"subject_type": "organization", "subject_id": "p"}
            found = await get(client, "/v1/changes", **other)
            assert [(one["number"], one["erased"]) for one in found["items"]] == [(11, [])]
            rows = (await client.get("/v1/changes.csv?after=9&revision=10")).text
            assert "statement/5-1: retraction_reason" in rows
            for path in ("/changes", "/revisions/10"):
                page = await client.get(path)
                assert "withdrawal_reason" in page.text
                assert PERSON not in page.text


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("target", "status", "says"),
    [
        ({**ONE, "id": "9-9"}, 422, "#/erase/0/id"),
        ({**ONE, "members": []}, 422, "#/erase/0/members"),
        ({**ONE, "members": ["area_ha"]}, 422, "#/erase/0/members/0"),
        ({**ONE, "members": ["province_code"]}, 422, "#/erase/0/members/0"),
        ({"type": "revision", "id": "x", "members": ["reason"]}, 422, "#/erase/0/id"),
        ({"type": "import", "id": "x"}, 422, "#/erase/0/id"),
        ({"type": "project", "id": "x", "members": ["withdrawal_reason"]}, 422, "#/erase/0/id"),
        ({**ONE, "members": ["override_reason"]}, 409, "There is nothing to erase"),
    ],
)
async def test_what_cannot_be_erased_is_refused(
    templates: Templates, kind: str, target: dict[str, Any], status: int, says: str
) -> None:
    async with templates.copy(kind, prepare_personal) as url, serving(url) as client:
        refused = await erased(client, target)
        as_problem(refused, status)
        assert says in refused.text
        assert (await get(client, "/v1/revisions"))["items"][0]["number"] == 9


async def test_an_entry_named_twice_loses_all_that_was_named(
    kind: str, templates: Templates
) -> None:
    async with templates.copy(kind, prepare_personal) as url, opened(url) as database:
        twice = [
            {"type": "source", "id": "s", "members": [member]} for member in ("note", "issuer")
        ]
        async with serving(url) as client:
            await post(client, ERASURES, {"reason": "Yêu cầu", "erase": twice})
            source = await get(client, "/v1/sources/s")
        assert PERSON not in f"{source['note']}{source['issuer']}"
        assert [await found_by(check, database) for check in CHECKS] == [""] * len(CHECKS)


async def test_a_note_on_figures_of_a_province_is_erased(kind: str, templates: Templates) -> None:
    """The content of such a statement is a list, and its digest is over the note as well."""
    async with templates.copy(kind, prepare_personal) as url, opened(url) as database:
        figure = {"indicator": "cluster_count", "value": 3}
        said = {"source_id": "s", "effective_from": "2024", "observations": [figure]}
        async with serving(url) as client:
            stated = await post(client, "/v1/provinces/06/statements", {**said, "note": PERSON})
            named = [{"type": "statement", "id": stated["id"], "members": ["note"]}]
            await post(client, ERASURES, {"reason": "Yêu cầu", "erase": named})
            assert (await get(client, f"/v1/statements/{stated['id']}"))["note"] != PERSON
        assert [await found_by(check, database) for check in CHECKS] == [""] * len(CHECKS)


@pytest.mark.parametrize("number", ["006", "9" * 26])
async def test_a_number_that_is_written_otherwise_names_no_revision(
    templates: Templates, number: str
) -> None:
    async with templates.copy("sqlite", prepare_personal) as url, serving(url) as client:
        named = [{"type": "revision", "id": number, "members": ["reason"]}]
        answer = await client.post(ERASURES, json={"reason": "Yêu cầu", "erase": named})
        assert answer.status_code == 422


async def test_with_an_import_goes_what_was_proposed_of_it(kind: str, templates: Templates) -> None:
    async with templates.copy(kind, prepare_personal) as url, opened(url) as database:
        draft = await one(database, "SELECT id FROM import_draft")
        async with database.write() as session:
            await session.execute(text("UPDATE proposal SET import_id = :id"), {"id": draft})
        named = [{"type": "import", "id": draft}] * 2
        async with serving(url) as client:
            await post(client, ERASURES, {"reason": "Yêu cầu", "erase": named})
        assert await query(database, "SELECT id FROM proposal") == []
        about = await query(database, "SELECT about FROM erasure ORDER BY id")
        assert [row.about.partition("/")[0] for row in about] == ["import", "proposal"]
