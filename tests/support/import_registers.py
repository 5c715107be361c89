"""The registers that imports are recorded in."""

from app.database import Database
from tests.support.http import register
from tests.support.registers import (
    beginning_with,
    post,
    prepare_empty,
    prepare_seeded,
    seed,
    serving,
)

LAO_CAI = "15"
THAI_NGUYEN = "19"


@beginning_with(prepare_seeded)
async def prepare_outside(database: Database) -> None:
    """Record the facts of the documents, and what became known since."""
    await seed(database, "outside")


@beginning_with(prepare_empty)
async def prepare_lao_cai(database: Database) -> None:
    """Register what sample 4 expects to find."""
    async with serving(database.url) as client:
        await post(client, "/v1/sources", {"id": "article", "kind": "article", "title": "A"})
        for key, kind, name, commune in (
            ("ccn-hong-dam", "cluster", "CCN Hồng Đầm", "04252"),
            ("ccn-thinh-hoa", "cluster", "CCN Thịnh Hoà", "04714"),
            ("ccn-phu-hung-1", "cluster", "CCN Phú Hưng 1", "04279"),
            ("ccn-phu-hung-2", "cluster", "CCN Phú Hưng 2", "04279"),
            ("kcn-minh-khai", "zone", "KCN Minh Khai", "04543"),
        ):
            place = {"province_code": LAO_CAI, "commune_code": commune}
            await register(client, key, "2026-01-01", kind, name=name, **place)
