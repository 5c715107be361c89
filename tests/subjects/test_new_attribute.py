"""A new attribute is one entry and a migration: made in a copy of the project, and driven there."""

from pathlib import Path

import pytest

from tests.support.copies import copied, example, icr, replaced
from tests.support.processes import served
from tests.support.registers import get, post

SOURCE = {"id": "report-2024", "kind": "report", "title": "Báo cáo năm 2024"}
STATED = {"ccn-mot": 110, "ccn-hai": 22.5, "ccn-ba": None}
"""The sites, and what is said of their supply."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the project with the entry that CONTRIBUTING shows."""
    entry = example("electricity_kv:")
    replaced(
        copied(tmp_path) / "app/subjects/sites.py",
        ("value_types import (\n", "value_types import (\n    QuantityValue,\n"),
        ("\n\n\nclass Outlined(", f"\n{entry}\n\nclass Outlined("),
    )
    return tmp_path


async def test_one_entry_and_a_migration_add_an_attribute(copy: Path, empty_url: str) -> None:
    icr(copy, empty_url, ("draft", "Sites have a voltage"), ("migrate",))
    (written,) = (copy / "app/database/migrations/versions").glob("*_sites_have_a_voltage.py")
    assert "sa.Column('electricity_kv', sa.BigInteger(), nullable=True)" in written.read_text()
    async with served(empty_url, root=copy) as service, service.client() as client:
        await post(client, "/v1/sources", SOURCE)
        head = {"source_id": SOURCE["id"], "effective_from": "2024-01-01"}
        for key, kv in STATED.items():
            values = {"name": key, "province_code": "06"}
            await post(
                client,
                "/v1/sites",
                {**head, "id": key, "kind": "cluster", "values": values | {"electricity_kv": kv}},
            )
        # A statement.
        refused = await client.post(
            "/v1/sites/ccn-ba/statements", json={**head, "values": {"electricity_kv": -1}}
        )
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "#/values/electricity_kv"
        plan = {**head, "basis": "plan", "values": {"electricity_kv": 35}}
        stated = await post(client, "/v1/sites/ccn-ba/statements", plan)
        assert stated["values"] == {"electricity_kv": 35}
        assert (await get(client, "/v1/sites/ccn-mot"))["electricity_kv"] == 110
        # Filters, and the order of a list.
        at = {"as_of": "2024-06-30", "fields": "electricity_kv"}
        page = await get(client, "/v1/sparse/sites", electricity_min=35, **at)
        assert {site["id"] for site in page["items"]} == {"ccn-mot", "ccn-ba"}
        page = await get(client, "/v1/sparse/sites", electricity_max=30.5, **at)
        assert [site["electricity_kv"] for site in page["items"]] == [22.5]
        page = await get(client, "/v1/sparse/sites", sort="-electricity_kv", **at)
        assert [site["electricity_kv"] for site in page["items"]] == [110, 35, 22.5]
        empty = {"electricity_min": 2, "electricity_max": 1}
        assert (await client.get("/v1/sites", params=empty)).status_code == 400
        # The exports.
        table = await client.get("/v1/sites.csv", params={"as_of": "2024-06-30"})
        header, *rows = [line.split(",") for line in table.text.splitlines()]
        place = header.index("electricity_kv")
        assert {row[0]: row[place] for row in rows} == {
            "ccn-mot": "110",
            "ccn-hai": "22.5",
            "ccn-ba": "35",
        }
        # The vocabulary, and the OpenAPI document.
        attributes = (await get(client, "/v1/attributes"))["items"]
        (found,) = [one for one in attributes if one["name"] == "electricity_kv"]
        assert found["type"] == "quantity"
        assert found["foreseeable"] is True
        assert found["meaning"].startswith("Voltage")
        schemas = (await get(client, "/openapi.json"))["components"]["schemas"]
        for name in ("Site", "SiteDetail", "SiteValues"):
            assert schemas[name]["properties"]["electricity_kv"]["description"] == found["meaning"]
    icr(copy, empty_url, ("verify",))
