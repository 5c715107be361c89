"""Requests to write: one transaction from the first check to the answer, kept for a repeat.

The transaction of a request stays open until its answer is known, so that the answer is kept with
what it answers for, or neither is.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.digest import content_digest
from app.core.errors import Fault, IdempotencyKeyReusedError, RequestInFlightError
from app.core.messages import Template
from app.database import Database
from app.database.connections import Executor, read_rows
from app.ledger.tables import IDEMPOTENCY_KEYS, IdempotencyKey

_K = IDEMPOTENCY_KEYS.c
_IN_FLIGHT = Template(
    "ledger.in-flight", "A request with this key is being answered; send it again in a moment."
)
_KEY_REUSED = Template(
    "ledger.key-reused",
    "This key came with another request before; give each request its own key.",
)
KEPT = timedelta(hours=24)
"""How long the answer to a request with a key is kept."""
HEADER = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The identity of a request: its author, the author's key, and the digest of its content."""

    author: str
    key: str
    content_digest: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was sent."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: bytes


class RepeatedError(Exception):
    """Not an error of the client: the request was answered before, and this is the answer."""

    def __init__(self, answer: KeptAnswer) -> None:
        """Keep the answer to send again."""
        super().__init__("answered before")
        self.answer = answer


def answer_digest(row: Mapping[str, Any]) -> str:
    """Return the digest of a kept answer."""
    values = {name: value for name, value in row.items() if name != "digest"}
    at = row["recorded_at"].isoformat(timespec="microseconds")
    return content_digest({**values, "recorded_at": at, "body": row["body"].hex()})


class InFlight:
    """The keys of the requests that this process is answering."""

    def __init__(self) -> None:
        """Begin with none."""
        self._keys: set[tuple[str, str]] = set()

    def enter(self, key: RequestKey) -> None:
        """Note that a request is being answered; refuse the same while it is."""
        if (key.author, key.key) in self._keys:
            detail = _IN_FLIGHT()
            raise RequestInFlightError(detail, errors=[Fault(detail, parameter=HEADER)])
        self._keys.add((key.author, key.key))

    def leave(self, key: RequestKey) -> None:
        """Note that a request is answered."""
        self._keys.discard((key.author, key.key))


async def find_answer(
    connection: Executor, author: str, key: str, since: datetime
) -> IdempotencyKey | None:
    """Return the answer kept for an author's key since an instant, or ``None``."""
    query = select(IDEMPOTENCY_KEYS).where(
        _K.author == author, _K.key == key, _K.recorded_at > since
    )
    found = await read_rows(connection, IdempotencyKey, query)
    return found[0] if found else None


class WriteRequest:
    """A request to write: lends its one session, and keeps its answer where it has a key."""

    def __init__(
        self,
        database: Database,
        in_flight: InFlight,
        key: RequestKey | None = None,
        *,
        is_dry_run: bool = False,
    ) -> None:
        """Begin nothing yet: the transaction opens when a service writes.

        Nothing of a dry run is kept, neither its writes nor its answer, so it has no key.
        """
        self.is_dry_run = is_dry_run
        self._database = database
        self._in_flight = in_flight
        self._key = None if is_dry_run else key
        self._stack = AsyncExitStack()
        self._session: AsyncSession | None = None
        self._has_turn = False
        self.changed_in: int | None = None
        """The revision that last changed the subject of the write, once it is written."""

    async def __aenter__(self) -> Self:
        """Note the request as being answered."""
        if self._key is not None:
            self._in_flight.enter(self._key)
            self._stack.callback(self._in_flight.leave, self._key)
        return self

    async def __aexit__(self, *error: object) -> None:
        """Commit, or roll back on any error; an answer that is sent again must be durable too."""
        await self._stack.__aexit__(*error)  # type: ignore[arg-type]
        if isinstance(error[1], RepeatedError):
            await self._database.settle()

    async def take_turn(self) -> None:
        """Wait for the turn to write, and keep it until the request is answered."""
        if not self._has_turn:
            await self._stack.enter_async_context(self._database.turn())
            self._has_turn = True

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Lend the session of the request; its transaction ends with the request."""
        if self._session is None:
            lend = self._database.dry_run if self.is_dry_run else self._database.write
            opened = lend(has_turn=self._has_turn)
            self._session = await self._stack.enter_async_context(opened)
        yield self._session

    async def refuse_repeat(self, connection: Executor | None = None) -> None:
        """Raise ``RepeatedError`` where the request was answered before.

        Call it before anything is refused, and by the ``connection`` that has taken the revision
        counter: no other writer can come between then.
        """
        key = self._key
        if key is None:
            return
        since = datetime.now(UTC) - KEPT
        if connection is None:
            async with self._database.read() as reader:
                row = await find_answer(reader, key.author, key.key, since)
        else:
            row = await find_answer(connection, key.author, key.key, since)
        if row is None:
            return
        if row.content_digest != key.content_digest:
            detail = _KEY_REUSED()
            raise IdempotencyKeyReusedError(detail, errors=[Fault(detail, parameter=HEADER)])
        raise RepeatedError(KeptAnswer(row.status, row.media_type, row.headers, row.body))

    async def keep(self, answer: KeptAnswer) -> None:
        """Keep the answer in the transaction of its write; delete those of yesterday."""
        if self._key is None or self._session is None:
            return
        now = datetime.now(UTC)
        await self._session.execute(delete(IDEMPOTENCY_KEYS).where(_K.recorded_at <= now - KEPT))
        row = {
            "author": self._key.author,
            "key": self._key.key,
            "recorded_at": now,
            "content_digest": self._key.content_digest,
            "status": answer.status,
            "media_type": answer.media_type,
            "headers": dict(answer.headers),
            "body": answer.body,
        }
        row["digest"] = answer_digest(row)
        await self._session.execute(insert(IDEMPOTENCY_KEYS), row)
