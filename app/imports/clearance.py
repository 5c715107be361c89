"""Land clearance in a row: hectares, households, and the status that follows from them."""

from decimal import Decimal

from app.imports.drafts import Draft
from app.imports.notes import is_done
from app.imports.remarks import DENOMINATOR, IMPOSSIBLE, WORD

_PARTS = (
    ("cleared_ha", "to_clear_ha"),
    ("leased_ha", "industrial_land_ha"),
    ("households_inventoried", "affected_households"),
    ("households_paid", "affected_households"),
    ("households_paid", "households_inventoried"),
    ("tenants_foreign", "tenants"),
    ("tenants_operating", "tenants"),
)
FRACTIONS = (
    ("cleared_ha", "to_clear_ha"),
    ("leased_ha", "industrial_land_ha"),
    ("households_inventoried", "affected_households"),
    ("households_paid", "affected_households"),
)
"""What may be written as a part of a whole, "18/75", and what the whole is."""


def read_clearance(draft: Draft) -> None:
    """Add to a row what its columns of clearance imply, and refuse it if they are impossible."""
    _read_words(draft)
    for part, whole in FRACTIONS:
        _check_fraction(draft, part, whole)
    refuse_impossible(draft)
    cleared, to_clear = _known(draft, "cleared_ha"), _known(draft, "to_clear_ha")
    if cleared is not None and to_clear:
        _imply(draft, cleared, to_clear)


def refuse_impossible(draft: Draft) -> None:
    """Refuse a row that states a part larger than its whole."""
    for part, whole in _PARTS:
        value, limit = _known(draft, part), _known(draft, whole)
        is_stated = not draft.context.table.own or {part, whole} & draft.now.values.keys()
        if is_stated and value is not None and limit is not None and value > limit:
            draft.refuse(
                IMPOSSIBLE, part=part, value=value, whole=whole, limit=limit, imported=False
            )


def _known(draft: Draft, attribute: str) -> Decimal | None:
    stated = draft.now.values.get(attribute)
    return stated if isinstance(stated, Decimal) else draft.value(attribute)


def _read_words(draft: Draft) -> None:
    text, whole = draft.text("cleared_ha"), draft.value("to_clear_ha")
    if whole is not None and draft.value("cleared_ha") is None and text and is_done(text):
        draft.now.values["cleared_ha"] = whole
        draft.warn(WORD, "cleared_ha", text=text, value=whole)
        draft.confirm("cleared_ha")


def _check_fraction(draft: Draft, part: str, whole: str) -> None:
    number, limit = draft.number(part), draft.value(whole)
    if number is None or number.of is None:
        return
    if limit is None and not draft.context.has(whole):
        draft.now.values[whole] = number.of
    elif limit is not None and number.of != limit:
        draft.warn(DENOMINATOR, part, text=draft.text(part), whole=limit)


def _imply(draft: Draft, cleared: Decimal, to_clear: Decimal) -> None:
    values = draft.now.values
    if cleared == to_clear:
        values["clearance_status"] = "completed"
    elif cleared:
        values["clearance_status"] = "in_progress"
        paid = draft.value("households_paid")
        if paid:
            values["clearance_stage"] = "compensation"
