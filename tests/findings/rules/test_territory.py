"""Geometries of sites against the territory of their province."""

from datetime import date

import pytest

from app.core.vocabulary import Severity
from app.findings import RULES, findings_of
from app.findings.rules.territory import ALLOWED_DEGREES
from tests.findings.builders import cluster, facts, found, numbers, only, said

RULE = "geometry_outside_province"
# One degree wide and high, and the point of an island.
SQUARE = '{"type":"Polygon","coordinates":[[[105,21],[106,21],[106,22],[105,22],[105,21]]]}'
ISLAND = '{"type":"MultiPoint","coordinates":[[108,21]]}'


def point(longitude: float, latitude: float) -> str:
    return f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}'


def speaks(geometry: str, *territory: str) -> bool:
    site = cluster("A", said("2024", geometry=geometry))
    return bool(found(RULE, facts(site, territory=territory or (SQUARE,))))


def test_a_point_far_outside() -> None:
    told = said("2024", geometry=point(105.5, 23))
    finding = only(RULE, facts(cluster("A", told), territory=(SQUARE,)))
    assert finding.severity is Severity.warning
    # One degree of latitude is 111.2 km.
    assert numbers(finding) == {"distance": "111 km"}
    assert finding.statement_ids == (told.cited.statement_id,)
    assert finding.message_vi == (
        "CCN A: vị trí [105.5, 23.0] nằm ngoài Bắc Kạn (06) khoảng 111 km; cần xem lại tọa độ, "
        "hoặc tỉnh."
    )


def test_a_degree_of_longitude_is_shorter() -> None:
    told = said("2024", geometry=point(107, 21.5))
    finding = only(RULE, facts(cluster("A", told), territory=(SQUARE,)))
    # 111.2 km times the cosine of 21.5 degrees, 0.9304.
    assert numbers(finding) == {"distance": "103 km"}


@pytest.mark.parametrize(
    ("longitude", "latitude", "outside"),
    [
        (105.5, 21.5, False),
        (106, 22, False),
        (105.5, 22.19, False),
        (105.5, 22.21, True),
        (104.79, 21.5, True),
    ],
)
def test_how_far(longitude: float, latitude: float, *, outside: bool) -> None:
    assert ALLOWED_DEGREES == 0.2
    assert speaks(point(longitude, latitude)) is outside


def test_points_of_communes_stand_in_for_islands() -> None:
    assert speaks(point(108.1, 21.1))
    assert not speaks(point(108.1, 21.1), SQUARE, ISLAND)
    assert speaks(point(108.3, 21), SQUARE, ISLAND)


def test_one_corner_of_an_area_is_enough() -> None:
    inside = "[[105.1,21.1],[105.2,21.1],[105.2,21.2],[105.1,21.1]]"
    assert not speaks(f'{{"type":"Polygon","coordinates":[{inside}]}}')
    slipped = "[[105.1,21.1],[115.2,21.1],[105.2,21.2],[105.1,21.1]]"
    assert speaks(f'{{"type":"MultiPolygon","coordinates":[[{inside}],[{slipped}]]}}')


def test_silence() -> None:
    far = said("2024", geometry=point(110, 10))
    assert found(RULE, facts(cluster("A", far))) == []
    closed = cluster("B", far, said("2024", legal_status="abolished"))
    assert found(RULE, facts(closed, cluster("C"), territory=(SQUARE,))) == []


def test_it_holds_for_the_provinces_of_the_outlines() -> None:
    day = date(2008, 7, 31)
    site = cluster("A", said("2008", geometry=point(110, 10)), day=day)
    assert findings_of(facts(site, day=day, territory=(SQUARE,))) == []
    assert RULES[RULE].since == date(2008, 8, 1)
