"""The application: put together from settings, with what lives as long as it does."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from app import __version__
from app.access import routes as access
from app.access.authentication import authenticating
from app.core.errors import UnauthenticatedError
from app.core.settings import Settings, get_settings, split
from app.database import Database
from app.entry import routes as entry
from app.entry.feed import Feed
from app.exports import routes as exports
from app.findings import routes as findings
from app.findings.kept_findings import KeptFindings
from app.http.admission import Turns
from app.http.conditional_requests import ConditionalRequestMiddleware
from app.http.entrance import entrance_router
from app.http.files_by_session import FILES, FilesBySession
from app.http.kept_answers import KeptAnswers
from app.http.metrics import Metrics
from app.http.openapi.document import add_docs, described
from app.http.problems import install_problem_handlers
from app.http.rate_limit import RateLimitMiddleware, RateLimits
from app.http.response_cache import ResponseCacheMiddleware
from app.http.route_index import RouteIndex
from app.http.service import Service
from app.http.strict_routes import StrictRoute
from app.http.telemetry import SecurityHeaders, TelemetryMiddleware
from app.http.timeout import TimeoutMiddleware
from app.http.trackers import TrackerMiddleware
from app.imports import routes as imports
from app.imports.jobs import Jobs
from app.imports.reviewing import reading_places
from app.ledger import routes as ledger
from app.ledger.latest import LatestPin
from app.pages import routes as pages
from app.pages.problems import ask_to_sign_in, problem_page
from app.pages.static_files import ImmutableFiles, static_path
from app.proposals import routes as proposals
from app.statistics import routes as statistics
from app.statistics.kept_steps import KeptSteps
from app.subjects.routes import subjects, vocabulary
from app.units import routes as units_
from app.units.tables import read_units
from app.units.units import Units
from app.upkeep import routes as upkeep
from app.upkeep.readiness import Readiness

ROUTERS = (
    subjects.SITES,
    exports.router,
    subjects.values_router,
    *subjects.OTHERS,
    *subjects.SPARSE_READS,
    entry.bulk_router,
    entry.statements_router,
    units_.provinces_router,
    units_.units_router,
    imports.router,
    imports.retraction_router,
    proposals.router,
    proposals.decisions_router,
    entry.province_statements_router,
    statistics.provinces_router,
    statistics.rollups_router,
    findings.router,
    statistics.indicators_router,
    ledger.sources_router,
    entry.documents_router,
    ledger.organizations_router,
    ledger.revisions_router,
    ledger.changes_router,
    upkeep.anchors_router,
    vocabulary.router,
    access.keys_router,
    access.audit_router,
    upkeep.erasures_router,
    upkeep.router,
)
"""In the order in which the OpenAPI document lists their operations."""

_SWITCH_SECONDS = 0.0005
_DESCRIPTION = """\
The register of industrial zones (khu công nghiệp) and clusters (cụm công nghiệp) of Vietnam's
provinces: every status they ever had, who said so, and when that became known, with the figures
of a province recomputed for any date, as known on any date.

