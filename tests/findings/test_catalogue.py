"""The catalogue as a whole, and the order of what is found."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast, get_args

import pytest

from app.core.vocabulary import Severity
from app.findings import RULES, Fact, ProvinceFacts, Rule, UnplacedSite, findings_of
from tests.findings.builders import DAY, cluster, facts, said, stated

POINT = '{"type": "Point", "coordinates": [105.8, 22.1]}'


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_is_described(rule: Rule) -> None:
    assert RULES[rule.code] is rule
    assert re.fullmatch(r"[a-z]+(?:_[a-z]+)*", rule.code)
    assert rule.title_vi != rule.title_en
    assert rule.basis.endswith(".")
    assert isinstance(rule.severity, Severity)


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_reads_the_facts_that_it_needs_and_no_others(rule: Rule) -> None:
    """Facts of each member are there, so that nothing is left unread because it is empty."""
    big = cluster("A", said("2024-12", area_ha=80, geometry=POINT))
    lost = UnplacedSite(cluster("B", said("2024-12", area_ha=6)), DAY)
    whole = facts(big, observed=[stated("cluster_count", 2, "2024-12-31")], territory=(POINT,))
    whole = replace(whole, projects=[big], to_come=[big], unplaced=[lost])
    seen: set[str] = set()

    class Watched:
        open_sites = property(lambda self: [s for s in self.sites if not s.is_closed])

        def once(self, make: Callable[[Any], Any]) -> Any:
            return make(self)

        def __getattr__(self, name: str) -> Any:
            seen.add(name)
            return getattr(whole, name)

    list(rule.find(cast("ProvinceFacts", Watched())))
    assert seen & set(get_args(Fact)) == set(rule.needs)


def test_no_facts_no_findings() -> None:
    assert findings_of(facts()) == []


def test_the_severest_come_first() -> None:
    big = cluster("B", said("2024-12", area_ha=80))
    also_big = cluster("A", said("2024-12", area_ha=90))
    small = cluster("C", said("2024-12", area_ha=6))
    count = stated("cluster_count", 2, "2024-12-31")
    findings = findings_of(facts(small, big, also_big, observed=[count]))
    assert [(f.severity, f.rule, f.subject_id) for f in findings] == [
        ("error", "cluster_size", "ccn-a"),
        ("error", "cluster_size", "ccn-b"),
        ("warning", "count_total_differs", "06"),
        ("info", "cluster_size", "ccn-c"),
    ]


def test_the_order_of_the_facts_does_not_matter() -> None:
    sites = [cluster(name, said("2024-12", area_ha=80)) for name in "BAC"]
    observed = [stated("cluster_count", 2, "2024-12-31"), stated("cluster_count", 1, "2024-06-30")]
    one = findings_of(facts(*sites, observed=observed))
    other = findings_of(facts(*reversed(sites), observed=observed[::-1]))
    assert [(f.rule, f.subject_id, f.statement_ids[0]) for f in one] == [
        (f.rule, f.subject_id, f.statement_ids[0]) for f in other
    ]


def test_a_rule_applies_since_its_date() -> None:
    day = date(2017, 7, 14)
    big = cluster("A", said("2017-07-14", area_ha=80), day=day)
    assert findings_of(facts(big, day=day)) == []
