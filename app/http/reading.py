"""Reading: the snapshot that a read is pinned to, and the key of its answer.

One short query pins the revision. With it everything is known that an answer follows from, so the
entity tag does too: a client that has the answer is sent 304 before anything else is read or made.
docs/decisions/0029-the-key-of-an-answer.md says what the key is made of, and which reads have none.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Path, Query, Request, Response, params
from orjson import dumps
from pydantic import BaseModel

from app.core.dates import today
from app.core.errors import BadParameterError
from app.core.messages import Message, Template
from app.core.query_parameters import TimeQuery
from app.core.vocabulary import Boundaries, Unknown
from app.database import Database
from app.database.connections import Executor
from app.findings.kept_findings import Judges
from app.http.admission import long_work, work_of
from app.http.entity_tags import NotModified, known_tag, preferred_coding
from app.http.languages import CATALOGUES
from app.http.service import service_of
from app.ledger.snapshots import At, Note, Pin, Snapshot, pin
from app.statistics.kept_steps import Provinces
from app.subjects.attributes import UNIT_LEVELS
from app.subjects.naming import check_named
from app.subjects.query_parameters import READ_AT_LENGTH, HistoryFilter
from app.units.provinces import find_province, last_common_day
from app.units.tables import check_units_edition
from app.units.units import Unit, Units

REVISION_HEADER = "Register-Revision"
"""The consistency token: with it no client goes back in time, whichever server answers it.

Every answer from the register carries the latest revision that was there, and a client that sends
it along is answered by a server that has that revision.
"""
_MOST = 2**63 - 1
_MOST_LINK_BYTES = 2_000
_MALFORMED_TOKEN = Template(
    "http.consistency-token", "Send {header} once, as it was answered, as in 152, or leave it out."
)


def read_token(request: Request) -> int:
    """Return the revision that the client has seen; 0 where it sends no token."""
    given = request.headers.getlist(REVISION_HEADER)
    if not given:
        return 0
    value = given[0] if given[0].isascii() else ""
    is_number = value.isdigit() and len(value) <= len(str(_MOST)) and int(value) <= _MOST
    if len(given) > 1 or not is_number:
        raise BadParameterError.of(REVISION_HEADER, _MALFORMED_TOKEN(header=REVISION_HEADER))
    return int(value)


# The key names the revision and the day instead, as they were resolved.
_RESOLVED = {"known_at", "revision"}
_KEY_LENGTH = 32
ProvinceCode = Annotated[
    str, Path(description="Official code with its leading zero, as in 06.", max_length=10)
]


# Asynchronous although they wait for nothing: the framework runs plain functions in a thread.
async def units_of(request: Request) -> Units:
    """Return the administrative units."""
    return service_of(request).units


async def database_of(request: Request) -> Database:
    """Return the database, for routes that do not read the register at a revision."""
    return service_of(request).database


async def _connected(request: Request) -> AsyncIterator[Executor]:
    async with _connection(request, at_length=False) as connection:
        yield connection


# The connection goes back before the response is sent, so a slow client does not hold it.
TheConnection = Annotated[Executor, Depends(_connected, scope="function")]
"""For what has no revision: keys, the audit log."""
TheDatabase = Annotated[Database, Depends(database_of)]
TheUnits = Annotated[Units, Depends(units_of)]


@asynccontextmanager
async def _connection(request: Request, *, at_length: bool) -> AsyncIterator[Executor]:
    at_length = at_length or not READ_AT_LENGTH.isdisjoint(request.query_params)
    lent = service_of(request).database.read(at_length=at_length, since=_seen(request))
    async with AsyncExitStack() as stack:
        with work_of(request).waiting():
            connection = await stack.enter_async_context(lent)
        yield connection


def _seen(request: Request) -> int | None:
    """Return what a standby must have for the client; ``None`` where only the primary will do.

    A server that may lag behind an instant does not know what was known at it.
    """
    at_primary = getattr(request.state, "at_primary", False) or "known_at" in request.query_params
    return None if at_primary else read_token(request)


class NoQuery(BaseModel):
    """The query of a read that has no parameters."""


class _Page(Protocol):
    @property
    def next_cursor(self) -> str | None: ...


def link(request: Request, response: Response, parameter: str, value: str) -> None:
    """Add the address of this page, with another value of a parameter, as the next page.

    Nothing is added where it would be too long: proxies refuse answers with long heads. The body
    says what the next page begins with.
    """
    others = [pair for pair in request.query_params.multi_items() if pair[0] != parameter]
    found = f'<?{urlencode([*others, (parameter, value)])}>; rel="next"'
    if len(found) <= _MOST_LINK_BYTES:
        response.headers["Link"] = found


_Query = TypeVar("_Query", bound=BaseModel)
_APage = TypeVar("_APage", bound=_Page)


@dataclass(frozen=True, slots=True)
class Reading(Snapshot, Generic[_Query]):
    """A read of the register: its query, what it is pinned to, and the answer on its way."""

    query: _Query
    pin: Pin
    connection: Executor
    """Closed for answers that are sent while they are read; they use ``database``."""
    key: str
    """Equal keys of a path mean equal answers; those of each content coding are its own."""
    day: date | None
    """The day that the query or its cursor names."""
    latest: int
    """The latest revision of the register when the read was pinned."""
    request: Request
    response: Response
    """The headers of the answer."""

    @property
    def licence(self) -> str:
        """The address of the licence of the data."""
        return service_of(self.request).settings.licence_url

    @property
    def provinces(self) -> Provinces:
        """The provinces, for figures."""
        return Provinces(self.connection, self.pin, service_of(self.request).steps)

    def provinces_at(self, revision: int) -> Provinces:
        """Return the provinces at another revision than that of the read, or at that one."""
        if revision == self.pin.revision:
            return self.provinces
        return Provinces.unkept(self.connection, revision, self.units)

    @property
    def judges(self) -> Judges:
        """The provinces, for findings."""
        kept = service_of(self.request).findings
        return Judges(self.connection, self.units, self.pin, kept)

    def judges_at(self, revision: int) -> Judges:
        """Return the same at another revision than that of the read, or at that one."""
        if revision == self.pin.revision:
            return self.judges
        return Judges.unkept(self.connection, self.units, revision)

    @property
    def database(self) -> Database:
        """The database, for answers that are read part by part while they are sent."""
        return service_of(self.request).database

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer, for those to which the framework adds none."""
        return dict(self.response.headers)

    def shows_state(self, changed_in: int) -> None:
        """Have the tag begin with the revision that last changed the subject; see If-Match."""
        self.response.headers["ETag"] = f'"{changed_in}-{self.key}"'

    def link(self, parameter: str, value: str) -> None:
        """Add the address of this page, with another value of a parameter, as the next page."""
        link(self.request, self.response, parameter, value)

    @property
    def fields(self) -> Collection[str]:
        """The members that the query names, where it has some for the answer."""
        fields: Collection[str] = getattr(self.query, "fields", ())
        return fields

    def linked(self, page: _APage) -> _APage:
        """Return a page, with a Link header to the next where there is one (RFC 8288)."""
        self._link_to(page.next_cursor)
        return page

    def page(self, content: Mapping[str, Any]) -> Response:
        """Encode a page, with such a header."""
        self._link_to(content["next_cursor"])
        return self.answer(content)

    def answer(self, content: object) -> Response:
        """Encode an answer that has the form of its schema, which it is not held against."""
        return Response(dumps(content), media_type="application/json", headers=self.headers)

    def _link_to(self, cursor: str | None) -> None:
        if cursor is not None:
            self.link("cursor", cursor)


