"""Loading seed sets: readable files, recorded as all writes are, each document as one revision.

Loading twice changes nothing: statements that are recorded already, retracted or not, stay as they
are.
"""

import tomllib
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import partial
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Table, select

from app.core.digest import JsonObject
from app.core.errors import ConflictError, NotFoundError, RegistryError
from app.core.messages import Template
from app.core.vocabulary import HISTORIC, ChangeSubjectType, SubjectType
from app.database.connections import Executor
from app.entry.items import Item, Registering, Stating, stating
from app.entry.recording import recording
from app.entry.schemas import (
    BODIES,
    DocumentStatementWrite,
    ProvinceStatementWrite,
)
from app.entry.writes import registering
from app.ledger.revisions import Writer
from app.ledger.schemas import OrganizationRegistration, SourceRegistration
from app.ledger.statements import find_same
from app.ledger.tables import ORGANIZATIONS, REGISTRATIONS, SOURCES

_NO_SET = Template(
    "entry.no-seed-set", "There is no seed set {name!r} in {folder}; there are: {known}."
)
_OTHER_KIND = Template(
    "entry.seed-of-other-kind", "Site {key!r} is registered as {registered}, not {kind}."
)


class Result(StrEnum):
    """The outcome for one entry of a seed set."""

    recorded = "recorded"
    present = "present"
    refused = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a seed set: its file, its label, and its members."""

    file: str
    label: str
    members: JsonObject


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for an entry, and the reason when it was refused."""

    entry: Entry
    result: Result
    detail: str = ""


def seed_sets(seeds: Path) -> list[str]:
    """Return the names of the seed sets in a folder."""
    return sorted(path.parent.name for path in seeds.glob("*/sites.toml"))


def read_set(seeds: Path, name: str) -> list[Entry]:
    """Read all entries of a seed set, in the order in which they are to be recorded."""
    folder = seeds / name
    if not (folder / "sites.toml").is_file():
        known = ", ".join(seed_sets(seeds)) or "none"
        raise NotFoundError(_NO_SET(name=name, folder=seeds, known=known))
    return [entry for file in _FILES for entry in _entries(folder / f"{file}.toml", file)]


def _entries(path: Path, file: str) -> Iterator[Entry]:
    if not path.is_file():
        return
    with path.open("rb") as opened:
        content = tomllib.load(opened, parse_float=Decimal)
    for item in content.get(file, []):
        key = item.get("id") or item.get("code")
        if file in {"organizations", "sources"}:
            yield Entry(file, key, item)
            continue
        for position, statement in enumerate(item.get("statements", []), start=1):
            subject = {name: value for name, value in item.items() if name != "statements"}
            yield Entry(file, f"{key}, statement {position}", {**subject, "statement": statement})


async def load_set(writer: Writer, seeds: Path, name: str) -> AsyncIterator[Outcome]:
    """Record a seed set document by document; yield the outcome for each entry."""
    for entries in by_document(read_set(seeds, name)):
        for outcome in await _load(writer, entries):
            yield outcome


