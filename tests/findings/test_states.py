"""A site on another day than the one asked for."""

from datetime import date
from decimal import Decimal

from app.findings.states import measured, rebuilt
from app.statistics.indicators import INDICATORS, Counterpart
from tests.findings.builders import but, cluster, said

MID_2021, END_2023 = date(2021, 6, 30), date(2023, 12, 31)


def counterpart(code: str) -> Counterpart:
    found = INDICATORS[code].counterpart
    assert found is not None
    return found


ESTABLISHED = counterpart("cluster_established_count")
IN_PROGRESS = counterpart("cluster_in_progress_count")
OPERATING = counterpart("cluster_operating_count")
ALL = counterpart("cluster_count")


def test_status_is_that_of_the_day() -> None:
    site = cluster(
        "A",
        said("2020", planning_status="planned", legal_status="not_established"),
        said("2022-05", legal_status="established"),
    )
    before, after = rebuilt(site, MID_2021), rebuilt(site, END_2023)
    assert (before.values["stage"], after.values["stage"]) == ("planned", "established")
    assert [s.belongs(ESTABLISHED) for s in (before, after)] == [False, True]
    assert not before.may_belong(ESTABLISHED)
    assert after.why(IN_PROGRESS) == [site.assertions[1].cited]


def test_of_one_day_the_weightier_source_counts() -> None:
    decision = said("2022", authority=40, legal_status="established")
    article = said("2022", authority=10, legal_status="not_established")
    state = rebuilt(cluster("A", decision, article), END_2023)
    assert state.values["legal_status"] == "established"
    assert state.deciding["legal_status"] is decision.cited


def test_a_cleared_value_is_unknown_and_decided_by_nobody() -> None:
    site = cluster("A", said("2020", area_ha=43), said("2021", area_ha=None))
    state = rebuilt(site, END_2023)
    assert "area_ha" not in state.values
    assert "area_ha" not in state.deciding


def test_what_is_unknown_may_belong() -> None:
    site = cluster("A", said("2022", clearance_status="in_progress"))
    later = rebuilt(site, END_2023)
    assert later.belongs(IN_PROGRESS)
    assert not later.belongs(OPERATING)
    assert later.may_belong(OPERATING)
    assert later.may_belong(ESTABLISHED)
    # Nothing was said of it in 2021: it may have been there.
    earlier = rebuilt(site, MID_2021)
    assert not earlier.belongs(ALL)
    assert earlier.may_belong(ALL)


def test_what_may_have_gone_further_does_not_surely_belong() -> None:
    established = cluster("A", said("2022", legal_status="established"))
    state = rebuilt(established, END_2023)
    assert state.belongs(IN_PROGRESS)
    assert not state.surely_belongs(IN_PROGRESS)
    assert state.surely_belongs(ESTABLISHED)
    # To be in clearance or under construction is still to be in progress.
    waiting = cluster(
        "B", said("2022", legal_status="established", operation_status="not_operating")
    )
    assert rebuilt(waiting, END_2023).surely_belongs(IN_PROGRESS)
    assert not rebuilt(waiting, MID_2021).surely_belongs(IN_PROGRESS)


def test_what_is_known_to_be_otherwise_does_not_belong() -> None:
    site = cluster("A", said("2020", operation_status="not_operating", area_ha=43))
    assert not rebuilt(site, END_2023).may_belong(OPERATING)
    closed = cluster("B", said("2020", legal_status="abolished"))
    assert not rebuilt(closed, END_2023).may_belong(ALL)
    assert not rebuilt(closed, END_2023).may_belong(ESTABLISHED)


def test_what_was_taken_out_of_the_plan_may_be_in_progress_all_the_same() -> None:
    removed = rebuilt(cluster("A", said("2020", planning_status="removed")), END_2023)
    assert not removed.belongs(ALL)
    assert removed.may_belong(IN_PROGRESS)
    operating = said("2021", operation_status="operating")
    going = cluster("B", said("2020", planning_status="removed"), operating)
    assert rebuilt(going, END_2023).belongs(OPERATING)


def test_the_established_are_counted_whatever_became_of_them() -> None:
    ended = said("2021", operation_status="closed")
    site = rebuilt(cluster("A", said("2020", legal_status="established"), ended), END_2023)
    assert site.surely_belongs(ESTABLISHED)
    assert not site.belongs(ALL)
    assert not site.may_belong(IN_PROGRESS)
    unsaid = rebuilt(cluster("B", ended), END_2023)
    assert unsaid.may_belong(ESTABLISHED)


def test_the_area_of_the_day_or_else_the_first_stated_later() -> None:
    site = cluster("A", said("2022", area_ha=43), said("2023", area_ha=60))
    assert measured(rebuilt(site, END_2023), "area_ha").value == Decimal(60)
    on_2022 = measured(rebuilt(site, date(2022, 7, 1)), "area_ha")
    assert (on_2022.value, on_2022.is_later) == (Decimal(43), False)
    before = measured(rebuilt(site, MID_2021), "area_ha")
    assert (before.value, before.is_later) == (Decimal(43), True)
    assert before.cited is site.assertions[0].cited
    assert measured(rebuilt(site, MID_2021), "leased_ha").value is None


def test_of_two_areas_stated_later_for_one_day_the_fold_has_the_same() -> None:
    site = cluster("A", said("2023", area_ha=10), said("2023", area_ha=12))
    assert site.values["area_ha"] == 12
    assert measured(rebuilt(site, MID_2021), "area_ha").value == 12
    weightier = cluster("B", said("2023", authority=40, area_ha=10), said("2023", area_ha=12))
    assert weightier.values["area_ha"] == 10
    assert measured(rebuilt(weightier, MID_2021), "area_ha").value == 10


def test_a_planned_figure_is_no_later_one() -> None:
    plan = but(said("2022", industrial_land_ha=30), basis="plan")
    site = cluster("A", plan, said("2023", industrial_land_ha=20))
    later = measured(rebuilt(site, MID_2021), "industrial_land_ha")
    assert (later.value, later.is_later) == (Decimal(20), True)
    assert measured(rebuilt(cluster("B", plan), MID_2021), "industrial_land_ha").value is None
    planned = but(said("2022", planned_area_ha=30), basis="plan")
    of_the_plan = measured(rebuilt(cluster("C", planned), MID_2021), "planned_area_ha")
    assert of_the_plan.value == Decimal(30)
