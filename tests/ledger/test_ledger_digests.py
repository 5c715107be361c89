"""The chain of digests, told a second time: what is digested of a revision, and in which form."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.access.principals import Principal, PrincipalRole
from app.core.vocabulary import SubjectType
from app.database import Database
from app.entry import writes
from app.entry.bulk import BulkWrite, state_bulk
from app.entry.schemas import BODIES, DocumentStatementWrite, Retraction
from app.entry.writes import (
    register_organization,
    register_source,
    retract,
    state,
    withdraw,
)
from app.ledger import revisions as ledger
from app.ledger.revisions import Writer
from app.ledger.schemas import OrganizationRegistration, SourceRegistration
from app.subjects.schemas import WithdrawalWrite
from tests.support.ledgers import SOURCE, check_sound, observe, query, register
from tests.support.registers import writer_on

SITE = "ccn-quang-chu"
PROJECT = "du-an-giay-dep"
PLAN = "plan-2023"
NOON = datetime(2026, 1, 2, 5, 0, 0, 250, tzinfo=UTC)
STATEMENT = {
    "position": 1,
    "source_id": SOURCE,
    "authority": 20,
    "basis": "actual",
    "date_basis": "stated",
    "locator": None,
    "note": None,
    "cites": None,
    "override_reason": None,
}
DOCUMENT = {"number": None, "issuer": None, "issuer_id": None, "url": None, "note": None}
ENTRIES: tuple[dict[str, Any], ...] = (
    {
        "source": [
            {
                **DOCUMENT,
                "id": SOURCE,
                "kind": "report",
                "title": "Báo cáo",
                "published_on": "2024-06",
            }
        ]
    },
    {"organization": [{"id": "onsen-fuji", "name": "Onsen", "name_en": None, "aliases": ["O"]}]},
    {
        "site": [{"id": SITE, "kind": "cluster"}],
        "statement": [
            {
                **STATEMENT,
                "id": "3-1",
                "subject_type": "site",
                "subject_id": SITE,
                "effective_from": "2020",
                "effective_day": "2020-01-01",
                "content": {"name": f"CCN {SITE}", "province_code": "06"},
            }
        ],
    },
    {
        "statement": [
            {
                **STATEMENT,
                "id": "4-1",
                "subject_type": "province",
                "subject_id": "06",
                "effective_from": "2024-06",
                "effective_day": "2024-06-01",
                "content": [{"indicator": "cluster_count", "qualifier": "exact", "value": "27"}],
            }
        ]
    },
    {},
    {},
    {
        "source": [
            {
                **DOCUMENT,
                "id": PLAN,
                "kind": "plan",
                "title": "Quy hoạch",
                "issuer_id": "onsen-fuji",
                "published_on": None,
            }
        ]
    },
    {
        "project": [{"id": PROJECT}],
        "statement": [
            {
                **STATEMENT,
                "id": "8-1",
                "subject_type": "project",
                "subject_id": PROJECT,
                "effective_from": "2023-05-04",
                "effective_day": "2023-05-04",
                "cites": [PLAN],
                "content": {
                    "name": "Giày dép",
                    "province_code": "06",
                    "design_capacity": "1.5",
                    "registered_capital_vnd": 90_000_000_000,
                },
            }
        ],
    },
    {
        "statement": [
            {
                **STATEMENT,
                "id": "9-1",
                "subject_type": "source",
                "subject_id": PLAN,
                "effective_from": "2024",
                "effective_day": "2024-01-01",
                "content": {"status": "approved", "approved_by": None},
            }
        ]
    },
    {},
)
"""What the ten revisions of the test below record, as it is digested."""

REASONS = {5: "Đọc nhầm", 6: "Trùng", 10: "Không có thật"}
RETRACTIONS = {5: {"4-1": "Đọc nhầm"}}
WITHDRAWALS = {6: {f"site/{SITE}": "Trùng"}, 10: {f"project/{PROJECT}": "Không có thật"}}


def digest_of(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


async def record_all(writer: Writer) -> None:
    """Record one revision of each kind."""
    source = {"id": SOURCE, "kind": "report", "title": "Báo cáo", "published_on": "2024-06"}
    await register_source(writer, SourceRegistration.model_validate(source))
    organization = {"id": "onsen-fuji", "name": "Onsen", "aliases": ["O"]}
    await register_organization(writer, OrganizationRegistration.model_validate(organization))
    await register(writer, SITE)
    await observe(writer, "2024-06", cluster_count=27)
    await retract(writer, "4-1", Retraction(reason="Đọc nhầm"))
    await withdraw(writer, SubjectType.site, SITE, WithdrawalWrite(reason="Trùng"))
    plan = {"id": PLAN, "kind": "plan", "title": "Quy hoạch", "issuer_id": "onsen-fuji"}
    await register_source(writer, SourceRegistration.model_validate(plan))
    project = {
        "id": PROJECT,
        "source_id": SOURCE,
        "effective_from": "2023-05-04",
        "cites": [PLAN],
        "values": {
            "name": "Giày dép",
            "province_code": "06",
            "design_capacity": 1.50,
            "registered_capital_vnd": 9e10,
        },
    }
    what = SubjectType.project
    await writes.register(writer, what, BODIES[what].registration.model_validate(project))
    document = {
        "source_id": SOURCE,
        "effective_from": "2024",
        "values": {"status": "approved", "approved_by": None},
    }
    await state(writer, SubjectType.source, PLAN, DocumentStatementWrite.model_validate(document))
    reason = WithdrawalWrite(reason="Không có thật")
    await withdraw(writer, SubjectType.project, PROJECT, reason)


async def test_digests_are_those_of_the_content_and_the_digest_before(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form of what is digested must never change: ledgers written before must verify."""
    monkeypatch.setattr(ledger, "_next_instant", lambda _previous: NOON)
    writer = await writer_on(database, "Lan")
    await record_all(writer)

    expected = ["0" * 64]
    for number, entries in enumerate(ENTRIES, start=1):
        content = {
            "number": number,
            "recorded_at": "2026-01-02T05:00:00.000250+00:00",
            "author": "Lan",
            "reason": REASONS.get(number),
            "entries": entries,
            "retractions": RETRACTIONS.get(number, {}),
            "withdrawals": WITHDRAWALS.get(number, {}),
        }
        expected.append(digest_of({"previous": expected[-1], "revision": content}))
    digests = await query(database, "SELECT digest FROM revision ORDER BY number")
    assert [row.digest for row in digests] == expected[1:]
    await check_sound(writer)


