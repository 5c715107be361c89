"""Merge patches (RFC 7396): a convenience that becomes an ordinary statement."""

from fastapi import Body

from app.core.dates import today
from app.core.digest import JsonObject
from app.core.errors import BadBodyError, BadParameterError, ConflictError, Fault, RegistryError
from app.core.messages import Template
from app.core.vocabulary import DateBasis
from app.http.strict_routes import MERGE_PATCH
from app.subjects.query_parameters import PatchQuery
from app.subjects.schemas import Values

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
    }


def about_patch(error: RegistryError) -> RegistryError:
    """Name what is at fault as the patch has it: values are its members, the rest parameters."""
    if not isinstance(error, BadBodyError | ConflictError):
        return error
    error.errors = tuple(map(_patch_fault, error.errors))
    if any(fault.parameter for fault in error.errors):
        return BadParameterError(error.detail, errors=error.errors)
    return error


def _patch_fault(fault: Fault) -> Fault:
    pointer = fault.pointer or ""
    if pointer.startswith("#/values"):
        return Fault(fault.detail, pointer=pointer.replace("#/values", "#", 1))
    return Fault(fault.detail, parameter=pointer.removeprefix("#/"))
