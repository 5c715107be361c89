"""What lives as long as the application runs, for those who answer its requests."""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

from starlette.requests import Request

from app.access.authentication import Authenticator
from app.core.publishing import MapSettings, PublishingSettings
from app.core.settings import Settings
from app.database import Database
from app.database.connections import Places
from app.entry.feed import Feed
from app.findings.kept_findings import KeptFindings
from app.http.kept_answers import KeptAnswers
from app.http.metrics import Metrics
from app.imports.jobs import Jobs
from app.ledger.idempotency import InFlight
from app.ledger.latest import LatestPin
from app.statistics.kept_steps import KeptSteps
from app.units.units import Units
from app.upkeep.readiness import Readiness

_SHOWN = {*PublishingSettings.model_fields, *MapSettings.model_fields}
_PACKAGE = Path(__file__).resolve().parents[1]


@cache
def release_digest() -> str:
    """Return a digest of the code and the data of this release, and of the packages it runs with.

    A version alone would leave out what is installed between two releases. Packages encode answers.
    """
    packages = sorted(f"{found.name} {found.version}" for found in distributions())
    digest = sha256(repr(packages).encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(_PACKAGE)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@dataclass(slots=True)
class Service:
    """The one object that the application keeps in its state."""

    settings: Settings
    metrics: Metrics
    database: Database
    authenticator: Authenticator
    readiness: Readiness
    feed: Feed
    jobs: Jobs
    latest: LatestPin
    answers: KeptAnswers
    steps: KeptSteps
    findings: KeptFindings
    units: Units
    """Replaced when ``icr migrate`` has loaded another edition while this process serves."""
    release: str = field(init=False)
    """What answers are made by: equal for processes that answer alike."""
    in_flight: InFlight = field(default_factory=InFlight)

    def __post_init__(self) -> None:
        """Take in what answers show of the settings."""
        shown = self.settings.model_dump(include=_SHOWN)
        self.release = f"{release_digest()} {shown!r}"

    @property
    def reading_files(self) -> Places:
        """The places for reading files that are imported, which takes much of the processor."""
        return self.jobs.places


def service_of(request: Request) -> Service:
    """Return the service that a request is for; it is there while the application runs."""
    service: Service = request.app.state.service
    return service
