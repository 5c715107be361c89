"""The parts of a whole against the whole."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.core.vocabulary import Severity
from app.findings.facts import Finding, Number, ProvinceFacts, Rule, of_province
from app.findings.levels import at_prices_of, days_of, stated, unknown_prices
from app.findings.spans import span_of, total
from app.findings.wording import Text, amount, indicator_name, listed, opening
from app.statistics.indicators import INDICATORS
from app.statistics.observations import Observed, latest, prices_of

_CODE = "parts_differ_from_whole"


def _find(facts: ProvinceFacts) -> Iterator[Finding]:
    for (code, _), codes in _breakdowns().items():
        about = (o for o in facts.observed if o.indicator == code)
        wholes = latest(about, lambda o: (days_of(o), o.basis, prices_of(o) or ""))
        for key in sorted(wholes):
            yield from _judge(facts, wholes[key], codes)


def _breakdowns() -> dict[tuple[str, str], list[str]]:
    """Return the codes of the parts of each whole, by whole and name of the breakdown.

    What is some of a whole is a breakdown of its own, which lacks the rest.
    """
    parts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, indicator in INDICATORS.items():
        if indicator.part_of is not None:
            parts[indicator.part_of, indicator.part_group].append(code)
        if indicator.some_of is not None:
            parts[indicator.some_of, code].append(code)
    return parts


def _parts_of(facts: ProvinceFacts, whole: Observed, codes: Sequence[str]) -> list[Observed]:
    """Return the parts that can be compared with a whole: those of its own source, if it has any.

    A revised whole does not contradict earlier parts, nor a measured one estimated parts.
    """
    beside = [
        o
        for code in codes
        for o in at_prices_of(whole, stated(facts, code, days_of(whole), {whole.basis}))
        if o.effective_day >= whole.effective_day
    ]
    own = [o for o in beside if o.source_id == whole.source_id]
    return list(latest(own or beside, lambda o: o.indicator).values())


def _judge(facts: ProvinceFacts, whole: Observed, codes: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding where all parts do not add up to the whole, or some exceed it."""
    parts = _parts_of(facts, whole, codes)
    if not parts:
        return
    added, of_whole = total(span_of(part) for part in parts), span_of(whole)
    is_complete = len(parts) == len(codes) and INDICATORS[codes[0]].some_of is None
    if of_whole.is_below(added) or (is_complete and added.is_below(of_whole)):
        yield _finding(facts, whole, parts, is_complete=is_complete)


def _finding(
    facts: ProvinceFacts, whole: Observed, parts: Sequence[Observed], *, is_complete: bool
) -> Finding:
    unit = INDICATORS[whole.indicator].unit
    added = sum((part.value for part in parts), Decimal())
    numbers = (
        Number("whole", whole.value, unit),
        *(Number(part.indicator, part.value, INDICATORS[part.indicator].unit) for part in parts),
        Number("sum", added, unit),
        Number("difference", whole.value - added, unit),
    )
    text = opening(facts.province.name, whole) + _rest(parts, added, unit, is_complete=is_complete)
    text += unknown_prices(whole, *parts)
    return of_province(facts, _CODE, _severity(whole, parts), numbers, [whole, *parts], text)


def _severity(whole: Observed, parts: Sequence[Observed]) -> Severity:
    """Return an error within one document; parts stated later may only have been revised."""
    if any(part.effective_day > whole.effective_day for part in parts):
        return Severity.info
    is_of_one_source = all(part.source_id == whole.source_id for part in parts)
    return Severity.error if is_of_one_source else Severity.warning


def _rest(parts: Sequence[Observed], added: Decimal, unit: str, *, is_complete: bool) -> Text:
    sum_text = amount(added, unit)
    named = [(indicator_name(part.indicator), amount(part.value, unit)) for part in parts]
    vi = listed([f"{name.vi} {value.vi}" for name, value in named]).vi
    en = listed([f"{name.en} {value.en}" for name, value in named]).en
    if is_complete:
        return Text(
            f", nhưng các phần cộng lại là {sum_text.vi}: {vi}.",
            f", but its parts add up to {sum_text.en}: {en}.",
        )
    return Text(
        f", nhưng riêng những phần đã nêu là {sum_text.vi}: {vi}.",
        f", but the parts stated alone are {sum_text.en}: {en}.",
    )


PARTS_DIFFER_FROM_WHOLE = Rule(
    code=_CODE,
    severity=Severity.error,
    title_vi="Các phần không cộng thành tổng",
    title_en="The parts do not add up to the whole",
    basis=(
        "The parts of a complete breakdown add up to the whole of the same period, basis and "
        "prices within half a unit of the last decimal of each figure; some of the parts, and what "
        "is some of a whole, are never more. Parts that are older than the whole are not held "
        "against it."
    ),
    needs=("observed",),
    find=_find,
    alone=True,
)
