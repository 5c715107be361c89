"""Administrative units: codes and what became of them, over the reform of 2025-07-01."""

import csv
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from app.units.units import Place, Succession, Unit, UnitLevel, Units
from tests.support.timelines import EVE, REFORM, before, since, went

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "units"
PROVINCE, DISTRICT, COMMUNE = UnitLevel.province, UnitLevel.district, UnitLevel.commune
LATER = date(2027, 1, 1)

BAC_KAN = before(PROVINCE, "06", "Bắc Kạn")
OLD_THAI_NGUYEN = before(PROVINCE, "19", "Thái Nguyên")
THAI_NGUYEN = since(PROVINCE, "19", "Thái Nguyên")
BA_BE = before(DISTRICT, "061", "Ba Bể", "06")
CHO_MOI_DISTRICT = before(DISTRICT, "065", "Chợ Mới", "06")
DONG_HY = before(DISTRICT, "169", "Đồng Hỷ", "19")
CHU_HUONG = before(COMMUNE, "01921", "Chu Hương", "061")
QUANG_CHU = before(COMMUNE, "02131", "Quảng Chu", "065")
NONG_HA = before(COMMUNE, "02107", "Nông Hạ", "065")
OLD_THANH_THINH = before(COMMUNE, "02113", "Thanh Thịnh", "065")
DIVIDED = before(COMMUNE, "02140", "Divided", "065")
ENDED = before(COMMUNE, "02150", "Ended", "065")
HALF_KNOWN = before(COMMUNE, "02160", "Half known", "065")
THUONG_MINH = since(COMMUNE, "01921", "Thượng Minh", "19")
CHO_MOI = since(COMMUNE, "02086", "Chợ Mới", "19", until=LATER)
THANH_THINH = since(COMMUNE, "02107", "Thanh Thịnh", "19")
CHO_MOI_TOWN = Unit(COMMUNE, "02087", "Chợ Mới", "ward", "19", LATER, None)
ALL = (
    THAI_NGUYEN, OLD_THAI_NGUYEN, BAC_KAN, BA_BE, CHO_MOI_DISTRICT, DONG_HY, CHU_HUONG, QUANG_CHU,
    NONG_HA, OLD_THANH_THINH, DIVIDED, ENDED, HALF_KNOWN, THUONG_MINH, CHO_MOI_TOWN, CHO_MOI,
    THANH_THINH,
)  # fmt: skip
LINKS = (
    went(PROVINCE, "06", "19"),
    went(PROVINCE, "19", "19"),
    went(COMMUNE, "01921", "01921"),
    went(COMMUNE, "02131", "02086"),
    went(COMMUNE, "02107", "02107"),
    went(COMMUNE, "02113", "02107"),
    went(COMMUNE, "02140", "02086", "part"),
    went(COMMUNE, "02140", "02107", "part"),
    went(COMMUNE, "02160", "01921", "part"),
    went(COMMUNE, "02086", "02087", on=LATER),
)
UNITS = Units(ALL, LINKS)


@pytest.mark.parametrize(
    ("level", "code", "day", "expected"),
    [
        (PROVINCE, "19", date(2021, 6, 30), OLD_THAI_NGUYEN),
        (PROVINCE, "19", EVE, OLD_THAI_NGUYEN),
        (PROVINCE, "19", REFORM, THAI_NGUYEN),
        (PROVINCE, "06", EVE, BAC_KAN),
        (PROVINCE, "06", REFORM, None),
        (DISTRICT, "065", EVE, CHO_MOI_DISTRICT),
        (DISTRICT, "065", REFORM, None),
        (COMMUNE, "01921", EVE, CHU_HUONG),
        (COMMUNE, "01921", REFORM, THUONG_MINH),
        (COMMUNE, "02086", EVE, None),
        (COMMUNE, "02086", date(2026, 12, 31), CHO_MOI),
        (COMMUNE, "02086", LATER, None),
        (COMMUNE, "19", EVE, None),
        (PROVINCE, "99", EVE, None),
    ],
)
def test_a_code_names_a_unit_only_together_with_a_day(
    level: UnitLevel, code: str, day: date, expected: Unit | None
) -> None:
    assert UNITS.at(level, code, day) == expected


def test_a_unit_without_a_bound_has_always_existed_or_goes_on() -> None:
    assert BAC_KAN.exists_on(date.min)
    assert THAI_NGUYEN.exists_on(date(2199, 12, 31))


def test_the_eras_of_a_code_come_oldest_first() -> None:
    assert UNITS.eras(PROVINCE, "19") == [OLD_THAI_NGUYEN, THAI_NGUYEN]
    assert UNITS.eras(PROVINCE, "99") == []