AnyReading = Reading[Any]
"""A reading, whatever its query is."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How the reads of an operation begin: by their query model, and how much they read."""

    model: type[BaseModel]
    at_length: bool
    heavy: bool
    streamed: bool
    reader: Callable[[Request], object] | None

    @asynccontextmanager
    async def __call__(
        self, request: Request, response: Response, query: BaseModel
    ) -> AsyncIterator[AnyReading]:
        """Open a read: pin it, and lend it a connection until its answer is made."""
        is_heavy = self.heavy or self.streamed or getattr(query, "count", None) is not None
        async with _connection(request, at_length=self.at_length) as connection:
            reading = await _read(request, response, query, connection, self.reader)
            if not is_heavy:
                yield reading
        # A client that has the answer already got its 304 above, so only work waits for a place.
        if self.streamed:
            async with long_work(request):
                yield reading
        elif is_heavy:
            async with long_work(request), _place(reading) as connection:
                yield replace(reading, connection=connection)


OPENINGS: dict[object, Opening] = {}
"""How reads begin, by their dependency: they follow from the request and the snapshot."""


def reads(
    model: type[BaseModel] = NoQuery,
    *,
    at_length: bool = False,
    heavy: bool = False,
    streamed: bool = False,
    reader: Callable[[Request], object] | None = None,
) -> params.Depends:
    """Return the dependency of a read: it gives a ``Reading`` of a query model.

    Pass ``at_length`` for reads of many rows; ``heavy`` for those that take long in a large
    register, and wait for each other; ``streamed`` for heavy ones whose answer is sent while it is
    read: the connection then goes back as soon as the snapshot is known. ``reader`` returns who an
    answer is for, where that matters; such an answer also says how far the register is by now.
    """

    async def declared(query: Annotated[model, Query()]) -> None:  # type: ignore[valid-type]
        """Say what the parameters are; ``read_routes.py`` reads them and opens the read."""

    OPENINGS[declared] = Opening(model, at_length, heavy, streamed, reader)
    return params.Depends(declared)


