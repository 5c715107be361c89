"""Search by the index of words finds what a look at every name would find, at any point in time."""

from dataclasses import dataclass, field
from random import Random

import httpx
import pytest

from app.core.vocabulary import SubjectType
from app.database import Database
from app.entry import writes
from app.entry.schemas import BODIES, Retraction
from app.ledger.revisions import Writer
from app.subjects import searching
from app.subjects.histories import SITE_HISTORY
from app.subjects.searching import candidates
from app.subjects.suggesting import corrected, slips
from tests.support.http import ids
from tests.support.ledgers import SOURCE, begin, rebuild_all, register, state
from tests.support.registers import get, serving, writer_on

FOLDED = {
    "Quảng": "quang",
    "Quang": "quang",
    "Quế": "que",
    "Đồng": "dong",
    "Động": "dong",
    "Phú": "phu",
    "Phúc": "phuc",
    "Ân": "an",
    "2": "2",
    "Ñandú": "nandu",
    "工業": "工業",
}
DAYS = ("2020-01-01", "2021-06-30", "2022-02-01", "2023-01-01")
READ_ON = ("2020-05-01", "2021-12-31", "2022-06-01", "2024-01-01")


@dataclass
class Stated:
    """A statement of a name: the words it is found by, and the revisions that know it."""

    day: str
    words: set[str]
    revision: int
    retracted_in: int | None = None


@dataclass
class Site:
    """A site and all that was said of its name."""

    id: str
    stated: list[Stated] = field(default_factory=list)

    def words(self, day: str, revision: int) -> set[str]:
        """Return the words that it is found by on a day, as known at a revision."""
        live = [
            one
            for one in self.stated
            if one.day <= day
            and one.revision <= revision
            and (one.retracted_in is None or one.retracted_in > revision)
        ]
        if not live:
            return set()
        # The later day, then the later revision.
        return max(live, key=lambda one: (one.day, one.revision)).words | {*self.id.split("-")}


