"""`icr anchor` and `icr verify --anchors`: who changed everything so that it fits is found out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.settings import get_settings
from app.core.signed_notes import Checkpoint, Signer, Verifier, notes_in
from app.database import Database
from app.upkeep.accounting import account
from tests.cli.test_cli import done, icr
from tests.support.forging import forge, forge_audit
from tests.support.ledgers import begin, one, state
from tests.support.registers import get, make_key, serving, writer_on

NAME = "register.example.vn/icr"
SITE = "ccn-quang-chu"
on_sqlite = pytest.mark.parametrize("kind", ["sqlite"])


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Let each test read its own environment."""
    yield
    get_settings.cache_clear()


class Keeper:
    """A register whose anchors somebody else keeps, with the key in a file."""

    def __init__(self, database: Database, folder: Path) -> None:
        """Keep key and anchors in a folder."""
        self.database = database
        self.key, self.anchors = folder / "anchor.key", folder / "anchors.txt"
        self.public = ""

    async def make(self) -> None:
        """Make the key, and something to anchor."""
        told = await done(self.database.url, "anchor", "--new-key", NAME, "--key", str(self.key))
        self.public = told.splitlines()[-1]
        writer = await writer_on(self.database)
        await begin(writer, SITE)
        await state(writer, SITE, "2024", area_ha=74.4)
        await make_key(self.database)

    async def anchor(self, *targets: str) -> str:
        """Anchor the register, into the file where nothing else is named."""
        places = targets or (str(self.anchors),)
        return await done(self.database.url, "anchor", "--key", str(self.key), *places)

    async def go_on(self) -> None:
        """Record something more."""
        await state(await writer_on(self.database), SITE, "2025", area_ha=75)

    async def verified(self, url: str | None = None, place: str | None = None) -> tuple[int, str]:
        """Verify a register by the anchors; return the status and what is said."""
        options = ("--anchors", place or str(self.anchors), "--key", self.public)
        result = await icr(url or self.database.url, "verify", *options)
        return result.exit_code, result.output


@pytest.fixture
async def keeper(database: Database, tmp_path: Path) -> Keeper:
    """Give a register, and somebody who keeps its anchors."""
    found = Keeper(database, tmp_path)
    await found.make()
    return found


async def test_an_anchor_names_the_ends_at_an_instant_and_fits_ever_after(keeper: Keeper) -> None:
    note = await keeper.anchor("-")
    point = Checkpoint.parse(Verifier.parse(keeper.public).opened(note))
    digest = await one(keeper.database, "SELECT digest FROM revision WHERE number = 3")
    link = await one(keeper.database, "SELECT digest FROM audit_link WHERE number = 1")
    ends = (NAME, 3, digest, 1, link)
    assert ends == (
        point.origin,
        point.revision,
        point.digest,
        point.audit_number,
        point.audit_digest,
    )
    await keeper.anchor()
    await keeper.go_on()
    await keeper.anchor()
    status, told = await keeper.verified()
    assert (status, "All 2 anchors fit, up to revision 4." in told) == (0, True)


@on_sqlite
async def test_the_private_key_is_for_its_owner_and_never_replaced(keeper: Keeper) -> None:
    assert keeper.key.stat().st_mode & 0o777 == 0o600
    before = keeper.key.read_text()
    again = await icr(keeper.database.url, "anchor", "--new-key", NAME, "--key", str(keeper.key))
    assert again.exit_code != 0
    assert keeper.key.read_text() == before
    assert str(Signer.parse(before).verifier) == keeper.public


@on_sqlite
async def test_whoever_computes_everything_anew_is_found_out(keeper: Keeper) -> None:
    await keeper.anchor()
    await keeper.go_on()
    await keeper.anchor()
    await forge(keeper.database, "UPDATE statement SET content = replace(content, '74.4', '99.4')")
    assert (await icr(keeper.database.url, "verify")).exit_code == 0, "the forgery is poor"
    status, told = await keeper.verified()
    assert (status, "2 of 2 anchors do not fit" in told) == (1, True)
    assert "revision 3 is another one" in told


@on_sqlite
async def test_a_change_after_an_anchor_is_bounded_by_it(keeper: Keeper) -> None:
    await keeper.anchor()
    await keeper.go_on()
    await keeper.anchor()
    await forge(
        keeper.database, "UPDATE statement SET content = replace(content, '\"75\"', '\"9\"')"
    )
    status, told = await keeper.verified()
    assert (status, "1 of 2 anchors do not fit" in told) == (1, True)
    assert "revision 4 is another one" in told


@on_sqlite
async def test_a_register_that_was_cut_short_is_found_out(
    keeper: Keeper, empty_url: str, tmp_path: Path
) -> None:
    await keeper.anchor()
    earlier = tmp_path / "earlier.sqlite3"
    await done(empty_url, "backup", str(earlier))
    await keeper.go_on()
    assert (await keeper.verified(f"sqlite+aiosqlite:///{earlier}"))[0] == 0
    await keeper.anchor()
    status, told = await keeper.verified(f"sqlite+aiosqlite:///{earlier}")
    assert (status, "the register has no revision 4" in told) == (1, True)


