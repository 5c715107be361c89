"""What lives as long as the application runs, for those who answer its requests."""

from dataclasses import dataclass, field

from starlette.requests import Request

from app.access.authentication import Authenticator
from app.core.settings import Settings
from app.database import Database
from app.http.metrics import Metrics
from app.ledger.feed import Feed
from app.ledger.idempotency import InFlight
from app.units.units import Units
from app.upkeep.readiness import Readiness


@dataclass(slots=True)
class Service:
    """The one object that the application keeps in its state."""

    settings: Settings
    metrics: Metrics
    database: Database
    authenticator: Authenticator
    readiness: Readiness
    feed: Feed
    units: Units
    """Replaced when ``icr migrate`` has loaded another edition while this process serves."""
    in_flight: InFlight = field(default_factory=InFlight)


def service_of(request: Request) -> Service:
    """Return the service that a request is for; it is there while the application runs."""
    service: Service = request.app.state.service
    return service
