"""What is wrong with a form, in the words of pages: no names of members, no ISO 8601, no HTTP."""

import re
from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest

from app.core.messages import TEMPLATES, Message
from app.http.languages import CATALOGUES
from app.pages.faults import in_words
from app.pages.speech import Speech
from tests.support.pages import Reader, look, words
from tests.support.sessions import browser, key_of, send, sign_in
from tests.support.write_forms import faults, fill

pytestmark = pytest.mark.databases("sqlite")
_PLAIN = "page.plain."
_OF_PROGRAMS = re.compile(r"[a-z]+_[a-z]+|/v1|\bbasis\b|\bJSON\b(?<!GeoJSON)|If-Match|\bETag\b")


@pytest.fixture
async def admin(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(client) as found:
        await sign_in(found, key_of(client))
        yield found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_words_of_pages_stand_where_those_of_programs_stood(language: str) -> None:
    """Each ends as the sentence in whose place it is, since some are parts of others."""
    catalogue = CATALOGUES.get(language, {})
    originals = {name.replace("_", "-"): one for name, one in TEMPLATES.items()}
    for name, plain in TEMPLATES.items():
        if name.startswith(_PLAIN):
            original = originals[name.removeprefix(_PLAIN)].english
            text = catalogue.get(name, plain.english)
            if original[-1] != "}":
                assert (text[-1] in ".?") == (original[-1] in ".?…"), text
            assert not _OF_PROGRAMS.search(re.sub(r"{[^}]*}", "", text)), text


_DIFFERS = {
    "attribute": "legal_status",
    "register": "abolished",
    "register_from": "2022-11-04",
    "file": "established",
    "file_from": "2021-10",
}


@pytest.mark.parametrize(
    ("message", "vietnamese", "english"),
    [
        (
            Message("entry.planned", {"indicator": "X", "basis": "actual"}),
            "X là điều kế hoạch dự kiến nên tính chất “Thực hiện” không phù hợp",
            "X is what a plan foresees, so “Actual” does not fit",
        ),
        (
            Message("entry.lasts", {"attribute": "name"}),
            "Tên không có ngày kết thúc, vì tên gọi và địa điểm",
            "Name has no end, for names and places go on",
        ),
        (
            Message("imports.differs_from_register", _DIFFERS),
            "tình trạng pháp lý “Đã bãi bỏ” từ 04/11/2022, tệp có “Đã thành lập” từ 10/2021.",
            "legal status “Abolished” from 4 Nov 2022, the file “Established” from Oct 2021.",
        ),
        (
            Message("state.cleared-exceeds", {"part": Decimal("1200.5"), "whole": Decimal(1000)}),
            "1.200,5 lớn hơn diện tích",
            "Cleared 1,200.5 is more than land to clear 1,000: no",
        ),
    ],
)
def test_a_fault_has_labels_and_the_notation_of_the_reader(
    message: Message, vietnamese: str, english: str
) -> None:
    assert vietnamese in in_words(message, Speech("vi"))
    assert english in in_words(message, Speech("en"))


async def test_a_key_is_refused_for_all_that_is_wrong_at_once(admin: httpx.AsyncClient) -> None:
    form = {"name": "", "role": "reader", "provinces": "Xứ Mù", "expires_on": "soon"}
    answer = await send(admin, "/keys", None, **form)
    page = Reader(answer.text)
    assert (answer.status_code, faults(page)) == (422, {"name", "provinces", "expires_on"})
    assert "'Xứ Mù' is no province" in words(page)
    assert "no other role has any" in words(page)


@pytest.mark.parametrize(
    ("typed", "rights"),
    [
        ("Bắc Kạn", {("06", "2025-06-30")}),
        ("bac kan, tỉnh Thái Nguyên", {("06", "2025-06-30"), ("19", None)}),
        ("06@2025-06-30 19", {("06", "2025-06-30"), ("19", None)}),
    ],
)
async def test_provinces_of_a_key_are_named_as_people_call_them(
    client: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    typed: str,
    rights: set[tuple[str, str | None]],
) -> None:
    """One that there is no more is named as of its last day."""
    form = {"name": "An", "role": "editor", "provinces": typed, "expires_on": "1/2027"}
    assert (await send(admin, "/keys", None, **form)).status_code == 201
    (made,) = [one for one in (await client.get("/v1/keys")).json()["items"] if one["name"] == "An"]
    ended = {"06"}
    found = {(r["code"], r["on"] if r["code"] in ended else None) for r in made["provinces"]}
    assert found == rights
    assert made["expires_at"] == "2027-01-31T16:59:59Z"


async def test_a_file_is_refused_for_all_that_is_wrong_at_once(admin: httpx.AsyncClient) -> None:
    form = {"given.effective_from": "soon", "given.kind": "king", "given.source_published_on": "?"}
    answer = await fill(admin, "/imports", form)
    page = Reader(answer.text)
    assert (answer.status_code, faults(page)) == (422, {"file", *form})
    # The summary leads to each of them.
    assert {"#file", *(f"#{name}" for name in form)} <= set(page.links())


async def test_pages_that_are_not_there_say_so_to_people(admin: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/sites/nowhere", "/keys/nowhere", "/imports/nowhere"):
        page = words(await look(admin, path, 404))
        assert "/v1" not in page.replace("/v1/openapi", ""), path
        assert "/docs" not in page, path


async def test_what_a_file_does_not_say_is_among_the_questions(admin: httpx.AsyncClient) -> None:
    """The province and the date are asked once each, until they are known."""
    answer = await fill(admin, "/imports", {"cells": "TT\tTên CCN\tDiện tích (ha)\n1\tA\t12"})
    page = await look(admin, "/" + answer.headers["location"].lstrip("/"))
    asked = [one.get("id") for one in page.of("li") if one.get("class") == "question"]
    assert asked[:2] == ["which-province", "which-date"]
    names = [one.get("name") for one in (*page.of("select"), *page.of("input"))]
    assert (names.count("given.province_code"), names.count("given.effective_from")) == (1, 1)
    assert "province_code" not in words(page)
