"""`icr keys`: giving out, listing and revoking keys without one, on the machine itself."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from app.access.audit import Actor
from app.access.keys import LIFETIME, create_first_key, create_key, list_keys, revoke_key
from app.access.principals import PrincipalRole, ProvinceRight
from app.access.schemas import IssuedKey, Key, KeyCreation
from app.cli.common import ERR, OUT, WIDE, check_migrated, opened_database, ready
from app.core.dates import today
from app.core.errors import RegistryError, UnavailableError
from app.core.query_parameters import PageQuery

keys = typer.Typer(help="Keys: who may write, and as what.", no_args_is_help=True)
_BY = Actor("icr keys")
_PAGE = 1000
_Result = TypeVar("_Result")
# Something that each role can do, and that shows whether the key works.
_EXAMPLES = {
    PrincipalRole.reader: "/v1/sites",
    PrincipalRole.contributor: "/v1/proposals",
    PrincipalRole.editor: "/v1/sites",
    PrincipalRole.auditor: "/v1/audit",
    PrincipalRole.administrator: "/v1/keys",
}


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Who writes with it, as revisions will show it.")],
    role: Annotated[PrincipalRole, typer.Option(help="What its holder may do.")],
    province: Annotated[
        list[str] | None,
        typer.Option(
            help="For an editor or a contributor: a province by its code, as 19, or as "
            "06@2025-06-30 by its code on a day; repeat for several."
        ),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, help="For how many days it is valid.")
    ] = LIFETIME.days,
    if_none: Annotated[
        bool, typer.Option("--if-none", help="Only where no key was ever made.")
    ] = False,
    address: Annotated[
        str, typer.Option(help="Where the service answers, for the example.")
    ] = "http://127.0.0.1:8000",
) -> None:
    """Make a key and print it, this once."""
    wanted = _wanted(name, role, province or [], days)

    async def run() -> IssuedKey | None:
        async with opened_database() as database:
            units = await ready(database)
            make = create_first_key if if_none else create_key
            return await make(database, units, wanted, _BY)

    made = _done(run())
    if made is not None:
        _print(made, address)


def _wanted(name: str, role: PrincipalRole, provinces: list[str], days: int) -> KeyCreation:
    try:
        rights = [_right(text) for text in provinces]
        expires_at = datetime.now(UTC) + timedelta(days=days)
        return KeyCreation.model_validate(
            {"name": name, "role": role, "provinces": rights, "expires_at": expires_at}
        )
    except ValidationError as error:
        for fault in error.errors():
            ERR.print(str(fault["msg"]).removeprefix("Value error, "))
        raise typer.Exit(2) from error
    except ValueError as error:
        ERR.print(str(error))
        raise typer.Exit(2) from error


def _right(text: str) -> dict[str, object]:
    right = ProvinceRight.parse(text if "@" in text else f"{text}@{today()}")
    return {"code": right.code, "on": right.on}


def _print(made: IssuedKey, address: str) -> None:
    OUT.print(
        f"Key {made.id} for {made.name}, {made.role}, valid until {made.expires_at:%Y-%m-%d}. "
        "It is shown this once:"
    )
    OUT.print(f"  KEY={made.key}")
    OUT.print(f'  curl -s -H "Authorization: Bearer $KEY" {address}{_EXAMPLES[made.role]}')


def _done(doing: Coroutine[None, None, _Result]) -> _Result:
    """Do something, and say in a sentence why it is refused."""
    try:
        return asyncio.run(doing)
    except UnavailableError:
        raise
    except RegistryError as error:
        ERR.print(str(error))
        raise typer.Exit(1) from error


@keys.command("list")
def show() -> None:
    """List the keys that were given out, without their secrets."""

    async def run() -> list[Key]:
        async with opened_database() as database:
            await check_migrated(database)
            async with database.read() as connection:
                found, query = [], PageQuery(limit=_PAGE)
                while True:
                    page = await list_keys(connection, query)
                    found += page.items
                    if page.next_cursor is None:
                        return found
                    query = PageQuery(limit=_PAGE, cursor=page.next_cursor)

    table = Table("id", "name", "role", "provinces", "state", "last used", box=None)
    for key in _done(run()):
        provinces = ", ".join(f"{right.code}@{right.on}" for right in key.provinces)
        used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
        table.add_row(key.id, key.name, key.role, provinces, _state(key), used)
    # A line is one key, however narrow the terminal is.
    Console(width=WIDE).print(table)


def _state(key: Key) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    word = "expired" if key.expires_at <= datetime.now(UTC) else "until"
    return f"{word} {key.expires_at:%Y-%m-%d}"


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id: what follows icr_.")],
    reason: Annotated[str, typer.Option(help="Why, for the audit log.")] = "Not needed any more.",
) -> None:
    """Revoke a key at once and for ever; what was written with it stays."""

    async def run() -> Key:
        async with opened_database() as database:
            await check_migrated(database)
            return await revoke_key(database, key_id, reason, _BY)

    revoked = _done(run())
    OUT.print(f"Key {revoked.id} of {revoked.name} is revoked.")
