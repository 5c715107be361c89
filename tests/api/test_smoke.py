import httpx

from tests.conftest import get


async def test_smoke(seeded_client: httpx.AsyncClient) -> None:
    rollup = await get(
        seeded_client, "/v1/provinces/06/rollup", kind="cluster", as_of="2023-12-31"
    )
    assert rollup["rollups"][0]["planned"]["area_ha"] == 676.4
