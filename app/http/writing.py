"""What routes write with: a writer whose transaction ends with the request.

A merge patch (RFC 7396) is a convenience that becomes an ordinary statement.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import Body, Depends, Header, Query, Request, Response
from pydantic import AfterValidator, StringConstraints

from app.core.dates import today
from app.core.digest import JsonObject, content_digest
from app.core.errors import (
    BadBodyError,
    BadParameterError,
    ConflictError,
    Fault,
    IrregularChangeError,
    RegistryError,
)
from app.core.messages import MessageError, Template
from app.core.types import Matching
from app.core.vocabulary import DateBasis
from app.http.access import principal_of
from app.http.entity_tags import IF_MATCH, IF_MATCH_PATTERN, read_precondition, state_tag
from app.http.reading import TheUnits
from app.http.service import service_of
from app.ledger.idempotency import HEADER, KeptAnswer, RequestKey, WriteRequest
from app.ledger.revisions import Writer
from app.subjects.query_parameters import PatchQuery
from app.subjects.schemas import HEDGED, Values

_QUOTE = '"'
_BLANK_KEY = Template("http.blank-key", "write a key, as in 8e03978e-40d5-43e8-bc93-6894a57f9324.")
_TWO_KEYS = Template(
    "http.two-keys", "Give one Idempotency-Key for each request; this has several."
)
_NOT_ASCII = Template("http.key-not-ascii", "write printable ASCII only")


def _unquoted(value: str) -> str:
    """Read a string of structured fields (RFC 9651) as its text; bare text is taken as it is."""
    quoted = len(value) > 1 and value[0] == value[-1] == _QUOTE
    text = value[1:-1] if quoted else value
    if not text.strip():
        raise MessageError(_BLANK_KEY())
    return text


IdempotencyKeyText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    Matching(r"^[ -~]+$", _NOT_ASCII()),
    AfterValidator(_unquoted),
]
"""A text of the client's own that names a request."""
# The headers of an answer that are kept with its body; all else is made anew for each answer.
_KEPT_HEADERS = ("location", "etag", "register-revision")
_REPLAYED = {"Idempotent-Replayed": "true"}


async def writing(
    request: Request,
    units: TheUnits,
    key: Annotated[
        IdempotencyKeyText | None,
        Header(
            alias=HEADER,
            description="A text of your own for this request, in quotes or without: sent again "
            "within 24 hours, the request is not carried out again but answered as before.",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        Query(description="Check everything and show what would change, without recording it."),
    ] = False,
) -> AsyncIterator[Writer]:
    """Lend what a write needs; it is committed when the answer is made and before it is sent."""
    service, who = service_of(request), principal_of(request)
    if len(request.headers.getlist(HEADER)) > 1:
        raise BadParameterError.of(HEADER, _TWO_KEYS())
    same = None if key is None else RequestKey(who.id, key, await digest_of(request))
    # A body that could be read in part is only tried.
    is_dry_run = dry_run or hasattr(request.state, "partly_read")
    write = WriteRequest(service.database, service.in_flight, same, is_dry_run=is_dry_run)
    async with write:
        request.state.write = write
        yield Writer(service.database, units, who.name, write, principal=who)


async def digest_of(request: Request) -> str:
    """Return the digest of a request; two with the same digest are the same request."""
    content = await request.body()
    # The boundary of a form is another one each time it is sent.
    _, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    if boundary:
        content = content.replace(boundary.strip('"').encode("latin-1"), b"")
    body = hashlib.sha256(content).hexdigest()
    query = request.scope["query_string"].decode("latin-1")
    return content_digest([request.method, request.scope["path"], query, body])


async def writing_if_match(
    request: Request,
    writer: Annotated[Writer, Depends(writing, scope="function")],
    _: Annotated[
        str | None,
        Header(
            alias=IF_MATCH,
            description="The ETag of the state that was read, or * for any: the write is refused "
            "when the subject was changed since.",
            json_schema_extra={"pattern": IF_MATCH_PATTERN},
        ),
    ] = None,
) -> Writer:
    """Return a writer that knows which state its client has seen."""
    lines = request.headers.getlist(IF_MATCH)
    return writer.having_seen(read_precondition(", ".join(lines))) if lines else writer


async def keep_answer(request: Request, response: Response) -> None:
    """Tag the answer to a write, and keep it in the transaction of the write."""
    write: WriteRequest | None = getattr(request.state, "write", None)
    if write is not None and write.is_dry_run:
        # Nothing was created, and nothing changed its tag.
        response.status_code = HTTPStatus.OK
        for name in set(_KEPT_HEADERS) & set(response.headers):
            del response.headers[name]
    elif write is not None:
        if write.changed_in is not None:
            response.headers["ETag"] = state_tag(write.changed_in)
        sent = response.headers
        headers = {name: sent[name] for name in _KEPT_HEADERS if name in sent}
        media_type = sent["content-type"]
        body = bytes(response.body)
        await write.keep(KeptAnswer(response.status_code, media_type, headers, body))


def repeated(answer: KeptAnswer) -> Response:
    """Return an answer again, marked as a repeat."""
    headers = {**answer.headers, **_REPLAYED}
    return Response(answer.body, answer.status, headers, answer.media_type)


Writing = Annotated[Writer, Depends(writing, scope="function")]
WritingIfMatch = Annotated[Writer, Depends(writing_if_match, scope="function")]


FORM = "multipart/form-data"
MERGE_PATCH = "application/merge-patch+json"
AS_MERGE_PATCH = Body(media_type=MERGE_PATCH)
"""The body of a patch: described under the one media type that is taken."""
_EMPTY = Template("http.empty-patch", "The patch is empty: give the members that change.")


def as_statement(body: Values, query: PatchQuery) -> JsonObject:
    """Return the members of the statement that a patch becomes; absent members are not stated."""
    if not body.model_fields_set:
        raise BadBodyError.of("#", _EMPTY())
    how = DateBasis.stated if query.effective_from else DateBasis.inferred
    return query.model_dump() | {
        "effective_from": query.effective_from or today().isoformat(),
        "date_basis": query.date_basis or how,
        "values": body,
        **{name: getattr(body, name) for name in HEDGED if name in body.model_fields_set},
    }


def about_patch(error: RegistryError) -> RegistryError:
    """Name what is at fault as the patch has it: values are its members, the rest parameters."""
    if not isinstance(error, BadBodyError | ConflictError):
        return error
    error.errors = tuple(map(_patch_fault, error.errors))
    is_doubted = isinstance(error, IrregularChangeError)
    if not is_doubted and any(fault.parameter for fault in error.errors):
        return BadParameterError(error.detail, errors=error.errors)
    return error


def _patch_fault(fault: Fault) -> Fault:
    member, slash, rest = (fault.pointer or "").removeprefix("#/").partition("/")
    if member in HEDGED:
        return fault
    if member == "values":
        return replace(fault, pointer=f"#{slash}{rest}")
    return replace(fault, pointer=None, parameter=f"{member}{slash}{rest}")
