"""A stated number of sites against those that the register has."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.core.vocabulary import Severity
from app.findings.facts import Finding, Number, ProvinceFacts, Rule, of_province
from app.findings.spans import Span
from app.findings.states import State
from app.findings.totals import Total, totals
from app.findings.wording import Text, listed, opening
from app.statistics.indicators import Measure

_CODE = "count_total_differs"


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for stated in totals(facts):
        if stated.counterpart.measure is not Measure.number or not stated.states:
            continue
        severity = _severity(stated)
        if severity is Severity.warning:
            yield _finding(facts, stated, _sure(stated), severity)
        elif severity is Severity.info:
            yield _finding(facts, stated, stated.members, severity)


def _severity(stated: Total) -> Severity | None:
    """Return how wrong a total is on the day that it fits best; ``None`` if it fits on one."""
    least = Severity.warning
    for total in stated.on_each_day:
        verdict = _verdict(total)
        if verdict is None:
            return None
        if verdict is Severity.info:
            least = verdict
    return least


def _verdict(stated: Total) -> Severity | None:
    """Judge a total as one of its day: fewer than surely are, or more than there can be."""
    possible = sum(state.may_belong(stated.counterpart) for state in stated.states)
    if stated.span.is_below(Span.exactly(Decimal(len(_sure(stated))))):
        return Severity.warning
    return Severity.info if Span.exactly(Decimal(possible)).is_below(stated.span) else None


def _sure(stated: Total) -> list[State]:
    return [state for state in stated.states if state.surely_belongs(stated.counterpart)]


def _finding(
    facts: ProvinceFacts, stated: Total, members: Sequence[State], severity: Severity
) -> Finding:
    observed, found = stated.observed, Decimal(len(members))
    numbers = (
        Number("stated", observed.value, "count"),
        Number("computed", found, "count"),
        Number("difference", observed.value - found, "count"),
    )
    cited = [cited for member in members for cited in member.why(stated.counterpart)]
    text = opening(facts.province.name, observed) + _rest(members)
    return of_province(facts, _CODE, severity, numbers, [observed, *cited], text)


def _rest(members: Sequence[State]) -> Text:
    if not members:
        return Text(
            ", nhưng sổ đăng ký không có nơi nào như vậy.", ", but the register has no such site."
        )
    names = listed([member.site.name for member in members])
    return Text(
        f", nhưng sổ đăng ký có {len(members)}: {names.vi}.",
        f", but the register has {len(members)}: {names.en}.",
    )


COUNT_TOTAL_DIFFERS = Rule(
    code=_CODE,
    severity=Severity.warning,
    title_vi="Số lượng được nêu khác với số lượng trong sổ đăng ký",
    title_en="A stated number of sites differs from those registered",
    basis=(
        "A total counts no fewer sites than are known to have its status on its day, or on some "
        "day of its period, and no more than those and the ones whose status is unknown. More "
        "stated than registered may only mean that sites are still to be registered."
    ),
    needs=("sites", "observed"),
    find=_find,
)
