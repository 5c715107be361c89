"""Which decision gave which area of an established cluster."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.exports.established import Sourced, acts
from app.subjects.fold import Assertion

DAY = date(2024, 6, 30)


def heard(day: str, decision: str | None, revision: int, **values: Any) -> Sourced:
    return Sourced(Assertion(date.fromisoformat(day), 40, revision, 1, values), decision)


def state(status: str, area: float | None, detailed: float | None = None) -> dict[str, Any]:
    return {"legal_status": status, "area_ha": area, "detailed_plan_area_ha": detailed}


FOUNDED = heard("2021-09-21", "1747/QĐ-UBND", 1, legal_status="established", area_ha=Decimal(15))
REPEATED = heard("2023-12-01", None, 2, legal_status="established")
GROWN = heard("2024-02-01", "200/QĐ-UBND", 3, legal_status="expanded", area_ha=Decimal("20.5"))
DRAWN = heard("2022-05-01", "900/QĐ-UBND", 4, detailed_plan_area_ha=Decimal("14.8"))


def test_what_an_article_repeats_is_no_new_act() -> None:
    found = acts(state("established", 15.0, 14.8), [FOUNDED, REPEATED, DRAWN], DAY)
    assert found == {
        "established_area_ha": 15.0,
        "establishment_decision": "1747/QĐ-UBND",
        "expanded_area_ha": None,
        "expansion_decision": None,
        "detailed_plan_decision": "900/QĐ-UBND",
    }


def test_an_expansion_leaves_the_area_of_the_day_before_it() -> None:
    found = acts(state("expanded", 20.5), [FOUNDED, GROWN, REPEATED], DAY)
    assert found == {
        "established_area_ha": Decimal(15),
        "establishment_decision": "1747/QĐ-UBND",
        "expanded_area_ha": 20.5,
        "expansion_decision": "200/QĐ-UBND",
        "detailed_plan_decision": None,
    }


def test_what_is_later_than_the_day_does_not_count() -> None:
    found = acts(state("established", 15.0), [FOUNDED, GROWN], date(2024, 1, 31))
    assert (found["expansion_decision"], found["expanded_area_ha"]) == (None, None)
    assert found["established_area_ha"] == 15.0


def test_unknown_stays_unknown() -> None:
    early = heard("2020-01-01", "1/QĐ-UBND", 5, legal_status="expanded")
    found = acts(state("expanded", None), [early], DAY)
    assert found["established_area_ha"] is None
    assert found["establishment_decision"] is None
    assert found["expansion_decision"] == "1/QĐ-UBND"
