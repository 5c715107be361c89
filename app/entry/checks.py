"""Whether what a statement gives fits its attributes, its day and what is registered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.dates import PartialDate
from app.core.errors import (
    BadBodyError,
    Fault,
    ImpossibleStateError,
    IrregularChangeError,
)
from app.core.messages import FAULT_AT, SENTENCES, Message, Template
from app.core.validation import Faults
from app.core.vietnamese import slug, without_prefix
from app.core.vocabulary import MEASURED, Basis, Qualifier, SiteKind, SubjectType
from app.entry.known import Key, Known
from app.entry.schemas import StatementHead
from app.subjects.attributes import UNIT_LEVELS, Catalogue, ValueType
from app.subjects.definitions import DEFINITIONS, Subject, definition_of
from app.subjects.fold import Assertion, StatePeriod
from app.subjects.geometry_faults import geometry_faults
from app.subjects.state_machine import Violation
from app.units.provinces import check_partial_date, refuse_unit
from app.units.units import UnitLevel, Units

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
    faults = Faults()
    with faults.apart():
        if values.get("name") is None:
            raise BadBodyError.of("#/values/name", _NO_NAME(what=what))
    with faults.apart():
        _check_place(what, values)
    faults.refuse()


def _check_place(what: SubjectType, values: Mapping[str, Any]) -> None:
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
    faults = Faults()
    for name in values:
        with faults.apart():
            _check_kind(name, catalogue[name].kinds, subject)
    with faults.apart():
        _check_geometry(values.get("geometry"))
    for name, level in UNIT_LEVELS.items():
        if values.get(name) is not None:
            with faults.apart():
                _check_unit(name, level, values[name], (head.effective_from, day), known.units)
    with faults.apart():
        check_values(known, subject.type, head.basis, values)
    faults.refuse()


def _check_kind(name: str, kinds: Collection[SiteKind], subject: Subject) -> None:
    if kinds and subject.kind not in kinds:
        listed = ", ".join(sorted(kinds))
        detail = _OTHER_KIND(attribute=name, kinds=listed, kind=subject.kind)
        raise BadBodyError.of(f"#/values/{name}", detail)


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
    faults = Faults()
    for name, value in values.items():
        with faults.apart():
            if value is None and not catalogue[name].clearable:
                raise BadBodyError.of(f"#/values/{name}", _NOT_CLEARABLE(attribute=name))
    unfit = (name for name in values if not catalogue[name].foreseeable)
    if basis not in MEASURED and (first := next(unfit, None)):
        with faults.apart():
            raise BadBodyError.of("#/basis", _unfit_basis(catalogue, first, basis))
    for name, named in references(what, values):
        with faults.apart():
            known.check_reference(named, f"#/values/{name}")
    faults.refuse()


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


def _check_unit(
    name: str, level: UnitLevel, code: str, start: tuple[str, date], units: Units
) -> None:
    text, day = start
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
    values: Mapping[str, Any] | None,
    override_reason: str | None,
    doubted: Sequence[Fault] = (),
) -> None:
    """Refuse without a reason what does not make sense with what others state, and is doubted.

    A retraction has no values.
    """
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


def _faults(
    added: Sequence[Violation], values: Mapping[str, Any] | None, *mended: Message
) -> list[Fault]:
    """Point to the member at fault, or else to the one that it does not fit."""
    faults = []
    for one in added:
        names = (one.attribute, *one.beside)
        stated = [f"/{name}" for name in names if name in (values or ())]
        place = "#" if values is None else "#/values" + "".join(stated[:1])
        faults.append(Fault(SENTENCES(sentences=(_from_day(one), *mended)), pointer=place))
    return faults