class Names:
    """Sites that are named and renamed at random, and searches among them."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.random = Random(20_261_203)  # noqa: S311  (a walk that can be repeated)
        self.sites = [Site(f"s-{number}") for number in range(1, 9)]
        self.revision = 0

    async def begin(self) -> None:
        await begin(self.writer)
        for site in self.sites:
            answer = await register(self.writer, site.id)
            ours = {"ccn", "cum", "cong", "nghiep", *site.id.split("-")}
            site.stated.append(Stated("2020-01-01", ours, answer.revision))

    async def rename(self) -> None:
        site = self.random.choice(self.sites)
        names = self.random.sample(list(FOLDED), self.random.randint(1, 3))
        day = self.random.choice(DAYS)
        body = {
            "source_id": SOURCE,
            "effective_from": day,
            "values": {"name": " ".join(names)},
            "override_reason": "Trùng tên",
        }
        write = BODIES[SubjectType.site].write.model_validate(body)
        answer = await writes.state(self.writer, SubjectType.site, site.id, write)
        words = {FOLDED[name] for name in names}
        site.stated.append(Stated(day, words, answer.revision))
        self.revision = answer.revision
        if self.random.random() < 0.3:
            reason = Retraction(reason="Đọc nhầm", override_reason="Trùng tên")
            retracted = await writes.retract(self.writer, answer.id, reason)
            assert retracted.retraction is not None
            self.revision = site.stated[-1].retracted_in = retracted.retraction.revision

    def query(self) -> list[str]:
        """Return words of names, or beginnings of such words, as somebody types them."""
        known = [*FOLDED, "ccn", "S", "1", "5", "none"]
        words = self.random.sample(known, self.random.choice((1, 1, 2, 3)))
        return [word[: self.random.randint(1, 4)] for word in words]

    def found(self, query: list[str], day: str, revision: int) -> list[str]:
        """Look at every name: each word must be the beginning of one of its words."""
        sought = [FOLDED.get(word, "") or _plain(word) for word in query]
        return [
            site.id
            for site in self.sites
            if all(
                any(word.startswith(one) for word in site.words(day, revision)) for one in sought
            )
        ]


def _plain(beginning: str) -> str:
    """Fold the beginning of a word, by that of the words it may begin."""
    whole = next((word for word in FOLDED if word.startswith(beginning)), None)
    return FOLDED[whole][: len(beginning)] if whole else beginning.lower()


@pytest.fixture
async def names(database: Database) -> Names:
    """Give eight sites that were renamed forty times."""
    names = Names(await writer_on(database))
    await names.begin()
    for _ in range(40):
        await names.rename()
    return names


async def check(names: Names, client: httpx.AsyncClient, searches: int) -> None:
    """Search at random days and revisions."""
    hits = 0
    for _ in range(searches):
        query, day = names.query(), names.random.choice(READ_ON)
        revision = names.random.randint(len(names.sites) + 1, names.revision)
        expected = names.found(query, day, revision)
        asked = {"q": " ".join(query), "as_of": day, "revision": revision}
        page = await get(client, "/v1/sites", **asked, sort="id", count="exact")
        assert (ids(page), page["count"]) == (expected, len(expected)), asked
        hits += bool(expected)
    assert searches / 5 < hits < searches


@pytest.mark.parametrize(
    ("most", "counted"),
    [(1000, (1000, 30_000)), (3, (3, 30_000)), (3, (3, 5)), (0, (0, 0))],
    ids=["few", "many candidates", "many entries", "never"],
)
async def test_the_index_finds_what_a_look_at_every_name_finds(
    names: Names, monkeypatch: pytest.MonkeyPatch, most: int, counted: tuple[int, ...]
) -> None:
    monkeypatch.setattr(searching, "MOST", most)
    monkeypatch.setattr(searching, "_COUNTED", counted)
    async with serving(names.writer.database.url) as client:
        await check(names, client, 40)
    await rebuild_all(names.writer)
    async with serving(names.writer.database.url) as client:
        await check(names, client, 10)


async def test_candidates_ever_had_all_words(database: Database) -> None:
    writer = await writer_on(database)
    await begin(writer, "ccn-a", "ccn-b", "ccn-c")
    await state(writer, "ccn-a", "2021", name="CCN Quảng Chu")
    await state(writer, "ccn-a", "2022", name="CCN Chợ Mới")
    await state(writer, "ccn-b", "2022", name="CCN Quang Minh")
    async with writer.database.read() as connection:

        async def found(*words: str) -> list[str] | None:
            keys = await candidates(connection, SITE_HISTORY, words)
            return None if keys is None else sorted(keys)

        assert await found("qua") == ["ccn-a", "ccn-b"]
        # It had both, if never at once.
        assert await found("moi", "qu") == ["ccn-a"]
        assert await found("ccn", "cum") == ["ccn-a", "ccn-b", "ccn-c"]
        assert await found("uang") == []
        # Words beyond the longest four are left to the query of states.
        assert await found("quang", "minh", "nghiep", "cong", "x") == ["ccn-b"]


async def test_what_too_many_have_is_no_candidate(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = await writer_on(database)
    await begin(writer, "ccn-a", "ccn-b", "ccn-c")
    monkeypatch.setattr(searching, "MOST", 2)
    monkeypatch.setattr(searching, "_COUNTED", (2,))
    async with writer.database.read() as connection:
        assert await candidates(connection, SITE_HISTORY, ["ccn"]) is None
        assert await candidates(connection, SITE_HISTORY, ["ccn", "cum"]) is None
        assert await candidates(connection, SITE_HISTORY, ["ccn", "b"]) == ["ccn-b"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("qung", "quang"),
        ("quaang", "quang"),
        ("quamg", "quang"),
        ("qaung", "quang"),
        ("chu", "tru"),
        ("nghanh", "nganh"),
        ("gioc", "doc"),
    ],
)
def test_a_slip_is_one_letter_or_a_sound(typed: str, meant: str) -> None:
    assert meant in slips(typed)
    assert typed not in slips(typed)


async def test_words_that_no_name_has_are_corrected(database: Database) -> None:
    writer = await writer_on(database)
    await begin(writer, "ccn-a", "ccn-b", "ccn-c")
    await state(writer, "ccn-a", "2021", name="CCN Quảng Chu")
    await state(writer, "ccn-b", "2021", name="CCN Phú Lộc")
    await state(writer, "ccn-c", "2021", name="CCN Phía Bắc Sông Hồng")
    async with writer.database.read() as connection:

        async def meant(q: str) -> list[str]:
            return await corrected(connection, SITE_HISTORY, q)

        assert await meant("Quảng Chy") == ["quang chu"]
        assert await meant("qunag chy") == ["quang chu"]
        # Both are words of names, of no one name.
        assert await meant("quang phu") == ["quang chu"]
        assert await meant("quang xyzxyz") == []
        assert await meant("q") == []
        assert await meant("phua bac song hong") == ["phia bac song hong"]
        assert await meant("ccn phua bac song hong") == []
