"""Authentication: which principal sends a request, by a key, a token, or a session of the pages."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TypeVar

from app.access.audit import Actor, Journal, record_action
from app.access.audit_events import AuditAction
from app.access.keys import PREFIX, ApiKey, find_key, holder_of
from app.access.oidc_sign_in import Issuer, IssuerSignIn, with_issuer
from app.access.principals import Access, Principal
from app.access.sessions import (
    Terms,
    TokenHolder,
    begin_session,
    end_session,
    session_holder,
)
from app.core.errors import DatabaseLostError, UnauthenticatedError
from app.core.settings import Settings
from app.database import Database
from app.database.connections import Executor

# Compared with if there is no key of that id, so that the answer takes the same time.
_NO_HASH = "0" * 64
_BY_HOLDER = "By whoever was signed in."
_Found = TypeVar("_Found")


class Authenticator:
    """Authenticates the requests of one process."""

    def __init__(self, database: Database, issuer: Issuer | None, settings: Settings) -> None:
        """Keep the database for keys, and the issuer of tokens if one is configured."""
        self.journal = Journal(database)
        self.public_reading = settings.public_reading
        self.reviewed = settings.reviewed
        self._database = database
        self._issuer = issuer
        self._issuer_url = settings.oidc_issuer
        self._terms = Terms(settings.session_lifetime, settings.session_idle)

    async def authenticate(self, credentials: str, access: Access) -> Principal:
        """Return the principal of credentials; ``UnauthenticatedError`` if they are not valid."""
        if not credentials.startswith(PREFIX):
            if self._issuer is None:
                raise UnauthenticatedError.invalid()
            return await self._issuer.tokens.principal(credentials)
        return await self._of_key(credentials, access)

    async def _of_key(self, text: str, access: Access) -> Principal:
        key = ApiKey.parse(text)
        if key is None:
            raise UnauthenticatedError.invalid()
        row = await self._look(partial(find_key, key_id=key.id), access)
        fits = key.fits(_NO_HASH if row is None else row.secret_hash)
        if row is None or not fits:
            raise UnauthenticatedError.invalid()
        principal = holder_of(row)
        self.journal.note_use(key.id)
        return principal

    async def sign_in(self, key: str, address: str | None, instead_of: str | None) -> str:
        """Begin a session of the pages for the holder of a key; return the value of its cookie.

        A session that the browser had before ends. ``UnauthenticatedError`` if the key is not
        valid.
        """
        principal = await self._of_key(key, Access.writing)
        return await self.open_session(principal, address, instead_of)

    @property
    def issuer_sign_in(self) -> IssuerSignIn | None:
        """How people sign in at the issuer, if they can."""
        return None if self._issuer is None else self._issuer.sign_in

    async def open_session(
        self, who: Principal | TokenHolder, address: str | None, instead_of: str | None
    ) -> str:
        """Begin a session for someone who is authenticated; return the value of its cookie."""
        principal = who.principal if isinstance(who, TokenHolder) else who
        by = Actor(principal.name, principal.id, address)
        async with self._database.write() as session:
            if instead_of is not None:
                await end_session(session, instead_of)
            return await begin_session(session, who, self._terms, by)

    async def resume(self, value: str, access: Access, *, is_visit: bool = True) -> Principal:
        """Return the holder of a session; ``UnauthenticatedError`` where it is over.

        A request that is not a visit does not keep an unused session from ending.
        """
        look = partial(session_holder, value=value, terms=self._terms, issuer=self._issuer_url)
        principal, found = await self._look(look, access)
        if is_visit:
            self.journal.note_visit(found.digest, found.seen_at)
        if found.key_id is not None:
            self.journal.note_use(found.key_id)
        return principal

    async def sign_out(self, value: str, address: str | None) -> None:
        """End a session, in every process at once; nothing where there is none."""
        look = partial(session_holder, value=value, terms=self._terms, issuer=self._issuer_url)
        try:
            principal, _ = await self._look(look, Access.writing)
        except UnauthenticatedError:
            return
        by = Actor(principal.name, principal.id, address)
        async with self._database.write() as session:
            if await end_session(session, value):
                await record_action(session, AuditAction.signed_out, by, _BY_HOLDER)

    async def _look(self, look: Callable[[Executor], Awaitable[_Found]], access: Access) -> _Found:
        """Look credentials up in the primary, which knows of every revocation, or in the standby.

        While the primary is lost, reading must go on. All other access has to wait: the standby may
        not have received a revocation yet, and the primary may be back for the next statement.
        """
        try:
            async with self._database.read() as connection:
                return await look(connection)
        except DatabaseLostError:
            if self._database.standby is None or access is not Access.reading:
                raise
            async with self._database.read(since=0) as connection:
                return await look(connection)


@asynccontextmanager
async def authenticating(database: Database, settings: Settings) -> AsyncIterator[Authenticator]:
    """Lend the authenticator of a process; its journal is flushed at the end."""
    async with AsyncExitStack() as stack:
        issuer = await stack.enter_async_context(with_issuer(settings))
        authenticator = Authenticator(database, issuer, settings)
        await stack.enter_async_context(authenticator.journal.kept())
        yield authenticator
