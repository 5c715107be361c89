"""The guards, in the order in which their doubts are listed: a new guard is a line here."""

from collections.abc import Mapping

from app.core.vocabulary import ChangeSubjectType
from app.entry.guards.dates import DATE_AFTER_SOURCE, DATE_FAR_OFF, PUBLISHED_FAR_OFF
from app.entry.guards.declared import Entered, Guard, Lessened, Said
from app.entry.guards.land import (
    AREA_FAR_FROM_LAW,
    LAND_BEYOND_AREA,
    OCCUPANCY_LIKELY_A_FRACTION,
)
from app.entry.guards.losses import NAME_LOST, PLACE_LOST
from app.entry.guards.names import (
    DECISION_EXISTS,
    NAME_EXISTS,
    ORGANIZATION_EXISTS,
    OTHER_PREFIX,
    PLACE_OUTSIDE_ISSUERS_PROVINCE,
)

STATEMENT_GUARDS: tuple[Guard[Said], ...] = (
    AREA_FAR_FROM_LAW,
    LAND_BEYOND_AREA,
    OCCUPANCY_LIKELY_A_FRACTION,
    OTHER_PREFIX,
    NAME_EXISTS,
    PLACE_OUTSIDE_ISSUERS_PROVINCE,
    DATE_FAR_OFF,
    DATE_AFTER_SOURCE,
)
ENTRY_GUARDS: Mapping[str, tuple[Guard[Entered], ...]] = {
    ChangeSubjectType.source: (DECISION_EXISTS, PUBLISHED_FAR_OFF),
    ChangeSubjectType.organization: (ORGANIZATION_EXISTS,),
}
LOSS_GUARDS: tuple[Guard[Lessened], ...] = (NAME_LOST, PLACE_LOST)
