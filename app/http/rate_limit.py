"""How many requests an address and a credential may send, and what answers say of it (RateLimit).

Every request counts for its address, and one with a credential for that too: whoever makes
credentials up is still counted by address, and whoever changes addresses by credential. The
algorithm is GCRA: as many requests at once as a window allows, then one after another as it fills.
"""

import hashlib
import logging
import math
from time import monotonic
from typing import cast

from fastapi import Request
from redis.asyncio import Redis
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from throttled.asyncio import BaseStore, MemoryStore, RateLimitResult, RedisStore, Throttled
from throttled.exceptions import StoreUnavailableError
from throttled.rate_limiter import Quota
from throttled.rate_limiter.quota_parser import parse

from app.access.audit_events import network_of_address
from app.core.errors import TooManyRequestsError
from app.core.messages import Template
from app.http.metrics import Metrics
from app.http.problems import problem
from app.http.sessions import session_value

_log = logging.getLogger("icr")
# Looked at by machines that must not be refused for what others behind their address do.
_PROBES = {"/livez", "/readyz", "/metrics"}
_MOST_COUNTED = 100_000
_STORE_SECONDS = 0.25
_STORE_PAUSE_SECONDS = 5


class Limit:
    """One limit: its name, its quota, and what it counted, in a shared store or in this process."""

    def __init__(self, name: str, quota: Quota, store: BaseStore | None) -> None:
        """Count in the store, and in this process where there is none or it does not answer."""
        self.name = name
        self.policy = f'"{name}";q={quota.burst};w={quota.period_sec}'
        self.quota = quota
        self._own = _counter(quota, MemoryStore(options={"MAX_SIZE": _MOST_COUNTED}))
        self._shared = None if store is None else _counter(quota, store)
        self._resume_at = 0.0

    async def count(self, who: str) -> RateLimitResult:
        """Count a request; the result says whether it was one too many."""
        key = f"{self.name}:{who}"
        if self._shared is not None and monotonic() >= self._resume_at:
            try:
                return await self._shared.limit(key)
            except (StoreUnavailableError, OSError) as error:
                # A register that answers is worth more than an exact count: this process counts
                # by itself, and for some seconds nobody waits for the store again.
                self._resume_at = monotonic() + _STORE_PAUSE_SECONDS
                _log.warning("the store of the rates does not answer: %s", error)
        return await self._own.limit(key)


def _counter(quota: Quota, store: BaseStore) -> Throttled:
    return Throttled(using="gcra", quota=quota, store=store)


class RateLimits:
    """The limits of the service and the store that they share."""

    def __init__(
        self, per_address: str | None, per_credential: str | None, store_url: str | None
    ) -> None:
        """Make those limits that are set; rates are written as in ``600/minute``."""
        self._store = _shared_store(store_url) if store_url else None
        self.address = self._limit("address", per_address)
        self.credential = self._limit("credential", per_credential)

    @property
    def are_set(self) -> bool:
        """Whether there is any limit."""
        return self.address is not None or self.credential is not None

    def _limit(self, name: str, rate: str | None) -> Limit | None:
        return Limit(name, parse(rate)[0], self._store) if rate else None

    async def close(self) -> None:
        """Close the connections to the store."""
        if self._store is not None:
            # The library has no public way to close what it opened.
            client = cast("Redis", self._store._backend.get_client())  # noqa: SLF001
            await client.aclose(close_connection_pool=True)


def _shared_store(url: str) -> RedisStore:
    waits = {"socket_timeout": _STORE_SECONDS, "socket_connect_timeout": _STORE_SECONDS}
    return RedisStore(server=url, options={"CONNECTION_POOL_KWARGS": waits})


class RateLimitMiddleware:
    """Counts requests, says how many are left, and refuses those that are too many."""

    def __init__(self, app: ASGIApp, limits: RateLimits, metrics: Metrics) -> None:
        """Wrap an application."""
        self._app = app
        self._limits = limits
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
            return
        counted: list[tuple[Limit, RateLimitResult]] = []
        for limit, who in self._applying(scope):
            result = await limit.count(who)
            counted.append((limit, result))
            if result.limited:
                self._metrics.refuse(limit.name)
                response = problem(Request(scope), _too_many(limit, result))
                await response(scope, receive, _LimitedAnswer(send, counted).send)
                return
        await self._app(scope, receive, _LimitedAnswer(send, counted).send if counted else send)

    def _applying(self, scope: Scope) -> list[tuple[Limit, str]]:
        """Return what a request counts for, the address first: that is counted in any case."""
        found = []
        if self._limits.address is not None:
            found.append((self._limits.address, network_of(scope)))
        if self._limits.credential is not None and (credential := _credential_of(scope)):
            found.append((self._limits.credential, credential))
        return found


class _LimitedAnswer:
    """The answer on its way out, with what is left."""

    def __init__(self, send: Send, counted: list[tuple[Limit, RateLimitResult]]) -> None:
        self._send = send
        self._counted = counted

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            policies = ", ".join(limit.policy for limit, _ in self._counted)
            states = ", ".join(_state(limit, result) for limit, result in self._counted)
            headers = [
                *message.get("headers", ()),
                (b"ratelimit-policy", policies.encode()),
                (b"ratelimit", states.encode()),
            ]
            message = {**message, "headers": headers}
        await self._send(message)


def _state(limit: Limit, result: RateLimitResult) -> str:
    state = result.state
    return f'"{limit.name}";r={state.remaining};t={math.ceil(state.reset_after)}'


_TOO_MANY = {
    name: Template(
        f"http.too-many-requests-of-{name}",
        f"More than {{count}} requests in {{within}} seconds for one {name}; send it again in"
        " {seconds} seconds, and mind the RateLimit headers.",
    )
    for name in ("address", "credential")
}


def _too_many(limit: Limit, result: RateLimitResult) -> TooManyRequestsError:
    seconds = max(1, math.ceil(result.state.retry_after))
    quota = limit.quota
    detail = _TOO_MANY[limit.name](count=quota.burst, within=quota.period_sec, seconds=seconds)
    members = {"violated_policies": [limit.name]}
    return TooManyRequestsError(detail, members=members, headers={"Retry-After": str(seconds)})


def network_of(scope: Scope) -> str:
    """Return the address that a request came from, for IPv6 the network of its client."""
    client = scope.get("client")
    return network_of_address(client[0] if client else "")


def _credential_of(scope: Scope) -> str | None:
    """Return a digest of the credential: what is counted must not be usable as one."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            # The scheme may be written in many ways, and they are all of one credential.
            return _digest(value.partition(b" ")[2].strip())
    session = session_value(scope)
    return None if session is None else _digest(session.encode())


def _digest(credential: bytes) -> str:
    return hashlib.blake2b(credential, digest_size=16).hexdigest()
