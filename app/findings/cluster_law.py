"""What the decrees on clusters say of their sizes and of new ones, each while it is in force.

A cluster has 5 to 75 ha. Until decree 303/2026 less than 10 ha was for mountain districts and
craft villages only; the register does not know which districts count as mountainous, so that is a
question. A new cluster needs those of its district, by decree 303/2026 those of its commune, to be
over half occupied on average, or little of their land to be unleased. Zones have no limits.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.vocabulary import SiteKind
from app.findings.facts import Law
from app.findings.spans import Span
from app.findings.wording import Text

LEAST_HA = Decimal(5)
MOST_HA = Decimal(75)
LEAST_OCCUPANCY_PCT = Decimal(50)
DISTRICTS_ENDED = date(2025, 7, 1)
"""Resolution 202/2025/QH15: since then there is no district that a new cluster could be held to."""
_ANY = Span(Decimal(), None)


@dataclass(frozen=True, slots=True)
class ClusterDecree:
    """A decree on clusters, as far as the register needs it.

    ``usual_least_ha`` is the least that raises no question. ``unit`` is the attribute of the unit
    whose clusters a new one depends on, and ``most_unleased_ha`` what of them may be unleased.
    ``expansion_pct`` is the occupancy that an expansion needs, ``expansion_or`` what does as well.
    """

    law: Law
    usual_least_ha: Decimal
    unit: str
    most_unleased_ha: Decimal
    expansion_pct: Decimal
    expansion_or: Text


_OR_DEMAND = Text(" hoặc nhu cầu thuê vượt diện tích còn lại", ", or demand beyond the land left")
_BY_DISTRICT = (Decimal(10), "district_code", Decimal(100), Decimal(60), _OR_DEMAND)
_BY_COMMUNE = (LEAST_HA, "commune_code", Decimal(50), Decimal(50), Text("", ""))
_DECREES = (
    ClusterDecree(Law("68/2017/NĐ-CP", date(2017, 7, 15), date(2024, 5, 1)), *_BY_DISTRICT),
    ClusterDecree(Law("32/2024/NĐ-CP", date(2024, 5, 1), date(2026, 9, 15)), *_BY_DISTRICT),
    ClusterDecree(Law("303/2026/NĐ-CP", date(2026, 9, 15), None), *_BY_COMMUNE),
)
"""Decree 66/2020 amends the first and changes none of this. Of the last, officers' summaries are
known, not its text."""
CLUSTER_LAWS = tuple(decree.law for decree in _DECREES)


def decree_on(day: date) -> ClusterDecree | None:
    """Return the decree on clusters in force on a day; ``None`` before the first."""
    return next((decree for decree in _DECREES if decree.law.holds_on(day)), None)


def law_on(day: date) -> Law | None:
    """Return the decree in force on a day as a finding names it."""
    decree = decree_on(day)
    return decree.law if decree else None


def size_limits(kind: SiteKind, day: date) -> Span:
    """Return the hectares that a site of a kind can have on a day."""
    if kind is SiteKind.cluster and decree_on(day) is not None:
        return Span(LEAST_HA, MOST_HA)
    return _ANY
