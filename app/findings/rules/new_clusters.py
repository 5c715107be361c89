"""New clusters beside those of their district or commune that still had much land to lease."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from app.core.vocabulary import DateBasis, Severity, SiteKind
from app.findings.cluster_law import (
    CLUSTER_LAWS,
    DISTRICTS_ENDED,
    LEAST_OCCUPANCY_PCT,
    ClusterDecree,
    decree_on,
)
from app.findings.facts import Cited, Finding, Number, ProvinceFacts, Rule, SubjectFacts, of_subject
from app.findings.occupancies import land_of, mean_of, weighted_of
from app.findings.spans import total
from app.findings.states import State, rebuilt
from app.findings.wording import Text, amount, listed, sites_of, when
from app.subjects.derived import ESTABLISHED

_CODE = "new_cluster_beside_unleased_ones"
_MOST_CLUSTERS = 24
"""A unit with more clusters is not looked at: each new one is compared with all before it."""
_OCCUPANCY = ("leased_ha", "industrial_land_ha", "stated_occupancy_pct")


@dataclass(frozen=True, slots=True)
class _Established:
    """A cluster and the first statement that it is established."""

    site: SubjectFacts
    cited: Cited

    def unit(self, attribute: str) -> str | None:
        """Return the code of its commune on the day, or of its district while there were any."""
        if attribute == "commune_code":
            return self.site.text(attribute)
        codes = (assertion.values.get(attribute) for assertion in self.site.assertions)
        return next((str(code) for code in codes if code is not None), None)


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    established = [one for site in facts.sites if (one := site.once(_establishment))]
    for attribute in ("district_code", "commune_code"):
        for clusters in _by_unit(established, attribute):
            for new in clusters:
                decree = _decree(new.cited, attribute)
                if decree is not None:
                    yield from _judge(facts, new, decree, clusters)


def _establishment(site: SubjectFacts) -> _Established | None:
    said = (a.cited for a in site.assertions if a.values.get("legal_status") in ESTABLISHED)
    first = next(said, None) if site.kind is SiteKind.cluster else None
    return _Established(site, first) if first else None


def _by_unit(established: Sequence[_Established], attribute: str) -> list[list[_Established]]:
    units: dict[str, list[_Established]] = defaultdict(list)
    for one in established:
        code = one.unit(attribute)
        if code is not None:
            units[code].append(one)
    return [clusters for clusters in units.values() if 1 < len(clusters) <= _MOST_CLUSTERS]


def _decree(cited: Cited, attribute: str) -> ClusterDecree | None:
    """Return the decree by which a cluster was new among those of a kind of unit.

    The day must be the one on which it was established, not that of a document that speaks of it.
    """
    decree = decree_on(cited.effective_day)
    is_known = cited.date_basis == DateBasis.stated and decree is decree_on(cited.last_day)
    is_late = attribute == "district_code" and cited.last_day >= DISTRICTS_ENDED
    return decree if is_known and not is_late and decree and decree.unit == attribute else None


def _judge(
    facts: ProvinceFacts, new: _Established, decree: ClusterDecree, clusters: Sequence[_Established]
) -> Iterator[Finding]:
    before = _states_before(new, clusters)
    means = [one for one in (mean_of(before), weighted_of(before)) if one is not None]
    lands = [land for state in before if (land := land_of(state)) is not None]
    left = total(land.leasable - land.leased for land in lands)
    if not means or any(one.span.exceeds(LEAST_OCCUPANCY_PCT) for one in means):
        return
    if left.low is not None and left.low > decree.most_unleased_ha:
        unleased = sum((land.leasable_ha - land.leased_ha for land in lands), Decimal())
        yield _finding(facts, new, decree, before, (max(one.value for one in means), unleased))


def _states_before(new: _Established, clusters: Sequence[_Established]) -> list[State]:
    """Return the other clusters on the eve, none of them if the occupancy of one is unknown."""
    eve = new.cited.effective_day - timedelta(days=1)
    found = []
    for other in clusters:
        if other.cited.last_day > eve:
            continue
        if not any(a.values.keys() & set(_OCCUPANCY) for a in other.site.assertions):
            return []
        state = rebuilt(other.site, eve)
        found += [state] if state.is_open else []
    return found


def _finding(
    facts: ProvinceFacts,
    new: _Established,
    decree: ClusterDecree,
    before: Sequence[State],
    found: tuple[Decimal, Decimal],
) -> Finding:
    pct, unleased = found
    numbers = (
        Number("clusters", Decimal(len(before)), "count"),
        Number("occupancy_pct", pct, "pct"),
        Number("unleased", unleased, "ha"),
        Number("most_unleased", decree.most_unleased_ha, "ha"),
    )
    decided = [
        state.deciding[name] for state in before for name in _OCCUPANCY if name in state.deciding
    ]
    text, site = _text(new, decree, before, found), new.site
    behind = [new.cited, *decided]
    return of_subject(facts, site, _CODE, Severity.info, numbers, behind, text, decree.law)


def _text(
    new: _Established,
    decree: ClusterDecree,
    before: Sequence[State],
    found: tuple[Decimal, Decimal],
) -> Text:
    since, pct = when(new.cited.effective_from), amount(found[0], "pct")
    left, most = amount(found[1], "ha"), amount(decree.most_unleased_ha, "ha")
    names = listed([state.site.name for state in before])
    others = sites_of(len(before), SiteKind.cluster)
    is_district = decree.unit == "district_code"
    unit = Text("huyện", "district") if is_district else Text("xã", "commune")
    return Text(
        f"{new.site.name}: thành lập {since.vi} khi {others.vi} cùng {unit.vi} ({names.vi}) mới "
        f"lấp đầy {pct.vi} và còn {left.vi} chưa cho thuê; phải trên 50% hoặc còn không quá "
        f"{most.vi} (Nghị định {decree.law.number}).",
        f"{new.site.name}: established {since.en} while {others.en} of its {unit.en} ({names.en}) "
        f"had {pct.en} occupied and {left.en} unleased; over 50% or at most {most.en} are needed "
        f"(decree {decree.law.number}).",
    )


NEW_CLUSTER_BESIDE_UNLEASED_ONES = Rule(
    code=_CODE,
    severity=Severity.info,
    title_vi="Thành lập cụm mới khi các cụm đã có còn nhiều đất chưa cho thuê",
    title_en="A new cluster beside others with much unleased land",
    basis=(
        "Decrees 68/2017/NĐ-CP and 32/2024/NĐ-CP: a new cluster needs those of its district to be "
        "over 50 percent occupied on average, or at most 100 ha of them unleased; by decree "
        "303/2026/NĐ-CP those of its commune, or at most 50 ha. Nothing is said while the "
        "occupancy of one of them is unknown, nor of a district after these ended on 2025-07-01."
    ),
    needs=("sites",),
    find=_find,
    laws=CLUSTER_LAWS,
)
