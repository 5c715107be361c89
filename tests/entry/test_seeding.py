"""Seed sets: recorded once, through the same services as any other write."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from app.core.errors import NotFoundError
from app.core.vocabulary import SubjectType
from app.database import Database
from app.entry.schemas import Retraction
from app.entry.seeding import Outcome, Result, load_set, read_set, seed_sets
from app.entry.writes import retract, withdraw
from app.ledger.revisions import Writer
from app.subjects.schemas import WithdrawalWrite
from tests.entry.small_set import ORGANIZATIONS, SITES, SMALL, SOURCES, small_set
from tests.support.ledgers import LEDGER, PROJECTIONS, check_sound, contents, one, query
from tests.support.registers import SEEDS, writer_on

EVERYTHING = (*LEDGER, *PROJECTIONS, "revision_counter")


@pytest.fixture
async def writer(database: Database) -> Writer:
    """Give a writer on an empty register."""
    return await writer_on(database, "seeder")


async def load(writer: Writer, seeds: Path, name: str) -> list[Outcome]:
    return [outcome async for outcome in load_set(writer, seeds, name)]


def results(outcomes: list[Outcome]) -> Counter[Result]:
    return Counter(outcome.result for outcome in outcomes)


def entries_in_files(name: str) -> dict[str, int]:
    """Count the entries of a seed set by the headings of its files."""
    headings = {
        "organizations": r"^\[\[organizations\]\]",
        "sources": r"^\[\[sources\]\]",
        "policies": r"^\[\[policies\.statements\]\]",
        "sites": r"^\[\[sites\.statements\]\]",
        "projects": r"^\[\[projects\.statements\]\]",
        "provinces": r"^\[\[provinces\.statements\]\]",
    }
    files = {file: SEEDS / name / f"{file}.toml" for file in headings}
    counts = {
        file: len(re.findall(headings[file], path.read_text(encoding="utf-8"), re.MULTILINE))
        for file, path in files.items()
        if path.exists()
    }
    return {file: count for file, count in counts.items() if count}


async def test_every_document_of_the_seeds_is_one_revision(writer: Writer) -> None:
    outcomes = await load(writer, SEEDS, "documents") + await load(writer, SEEDS, "outside")
    assert [o.detail for o in outcomes if o.result is not Result.recorded] == []
    found = Counter(outcome.entry.file for outcome in outcomes)
    assert found == Counter(entries_in_files("documents")) + Counter(entries_in_files("outside"))
    documents = "SELECT DISTINCT revision, source_id FROM statement ORDER BY revision"
    said = [tuple(row) for row in await query(writer.database, documents)]
    assert said[:5] == [
        (1, "bac-kan-press-2021-06-30"),
        (2, "bac-kan-press-2023-12"),
        (3, "bac-kan-planning-2021-09-27"),
        (4, "hoa-binh-portal-2024-06-24"),
        (5, "bac-kan-press-2025-01"),
    ]
    assert [number for number, _ in said] == list(range(1, len({key for _, key in said}) + 1))
    authors = "SELECT author, count(*) AS revisions FROM revision GROUP BY author"
    assert [tuple(row) for row in await query(writer.database, authors)] == [("seeder", len(said))]
    statements = await one(writer.database, "SELECT count(*) FROM statement")
    stating = ("policies", "sites", "projects", "provinces")
    assert statements == sum(found[file] for file in stating)
    await check_sound(writer)


async def test_loading_again_changes_nothing(seeded: Database) -> None:
    writer = await writer_on(seeded, "another")
    before = await contents(seeded, EVERYTHING)
    outcomes = await load(writer, SEEDS, "documents")
    assert set(results(outcomes)) == {Result.present}
    assert await contents(seeded, EVERYTHING) == before


async def test_what_was_retracted_or_withdrawn_is_not_resurrected(seeded: Database) -> None:
    writer = await writer_on(seeded)
    for subject in ("site", "province"):
        first = "SELECT min(id) FROM statement WHERE subject_type = :subject"
        key = await one(seeded, first, subject=subject)
        await retract(writer, key, Retraction(reason="Nhầm lẫn", override_reason="Bỏ cả"))
    await withdraw(writer, SubjectType.site, "ccn-huyen-tung", WithdrawalWrite(reason="Trùng"))
    before = await contents(seeded, EVERYTHING)
    assert set(results(await load(writer, SEEDS, "documents"))) == {Result.present}
    assert await contents(seeded, EVERYTHING) == before


async def test_neither_are_projects_and_what_was_said_of_documents(
    writer: Writer, tmp_path: Path
) -> None:
    await load(writer, small_set(tmp_path), "small")
    for key in ("source", "project"):
        first = "SELECT min(id) FROM statement WHERE subject_type = :subject"
        statement = await one(writer.database, first, subject=key)
        await retract(writer, statement, Retraction(reason="Nhầm lẫn", override_reason="Bỏ cả"))
    reason = WithdrawalWrite(reason="Trùng")
    await withdraw(writer, SubjectType.project, "du-an-giay-dep", reason)
    before = await contents(writer.database, EVERYTHING)
    assert set(results(await load(writer, tmp_path, "small"))) == {Result.present}
    assert await contents(writer.database, EVERYTHING) == before


async def test_entries_are_recorded_in_the_order_of_the_files(
    writer: Writer, tmp_path: Path
) -> None:
    outcomes = await load(writer, small_set(tmp_path), "small")
    assert [(o.entry.file, o.entry.label, o.result) for o in outcomes] == [
        ("organizations", "onsen-fuji", Result.recorded),
        ("sources", "report-2024", Result.recorded),
        ("policies", "report-2024, statement 1", Result.recorded),
        ("sites", "ccn-quang-chu, statement 1", Result.recorded),
        ("sites", "ccn-quang-chu, statement 2", Result.recorded),
        ("projects", "du-an-giay-dep, statement 1", Result.recorded),
        ("projects", "du-an-giay-dep, statement 2", Result.recorded),
        ("provinces", "06, statement 1", Result.recorded),
    ]
    recorded = "SELECT revision, subject_type, subject_id FROM statement ORDER BY position"
    assert [tuple(row) for row in await query(writer.database, recorded)] == [
        (1, "site", "ccn-quang-chu"),
        (1, "project", "du-an-giay-dep"),
        (1, "source", "report-2024"),
        (1, "site", "ccn-quang-chu"),
        (1, "project", "du-an-giay-dep"),
        (1, "province", "06"),
    ]
    assert set(results(await load(writer, tmp_path, "small"))) == {Result.present}
    await check_sound(writer)


async def test_a_statement_added_to_a_file_is_all_that_is_recorded(
    writer: Writer, tmp_path: Path
) -> None:
    await load(writer, small_set(tmp_path), "small")
    more = (
        SITES
        + """
