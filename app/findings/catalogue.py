"""The catalogue of rules, and their findings in a province on a day."""

from collections.abc import Callable, Iterable

from app import __version__
from app.core.vocabulary import Severity
from app.findings.facts import Finding, ProvinceFacts, Rule
from app.findings.rules.agencies import AGENCIES_DISAGREE
from app.findings.rules.area_totals import (
    AREA_TOTAL_DIFFERS,
    REMAINDER_BREAKS_SIZE_LIMITS,
    SET_DOES_NOT_ADD_UP,
)
from app.findings.rules.cluster_sizes import CLUSTER_SIZE
from app.findings.rules.conflicts import SOURCES_DISAGREE, SOURCES_DISAGREE_ON_INDICATOR
from app.findings.rules.count_totals import COUNT_TOTAL_DIFFERS
from app.findings.rules.dates import EXPECTED_DATE_PASSED, NO_WORD, RECORDED_BEFORE_IT_HOLDS
from app.findings.rules.decisions import (
    ONE_DECISION_FOR_TWO_SITES,
    ONE_DECISION_UNDER_TWO_SOURCES,
)
from app.findings.rules.denominators import OCCUPANCY_OF_ANOTHER_WHOLE
from app.findings.rules.document_totals import ROWS_DIFFER_FROM_TOTAL
from app.findings.rules.expansions import EXPANSION_OF_UNLEASED_CLUSTER
from app.findings.rules.growth import GROWTH_DIFFERS, TREND_DIFFERS
from app.findings.rules.identity import (
    SAME_NAME_UNDER_TWO_IDS,
    SAME_PLACE_UNDER_TWO_KINDS,
    SITE_WITHOUT_NAME,
    SITE_WITHOUT_PROVINCE,
)
from app.findings.rules.land import (
    MORE_CLEARED_THAN_TO_CLEAR,
    MORE_LAND_THAN_AREA,
    MORE_LEASED_THAN_LEASABLE,
)
from app.findings.rules.nested_totals import NESTED_TOTALS_DIFFER
from app.findings.rules.new_clusters import NEW_CLUSTER_BESIDE_UNLEASED_ONES
from app.findings.rules.operation import (
    ACTIVE_AFTER_ABOLITION,
    FULL_BUT_NOT_CLEARED,
    FULL_BUT_NOT_OPERATING,
    OPERATING_BUT_NEVER_ESTABLISHED,
    REMOVED_BUT_OPERATING,
)
from app.findings.rules.parts import PARTS_DIFFER_FROM_WHOLE
from app.findings.rules.percents import (
    PERCENT_IMPLIES_NO_WHOLE_TARGET,
    PERCENT_OF_TARGET_DIFFERS,
    PERCENT_OF_TARGET_OVERTAKEN,
)
from app.findings.rules.places import PLACES_CONTRADICT
from app.findings.rules.project_sites import (
    PROJECT_AND_SITE_IN_TWO_PROVINCES,
    PROJECT_IN_NO_KNOWN_SITE,
)
from app.findings.rules.rates import OCCUPANCY_TOTAL_DIFFERS
from app.findings.rules.recency import DECISION_DISPLACED_BY_LIGHTER_SOURCE
from app.findings.rules.territory import GEOMETRY_OUTSIDE_PROVINCE

RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        COUNT_TOTAL_DIFFERS,
        AREA_TOTAL_DIFFERS,
        SET_DOES_NOT_ADD_UP,
        REMAINDER_BREAKS_SIZE_LIMITS,
        ROWS_DIFFER_FROM_TOTAL,
        NESTED_TOTALS_DIFFER,
        OCCUPANCY_TOTAL_DIFFERS,
        PARTS_DIFFER_FROM_WHOLE,
        PERCENT_OF_TARGET_DIFFERS,
        PERCENT_OF_TARGET_OVERTAKEN,
        PERCENT_IMPLIES_NO_WHOLE_TARGET,
        GROWTH_DIFFERS,
        TREND_DIFFERS,
        CLUSTER_SIZE,
        NEW_CLUSTER_BESIDE_UNLEASED_ONES,
        EXPANSION_OF_UNLEASED_CLUSTER,
        OCCUPANCY_OF_ANOTHER_WHOLE,
        MORE_LEASED_THAN_LEASABLE,
        MORE_CLEARED_THAN_TO_CLEAR,
        MORE_LAND_THAN_AREA,
        FULL_BUT_NOT_OPERATING,
        FULL_BUT_NOT_CLEARED,
        REMOVED_BUT_OPERATING,
        OPERATING_BUT_NEVER_ESTABLISHED,
        ACTIVE_AFTER_ABOLITION,
        EXPECTED_DATE_PASSED,
        NO_WORD,
        RECORDED_BEFORE_IT_HOLDS,
        SOURCES_DISAGREE,
        SOURCES_DISAGREE_ON_INDICATOR,
        PLACES_CONTRADICT,
        AGENCIES_DISAGREE,
        DECISION_DISPLACED_BY_LIGHTER_SOURCE,
        ONE_DECISION_UNDER_TWO_SOURCES,
        ONE_DECISION_FOR_TWO_SITES,
        SAME_PLACE_UNDER_TWO_KINDS,
        SAME_NAME_UNDER_TWO_IDS,
        SITE_WITHOUT_NAME,
        SITE_WITHOUT_PROVINCE,
        PROJECT_AND_SITE_IN_TWO_PROVINCES,
        PROJECT_IN_NO_KNOWN_SITE,
        GEOMETRY_OUTSIDE_PROVINCE,
    )
}
"""The catalogue, by code, in the order of ``/v1/findings/rules``: a new rule is a line here."""
RULES_EDITION = __version__
"""What distinguishes answers of other rules: rules change with releases, and with nothing else."""
_SEVEREST_FIRST = list(Severity)


def findings_of(
    facts: ProvinceFacts,
    rules: Iterable[Rule] = RULES.values(),
    is_stopped: Callable[[], bool] = lambda: False,
) -> list[Finding]:
    """Apply the rules that are in force on the day, the severest findings first.

    ``is_stopped`` is called between rules and findings: a thread cannot be stopped from outside.
    """
    found: list[Finding] = []
    for rule in rules:
        if rule.since is not None and rule.since > facts.day:
            continue
        for finding in rule.find(facts):
            found.append(finding)
            if is_stopped():
                return []
        if is_stopped():
            return []
    return in_order(found)


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Return findings, the severest first."""
    return sorted(found, key=_order)


def _order(finding: Finding) -> tuple[int, str, str, str, tuple[str, ...], str]:
    return (
        _SEVEREST_FIRST.index(finding.severity),
        finding.rule,
        finding.subject_type,
        finding.subject_id,
        finding.statement_ids,
        finding.message_en,
    )
