"""The state of a site on an earlier day than the requested one, rebuilt from its statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.vocabulary import Stage
from app.findings.facts import Asserted, Cited, SubjectFacts
from app.findings.spans import Span, allowed
from app.statistics.indicators import Counterpart
from app.subjects.attributes import Hedge, number_of
from app.subjects.definitions import Subject, definition_of
from app.subjects.derived import UNCOUNTED
from app.subjects.fold import Assertion, deciding
from app.subjects.sites import SiteState

_TRACKS = {
    Stage.suspended: "operation_status",
    Stage.operating: "operation_status",
    Stage.construction: "construction_status",
    Stage.clearance: "clearance_status",
    Stage.established: "legal_status",
    Stage.planned: "planning_status",
    Stage.proposed: "planning_status",
    Stage.removed: "planning_status",
    Stage.unknown: "planning_status",
}
"""The track that puts a site into each stage, the stages that win first. A site of unknown stage
would get one by the first statement about its planning."""


@dataclass(frozen=True, slots=True)
class State:
    """A site on a day: its values, derived ones included, and the statement behind each."""

    site: SubjectFacts
    day: date
    values: Mapping[str, object]
    deciding: Mapping[str, Cited]
    hedges: Mapping[str, Hedge]
    """Of the values that are not given exactly."""

    @property
    def is_open(self) -> bool:
        """Whether the site counts: closed and removed ones do not."""
        return self.values.get("stage") not in UNCOUNTED

    def span(self, name: str) -> Span | None:
        """Return what a number allows: itself alone, or what its hedge does."""
        value, hedge = number_of(self.values, name), self.hedges.get(name)
        if value is None:
            return None
        return Span.exactly(value) if hedge is None else allowed(value, hedge)

    def belongs(self, counterpart: Counterpart) -> bool:
        """Return whether a total counts the site, as far as is known."""
        return bool(self.deciding) and counterpart.takes_in(self.values)

    def surely_belongs(self, counterpart: Counterpart) -> bool:
        """Return whether nothing unknown can put the site into a stage that is not counted."""
        if not self.belongs(counterpart):
            return False
        return all(
            self.values.get(_TRACKS[stage]) is not None
            for stage in self._higher(counterpart)
            if stage not in counterpart.codes
        )

    def may_belong(self, counterpart: Counterpart) -> bool:
        """Return whether a total may count the site: the attribute that decides it is unknown."""
        if self.belongs(counterpart):
            return True
        if self.values.get("stage") == Stage.closed and counterpart.track != "legal_status":
            return False
        # A site without statements yet may have existed all the same.
        return not self.deciding or any(
            self.values.get(track) is None for track in self._open_tracks(counterpart)
        )

    def why(self, counterpart: Counterpart) -> list[Cited]:
        """Return the statements that put the site among those that a total counts."""
        track = counterpart.track
        if track == "stage":
            track = _TRACKS[Stage(str(self.values["stage"]))]
        cited = self.deciding.get(track)
        # Where every site counts, the first statement about it says that it exists.
        return [cited or self.site.assertions[0].cited] if self.site.assertions else []

    def _open_tracks(self, counterpart: Counterpart) -> list[str]:
        """Return the tracks that could still put the site among them, over its known stage."""
        if counterpart.track != "stage":
            return [counterpart.track] if counterpart.track else []
        higher = self._higher(counterpart)
        return [_TRACKS[stage] for stage in higher if stage in counterpart.codes]

    def _higher(self, counterpart: Counterpart) -> list[Stage]:
        """Return the stages over the one of the site, where the stage decides."""
        if counterpart.track != "stage":
            return []
        order = list(_TRACKS)
        return order[: order.index(Stage(str(self.values["stage"])))]


_MOST_REBUILT = 8


def rebuilt(site: SubjectFacts, day: date) -> State:
    """Return a site's state on a day, rebuilt from the statements that took effect by then.

    On a day before the first statement the state has no values: nothing is known. The last ones
    are kept with the site: rules look at the same few days, and most sites stay as they are.
    """
    known = site.once(_no_states)
    found = known.get(day)
    if found is None:
        found = known[day] = _rebuild(site, day)
        if len(known) > _MOST_REBUILT:
            del known[next(iter(known))]
    return found


def _no_states(_: SubjectFacts) -> dict[date, State]:
    return {}


def _rebuild(site: SubjectFacts, day: date) -> State:
    subject = Subject(site.type, site.id, site.kind)
    attributes = definition_of(subject).attributes
    effective = [
        Assertion(
            effective_day=assertion.cited.effective_day,
            authority=assertion.cited.authority,
            revision=position,
            position=0,
            values=attributes.in_lanes(assertion.cited.basis, assertion.values),
            end_day=assertion.cited.end_day,
            hedges=attributes.in_lanes(assertion.cited.basis, assertion.hedges),
        )
        for position, assertion in enumerate(site.assertions)
        if assertion.cited.effective_day <= day
    ]
    winners = {
        name: winner
        for name, winner in deciding(effective, day, attributes.rules).items()
        if winner.values[name] is not None
    }
    values = {name: winner.values[name] for name, winner in winners.items()}
    derived = definition_of(subject).derive(subject, day, values, None)
    values |= {name: value for name, value in derived.items() if value is not None}
    decided = {name: site.assertions[winner.revision].cited for name, winner in winners.items()}
    hedges = {n: h for n, w in winners.items() if isinstance(h := w.hedges.get(n), Hedge)}
    return State(site, day, values, decided, hedges)


@dataclass(frozen=True, slots=True)
class Measured:
    """The area of one site in a sum, the statement behind it, and whether that is a later one."""

    site: SubjectFacts
    value: Decimal | None
    cited: Cited | None
    is_later: bool = False
    hedge: Hedge | None = None

    @property
    def span(self) -> Span | None:
        """Return what a known area allows, by its decimals and its hedge."""
        return None if self.value is None else allowed(self.value, self.hedge)


def measured(state: State, attribute: str) -> Measured:
    """Return a site's area on a day, or where that is unknown the first one stated later.

    An area does not say that it changed: a document that first gives the area of a cluster speaks
    of the same cluster that was established before.
    """
    value = number_of(state.values, attribute)
    if value is not None:
        hedge = state.hedges.get(attribute)
        return Measured(state.site, value, state.deciding.get(attribute), hedge=hedge)
    later = [
        assertion
        for assertion in state.site.assertions
        if assertion.cited.effective_day > state.day
        and stated_number(assertion, attribute) is not None
    ]
    if not later:
        return Measured(state.site, None, None)
    first_day = min(assertion.cited.effective_day for assertion in later)
    of_the_day = (assertion for assertion in later if assertion.cited.effective_day == first_day)
    # The last of equal authority counts, as in the fold; ``max`` keeps the first of equals.
    first = max(reversed(list(of_the_day)), key=lambda assertion: assertion.cited.authority)
    value, hedge = stated_number(first, attribute), first.hedges.get(attribute)
    return Measured(state.site, value, first.cited, is_later=True, hedge=hedge)


def stated_number(assertion: Asserted, attribute: str) -> Decimal | None:
    """Return what a statement gives for an attribute of sites, unless that is planned of it."""
    if attribute not in assertion.values:
        return None
    in_lanes = SiteState.attributes.in_lanes(assertion.cited.basis, assertion.values)
    return number_of(in_lanes, attribute)