def test_the_units_of_a_day_come_by_code() -> None:
    assert UNITS.all_at(PROVINCE, EVE) == [BAC_KAN, OLD_THAI_NGUYEN]
    assert UNITS.all_at(PROVINCE, REFORM) == [THAI_NGUYEN]
    assert UNITS.all_at(DISTRICT, REFORM) == []


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (BAC_KAN, [THAI_NGUYEN]),
        (OLD_THAI_NGUYEN, [THAI_NGUYEN]),
        (THAI_NGUYEN, []),
        (BA_BE, []),
        (CHU_HUONG, [THUONG_MINH]),
        (DIVIDED, [CHO_MOI, THANH_THINH]),
        (ENDED, []),
        (CHO_MOI, [CHO_MOI_TOWN]),
    ],
)
def test_successors(unit: Unit, expected: list[Unit]) -> None:
    assert UNITS.successors(unit) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (THAI_NGUYEN, [BAC_KAN, OLD_THAI_NGUYEN]),
        (OLD_THAI_NGUYEN, []),
        (BAC_KAN, []),
        (THANH_THINH, [NONG_HA, OLD_THANH_THINH, DIVIDED]),
        (CHO_MOI_TOWN, [CHO_MOI]),
    ],
)
def test_predecessors(unit: Unit, expected: list[Unit]) -> None:
    assert UNITS.predecessors(unit) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (QUANG_CHU, [QUANG_CHU, CHO_MOI_DISTRICT, BAC_KAN]),
        (CHU_HUONG, [CHU_HUONG, BA_BE, BAC_KAN]),
        (THUONG_MINH, [THUONG_MINH, THAI_NGUYEN]),
        (CHO_MOI_TOWN, [CHO_MOI_TOWN, THAI_NGUYEN]),
        (DONG_HY, [DONG_HY, OLD_THAI_NGUYEN]),
        (BAC_KAN, [BAC_KAN]),
    ],
)
def test_a_unit_lies_in_the_units_of_its_own_time(unit: Unit, expected: list[Unit]) -> None:
    assert list(UNITS.lineage(unit)) == expected


@pytest.mark.parametrize(
    ("unit", "day", "expected"),
    [
        (BAC_KAN, EVE, BAC_KAN),
        (BAC_KAN, REFORM, THAI_NGUYEN),
        (OLD_THAI_NGUYEN, REFORM, THAI_NGUYEN),
        (QUANG_CHU, EVE, QUANG_CHU),
        (QUANG_CHU, REFORM, CHO_MOI),
        (QUANG_CHU, date(2026, 12, 31), CHO_MOI),
        (QUANG_CHU, LATER, CHO_MOI_TOWN),
        (CHU_HUONG, REFORM, THUONG_MINH),
        (THUONG_MINH, LATER, THUONG_MINH),
        (CHO_MOI_DISTRICT, EVE, CHO_MOI_DISTRICT),
        (CHO_MOI_DISTRICT, REFORM, None),
        (DIVIDED, EVE, DIVIDED),
        (DIVIDED, REFORM, None),
        (DIVIDED, LATER, None),
        (ENDED, REFORM, None),
    ],
)
def test_a_unit_is_followed_to_the_one_it_went_into(
    unit: Unit, day: date, expected: Unit | None
) -> None:
    assert UNITS.follow(unit, day) == expected


def test_a_part_is_not_followed_even_where_the_other_parts_are_not_known() -> None:
    assert UNITS.follow(HALF_KNOWN, REFORM) is None
    assert HALF_KNOWN not in UNITS.members_on(THUONG_MINH, EVE)


@pytest.mark.parametrize(
    ("unit", "day", "expected"),
    [
        (THAI_NGUYEN, EVE, [BAC_KAN, OLD_THAI_NGUYEN]),
        (THAI_NGUYEN, date(2021, 6, 30), [BAC_KAN, OLD_THAI_NGUYEN]),
        (THAI_NGUYEN, REFORM, [THAI_NGUYEN]),
        (OLD_THAI_NGUYEN, EVE, [OLD_THAI_NGUYEN]),
        (OLD_THAI_NGUYEN, REFORM, []),
        (BAC_KAN, REFORM, []),
        (THANH_THINH, EVE, [NONG_HA, OLD_THANH_THINH]),
        (CHO_MOI_TOWN, LATER, [CHO_MOI_TOWN]),
        (CHO_MOI_TOWN, REFORM, [CHO_MOI]),
        (CHO_MOI_TOWN, EVE, [QUANG_CHU]),
    ],
)
def test_members_are_the_units_of_a_day_that_lie_wholly_inside(
    unit: Unit, day: date, expected: list[Unit]
) -> None:
    assert UNITS.members_on(unit, day) == expected


