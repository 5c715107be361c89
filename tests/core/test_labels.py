"""Every code has its words, in Vietnamese and English."""

import re
import unicodedata
from enum import StrEnum

import pytest

from app.core.dates import DatePrecision
from app.core.labels import CODE_LISTS
from app.core.labels.figures import ACCESS_LISTS, FIGURE_LISTS
from app.core.labels.imports import IMPORT_LISTS
from app.core.labels.statements import STATEMENT_LISTS
from app.core.labels.subjects import PROJECT_LISTS, SITE_LISTS
from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import AUTHORITY, CodeList, SourceKind
from app.subjects.attributes import ValueType
from app.units.units import UnitLevel
from tests.core.code_types import VOCABULARY, codes_of, snake_case

LISTS = list(CODE_LISTS.values())
CODES = [code for code_list in LISTS for code in code_list.codes]

of_each_list = pytest.mark.parametrize("code_list", LISTS, ids=lambda found: found.name)


def label(list_name: str, code: str) -> tuple[str, str]:
    (found,) = [found for found in CODE_LISTS[list_name].codes if found.code == code]
    return found.label_vi, found.label_en


def is_clean(text: str) -> bool:
    return text == unicodedata.normalize("NFC", " ".join(text.split())) and text != ""


def test_the_code_lists_of_the_register_are_found_here() -> None:
    names = {snake_case(codes.__name__) for codes in VOCABULARY}
    assert {"site_kind", "clearance_status", "project_operation_status", "adds_up"} <= names
    assert len(names) == len(VOCABULARY) >= 24


@pytest.mark.parametrize("codes", [*VOCABULARY, DatePrecision, UnitLevel, ValueType])
def test_every_list_has_the_codes_of_its_type_in_their_order(codes: type[StrEnum]) -> None:
    assert codes_of(snake_case(codes.__name__)) == [code.value for code in codes]


def test_every_unit_has_a_label() -> None:
    assert {unit.value for unit in UnitOfMeasure} <= set(codes_of("unit"))


def test_no_list_replaced_another_of_the_same_name() -> None:
    statements = (SITE_LISTS, PROJECT_LISTS, STATEMENT_LISTS)
    parts = (*statements, FIGURE_LISTS, ACCESS_LISTS, IMPORT_LISTS)
    assert len(LISTS) == sum(map(len, parts)) >= 32
    assert [code_list.name for code_list in LISTS] == list(CODE_LISTS)


@of_each_list
def test_codes_and_labels_differ_within_a_list(code_list: CodeList) -> None:
    codes = code_list.codes
    for texts in (
        [code.code for code in codes],
        [code.label_vi.casefold() for code in codes],
        [code.label_en.casefold() for code in codes],
    ):
        assert len(set(texts)) == len(codes) >= 2


@of_each_list
def test_titles_and_labels_are_clean_and_in_two_languages(code_list: CodeList) -> None:
    labels = [(code.label_vi, code.label_en) for code in code_list.codes]
    for vi, en in ((code_list.title_vi, code_list.title_en), *labels):
        for text in (vi, en):
            assert is_clean(text)
            assert text[0].isupper()
            assert not text.endswith(".")
        assert en.isascii()
        # A label without any accent or đ is most likely not Vietnamese.
        assert not vi.isascii(), vi


def test_descriptions_are_sentences() -> None:
    descriptions = [code.description for code in CODES if code.description is not None]
    assert len(descriptions) > 50
    for description in descriptions:
        assert is_clean(description)
        assert description.endswith(".")


def test_laws_are_named_officially() -> None:
    sources = {code.legal_source for code in CODES if code.legal_source}
    law = re.compile(r"(Luật|Nghị định|Nghị quyết|Thông tư) .*[0-9]+/20[0-9]{2}/[A-ZĐ0-9-]+")
    assert all(law.fullmatch(part) for source in sources for part in source.split("; "))
    assert "Nghị định 32/2024/NĐ-CP" in sources


def test_the_terms_of_the_field() -> None:
    assert label("site_kind", "zone") == ("Khu công nghiệp", "Industrial zone")
    assert label("site_kind", "cluster") == ("Cụm công nghiệp", "Industrial cluster")
    assert label("site_kind", "craft_village") == ("Làng nghề", "Craft village")
    assert label("clearance_status", "in_progress")[0] == "Đang giải phóng mặt bằng"
    assert label("licence_status", "policy_approved")[0] == "Đã chấp thuận chủ trương đầu tư"
    assert label("licence_status", "revoked")[0] == "Đã thu hồi giấy chứng nhận đầu tư"
    assert label("price_base", "constant_2010")[0] == "Giá so sánh 2010"
    assert label("unit", "billion_vnd") == ("Tỷ đồng", "Billion VND")
    assert label("unit", "million_usd") == ("Triệu đô la Mỹ", "Million USD")
    assert CODE_LISTS["occupancy_definition"].title_vi == "Cách tính tỷ lệ lấp đầy"


def test_kinds_of_sources_tell_their_authority() -> None:
    assert (AUTHORITY[SourceKind.law], len(AUTHORITY)) == (60, 9)
    for code in CODE_LISTS["source_kind"].codes:
        authority = AUTHORITY[SourceKind(code.code)]
        assert code.description is not None
        assert code.description.startswith(f"Authority {authority}: ")
