"""One member of a proposal in the form that states it, and put back into the proposal."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from app.core.digest import JsonObject
from app.core.errors import NotFoundError, RegistryError
from app.core.messages import Template
from app.core.vocabulary import HISTORIC, SiteKind, SubjectType
from app.entry.bulk import LISTS, BulkStatement, BulkWrite
from app.entry.schemas import BODIES
from app.pages.forms import as_body
from app.pages.statement_reading import NEW_SOURCE, SOURCE_MEMBERS, About, typed_of

_NO_MEMBER = Template(
    "forms.no-member", "The proposal has no member {number} in {name} that a form can change."
)
_TYPES = {f"{what}s": what for what in HISTORIC}
_STATEMENTS, _SOURCES, _ORGANIZATIONS = "statements", "sources", "organizations"


def is_changeable(name: str, member: Mapping[str, Any]) -> bool:
    """Return whether a form can change a member of a list: figures of provinces have none."""
    is_stated = name == _STATEMENTS and member.get("subject_type") != SubjectType.province
    return is_stated or name in _TYPES


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the body of a proposal: the name of its list, and its place there from 0 on."""

    body: JsonObject
    name: str
    number: int

    @property
    def raw(self) -> Mapping[str, Any]:
        """The member as it was sent; ``NotFoundError`` where no form can change it."""
        members = self.body.get(self.name, ())
        raw = members[self.number] if 0 <= self.number < len(members) else None
        if not isinstance(raw, Mapping) or not is_changeable(self.name, raw):
            raise NotFoundError(_NO_MEMBER(name=self.name, number=self.number))
        return raw

    def about(self, kind: SiteKind | None) -> About:
        """Return what the member is about; the kind of a site that it registers is its own."""
        raw = self.raw
        if self.name in _TYPES:
            kind = SiteKind(raw["kind"]) if raw.get("kind") else None
            return About(_TYPES[self.name], None, kind)
        what = SubjectType(raw["subject_type"])
        return About(what, raw["subject_id"], kind, raw.get("replaces"))

    def registration(self, what: SubjectType, key: str) -> Mapping[str, Any] | None:
        """Return what the proposal itself says of a subject that it registers."""
        return next((one for one in self.body.get(f"{what}s", ()) if one.get("id") == key), None)

    def typed(self, language: str) -> dict[str, str]:
        """Return what would have to be typed to state what the member says."""
        raw = self.raw
        try:
            if self.name in _TYPES:
                model: Any = BODIES[_TYPES[self.name]].registration.model_validate(raw)
            else:
                model = BulkStatement.model_validate(raw).root
        except ValidationError as error:
            raise NotFoundError(_NO_MEMBER(name=self.name, number=self.number)) from error
        typed = typed_of(model, language)
        as_they_are = {"id": raw.get("id"), "override_reason": raw.get("override_reason")}
        typed |= {name: str(text) for name, text in as_they_are.items() if text}
        if reason := self.body.get("reason"):
            typed["reason"] = reason
        return typed | self._typed_source(typed)

    def _typed_source(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Return the fields of a source that only this member names, and a form can describe."""
        key = typed["source"]
        source = next((one for one in self.body.get(_SOURCES, ()) if one.get("id") == key), None)
        others = [one for one in _named(self._all(self.body)) if one == key]
        known = {"id", "override_reason", *SOURCE_MEMBERS}
        if source is None or len(others) > 1 or not set(source) <= known:
            return {}
        given = {
            NEW_SOURCE + name: str(source[name]) for name in SOURCE_MEMBERS if source.get(name)
        }
        return {"source": "", **given}

    def put(self, new: BulkWrite) -> BulkWrite:
        """Return the proposal with what a form says now in the place of the member.

        A source that the member alone named goes with it.
        """
        lists = {name: [*self.body.get(name, ())] for name in LISTS}
        was = set(_named([self.raw]))
        (lists[self.name][self.number],) = getattr(new, self.name)
        described = {one["id"]: one for one in new.sources}  # type: ignore[index]
        gone = was - set(_named(self._all(lists)))
        kept = [one for one in lists[_SOURCES] if one.get("id") not in gone]
        lists[_SOURCES] = [described.pop(one.get("id"), one) for one in kept]
        lists[_SOURCES] += described.values()
        made = {one["id"]: one for one in new.organizations}  # type: ignore[index]
        others = (one for one in lists[_ORGANIZATIONS] if one.get("id") not in made)
        lists[_ORGANIZATIONS] = [*others, *made.values()]
        return as_body(BulkWrite, {**lists, "reason": new.reason})

    @contextmanager
    def pointing(self) -> Iterator[None]:
        """Point faults of other members at no field, since the form has none of theirs."""
        mine = (f"#/{self.name}/{self.number}/", f"#/{_SOURCES}/")

        def placed(pointer: str | None) -> str | None:
            is_other = pointer and pointer.split("/")[1:2] in [[name] for name in LISTS]
            return "#" if is_other and not f"{pointer}/".startswith(mine) else pointer

        try:
            yield
        except RegistryError as error:
            error.errors = tuple(replace(one, pointer=placed(one.pointer)) for one in error.errors)
            raise

    def _all(self, lists: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        return (one for name in (*_TYPES, _STATEMENTS) for one in lists.get(name, ()))


def _named(members: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the sources that members name, once for each time."""
    for one in members:
        yield from filter(None, (one.get("source_id"), *(one.get("cites") or ())))
        if one.get("subject_type") == SubjectType.source:
            yield one["subject_id"]
