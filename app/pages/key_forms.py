"""Reading the form for a key: provinces by their names, days as people write them, all faults."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from app.access.keys import check_provinces, checked_expiry
from app.access.principals import PrincipalRole
from app.access.schemas import KeyCreation
from app.core.dates import PartialDate, today
from app.core.errors import BadBodyError
from app.core.messages import MessageError, Template
from app.core.types import Body
from app.core.validation import Faults
from app.core.vietnamese import fold
from app.imports.typed import typed_date
from app.pages.forms import as_body
from app.units.units import Unit, UnitLevel, Units

_MOST_TEXT = 2000
_NO_PROVINCE = Template(
    "keys.no-province",
    "{text!r} is no province: write its name or its code, with a comma before the next one.",
)
_TYPE = re.compile(r"(?:tinh|thanh pho|tp\.?) ")
_CODES = re.compile(r"[0-9@\-\s]+")
_STAND_IN = "-"
_ANY = {"code": "01", "on": "2025-07-01"}


class KeyForm(Body):
    """A key to make, as the form sends it."""

    name: Annotated[str, Field(max_length=_MOST_TEXT)] = ""
    role: Annotated[str, Field(max_length=_MOST_TEXT)] = ""
    provinces: Annotated[str, Field(max_length=_MOST_TEXT)] = ""
    expires_on: Annotated[str, Field(max_length=_MOST_TEXT)] = ""
    once: Annotated[str, Field(max_length=_MOST_TEXT)] = ""


def key_of(form: KeyForm, units: Units) -> KeyCreation:
    """Return the key that a form asks for; ``BadBodyError`` names all that is wrong with it."""
    found = Faults()
    rights: list[dict[str, str]] = []
    expires: str | None = None
    with found.apart():
        as_body(KeyCreation, {"name": form.name, "role": PrincipalRole.reader})
    for text in _parts(form.provinces):
        with found.apart():
            rights.append(_right(text, units))
    with found.apart():
        expires = _last_moment(form.expires_on)
    # Which roles have provinces is judged by whether any were named.
    named = rights or [_ANY] if form.provinces.strip() else []
    with found.apart():
        wanted = as_body(KeyCreation, {"name": _STAND_IN, "role": form.role, "provinces": named})
        check_provinces(wanted, units)
    found.refuse()
    members = {"name": form.name, "role": form.role, "provinces": rights, "expires_at": expires}
    return as_body(KeyCreation, members)


def _parts(text: str) -> Iterator[str]:
    """Yield what names one province each: names have spaces in them, codes have them between."""
    for part in re.split(r"[,;\n]", text):
        yield from part.split() if _CODES.fullmatch(part) else filter(None, [part.strip()])


def _right(text: str, units: Units) -> dict[str, str]:
    """Return the right for a province: as of a day that is named, of today, or of its last day."""
    name, _, on = (part.strip() for part in text.partition("@"))
    if name.isdigit():
        return {"code": name, "on": on or today().isoformat()}
    unit = _province(name, units)
    if unit is None:
        raise BadBodyError.of("#/provinces", _NO_PROVINCE(text=text))
    last = unit.valid_to - timedelta(days=1) if unit.valid_to else today()
    return {"code": unit.code, "on": on or min(last, today()).isoformat()}


def _province(name: str, units: Units) -> Unit | None:
    """Return the province of a name: that of today, or else the one that ended last."""
    wanted = _TYPE.sub("", fold(name))
    every = (u for u in units if u.level is UnitLevel.province and fold(u.name) == wanted)
    return max(every, key=lambda one: one.valid_to or date.max, default=None)


def _last_moment(text: str) -> str | None:
    """Return the end, in Vietnam, of the last day that somebody typed."""
    if not text.strip():
        return None
    try:
        last = PartialDate.parse(typed_date(text)).last_day
    except MessageError as error:
        raise BadBodyError.of("#/expires_at", error.message) from error
    end = f"{last}T23:59:59+07:00"
    checked_expiry(datetime.fromisoformat(end), datetime.now(UTC))
    return end
