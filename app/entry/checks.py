"""Whether what a statement gives fits its attributes, its day and what is registered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.dates import PartialDate, Period
from app.core.errors import (
    BadBodyError,
    ConflictError,
    Fault,
    ImpossibleStateError,
    IrregularChangeError,
)
from app.core.messages import FAULT_AT, SENTENCES, Message, Template
from app.core.quantities import UnitOfMeasure
from app.core.vietnamese import slug, without_prefix
from app.core.vocabulary import MEASURED, Basis, PriceBase, Qualifier, SiteKind, SubjectType
from app.entry.known import Key, Known
from app.entry.schemas import ProvinceStatementWrite, StatementHead
from app.statistics.indicator_schemas import ObservationValue
from app.statistics.indicators import INDICATORS, MONEY, Indicator
from app.subjects.attributes import UNIT_LEVELS, Catalogue, ValueType
from app.subjects.definitions import DEFINITIONS, Subject, definition_of
from app.subjects.fold import Assertion, StatePeriod
from app.subjects.geometry_faults import geometry_faults
from app.subjects.state_machine import Violation
from app.units.provinces import check_partial_date, refuse_unit
from app.units.units import Units

_ID_PREFIX: Mapping[str, str] = {
    SiteKind.zone: "kcn",
    SiteKind.cluster: "ccn",
    SiteKind.craft_village: "lang-nghe",
    SubjectType.project: "du-an",
}
"""What made ids begin with, where it is not the type of the subject."""
_MOST_ID = 80
_NO_NAME = Template("entry.no-name", "A {what} is registered with its name.")
_NO_PLACE = Template(
    "entry.no-place",
    "A {what} is registered with its province_code, or a district or commune in it.",
)
_NO_SITE = Template("entry.no-site", "A {what} is registered with the site that it is in.")
_TAKEN = Template(
    "entry.id-taken",
    "A {what} {key!r} is registered already: send statements about it, or give another id.",
)
_TAKEN_AND_WITHDRAWN = Template(
    "entry.id-taken-and-withdrawn",
    "The {what} {key!r} was withdrawn in revision {withdrawn_in}, and keeps its id: give another.",
)
_NO_ID = Template("entry.no-id", "No id can be made from this name; give one.")
_OTHER_KIND = Template(
    "entry.other-kind",
    "{attribute} is an attribute of kind {kinds} only; this is a {kind}.",
)
_NO_FIT = Template(
    "entry.no-effect",
    "{attribute} {stated} does not fit the rest of the place, which lies in {known}: "
    "correct it, or leave out what is not known.",
)
_FROM_DAY = Template("entry.from-day", "From {day}: {reason}")
_OVERRIDE = Template("entry.override", "Give override_reason if it is right all the same.")

_NO_END = Template(
    "entry.no-end-after-start",
    "{end} does not come after {start}: effective_to is the first day on which this no longer "
    "holds.",
)
_NO_END_YET = Template(
    "entry.no-end-after-start-yet",
    "{end} does not come after {start}: effective_to is the first day on which this no longer "
    "holds; to include {end} write {following}.",
)
_LASTS = Template(
    "entry.lasts",
    "{attribute} takes no end, for names and places go on until the next is stated: leave out "
    "effective_to, or state what ends apart.",
)
_NOT_CLEARABLE = Template("entry.not-clearable", "{attribute} cannot be cleared, only restated.")
_BASIS = Template(
    "entry.basis",
    "{attribute} says what is, so basis {basis} does not fit: use actual or estimate.",
)
_BASIS_OR_DATE = Template(
    "entry.basis-or-date",
    "{attribute} says what is, so basis {basis} does not fit: use actual or estimate, "
    "or expected_operation for a dated prediction.",
)
_NO_SUCH_VALUE = Template(
    "entry.qualifier-without-value",
    "A qualifier goes with the value that it is about: give {attribute} in values, or leave it out "
    "here.",
)
_NO_UPPER_END = Template(
    "entry.range-without-end",
    "{attribute} is the lower end of a range: give the upper one in values_to.",
)
_RANGE_ONLY = Template(
    "entry.end-without-range", "Only {attribute} with qualifier range has an upper end."
)
_RANGE_ORDER = Template(
    "entry.range-order", "The upper end of {attribute} must be greater than {value}, the lower one."
)
_BASIS_OF_AREA = Template(
    "entry.basis-of-area",
    "area_ha says what is, so basis {basis} does not fit: use planned_area_ha for what is planned.",
)
_NO_INDICATOR = Template(
    "entry.no-indicator", "No indicator {code!r} is known; see /v1/indicators."
)
_NOT_MEASURED = Template(
    "entry.not-measured",
    "Only what was reached is so much of a target: use basis actual or estimate.",
)
_PLANNED = Template(
    "entry.planned",
    "{indicator} is what a plan foresees, so basis {basis} does not fit: use plan.",
)
_TWICE = Template("entry.indicator-twice", "{indicator} is given twice for the same period.")
_NEGATIVE = Template("entry.negative", "{indicator} cannot be negative; only growth can.")
_COUNT = Template("entry.count", "A count is a whole number.")
_SHARE = Template("entry.share", "A share is at most 100.")
_SHRINKS = Template(
    "entry.shrinks", "Growth is at least -100: nothing shrinks by more than all of it."
)
_NO_MONEY = Template("entry.no-money", "{indicator} is no money, so it has no prices.")
_PRICES = Template("entry.prices", "{indicator} is defined at {prices} prices.")
_WHOLE = Decimal(100)
_CATALOGUES: Mapping[str, Catalogue] = {
    what: definition.attributes for what, definition in DEFINITIONS.items()
}
_REFERENCES = (ValueType.organization, ValueType.site)
_REFERRING = {
    what: {name: kind.value for kind in _REFERENCES for name in catalogue.of_type(kind)}
    for what, catalogue in _CATALOGUES.items()
}
"""The attributes that name organizations and sites, by type of subject."""


def check_registration(what: SubjectType, values: Mapping[str, Any]) -> None:
    """Refuse to register a subject without a name, and without a place or the site it is in."""
    if values.get("name") is None:
        raise BadBodyError.of("#/values/name", _NO_NAME(what=what))
    if UNIT_LEVELS.keys().isdisjoint(_CATALOGUES[what]):
        if not any(values.get(name) for name in _CATALOGUES[what].of_type(ValueType.site)):
            raise BadBodyError.of("#/values/site", _NO_SITE(what=what))
    elif not any(values.get(name) for name in UNIT_LEVELS):
        raise BadBodyError.of("#/values/province_code", _NO_PLACE(what=what))


def made_id(what: SubjectType, kind: SiteKind | None, name: str) -> str:
    """Return the id that a subject has by its name."""
    made = slug(without_prefix(name))[:_MOST_ID].rstrip("-")
    if not made:
        raise BadBodyError.of("#/id", _NO_ID())
    known_as = kind or what
    return f"{_ID_PREFIX.get(known_as, known_as)}-{made}"


def id_taken(what: str, key: str, withdrawn_in: int | None) -> ConflictError:
    """Return the error for an id that something is or was registered by."""
    if withdrawn_in is None:
        detail, members = _TAKEN(what=what, key=key), {}
    else:
        detail = _TAKEN_AND_WITHDRAWN(what=what, key=key, withdrawn_in=withdrawn_in)
        members = {"withdrawn_in": withdrawn_in}
    return ConflictError(detail, errors=[Fault(detail, pointer="#/id")], members=members)


def check_end(what: str, head: StatementHead, values: Mapping[str, Any]) -> None:
    """Refuse an end that does not come after the start, and one of a name or a place."""
    end = getattr(head, "effective_to", None)
    if end is None:
        return
    start, until = PartialDate.parse(head.effective_from), PartialDate.parse(end)
    if until.first_day <= start.first_day:
        following = PartialDate(until.following)
        if following.first_day > start.first_day:
            detail = _NO_END_YET(start=start, end=end, following=following)
        else:
            detail = _NO_END(start=start, end=end)
        raise BadBodyError.of("#/effective_to", detail)
    lasting = next((name for name in values if _CATALOGUES[what][name].is_lasting), None)
    if lasting is not None:
        raise BadBodyError.of("#/effective_to", _LASTS(attribute=lasting))


def check_history_values(
    known: Known, subject: Subject, head: StatementHead, day: date, values: Mapping[str, Any]
) -> None:
    """Refuse values that a site or project cannot have, or that do not fit their day."""
    catalogue = definition_of(subject).attributes
    for name in values:
        kinds = catalogue[name].kinds
        if kinds and subject.kind not in kinds:
            listed = ", ".join(sorted(kinds))
            detail = _OTHER_KIND(attribute=name, kinds=listed, kind=subject.kind)
            raise BadBodyError.of(f"#/values/{name}", detail)
    _check_geometry(values.get("geometry"))
    _check_units(values, head.effective_from, day, known.units)
    check_values(known, subject.type, head.basis, values)


def check_hedges(values: Mapping[str, Any], hedges: Mapping[str, Any]) -> None:
    """Refuse a qualifier without the number that it is about, and a range without its ends."""
    qualifiers, ends = (hedges[name] or {} for name in ("qualifiers", "values_to"))
    faults = [
        *(
            (f"qualifiers/{n}", _hedge_fault(n, values, code, ends))
            for n, code in qualifiers.items()
        ),
        *((f"values_to/{n}", _end_fault(n, values, qualifiers, end)) for n, end in ends.items()),
    ]
    errors = [Fault(detail, pointer=f"#/{place}") for place, detail in faults if detail]
    if errors:
        raise BadBodyError(errors[0].detail, errors=errors)


def _hedge_fault(
    name: str, values: Mapping[str, Any], code: str, ends: Mapping[str, str]
) -> Message | None:
    if values.get(name) is None:
        return _NO_SUCH_VALUE(attribute=name)
    lacks_end = code == Qualifier.range and name not in ends
    return _NO_UPPER_END(attribute=name) if lacks_end else None


def _end_fault(
    name: str, values: Mapping[str, Any], qualifiers: Mapping[str, str], end: str
) -> Message | None:
    if qualifiers.get(name) != Qualifier.range:
        return _RANGE_ONLY(attribute=name)
    value = values.get(name)
    if value is not None and Decimal(str(end)) <= value:
        return _RANGE_ORDER(attribute=name, value=value)
    return None


def check_values(known: Known, what: str, basis: Basis, values: Mapping[str, Any]) -> None:
    """Refuse values that do not fit their attribute or the basis, or name nothing registered."""
    catalogue = _CATALOGUES[what]
    for name, value in values.items():
        attribute = catalogue[name]
        if value is None and not attribute.clearable:
            raise BadBodyError.of(f"#/values/{name}", _NOT_CLEARABLE(attribute=name))
        if basis not in MEASURED and not attribute.foreseeable:
            raise BadBodyError.of("#/basis", _unfit_basis(catalogue, name, basis))
    for name, named in references(what, values):
        known.check_reference(named, f"#/values/{name}")


def _unfit_basis(catalogue: Catalogue, name: str, basis: Basis) -> Message:
    if name == "area_ha":
        return _BASIS_OF_AREA(basis=basis)
    unfit = _BASIS_OR_DATE if "expected_operation" in catalogue else _BASIS
    return unfit(attribute=name, basis=basis)


def references(what: str, values: Mapping[str, Any]) -> list[tuple[str, Key]]:
    """Return the attributes whose values name organizations and sites, and what they name."""
    names = _REFERRING.get(what, {})
    return [(name, (kind, values[name])) for name, kind in names.items() if values.get(name)]


def _check_geometry(geometry: Mapping[str, Any] | None) -> None:
    faults = geometry_faults(geometry) if geometry else []
    if faults:
        errors = [Fault(f.detail, pointer=f"#/values/geometry{f.pointer}") for f in faults]
        first = tuple(FAULT_AT(place=f.pointer, fault=f.detail) for f in errors[:5])
        raise BadBodyError(SENTENCES(sentences=first), errors=errors)


def _check_units(values: Mapping[str, Any], text: str, day: date, units: Units) -> None:
    for name, level in UNIT_LEVELS.items():
        code = values.get(name)
        if code is None:
            continue
        check_partial_date(units, level, code, text, "#/effective_from")
        if units.at(level, code, day) is None:
            refuse_unit(units, level, code, day, f"#/values/{name}")


def check_consistency(
    alone: Sequence[StatePeriod], broken: Iterable[Violation], new: Assertion, content: Any
) -> None:
    """Refuse a statement that contradicts itself, by the timeline that it alone would make."""
    known = alone[0].values if alone else {}
    for name in UNIT_LEVELS:
        stated = new.values.get(name)
        if stated is not None and known.get(name) != stated:
            detail = _NO_FIT(attribute=name, stated=stated, known=known.get(name))
            raise BadBodyError.of(f"#/values/{name}", detail)
    impossible = [violation for violation in broken if not violation.possible]
    if impossible:
        detail = SENTENCES(sentences=tuple(map(_from_day, impossible)))
        raise ImpossibleStateError(detail, errors=_faults(impossible, content))


def refuse_violations(
    added: Sequence[Violation],
    values: Mapping[str, Any],
    override_reason: str | None,
    doubted: Sequence[Fault] = (),
) -> None:
    """Refuse without a reason what does not make sense with what others state, and is doubted."""
    if (added or doubted) and override_reason is None:
        said = (*map(_from_day, added), *(fault.detail for fault in doubted))
        mended = [
            replace(fault, detail=SENTENCES(sentences=(fault.detail, _OVERRIDE())))
            for fault in doubted
        ]
        raise IrregularChangeError(
            SENTENCES(sentences=(*said, _OVERRIDE())),
            errors=[*_faults(added, values, _OVERRIDE()), *mended],
        )


def _from_day(violation: Violation) -> Message:
    return _FROM_DAY(day=violation.day, reason=violation.reason)


def _faults(added: Sequence[Violation], values: Mapping[str, Any], *mended: Message) -> list[Fault]:
    """Point to the member at fault, or else to the one that it does not fit."""
    faults = []
    for one in added:
        stated = next((name for name in (one.attribute, *one.beside) if name in values), None)
        detail = SENTENCES(sentences=(_from_day(one), *mended))
        faults.append(Fault(detail, pointer=f"#/values/{stated}" if stated else "#/values"))
    return faults


def check_observations(body: ProvinceStatementWrite) -> None:
    """Refuse observations that their indicators cannot have, or that are given twice."""
    seen: set[tuple[str, tuple[date, date], PriceBase | None]] = set()
    for position, observation in enumerate(body.observations):
        pointer = f"#/observations/{position}"
        indicator = INDICATORS.get(observation.indicator)
        if indicator is None:
            detail = _NO_INDICATOR(code=observation.indicator)
            raise BadBodyError.of(f"{pointer}/indicator", detail)
        if indicator.is_planned and body.basis in MEASURED:
            raise BadBodyError.of("#/basis", _PLANNED(indicator=indicator.code, basis=body.basis))
        _check_numbers(indicator, observation, pointer)
        if observation.pct_of_target is not None and body.basis not in MEASURED:
            raise BadBodyError.of(f"{pointer}/pct_of_target", _NOT_MEASURED())
        _check_price_base(indicator, observation.price_base, f"{pointer}/price_base")
        period = Period.parse(observation.period or body.effective_from)
        key = (indicator.code, period.days, observation.price_base or indicator.price_base)
        if key in seen:
            raise BadBodyError.of(pointer, _TWICE(indicator=observation.indicator))
        seen.add(key)


def _check_numbers(indicator: Indicator, observation: ObservationValue, pointer: str) -> None:
    for name in ("value", "value_to", "pct_of_target"):
        value: Decimal | None = getattr(observation, name)
        if value is not None and value < 0 and not indicator.is_growth:
            raise BadBodyError.of(f"{pointer}/{name}", _NEGATIVE(indicator=indicator.code))
    for name in ("value", "value_to"):
        value = getattr(observation, name)
        problem = None if value is None else _misfit(indicator, value)
        if problem:
            raise BadBodyError.of(f"{pointer}/{name}", problem)


def _misfit(indicator: Indicator, value: Decimal) -> Message | None:
    """Return why a value cannot be one of the indicator, ``None`` if it can."""
    if indicator.unit is UnitOfMeasure.number and value != value.to_integral_value():
        return _COUNT()
    if indicator.is_share and value > _WHOLE:
        return _SHARE()
    if indicator.is_growth and value < -_WHOLE:
        return _SHRINKS()
    return None


def _check_price_base(indicator: Indicator, base: PriceBase | None, pointer: str) -> None:
    if base is None:
        return
    if indicator.unit not in MONEY:
        raise BadBodyError.of(pointer, _NO_MONEY(indicator=indicator.code))
    if indicator.price_base not in {None, base}:
        detail = _PRICES(indicator=indicator.code, prices=indicator.price_base)
        raise BadBodyError.of(pointer, detail)
