"""The sizes that a cluster can have by law.

Decree 68/2017/NĐ-CP, article 2: a cluster has 10 to 75 ha; in mountain districts and for craft
villages 5 to 75 ha. Decree 66/2020, which amends it, and decree 32/2024, which replaces it, keep
these limits. The register does not know which districts count as mountainous, so 5 ha is the least
that a cluster can have, and 10 ha the least that raises no question. Zones have no limit.
"""

from datetime import date
from decimal import Decimal

from app.core.vocabulary import SiteKind
from app.findings.spans import Span

DECREE_68_2017_IN_FORCE = date(2017, 7, 15)
_DECREES = (
    (date(2024, 5, 1), "32/2024/NĐ-CP"),
    (DECREE_68_2017_IN_FORCE, "68/2017/NĐ-CP"),
)
LEAST_HA = Decimal(5)
LEAST_OUTSIDE_MOUNTAINS_HA = Decimal(10)
MOST_HA = Decimal(75)
_ANY = Span(Decimal(), None)


def decree_on(day: date) -> str | None:
    """Return the number of the decree on clusters in force on a day; ``None`` before the first."""
    return next((number for since, number in _DECREES if since <= day), None)


def size_limits(kind: SiteKind, day: date) -> Span:
    """Return the hectares that a site of a kind can have on a day."""
    if kind is SiteKind.cluster and decree_on(day) is not None:
        return Span(LEAST_HA, MOST_HA)
    return _ANY
