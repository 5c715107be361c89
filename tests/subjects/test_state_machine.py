"""Whose fault it is when states and changes of a site do not make sense."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from app.core.labels import CODE_LISTS
from app.core.vocabulary import SiteKind, SubjectType
from app.subjects.definitions import Subject
from app.subjects.fold import Assertion, StatePeriod, fold
from app.subjects.moves import moves
from app.subjects.sites import SiteState
from app.subjects.state_machine import SITE_STATES, new_violations, violations
from app.subjects.timeline import subject_timeline
from app.units.units import UnitLevel, Units
from tests.support.timelines import (
    FIRST,
    REFORM,
    SECOND,
    THIRD,
    before,
    hectares,
    since,
    went,
    yearly,
)

UNITS = Units(
    [
        before(UnitLevel.province, "06", "Bắc Kạn"),
        before(UnitLevel.province, "19", "Thái Nguyên"),
        since(UnitLevel.province, "19", "Thái Nguyên"),
    ],
    [went(UnitLevel.province, "06", "19"), went(UnitLevel.province, "19", "19")],
)


# Whose fault it is


def said(day: str, revision: int, **values: Any) -> Assertion:
    return Assertion(date.fromisoformat(day), 20, revision, 1, values)


def added(recorded: list[Assertion], new: Assertion) -> list[tuple[str, date, bool]]:
    """Give what a new statement adds to what was wrong already."""
    before, after = (
        violations(fold(recorded), SITE_STATES),
        violations(fold([*recorded, new]), SITE_STATES),
    )
    return [(v.attribute, v.day, v.possible) for v in new_violations(before, after)]


def test_a_late_statement_is_judged_by_what_came_after_it() -> None:
    operating = said("2023-01-01", 1, operation_status="operating")
    assert added([operating], said("2022-01-01", 2, legal_status="abolished")) == [
        ("operation_status", THIRD, False)
    ]
    assert added([operating], said("2024-01-01", 2, legal_status="abolished")) == []


def test_a_late_statement_can_be_irregular_towards_both_sides() -> None:
    recorded = [
        said("2021-01-01", 1, operation_status="operating"),
        said("2023-01-01", 2, operation_status="suspended"),
    ]
    late = said("2022-01-01", 3, operation_status="not_operating")
    assert added(recorded, late) == [
        ("operation_status", SECOND, True),
        ("operation_status", THIRD, True),
    ]


def test_a_late_statement_is_impossible_until_the_next_one_already() -> None:
    recorded = [
        said("2021-01-01", 1, to_clear_ha=Decimal(10)),
        said("2023-01-01", 2, cleared_ha=Decimal(8)),
    ]
    assert added(recorded, said("2022-01-01", 3, cleared_ha=Decimal(12))) == [
        ("cleared_ha", SECOND, False)
    ]


def test_a_late_statement_overridden_at_once_does_no_harm() -> None:
    recorded = [
        said("2021-01-01", 1, planning_status="planned"),
        Assertion(SECOND, 40, 2, 1, {"planning_status": "removed"}),
    ]
    assert added(recorded, said("2022-01-01", 3, planning_status="proposed")) == []


WRONG = [
    said("2021-01-01", 1, cleared_ha=Decimal(12), to_clear_ha=Decimal(10)),
    said("2021-01-01", 2, operation_status="operating"),
    said("2023-01-01", 3, operation_status="not_operating"),
]


@pytest.mark.parametrize(
    "new",
    [
        said("2024-01-01", 4, name="Quảng Chu"),
        said("2022-01-01", 4, name="Quảng Chu"),
        said("2020-01-01", 4, name="Quảng Chu"),
        said("2020-01-01", 4, cleared_ha=Decimal(12), to_clear_ha=Decimal(10)),
        said("2024-01-01", 4, operation_status="operating"),
        said("2022-01-01", 4, cleared_ha=Decimal(9)),
        Assertion(THIRD, 40, 4, 1, {"operation_status": "operating"}),
    ],
)
def test_what_was_wrong_before_is_not_the_fault_of_a_new_statement(new: Assertion) -> None:
    assert violations(fold(WRONG), SITE_STATES)
    assert added(WRONG, new) == []


def test_making_a_wrong_state_worse_is_new() -> None:
    assert added(WRONG, said("2022-01-01", 4, cleared_ha=Decimal(13))) == [
        ("cleared_ha", SECOND, False)
    ]


def test_an_irregular_change_needs_a_reason_each_time() -> None:
    """That it happened once, for a reason, does not explain that it happens again."""
    recorded = [*WRONG, said("2024-01-01", 4, operation_status="operating")]
    assert added(recorded, said("2025-01-01", 5, operation_status="not_operating")) == [
        ("operation_status", date(2025, 1, 1), True)
    ]
    assert added(WRONG, said("2022-01-01", 4, operation_status="not_operating")) == [
        ("operation_status", SECOND, True)
    ]


def test_one_violation_over_several_pieces_is_told_once() -> None:
    wrong = hectares(cleared_ha="12", to_clear_ha="10")
    after = violations(yearly(wrong, {**wrong, "name": "a"}, {**wrong, "name": "b"}), SITE_STATES)
    assert [v.day for v in new_violations([], after)] == [FIRST]


def test_no_violation_is_new_without_a_change() -> None:
    found = violations(fold(WRONG), SITE_STATES)
    assert new_violations(found, found) == []
    assert new_violations(found, []) == []


# Getting into another province


def test_a_site_does_not_get_into_another_province_without_a_reason() -> None:
    found = moves(yearly({"province_code": "06"}, {"province_code": "19"}), UNITS)
    assert [(v.attribute, v.possible) for v in found] == [("province_code", True)]
    assert "from province 06 to 19" in str(found[0].reason)


def test_a_reform_takes_a_site_into_another_province() -> None:
    then = StatePeriod(date(2024, 1, 1), REFORM, {"province_code": "06"})
    now = StatePeriod(REFORM, date.max, {"province_code": "19"})
    assert moves([then, now], UNITS) == []


def test_a_province_that_becomes_known_again_is_judged_by_the_last_known() -> None:
    same = yearly({"province_code": "06"}, {}, {"province_code": "06"})
    other = yearly({"province_code": "06"}, {}, {"province_code": "19"})
    assert moves(same, UNITS) == []
    assert len(moves(other, UNITS)) == 1


def extremes() -> Iterator[tuple[str, object, object]]:
    """Yield each attribute of sites with a small and a large value, or each pair of its codes."""
    for name, attribute in SiteState.attributes.items():
        if attribute.is_quantity:
            yield name, Decimal(1), Decimal(100)
        elif attribute.code_list:
            yield from ((name, c.code, c.code) for c in CODE_LISTS[attribute.code_list].codes)


@pytest.mark.parametrize("kind", SiteKind)
def test_what_cannot_contradict_itself_is_never_impossible(kind: SiteKind) -> None:
    site = Subject(SubjectType.site, "any", kind)
    pairs = [
        {one: low, other: high}
        for (one, low, _), (other, _, high) in permutations(extremes(), 2)
        if one != other
    ]
    impossible = [
        values.keys()
        for values in pairs
        if any(
            not violation.possible
            for violation in violations(
                subject_timeline(site, [said("2023-01-01", 1, **values)], UNITS), SITE_STATES
            )
        )
    ]
    assert impossible
    assert all(SITE_STATES.may_contradict(names) for names in impossible)
    assert not SITE_STATES.may_contradict({"area_ha", "clearance_status"})
