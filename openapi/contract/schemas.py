"""Comparing two schemas, for what is taken and for what is answered.

What is taken may only grow: every value that was taken must still be. What is answered may only
shrink: every value that can come must be one that could come before. Two things are looser than
that, since a register grows: answers may get further members, and code lists further codes.
"""

from collections.abc import Iterator
from enum import Enum

from openapi.contract.alternatives import Alternative, alternatives
from openapi.contract.bounds import loosened, missing_codes
from openapi.contract.documents import Break, Place


class Way(Enum):
    """Which way a value goes."""

    taken = "is taken"
    answered = "is answered"


class SchemaComparison:
    """Compares schemas of two documents; what it has compared it knows, so that it ends."""

    def __init__(self) -> None:
        """Begin with nothing compared."""
        self._known: dict[tuple[str, str, Way], list[Break]] = {}

    def breaks(self, released: Place, current: Place, way: Way) -> list[Break]:
        """Return what breaks between two schemas; a circular reference is compared once."""
        released, current = _plain(released), _plain(current)
        key = (released.pointer, current.pointer, way)
        if key not in self._known:
            self._known[key] = []
            self._known[key] = list(self._all(released, current, way))
        return self._known[key]

    def _all(self, released: Place, current: Place, way: Way) -> Iterator[Break]:
        """Find for each value that must be covered the alternative that covers it best."""
        before, now = alternatives(released), alternatives(current)
        covered, covering = (before, now) if way is Way.taken else (now, before)
        for inner in covered:
            fitting = [outer for outer in covering if _is_within(inner.kind, outer.kind)]
            if not fitting:
                yield Break(released.pointer, _uncovered(inner, way))
                continue
            # What has a name is held against what has that name now, whatever else would cover it.
            fitting = [one for one in fitting if _is_named_as(one, inner)] or fitting
            pairs = [(inner, one) if way is Way.taken else (one, inner) for one in fitting]
            yield from min((list(self._pair(*pair, way)) for pair in pairs), key=len)

    def _pair(self, released: Alternative, current: Alternative, way: Way) -> Iterator[Break]:
        yield from _codes(released, current, way)
        yield from _limits(released, current, way)
        yield from self._members(released, current, way)
        yield from self._items(released, current, way)

    def _members(self, released: Alternative, current: Alternative, way: Way) -> Iterator[Break]:
        before, now = (one.words.get("properties", {}) for one in (released, current))
        yield from _required(released, current, way)
        for name in before:
            where = released.place("properties", name)
            if name not in now:
                yield Break(where.pointer, f"The member {name} was removed.")
                continue
            found = current.place("properties", name)
            yield from self.breaks(where, found, way)
            if way is Way.taken and name not in released.words.get("required", ()):
                yield from changed_default(where, found)
        yield from self._further(released, current, way)

    def _further(self, released: Alternative, current: Alternative, way: Way) -> Iterator[Break]:
        """Compare what members are taken or answered that are not listed."""
        word = "additionalProperties"
        if word not in released.words and word not in current.words:
            return
        before, now = (one.place(word, default=True) for one in (released, current))
        if before.content is False:
            return
        if now.content is False:
            if way is Way.taken:
                text = "Members that are not listed are no longer taken."
                yield Break(before.pointer, text)
            return
        yield from self.breaks(before, now, way)

    def _items(self, released: Alternative, current: Alternative, way: Way) -> Iterator[Break]:
        if "items" in released.words or "items" in current.words:
            before, now = (one.place("items", default=True) for one in (released, current))
            yield from self.breaks(before, now, way)
        before, now = (one.place("prefixItems", default=[]) for one in (released, current))
        for i in range(min(len(before.content), len(now.content))):
            yield from self.breaks(before.at(i), now.at(i), way)


def _plain(place: Place) -> Place:
    """Follow a reference that stands alone, so that its schema is compared once."""
    is_reference = isinstance(place.content, dict) and set(place.content) == {"$ref"}
    return place.resolved() if is_reference else place


def _is_named_as(one: Alternative, other: Alternative) -> bool:
    folder = one.pointer.rpartition("/")[0]
    return one.pointer == other.pointer and folder == "#/components/schemas"


def _is_within(inner: str | None, outer: str | None) -> bool:
    return outer is None or inner == outer or (inner, outer) == ("integer", "number")


def _uncovered(inner: Alternative, way: Way) -> str:
    kind = inner.kind or "value of any type"
    if way is Way.taken:
        return f"A value of type {kind} is no longer taken."
    return f"A value of type {kind} can now be answered."


def _codes(released: Alternative, current: Alternative, way: Way) -> Iterator[Break]:
    for code in missing_codes(released, current):
        yield Break(released.pointer, f"The code {code!r} was removed.")
    if way is Way.taken and "enum" in current.words and "enum" not in released.words:
        yield Break(released.pointer, f"Only these are taken now: {current.words['enum']}.")
    if way is Way.answered and "enum" in released.words and "enum" not in current.words:
        yield Break(released.pointer, "What is answered is no longer one of a list of codes.")


def _limits(released: Alternative, current: Alternative, way: Way) -> Iterator[Break]:
    inner, outer = (released, current) if way is Way.taken else (current, released)
    for word in loosened(inner, outer):
        before, now = (_shown(one, word) for one in (released, current))
        change = "less" if way is Way.taken else "more"
        yield Break(released.pointer, f"{word} was {before} and is {now}: {change} {way.value}.")


def _shown(alternative: Alternative, word: str) -> object:
    if word == "pattern":
        return " and ".join(sorted(alternative.patterns)) or "absent"
    excluded = alternative.words.get(word.replace("m", "exclusiveM", 1))
    if word in {"minimum", "maximum"} and not isinstance(excluded, bool | None):
        return f"{excluded} (excluded)"
    return alternative.words.get(word, "absent")


def _required(released: Alternative, current: Alternative, way: Way) -> Iterator[Break]:
    before, now = (one.words.get("required", []) for one in (released, current))
    if way is Way.taken:
        for name in (name for name in now if name not in before):
            where = released.place("properties", name).pointer
            yield Break(where, f"The member {name} is required now.")
    else:
        known = current.words.get("properties", {})
        for name in (name for name in before if name not in now and name in known):
            where = released.place("properties", name).pointer
            yield Break(where, f"The member {name} is no longer always there.")


def changed_default(released: Place, current: Place) -> Iterator[Break]:
    """Report a default that changed: an omitted value means something else than before."""
    before, now = (
        one.content.get("default") if isinstance(one.content, dict) else None
        for one in (released, current)
    )
    if before != now:
        text = f"Without it {before!r} was meant, and {now!r} is now."
        yield Break(released.pointer, text)
