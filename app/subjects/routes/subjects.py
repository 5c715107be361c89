"""Subjects of each type: registering, reading, stating, patching, withdrawing.

The operations of all types are alike, and are named as their type is: ``list_sites``, ``get_site``.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.core.errors import RegistryError
from app.core.query_parameters import TimeQuery
from app.core.vocabulary import HISTORIC, SubjectType
from app.entry import writes
from app.entry.schemas import BODIES, StatementAnswer, SubjectStatementPage, Withdrawal
from app.entry.statement_queries import list_with_effects
from app.http.reading import Reading, reads
from app.http.responses import PATCHED, READ_STATE, WITHDRAWN, created, created_if_match
from app.http.strict_routes import strict_router
from app.http.writing import AS_MERGE_PATCH, Writing, WritingIfMatch, about_patch, as_statement
from app.subjects import provenance, queries
from app.subjects.definitions import DEFINITIONS
from app.subjects.histories import (
    HISTORIES,
    PROJECT_HISTORY,
    SITE_HISTORY,
    Values,
    check_present,
    check_registered,
)
from app.subjects.query_parameters import (
    QUERIES,
    HistoryQuery,
    PatchQuery,
    StatementsQuery,
    StateQuery,
    TimelineQuery,
    ValuesQuery,
)
from app.subjects.schemas import (
    SCHEMAS,
    SPARSE,
    ProvenanceList,
    ValuePage,
    WithdrawalWrite,
)
from app.subjects.shown import in_part


def _key(what: SubjectType) -> object:
    """Return the type of the id in a path."""
    described = f"Readable id, as in {DEFINITIONS[what].example}."
    return Annotated[str, Path(alias=f"{what}_id", description=described, max_length=100)]


def _add_reads(router: APIRouter, what: SubjectType) -> None:
    """Add the reads of what subjects are."""
    Key, history, queried = _key(what), HISTORIES[what], QUERIES[what]  # noqa: N806 (a type)

    @router.get(
        "",
        name=f"list_{what}s",
        summary=f"List {what}s",
        description=f"List the {what}s that match every filter, as of a date and as known at a "
        "revision.",
        response_model=SCHEMAS[what].page,
    )
    async def list_subjects(
        read: Annotated[Reading[HistoryQuery], reads(queried.many)],
    ) -> Response:
        return read.page(await queries.list_page(read.connection, history, read.query, read))

    @router.get(
        f"/{{{what}_id}}",
        name=f"get_{what}",
        summary=f"Read a {what}",
        description=f"Read the state of a {what} on a date, as known at a revision.",
        response_model=SCHEMAS[what].detail,
        responses=READ_STATE,
    )
    async def get_subject(
        key: Key,  # type: ignore[valid-type]
        read: Annotated[Reading[StateQuery], reads(queried.one)],
    ) -> Response:
        found = await queries.get_detail(read.connection, history, key, read, read.query.boundaries)
        read.shows_state(found["changed_in"])
        return read.answer(found)


def _add_sparse_reads(router: APIRouter, what: SubjectType) -> None:
    """Add the same reads for members that the client chooses."""
    Key, history, queried = _key(what), HISTORIES[what], QUERIES[what].sparse  # noqa: N806 (a type)

    @router.get(
        f"/{what}s",
        name=f"list_sparse_{what}s",
        summary=f"List members of {what}s",
        description=f"List the {what}s that match every filter, each with the members that "
        "`fields` names.",
        response_model=SPARSE[what].page,
    )
    async def list_sparse_subjects(
        read: Annotated[Reading[HistoryQuery], reads(queried.many)],
    ) -> Response:
        return read.page(await queries.list_page(read.connection, history, read.query, read))

    @router.get(
        f"/{what}s/{{{what}_id}}",
        name=f"get_sparse_{what}",
        summary=f"Read members of a {what}",
        description=f"Read the state of a {what} on a date, with the members that `fields` names.",
        response_model=SPARSE[what].detail,
        responses=READ_STATE,
    )
    async def get_sparse_subject(
        key: Key,  # type: ignore[valid-type]
        read: Annotated[Reading[StateQuery], reads(queried.one)],
    ) -> Response:
        found = await queries.get_detail(read.connection, history, key, read, read.query.boundaries)
        read.shows_state(found["changed_in"])
        return read.answer(in_part(found, read.fields))


def _add_histories(router: APIRouter, what: SubjectType) -> None:
    """Add the reads of what was said of subjects, of their versions, and of who decided them."""
    Key, history = _key(what), HISTORIES[what]  # noqa: N806 (a type)
    statements, path = BODIES[what].statements, f"/{{{what}_id}}"

    @router.get(
        f"{path}/statements",
        name=f"list_{what}_statements",
        summary=f"List what was said of a {what}",
        description=f"List the statements about a {what}, newest first, retracted ones included.",
        response_model=statements,
    )
    async def list_subject_statements(
        key: Key,  # type: ignore[valid-type]
        read: Annotated[Reading[StatementsQuery], reads(StatementsQuery)],
    ) -> SubjectStatementPage:
        registered = await check_registered(read.connection, history, key, read.at.revision)
        gone = registered.withdrawn_in is not None and registered.withdrawn_in <= read.at.revision
        return read.linked(
            await list_with_effects(
                read.connection, statements, (what, key), read.query, read, is_gone=gone
            )
        )

    @router.get(
        f"{path}/timeline",
        name=f"get_{what}_timeline",
        summary=f"Read a {what}'s versions",
        description=f"Read the states of a {what} over valid time, oldest first, as known at a "
        "revision.",
        response_model=SCHEMAS[what].timeline,
        responses=WITHDRAWN,
    )
    async def get_subject_timeline(
        key: Key,  # type: ignore[valid-type]
        read: Annotated[Reading[TimelineQuery], reads(TimelineQuery)],
    ) -> Response:
        return read.answer(
            await queries.list_timeline(read.connection, history, key, read.at, read.units)
        )

    @router.get(
        f"{path}/provenance",
        name=f"get_{what}_provenance",
        summary=f"Read who said what a {what} is",
        description=f"Read for each known attribute of a {what} the statement and source that "
        "decide it.",
        responses=WITHDRAWN,
    )
    async def get_subject_provenance(
        key: Key,  # type: ignore[valid-type]
        read: Annotated[Reading[TimeQuery], reads(TimeQuery)],
    ) -> ProvenanceList:
        return await provenance.get_provenance(read.connection, history, key, read.at, read.units)


def _add_projects_of_site(router: APIRouter) -> None:
    queried = QUERIES[SubjectType.project]

    @router.get(
        "/{site_id}/projects",
        summary="List the projects of a site",
        response_model=SCHEMAS[SubjectType.project].page,
        responses=WITHDRAWN,
    )
    async def list_site_projects(
        site_id: _key(SubjectType.site),  # type: ignore[valid-type]
        read: Annotated[Reading[HistoryQuery], reads(queried.of_site)],
    ) -> Response:
        """List the projects that are in a site on a date, as known at a revision."""
        return read.page(await _projects_of(site_id, read, queried.many))


def _add_sparse_projects_of_site(router: APIRouter) -> None:
    queried = QUERIES[SubjectType.project].sparse

    @router.get(
        "/sites/{site_id}/projects",
        summary="List members of the projects of a site",
        response_model=SPARSE[SubjectType.project].page,
        responses=WITHDRAWN,
    )
    async def list_sparse_site_projects(
        site_id: _key(SubjectType.site),  # type: ignore[valid-type]
        read: Annotated[Reading[HistoryQuery], reads(queried.of_site)],
    ) -> Response:
        """List the projects that are in a site, each with the members that `fields` names."""
        return read.page(await _projects_of(site_id, read, queried.many))


async def _projects_of(
    site_id: str, read: Reading[HistoryQuery], query: type[HistoryQuery]
) -> Values:
    await check_present(read.connection, SITE_HISTORY, site_id, read.at.revision)
    of_site = query.model_validate({**dict(read.query), "site": [site_id]})
    return await queries.list_page(read.connection, PROJECT_HISTORY, of_site, read)


def _add_statements(router: APIRouter, what: SubjectType) -> None:
    """Add the writes that state something."""
    Key, bodies = _key(what), BODIES[what]  # noqa: N806 (a type)

    @router.post(
        "",
        status_code=201,
        name=f"register_{what}",
        summary=f"Register a {what}",
        description=f"Register a {what} with the first statement about it, and answer with that "
        "statement.",
        response_model=bodies.statement,
        responses=created(bodies.statement),
    )
    async def register_subject(
        writer: Writing,
        body: bodies.registration,  # type: ignore[name-defined]
        response: Response,
    ) -> StatementAnswer:
        statement = await writes.register(writer, what, body)
        response.headers["Location"] = f"/v1/{what}s/{statement.subject_id}"
        return statement

    @router.post(
        f"/{{{what}_id}}/statements",
        status_code=201,
        name=f"state_{what}",
        summary=f"State something of a {what}",
        description=f"Record what a source says of a {what} from a date on.",
        response_model=bodies.statement,
        responses=created_if_match(bodies.statement),
    )
    async def state_subject(
        writer: WritingIfMatch,
        key: Key,  # type: ignore[valid-type]
        body: bodies.write,  # type: ignore[name-defined]
        response: Response,
    ) -> StatementAnswer:
        statement = await writes.state(writer, what, key, body)
        response.headers["Location"] = f"/v1/statements/{statement.id}"
        return statement


def _add_changes(router: APIRouter, what: SubjectType) -> None:
    """Add the writes that name the state which their client has seen: patch and withdrawal."""
    Key, bodies, patch = _key(what), BODIES[what], SCHEMAS[what].patch  # noqa: N806 (a type)

    @router.patch(
        f"/{{{what}_id}}",
        name=f"patch_{what}",
        summary=f"Patch a {what}",
        description="Record a statement of just the members given (RFC 7396): null clears, absent "
        "stays.",
        response_model=bodies.statement,
        responses=PATCHED,
    )
    async def patch_subject(
        writer: WritingIfMatch,
        key: Key,  # type: ignore[valid-type]
        body: Annotated[patch, AS_MERGE_PATCH],  # type: ignore[valid-type]
        query: Annotated[PatchQuery, Query()],
    ) -> StatementAnswer:
        write = bodies.write.model_validate(as_statement(body, query))
        try:
            return await writes.state(writer, what, key, write, is_patch=True)
        except RegistryError as error:
            raise about_patch(error) from error

    @router.post(
        f"/{{{what}_id}}/withdrawal",
        status_code=201,
        name=f"withdraw_{what}",
        summary=f"Withdraw a {what}",
        description=f"Take a {what} that was registered by mistake out of the register; its "
        "history stays.",
        responses=created_if_match(Withdrawal),
    )
    async def withdraw_subject(
        writer: WritingIfMatch,
        key: Key,  # type: ignore[valid-type]
        body: WithdrawalWrite,
        response: Response,
    ) -> Withdrawal:
        withdrawal = await writes.withdraw(writer, what, key, body)
        response.headers["Location"] = f"/v1/revisions/{withdrawal.revision}"
        return withdrawal


def _router(what: SubjectType) -> APIRouter:
    """Return the operations of a type of subject."""
    router = strict_router(f"/{what}s", f"{what}s")
    _add_reads(router, what)
    _add_histories(router, what)
    if what is SubjectType.site:
        _add_projects_of_site(router)
    _add_statements(router, what)
    _add_changes(router, what)
    return router


values_router = strict_router("/values", "sites")


@values_router.get("", summary="List the values of an attribute, and who said so")
async def list_values(
    read: Annotated[Reading[ValuesQuery], reads(ValuesQuery, at_length=True)],
) -> ValuePage:
    """List an attribute of the sites that match, where it is known, with the statement behind it.

    Figures of rollups link to it: what the items say adds up to the figure.
    """
    return read.linked(await provenance.list_values(read.connection, read.query, read))


def _sparse_router(what: SubjectType) -> APIRouter:
    """Return the operations that answer with members of a type of subject."""
    router = strict_router("/sparse", f"{what}s")
    _add_sparse_reads(router, what)
    if what is SubjectType.site:
        _add_sparse_projects_of_site(router)
    return router


SPARSE_READS = tuple(map(_sparse_router, HISTORIC))
SITES, *OTHERS = map(_router, HISTORIC)
"""The operations of each type of subject."""
