"""Established clusters, as the half-yearly report lists them: which act gave which area.

The report (Thông tư 14/2024/TT-BCT) wants the area and the decision of the establishment, of the
expansion and of the detailed plan. Both are taken from statements: who said so is the act.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.domain.timeline import Said, deciding
from app.domain.vocabulary import LegalStatus

ESTABLISHED = (LegalStatus.established, LegalStatus.expanded)


@dataclass(frozen=True, slots=True)
class Heard:
    """A live statement, and the number of the decision that makes it or that it cites."""

    said: Said
    decision: str | None


def acts(state: Mapping[str, Any], heard: Sequence[Heard], day: date) -> dict[str, Any]:
    """Return the areas and decisions of an established cluster on a day.

    ``state`` has its attributes of that day. The area of the establishment is the whole area
    until an expansion, and since then that of the day before it.
    """
    effective = [h for h in heard if h.said.effective_day <= day]
    area = state["area_ha"]
    expansions = [h for h in effective if _says(h, "legal_status", LegalStatus.expanded)]
    is_expanded = state["legal_status"] == LegalStatus.expanded
    first = min((h.said.effective_day for h in expansions), default=day)
    return {
        "established_area_ha": _area_before(effective, first) if is_expanded else area,
        "establishment_decision": _decision(effective, "legal_status", LegalStatus.established),
        "expanded_area_ha": area if is_expanded else None,
        "expansion_decision": _decision(expansions, "legal_status", LegalStatus.expanded)
        if is_expanded
        else None,
        "detailed_plan_decision": _decision(
            effective, "detailed_plan_area_ha", state["detailed_plan_area_ha"]
        ),
    }


def _area_before(heard: Iterable[Heard], day: date) -> Any:
    decided = deciding((h.said for h in heard), day - timedelta(days=1))
    return decided["area_ha"].values["area_ha"] if "area_ha" in decided else None


def _decision(heard: Iterable[Heard], name: str, value: Any) -> str | None:
    """Return the decision behind the latest statement of a value that has one.

    What a press article repeats later is no new act, so a statement without a decision is passed
    over.
    """
    found = [h for h in heard if value is not None and h.decision and _says(h, name, value)]
    return max(found, key=lambda h: h.said.rank).decision if found else None


def _says(heard: Heard, name: str, value: Any) -> bool:
    said = heard.said.values.get(name)
    if isinstance(said, Decimal):
        return float(said) == float(value)
    return bool(said == value)
