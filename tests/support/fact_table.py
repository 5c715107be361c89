"""Where each of the 149 facts is kept, written by hand, row by row."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.core.vocabulary import Qualifier
from tests.support.fact_subjects import PATHS
from tests.support.facts import (
    AS_WRITTEN,
    Attributes,
    Citation,
    Fact,
    Figure,
    Place,
    Reading,
    Remark,
    head_of,
)

DATES = {
    # What happened on a date that the document gives holds from that date on.
    "F002": ("2016", "stated"),
    "F089": ("2016-04-22", "stated"),
    "F142": ("2024", "stated"),
    # The article does not say the year of these figures: it is concluded.
    **dict.fromkeys(("F134", "F135", "F136"), ("2025-01", "inferred")),
    "F137": ("2024-12-31", "inferred"),
    **dict.fromkeys(("F138", "F139", "F140", "F141"), ("2024", "inferred")),
}
"""The dates of the statements that do not have the date of their document."""

CITES = {
    # Figures that the source takes from a plan or holds against one, and what is said by a plan.
    **dict.fromkeys(("F010", "F011"), "bac-kan-cluster-plan-2010-2020"),
    **dict.fromkeys(("F062", "F063", "F064"), "bac-kan-province-plan-2021-2030"),
    **dict.fromkeys((f"F0{row}" for row in range(92, 98)), "bac-kan-industry-resolution-2021-2025"),
    **dict.fromkeys((f"F{row:03}" for row in range(99, 111)), "programme-07-da-tu"),
    **dict.fromkeys((f"F{row}" for row in (*range(111, 119), 123)), "decree-52-2018-nd-cp"),
    "F122": "hoa-binh-province-plan-2021-2030",
    "F124": "plan-146-kh-ubnd-2022",
    "F125": "resolution-55-nq-tw-2020",
    "F126": "hoa-binh-party-congress-resolution-2020-2025",
    "F127": "planning-law",
}
"""The policy document that the statement of a fact refers to; no statement refers to two."""


def states(note: str = "", **values: Any) -> Attributes:
    return Attributes(note=note, values=values)


def figure(indicator: str, note: str = "", **members: Any) -> Figure:
    return Figure(note=note, indicator=indicator, **members)


def reached(indicator: str, note: str = "") -> Figure:
    """Say how much of a target the value of an indicator is."""
    return Figure(note=note, indicator=indicator, member="pct_of_target")


def number(value: str, qualifier: Qualifier) -> Reading:
    return Reading(Decimal(value), qualifier)


IDLE = states("not exhaustive", operation_status="idle")
REVOKED = states("not exhaustive", licence_status="revoked")
TRIAL = states("neither company nor place nor capacity", operation_status="trial")
CAPACITY = states(design_capacity=AS_WRITTEN)
ESTABLISHED = states(legal_status="established")
CLEARING = states("Neither area nor developer nor place", clearance_status="in_progress")
NOT_OPERATING: Mapping[str, Mapping[str, Any]] = {
    path: {"operation_status": "not_operating"}
    for entity, path in PATHS.items()
    if entity.startswith("CCN")
}
SOUGHT: Mapping[str, Mapping[str, Any]] = {
    PATHS[entity]: {"planning_status": "proposed"} for entity in ("KCN Chợ Mới 1", "KCN Chợ Mới 2")
}

PLACES: dict[str, Place] = {
    "F001": figure("mining_share_of_industry_pct", "printed twice"),
    "F002": states("full date", issued_on=AS_WRITTEN),
    "F003": states("neither number nor date", approved_by="hdnd-tinh-bac-kan"),
    "F004": states("neither number nor date", approved_by="hdnd-tinh-bac-kan"),
    "F005": figure("industrial_promotion_projects_count", "since 2016"),
    "F006": figure("industrial_promotion_budget"),
    "F007": figure("hitech_cooperatives_supported_count"),
    "F008": figure("hitech_cooperatives_budget"),
    "F009": states(status="approved"),
    "F010": states("2010-2020", planning_status="planned"),
    "F011": states(district_code="065"),
    "F012": figure("mineral_area_resolutions_count", "since 2016"),
    "F013": figure("mineral_areas_planned_count"),
    "F014": figure("licensed_industrial_projects_count", "Domestic"),
    "F015": figure(
        "licensed_registered_capital", "lên đến", reading=number("1620", Qualifier.up_to)
    ),
    "F016": states("among the 69", licensed_projects=AS_WRITTEN),
    "F017": states("licenses projects", managing_body="ban-quan-ly-kcn-bac-kan"),
    "F018": figure("cluster_established_count"),
    "F019": figure("cluster_established_area_ha", "rounded"),
    "F020": ESTABLISHED,
    "F021": ESTABLISHED,
    "F022": ESTABLISHED,
    "F023": IDLE,
    "F024": IDLE,
    "F025": CAPACITY,
    "F026": IDLE,
    "F027": states("tonnes of product", design_capacity=AS_WRITTEN),
    "F028": states("not exhaustive", licence_status="revoked", product="ván ghép thanh"),
    "F029": states("Implied", investor="sahabak"),
    "F030": states("period is missing", design_capacity=AS_WRITTEN),
    "F031": REVOKED,
    "F032": states(investor="sahabak"),
    "F033": states("Particle board", design_capacity=AS_WRITTEN),
    "F034": REVOKED,
    "F035": states(investor="khoang-san-gang-thep-kim-son"),
    "F036": CAPACITY,
    "F037": REVOKED,
    "F038": states(investor="khoang-san-gang-thep-kim-son"),
    "F039": CAPACITY,
    "F040": states("neither capacity nor zone", licence_status="revoked"),
    "F041": states(investor="o-to-tracimexco"),
    "F042": figure("industry_cooperative_unions_count"),
    "F043": figure("industry_cooperatives_count"),
    "F044": figure("ocop_industry_products_count"),
    "F045": figure("industry_growth_avg_pct"),
    "F046": figure("industrial_output_value", "price base is not stated"),
    "F047": figure("industrial_output_growth_pct"),
    "F048": reached("industrial_output_value"),
    "F049": figure("industrial_output_mining_value"),
    "F050": figure("industrial_output_processing_value"),
    "F051": figure("industrial_output_electricity_gas_value"),
    "F052": figure("industrial_output_water_waste_value"),
    "F053": states(district_code="065"),
    "F054": states("only zone of the province", operation_status="operating"),
    "F055": figure("zone_seeking_planning_count", "One extension", others=SOUGHT),
    "F056": states("phase I", planned_increase_ha=AS_WRITTEN),
    "F057": states("a word of the sentence twice", planned_area_ha=AS_WRITTEN),
    "F058": states(planned_area_ha=AS_WRITTEN),
    "F059": states("Quảng Chu", district_code="065", commune_code="02131"),
    "F060": states(planned_area_ha=AS_WRITTEN),
    "F061": states("Thanh Thịnh", district_code="065", commune_code="02113"),
    "F062": Citation(note="province plan", basis="plan"),
    "F063": figure("cluster_planned_count"),
    "F064": figure("cluster_planned_area_ha"),
    "F065": figure("cluster_in_progress_count"),
    "F066": figure("cluster_in_progress_area_ha"),
    "F067": states(district_code="058"),
    "F068": states("Photo caption", construction_status="in_progress"),
    "F069": states(site="ccn-huyen-tung"),
    "F070": states(investor="better-power"),
    "F071": states("UBND tỉnh", licence_status="policy_approved"),
    "F072": CAPACITY,
    "F073": states(expected_operation=AS_WRITTEN),
    "F074": states("established", area_ha=AS_WRITTEN),
    "F075": states(investor="onsen-fuji-bac-kan"),
    "F076": states(expected_operation=AS_WRITTEN),
    "F077": states(area_ha=AS_WRITTEN),
    "F078": states(clearance_status="in_progress", clearance_phase=1),
    "F079": states(area_ha=AS_WRITTEN),
    "F080": states("does not name the developer", construction_status="preparing"),
    "F081": states("Compensation and clearance", clearance_status="in_progress"),
    "F082": CLEARING,
    "F083": CLEARING,
    "F084": figure("cluster_operating_count", others=NOT_OPERATING),
    "F085": figure("industrial_output_value"),
    "F086": figure("cluster_operating_count"),
    "F087": Remark(note="hard to attract"),
    "F088": Remark(note="land clearance"),
    "F089": states(issued_on=AS_WRITTEN),
    "F090": figure("industry_growth_avg_pct", "by output value"),
    "F091": states("fourth conference of term XII", approved_by="tinh-uy-bac-kan"),
    "F092": figure("industry_growth_avg_pct"),
    "F093": figure("industry_budget_revenue_growth_pct"),
    "F094": figure("industry_share_of_grdp_pct"),
    "F095": figure("cluster_infrastructure_completed_count"),
    "F096": figure("cluster_occupancy_pct", "Ambiguous"),
    "F097": figure("industry_share_of_grdp_pct"),
    "F098": states(years_implemented=AS_WRITTEN),
    "F099": figure("zone_occupancy_pct", "line 9"),
    "F100": reached("zone_occupancy_pct"),
    "F101": figure("cluster_occupancy_pct", "line 9"),
    "F102": reached("cluster_occupancy_pct"),
    "F103": figure("iip_growth_avg_pct", "IPP for IIP"),
    "F104": reached("iip_growth_avg_pct"),
    "F105": figure(
        "zone_and_cluster_land_ha", "set aside", reading=number("6113.48", Qualifier.about)
    ),
    "F106": reached("zone_and_cluster_land_ha"),
    "F107": figure("industry_construction_share_of_grdp_pct"),
    "F108": reached("industry_construction_share_of_grdp_pct"),
    "F109": figure("grid_electricity_households_pct"),
    "F110": reached("grid_electricity_households_pct"),
    "F111": figure("craft_village_recognised_count"),
    "F112": figure("craft_village_processed_products_count"),
    "F113": figure("craft_village_traditional_count"),
    "F114": figure("craft_village_bamboo_rattan_count"),
    "F115": figure("craft_village_brocade_count"),
    "F116": figure("craft_village_handicraft_art_count"),
    "F117": figure("craft_village_ornamental_stone_count"),
    "F118": figure("craft_village_driftwood_stone_count"),
    "F119": figure("craft_village_workers_count"),
    "F120": Remark(note="resettlement"),
    "F121": Remark(note="occupancy is not high"),
    "F122": Citation(note="province plan"),
    "F123": Citation(note="criteria of craft villages"),
    "F124": Citation(note="polluting plants"),
    "F125": Citation(note="energy"),
    "F126": Citation(note="party congress"),
    "F127": Citation(note="Law on Planning"),
    "F128": figure("iip_growth_pct"),
    "F129": figure("industrial_value_added", "prices of 2010"),
    "F130": figure("industrial_value_added_growth_pct"),
    "F131": figure("industrial_output_value", "prices of 2010"),
    "F132": figure("industrial_output_growth_pct"),
    "F133": reached("industrial_output_value", "6.51 % over plan"),
    "F134": figure(
        "retail_and_services_revenue",
        "review",
        beside={
            ("retail_and_services_revenue", "pct_of_target"): "120.6",
            ("retail_and_services_growth_pct", "value"): "16.7",
        },
    ),
    "F135": figure("trade_turnover", "review"),
    "F136": figure("exports_value", "review"),
    "F137": states(
        "not of the industrial land",
        stated_occupancy_pct=AS_WRITTEN,
        occupancy_definition="as_stated",
    ),
    "F138": Remark(note="technical infrastructure"),
    "F139": TRIAL,
    "F140": TRIAL,
    "F141": TRIAL,
    "F142": states(recognised_on=AS_WRITTEN, craft="miến dong"),
    "F143": Remark(note="hàng trăm hộ"),
    "F144": states("plywood", operation_status="operating"),
    "F145": states(status="in_force"),
    "F146": states("still to be drafted", status="drafting"),
    "F147": figure(
        "industrial_output_growth_pct",
        "two digits, and higher",
        reading=number("10", Qualifier.at_least),
        trend="rising",
    ),
    "F148": states("BETTER POWER", operation_status="under_construction"),
    "F149": Remark(note="sped up"),
}
"""Where each fact is kept."""


def head(fact: Fact) -> dict[str, str]:
    """Return the head that the statement of a fact must have."""
    return head_of(fact, PLACES[fact.id], DATES)


def cites(fact: Fact) -> list[str]:
    """Return the policy documents that the statement of a fact must refer to."""
    return [CITES[fact.id]] if fact.id in CITES else []


def tellings(fact: Fact) -> list[tuple[str, Place]]:
    """Return the subjects that a fact tells something of, with what is told of each."""
    place = PLACES[fact.id]
    others = [(path, Attributes(values=values)) for path, values in place.others.items()]
    return [(PATHS[fact.entity], place), *others]
