"""Findings: facts that do not fit together, and facts that break a rule.

Each rule is a pure function over the facts of one province on one day and stands in one catalogue
with its code, its titles, what it rests on and since when it applies. A rule keeps silent on what
adds up, on what is unknown and on what the hedges of a source allow.
"""

from app.findings.catalogue import RULES, findings_of
from app.findings.facts import (
    Asserted,
    Cited,
    Finding,
    Number,
    ProvinceFacts,
    Rule,
    SiteElsewhere,
    SubjectFacts,
    UnplacedSite,
)

__all__ = [
    "RULES",
    "Asserted",
    "Cited",
    "Finding",
    "Number",
    "ProvinceFacts",
    "Rule",
    "SiteElsewhere",
    "SubjectFacts",
    "UnplacedSite",
    "findings_of",
]
