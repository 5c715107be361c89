"""Requests of which some parameters or members do not fit: the others are judged all the same.

So an unknown parameter, an unknown member and an unknown source are named in one answer. Nothing is
recorded: what can be read of such a request goes the way of a dry run.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

from pydantic_core import ErrorDetails

from app.core.errors import BadBodyError, BadParameterError, Fault, RegistryError
from app.core.validation import sentences_of

_Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class PartlyRead:
    """What is wrong with the form of a request, of which the rest can be judged."""

    refusal: RegistryError
    content: object = None
    """The body; ``None`` where only parameters do not fit."""
    only_unknown: bool = False
    """Whether members are only too many: what is missing is not just what could not be read."""

    def with_others(self, error: RegistryError) -> RegistryError:
        """Return the refusal with the faults that the rest of the body has."""
        if not isinstance(error, BadBodyError | BadParameterError):
            return self.refusal
        known = {(fault.pointer, fault.parameter) for fault in self.refusal.errors}
        added = [
            fault
            for fault in error.errors
            if (fault.pointer, fault.parameter) not in known and self._is_sure(fault)
        ]
        faults = [*self.refusal.errors, *added]
        more = self.refusal.more_errors
        # What the framework finds in both is refused as a body, and so is this.
        kind = type(error if added and isinstance(error, BadBodyError) else self.refusal)
        return kind(sentences_of(faults), errors=faults, more_errors=more)

    def _is_sure(self, fault: Fault) -> bool:
        """Return whether a fault is none of the members that were left out."""
        if self.content is None or not fault.pointer:
            return True
        if fault.pointer == "#":
            return False
        if self.only_unknown:
            return True
        found = self.content
        for part in fault.pointer.split("/")[1:]:
            if isinstance(found, list):
                return True
            if not isinstance(found, dict) or part not in found:
                return False
            found = found[part]
        return True


def rest_of(content: object, errors: Sequence[ErrorDetails]) -> object:
    """Return a body without the members that do not fit; a list that has one is left out whole."""
    rest = deepcopy(content)
    for location in sorted(set(_members(errors)), key=len, reverse=True):
        parent: object = rest
        for part in location[:-1]:
            parent = parent.get(part) if isinstance(parent, dict) else None
        if isinstance(parent, dict):
            parent.pop(location[-1], None)
    return rest


def _members(errors: Sequence[ErrorDetails]) -> Iterator[_Location]:
    for error in errors:
        location = error["loc"][1:]
        lists = [place for place, part in enumerate(location) if isinstance(part, int)]
        if location := location[: lists[0]] if lists else location:
            yield location
