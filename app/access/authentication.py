"""Authentication: which principal sends a request, by an API key or by an OIDC token."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime

from app.access.audit import Journal
from app.access.keys import PREFIX, ApiKey, find_key
from app.access.oidc import TokenReader, reading_tokens
from app.access.principals import Access, Principal, PrincipalRole, ProvinceRight
from app.access.tables import AccessKey
from app.core.errors import DatabaseLostError, UnauthenticatedError
from app.core.messages import Template
from app.core.settings import Settings
from app.database import Database

_REVOKED = Template("keys.revoked", "Key {id} was revoked on {at:%Y-%m-%d}.")
_EXPIRED = Template("keys.expired", "Key {id} expired on {at:%Y-%m-%d}.")
# Compared with if there is no key of that id, so that the answer takes the same time.
_NO_HASH = "0" * 64


class Authenticator:
    """Authenticates the requests of one process."""

    def __init__(
        self, database: Database, tokens: TokenReader | None, *, public_reading: bool
    ) -> None:
        """Keep the database for keys, and the reader of tokens if an issuer is configured."""
        self.journal = Journal(database)
        self.public_reading = public_reading
        self._database = database
        self._tokens = tokens

    async def authenticate(self, credentials: str, access: Access) -> Principal:
        """Return the principal of credentials; ``UnauthenticatedError`` if they are not valid."""
        if not credentials.startswith(PREFIX):
            if self._tokens is None:
                raise UnauthenticatedError.invalid()
            return await self._tokens.principal(credentials)
        key = ApiKey.parse(credentials)
        if key is None:
            raise UnauthenticatedError.invalid()
        row = await self._find(key.id, access)
        fits = key.fits(_NO_HASH if row is None else row.secret_hash)
        if row is None or not fits:
            raise UnauthenticatedError.invalid()
        principal = _holder(row)
        self.journal.note_use(key.id)
        return principal

    async def _find(self, key_id: str, access: Access) -> AccessKey | None:
        """Look a key up in the primary, which knows of every revocation, or else in the standby.

        While the primary is lost, reading must go on. All other access has to wait: the standby may
        not have received a revocation yet, and the primary may be back for the next statement.
        """
        try:
            async with self._database.read() as connection:
                return await find_key(connection, key_id)
        except DatabaseLostError:
            if self._database.standby is None or access is not Access.reading:
                raise
            async with self._database.read(since=0) as connection:
                return await find_key(connection, key_id)


def _holder(row: AccessKey) -> Principal:
    """Return the holder of a key in force; who has one that is not may be given the reason."""
    if row.revoked_at is not None:
        raise UnauthenticatedError.invalid(_REVOKED(id=row.id, at=row.revoked_at))
    if row.expires_at <= datetime.now(UTC):
        raise UnauthenticatedError.invalid(_EXPIRED(id=row.id, at=row.expires_at))
    rights = tuple(ProvinceRight(code, date.fromisoformat(on)) for code, on in row.provinces)
    return Principal(f"key:{row.id}", row.name, PrincipalRole(row.role), rights)


@asynccontextmanager
async def authenticating(database: Database, settings: Settings) -> AsyncIterator[Authenticator]:
    """Lend the authenticator of a process; its journal is flushed at the end."""
    async with AsyncExitStack() as stack:
        tokens = await stack.enter_async_context(reading_tokens(settings))
        authenticator = Authenticator(database, tokens, public_reading=settings.public_reading)
        await stack.enter_async_context(authenticator.journal.kept())
        yield authenticator