[[sites.statements]]
source_id = "report-2024"
effective_from = "2025"
values = { area_ha = 75.1 }
"""
    )
    outcomes = await load(writer, small_set(tmp_path, sites=more), "small")
    assert results(outcomes) == {Result.present: 8, Result.recorded: 1}
    assert await one(writer.database, "SELECT count(*) FROM statement") == 7
    await check_sound(writer)


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        ("sources", SOURCES.replace("năm 2024", "năm 2025"), "report-2024"),
        ("organizations", ORGANIZATIONS.replace("Fuji", "Fuji Bắc Kạn"), "onsen-fuji"),
        ("sites", SITES.replace("cluster", "zone"), "ccn-quang-chu"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
async def test_what_conflicts_with_the_register_is_refused_with_the_reason(
    writer: Writer, tmp_path: Path, file: str, content: str, named: str
) -> None:
    await load(writer, small_set(tmp_path), "small")
    before = await contents(writer.database, EVERYTHING)
    outcomes = await load(writer, small_set(tmp_path, **{file: content}), "small")
    refused = [outcome for outcome in outcomes if outcome.result is Result.refused]
    assert {outcome.entry.file for outcome in refused} == {file}
    assert all(named in outcome.detail for outcome in refused)
    assert {o.result for o in outcomes if o not in refused} == {Result.present}
    assert await contents(writer.database, EVERYTHING) == before


@pytest.mark.parametrize(
    ("file", "wrong", "right", "refusal"),
    [
        ("sources", 'kind = "report"', 'kind = "rumour"', "kind"),
        ("sites", "area_ha = 74.4", "area_ha = 0", "area_ha"),
        ("sites", "area_ha = 74.4", "area = 74.4", "area"),
        ("sites", "area_ha = 74.4", 'investor = "nobody"', "'nobody'"),
        ("sites", 'effective_from = "2024"', 'effective_from = "2024-13"', "2024-13"),
        ("policies", '"in_force"', '"forced"', "status"),
        ("policies", '"onsen-fuji"', '"nobody"', "'nobody'"),
        ("policies", 'id = "report-2024"', 'id = "report-2023"', "'report-2023'"),
        ("projects", "design_capacity = 1.5", "design_capacity = 0", "design_capacity"),
        ("projects", "design_capacity = 1.5", 'site = "ccn-nowhere"', "'ccn-nowhere'"),
        ("projects", "design_capacity = 1.5", "area_ha = 1.5", "area_ha"),
        ("provinces", "cluster_count", "cluster_number", "'cluster_number'"),
        ("provinces", 'code = "06"', 'code = "05"', "05"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"])
async def test_an_entry_that_is_wrong_is_refused_and_the_others_are_recorded(
    writer: Writer, tmp_path: Path, file: str, wrong: str, right: str, refusal: str
) -> None:
    assert wrong in SMALL[file]
    # Everything hangs on the only source, so that a second one is the wrong one.
    second = SOURCES.replace("report-2024", "report-2025").replace(wrong, right)
    changed = SOURCES + second if file == "sources" else SMALL[file].replace(wrong, right)
    outcomes = await load(writer, small_set(tmp_path, **{file: changed}), "small")
    (refused,) = [outcome for outcome in outcomes if outcome.result is Result.refused]
    assert refused.entry.file == file
    assert refusal in refused.detail
    recorded = [outcome for outcome in outcomes if outcome.result is Result.recorded]
    assert len(recorded) == len(outcomes) - 1
    await check_sound(writer)


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_statement_of_an_unregistered_source_is_refused(
    writer: Writer, tmp_path: Path
) -> None:
    outcomes = await load(writer, small_set(tmp_path, sources=""), "small")
    assert results(outcomes) == {Result.recorded: 1, Result.refused: 6}
    refused = [outcome.detail for outcome in outcomes if outcome.result is Result.refused]
    assert "'report-2024'" in refused[0]


@pytest.mark.parametrize("name", ["nothing", "units", "", "../documents/"])
def test_an_unknown_set_is_refused_and_the_known_ones_are_named(name: str) -> None:
    with pytest.raises(NotFoundError, match=r"there are: documents, outside\.") as refusal:
        read_set(SEEDS, name)
    assert repr(name) in str(refusal.value)


def test_the_sets_are_the_folders_with_sites(tmp_path: Path) -> None:
    assert seed_sets(SEEDS) == ["documents", "outside"]
    assert seed_sets(small_set(tmp_path)) == ["small"]
    shutil.rmtree(tmp_path / "small")
    with pytest.raises(NotFoundError, match="there are: none"):
        read_set(tmp_path, "small")


def test_a_set_may_lack_files(tmp_path: Path) -> None:
    small_set(tmp_path)
    for missing, left in (("provinces", 7), ("policies", 6), ("projects", 4)):
        (tmp_path / "small" / f"{missing}.toml").unlink()
        assert len(read_set(tmp_path, "small")) == left
