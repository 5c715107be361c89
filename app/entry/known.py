"""What the register knows of all that a write names, read at once before anything is judged."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    and_,
    bindparam,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from app.core.digest import JsonObject
from app.core.errors import BadBodyError
from app.core.messages import Template
from app.core.vocabulary import ChangeSubjectType, SubjectType
from app.database.connections import AnyRow, AnySelect, Executor, read_rows
from app.database.prepared import Prepared, any_of
from app.database.tables import parts
from app.entry.duplicates import (
    StatedUnit,
    keys_of_entry,
    provinces_of,
    read_alike,
    read_namesakes,
)
from app.entry.guards.declared import Namesake
from app.entry.naming import MOST_NAMED, STATEMENT_PATH, referring_to, subjects_naming
from app.ledger.entries import CORRECTIONS, ENTRIES, Kept, kept_at
from app.ledger.revisions import Head
from app.ledger.sources import not_registered, withdrawn
from app.ledger.statements import find_same, live_of_many
from app.ledger.tables import (
    ORGANIZATION_CORRECTIONS,
    ORGANIZATIONS,
    REGISTRATIONS,
    REVISIONS,
    SOURCES,
    STATEMENTS,
    CorrectionType,
    Statement,
)
from app.subjects.histories import HISTORIES, SITE_HISTORY, History, Values, read_dicts
from app.units.units import Units

_NO_SOURCE = Template(
    "entry.no-source",
    "No source {key!r} is registered: look it up by /v1/sources?q={words}, or register it by "
    "POST /v1/sources.",
)
_NO_REFERENCE = Template(
    "entry.no-reference",
    "No {what:word} {key!r} is registered, or it was withdrawn: look it up by "
    "/v1/{what}s?q={words}, or register it by POST /v1/{what}s.",
)
_REFUSED_WITH_IT = Template(
    "entry.refused-with-it",
    "This request registers the {what} {key!r} too, and that was refused: correct that, and send "
    "both again.",
)
_PLACES = ("province_code", "site")
Key = tuple[str, str]
"""The type and the id of a subject or an organization."""
_MOST_AT_ONCE = 5000
"""Databases take some ten thousand parameters in one statement."""


def _words(key: str) -> str:
    """Return an id as words to search for."""
    return key.replace("-", "+")


def _registered(table: Table, *names: str) -> AnySelect:
    wanted = any_of(table.c.id, "keys")
    known = table.c.revision <= bindparam("revision")
    return select(table.c.id, *(table.c[name] for name in names)).where(wanted, known)


_REGISTERED: Mapping[str, Prepared] = {
    **{
        what: Prepared(entries.where(any_of(entries.selected_columns.id, "keys")))
        for what, entries in ENTRIES.items()
    },
    **{
        what: Prepared(_registered(table, *({"kind", "withdrawn_in"} & set(table.c.keys()))))
        for what, table in REGISTRATIONS.items()
    },
}
_REGISTERED_BY: Mapping[str, AnySelect] = {
    str(what): select(REVISIONS.c.principal_id)
    .join(table, table.c.revision == REVISIONS.c.number)
    .where(table.c.id == bindparam("key"))
    for what, table in (
        (ChangeSubjectType.organization, ORGANIZATIONS),
        (ChangeSubjectType.source, SOURCES),
    )
}
_STATED = select(STATEMENTS).where(STATEMENTS.c.id.in_(bindparam("keys", expanding=True)))


def _touched(what: str | None, table: Table, number: ColumnElement[int]) -> AnySelect:
    columns = table.c
    subject = columns.subject_type if what is None else literal(str(what), String)
    key = columns.subject_id if what is None else columns.id
    is_later = and_(number > bindparam("since"), number <= bindparam("until"))
    return select(type_coerce(subject, String).label("what"), key.label("key")).where(is_later)


_TABLES: Mapping[str, Table] = {
    ChangeSubjectType.organization: ORGANIZATIONS,
    ChangeSubjectType.source: SOURCES,
    **{str(what): table for what, table in REGISTRATIONS.items()},
}
MERGED = "merged"
"""As what a merge is noted that touches all subjects, besides the organization itself."""
_OF_MERGES = ORGANIZATION_CORRECTIONS.c
_TOUCHED = union_all(
    *(_touched(what, table, table.c.revision) for what, table in CORRECTIONS.items()),
    _touched(MERGED, ORGANIZATION_CORRECTIONS, _OF_MERGES.revision).where(
        _OF_MERGES.type == CorrectionType.merged.value
    ),
    *(_touched(what, table, table.c.revision) for what, table in _TABLES.items()),
    *(_touched(what, table, table.c.withdrawn_in) for what, table in REGISTRATIONS.items()),
    _touched(None, STATEMENTS, STATEMENTS.c.revision),
    _touched(None, STATEMENTS, STATEMENTS.c.retracted_in),
)


async def touched_since(connection: Executor, since: int, until: int) -> set[Key]:
    """Return all to which the revisions after one, up to another, did something."""
    rows = await connection.execute(_TOUCHED, {"since": since, "until": until})
    return {(row.what, row.key) for row in rows}


def is_gone(registered: JsonObject) -> bool:
    """Return whether something that was registered was withdrawn since."""
    is_withdrawn = registered.get("type") == CorrectionType.withdrawn
    return is_withdrawn or registered.get("withdrawn_in") is not None


@dataclass(slots=True)
class Wanted:
    """What has to be known before a write is judged."""

    named: set[Key] = field(default_factory=set)
    """Whether and as what each of these is registered."""
    subjects: set[Key] = field(default_factory=set)
    """Of these sites and projects their live statements and open versions."""
    remarked: set[Key] = field(default_factory=set)
    """Of these only where they lie, and what changed them last."""
    digests: set[str] = field(default_factory=set)
    """Which of these are digests of live statements."""
    statements: set[str] = field(default_factory=set)
    """These statements themselves."""
    names: set[Key] = field(default_factory=set)
    """The subjects that have these names, in the provinces of ``units`` and of ``subjects``."""
    units: set[StatedUnit] = field(default_factory=set)
    alike: set[Key] = field(default_factory=set)
    """The entries that share these dates and names."""
    patches: dict[Key, JsonObject] = field(default_factory=dict)
    """The entries that share something with these ones as they are corrected."""
    entries: set[Key] = field(default_factory=set)
    """Who registered these sources and organizations."""
    referred: set[Key] = field(default_factory=set)
    """What refers to these of them."""
    merged: set[str] = field(default_factory=set)
    """These organizations are merged: the subjects that name them are wanted."""
    has_places: bool = False
    """Whether the rights of the writer depend on where subjects lie."""
    since: date = date.min
    """Versions that ended before this day are not."""
    is_of_one: bool = False
    """Whether one subject is written about: what changed it last is part of the answer."""
    is_conditional: bool = False
    """Whether the write depends on what changed a subject last."""


@dataclass(slots=True)
class Known:
    """The part of the register that a write is judged by, as it grows by what is accepted."""

    units: Units
    head: Head
    registered: dict[Key, JsonObject] = field(default_factory=dict)
    refused: set[Key] = field(default_factory=set)
    """What was to be registered together with the rest, and was refused."""
    live: dict[Key, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[Key, list[Values]] = field(default_factory=lambda: defaultdict(list))
    places: dict[Key, list[AnyRow]] = field(default_factory=lambda: defaultdict(list))
    twins: dict[str, str] = field(default_factory=dict)
    """The statements that are live, by digest: their ids, or the places of those just accepted."""
    statements: dict[str, Statement] = field(default_factory=dict)
    namesakes: dict[Key, list[Namesake]] = field(default_factory=lambda: defaultdict(list))
    alike: dict[Key, dict[str, JsonObject]] = field(default_factory=lambda: defaultdict(dict))
    """The entries of dates and names, by id."""
    kept: Kept = field(default_factory=dict)
    referring: dict[Key, list[str]] = field(default_factory=dict)
    retracted: set[str] = field(default_factory=set)
    """The statements that are retracted by what was accepted."""
    registered_by: dict[Key, str | None] = field(default_factory=dict)
    naming: dict[str, set[Key]] = field(default_factory=dict)
    read_at: int | None = None
    """The revision at which all of it was read last."""

    def find(self, what: str, key: str) -> JsonObject | None:
        """Return the registration of something, withdrawn or not."""
        return self.registered.get((what, key))

    def changed_in(self, subject: Key) -> int:
        """Return the last revision that changed what is known of a site or project; 0 for none."""
        return int(self.registered[subject].get("changed_in") or 0)

    def check_source(self, key: str, pointer: str) -> JsonObject:
        """Return a source that a statement names."""
        source = self.find(ChangeSubjectType.source, key)
        self.check_not_refused((ChangeSubjectType.source, key), pointer)
        if source is None:
            raise BadBodyError.of(pointer, _NO_SOURCE(key=key, words=_words(key)))
        if is_gone(source):
            named = _NO_REFERENCE(what=ChangeSubjectType.source, key=key, words=_words(key))
            raise BadBodyError.of(pointer, named)
        return source

    def check_document(self, key: str) -> None:
        """Refuse statements about a document that is not registered, or was withdrawn."""
        about = (SubjectType.source, key)
        registered = self.registered.get(about)
        if registered is None:
            self.check_not_refused(about)
            raise not_registered(SubjectType.source, key, self.head.number)
        if is_gone(registered):
            raise withdrawn(SubjectType.source, key, registered["changed_in"])

    def check_reference(self, named: Key, pointer: str) -> None:
        """Refuse to name an organization or a site that is not registered, or was withdrawn."""
        found = self.registered.get(named)
        self.check_not_refused(named, pointer)
        if found is None or is_gone(found):
            what, key = named
            raise BadBodyError.of(pointer, _NO_REFERENCE(what=what, key=key, words=_words(key)))

    def referred_to(self, named: Key) -> list[str]:
        """Return the addresses of what names an entry, the first few, but for what is retracted."""
        found = self.referring.get(named, ())
        left = (one for one in found if one.removeprefix(STATEMENT_PATH) not in self.retracted)
        return list(islice(left, MOST_NAMED))

    def check_not_refused(self, named: Key, pointer: str = "#") -> None:
        """Refuse what depends on something that was to be registered with it, and was refused."""
        if named in self.refused:
            what, key = named
            raise BadBodyError.of(pointer, _REFUSED_WITH_IT(what=what, key=key))

    def forget(self, keys: Collection[Key]) -> None:
        """Forget what is known of some subjects, to read it again."""
        for key in keys:
            self.registered.pop(key, None)
            self.live.pop(key, None)
            self.versions.pop(key, None)
            self.places.pop(key, None)
        self.refused -= set(keys)
        gone = {key for _, key in keys}
        for name, others in self.namesakes.items():
            self.namesakes[name] = [one for one in others if one.id not in gone]
        for shared, entries in self.alike.items():
            self.alike[shared] = {k: v for k, v in entries.items() if k not in gone}

    async def read(self, connection: Executor, wanted: Wanted) -> None:
        """Read what is wanted, as it is known at the head of the ledger."""
        self.read_at = self.head.number
        await self._read_statements(connection, wanted)
        await self._read_entries(connection, wanted)
        for what in _REGISTERED:
            has_changes = wanted.is_of_one or wanted.is_conditional
            await self._read_registered(connection, what, wanted.named, has_changes=has_changes)
        await self._read_registered(connection, ChangeSubjectType.organization, self._issuers())
        for what, history in HISTORIES.items():
            keys = {k for w, k in wanted.subjects if w == what and (w, k) in self.registered}
            await self._read_history(connection, history, keys, wanted)
            keys |= {k for w, k in wanted.remarked if w == what and (w, k) in self.registered}
            if wanted.has_places:
                await self._read_places(connection, history, keys)
        if wanted.has_places:
            sites = {key for what, key in wanted.named if what == ChangeSubjectType.site}
            sites |= {str(row.site) for rows in self.places.values() for row in rows if row.site}
            # A site that is outweighed counts as soon as what outweighs it is retracted.
            stated = (row.content.get("site") for rows in self.live.values() for row in rows)
            sites |= {str(site) for site in stated if site}
            await self._read_places(connection, SITE_HISTORY, sites)
        await self._read_same(connection, wanted)
        for part in in_parts(wanted.digests):
            self.twins |= await find_same(connection, part, self.head.number)

    async def _read_registered(
        self, connection: Executor, what: str, named: Collection[Key], *, has_changes: bool = False
    ) -> None:
        query = _REGISTERED[what]
        if has_changes and what in HISTORIES:
            query = HISTORIES[SubjectType(what)].registered
        for part in in_parts(key for kind, key in named if kind == what):
            parameters = {"keys": part, "revision": self.head.number}
            for row in await read_dicts(connection, query, parameters):
                self.registered[what, row["id"]] = row

    def _issuers(self) -> set[Key]:
        """Return the issuers of the sources that are known, where nothing is known of them."""
        issued = (row.get("issuer_id") for row in self.registered.values())
        issuers: set[Key] = {(ChangeSubjectType.organization, one) for one in issued if one}
        return issuers - self.registered.keys()

    async def _read_same(self, connection: Executor, wanted: Wanted) -> None:
        """Read what may be the same as what is written."""
        if wanted.names:
            versions = (one for key in wanted.subjects for one in self.versions.get(key, ()))
            provinces = {str(one["province_code"]) for one in versions if one.get("province_code")}
            provinces |= provinces_of(wanted.units, self.units)
            for key, other in await read_namesakes(connection, wanted.names, provinces):
                self.namesakes[key].append(other)
        amended = (
            (what, {**self.registered.get((what, key), {}), **patch})
            for (what, key), patch in wanted.patches.items()
        )
        shared = {key for what, row in amended for key in keys_of_entry(what, row)}
        for key, entry in await read_alike(connection, wanted.alike | shared, self.head.number):
            self.alike[key][entry["id"]] = entry

    async def _read_statements(self, connection: Executor, wanted: Wanted) -> None:
        for part in in_parts(wanted.statements):
            for row in await read_rows(connection, Statement, _STATED, {"keys": part}):
                self.statements[row.id] = row
                key = (row.subject_type, row.subject_id)
                wanted.named.add(key)
                wanted.subjects.add(key)

    async def _read_entries(self, connection: Executor, wanted: Wanted) -> None:
        """Read what corrections depend on, and the merges that all subjects are folded by."""
        number = self.head.number
        if self.head.has_merges and (wanted.subjects or wanted.entries):
            self.kept = await kept_at(connection, number)
        for organization in wanted.merged:
            naming = await subjects_naming(connection, organization)
            self.naming[organization] = naming
            wanted.named |= naming
            wanted.subjects |= naming
        if wanted.referred:
            most = MOST_NAMED + len(self.statements)
            self.referring |= await referring_to(connection, wanted.referred, number, most)
        for named in wanted.entries:
            registered = _REGISTERED_BY[named[0]]
            by = await connection.execute(registered, {"key": named[1]})
            self.registered_by[named] = by.scalar_one_or_none()

    async def _read_history(
        self, connection: Executor, history: History, keys: Collection[str], wanted: Wanted
    ) -> None:
        for part in in_parts(keys):
            rows = await live_of_many(
                connection, history.type, part, self.head.number, dated=wanted.is_of_one
            )
            for row in rows:
                self.live[history.type, row.subject_id].append(row)
            bound = {"keys": part, "since": wanted.since}
            for version in await read_dicts(connection, history.open_versions, bound):
                self.versions[history.type, version[history.key]].append(version)

    async def _read_places(
        self, connection: Executor, history: History, keys: Collection[str]
    ) -> None:
        """Read in which provinces and sites subjects lie, or lay, over which days.

        What was known last comes first.
        """
        unread = {key for key in keys if (history.type, key) not in self.places}
        columns = history.versions.c
        places = [columns[name] for name in _PLACES if name in columns]
        stay = [history.id.label("id"), *places, columns.valid_from, columns.valid_to]
        lacking = [null().label(name) for name in _PLACES if name not in columns]
        last = func.max(columns.known_to).label("known_to")
        is_placed = or_(*(place.is_not(None) for place in places))
        query = select(*stay, *lacking, last).where(is_placed).group_by(*stay).order_by(last.desc())
        for part in in_parts(unread):
            rows = await connection.execute(query.where(history.id.in_(part)))
            for row in rows.all():
                self.places[history.type, row.id].append(row)


def in_parts(keys: Iterable[str]) -> Iterator[Sequence[str]]:
    """Yield keys in order, so many at a time as one query takes."""
    return parts(sorted(keys), _MOST_AT_ONCE)
