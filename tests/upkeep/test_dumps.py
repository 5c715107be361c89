"""Dumps: a ledger goes from one database to the other and back, whole or not at all."""

import gzip
import json
import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.digest import GENESIS, canonical_json, content_digest
from app.core.errors import ConflictError
from app.database import Database
from app.upkeep.comparing import compare
from app.upkeep.dumping import dump
from app.upkeep.loading import BadDumpError, load
from tests.support.http import said
from tests.support.ledgers import LEDGER, PROJECTIONS, contents, first_broken, one
from tests.support.operations import (
    BODIES,
    KEYS,
    READS,
    REGISTER_WRITES,
    SOURCE,
    address,
    head_of,
)
from tests.support.registers import (
    Templates,
    beginning_with,
    get,
    known_units,
    opened,
    prepare_empty,
    prepare_seeded,
    serving,
    units_of,
)

# What is on its way is not in the ledger, and keys are nobody's but the register's own.
BESIDE = (KEYS, "/v1/audit", "/v1/imports", "/v1/proposals")
ANSWERS = [path for path in READS if path.startswith("/v1/") and not path.startswith(BESIDE)]
MANY = 120
"""So many statements in one revision that it is digested by their digests."""


@beginning_with(prepare_seeded)
async def prepare_written(database: Database) -> None:
    """Write in every way that there is to a register of the documents."""
    many = [
        said(
            str(1900 + n),
            SOURCE,
            subject_type="site",
            subject_id="kcn-nam-pho",
            values={"area_ha": n},
            override_reason="Để thử",
        )
        for n in range(1, MANY + 1)
    ]
    async with serving(database.url) as client:
        sites = (await get(client, "/v1/sites", limit=1000))["items"]
        for statement in many:
            statement["subject_id"] = sites[-1]["id"]
        answer = await client.post("/v1/statements/bulk", json={"statements": many})
        assert answer.status_code == 201, answer.text
        # What is retracted cannot be replaced any more.
        for method, path in sorted(REGISTER_WRITES, key=lambda one: "replacement" not in one[1]):
            body = BODIES[path]
            for more in ({}, {"override_reason": "Để thử"}):
                answer = await client.request(
                    method, address(path, method), json={**body, **more}, headers=head_of(method)
                )
                if answer.status_code < 300:
                    break


async def written(database: Database, target: Path) -> str:
    """Dump a register; return the end of its ledger."""
    return str(await dump(target, database, await units_of(database), _unseen))


async def read(database: Database, source: Path) -> str:
    """Load a dump; return the end of its ledger."""
    loaded = await load(source, database, await known_units(database), _unseen)
    assert loaded.has_same_units
    return str(loaded.end)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _unseen(_what: str, done: int, total: int) -> None:
    assert 0 <= done <= total


