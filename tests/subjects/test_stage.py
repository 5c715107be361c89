"""The stage of a site: the first rule that applies."""

from itertools import product
from typing import Any

import pytest

from app.core.vocabulary import (
    ClearanceStatus,
    ConstructionStatus,
    LegalStatus,
    OperationStatus,
    PlanningStatus,
    Stage,
)
from app.subjects.derived import stage_of
from app.subjects.sites import SiteFacts


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "unknown"),
        ({"name": "Quảng Chu", "area_ha": 74}, "unknown"),
        ({"planning_status": None, "legal_status": None}, "unknown"),
        ({"legal_status": "not_established"}, "unknown"),
        ({"clearance_status": "not_started"}, "unknown"),
        ({"construction_status": "not_started"}, "unknown"),
        ({"construction_status": "preparing"}, "unknown"),
        ({"operation_status": "not_operating"}, "unknown"),
        ({"operation_status": "suspended"}, "suspended"),
        ({"operation_status": "closed"}, "closed"),
        ({"planning_status": "proposed"}, "proposed"),
        ({"planning_status": "planned"}, "planned"),
        ({"planning_status": "removed"}, "removed"),
        ({"legal_status": "established"}, "established"),
        ({"legal_status": "expanded"}, "established"),
        ({"legal_status": "abolished"}, "closed"),
        ({"clearance_status": "in_progress"}, "clearance"),
        ({"clearance_status": "completed"}, "clearance"),
        ({"clearance_status": "suspended"}, "clearance"),
        ({"construction_status": "in_progress"}, "construction"),
        ({"construction_status": "completed"}, "construction"),
        ({"operation_status": "trial"}, "operating"),
        ({"operation_status": "operating"}, "operating"),
    ],
)
def test_each_status_alone(values: dict[str, Any], expected: str) -> None:
    assert stage_of(SiteFacts.known(values)) == expected


# From the strongest rule to the weakest: each status decides whatever the ones below it say.
STRONGEST_FIRST = (
    ("closed", {"legal_status": "abolished"}),
    ("suspended", {"operation_status": "suspended"}),
    ("operating", {"operation_status": "operating"}),
    ("construction", {"construction_status": "in_progress"}),
    ("clearance", {"clearance_status": "in_progress"}),
    ("established", {"legal_status": "established"}),
    ("planned", {"planning_status": "planned"}),
    ("proposed", {"planning_status": "proposed"}),
)


@pytest.mark.parametrize("place", range(len(STRONGEST_FIRST)))
def test_a_stronger_rule_decides(place: int) -> None:
    values: dict[str, str] = {}
    for _, statuses in reversed(STRONGEST_FIRST[place:]):
        values |= statuses
    assert stage_of(SiteFacts.known(values)) == STRONGEST_FIRST[place][0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"planning_status": "removed", "operation_status": "operating"}, "operating"),
        ({"planning_status": "removed", "operation_status": "trial"}, "operating"),
        ({"planning_status": "removed", "operation_status": "suspended"}, "suspended"),
        ({"planning_status": "removed", "clearance_status": "in_progress"}, "clearance"),
        ({"planning_status": "removed", "legal_status": "established"}, "established"),
        ({"planning_status": "removed", "legal_status": "not_established"}, "removed"),
        ({"planning_status": "removed", "legal_status": "abolished"}, "closed"),
        ({"legal_status": "established", "operation_status": "closed"}, "closed"),
        ({"legal_status": "abolished", "operation_status": "operating"}, "closed"),
        ({"planning_status": "planned", "legal_status": "abolished"}, "closed"),
        ({"legal_status": "established", "construction_status": "preparing"}, "established"),
        ({"legal_status": "established", "operation_status": "suspended"}, "suspended"),
        ({"clearance_status": "completed", "construction_status": "not_started"}, "clearance"),
        ({"planning_status": "planned", "clearance_status": "not_started"}, "planned"),
        ({"planning_status": "proposed", "legal_status": "not_established"}, "proposed"),
    ],
)
def test_tracks_overlap(values: dict[str, str], expected: str) -> None:
    assert stage_of(SiteFacts.known(values)) == expected


# The design's words for each stage, as sets of codes of one track.
APPLIES: dict[str, tuple[tuple[str, set[str]], ...]] = {
    "closed": (("legal_status", {"abolished"}), ("operation_status", {"closed"})),
    "suspended": (("operation_status", {"suspended"}),),
    "operating": (("operation_status", {"operating", "trial"}),),
    "construction": (("construction_status", {"in_progress", "completed"}),),
    "clearance": (("clearance_status", {"in_progress", "completed", "suspended"}),),
    "established": (("legal_status", {"established", "expanded"}),),
    "planned": (("planning_status", {"planned"}),),
    "proposed": (("planning_status", {"proposed"}),),
    "removed": (("planning_status", {"removed"}),),
}
TRACKS = {
    "planning_status": PlanningStatus,
    "legal_status": LegalStatus,
    "clearance_status": ClearanceStatus,
    "construction_status": ConstructionStatus,
    "operation_status": OperationStatus,
}


def test_the_stage_is_the_first_that_applies_for_every_combination() -> None:
    count = 0
    for codes in product(*([None, *track] for track in TRACKS.values())):
        values = dict(zip(TRACKS, codes, strict=True))
        stages = [
            stage
            for stage, rules in APPLIES.items()
            if any(values[track] in listed for track, listed in rules)
        ]
        assert stage_of(SiteFacts.known(values)) == (stages or ["unknown"])[0], values
        count += 1
    # proposed, planned, removed or unknown; and so on for the other tracks
    assert count == 4 * 5 * 5 * 5 * 6


def test_the_order_of_the_stages_is_that_of_the_code_list() -> None:
    assert [*APPLIES, "unknown"] == list(Stage)
