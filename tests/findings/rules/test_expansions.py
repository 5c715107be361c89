"""Expansions beside the occupancy of the day before, by the decree of the day."""

from datetime import date

import pytest

from app.findings import ProvinceFacts
from tests.findings.builders import but, cluster, facts, found, numbers, only, said

DAY = date(2026, 12, 31)
RULE = "expansion_of_unleased_cluster"


def expanded(day: str, leased: str, basis: str = "stated") -> ProvinceFacts:
    """A cluster with 40 ha of industrial land is expanded."""
    before = said("2018", legal_status="established", industrial_land_ha="40", leased_ha=leased)
    after = but(said(day, legal_status="expanded"), date_basis=basis)
    return facts(cluster("A", before, after, day=DAY), day=DAY)


@pytest.mark.parametrize(
    ("day", "leased", "law"),
    [
        # 22 of 40 ha are 55 %: enough by the last decree, not by those before.
        ("2024-04-30", "22", "68/2017/NĐ-CP"),
        ("2026-09-14", "22", "32/2024/NĐ-CP"),
        ("2026-09-15", "22", None),
        ("2026-09-15", "19.6", "303/2026/NĐ-CP"),
        ("2026-09-15", "20", None),
        ("2024-06-01", "24", None),
        ("2017-07-14", "1", None),
        # Within the month, the decree changed.
        ("2026-09", "1", None),
        # Up to 22 of 40 ha is 55 % at most; about 23.5 may be 24.675 ha, which is 61.7 %.
        ("2024-06-01", "up_to 22", "32/2024/NĐ-CP"),
        ("2024-06-01", "about 22", "32/2024/NĐ-CP"),
        ("2024-06-01", "about 23.5", None),
        ("2024-06-01", "over 22", None),
    ],
)
def test_by_the_decree_of_the_day(day: str, leased: str, law: str | None) -> None:
    laws = [finding.law.number for finding in found(RULE, expanded(day, leased)) if finding.law]
    assert laws == ([law] if law else [])


def test_the_numbers_and_the_words() -> None:
    finding = only(RULE, expanded("2026-10-01", "16"))
    assert numbers(finding) == {"occupancy_pct": "40.00 pct", "least_occupancy": "50 pct"}
    assert finding.message_vi == (
        "CCN A: mở rộng ngày 1/10/2026 khi mới lấp đầy 40%; phải từ 50% trở lên (Nghị định "
        "303/2026/NĐ-CP)."
    )
    assert "or demand beyond the land left" in only(RULE, expanded("2024-06-01", "16")).message_en


def test_what_is_unknown_or_said_again() -> None:
    assert found(RULE, expanded("2024-06-01", "16", basis="publication")) == []
    first = said("2018", legal_status="expanded", industrial_land_ha="40", leased_ha="1")
    again = cluster("A", first, said("2024-06-01", legal_status="expanded"), day=DAY)
    assert found(RULE, facts(again, day=DAY)) == []
    unknown = cluster("A", said("2024-06-01", legal_status="expanded"), day=DAY)
    assert found(RULE, facts(unknown, day=DAY)) == []
