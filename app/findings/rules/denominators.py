"""A stated occupancy that is the leased land over something else than its definition says."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.core.quantities import percent
from app.core.vocabulary import OccupancyDefinition, Severity
from app.findings.facts import Finding, Number, ProvinceFacts, Rule, SubjectFacts, of_subject
from app.findings.spans import percent_of, total
from app.findings.wording import Text, amount, attribute_name, joined
from app.subjects.derived import definition_on

_CODE = "occupancy_of_another_whole"
_RATE, _LEASED, _DEFINITION = "stated_occupancy_pct", "leased_ha", "occupancy_definition"
_WHOLES = (
    ("industrial_land_ha",),
    ("industrial_land_ha", "service_land_ha"),
    ("area_ha",),
    ("detailed_plan_area_ha",),
    ("planned_area_ha",),
)
"""What rates are divided by, one or two attributes together."""
_AND = Text(" và ", " and ")
_Whole = tuple[tuple[str, ...], Decimal]


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.open_sites:
        rate, leased = site.number(_RATE), site.number(_LEASED)
        if rate and leased and _is_of_one_day(site):
            yield from _judge(facts, site, leased)


def _is_of_one_day(site: SubjectFacts) -> bool:
    """Return whether rate and leased land hold from one day on: either may have changed alone."""
    return len({cited.effective_day for cited in site.behind(_RATE, _LEASED)}) == 1


def _judge(facts: ProvinceFacts, site: SubjectFacts, leased: Decimal) -> Iterator[Finding]:
    wholes = list(_wholes(site))
    proper = next((whole for whole in wholes if whole[0] == _defined(site)), None)
    others = [whole for whole in wholes if whole != proper and _fits(site, whole[0])]
    if proper and others and not _fits(site, proper[0]):
        computed = percent(leased, proper[1])
        if computed is not None:
            yield _finding(facts, site, proper, others[0], computed)


def _wholes(site: SubjectFacts) -> Iterator[_Whole]:
    for names in _WHOLES:
        values = [value for name in names if (value := site.number(name)) is not None]
        if len(values) == len(names):
            yield names, sum(values, Decimal())


def _defined(site: SubjectFacts) -> tuple[str, ...]:
    """Return what the rate divides by: by its own definition, else by that of the law."""
    stated = site.text(_DEFINITION)
    if stated in {None, OccupancyDefinition.as_stated} and site.kind is not None:
        stated = definition_on(site.kind, site.deciding[_RATE].effective_day)
    return _WHOLES[stated == OccupancyDefinition.kcn_2022]


def _fits(site: SubjectFacts, names: Sequence[str]) -> bool:
    """Return whether the rate is that of the land, within rounding and the hedges of all."""
    rate, leased = site.span(_RATE), site.span(_LEASED)
    of = total(span for name in names if (span := site.span(name)))
    if rate is None or leased is None or (of.low is not None and of.low <= 0):
        return False
    return rate.meets(percent_of(leased, of))


def _finding(
    facts: ProvinceFacts, site: SubjectFacts, proper: _Whole, other: _Whole, computed: Decimal
) -> Finding:
    rate, leased = site.number(_RATE) or Decimal(), site.number(_LEASED) or Decimal()
    (names, whole), (other_names, other_whole) = proper, other
    numbers = (
        Number("stated", rate, "pct"),
        Number("computed", computed, "pct"),
        Number(_LEASED, leased, "ha"),
        Number("defined_whole", whole, "ha"),
        Number("fitting_whole", other_whole, "ha"),
    )
    shown, part, pct = amount(rate, "pct"), amount(leased, "ha"), amount(computed, "pct")
    is_of, fits = _named(names, whole), _named(other_names, other_whole)
    text = Text(
        f"{site.name}: tỷ lệ lấp đầy được nêu {shown.vi} là {part.vi} đã cho thuê trên {fits.vi}; "
        f"trên {is_of.vi} thì là {pct.vi}.",
        f"{site.name}: the stated occupancy {shown.en} is {part.en} leased of {fits.en}; of "
        f"{is_of.en} it is {pct.en}.",
    )
    # Where the source does not say what it divides by, nobody said that it is what the law has.
    is_defined = site.text(_DEFINITION) not in {None, OccupancyDefinition.as_stated}
    severity = Severity.warning if is_defined else Severity.info
    behind = site.behind(_RATE, _LEASED, *names, *other_names)
    return of_subject(facts, site, _CODE, severity, numbers, behind, text)


def _named(names: tuple[str, ...], hectares: Decimal) -> Text:
    value = amount(hectares, "ha")
    words = joined((attribute_name(name) for name in names), _AND)
    return words + Text(f" {value.vi}", f" {value.en}")


OCCUPANCY_OF_ANOTHER_WHOLE = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Tỷ lệ lấp đầy tính trên diện tích khác với cách tính",
    title_en="A stated occupancy fits another whole than that of its definition",
    basis=(
        "Occupancy is leased land over industrial land, of a zone since decree 35/2022/NĐ-CP over "
        "industrial and service land. It is found where a rate and the leased land of the same "
        "date do not fit that, but fit the whole site or another area, within the rounding of "
        "all; a question where the source does not say what it divides by."
    ),
    needs=("sites",),
    find=_find,
    alone=True,
)
