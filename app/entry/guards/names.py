"""Guards of names, places and documents: what another subject or source is known by already."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.core.dates import PartialDate
from app.core.messages import Template
from app.core.vietnamese import company_name, fold, kind_words, search_words
from app.core.vocabulary import AUTHORITY, SiteKind, SourceKind, SubjectType
from app.entry.guards.declared import Doubt, Entered, Guard, Namesake, Said
from app.subjects.attributes import UNIT_LEVELS
from app.units.units import Unit, UnitLevel, Units

_OTHER_PREFIX = Template(
    "guard.other-prefix",
    "{name} is named as a {named:word}, and registered as a {kind:word}. Register it as a "
    "{named:word}, or give the name without these words.",
)
_IN_COMMUNE = Template(
    "guard.name-in-commune",
    "The {kind:word} {id!r}, {name}, is in the same commune {commune}. The same? Send statements "
    "about {id!r}.",
)
_IN_PROVINCE = Template(
    "guard.name-in-province",
    "The {kind:word} {id!r}, {name}, is in the same province {province}. The same? Send "
    "statements about {id!r}.",
)
_ISSUER_ELSEWHERE = Template(
    "guard.issuer-elsewhere",
    "{place} is not where {issuer} decides, which issued {source!r}. Another source, or another "
    "place?",
)
_ANOTHER_SOURCE = Template(
    "guard.another-source",
    "Number {number} of {published_on} is registered as {id!r}, {title}. The same decision? Name "
    "{id!r} as source_id.",
)
_ANOTHER_ORGANIZATION = Template(
    "guard.another-organization",
    "{name} is registered as {id!r}, {registered}. The same organization? Name {id!r}.",
)

_NAMED_AS: Mapping[str, str] = {
    "kcn": SiteKind.zone,
    "ccn": SiteKind.cluster,
    "lang": SiteKind.craft_village,
    "du": SubjectType.project,
}
"""What a name says that its bearer is, by the first word of its prefix in the short spelling."""
_LOWER = re.compile(r"\b(?:xa|phuong|thi tran|huyen|quan|thi xa)$")
"""The words that make the name that follows one of a commune or district."""


def _prefixes(said: Said) -> Iterator[Doubt]:
    if said.is_new_name:
        name, known_as = said.stated["name"], said.kind or said.subject[0]
        words = search_words(kind_words(name))
        named = _NAMED_AS[words[0]] if words else known_as
        if named != known_as:
            yield Doubt("#/values/name", _OTHER_PREFIX(name=name, named=named, kind=known_as))


def _names(said: Said) -> Iterator[Doubt]:
    if not said.is_new_name or said.province_code is None:
        return
    nearest = _nearest(said)
    for other in sorted(nearest, key=lambda one: (not _in_one_commune(said, one), one.id))[:1]:
        kind = other.kind or said.subject[0]
        known = {"kind": kind, "id": other.id, "name": other.name}
        if _in_one_commune(said, other):
            detail = _IN_COMMUNE(**known, commune=other.commune_code)
        else:
            detail = _IN_PROVINCE(**known, province=other.province_code)
        yield Doubt("#/values/name", detail)


def _nearest(said: Said) -> list[Namesake]:
    """Return the others that have the name in the province on the day, or when they begin later.

    A zone and a cluster of one name in two communes are two, as are projects in two sites.
    """
    found: dict[str, Namesake] = {}
    for other in sorted(said.namesakes, key=lambda one: one.valid_from):
        if other.id != said.subject[1] and other.valid_to > said.day:
            found.setdefault(other.id, other)
    return [other for other in found.values() if _may_be_one(said, other)]


def _may_be_one(said: Said, other: Namesake) -> bool:
    day = max(said.day, other.valid_from)
    if _province_on(said, day) != other.province_code:
        return False
    if said.kind is not None and other.kind == said.kind:
        return True
    places = (said.now.get("commune_code"), other.commune_code)
    sites = (said.now.get("site"), other.site)
    return not any(None not in both and both[0] != both[1] for both in (places, sites))


def _province_on(said: Said, day: date) -> str | None:
    unit = said.units.at(UnitLevel.province, said.province_code or "", said.day)
    heir = said.units.follow(unit, day) if unit else None
    return heir.code if heir else None


def _in_one_commune(said: Said, other: Namesake) -> bool:
    return other.commune_code is not None and other.commune_code == said.now.get("commune_code")


def _issuers(said: Said) -> Iterator[Doubt]:
    """Doubt places outside the province that the issuer of a decision is named by."""
    is_act = AUTHORITY[SourceKind(said.source["kind"])] >= AUTHORITY[SourceKind.plan]
    stated = [name for name in UNIT_LEVELS if said.stated.get(name)]
    is_province = said.subject[0] == SubjectType.province
    if not is_act or said.province_code is None or not (stated or is_province):
        return
    issuer = said.source.get("issuer_name") or said.source.get("issuer") or ""
    published = said.source.get("published_on")
    day = PartialDate(published).first_day if published else said.day
    place = said.units.at(UnitLevel.province, said.province_code, said.day)
    named = _province_named(issuer, day, said.units)
    if named is None or place is None or _is_within(place, named, day, said.units):
        return
    pointer = f"#/values/{stated[-1]}" if stated else "#/source_id"
    detail = _ISSUER_ELSEWHERE(place=place.label, issuer=issuer, source=said.source["id"])
    yield Doubt(pointer, detail)


def _province_named(issuer: str, day: date, units: Units) -> Unit | None:
    """Return the province of a day whose name an issuer's ends with."""
    folded = fold(issuer)
    for unit in units.all_at(UnitLevel.province, day):
        head, found, _ = folded.rpartition(f" {fold(unit.name)}")
        if found and folded.endswith(found) and not _LOWER.search(head):
            return unit
    return None


