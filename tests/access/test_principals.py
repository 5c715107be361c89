"""Roles, and the provinces that a right is for, over the merger of 2025-07-01."""

from datetime import date

import pytest

from app.access.principals import (
    ALLOWED,
    Access,
    Principal,
    PrincipalRole,
    ProvinceRight,
    covered,
    principal_name,
)
from app.units.units import Succession, Unit, UnitLevel, Units
from tests.support.timelines import EVE, REFORM, before, since, went

PROVINCE = UnitLevel.province
LATER = date(2030, 1, 1)
BAC_KAN = before(PROVINCE, "06", "Bắc Kạn")
OLD_THAI_NGUYEN = before(PROVINCE, "19", "Thái Nguyên")
THAI_NGUYEN = since(PROVINCE, "19", "Thái Nguyên", until=LATER)
HOA_BINH = before(PROVINCE, "17", "Hòa Bình")
PHU_THO = since(PROVINCE, "25", "Phú Thọ")
# Made up: later on Thái Nguyên is divided, and a part of it joins others in the North.
NORTH = Unit(PROVINCE, "98", "North", "province", None, LATER, None)
REST = Unit(PROVINCE, "97", "Rest", "province", None, LATER, None)
DIVIDED = (
    Succession(PROVINCE, "19", "98", LATER, "part"),
    Succession(PROVINCE, "19", "97", LATER, "part"),
)
ALL = (BAC_KAN, OLD_THAI_NGUYEN, THAI_NGUYEN, HOA_BINH, PHU_THO, NORTH, REST)
LINKS = (
    went(PROVINCE, "06", "19"),
    went(PROVINCE, "19", "19"),
    went(PROVINCE, "17", "25"),
    *DIVIDED,
)
UNITS = Units(ALL, LINKS)


@pytest.mark.parametrize(
    ("code", "on", "provinces"),
    [
        ("06", EVE, {BAC_KAN, THAI_NGUYEN}),
        ("19", EVE, {OLD_THAI_NGUYEN, THAI_NGUYEN}),
        ("19", REFORM, {THAI_NGUYEN, BAC_KAN, OLD_THAI_NGUYEN}),
        ("17", date(2000, 1, 1), {HOA_BINH, PHU_THO}),
        # No right follows into the parts of what was divided, nor back from one of them.
        ("98", LATER, {NORTH}),
        # Nothing had the code on that day.
        ("06", REFORM, set()),
        ("25", EVE, set()),
        ("55", EVE, set()),
    ],
)
def test_a_right_covers_a_province_what_it_was_and_what_it_became(
    code: str, on: date, provinces: set[Unit]
) -> None:
    assert set(covered(ProvinceRight(code, on), UNITS)) == provinces


def editor(*rights: ProvinceRight) -> Principal:
    return Principal("key:a", "Lan", PrincipalRole.editor, rights)


def test_what_is_foreign_to_an_editor() -> None:
    of_bac_kan = editor(ProvinceRight("06", EVE))
    assert of_bac_kan.foreign([BAC_KAN, THAI_NGUYEN], UNITS) == []
    assert of_bac_kan.foreign([THAI_NGUYEN, OLD_THAI_NGUYEN, HOA_BINH], UNITS) == [
        HOA_BINH,
        OLD_THAI_NGUYEN,
    ]
    of_both = editor(ProvinceRight("06", EVE), ProvinceRight("17", EVE))
    assert of_both.foreign([BAC_KAN, THAI_NGUYEN, HOA_BINH, PHU_THO], UNITS) == []


MATRIX = {
    Access.open: "reader contributor editor auditor administrator",
    Access.reading: "reader contributor editor auditor administrator",
    Access.proposing: "contributor editor administrator",
    Access.deciding: "editor administrator",
    Access.writing: "editor administrator",
    Access.auditing: "auditor administrator",
    Access.administering: "administrator",
}


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("role", PrincipalRole)
def test_what_a_role_may(access: Access, role: PrincipalRole) -> None:
    may = role in MATRIX[access].split()
    assert (role in ALLOWED[access]) is may


def test_a_right_is_written_as_code_and_day() -> None:
    assert ProvinceRight.parse("06@2025-06-30") == ProvinceRight("06", EVE)
    assert str(ProvinceRight("06", EVE)) == "06@2025-06-30"
    for text in ("06", "06@", "06@2025", "06@30/06/2025", "@", ""):
        with pytest.raises(ValueError, match="06@2025-06-30"):
            ProvinceRight.parse(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Đặng Thị Hoài Ửng", "Đặng Thị Hoài Ửng"),
        ("  Lê Ô ", "Lê Ô"),
        ("Ho\u0300a", "H\u00f2a"),
        ("a" * 200, "a" * 200),
    ],
)
def test_names(text: str, name: str) -> None:
    assert principal_name(text) == name


@pytest.mark.parametrize("text", ["", "  ", "a" * 201, "a\x01b", "a\nb", "a\u200bb", "\ud800"])
def test_names_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        principal_name(text)
