"""What holds of the lists of sites and of projects alike."""

from itertools import chain
from typing import Any

import httpx
import pytest

from tests.support.catalogue import IN_2024
from tests.support.http import walk, with_parameters
from tests.support.registers import get

COURSES = {
    "stage": "proposed planned established clearance construction operating "
    "suspended removed closed",
    "planning_status": "proposed planned removed",
    "legal_status": "not_established established expanded abolished",
    "clearance_status": "not_started in_progress suspended completed",
    "construction_status": "not_started preparing in_progress completed",
    "operation_status": "not_operating trial operating suspended closed",
    "licence_status": "policy_approved licensed revoked",
}
"""What comes after what in the life of a site."""
COURSE_OF_PROJECTS = "preparing under_construction trial operating idle closed"


def named(*table: tuple[str, list[str]]) -> list[Any]:
    """Name each case by what is asked."""
    return [pytest.param(*case, id=case[0] or "everything") for case in table]


async def check_order(client: httpx.AsyncClient, path: str, sign: str, key: str) -> list[Any]:
    """Check an order: unknown values are last, pages make up the whole; return the whole."""
    asked = {"as_of": IN_2024, "sort": sign + key}
    whole: list[Any] = (await get(client, path, **asked))["items"]
    unknown = [item[key] in {None, "unknown"} for item in whole]
    assert unknown == sorted(unknown)
    if key != "name":
        known = [item[key] for item in whole if item[key] not in {None, "unknown"}]
        is_project = path.endswith("/projects") and key == "operation_status"
        course = (COURSE_OF_PROJECTS if is_project else COURSES.get(key, "")).split()
        assert known == sorted(known, key=course.index if course else None, reverse=bool(sign))
    pages = await walk(client, with_parameters(path, limit=3, **asked))
    assert len(pages) == -(-len(whole) // 3)
    assert {len(page["items"]) for page in pages[:-1]} <= {3}
    assert list(chain.from_iterable(page["items"] for page in pages)) == whole
    return whole