def _is_within(place: Unit, named: Unit, day: date, units: Units) -> bool:
    """Return whether a province is, was or becomes a part of another that existed on a day."""
    if place.exists_on(day):
        return place.code == named.code
    heir = units.follow(place, day)
    return (heir is not None and heir.code == named.code) or named in units.members_on(place, day)


def _decisions(document: Entered) -> Iterator[Doubt]:
    row = document.row
    if not row.get("number") or not row.get("published_on"):
        return
    for other in document.others:
        is_same = row["published_on"] == other["published_on"] and _number(row) == _number(other)
        if is_same and _may_be_one_body(row, other):
            detail = _ANOTHER_SOURCE(
                number=row["number"],
                published_on=row["published_on"],
                id=other["id"],
                title=other["title"],
            )
            yield Doubt("#/number", detail)


def _number(row: Mapping[str, object]) -> str:
    return fold(str(row["number"])).replace(" ", "")


def _may_be_one_body(row: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Return whether nothing says that two bodies issued them: each name of both must be one."""
    ids = row.get("issuer_id"), other.get("issuer_id")
    if None not in ids:
        return ids[0] == ids[1]
    issuers = [fold(str(one["issuer"])) for one in (row, other) if one.get("issuer")]
    return len(set(issuers)) <= 1


def _organizations(entered: Entered) -> Iterator[Doubt]:
    """Doubt names that are those of another, in whichever spelling: one of each."""
    registered: dict[str, Mapping[str, object]] = {}
    for other in entered.others:
        for name in names_of(other).values():
            registered.setdefault(company_name(name), other)
    named: set[object] = set()
    for member, name in names_of(entered.row).items():
        found = registered.get(company_name(name))
        if found and found["id"] not in named:
            named.add(found["id"])
            detail = _ANOTHER_ORGANIZATION(name=name, id=found["id"], registered=found["name"])
            yield Doubt(f"#/{member}", detail)


def names_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of an organization, by the members that they stand at."""
    aliases = {f"aliases/{number}": one for number, one in enumerate(row.get("aliases") or ())}
    names = {"name": row["name"], "name_en": row.get("name_en"), **aliases}
    return {member: name for member, name in names.items() if name}


OTHER_PREFIX = Guard(
    "name_of_another_kind",
    "Practice: names begin with the word for the kind (KCN, CCN, làng nghề, dự án).",
    _prefixes,
)
NAME_EXISTS = Guard(
    "name_exists",
    "The finding same_name_under_two_ids: two of one name in a commune or province are likely one. "
    "A zone and a cluster in two known communes are two, as are projects in two known communes or "
    "sites.",
    _names,
)
PLACE_OUTSIDE_ISSUERS_PROVINCE = Guard(
    "place_outside_issuers_province",
    "Provinces decide about their own territory, as it is when they do (decree 32/2024/NĐ-CP). "
    "Only of plans, programmes, decisions and what weighs more, by the province that the issuer's "
    "name ends with.",
    _issuers,
)
DECISION_EXISTS = Guard(
    "decision_exists",
    "The finding one_decision_under_two_sources: a body gives each number to one decision.",
    _decisions,
)
ORGANIZATION_EXISTS = Guard(
    "organization_exists",
    "Practice: companies are written with and without their abbreviations (CTCP, TNHH, MTV).",
    _organizations,
)
