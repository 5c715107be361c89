"""Telling who asks: by a key, or by a token of the issuer that is trusted."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row

from app.access.api_keys import PREFIX, ApiKey
from app.access.audit import Journal
from app.access.keys import find_key
from app.access.oidc import TokenReader, reading_tokens
from app.access.principals import Access, Principal, PrincipalRole, ProvinceRight
from app.core.errors import DatabaseLostError, UnauthenticatedError
from app.core.settings import Settings
from app.database import Database

# Compared with where there is no key of that id, so that the answer takes the same time.
_NO_HASH = "0" * 64


class Authenticator:
    """Who may come in, for one process."""

    def __init__(
        self, database: Database, tokens: TokenReader | None, *, public_reading: bool
    ) -> None:
        """Keep what is asked: the database for keys, the reader of tokens where one is set up."""
        self.journal = Journal(database)
        self.public_reading = public_reading
        self._database = database
        self._tokens = tokens

    async def authenticate(self, credentials: str, access: Access) -> Principal:
        """Return whose credentials these are; ``UnauthenticatedError`` when they do not hold."""
        if credentials.startswith(PREFIX):
            return await self._holder(credentials, access)
        if self._tokens is None:
            raise UnauthenticatedError.invalid()
        return await self._tokens.principal(credentials)

    async def _holder(self, text: str, access: Access) -> Principal:
        key = ApiKey.parse(text)
        if key is None:
            raise UnauthenticatedError.invalid()
        row = await self._find(key.id, access)
        fits = key.fits(_NO_HASH if row is None else row.secret_hash)
        if row is None or not fits:
            raise UnauthenticatedError.invalid()
        _check_in_force(row)
        self.journal.note_use(key.id)
        return _principal(row)

    async def _find(self, key_id: str, access: Access) -> Row[Any] | None:
        """Look a key up where a revocation shows at once; where that is lost, at the standby.

        Those who read are not to be turned away meanwhile. Whoever wants more waits: the standby
        may not have heard of a revocation, and the primary may be back for the next statement.
        """
        try:
            async with self._database.read() as connection:
                return await find_key(connection, key_id)
        except DatabaseLostError:
            if self._database.standby is None or access is not Access.reading:
                raise
            async with self._database.read(since=0) as connection:
                return await find_key(connection, key_id)


def _check_in_force(row: Row[Any]) -> None:
    """Tell the holder of a key why it is of no use any more; they know its secret."""
    if row.revoked_at is not None:
        detail = f"Key {row.id} was revoked on {row.revoked_at:%Y-%m-%d}."
        raise UnauthenticatedError.invalid(detail)
    if row.expires_at <= datetime.now(UTC):
        detail = f"Key {row.id} expired on {row.expires_at:%Y-%m-%d}."
        raise UnauthenticatedError.invalid(detail)


def _principal(row: Row[Any]) -> Principal:
    rights = tuple(ProvinceRight(code, date.fromisoformat(on)) for code, on in row.provinces)
    return Principal(f"key:{row.id}", row.name, PrincipalRole(row.role), rights)


@asynccontextmanager
async def authenticating(database: Database, settings: Settings) -> AsyncIterator[Authenticator]:
    """Set up the guard of a process, and write at the end what it has noted."""
    async with AsyncExitStack() as stack:
        tokens = await stack.enter_async_context(reading_tokens(settings))
        guard = Authenticator(database, tokens, public_reading=settings.public_reading)
        await stack.enter_async_context(guard.journal.kept())
        yield guard