@asynccontextmanager
async def _place(reading: AnyReading) -> AsyncIterator[Executor]:
    """Lend a connection for a heavy read when it is its turn."""
    database = reading.database
    since = None if _seen(reading.request) is None else reading.at.revision
    async with database.heavy_reads.take(), database.read(at_length=True, since=since) as lent:
        yield lent


async def _read(
    request: Request,
    response: Response,
    query: _Query,
    connection: Executor,
    reader: Callable[[Request], object] | None,
) -> Reading[_Query]:
    """Pin a read; ``NotModified`` ends it here where the client has the answer."""
    service = service_of(request)
    # What a standby was at is not what the one that answers is at.
    latest = None if service.database.standby else getattr(request.state, "latest", None)
    pin_ = await pin(connection, query, latest)
    units, now = service.units, today()
    if units.edition != pin_.units_edition:
        # The next attempt looks again what the register is at.
        request.state.latest = None
        check_units_edition(units, pin_.units_edition)
    # A rebuild gives a new edition: the same revision may be answered from other rows then.
    pinned = (pin_.units_edition, pin_.revision, pin_.digest)
    seen_by = (reader(request), pin_.latest) if reader else ()
    key = _tagged(request, response, parameters_of(query), now, *pinned, *seen_by)
    if isinstance(query, HistoryFilter):
        await check_named(connection, query, pin_.revision)
    day, note = _day_of(query, units, now)
    at = At(pin_.day or day, pin_.revision)
    more = (connection, key, pin_.day, pin_.latest, request, response)
    return Reading(at, now, units, query, pin_, *more, note=noted(note))


def _day_of(query: BaseModel, units: Units, now: date) -> tuple[date, Message | None]:
    """Return the day that a query is about if it names none, and why where that is not today."""
    if not isinstance(query, TimeQuery):
        return date.max, None
    if not isinstance(query, HistoryFilter) or query.as_of or query.boundaries is Boundaries.now:
        return now, None
    # Codes alone: what is unknown lies in no unit.
    filters = ((level, getattr(query, name, ())) for name, level in UNIT_LEVELS.items())
    named = [(level, c) for level, codes in filters for c in codes if c not in set(Unknown)]
    return last_common_day(units, named, now)


def province_at(
    read: AnyReading, code: str, as_of: date | None, boundaries: Boundaries = Boundaries.then
) -> tuple[Unit, At, Note | None]:
    """Return the province that a code names, the point in time to read it at, and a note on it."""
    unit, day, note = find_province(read.units, code, as_of, read.today, boundaries)
    return unit, At(read.day or day, read.at.revision), noted(note)


def noted(note: Message | None) -> Note | None:
    """Return a note in the languages that answers have."""
    return None if note is None else Note(note.render(CATALOGUES["vi"]), str(note), note)


async def reading_what_is_held(request: Request, response: Response) -> None:
    """Tag an answer that follows from what this process holds: code lists, units and the day."""
    parameters = sorted(request.query_params.multi_items())
    _tagged(request, response, parameters, today())


HELD = Depends(reading_what_is_held)


def _tagged(request: Request, response: Response, *more: object) -> str:
    """Tag an answer by its key, and return that; ``NotModified`` if the client has the answer."""
    service = service_of(request)
    made_of = (service.release, service.units.digest, request.scope["path"], *more)
    digest = sha256(repr(made_of).encode(), usedforsecurity=False)
    key = digest.hexdigest()[:_KEY_LENGTH]
    if key in (known := ", ".join(request.headers.getlist("if-none-match"))):
        coding = preferred_coding(request.headers.get("accept-encoding", ""))
        if (tag := known_tag(known, key, coding)) is not None:
            raise NotModified(tag)
    response.headers["ETag"] = f'"{key}"'
    return key


def parameters_of(query: BaseModel) -> list[tuple[str, object]]:
    """Return what a query says besides its revision, in one order and without defaults."""
    fields, said = type(query).model_fields, []
    for name in sorted(query.model_fields_set - _RESOLVED):
        value: object = getattr(query, name)
        if value != fields[name].get_default(call_default_factory=True):
            said.append((name, value))
    return said
