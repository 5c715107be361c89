"""A newer edition of an import: what it says otherwise replaces what the earlier one said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.core.dates import PartialDate
from app.core.errors import ConflictError, Fault
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.entry.items import Item, Retracting, Stating
from app.imports.report import Json
from app.ledger.tables import Statement
from app.statistics.projection import observation_of
from app.subjects.sites import SiteState

_GONE = Template(
    "imports.rows-gone",
    "The earlier import said something of {sites}, which this file has no row of. Say whether "
    "that is to be kept or retracted: give gone.",
)
_MOST_NAMED = 10
_HEDGES = ("qualifiers", "values_to")


class Gone(StrEnum):
    """What becomes of what an earlier edition said of sites that a newer one has no row of."""

    keep = "keep"
    retract = "retract"


@dataclass(frozen=True, slots=True)
class Correction:
    """The revision of the earlier edition, why it is corrected, and what becomes of rows gone."""

    revision: int
    reason: str
    gone: Gone | None = None


class Earlier:
    """The statements of the earlier edition that still count."""

    def __init__(self, statements: Sequence[Statement], correction: Correction | None) -> None:
        """Index them by subject, day and basis."""
        self._correction = correction
        self._said: dict[object, list[Statement]] = {}
        self._sites: dict[str, list[Statement]] = {}
        for one in statements:
            key = (one.subject_type, one.subject_id, one.effective_day, one.basis)
            self._said.setdefault(key, []).append(one)
            if one.subject_type == SubjectType.site:
                self._sites.setdefault(one.subject_id, []).append(one)

    def of(self, raw: Json) -> Statement | None:
        """Return the statement of the earlier edition that a new one says otherwise."""
        day = PartialDate.parse(str(raw["effective_from"])).first_day
        key = (raw["subject_type"], raw["subject_id"], day, raw["basis"])
        names = _names(raw)
        found = self._said.get(key, ())
        return next((one for one in found if names & _stated(one)), None)

    def replacing(self, item: Item, earlier: Statement | None) -> Item:
        """Return a statement in place of an earlier one."""
        if earlier is None or self._correction is None or not isinstance(item, Stating):
            return item
        head = item.head.model_copy(update={"reason": self._correction.reason})
        return replace(item, head=head, replaces=earlier.id)

    def gone(self, there: Iterable[str]) -> Iterator[Item]:
        """Yield the retractions of what was said of sites that are not ``there``, if wanted.

        ``ConflictError`` asks where that is not said.
        """
        gone = sorted(self._sites.keys() - set(there))
        if not gone or self._correction is None or self._correction.gone is Gone.keep:
            return
        if self._correction.gone is None:
            detail = _GONE(sites=", ".join(gone[:_MOST_NAMED]))
            raise ConflictError(detail, errors=[Fault(detail, pointer="#/gone")])
        for key in gone:
            for one in self._sites[key]:
                why = self._correction.reason
                yield Retracting(one.id, why, "#/gone", override_reason=why)


def with_earlier(raw: Json, earlier: Statement | None) -> Json:
    """Return the members of a statement with what an earlier one said, where it says no other."""
    if earlier is None:
        return raw
    if "observations" in raw:
        before = {_figure(one): one for one in _observations(earlier)}
        now = {_figure(one): one for one in _list(raw["observations"])}
        return {**raw, "observations": list({**before, **now}.values())}
    values = {**SiteState.attributes.decode(earlier.content), **_mapping(raw["values"])}
    merged: Json = {**raw, "values": values}
    for member in _HEDGES:
        left = {n: v for n, v in (getattr(earlier, member) or {}).items() if n not in _names(raw)}
        if hedges := {**left, **_mapping(raw.get(member, {}))}:
            merged[member] = hedges
    return merged


def _names(raw: Json) -> set[str]:
    if "observations" in raw:
        return {str(one["indicator"]) for one in _list(raw["observations"])}
    return set(_mapping(raw["values"]))


def _stated(statement: Statement) -> set[str]:
    content: Any = statement.content
    return {one["indicator"] for one in content} if isinstance(content, list) else set(content)


def _observations(statement: Statement) -> list[Mapping[str, Any]]:
    content: Any = statement.content
    return [observation_of(one).model_dump(exclude_none=True) for one in content]


def _figure(observation: Mapping[str, Any]) -> tuple[object, object]:
    return observation["indicator"], observation.get("period")


def _list(value: Any) -> list[Mapping[str, Any]]:
    return list(value)


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value)
