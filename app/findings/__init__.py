"""Findings: facts that do not fit together, and facts that break a rule.

Each rule is a pure function of the facts of one province on one day; ``catalogue`` lists the rules,
with code, titles, basis and first day. A rule finds nothing in figures that add up, in unknown
ones, and in those that the qualifier of a source (about, at least) allows.
"""

from app.findings.catalogue import RULES, RULES_EDITION, findings_of
from app.findings.facts import (
    Asserted,
    Cited,
    Fact,
    Finding,
    Law,
    Misplaced,
    Number,
    ProvinceFacts,
    Rule,
    SiteElsewhere,
    SourceFacts,
    SubjectFacts,
    UnplacedSite,
)

__all__ = [
    "RULES",
    "RULES_EDITION",
    "Asserted",
    "Cited",
    "Fact",
    "Finding",
    "Law",
    "Misplaced",
    "Number",
    "ProvinceFacts",
    "Rule",
    "SiteElsewhere",
    "SourceFacts",
    "SubjectFacts",
    "UnplacedSite",
    "findings_of",
]
