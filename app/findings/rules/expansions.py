"""Clusters that were expanded while much of their land was not leased."""

from collections.abc import Iterator
from datetime import timedelta

from app.core.vocabulary import DateBasis, LegalStatus, Severity, SiteKind
from app.findings.cluster_law import CLUSTER_LAWS, ClusterDecree, decree_on
from app.findings.facts import Asserted, Finding, Number, ProvinceFacts, Rule, of_subject
from app.findings.occupancies import rate_of
from app.findings.spans import Span
from app.findings.states import State, rebuilt
from app.findings.wording import Text, amount, when
from app.subjects.attributes import number_of

_CODE = "expansion_of_unleased_cluster"
_OCCUPANCY = ("leased_ha", "industrial_land_ha", "stated_occupancy_pct")


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for site in facts.open_sites:
        if site.kind is SiteKind.cluster:
            for said in site.assertions:
                decree = _decree(said)
                if decree is not None:
                    eve = rebuilt(site, said.cited.effective_day - timedelta(days=1))
                    yield from _judge(facts, eve, said, decree)


def _decree(said: Asserted) -> ClusterDecree | None:
    """Return the decree by which a cluster was expanded, if a statement says on which day."""
    if said.values.get("legal_status") != LegalStatus.expanded:
        return None
    decree = decree_on(said.cited.effective_day)
    is_known = said.cited.date_basis == DateBasis.stated and decree is decree_on(
        said.cited.last_day
    )
    return decree if is_known else None


def _judge(
    facts: ProvinceFacts, eve: State, said: Asserted, decree: ClusterDecree
) -> Iterator[Finding]:
    rate, possible = number_of(eve.values, "occupancy_pct"), rate_of(eve)
    # What is repeated later was judged when it was first said.
    is_new = eve.values.get("legal_status") != LegalStatus.expanded
    needed = Span.exactly(decree.expansion_pct)
    if rate is None or possible is None or not possible.is_below(needed) or not is_new:
        return
    numbers = (
        Number("occupancy_pct", rate, "pct"),
        Number("least_occupancy", decree.expansion_pct, "pct"),
    )
    since, pct = when(said.cited.effective_from), amount(rate, "pct")
    least, law = amount(decree.expansion_pct, "pct"), decree.law.number
    text = Text(
        f"{eve.site.name}: mở rộng {since.vi} khi mới lấp đầy {pct.vi}; phải từ {least.vi} trở lên"
        f"{decree.expansion_or.vi} (Nghị định {law}).",
        f"{eve.site.name}: expanded {since.en} while {pct.en} of it was occupied; at least "
        f"{least.en} are needed{decree.expansion_or.en} (decree {law}).",
    )
    behind = [said.cited, *(eve.deciding[name] for name in _OCCUPANCY if name in eve.deciding)]
    yield of_subject(facts, eve.site, _CODE, Severity.info, numbers, behind, text, decree.law)


EXPANSION_OF_UNLEASED_CLUSTER = Rule(
    code=_CODE,
    severity=Severity.info,
    title_vi="Mở rộng cụm công nghiệp khi tỷ lệ lấp đầy còn thấp",
    title_en="A cluster was expanded at a low occupancy",
    basis=(
        "Decrees 68/2017/NĐ-CP and 32/2024/NĐ-CP: an expansion needs 60 percent occupancy or "
        "demand beyond the land, which the register does not know; by decree 303/2026/NĐ-CP at "
        "least 50 percent. Nothing is said while the occupancy is unknown or not given exactly."
    ),
    needs=("sites",),
    find=_find,
    laws=CLUSTER_LAWS,
)
