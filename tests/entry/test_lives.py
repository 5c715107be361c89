"""Statements judged together against the same ones judged one by one, over random histories."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.access.principals import Principal, PrincipalRole, ProvinceRight
from app.core.digest import GENESIS
from app.core.vocabulary import ChangeSubjectType, SiteKind, SubjectType
from app.database import Database
from app.entry.items import Item, stating
from app.entry.known import Known
from app.entry.planning import Plan
from app.entry.schemas import BODIES
from app.entry.writes import registering
from app.ledger.revisions import Head, Writer
from app.ledger.tables import OPEN_REVISION, Statement
from app.subjects.projection import version_rows
from tests.support.seed_files import units

SITE = (SubjectType.site, "a")
DAYS = [
    *(f"{year}-{month:02}" for year in range(2016, 2025) for month in (1, 4, 8)),
    *("2025-02", "2025-06-30", "2025-07-01", "2025-07-02", "2025-10", "2026"),
]
POOL: dict[str, list[Any]] = {
    "area_ha": [9, 40],
    "industrial_land_ha": [5, 10, None],
    "service_land_ha": [0, 4, None],
    "leased_ha": [4, 8, 12, None],
    "to_clear_ha": [5, 20, None],
    "cleared_ha": [3, 8, None],
    "operation_status": ["not_operating", "operating", "suspended", "closed"],
    "legal_status": ["established", "expanded", "abolished"],
    "affected_households": [0, 120],
    "name": ["A", "B"],
    "investor": [*["builder"] * 5, "nobody", None],
    "occupancy_definition": ["ccn", None],
}
PLANNED = {
    "investor",
    "industrial_land_ha",
    "service_land_ha",
    "to_clear_ha",
    "affected_households",
}
BOUND = Principal("e1", "An", PrincipalRole.editor, (ProvinceRight("06", date(2020, 1, 1)),))


def said(random: Random, number: int, latest: int, topics: list[str]) -> tuple[Item, int]:
    """Draw a statement, mostly later than all before it; return the place of its day, too."""
    at = latest + random.randint(0, 3) if random.random() < 0.85 else random.randrange(len(DAYS))
    at = min(at, len(DAYS) - 1)
    names = random.sample(topics, random.randint(1, min(2, len(topics))))
    body: dict[str, Any] = {
        "source_id": random.choice([*["report"] * 9, "unknown"]),
        "effective_from": DAYS[at],
        "values": {name: random.choice(POOL[name]) for name in names},
    }
    if PLANNED.issuperset(names) and random.random() < 0.5:
        body["basis"] = random.choice(["plan", "target", "estimate"])
    if body["values"].get("to_clear_ha") and random.random() < 0.3:
        body["qualifiers"] = {"to_clear_ha": "about"}
    if random.random() < 0.2:
        body["effective_to"] = random.choice(DAYS[at : at + 6])
    if random.random() < 0.1:
        is_merged = DAYS[at] >= "2025-07"
        body["values"]["province_code"] = random.choice(["19", "25"] if is_merged else ["06", "17"])
        # A commune of 06 and then 19, so that the other province contradicts it.
        body["values"]["commune_code"] = random.choice(["02086", None])
    if random.random() < 0.3:
        body["override_reason"] = "a made-up life takes any course"
    model = BODIES[SubjectType.site].write.model_validate(body)
    return stating(*SITE, model, place=f"#/statements/{number}"), max(at, latest)


def history(random: Random, kind: SiteKind) -> list[Item]:
    """Draw the registration of a site and what is said of it; some of it is said twice."""
    begun = {
        "id": SITE[1],
        "kind": kind,
        "source_id": "report",
        "effective_from": "2015",
        "values": {"name": "A", "province_code": "06"},
    }
    body = BODIES[SubjectType.site].registration.model_validate(begun)
    items: list[Item] = [registering(SubjectType.site, body, "#/sites/0")]
    latest = 0
    # Of few attributes, so that what is said of them meets.
    topics = random.sample(sorted(POOL), random.choice([1, 3]))
    for number in range(random.randint(2, 20)):
        item, latest = said(random, number, latest, topics)
        items.append(item if random.random() < 0.9 else random.choice([item, *items[1:]]))
    return items


def planned(items: list[Item], principal: Principal | None = None) -> Plan:
    """Begin a plan on a register that has two sources and one organization."""
    writer = Writer(cast("Database", None), units(), "somebody", principal=principal)
    known = Known(units(), Head(7, 1, GENESIS, datetime.now(UTC)))
    known.registered[ChangeSubjectType.source, "report"] = {"kind": "report"}
    known.registered[ChangeSubjectType.source, "decision"] = {"kind": "decision"}
    known.registered[ChangeSubjectType.organization, "builder"] = {}
    return Plan.of(writer, items, known)


def outcome(plan: Plan) -> tuple[Any, ...]:
    """Return what became of all items, and of the site."""
    refused = {number: (type(e), str(e.detail), e.errors) for number, e in plan.refused.items()}
    accepted = {number: [entry.row for entry in rows] for number, rows in plan.accepted.items()}
    life = plan.lives.by_subject[SITE]
    return refused, accepted, life.timeline, plan.known.twins


@pytest.mark.parametrize("kind", [SiteKind.zone, SiteKind.cluster])
@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_statements_judged_together_end_as_one_by_one(kind: SiteKind, seed: int) -> None:
    random = Random(seed)  # noqa: S311  histories are to be repeatable, not secret
    items = history(random, kind)
    principal = random.choice([None, BOUND])
    together, single = planned(items, principal), planned(items, principal)
    known = random.choice([1, random.randint(1, len(items))])
    for number in range(known):
        list(together.judge([number]))
    list(together.judge(range(known, len(items))))
    for number in range(len(items)):
        list(single.judge([number]))
    assert outcome(together) == outcome(single)


def recorded(plan: Plan, item: Item, *, is_of_one: bool) -> Plan:
    """Begin a plan of one item on a register in which what another plan accepted is recorded."""
    single = planned([item])
    life, known = plan.lives.by_subject[SITE], single.known
    known.registered[SITE] = {"id": SITE[1], "kind": life.subject.kind, "withdrawn_in": None}
    place = {"revision": 3, "retracted_in": None}
    for number, entries in sorted(plan.accepted.items()):
        row = {**entries[-1].row, **place, "id": f"3-{number}", "position": number}
        known.live[SITE].append(cast("Statement", SimpleNamespace(**row)))
    known.versions[SITE] = [
        {**row, "known_from": 3, "known_to": OPEN_REVISION}
        for row in version_rows(life.subject, life.timeline or [])
    ]
    single.lives.is_of_one = is_of_one
    return single


@pytest.mark.parametrize("kind", [SiteKind.zone, SiteKind.cluster])
@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_one_statement_is_judged_by_what_it_can_change_as_by_all(kind: SiteKind, seed: int) -> None:
    random = Random(seed)  # noqa: S311  histories are to be repeatable, not secret
    *items, last = history(random, kind)
    before = planned(items)
    list(before.judge(range(len(items))))
    ends = []
    for is_of_one in (True, False):
        plan = recorded(before, replace(last, place="#"), is_of_one=is_of_one)
        list(plan.judge([0]))
        rows = plan.projections()[SubjectType.site]
        ends.append((*outcome(plan)[:2], rows.ending, rows.beginning, plan.changed))
    assert ends[0] == ends[1]


def test_of_many_statements_only_the_impossible_one_is_judged_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged = 0
    kept = Plan._judge

    def count(plan: Plan, number: int) -> None:
        nonlocal judged
        judged += 1
        kept(plan, number)

    monkeypatch.setattr(Plan, "_judge", count)
    body: dict[str, Any] = {"source_id": "report", "values": {"to_clear_ha": 5}}
    items = history(Random(1), SiteKind.cluster)[:1]  # noqa: S311  repeatable, not secret
    for number in range(256):
        month = f"{2015 + number // 12}-{number % 12 + 1:02}"
        body |= {"effective_from": month, "values": {"cleared_ha": number % 5}}
        if number == 100:
            body["values"] = {"to_clear_ha": 1, "cleared_ha": 2}
        model = BODIES[SubjectType.site].write.model_validate(body)
        items.append(stating(*SITE, model, place=f"#/statements/{number}"))
    plan = planned(items)
    list(plan.judge(range(len(items))))
    assert list(plan.refused) == [101]
    # The registration, the one that is refused, and the other of the last two halves.
    assert judged == 3


Said = tuple[str, dict[str, Any]]


@pytest.mark.parametrize(
    ("known", "first", "second"),
    [
        pytest.param(
            [("2023", {"cleared_ha": 8})],
            ("2018", {"to_clear_ha": 5}),
            ("2020", {"to_clear_ha": 20}),
            id="before what is known",
        ),
        pytest.param(
            [("2017", {"cleared_ha": 8})],
            ("2018", {"to_clear_ha": 5}),
            ("2018", {"to_clear_ha": 20}),
            id="on the same day",
        ),
        pytest.param(
            [("2016", {"to_clear_ha": 5}), ("2017/2021", {"to_clear_ha": 20})],
            ("2018", {"cleared_ha": 8}),
            ("2019", {"to_clear_ha": 20}),
            id="before the end of what is known",
        ),
        pytest.param(
            [("2017", {"operation_status": "operating"})],
            ("2018/2020", {"operation_status": "closed"}),
            ("2019", {"operation_status": "closed"}),
            id="until an end",
        ),
        pytest.param(
            [],
            ("2015", {"province_code": "17"}),
            ("2016", {"cleared_ha": 3}),
            id="another place from the same day on",
        ),
        pytest.param(
            [("2018 decision", {"to_clear_ha": 20, "cleared_ha": 3})],
            ("2018", {"to_clear_ha": 5, "cleared_ha": 8}),
            ("2019", {"affected_households": 0}),
            id="in itself, but outweighed",
        ),
    ],
)
def test_what_contradicts_something_is_refused_although_the_next_hides_it(
    known: list[Said], first: Said, second: Said
) -> None:
    items = history(Random(1), SiteKind.cluster)[:1]  # noqa: S311  repeatable, not secret
    for at, values in (*known, first, second):
        days, _, source = at.partition(" ")
        since, _, until = days.partition("/")
        body = {"source_id": source or "report", "effective_from": since, "values": values}
        model = BODIES[SubjectType.site].write.model_validate(
            body | ({"effective_to": until} if until else {})
        )
        items.append(stating(*SITE, model, place=f"#/statements/{len(items) - 1}"))
    plan = planned(items)
    for number in range(len(items) - 2):
        list(plan.judge([number]))
    list(plan.judge([len(items) - 2, len(items) - 1]))
    assert list(plan.refused) == [len(items) - 2]
    assert len(plan.accepted) == len(items) - 1
