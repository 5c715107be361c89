"""Sites and projects through HTTP: what is written and read in the same way of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.support.http import said
from tests.support.registers import get, post


@dataclass(frozen=True)
class Subjects:
    """One type of subject: its address, and attributes that stand for others of their type."""

    type: str
    prefix: str
    number: str
    """A number that must be more than nothing; and one that may be none at all."""
    amount: str
    status: str
    """A track, with two statuses of which the second does not lead back to the first."""
    before: str
    after: str
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """What a registration gives besides the statement."""

    @property
    def path(self) -> str:
        """The address of all."""
        return f"/v1/{self.type}s"

    def id(self, name: str) -> str:
        """Return the id that is made from a name."""
        return f"{self.prefix}-{name}"

    def at(self, name: str) -> str:
        """Return the address of one."""
        return f"{self.path}/{self.id(name)}"

    def registration(
        self, name: str, effective_from: str = "2020", **members: Any
    ) -> dict[str, Any]:
        """Return the body of a registration in Bắc Kạn, or where the values say."""
        values = {"name": name, "province_code": "06"} | members.pop("values", {})
        head = {"id": self.id(name), **self.fixed}
        return said(effective_from, **head, values=values) | members

    async def register(
        self, client: httpx.AsyncClient, name: str, effective_from: str = "2020", /, **values: Any
    ) -> Any:
        """Register one with the first statement about it."""
        return await post(client, self.path, self.registration(name, effective_from, values=values))

    async def register_once(self, client: httpx.AsyncClient, name: str, /, **values: Any) -> None:
        """Register one of which everything else will be refused."""
        if (await client.get(f"{self.at(name)}/statements")).status_code == 404:
            await self.register(client, name, "2020", **values)

    async def state(
        self, client: httpx.AsyncClient, name: str, effective_from: str, /, **values: Any
    ) -> Any:
        """State something of one."""
        body = said(effective_from, values=values)
        return await post(client, f"{self.at(name)}/statements", body)

    async def read(self, client: httpx.AsyncClient, name: str, **parameters: Any) -> Any:
        """Read the state of one."""
        return await get(client, self.at(name), **parameters)


SITES = Subjects(
    type="site",
    prefix="ccn",
    number="area_ha",
    amount="leased_ha",
    status="legal_status",
    before="established",
    after="abolished",
    fixed={"kind": "cluster"},
)
PROJECTS = Subjects(
    type="project",
    prefix="du-an",
    number="design_capacity",
    amount="registered_capital_vnd",
    status="licence_status",
    before="licensed",
    after="revoked",
)
of_both = pytest.mark.parametrize("of", [SITES, PROJECTS], ids=lambda subjects: subjects.type)
