"""PostgreSQL: engines with time-outs, for one server, for several and for a pooler in front."""

from functools import partial
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import asyncpg
from sqlalchemy import URL, event, text
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from app.core.database_urls import POOLER, SESSION, TLS
from app.database.connections import PoolLimits

# The server cancels a statement first, and says so; the client only gives up on a server that has
# gone silent.
_GRACE_SECONDS = 2
_LOCKS_SHARE = 0.9
_USED_AT = "used_at"
_IDLE_SECONDS = 1.0
# asyncpg chooses among all hosts itself where it prefers one kind to the other.
_PREFERRED = "prefer-standby"


def postgresql_engine(url: str, limits: PoolLimits, **options: object) -> AsyncEngine:
    """Create an engine; its address may name several hosts, and a pooler in front."""
    address = make_url(url)
    session, tls = (_chosen(address, names) for names in (SESSION, TLS))
    connecting: dict[str, object] = {
        "async_creator_fn": partial(
            _connect,
            timeout=limits.connect or None,
            # The driver takes parameters of TLS in an address only.
            dsn=f"postgresql://?{urlencode(tls)}",
        ),
        "server_settings": session,
    }
    if is_pooled(address):
        # A statement prepared on one server may be executed on another: none are kept, and each
        # statement is planned for its own values. It may wait in the pooler before it begins.
        connecting |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
        waiting = limits.pool_wait
    else:
        connecting["server_settings"] = _server_settings(limits) | session
        waiting = 0
    if limits.statement:
        connecting["command_timeout"] = limits.statement + waiting + _GRACE_SECONDS
    engine = create_async_engine(
        address.difference_update_query([POOLER, *session, *tls]),
        connect_args=connecting,
        pool_timeout=limits.pool_wait or None,
        pool_recycle=limits.pool_recycle or -1,
        # Errors are logged, and the values that clients write do not belong in the log.
        hide_parameters=True,
        **options,
    )
    event.listen(engine.sync_engine, "handle_error", _drop_silent_connections)
    return engine


def check_when_idle(engine: AsyncEngine) -> None:
    """Test a connection before its use, unless it is new or was in use a moment ago.

    A write must not fail because of an event since the last one; of many writes in a row each would
    make three round trips more, while the others wait.
    """

    def note(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info[_USED_AT] = monotonic()

    def check(connection: Any, record: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        used_at = record.info.get(_USED_AT)
        is_closed = connection.driver_connection.is_closed()
        # One that takes the place of a broken one is new: what is wrong with it, its first
        # statement says.
        if used_at is None or (monotonic() - used_at < _IDLE_SECONDS and not is_closed):
            return
        try:
            connection.ping()
        except (connection.dbapi.Error, OSError) as error:
            raise DisconnectionError from error

    event.listen(engine.sync_engine, "checkin", note)
    event.listen(engine.sync_engine, "checkout", check)


def _chosen(address: URL, names: frozenset[str]) -> dict[str, str]:
    return {name: str(value) for name, value in address.query.items() if name in names}


def _drop_silent_connections(context: ExceptionContext) -> None:
    """Have all connections replaced if the server does not answer: it may be gone for good."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = context.invalidate_pool_on_disconnect = True


def is_pooled(address: URL) -> bool:
    """Return whether a pooler is in front of the server."""
    return address.query.get(POOLER) == "true"


def _server_settings(limits: PoolLimits) -> dict[str, str]:
    return {
        "application_name": "icr",
        # After a few executions PostgreSQL would plan for any date and any revision alike, which is
        # a hundred times slower than planning for the ones requested.
        "plan_cache_mode": "force_custom_plan",
        **_timeouts(limits),
    }


def _timeouts(limits: PoolLimits) -> dict[str, str]:
    # Waiting for a lock counts for the statement as well; the shorter limit makes the server report
    # it as what it is.
    lock = min(limits.lock, _LOCKS_SHARE * limits.statement) if limits.statement else limits.lock
    return {
        "statement_timeout": _milliseconds(limits.statement),
        "lock_timeout": _milliseconds(lock),
        "idle_in_transaction_session_timeout": _milliseconds(limits.idle_transaction),
    }


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


async def limit_transaction(session: AsyncSession, limits: PoolLimits) -> None:
    """Set the time-outs of one transaction: sessions behind a pooler cannot have any."""
    parameters = _timeouts(limits)
    chosen = ", ".join(f"set_config('{name}', :{name}, true)" for name in parameters)
    await session.execute(text(f"SELECT {chosen}"), parameters)


async def _connect(
    *arguments: Any, host: str | list[str] | None = None, port: Any = None, **options: Any
) -> asyncpg.Connection:
    """Connect to the first host that serves; ``ConnectionError`` if none can be reached.

    Each host has the whole time-out to itself: a machine that is gone does not answer at all, and
    must not use up the time of the next.
    """
    is_chosen_by_driver = options.get("target_session_attrs") == _PREFERRED
    each = isinstance(host, list) and not is_chosen_by_driver
    failed: Exception = ConnectionError("no host is named")
    for one, its_port in zip(host or (), port, strict=True) if each else [(host, port)]:
        try:
            return await asyncpg.connect(*arguments, host=one, port=its_port, **options)
        except (OSError, asyncpg.InternalClientError) as error:
            # The latter: the host serves, but is not of the requested kind.
            failed = ConnectionError(f"cannot connect to {one or 'the server'}: {error!r}")
        except asyncpg.PostgresError as error:
            failed = error
    raise failed
