"""Whether what is written is made by the units that the projections are made by."""

from app.domain.units import Units
from app.errors import UnitsChangedError


def check_edition(units: Units, edition: int) -> None:
    """Raise ``UnitsChangedError`` where the register has other units by now.

    Call it when the revision counter is taken. Units without an edition are of no register.
    """
    if units.edition not in {None, edition}:
        detail = (
            "The administrative units were changed since this process read them. Nothing was"
            " recorded; send it again."
        )
        raise UnitsChangedError(detail, headers={"Retry-After": "1"})
