"""The same place under two kinds."""

from tests.findings.builders import cluster, facts, found, numbers, only, said, zone

RULE = "same_place_under_two_kinds"


def test_a_zone_and_a_cluster_of_one_name() -> None:
    one = zone("Quảng Chu", said("2023", name="KCN Quảng Chu"))
    other = cluster("Quảng Chu", said("2021", name="CCN Quảng Chu"))
    finding = only(RULE, facts(one, other))
    assert numbers(finding) == {"sites": "2 count"}
    assert finding.subject_id == "ccn-quảng-chu"
    assert finding.statement_ids == tuple(
        site.assertions[0].cited.statement_id for site in (other, one)
    )
    assert finding.message_vi == (
        "Quảng Chu (Bắc Kạn) có trong sổ đăng ký dưới nhiều loại hình: "
        "cụm công nghiệp ccn-quảng-chu (CCN Quảng Chu), "
        "khu công nghiệp kcn-quảng-chu (KCN Quảng Chu). "
        "Cần xác định có phải cùng một nơi không."
    )


def test_accents_do_not_make_another_name() -> None:
    assert len(found(RULE, facts(zone("Hoà Bình", said("2023")), cluster("Hòa Bình")))) == 1


def test_sites_that_share_a_commune_are_two() -> None:
    one = zone("Chợ Mới 1", said("2023", commune_code="02131"))
    other = cluster("Quảng Chu", said("2021", commune_code="02131"))
    assert found(RULE, facts(one, other)) == []


def test_a_cluster_that_became_a_zone_is_no_longer_one() -> None:
    closed = cluster("A", said("2020", legal_status="abolished"))
    assert found(RULE, facts(zone("A", said("2021")), closed)) == []
    assert found(RULE, facts(zone("A", said("2021")), zone("A", said("2022")))) == []