def by_document(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries of each document: what it says, and what that is the first to name.

    The documents come in the order of their registrations, then those of other sets.
    """
    said: dict[str, list[Entry]] = {e.members["id"]: [] for e in entries if e.file == "sources"}
    for entry in entries:
        if "statement" in entry.members:
            said.setdefault(entry.members["statement"].get("source_id", ""), []).append(entry)
    documents = [(key, found) for key, found in said.items() if found]
    left = [entry for entry in entries if "statement" not in entry.members]
    for number, (key, found) in enumerate(documents, start=1):
        names = {key, *(name for entry in found for name in _strings(entry.members))}
        sources = [e for e in left if e.file == "sources" and e.members["id"] in names]
        names |= {name for entry in sources for name in _strings(entry.members)}
        is_last = number == len(documents)
        first = [entry for entry in left if is_last or entry.members["id"] in names]
        left = [entry for entry in left if entry not in first]
        yield [*first, *found]
    if left:
        yield left


def _strings(value: object) -> Iterator[str]:
    """Yield every text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(part)


@dataclass(slots=True)
class _Register:
    """What is registered of all that some entries are about."""

    rows: dict[tuple[str, str], JsonObject] = field(default_factory=dict)
    begun: set[tuple[str, str]] = field(default_factory=set)
    """Sites and projects that an entry before registers."""


async def _load(writer: Writer, entries: Sequence[Entry]) -> list[Outcome]:
    """Record the entries of a document that are not recorded yet, as one revision."""
    async with writer.database.read() as connection:
        register = _Register()
        for file, table in _REGISTERED.items():
            ids = {e.members["id"] for e in entries if e.file == file}
            for key, row in (await _rows(connection, table, ids)).items():
                register.rows[file, key] = row
        read = [_read(entry, register) for entry in entries]
        digests = [item.digest for item in read if isinstance(item, Stating)]
        present = await find_same(connection, digests)
    results: dict[int, Outcome] = {}
    items: dict[int, Item] = {}
    for number, (entry, item) in enumerate(zip(entries, read, strict=True)):
        if isinstance(item, Exception):
            results[number] = Outcome(entry, Result.refused, str(item))
        elif item is None or (isinstance(item, Stating) and item.digest in present):
            results[number] = Outcome(entry, Result.present)
        else:
            items[number] = item
    order = sorted(items, key=lambda number: _rank(items[number]))
    recorded = [items[number] for number in order]
    async with recording(writer, recorded, skip_refused=True) as done:
        for position, number in enumerate(order):
            error = done.plan.refused.get(position)
            result = Result.refused if error else Result.recorded
            results[number] = Outcome(entries[number], result, str(error or ""))
    return [results[number] for number in range(len(entries))]


def _rank(item: Item) -> int:
    """Return the place of an item in its revision: first what is new, as in requests with many."""
    if isinstance(item, Registering):
        return 0 if item.what is ChangeSubjectType.organization else 1
    if isinstance(item, Stating) and item.registers:
        return 2 + HISTORIC.index(SubjectType(item.subject[0]))
    return 2 + len(HISTORIC)


async def _rows(connection: Executor, table: Table, ids: Collection[str]) -> dict[str, JsonObject]:
    if not ids:
        return {}
    found = await connection.execute(select(table).where(table.c.id.in_(ids)))
    return {row["id"]: dict(row) for row in found.mappings()}


def _read(entry: Entry, register: _Register) -> Item | Exception | None:
    """Return what an entry records: ``None`` if that is registered, an error if it is wrong."""
    try:
        return _FILES[entry.file](entry.members, register)
    except (RegistryError, ValidationError) as error:
        return error


def _source(members: JsonObject, register: _Register) -> Item | None:
    body = SourceRegistration.model_validate(members)
    item = Registering(ChangeSubjectType.source, body)
    return None if _is_same(register.rows.get(("sources", body.id)), item) else item


def _organization(members: JsonObject, register: _Register) -> Item | None:
    body = OrganizationRegistration.model_validate(members)
    item = Registering(ChangeSubjectType.organization, body)
    return None if _is_same(register.rows.get(("organizations", body.id)), item) else item


def _is_same(row: JsonObject | None, item: Registering) -> bool:
    """Return whether the very same is registered; another content is left to conflict."""
    wanted = item.body.model_dump(mode="json", exclude={"override_reason"})
    return row is not None and all(row[name] == value for name, value in wanted.items())


def _subject(what: SubjectType, members: JsonObject, register: _Register) -> Item:
    key, kind, about = members["id"], members.get("kind"), (f"{what}s", members["id"])
    row = register.rows.get(about, {})
    if kind != row.get("kind", kind):
        raise ConflictError(_OTHER_KIND(key=key, registered=row["kind"], kind=kind))
    if row or about in register.begun:
        statement = BODIES[what].write.model_validate(members["statement"])
        return stating(what, key, statement)
    head = {name: value for name, value in members.items() if name in {"id", "kind"}}
    body = BODIES[what].registration.model_validate({**head, **members["statement"]})
    item = registering(what, body)
    register.begun.add(about)
    return item


def _policy(members: JsonObject, _register: _Register) -> Item:
    statement = DocumentStatementWrite.model_validate(members["statement"])
    return stating(SubjectType.source, members["id"], statement)


def _province(members: JsonObject, _register: _Register) -> Item:
    statement = ProvinceStatementWrite.model_validate(members["statement"])
    return stating(SubjectType.province, members["code"], statement)


_FILES: Mapping[str, Callable[[JsonObject, _Register], Item | None]] = {
    "organizations": _organization,
    "sources": _source,
    "policies": _policy,
    **{f"{what}s": partial(_subject, what) for what in HISTORIC},
    "provinces": _province,
}
"""The files of a seed set, in the order in which they are recorded: what is named comes first."""
_REGISTERED = {
    "organizations": ORGANIZATIONS,
    "sources": SOURCES,
    **{f"{what}s": table for what, table in REGISTRATIONS.items()},
}
"""The tables of what the entries of files are registered as."""