@pytest.mark.parametrize(
    ("stated", "day", "expected"),
    [
        ([QUANG_CHU], EVE, Place("06", "065", "02131")),
        ([QUANG_CHU], REFORM, Place("19", None, "02086")),
        ([QUANG_CHU], LATER, Place("19", None, "02087")),
        ([CHU_HUONG], EVE, Place("06", "061", "01921")),
        ([CHU_HUONG], REFORM, Place("19", None, "01921")),
        ([CHO_MOI_DISTRICT], EVE, Place("06", "065", None)),
        ([CHO_MOI_DISTRICT], REFORM, Place("19", None, None)),
        ([BAC_KAN], EVE, Place("06", None, None)),
        ([BAC_KAN], REFORM, Place("19", None, None)),
        ([DIVIDED], EVE, Place("06", "065", "02140")),
        ([DIVIDED], REFORM, Place("19", None, None)),
        ([ENDED], REFORM, Place("19", None, None)),
        ([HALF_KNOWN], REFORM, Place("19", None, None)),
        ([THUONG_MINH], REFORM, Place("19", None, "01921")),
        ([BAC_KAN, CHO_MOI_DISTRICT, QUANG_CHU], EVE, Place("06", "065", "02131")),
        ([BAC_KAN, CHO_MOI_DISTRICT, QUANG_CHU], REFORM, Place("19", None, "02086")),
        ([BAC_KAN, CHO_MOI_DISTRICT], REFORM, Place("19", None, None)),
        ([BAC_KAN, THUONG_MINH], REFORM, Place("19", None, "01921")),
        ([], EVE, Place(None, None, None)),
    ],
)
def test_a_place_is_told_in_the_units_of_the_day(
    stated: list[Unit], day: date, expected: Place
) -> None:
    assert UNITS.place_on(day, stated) == expected
    assert UNITS.place_on(day, reversed(stated)) == expected


def test_the_first_unit_decides_where_a_place_is() -> None:
    assert UNITS.place_on(EVE, [QUANG_CHU, OLD_THAI_NGUYEN]) == Place("06", "065", "02131")
    assert UNITS.place_on(EVE, [OLD_THAI_NGUYEN, QUANG_CHU]) == Place("19", None, None)
    assert UNITS.place_on(EVE, [DONG_HY, BAC_KAN]) == Place("19", "169", None)


# The real units


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def unit_of(row: dict[str, str]) -> Unit:
    return Unit(
        UnitLevel(row["level"]),
        row["code"],
        row["name"],
        row["type"],
        row["parent_code"] or None,
        day_of(row["valid_from"]),
        day_of(row["valid_to"]),
    )


@cache
def links() -> list[Succession]:
    return [
        Succession(
            UnitLevel(row["level"]),
            row["from_code"],
            row["to_code"],
            date.fromisoformat(row["effective_on"]),
            row["extent"],
        )
        for row in rows("admin-successions.csv")
    ]


@cache
def real_units() -> Units:
    return Units(map(unit_of, rows("admin-units.csv")), links())


def test_the_reform_left_34_provinces_of_63_and_no_district() -> None:
    counts = {
        (level, day): len(real_units().all_at(level, day))
        for level in UnitLevel
        for day in (EVE, REFORM)
    }
    assert counts == {
        (PROVINCE, EVE): 63,
        (PROVINCE, REFORM): 34,
        (DISTRICT, EVE): 696,
        (DISTRICT, REFORM): 0,
        (COMMUNE, EVE): 10_035,
        (COMMUNE, REFORM): 3_321,
    }


def test_every_province_went_into_exactly_one_as_a_whole() -> None:
    whole = Counter(
        link.from_code for link in links() if link.level is PROVINCE and link.extent == "whole"
    )
    assert whole == Counter(unit.code for unit in real_units().all_at(PROVINCE, EVE))
    assert all(link.extent == "whole" for link in links() if link.level is PROVINCE)
    assert all(len(real_units().successors(u)) == 1 for u in real_units().all_at(PROVINCE, EVE))


def test_every_unit_of_a_day_lies_in_a_province() -> None:
    for day in (EVE, REFORM):
        for level in (DISTRICT, COMMUNE):
            for unit in real_units().all_at(level, day):
                *_, highest = real_units().lineage(unit)
                assert highest.level is PROVINCE, unit


def test_every_commune_stays_in_the_territory_of_its_province() -> None:
    for unit in real_units().all_at(COMMUNE, EVE):
        *_, province = real_units().lineage(unit)
        heir = real_units().follow(province, REFORM)
        assert {real_units().parent(s) for s in real_units().successors(unit)} <= {heir}, unit


def test_no_commune_of_bac_kan_was_divided() -> None:
    communes = [
        unit
        for unit in real_units().all_at(COMMUNE, EVE)
        if [u.code for u in real_units().lineage(unit)][-1] == "06"
    ]
    assert communes
    assert all(real_units().follow(unit, REFORM) for unit in communes)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("02131", "02086", "Chợ Mới"),
        ("02113", "02107", "Thanh Thịnh"),
        ("01846", "01840", "Đức Xuân"),
        ("02008", "02008", "Cẩm Giàng"),
        ("01921", "01921", "Thượng Minh"),
    ],
)
def test_communes_of_known_sites(old: str, new: str, name: str) -> None:
    commune = real_units().at(COMMUNE, old, EVE)
    assert commune
    heir = real_units().follow(commune, REFORM)
    assert heir
    assert (heir.code, heir.name) == (new, name)
    assert real_units().place_on(REFORM, [commune]) == Place("19", None, new)


def test_phu_tho_took_over_from_three_provinces() -> None:
    phu_tho = real_units().at(PROVINCE, "25", REFORM)
    assert phu_tho
    members = real_units().members_on(phu_tho, EVE)
    assert {unit.name for unit in members} == {"Phú Thọ", "Hòa Bình", "Vĩnh Phúc"}
