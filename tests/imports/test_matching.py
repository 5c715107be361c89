from datetime import date

from app.core.vocabulary import SiteKind
from app.imports.matching import Match, SiteCandidate, Sites
from app.imports.places import Places, province_code
from tests.support.seed_files import units

CLUSTER, ZONE = SiteKind.cluster, SiteKind.zone


def site(
    id_: str,
    name: str,
    *,
    kind: SiteKind = CLUSTER,
    province: str = "15",
    commune: str = "",
    former: tuple[str, ...] = (),
) -> SiteCandidate:
    communes = frozenset({commune} - {""})
    return SiteCandidate(id_, kind, name, former, frozenset([province]), communes)


def match(name: str, *candidates: SiteCandidate, communes: tuple[str, ...] = ()) -> Match:
    return Sites(candidates).match(CLUSTER, name, "15", communes)


def test_a_name_in_its_commune_comes_before_the_same_name_in_the_province() -> None:
    one, two = site("a", "CCN Tân Hòa", commune="1"), site("b", "CCN Tân Hòa", commune="2")
    found = match("Cụm công nghiệp Tân Hoà", one, two, communes=("2",))
    assert (found.id, found.how, found.register_name) == ("b", "name_in_commune", "CCN Tân Hòa")
    assert not found.needs_confirmation


def test_several_sites_of_one_name_are_asked() -> None:
    found = match("Tân Hòa", site("b", "CCN Tân Hòa"), site("a", "CCN Tân Hòa"))
    assert (found.id, found.candidates, found.is_new) == (None, ("a", "b"), False)


def test_a_former_name_is_found() -> None:
    found = match("CCN Bản Cũ", site("a", "CCN Bản Mới", former=("CCN Bản Cũ",)))
    assert (found.id, found.how) == ("a", "former_name")


def test_numerals_and_old_spellings_are_asked() -> None:
    found = match("Phú Hưng II", site("a", "CCN Phú Hưng 2"), site("b", "CCN Phú Hưng 1"))
    assert (found.id, found.how, found.needs_confirmation) == ("a", "numeral_variant", True)
    found = match("Bắc Cạn", site("a", "CCN Bắc Kạn"))
    assert (found.id, found.how, found.needs_confirmation) == ("a", "spelling_variant", True)


def test_nothing_is_matched_over_kinds_or_provinces() -> None:
    found = match("Minh Khai", site("kcn", "KCN Minh Khai", kind=ZONE))
    assert (found.is_new, found.other) == (True, "kcn")
    found = match("Minh Khai", site("ccn", "CCN Minh Khai", province="24"))
    assert (found.is_new, found.other) == (True, "ccn")
    assert match("Minh Khai").as_json() == {"new": True}


def test_communes_are_found_by_name_type_and_former_units() -> None:
    """Bát Xát was a township (02683) until it became a commune of the same code."""
    places = Places(units(), "15", date(2026, 6, 30))
    assert places.communes("Xã Bát Xát") == (("02683",),)
    assert places.communes("Phường Văn Phú, xã Yên Bình") == (("04279",), ("04714",))
    assert places.communes("Các phường Yên Bái, Văn Phú") == (("04252",), ("04279",))
    assert places.communes("xã Bảo Yên, huyện Bảo Yên") == (("02947",),)
    assert places.communes("xã Không Có") == ((),)


def test_a_province_is_known_by_the_name_that_a_title_goes_on_from() -> None:
    day = date(2026, 6, 30)
    assert province_code(units(), "lao cai thoi ky 2021 2030", day) == "15"
    assert province_code(units(), "lao", day) is None
    assert province_code(units(), None, day) is None
