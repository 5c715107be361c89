"""Small maps: where in its province a site is, and what lies far out at sea."""

from decimal import Decimal
from xml.etree.ElementTree import Element, fromstring

from app.core.geometry import Box
from app.pages.charts.locator import Place, locator

SVG = "{http://www.w3.org/2000/svg}"
SQUARE = '{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}'
OUTLINE = (SQUARE, Box(*map(Decimal, (0, 0, 2, 2))))


def drawn(place: Place | None, inset: str = "") -> Element:
    return fromstring(str(locator(OUTLINE, place, "A province", inset)))  # noqa: S314


def dots(root: Element) -> list[tuple[float, float, str]]:
    return [
        (float(one.get("cx") or 0), float(one.get("cy") or 0), one.get("class") or "")
        for one in root.iter(f"{SVG}circle")
    ]


def test_a_point_is_where_it_is_in_the_outline() -> None:
    # 224 pixels for two degrees, with 8 around; at one degree north both are nearly as long.
    point = '{"type":"Point","coordinates":[0.5,1.5]}'
    ((x, y, name),) = dots(drawn(Place(point, exact=True)))
    assert (round(x), round(y), name) == (64, 64, "site exact")
    ((_, _, name),) = dots(drawn(Place(point, exact=False)))
    assert name == "site near"
    assert dots(drawn(None)) == []


def test_an_outline_is_drawn_as_such_with_a_ring_around_it() -> None:
    shape = '{"type":"MultiPolygon","coordinates":[[[[1,1],[1.1,1],[1.1,1.1],[1,1]]]]}'
    root = drawn(Place(shape, exact=True))
    assert [one.get("class") for one in root.iter(f"{SVG}path")] == ["land", "site exact"]
    ((x, y, name),) = dots(root)
    assert (round(x), round(y), name) == (120, 120, "site around")


def test_what_lies_far_out_at_sea_is_named() -> None:
    name = "Quần đảo Hoàng Sa (Việt Nam)"
    root = drawn(None, name)
    assert [one.text for one in root.iter(f"{SVG}text")] == [name]
    assert len(list(root.iter(f"{SVG}rect"))) == 1
