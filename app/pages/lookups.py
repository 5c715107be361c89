"""Looking up what a form names: sources, organizations, sites and places, by words or exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.core.messages import Message, Template
from app.core.vietnamese import fold
from app.database.connections import Executor
from app.ledger.schemas import OrganizationsQuery, SourcesQuery
from app.ledger.snapshots import At, Snapshot
from app.ledger.sources import list_organizations, list_sources
from app.subjects.histories import SITE_HISTORY
from app.subjects.queries import list_page
from app.subjects.query_parameters import SitesQuery
from app.units.units import UnitLevel, Units

_MOST = 20
_MOST_EXACT = 200
_MOST_WORDS = 500
_LEVELS = {f"{level}s": level for level in UnitLevel}
_SEVERAL = Template(
    "lookups.several", "several have this name: write the id of one of them: {ids}."
)


class Choice(NamedTuple):
    """Something that can be named: by its id, or by a text if nothing else is called so."""

    id: str
    text: str
    names: tuple[str, ...]
    """All texts that it is called by."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Looks things up as they are known at a snapshot."""

    connection: Executor
    snapshot: Snapshot

    async def found(self, what: str, words: str, most: int = _MOST) -> Sequence[Choice]:
        """Return what has some words in its name or id."""
        text = words.strip()[:_MOST_WORDS]
        if not any(map(str.isalnum, text)):
            return ()
        if what in _LEVELS:
            return _units(self.snapshot.units, _LEVELS[what], text, self.snapshot.at.day)[:most]
        return await _READ[what](self, text, most)

    async def id_of(self, what: str, text: str) -> str | Message:
        """Return the id that a text is, or is the exact name of; a message if it is of several.

        A text that names nothing is returned as it is: whether there is such an id is not judged
        here.
        """
        found = await self.found(what, text, _MOST_EXACT)
        wanted = _same(text)
        if any(one.id == text.strip() for one in found):
            return text.strip()
        ids = [one.id for one in found if wanted in map(_same, one.names)]
        if len(ids) > 1:
            return _SEVERAL(ids=", ".join(ids[:_MOST]))
        return ids[0] if ids else text.strip()

    async def has(self, what: str, key: str) -> bool:
        """Return whether something has an id."""
        return any(one.id == key for one in await self.found(what, key, _MOST_EXACT))


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


async def _sources(lookup: Lookup, words: str, most: int) -> Sequence[Choice]:
    query = SourcesQuery.model_validate({"q": words, "limit": most})
    page = await list_sources(lookup.connection, query, lookup.snapshot.at.revision)
    return [
        Choice(one.id, one.title, tuple(filter(None, (one.title, one.number))))
        for one in page.items
    ]


async def _organizations(lookup: Lookup, words: str, most: int) -> Sequence[Choice]:
    query = OrganizationsQuery.model_validate({"q": words, "limit": most})
    page = await list_organizations(lookup.connection, query, lookup.snapshot.at.revision)
    return [
        Choice(one.id, one.name, tuple(filter(None, (one.name, one.name_en, *one.aliases))))
        for one in page.items
    ]


async def _sites(lookup: Lookup, words: str, most: int) -> Sequence[Choice]:
    query = SitesQuery.model_validate({"q": words, "limit": most})
    page = await list_page(lookup.connection, SITE_HISTORY, query, lookup.snapshot)
    return [Choice(str(one["id"]), str(one["name"]), (str(one["name"]),)) for one in page["items"]]


_READ = {"sources": _sources, "organizations": _organizations, "sites": _sites}
KINDS = (*_READ, *_LEVELS)
"""What can be looked up, by the last part of an address."""


def _units(units: Units, level: UnitLevel, words: str, day: date) -> list[Choice]:
    """Return the units of a day that have all the words in their names, or this code."""
    wanted = fold(words).split()
    return [
        Choice(unit.code, unit.label, (unit.name, unit.label))
        for unit in units.all_at(level, day)
        if unit.code == words or all(word in fold(unit.label) for word in wanted)
    ]


def names_by_text(choices: Sequence[Choice]) -> Sequence[Mapping[str, str]]:
    """Return choices for a list: each by its text, and by its id where others have that text."""
    texts = [_same(one.text) for one in choices]
    return [
        {"value": one.text if texts.count(_same(one.text)) == 1 else one.id, "label": one.id}
        for one in choices
    ]


def snapshot_on(day: date, today: date, revision: int, units: Units) -> Snapshot:
    """Return the snapshot of a day, as known now."""
    return Snapshot(At(day, revision), today, units)
