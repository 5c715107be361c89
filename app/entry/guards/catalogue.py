"""The guards, in the order in which their doubts are listed: a new guard is a line here."""

from app.entry.guards.dates import DATE_AFTER_SOURCE, DATE_FAR_OFF, PUBLISHED_FAR_OFF
from app.entry.guards.declared import Document, Guard, Said
from app.entry.guards.land import (
    AREA_FAR_FROM_LAW,
    LAND_BEYOND_AREA,
    OCCUPANCY_LIKELY_A_FRACTION,
)
from app.entry.guards.names import (
    DECISION_EXISTS,
    NAME_EXISTS,
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
SOURCE_GUARDS: tuple[Guard[Document], ...] = (DECISION_EXISTS, PUBLISHED_FAR_OFF)
