"""What the seed files come to when they are folded into timelines, set by set."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from app.core.vocabulary import AUTHORITY, SiteKind, SourceKind, SubjectType
from app.subjects.attributes import encode
from app.subjects.definitions import DEFINITIONS, Subject
from app.subjects.fold import Assertion, StatePeriod
from app.subjects.state_machine import violations
from app.subjects.timeline import state_on, subject_timeline
from tests.support.seed_files import SETS, all_statements, everything, statements, units

TYPES = {"sites": SubjectType.site, "projects": SubjectType.project}


@cache
def timelines(name: str, *folders: str) -> dict[str, tuple[Subject, list[StatePeriod]]]:
    """Return the timeline of each site or project, as seeding these sets in order gives it."""
    authority = {s["id"]: AUTHORITY[SourceKind(s["kind"])] for s in everything("sources")}
    rules = DEFINITIONS[TYPES[name]]
    told: dict[str, list[Assertion]] = {}
    for position, said in enumerate(statements(name, *folders)):
        told.setdefault(said.subject, []).append(
            Assertion(
                effective_day=said.effective_day,
                authority=authority[said.table["source_id"]],
                revision=SETS.index(said.folder) + 1,
                position=position,
                values=rules.attributes.decode(encode(said.values)),
            )
        )
    kinds = {site["id"]: SiteKind(site["kind"]) for site in everything("sites")}
    subjects = {key: Subject(TYPES[name], key, kinds.get(key)) for key in told}
    return {
        key: (subjects[key], subject_timeline(subjects[key], told[key], units())) for key in told
    }


def states(kind: SiteKind, day: date, *folders: str) -> dict[str, dict[str, Any]]:
    found = {
        site: state_on(timeline, day)
        for site, (subject, timeline) in timelines("sites", *folders).items()
        if subject.kind is kind
    }
    return {site: dict(piece.values) for site, piece in found.items() if piece}


def stages(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {site: str(values["stage"]) for site, values in found.items()}


def known(found: dict[str, dict[str, Any]], attribute: str) -> list[Decimal]:
    return [values[attribute] for values in found.values() if attribute in values]


END_OF_2023 = date(2023, 12, 31)


@pytest.mark.parametrize("folders", [("documents",), SETS])
@pytest.mark.parametrize("name", TYPES)
def test_every_change_goes_the_usual_course(name: str, folders: tuple[str, ...]) -> None:
    for key, (_, timeline) in timelines(name, *folders).items():
        assert violations(timeline, DEFINITIONS[TYPES[name]].state_machine) == [], key
    assert not any("override_reason" in said.table for said in all_statements())


@pytest.mark.parametrize("folders", [("documents",), SETS])
@pytest.mark.parametrize("name", TYPES)
def test_every_version_has_a_name_and_a_province(name: str, folders: tuple[str, ...]) -> None:
    for _, timeline in timelines(name, *folders).values():
        assert all({"name", "province_code"} <= piece.values.keys() for piece in timeline)


def test_three_clusters_in_the_middle_of_2021() -> None:
    assert states(SiteKind.cluster, date(2021, 6, 29), "documents") == {}
    found = states(SiteKind.cluster, date(2021, 6, 30), "documents")
    assert stages(found) == {
        "ccn-huyen-tung": "established",
        "ccn-quang-chu": "established",
        "ccn-cam-giang": "established",
    }
    assert known(found, "area_ha") == []


def test_six_clusters_at_the_end_of_2023() -> None:
    found = states(SiteKind.cluster, END_OF_2023, "documents")
    assert stages(found) == {
        "ccn-huyen-tung": "construction",
        "ccn-quang-chu": "established",
        "ccn-cam-giang": "clearance",
        "ccn-thanh-thinh": "clearance",
        "ccn-vang-muoi": "clearance",
        "ccn-nam-bang-lung": "clearance",
    }
    areas = known(found, "area_ha")
    assert len(areas) == 3
    assert sum(areas) == Decimal("167.4")


def test_three_zones_at_the_end_of_2023() -> None:
    found = states(SiteKind.zone, END_OF_2023, "documents")
    assert stages(found) == {
        "kcn-thanh-binh": "operating",
        "kcn-cho-moi-1": "proposed",
        "kcn-cho-moi-2": "proposed",
    }
    assert sum(known(found, "planned_area_ha")) == Decimal("580.7")
    assert known(found, "area_ha") == []


def test_six_clusters_and_a_withdrawn_one_at_the_end_of_2023_with_the_outside_set() -> None:
    found = states(SiteKind.cluster, END_OF_2023, *SETS)
    assert stages(found) == {
        "ccn-huyen-tung": "construction",
        "ccn-quang-chu": "established",
        "ccn-cam-giang": "clearance",
        "ccn-thanh-thinh": "clearance",
        "ccn-vang-muoi": "clearance",
        "ccn-nam-bang-lung": "clearance",
        "ccn-chu-huong": "closed",
    }
    areas = {site: values["area_ha"] for site, values in found.items()}
    assert areas == {
        "ccn-huyen-tung": 16,
        "ccn-quang-chu": Decimal("74.4"),
        "ccn-cam-giang": 43,
        "ccn-thanh-thinh": 50,
        "ccn-vang-muoi": 15,
        "ccn-nam-bang-lung": 20,
        "ccn-chu-huong": 18,
    }
    open_areas = [area for site, area in areas.items() if site != "ccn-chu-huong"]
    assert sum(open_areas) == Decimal("218.4")


def test_130_ha_in_the_middle_of_2021_with_the_outside_set() -> None:
    """Cẩm Giàng had 40 ha then; 16 and 74.4 ha of the two others are stated later only."""
    found = states(SiteKind.cluster, date(2021, 6, 30), *SETS)
    assert {site: values.get("area_ha") for site, values in found.items()} == {
        "ccn-huyen-tung": None,
        "ccn-quang-chu": None,
        "ccn-cam-giang": 40,
    }


def test_one_is_withdrawn_on_the_day_that_another_is_established_with_the_outside_set() -> None:
    eve, day = date(2022, 11, 3), date(2022, 11, 4)
    before, since = (stages(states(SiteKind.cluster, on, *SETS)) for on in (eve, day))
    assert (before["ccn-chu-huong"], since["ccn-chu-huong"]) == ("established", "closed")
    assert (before["ccn-thanh-thinh"], since["ccn-thanh-thinh"]) == ("planned", "established")


def test_quang_chu_is_under_construction_since_the_end_of_2024_with_the_outside_set() -> None:
    eve, day = date(2024, 11, 30), date(2024, 12, 1)
    assert states(SiteKind.cluster, eve, *SETS)["ccn-quang-chu"]["stage"] == "established"
    assert states(SiteKind.cluster, day, *SETS)["ccn-quang-chu"]["stage"] == "construction"


@pytest.mark.parametrize("folders", [("documents",), SETS])
@pytest.mark.parametrize("kind", SiteKind)
def test_all_sites_move_to_thai_nguyen(kind: SiteKind, folders: tuple[str, ...]) -> None:
    before = states(kind, date(2025, 6, 30), *folders)
    since = states(kind, date(2025, 7, 1), *folders)
    assert {values["province_code"] for values in before.values()} == {"06"}
    assert {values["province_code"] for values in since.values()} == {"19"}
    assert before.keys() == since.keys()
    assert known(since, "district_code") == []


def test_communes_since_the_reform_with_the_outside_set() -> None:
    found = {
        site: values.get("commune_code")
        for kind in SiteKind
        for site, values in states(kind, date(2025, 7, 1), *SETS).items()
    }
    assert found == {
        "kcn-thanh-binh": None,
        "kcn-cho-moi-1": "02086",
        "kcn-cho-moi-2": "02107",
        "ccn-huyen-tung": "01840",
        "ccn-quang-chu": "02086",
        "ccn-cam-giang": "02008",
        "ccn-thanh-thinh": "02107",
        "ccn-vang-muoi": "02176",
        "ccn-nam-bang-lung": "02020",
        "ccn-chu-huong": "01921",
        "lang-nghe-mien-dong-con-minh": "02185",
    }


def test_the_craft_village_of_2024() -> None:
    assert states(SiteKind.craft_village, date(2023, 12, 31), "documents") == {}
    (found,) = states(SiteKind.craft_village, date(2024, 1, 1), "documents").values()
    assert found["craft"] == "miến dong"
    assert (found["district_code"], found["commune_code"]) == ("066", "02173")
    assert "households" not in found


def projects(day: date, status: str) -> dict[str, str]:
    """Return the projects of which a status is known on a day."""
    found = {key: state_on(timeline, day) for key, (_, timeline) in timelines("projects").items()}
    return {
        key: str(piece.values[status])
        for key, piece in found.items()
        if piece and status in piece.values
    }


def test_projects_of_2021() -> None:
    day = date(2021, 6, 30)
    assert projects(date(2021, 6, 29), "name") == {}
    assert projects(day, "licence_status") == dict.fromkeys(
        (
            "du-an-go-sahabak",
            "du-an-van-dam-tan-dung",
            "du-an-gang-thep-kim-son",
            "du-an-nung-tuyen-quang-sat",
            "du-an-o-to-tracimexco",
        ),
        "revoked",
    )
    assert projects(day, "operation_status") == dict.fromkeys(
        ("du-an-luyen-gang-bac-kan", "du-an-luyen-kim-phi-coc", "du-an-canxi-cacbonat"), "idle"
    )
    assert projects(day, "site") == {}


def test_projects_since_the_reform() -> None:
    day = date(2025, 7, 1)
    assert set(projects(day, "province_code").values()) == {"19"}
    assert len(projects(day, "province_code")) == 13
    assert projects(day, "site") == {"du-an-giay-dep-huyen-tung": "ccn-huyen-tung"}
    trials = {key for key, word in projects(day, "operation_status").items() if word == "trial"}
    assert trials == {"du-an-xi-giau-mangan", "du-an-gang", "du-an-kem-sunfat"}
