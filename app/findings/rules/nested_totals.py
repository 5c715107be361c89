"""Two stated totals, one about part of the other's sites, and what they leave for the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

from app.core.vocabulary import LegalStatus, Severity
from app.findings.cluster_law import CLUSTER_LAWS, law_on
from app.findings.facts import Behind, Finding, Number, ProvinceFacts, Rule, of_province
from app.findings.spans import Span, total
from app.findings.states import Measured
from app.findings.totals import AreaTotal, area_totals
from app.findings.wording import Text, amount, listed, opening, sites_of, stated_amount, when
from app.statistics.indicators import Measure

_CODE = "nested_totals_differ"


@dataclass(frozen=True, slots=True)
class _Nested:
    """A total and one of part of its sites; ``rest`` are the sites that only the larger has."""

    larger: AreaTotal
    smaller: AreaTotal
    rest: tuple[Measured, ...]

    @property
    def unknown(self) -> list[Measured]:
        return [site for site in self.rest if site.value is None]

    @property
    def remainder(self) -> Decimal:
        """The hectares for the unknown sites, by the figures as they are written."""
        known = sum((site.value for site in self.rest if site.value is not None), Decimal())
        return self.larger.total.observed.value - self.smaller.total.observed.value - known

    @property
    def fits(self) -> bool:
        """Whether the rest of the sites can have the area that the two totals leave.

        A larger total without a stated number may be of more sites than are registered.
        """
        left: Span = self.larger.total.span - self.smaller.total.span
        rest = total(self.larger.span_of(site) for site in self.rest)
        return left.meets(Span(rest.low, None) if self.larger.total.count is None else rest)

    @property
    def behind(self) -> list[Behind]:
        areas = [site.cited for site in self.rest if site.cited is not None]
        return [*self.larger.total.observations, *self.smaller.total.observations, *areas]


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    usable = [area for area in area_totals(facts) if _is_usable(area)]
    for larger, smaller in permutations(usable, 2):
        nested = _nested(larger, smaller)
        if nested is not None and not nested.fits:
            yield _finding(facts, nested)


def _is_usable(area: AreaTotal) -> bool:
    """Return whether a total fits by itself and is of just the sites that the register has.

    They must have been the same ones all through its period.
    """
    is_area = area.total.counterpart.measure is Measure.area
    if not is_area or not area.fits or area.size != len(area.sites):
        return False
    sets = {frozenset(m.site.id for m in other.members) for other in area.total.on_each_day}
    return len(sets) == 1


def _nested(larger: AreaTotal, smaller: AreaTotal) -> _Nested | None:
    """Return the pair if the sites of one are some of the other's and their sizes stayed.

    Where every area of the smaller set is known, its total says nothing new of the larger one.
    """
    inside = {site.site.id: site for site in smaller.sites}
    around = {site.site.id: site for site in larger.sites}
    is_part = smaller.total.kind is larger.total.kind and inside.keys() < around.keys()
    # Without a stated number, the smaller total may be of some of the others as well.
    if not is_part or smaller.total.count is None or not smaller.unknown or _grew(smaller, larger):
        return None
    return _Nested(larger, smaller, tuple(s for s in larger.sites if s.site.id not in inside))


def _grew(smaller: AreaTotal, larger: AreaTotal) -> bool:
    """Return whether a site of the smaller set has another area on the larger total's day."""
    values = {site.site.id: site.value for site in larger.sites}
    if any(site.value != values[site.site.id] for site in smaller.sites):
        return True
    return _expanded(smaller) != _expanded(larger) & {site.site.id for site in smaller.sites}


def _expanded(area: AreaTotal) -> set[str]:
    members = area.total.members
    return {m.site.id for m in members if m.values.get("legal_status") == LegalStatus.expanded}


def _finding(facts: ProvinceFacts, nested: _Nested) -> Finding:
    numbers = (
        Number("stated", nested.larger.total.observed.value, "ha"),
        Number("stated_for_part", nested.smaller.total.observed.value, "ha"),
        Number("remaining", nested.remainder, "ha"),
        Number("sites_unknown", Decimal(len(nested.unknown)), "count"),
    )
    head = opening(facts.province.name, nested.larger.total.observed)
    text = head + _part_text(nested) + _rest_text(nested)
    law = law_on(nested.larger.total.day)
    return of_province(facts, _CODE, Severity.warning, numbers, nested.behind, text, law)


def _part_text(nested: _Nested) -> Text:
    larger, smaller = nested.larger, nested.smaller
    observed = smaller.total.observed
    whole = sites_of(larger.size, larger.total.kind)
    part = sites_of(smaller.size, larger.total.kind)
    value, period = stated_amount(observed), when(observed.period)
    names = listed([site.site.name for site in smaller.sites])
    title, have = observed.source_title, "has" if smaller.size == 1 else "have"
    return Text(
        f" cho {whole.vi}; {part.vi} trong số đó ({names.vi}) có {value.vi} theo “{title}”, "
        f"{period.vi}",
        f" for {whole.en}; {part.en} of them ({names.en}) {have} {value.en} by “{title}”, "
        f"{period.en}",
    )


def _rest_text(nested: _Nested) -> Text:
    rest, unknown = amount(abs(nested.remainder), "ha"), nested.unknown
    if nested.remainder < 0:
        return _excess_text(nested, rest)
    if not unknown:
        return Text(
            f". Trừ cả các nơi còn lại đã biết diện tích thì lệch {rest.vi}.",
            f". Less the known areas of the others as well, {rest.en} are left over.",
        )
    names = listed([site.site.name for site in unknown])
    count = sites_of(len(unknown), nested.larger.total.kind)
    return Text(
        f". Trừ các diện tích đã biết thì chỉ còn {rest.vi} cho {count.vi} ({names.vi}), "
        "không phù hợp với quy mô 5–75 ha mỗi cụm theo nghị định.",
        f". Less the known areas, {rest.en} remain for {count.en} ({names.en}), which does not "
        "fit the 5 to 75 ha that the decree allows each.",
    )


def _excess_text(nested: _Nested, excess: Text) -> Text:
    """Say that the part is more than the whole, with the other known areas if there are any.

    Nothing can be left for the others then, whether the law says how large they are or not.
    """
    if len(nested.unknown) == len(nested.rest):
        return Text(
            f". Phần đó nhiều hơn tổng {excess.vi}.",
            f". The part is {excess.en} more than the whole.",
        )
    return Text(
        f". Cộng cả các nơi còn lại đã biết diện tích thì nhiều hơn tổng {excess.vi}.",
        f". With the known areas of the others that is {excess.en} more than the whole.",
    )


NESTED_TOTALS_DIFFER = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Hai tổng diện tích lồng nhau không khớp",
    title_en="Two totals, one of part of the other's sites, do not fit together",
    basis=(
        "A total less that of part of its sites is the area of the other sites, and by decree "
        "68/2017/NĐ-CP, article 2, kept by decrees 32/2024/NĐ-CP and 303/2026/NĐ-CP, a cluster has "
        "5 to 75 ha."
    ),
    needs=("sites", "observed"),
    find=_find,
    laws=CLUSTER_LAWS,
)
