"""Loading seed sets: readable files, recorded through the same services as HTTP writes.

Loading twice changes nothing: statements that are recorded already, retracted or not, stay as they
are.
"""

import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import Table

from app.core.errors import ConflictError, NotFoundError, RegistryError
from app.core.messages import Template
from app.core.vocabulary import SubjectType
from app.entry.provinces import encoded_observations, state_province
from app.entry.schemas import (
    DocumentStatementWrite,
    ProjectRegistration,
    ProjectStatementWrite,
    ProvinceStatementWrite,
    SiteRegistration,
    SiteStatementWrite,
    StatementHead,
    SubjectStatementWrite,
)
from app.entry.statements import state_document
from app.entry.subjects import register_project, register_site, state_project, state_site
from app.ledger.revisions import Writer
from app.ledger.schemas import OrganizationRegistration, SourceRegistration
from app.ledger.sources import find_row, register_organization, register_source
from app.ledger.statements import HEAD, find_same, statement_digest
from app.ledger.tables import ORGANIZATIONS, PROJECTS, SITES, SOURCES
from app.subjects.attributes import encode

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
    members: Mapping[str, Any]


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
    return [entry for file in _LOADERS for entry in _entries(folder / f"{file}.toml", file)]


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
    """Record a seed set entry by entry; yield the outcome for each."""
    for entry in read_set(seeds, name):
        yield await _load(writer, entry)


async def _load(writer: Writer, entry: Entry) -> Outcome:
    try:
        return Outcome(entry, await _LOADERS[entry.file](writer, entry.members))
    except (RegistryError, ValidationError) as error:
        return Outcome(entry, Result.refused, str(error))


async def _load_source(writer: Writer, members: Mapping[str, Any]) -> Result:
    body = SourceRegistration.model_validate(members)
    if await _is_registered(writer, SOURCES, body):
        return Result.present
    await register_source(writer, body)
    return Result.recorded


async def _load_organization(writer: Writer, members: Mapping[str, Any]) -> Result:
    body = OrganizationRegistration.model_validate(members)
    if await _is_registered(writer, ORGANIZATIONS, body):
        return Result.present
    await register_organization(writer, body)
    return Result.recorded


async def _is_registered(writer: Writer, table: Table, body: BaseModel) -> bool:
    """Return whether the very same is registered; another content is left to conflict."""
    wanted = body.model_dump(mode="json")
    async with writer.database.read() as connection:
        row = await find_row(connection, table, wanted["id"])
    return row is not None and all(row[name] == value for name, value in wanted.items())


async def _load_site_statement(writer: Writer, members: Mapping[str, Any]) -> Result:
    statement = SiteStatementWrite.model_validate(members["statement"])
    async with writer.database.read() as connection:
        site = await find_row(connection, SITES, members["id"])
    if site is not None and site["kind"] != members["kind"]:
        detail = _OTHER_KIND(key=site["id"], registered=site["kind"], kind=members["kind"])
        raise ConflictError(detail)
    if await _is_stated(writer, (SubjectType.site, members["id"]), statement):
        return Result.present
    if site is None:
        body = {"id": members["id"], "kind": members["kind"], **members["statement"]}
        await register_site(writer, SiteRegistration.model_validate(body))
    else:
        await state_site(writer, members["id"], statement)
    return Result.recorded


async def _load_project_statement(writer: Writer, members: Mapping[str, Any]) -> Result:
    statement = ProjectStatementWrite.model_validate(members["statement"])
    async with writer.database.read() as connection:
        project = await find_row(connection, PROJECTS, members["id"])
    if await _is_stated(writer, (SubjectType.project, members["id"]), statement):
        return Result.present
    if project is None:
        body = ProjectRegistration.model_validate({"id": members["id"], **members["statement"]})
        await register_project(writer, body)
    else:
        await state_project(writer, members["id"], statement)
    return Result.recorded


async def _load_policy_statement(writer: Writer, members: Mapping[str, Any]) -> Result:
    statement = DocumentStatementWrite.model_validate(members["statement"])
    if await _is_stated(writer, (SubjectType.source, members["id"]), statement):
        return Result.present
    await state_document(writer, members["id"], statement)
    return Result.recorded


async def _load_province_statement(writer: Writer, members: Mapping[str, Any]) -> Result:
    statement = ProvinceStatementWrite.model_validate(members["statement"])
    subject = (SubjectType.province, members["code"])
    if await _is_recorded(writer, subject, statement, encoded_observations(statement)):
        return Result.present
    await state_province(writer, members["code"], statement)
    return Result.recorded


async def _is_stated(
    writer: Writer, subject: tuple[SubjectType, str], statement: SubjectStatementWrite
) -> bool:
    content = encode(statement.values.model_dump(exclude_unset=True))
    return await _is_recorded(writer, subject, statement, content)


async def _is_recorded(
    writer: Writer, subject: tuple[SubjectType, str], head: StatementHead, content: Any
) -> bool:
    digest = statement_digest(subject, head.model_dump(include=set(HEAD), mode="json"), content)
    async with writer.database.read() as connection:
        return await find_same(connection, digest, live_only=False) is not None


_LOADERS: Mapping[str, Callable[[Writer, Mapping[str, Any]], Awaitable[Result]]] = {
    "organizations": _load_organization,
    "sources": _load_source,
    "policies": _load_policy_statement,
    "sites": _load_site_statement,
    "projects": _load_project_statement,
    "provinces": _load_province_statement,
}
"""The files of a seed set, in the order in which they are recorded: what is named comes first."""