async def test_who_wrote_is_digested_as_well(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_next_instant", lambda _previous: NOON)
    principal = Principal("key:abc", "Lan", PrincipalRole.administrator)
    writer = replace(await writer_on(database, "Lan"), principal=principal)
    await register_organization(writer, OrganizationRegistration(id="onsen", name="Onsen"))
    entry = {"id": "onsen", "name": "Onsen", "name_en": None, "aliases": None}
    content = {
        "number": 1,
        "recorded_at": "2026-01-02T05:00:00.000250+00:00",
        "author": "Lan",
        "principal_id": "key:abc",
        "reason": None,
        "entries": {"organization": [entry]},
        "retractions": {},
        "withdrawals": {},
    }
    (row,) = await query(database, "SELECT principal_id, digest FROM revision")
    assert row.principal_id == "key:abc"
    assert row.digest == digest_of({"previous": "0" * 64, "revision": content})
    await check_sound(writer)


async def test_a_large_revision_digests_the_digests_of_its_entries(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a hundred entries on; this form must never change either."""
    monkeypatch.setattr(ledger, "_next_instant", lambda _previous: NOON)
    writer = await writer_on(database, "Lan")
    for number, count in ((1, 99), (2, 100)):
        new = [{"id": f"org-{number}-{n:03}", "name": f"Hãng {number}.{n}"} for n in range(count)]
        body = BulkWrite.model_validate({"organizations": new})
        await state_bulk(writer, body, skip_refused=False, render=None)  # type: ignore[arg-type]
    plain = [
        {"id": f"org-1-{n:03}", "name": f"Hãng 1.{n}", "name_en": None, "aliases": None}
        for n in range(99)
    ]
    digested = {
        f"org-2-{n:03}": digest_of({"name": f"Hãng 2.{n}", "name_en": None, "aliases": None})
        for n in range(100)
    }
    common: dict[str, Any] = {
        "recorded_at": "2026-01-02T05:00:00.000250+00:00",
        "author": "Lan",
        "reason": None,
        "retractions": {},
        "withdrawals": {},
    }
    first = digest_of(
        {
            "previous": "0" * 64,
            "revision": {**common, "number": 1, "entries": {"organization": plain}},
        }
    )
    large = {
        **common,
        "number": 2,
        "digest_format": 2,
        "entries": {"organization": digested},
    }
    rows = await query(database, "SELECT digest_format, digest FROM revision ORDER BY number")
    assert [tuple(row) for row in rows] == [
        (None, first),
        (2, digest_of({"previous": first, "revision": large})),
    ]
    await check_sound(writer)