async def answers(url: str) -> dict[str, tuple[int, str | None, bytes]]:
    """Return what a register answers to every read, at several points in time."""
    found = {}
    async with serving(url) as client:
        latest = (await get(client, "/v1/revisions", limit=1))["revision"]
        known = (await get(client, f"/v1/revisions/{latest - 2}"))["recorded_at"]
        times: Sequence[dict[str, Any]] = (
            {},
            {"as_of": "2023-06-30"},
            {"revision": latest // 2},
            {"known_at": known},
            {"as_of": "2024-12-31", "revision": latest - 1},
        )
        for path in ANSWERS:
            for time in times:
                address_ = httpx.URL(address(path)).copy_merge_params(time)
                answer = await client.get(address_)
                tag = answer.headers.get("etag")
                found[str(address_)] = (answer.status_code, tag, answer.content)
    return found


@pytest.mark.databases("postgresql")
async def test_a_ledger_goes_to_the_other_database_and_back(
    templates: Templates, tmp_path: Path
) -> None:
    files = [tmp_path / "first.ndjson", tmp_path / "second.ndjson.gz", tmp_path / "third.ndjson"]
    async with (
        templates.copy("sqlite", prepare_written) as first,
        templates.copy("postgresql", prepare_empty) as second,
        templates.copy("sqlite", prepare_empty) as third,
    ):
        ends = []
        async with opened(first) as database:
            ends.append(await written(database, files[0]))
            kept = await contents(database, (*LEDGER, *PROJECTIONS, "revision_counter"))
        ways = ((second, files[0], files[1]), (third, files[1], files[2]))
        for url, source, target in ways:
            async with opened(url) as database:
                ends.append(await read(database, source))
                ends.append(await written(database, target))
                assert await first_broken(database) is None
                steps = [step async for step in compare(database, await units_of(database))]
                assert steps[-1].difference is None
        async with opened(third) as database:
            assert await contents(database, (*LEDGER, *PROJECTIONS, "revision_counter")) == kept
        assert len(set(ends)) == 1
        plain = files[0].read_bytes()
        assert gzip.decompress(files[1].read_bytes()) == plain == files[2].read_bytes()
        # Every kind of record and of mark is in it.
        counts = json.loads(plain.partition(b"\n")[0])["counts"]
        assert all(counts.values()), counts
        assert b'"digest_format":2' in plain
        for member in (b'"retractions":{"', b'"withdrawals":{"', b'"replaces":"'):
            assert member in plain, member
        expected = await answers(first)
        assert {status for status, _, _ in expected.values()} >= {200, 308, 410}
        assert sum(status == 200 for status, _, _ in expected.values()) > len(expected) / 2
        assert await answers(second) == expected
        assert await answers(third) == expected


@pytest.fixture(scope="module")
async def lines(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give the lines of a dump."""
    target = tmp_path_factory.mktemp("dump") / "ledger.ndjson"
    async with templates.copy("sqlite", prepare_written) as url, opened(url) as database:
        await written(database, target)
    return target.read_text().splitlines(keepends=True)


@pytest.fixture(scope="module")
async def register(templates: Templates, module_kind: str) -> AsyncIterator[Database]:
    """Give a register without revisions, which broken dumps leave as it is."""
    async with templates.copy(module_kind, prepare_empty) as url, opened(url) as database:
        yield database


class Broken:
    """Loads broken dumps, and sees to it that nothing of them stays."""

    def __init__(self, register: Database, folder: Path) -> None:
        self._register = register
        self._file = folder / "broken.ndjson"

    async def line(self, content: str | bytes) -> int:
        """Return the line that is at fault."""
        self._file.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(BadDumpError) as caught:
            await read(self._register, self._file)
        for table in LEDGER:
            assert await one(self._register, f"SELECT count(*) FROM {table}") == 0
        assert await one(self._register, "SELECT number FROM revision_counter") == 0
        self.said = str(caught.value)
        return int(self.said.removeprefix("Line ").partition(":")[0])


@pytest.fixture
def broken(register: Database, tmp_path: Path) -> Broken:
    return Broken(register, tmp_path)


@pytest.mark.databases("sqlite")
async def test_lines_that_are_missing_twice_or_elsewhere_are_named(
    lines: list[str], broken: Broken
) -> None:
    last = len(lines)
    for n in range(1, last):
        without = lines[: n - 1] + lines[n:]
        assert await broken.line("".join(without)) == n
        twice = lines[:n] + lines[n - 1 :]
        assert await broken.line("".join(twice)) == n + 1
        swapped = [*lines[: n - 1], lines[n], lines[n - 1], *lines[n + 1 :]]
        assert await broken.line("".join(swapped)) == n
    assert await broken.line("".join(lines[:-1])) == last
    assert await broken.line("".join([*lines, lines[-1]])) == last + 1
    assert await broken.line("") == 1


@pytest.mark.databases("sqlite")
async def test_a_dump_that_is_cut_off_is_refused_wherever_that_is(
    lines: list[str], broken: Broken
) -> None:
    whole = "".join(lines).encode()
    chosen = random.Random(4)  # noqa: S311  (so that it fails again)
    for length in (len(whole) - 1, *chosen.sample(range(len(whole) - 1), 30)):
        cut = whole[:length]
        assert await broken.line(cut) in {cut.count(b"\n") + 1, cut.count(b"\n") + 2}
    broken._file = broken._file.with_name("broken.ndjson.gz")
    packed = gzip.compress(whole)
    for length in (0, 5, 20, len(packed) // 2, len(packed) - 1):
        assert await broken.line(packed[:length]) >= 1
    assert await broken.line(whole) == 1


@pytest.mark.databases("sqlite")
async def test_a_byte_that_was_changed_is_found_in_its_line(
    lines: list[str], broken: Broken
) -> None:
    whole = "".join(lines).encode()
    chosen = random.Random(5)  # noqa: S311  (so that it fails again)
    first = len(lines[0].encode())
    for place in chosen.sample(range(first, len(whole)), 60):
        other = chosen.choice([b for b in range(256) if b != whole[place]])
        changed = whole[:place] + bytes([other]) + whole[place + 1 :]
        at = whole[:place].count(b"\n") + 1
        assert await broken.line(changed) in {at, at + 1}, (place, other)


Change = Callable[[dict[str, Any]], object]


def rechained(lines: list[str], number: int, change: Change) -> str:
    """Change a revision, and compute all digests anew, as who can write the file can."""
    made, previous = [lines[0]], GENESIS
    for line in lines[1:-1]:
        content = json.loads(line)
        kept = content.pop("digest")
        if content["number"] == number:
            change(content)
        entries = content["entries"]
        if content.get("digest_format") == 2:
            digests = {
                table: {
                    row["id"]: content_digest({n: v for n, v in row.items() if n != "id"})
                    for row in rows
                }
                for table, rows in entries.items()
            }
            content["entries"] = digests
        left = {}
        if content.pop("left_digest", None) is not None:
            # An erased revision keeps its digest, and an erasure has that of what is left.
            left, previous = {"left_digest": content_digest(content)}, kept
        else:
            previous = content_digest({"previous": previous, "revision": content})
        whole = content | {"entries": entries, "digest": previous} | left
        made.append(canonical_json(whole) + "\n")
    last = json.loads(lines[-1]) | {"digest": previous}
    return "".join([*made, canonical_json(last) + "\n"])


def _source(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["entries"]["source"][0]
    return found


def _statement(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["entries"]["statement"][0]
    return found


CRAFTED: Iterable[tuple[int, Change]] = (
    (1, lambda c: c.update(more=1)),
    (1, lambda c: c.pop("reason")),
    (1, lambda c: c.update(author=None)),
    (1, lambda c: c.update(number="1")),
    (1, lambda c: c.update(recorded_at="2024-01-01T00:00:00")),
    (1, lambda c: c.update(recorded_at="2024-01-01T07:00:00.000000+07:00")),
    (1, lambda c: c.update(entries=[])),
    (1, lambda c: c["entries"].update(access_key=[{"id": "a"}])),
    (2, lambda c: c["entries"].update(source=[])),
    (2, lambda c: c.update(retractions={"9999-1": "r"})),
    (2, lambda c: c.update(withdrawals={"site/nothing": "r"})),
    (2, lambda c: c.update(withdrawals={"access_key/a": "r"})),
    (2, lambda c: c.update(retractions={"2-1": None})),
    # Who says that a revision was erased could write anything into it.
    (2, lambda c: c.update(left_digest="", reason="Khác")),
    (1, lambda c: c.update(reason="Khác")),
)
BAD_ROWS: Iterable[tuple[str, Change]] = (
    ("source", lambda row: row.update(kind="poem")),
    ("source", lambda row: row.update(title=1)),
    ("source", lambda row: row.update(revision=7)),
    ("source", lambda row: row.pop("title")),
    ("source", lambda row: row.update(issuer_id="nobody")),
    ("statement", lambda row: row.update(source_id="nothing")),
    ("statement", lambda row: row.update(retracted_in=3)),
    ("statement", lambda row: row.update(position="1")),
    ("statement", lambda row: row.update(position=2**80)),
    ("statement", lambda row: row.update(effective_day="2024-13-01")),
    ("statement", lambda row: row.update(basis="hearsay")),
)


def _holding(lines: list[str], table: str) -> int:
    """Return the first revision that has a row of a table."""
    return next(
        number for number, line in enumerate(lines[1:-1], 1) if table in json.loads(line)["entries"]
    )


async def test_crafted_lines_with_digests_of_their_own_are_named(
    lines: list[str], broken: Broken
) -> None:
    assert rechained(lines, 1, lambda _: None) == "".join(lines)
    for number, change in CRAFTED:
        assert await broken.line(rechained(lines, number, change)) == number + 1, broken.said
    for table, change in BAD_ROWS:
        number = _holding(lines, table)
        changed = rechained(lines, number, lambda c, t=table, f=change: f(c["entries"][t][0]))  # type: ignore[misc]
        assert await broken.line(changed) == number + 1, broken.said
    number = _holding(lines, "source")
    twice = rechained(lines, number, lambda c: c["entries"]["source"].append(_source(c)))
    assert await broken.line(twice) == number + 1, broken.said


@pytest.mark.databases("sqlite")
async def test_the_first_line_is_checked(lines: list[str], broken: Broken) -> None:
    head = json.loads(lines[0])
    for other in (
        {"format": 2},
        {"format": None},
        {"revisions": head["revisions"] + 1},
        {"revisions": -1},
        {"revisions": True},
        {"units": None},
        {"units": {"edition": "1", "digest": ""}},
        {"counts": {**head["counts"], "source": 0}},
        {"counts": None},
        {"more": 1},
    ):
        changed = json.dumps(head | other) + "\n"
        found = await broken.line("".join([changed, *lines[1:]]))
        assert found == (len(lines) if other.get("revisions") == head["revisions"] + 1 else 1)
    assert await broken.line("".join(["[]\n", *lines[1:]])) == 1


async def test_only_a_register_without_revisions_takes_a_dump(
    seeded: Database, tmp_path: Path
) -> None:
    target = tmp_path / "ledger.ndjson"
    await written(seeded, target)
    before = await contents(seeded, LEDGER)
    with pytest.raises(ConflictError, match="5 revisions"):
        await read(seeded, target)
    assert await contents(seeded, LEDGER) == before
    with pytest.raises(ConflictError, match="--force"):
        await written(seeded, target)


@pytest.mark.databases("sqlite")
async def test_other_units_give_another_edition(
    templates: Templates, lines: list[str], tmp_path: Path
) -> None:
    head = json.loads(lines[0])
    head["units"]["digest"] = "0" * 64
    source = tmp_path / "ledger.ndjson"
    source.write_text("".join([json.dumps(head) + "\n", *lines[1:]]))
    async with templates.copy("sqlite", prepare_empty) as url, opened(url) as database:
        edition = await one(database, "SELECT units_edition FROM revision_counter")
        loaded = await load(source, database, await units_of(database), _unseen)
        assert not loaded.has_same_units
        assert await one(database, "SELECT units_edition FROM revision_counter") == edition + 1


@pytest.mark.databases("sqlite")
async def test_a_dump_is_there_when_it_is_whole(seeded: Database, tmp_path: Path) -> None:
    target = tmp_path / "ledger.ndjson.gz"

    def stop(_what: str, done: int, _total: int) -> None:
        assert not target.exists()
        if done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await dump(target, seeded, await units_of(seeded), stop)
    assert files_in(tmp_path) == []
    await written(seeded, target)
    first = target.read_bytes()
    await dump(target, seeded, await units_of(seeded), _unseen, force=True)
    assert target.read_bytes() == first