@on_sqlite
async def test_an_audit_log_that_was_written_anew_is_found_out(keeper: Keeper) -> None:
    await keeper.anchor()
    await forge_audit(keeper.database, "UPDATE access_key SET role = 'reader', provinces = '[]'")
    assert (await icr(keeper.database.url, "verify")).exit_code == 0, "the forgery is poor"
    status, told = await keeper.verified()
    assert (status, "link 1 of the audit log is another one" in told) == (1, True)


@on_sqlite
async def test_what_was_appended_past_the_service_is_named(keeper: Keeper) -> None:
    """A link that somebody appended fits chain and anchors; that it has no entry is said."""
    await keeper.anchor()
    async with keeper.database.write() as session:
        await session.execute(
            text(
                "INSERT INTO access_key (id, name, role, provinces, secret_hash, created_at,"
                " created_by, expires_at) SELECT 'forged', name, role, provinces, secret_hash,"
                " created_at, created_by, expires_at FROM access_key"
            )
        )
    assert await account(keeper.database) == ["key/forged"]
    status, told = await keeper.verified()
    assert status == 0
    assert "In no entry of the log, but found there: key/forged." in told


@on_sqlite
async def test_anchors_of_another_key_or_changed_ones_are_none(keeper: Keeper) -> None:
    await keeper.anchor()
    kept = keeper.anchors.read_text(encoding="utf-8")
    for changed, says in (
        (kept.replace("\n3\n", "\n2\n"), "its signature is not of its text"),
        (
            Signer.new(NAME).signed(next(notes_in(kept)).rpartition("\n\n")[0] + "\n"),
            "did not sign it",
        ),
        ("", "none, or not all"),
    ):
        keeper.anchors.write_text(changed, encoding="utf-8")
        status, told = await keeper.verified()
        assert (status, says in told) == (1, True), told
    without = await icr(keeper.database.url, "verify", "--anchors", str(keeper.anchors))
    assert (without.exit_code, "public key" in without.output) == (2, True)


@contextmanager
def taking() -> Iterator[tuple[str, list[bytes]]]:
    """Serve somebody who keeps what is sent by POST, and hands it out again."""
    kept: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(201)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"\n".join(kept))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/anchors", kept
    server.shutdown()
    thread.join()
    server.server_close()


@on_sqlite
async def test_an_anchor_is_sent_to_somebody_who_keeps_it(keeper: Keeper) -> None:
    with taking() as (url, kept):
        await keeper.anchor(url, str(keeper.anchors))
        assert kept == [keeper.anchors.read_bytes()[:-1]]
        assert (await keeper.verified(place=url))[0] == 0
    # Where nobody takes it the others have it, and the command fails.
    key = ("--key", str(keeper.key))
    result = await icr(keeper.database.url, "anchor", *key, url, str(keeper.anchors))
    assert (result.exit_code, "did not take the anchor" in result.stderr) == (1, True)
    assert len(list(notes_in(keeper.anchors.read_text(encoding="utf-8")))) == 2
    refused = await icr(keeper.database.url, "anchor", *key, "http://example.org/anchors")
    assert (refused.exit_code, "begins with https://" in refused.stderr) == (2, True)


async def test_anchors_are_handed_out_to_whoever_reads(keeper: Keeper, empty_url: str) -> None:
    for _ in range(3):
        await keeper.anchor()
    async with serving(empty_url) as client:
        listed = await get(client, "/v1/anchors", limit=2)
        rest = await get(client, "/v1/anchors", limit=2, cursor=listed["next_cursor"])
        public = await client.get("/v1/anchors", headers={"authorization": ""})
    notes = [item["note"] for item in (*listed["items"], *rest["items"])]
    assert sorted(notes) == sorted(notes_in(keeper.anchors.read_text(encoding="utf-8")))
    assert [item["revision"] for item in listed["items"]] == [3, 3]
    assert rest["next_cursor"] is None
    assert public.status_code in {200, 401}


@on_sqlite
async def test_a_key_alone_is_for_the_anchors_of_the_register(keeper: Keeper) -> None:
    url, key = keeper.database.url, ("--key", keeper.public)
    without = await icr(url, "verify", *key)
    assert (without.exit_code, "has no anchors" in without.stderr) == (1, True)
    await keeper.anchor()
    assert "All 1 anchors fit, up to revision 3." in await done(url, "verify", *key)
    other = Signer.new("register.example.vn/icr").verifier
    refused = await icr(url, "verify", "--key", str(other))
    assert (refused.exit_code, "did not sign it with this key" in refused.stderr) == (1, True)


@on_sqlite
async def test_an_empty_setting_names_no_key(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ICR_ANCHOR_KEY", "")
    for key, says in ((), "Name the file of the key"), (("--key", str(tmp_path)), str(tmp_path)):
        result = await icr(keeper.database.url, "anchor", *key)
        assert (result.exit_code, says in result.stderr.replace("\n", "")) == (2, True)
