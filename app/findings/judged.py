"""The findings in the facts of a province, of which those that still hold are taken over."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from app.core.vocabulary import SubjectType
from app.findings.catalogue import RULES, findings_of, in_order
from app.findings.facts import Finding, ProvinceFacts, SubjectFacts

_ALONE = [rule for rule in RULES.values() if rule.alone]
_SUBJECT_BYTES, _STATEMENT_BYTES, _OTHER_BYTES = 8000, 800, 1500
"""About how many bytes a subject, a statement about one, and a finding or value take."""
_OfSubject = tuple[SubjectType, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """The facts of a province on a day, with the findings of all rules; ``judge`` makes it.

    Rules that judge subjects alone are applied to each site and project by itself; ``by_rule`` has
    what is found beside that.
    """

    facts: ProvinceFacts
    subjects: Mapping[_OfSubject, tuple[SubjectFacts, Sequence[Finding]]] = field(
        default_factory=dict
    )
    by_rule: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    """All of them, the severest first."""

    @staticmethod
    def nothing(facts: ProvinceFacts) -> "Judged":
        """Return a province without facts, which no rule was applied to."""
        return Judged(ProvinceFacts(facts.province, facts.day, (), (), ()))

    @property
    def about(self) -> Set[tuple[str, str]]:
        """The subjects that the facts are about, by type and id, but for those not placed."""
        elsewhere = ((SubjectType.site, key) for key in self.facts.elsewhere)
        to_come = ((one.type, one.id) for one in self.facts.to_come)
        return {*self.subjects, *to_come, *elsewhere}

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        said = sum(len(subject.assertions) for subject, _ in self.subjects.values())
        others = len(self.facts.observed) + len(self.findings)
        subjects = _SUBJECT_BYTES * (1 + len(self.subjects))
        return subjects + _STATEMENT_BYTES * said + _OTHER_BYTES * others


def judge(
    facts: ProvinceFacts, before: Judged, is_stopped: Callable[[], bool] = lambda: False
) -> Judged:
    """Apply all rules to facts, but for those that look at the same as in ``before``.

    What rules made of the facts meanwhile is dropped.

    ``is_stopped`` is called between rules and findings: a thread cannot be stopped from outside.
    """
    subjects: dict[_OfSubject, tuple[SubjectFacts, Sequence[Finding]]] = {}
    for one in (*facts.sites, *facts.projects):
        known = before.subjects.get((one.type, one.id))
        if known is None or known[0] is not one:
            known = one, findings_of(_of_one(facts, one), _ALONE, is_stopped)
        subjects[one.type, one.id] = known
    by_rule: dict[str, Sequence[Finding]] = {}
    others, others_before = _of_none(facts), _of_none(before.facts)
    for code, rule in RULES.items():
        now, then = (others, others_before) if rule.alone else (facts, before.facts)
        is_same = all(getattr(now, fact) == getattr(then, fact) for fact in rule.needs)
        found = before.by_rule.get(code) if is_same else None
        by_rule[code] = findings_of(now, [rule], is_stopped) if found is None else found
    found_in_all = (*(found for _, found in subjects.values()), *by_rule.values())
    return Judged(
        replace(facts), subjects, by_rule, in_order(one for some in found_in_all for one in some)
    )


def _of_one(facts: ProvinceFacts, subject: SubjectFacts) -> ProvinceFacts:
    """Return the facts of one site or project alone."""
    about = (subject.type, subject.id)
    misplaced = facts.misplaced.get(about)
    is_site = subject.type is SubjectType.site
    return ProvinceFacts(
        province=facts.province,
        day=facts.day,
        sites=[subject] if is_site else (),
        projects=() if is_site else [subject],
        observed=(),
        misplaced={about: misplaced} if misplaced else {},
        territory=facts.territory,
    )


def _of_none(facts: ProvinceFacts) -> ProvinceFacts:
    """Return the facts that are not about any site or project of the province."""
    return replace(facts, sites=(), projects=(), misplaced={}, sources={}, elsewhere={})
