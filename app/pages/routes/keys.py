"""Keys, for administrators: who has one, making one, and revoking it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from app.access import keys
from app.access.principals import PrincipalRole
from app.access.schemas import IssuedKey, RevocationWrite
from app.core.dates import today
from app.core.errors import BadBodyError, ConflictError
from app.core.query_parameters import PageQuery
from app.core.types import Body
from app.database.connections import Executor
from app.http.access import actor_of
from app.http.reading import TheConnection, TheDatabase, TheUnits
from app.http.strict_routes import AdministrationRoute
from app.ledger.revisions import Writer
from app.pages.forms import as_body, faults_of, form_router, own_page, see
from app.pages.key_forms import KeyForm, key_of
from app.pages.sending import carried_out, once
from app.pages.views import Key
from app.units.units import UnitLevel, Units

router = form_router(AdministrationRoute)
_MOST_TEXT = 2000


class KeysView(PageQuery):
    """Which part of the list to show."""

    lang: Literal["vi", "en"] | None = None


class KeyView(BaseModel):
    """How to show a key."""

    lang: Literal["vi", "en"] | None = None


class RevocationForm(Body):
    """Why a key is revoked, as the form sends it."""

    reason: Annotated[str, Field(max_length=_MOST_TEXT)] = ""


@router.get("/keys")
async def show_keys(
    request: Request,
    connection: TheConnection,
    units: TheUnits,
    query: Annotated[KeysView, Query()],
) -> HTMLResponse:
    """Show the keys that were ever made, and the form to make one."""
    return await _keys_page(request, connection, units, query)


@router.post("/keys")
async def make_key(
    request: Request,
    connection: TheConnection,
    units: TheUnits,
    form: Annotated[KeyForm, Form()],
) -> Response:
    """Make a key and show it, this once: the same form again leads to its page, without the key."""
    made: IssuedKey | None = None
    try:
        wanted = key_of(form, units)

        async def make(writer: Writer) -> str:
            nonlocal made
            async with writer.session() as session:
                await writer.refuse_repeat(session)
                made = await keys.add_key(session, units, wanted, actor_of(request))
            return f"/keys/{made.id}"

        done = await carried_out(request, make)
    except BadBodyError as error:
        faults = faults_of(request, error)
        return await _keys_page(request, connection, units, KeysView(), form, faults)
    if made is None:
        return done
    context = {"made": made, "province_name": _province_name(units)}
    return own_page(request, "key_made.html", context, HTTPStatus.CREATED)


@router.get("/keys/{key_id}")
async def show_key(
    request: Request,
    connection: TheConnection,
    units: TheUnits,
    key_id: Key,
    _query: Annotated[KeyView, Query()],
) -> HTMLResponse:
    """Show for whom a key is, and what became of it."""
    found = await keys.get_key(connection, key_id)
    return own_page(request, "key.html", _of_key(found, units))


@router.post("/keys/{key_id}/revocation")
async def revoke_key(
    request: Request,
    connection: TheConnection,
    database: TheDatabase,
    units: TheUnits,
    key_id: Key,
    form: Annotated[RevocationForm, Form()],
) -> Response:
    """Revoke a key at once and for ever."""
    try:
        reason = as_body(RevocationWrite, form.model_dump()).reason
        await keys.revoke_key(database, key_id, reason, actor_of(request))
    except (BadBodyError, ConflictError) as error:
        found = await keys.get_key(connection, key_id)
        context = _of_key(found, units, faults_of(request, error))
        return own_page(request, "key.html", context, error.status)
    return see(f"/keys/{key_id}")


def _of_key(found: object, units: Units, faults: dict[str, str] | None = None) -> dict[str, object]:
    return {
        "key": found,
        "now": datetime.now(UTC),
        "province_name": _province_name(units),
        "faults": faults or {},
    }


def _province_name(units: Units) -> Callable[[str, date], str | None]:
    """Return what names the province that a code named on a day."""
    return partial(units.name_of, UnitLevel.province)


async def _keys_page(
    request: Request,
    connection: Executor,
    units: Units,
    query: KeysView,
    form: KeyForm | None = None,
    faults: dict[str, str] | None = None,
) -> HTMLResponse:
    page = await keys.list_keys(connection, PageQuery(limit=query.limit, cursor=query.cursor))
    context = {
        "keys": page.items,
        "next_cursor": page.next_cursor,
        "now": datetime.now(UTC),
        "province_name": _province_name(units),
        "roles": list(PrincipalRole),
        "provinces": sorted(units.all_at(UnitLevel.province, today()), key=lambda one: one.code),
        "form": form or KeyForm(),
        "once": once(),
        "faults": faults or {},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return own_page(request, "keys.html", context, status)
