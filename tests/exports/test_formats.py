"""A further format is one writer and one line in the table of formats."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, Field

from app import main
from app.exports import routes
from app.exports.formats import FORMATS, Format
from app.exports.routes import files_router
from app.exports.tables import Table, as_text
from tests.support import registers
from tests.support.http import as_problem, pointers, read, register


class Indentation(BaseModel):
    """The parameters of the made-up format."""

    indent: bool = Field(default=False, description="Whether lines begin with a blank.")


async def write_lines(table: Table, parameters: Indentation) -> AsyncIterator[bytes]:
    """Yield an object in JSON for each row."""
    names = [column.name for column in table.columns]
    start = " " if parameters.indent else ""
    async for rows in table.chunks:
        for row in rows:
            members = {name: as_text(row[name]) for name in names if row.get(name) is not None}
            yield f"{start}{json.dumps(members)}\n".encode()


LINES = Format(
    "ndjson",
    "application/x-ndjson",
    write_lines,
    Indentation,
    label="lines of JSON",
    shape="objects",
    contents="Objects",
)


@pytest.fixture
def made_up_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the made-up format into the table, from which the application is made."""
    more = files_router((*FORMATS, LINES))
    known = [more if router is routes.router else router for router in main.ROUTERS]
    monkeypatch.setattr(main, "ROUTERS", known)
    # One that another test has stopped would not know it.
    monkeypatch.setattr(registers, "_STOPPED", {})


@pytest.fixture
async def client(made_up_format: None, sourced_client: httpx.AsyncClient) -> httpx.AsyncClient:  # noqa: ARG001
    """Lend a client to a service that knows the made-up format, too."""
    await register(sourced_client, "ccn-an", name="An", legal_status="established", area_ha=10)
    return sourced_client


async def lines(client: httpx.AsyncClient, url: str) -> list[Any]:
    response = await client.get(url)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["content-disposition"].endswith('.ndjson"')
    return [json.loads(line) for line in response.text.splitlines()]


async def test_a_further_format_gets_its_files(client: httpx.AsyncClient) -> None:
    (site,) = await lines(client, "/v1/sites.ndjson?stage=established")
    assert (site["id"], site["name"]) == ("ccn-an", "An")
    assert await lines(client, "/v1/sites.ndjson?stage=closed") == []
    clusters = await lines(client, "/v1/rollups.ndjson?kind=cluster&group_by=country")
    assert [row["area.total_ha"] for row in clusters] == ["10.0"]
    (row,) = await lines(client, "/v1/provinces/06/established-clusters.ndjson?as_of=2024-01-01")
    assert (row["number"], row["established_area_ha"]) == ("1", "10.0")
    assert (await client.get("/v1/sites.csv")).status_code == 200


async def test_a_further_format_has_parameters_of_its_own(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/sites.ndjson?indent=true")).text.startswith(" {")
    problem = as_problem(await client.get("/v1/sites.ndjson?bom=true"), 400)
    assert pointers(problem) == ["bom"]


async def test_a_further_format_is_documented(client: httpx.AsyncClient) -> None:
    paths = (await read(client, "/openapi.json"))["paths"]
    operation = paths["/v1/rollups.ndjson"]["get"]
    assert operation["operationId"] == "export_rollups_ndjson"
    assert operation["summary"] == "Export figures as lines of JSON"
    assert operation["description"] == "Export the figures of every group as objects."
    assert "application/x-ndjson" in operation["responses"]["200"]["content"]
    assert {"indent", "kind", "as_of"} <= {each["name"] for each in operation["parameters"]}