Within version 1 nothing is taken away: answers may get further members, and code lists further
codes, so read over a member that you do not know and take a code that you do not know as text.
"""


def create_app(settings: Settings | None = None, units: Units | None = None) -> FastAPI:
    """Make the application; the database must be migrated (``icr migrate``).

    Its administrative units are read when the application starts, if they are not given.
    """
    chosen = settings or get_settings()
    metrics = Metrics(chosen.metrics_allow_ips)
    turns = Turns(chosen.reads_at_once)
    limits = RateLimits(chosen.rate_per_address, chosen.rate_per_credential, chosen.rate_store_url)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Feed]]:
        database = Database.of(chosen)
        feed = Feed(database, chosen.max_streams, chosen.max_streams_per_address)
        jobs = Jobs(database, reading_places())
        try:
            metrics.database, turns.calm = database, database.calm
            # A thread that has read or committed must not wait long for a busy event loop.
            sys.setswitchinterval(_SWITCH_SECONDS)
            async with authenticating(database, chosen) as authenticator:
                app.state.service = Service(
                    settings=chosen,
                    metrics=metrics,
                    database=database,
                    authenticator=authenticator,
                    readiness=Readiness(database),
                    feed=feed,
                    jobs=jobs,
                    latest=LatestPin(database),
                    answers=KeptAnswers(chosen.response_cache_bytes),
                    steps=KeptSteps(chosen.steps_bytes),
                    findings=KeptFindings(chosen.findings_bytes),
                    units=units or await _read(database),
                )
                jobs.watch()
                # The server finds it in the state of its lifespan.
                yield {"feed": feed}
        finally:
            await feed.close()
            await jobs.close()
            await limits.close()
            await database.close()

    app = FastAPI(
        title="Industrial cluster registry",
        version=__version__,
        summary="Industrial land of Vietnam's provinces: every statement, both time axes.",
        description=_DESCRIPTION,
        contact={"name": "The industrial cluster registry contributors"},
        license_info={"name": "MIT", "identifier": "MIT"},
        # Whatever the host is. Generators make an address of their own of a path without a slash.
        servers=[
            {
                "url": chosen.root or "/",
                "description": "The service that answers with this document.",
            }
        ],
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
        redirect_slashes=False,
        # The service counts, times and logs by itself (http/telemetry.py).
        telemetry={"tracing": False, "metrics": False, "logs": False},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.router.route_class = StrictRoute
    app.openapi = lambda: described(  # type: ignore[method-assign]
        app, public_reading=chosen.public_reading
    )
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(entrance_router)
    for router in pages.ROUTERS:
        app.include_router(router)
    app.mount(static_path(), ImmutableFiles())
    app.state.problem_page = problem_page
    add_docs(app)
    routes = RouteIndex(app.routes)
    app.mount(FILES, FilesBySession(routes))
    app.router.routes.insert(0, routes)
    install_problem_handlers(app, routes)
    app.add_exception_handler(UnauthenticatedError, ask_to_sign_in)  # type: ignore[arg-type]
    _wrap(app, chosen, limits, metrics, routes, turns)
    return app


async def _read(database: Database) -> Units:
    async with database.read() as connection:
        return await read_units(connection)


def _wrap(
    app: FastAPI,
    settings: Settings,
    limits: RateLimits,
    metrics: Metrics,
    routes: RouteIndex,
    turns: Turns,
) -> None:
    """Put the middlewares around the application, from the innermost to the outermost.

    Limits and time-outs lie inside CORS, so that pages of other origins can read their
    answers; what is observed is what the client gets.
    """
    app.add_middleware(ConditionalRequestMiddleware, routes=routes)
    app.add_middleware(TimeoutMiddleware, seconds=settings.request_timeout, turns=turns)
    if settings.response_cache_bytes:
        app.add_middleware(ResponseCacheMiddleware, routes=routes, turns=turns)
    app.add_middleware(TrackerMiddleware)
    if limits.are_set:
        app.add_middleware(RateLimitMiddleware, limits=limits, metrics=metrics)
    if settings.cors_origins:
        _allow_cross_origin(app, split(settings.cors_origins))
    security = SecurityHeaders(settings.hsts_seconds)
    app.add_middleware(TelemetryMiddleware, metrics=metrics, security=security)


def _allow_cross_origin(app: FastAPI, origins: list[str]) -> None:
    """Let pages of these origins send and read all but cookies, which only pages read."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Last-Event-ID",
            "Register-Revision",
            "X-Request-ID",
        ],
        expose_headers=[
            "Accept-Patch",
            "Accept-Post",
            "Allow",
            "Content-Disposition",
            "ETag",
            "Idempotent-Replayed",
            "Link",
            "Location",
            "RateLimit",
            "RateLimit-Policy",
            "Register-Revision",
            "Retry-After",
            "X-Request-ID",
        ],
        max_age=3600,
    )
