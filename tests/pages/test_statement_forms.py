"""Stating something by a form: the fields, the effect before recording, faults at their fields."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support.http import latest_revision, prepare_sourced, read, register
from tests.support.pages import Reader, look, words
from tests.support.registers import Templates, post, serving
from tests.support.sessions import browser, key_of, sign_in
from tests.support.write_forms import faults, fill, hidden, recorded, tried


@pytest.fixture
async def register_of(kind: str, templates: Templates) -> AsyncIterator[httpx.AsyncClient]:
    async with templates.copy(kind, prepare_sourced) as url, serving(url) as client:
        yield client


@pytest.fixture
async def editor(register_of: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(register_of) as found:
        await sign_in(found, key_of(register_of))
        found.headers["accept-language"] = "en"
        yield found


async def test_a_statement_is_tried_and_then_recorded(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    before = await latest_revision(register_of)
    path = "/sites/alpha/state"
    form = await look(editor, path)
    typed = hidden(form) | {
        "source": "The report",
        "effective_from": "2023-06",
        "basis": "actual",
        "date_basis": "stated",
        "values.area_ha": "1,043.5",
        "values.investor": "Công ty Hạ tầng Đông Á",
        "override_reason": "Measured anew",
    }
    page = await tried(editor, path, typed)
    assert await latest_revision(register_of) == before
    assert "Area 40 ha 1,043.5 ha" in words(page)
    assert "Infrastructure investor — Công ty Hạ tầng Đông Á" in words(page)
    answer = await fill(editor, path, {"step": "record", **hidden(page)})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sites/alpha?recorded={before + 1}"
    # A double click, or a form that is sent again, records nothing more and leads to the same.
    again = await fill(editor, path, {"step": "record", **hidden(page)})
    assert (again.status_code, again.headers["location"]) == (303, answer.headers["location"])
    assert await latest_revision(register_of) == before + 1
    led = await look(editor, answer.headers["location"])
    assert f"Recorded in revision {before + 1}." in words(led)
    site = await read(register_of, "/v1/sites/alpha?as_of=2023-06-01")
    assert (site["area_ha"], site["investor"]) == (1043.5, "builder")


async def test_numbers_are_read_as_the_language_writes_them(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    base = {"source": "report", "effective_from": "2023", "override_reason": "x"}
    for language, text, value in (
        ("vi", "1.043", 1043),
        ("en", "1.043", 1.043),
        ("vi", "43,25", 43.25),
        ("en", "1,044", 1044),
        ("vi", "43.5", 43.5),
    ):
        editor.headers["accept-language"] = language
        form = hidden(await look(editor, "/sites/alpha/state", languages=language))
        fields = base | {"values.area_ha": text} | form
        page = await tried(editor, "/sites/alpha/state", fields)
        answer = await fill(editor, "/sites/alpha/state", {"step": "record", **hidden(page)})
        assert answer.status_code == 303, answer.text
        newest: Any = (await read(register_of, "/v1/sites/alpha/statements?limit=1"))["items"][0]
        assert newest["values"]["area_ha"] == value


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("source", ["no such source", ""])
async def test_a_source_that_is_missing_is_a_fault_at_its_field(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient, source: str
) -> None:
    await register(register_of, "alpha", area_ha=40)
    path = "/sites/alpha/state"
    typed = {"source": source, "effective_from": "2024", "values.area_ha": "41"}
    page = await tried(editor, path, typed | hidden(await look(editor, path)), 422)
    assert faults(page) == {"source"}


@pytest.mark.databases("sqlite")
async def test_dates_are_typed_in_any_precision_and_notation(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    path = "/sites/alpha/state"
    editor.headers["accept-language"] = "vi"
    base = {"source": "report", "values.area_ha": "41"}
    base |= hidden(await look(editor, path, languages="vi"))
    for typed, date in (
        ("31/10/2023", "2023-10-31"),
        ("10/2023", "2023-10"),
        ("quý III/2023", "2023-Q3"),
        ("2023-Q2", "2023-Q2"),
        ("năm 2022", "2022"),
    ):
        fields = base | {"effective_from": typed, "values.expected_operation": "quý IV/2027"}
        fields |= hidden(await look(editor, path, languages="vi"))
        page = await tried(editor, path, fields)
        answer = await fill(editor, path, {"step": "record", **hidden(page)})
        assert answer.status_code == 303, answer.text
        newest: Any = (await read(register_of, "/v1/sites/alpha/statements?limit=1"))["items"][0]
        assert newest["effective_from"] == date
        assert newest["values"]["expected_operation"] == "2027-Q4"
    wrong = base | {"effective_from": "giữa năm 2023", "effective_to": "31/6/2023"}
    page = await tried(editor, path, wrong, 422)
    assert faults(page) == {"effective_from", "effective_to"}
    assert "hãy ghi ngày (31/10/2026), tháng (10/2026), quý (quý III/2026)" in words(page)


@pytest.mark.databases("sqlite")
async def test_hedges_and_units_of_money_are_read_as_people_write_them(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    path = "/sites/alpha/state"
    editor.headers["accept-language"] = "vi"
    form = hidden(await look(editor, path, languages="vi"))
    fields = form | {"source": "report", "effective_from": "2023-06"}
    typed = {"values.area_ha": "khoảng 42,5", "values.infrastructure_investment_vnd": "2,5 tỷ"}
    typed["values.industrial_land_ha"] = "10 đến 12 ha"
    for wrong in ("20–x", "20/30", "20 30 40", "bốn mươi"):
        page = await tried(editor, path, fields | {"values.area_ha": wrong}, 422)
        assert faults(page) == {"values.area_ha"}
    page = await tried(editor, path, fields | typed)
    answer = await fill(editor, path, {**hidden(page), "step": "record"})
    assert answer.status_code == 303
    (newest,) = (await read(register_of, "/v1/sites/alpha/statements?limit=1"))["items"]
    money = {"infrastructure_investment_vnd": 2_500_000_000}
    assert newest["values"] == {"area_ha": 42.5, "industrial_land_ha": 10, **money}
    assert newest["values_to"] == {"industrial_land_ha": 12}
    assert newest["qualifiers"] == {"area_ha": "about", "industrial_land_ha": "range"}


async def test_an_irregular_change_asks_for_its_reason(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    path = "/sites/alpha/state"
    typed = {"source": "report", "effective_from": "2023", "values.area_ha": "4000"}
    typed |= hidden(await look(editor, path))
    page = await tried(editor, path, typed, 422)
    assert faults(page) == {"override_reason"}
    assert "This is unusual and needs a reason" in words(page)
    assert "Area 4000 is far more than a cluster has" in words(page)
    (field,) = [one for one in page.of("input") if one.get("name") == "values.area_ha"]
    assert field["value"] == "4000"
    to = await recorded(editor, path, {**typed, "override_reason": "As the decision says"})
    assert to.startswith("/sites/alpha?recorded=")
    newest: Any = (await read(register_of, "/v1/sites/alpha/statements?limit=1"))["items"][0]
    assert newest["override_reason"] == "As the decision says"


async def test_faults_stand_at_their_fields_and_nothing_is_lost(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    path = "/sites/alpha/state"
    base = hidden(await look(editor, path)) | {"values.name": "CCN <b>Mới</b>"}
    page = await tried(
        editor, path, {**base, "source": "no-such", "effective_from": "giữa năm"}, 422
    )
    assert "effective_from" in faults(page)
    page = await tried(editor, path, base, 422)
    assert {"source", "effective_from"} <= faults(page)
    (first,) = [one for tag in ("input", "select") for one in page.of(tag) if "autofocus" in one]
    assert first["name"] in {"source", "effective_from"}
    assert {f"#{name}" for name in faults(page)} <= set(page.links())
    (field,) = [one for one in page.of("input") if one.get("name") == "values.name"]
    assert field["value"] == "CCN <b>Mới</b>"
    page = await tried(
        editor,
        path,
        {**base, "source": "report", "effective_from": "2023", "values.area_ha": "x"},
        422,
    )
    assert faults(page) == {"values.area_ha"}


@pytest.mark.databases("sqlite")
async def test_all_that_is_wrong_is_told_at_once_and_named_by_its_field(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    """A date that cannot be read, a source that is missing, two names of nothing and a doubt."""
    await register(register_of, "alpha", area_ha=40)
    path = "/sites/alpha/state"
    before = await latest_revision(register_of)
    typed = hidden(await look(editor, path)) | {
        "effective_from": "giữa năm",
        "values.area_ha": "4000",
        "values.investor": "Công ty Không Có",
        "values.to_clear_ha": "nhiều",
    }
    page = await tried(editor, path, typed, 422)
    wrong = {"effective_from", "source", "values.investor", "values.to_clear_ha", "override_reason"}
    assert faults(page) == wrong
    assert {f"#{name}" for name in wrong} <= set(page.links())
    for said in ("Source : fill this in.", "From when on : 'giữa năm' is no date"):
        assert said in words(page).replace(":", " :").replace("  ", " ")
    assert await latest_revision(register_of) == before


async def test_no_reason_is_wanted_for_a_day_that_nobody_typed(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    """The 30th of February; the day that is tried in its place is long after the source."""
    await register(register_of, "alpha", area_ha=40)
    dated = {"id": "dated", "kind": "report", "title": "The dated", "published_on": "2020-01"}
    await post(register_of, "/v1/sources", dated)
    path = "/sites/alpha/state"
    typed = hidden(await look(editor, path)) | {
        "source": "dated",
        "effective_from": "30/2/2020",
        "values.area_ha": "41",
        "values.investor": "Công ty TNHH Không Có Thật",
    }
    page = await tried(editor, path, typed, 422)
    assert faults(page) == {"effective_from", "values.investor"}
    assert "/v1/" not in words(page).partition("What you see")[0]


async def test_an_organization_is_registered_with_what_names_it(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    path = "/sites/alpha/state"
    typed = hidden(await look(editor, path)) | {
        "source": "report",
        "effective_from": "15/6/2023",
        "values.investor": "Công ty TNHH Mới Tinh",
        "values.managing_body": "Công ty TNHH Mới Tinh",
    }
    assert faults(await tried(editor, path, typed, 422)) == {
        "values.investor",
        "values.managing_body",
    }
    boxes = {"new.investor": "1", "new.managing_body": "1"}
    await recorded(editor, path, typed | boxes)
    site = await read(register_of, "/v1/sites/alpha?as_of=2023-06-15")
    assert site["investor_name"] == site["managing_body_name"] == "Công ty TNHH Mới Tinh"
    organization = await read(register_of, f"/v1/organizations/{site['investor']}")
    assert organization["changed_in"] == site["changed_in"]
    # What is registered already is only named, although the box is ticked.
    typed |= {"values.investor": "Công ty Hạ tầng Đông Á", "effective_from": "2024"} | boxes
    typed |= hidden(await look(editor, path))
    await recorded(editor, path, typed)
    site = await read(register_of, "/v1/sites/alpha?as_of=2024-06-15")
    assert site["investor"] == "builder"


async def test_only_attributes_of_the_kind_are_asked_for(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    page = await look(editor, "/sites/alpha/state")
    names = {one.get("name") for tag in ("input", "select", "textarea") for one in page.of(tag)}
    assert {"values.area_ha", "values.clearance_status", "values.aliases"} <= names
    assert not names & {"values.craft", "values.households", "values.occupancy_pct", "values.stage"}
    page = await look(editor, "/sites/new?kind=craft_village")
    names = {one.get("name") for tag in ("input", "select", "textarea") for one in page.of(tag)}
    assert {"values.craft", "values.households", "id"} <= names
    page = await look(editor, "/sites/new")
    assert "/sites/new?kind=cluster" in page.links()


async def test_a_site_is_registered_with_a_source_made_on_the_spot(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    fields = {
        "new_source.kind": "decision",
        "new_source.title": "Quyết định thành lập",
        "new_source.number": "320/QĐ-UBND",
        "new_source.published_on": "2021-03-05",
        "effective_from": "2021-03-05",
        "values.name": "Cụm công nghiệp Thử Nghiệm",
        "values.province_code": "Bắc Kạn",
        "values.area_ha": "30",
    }
    before = await latest_revision(register_of)
    to = await recorded(editor, "/sites/new?kind=cluster", fields)
    key = to.removeprefix("/sites/").partition("?")[0]
    assert await latest_revision(register_of) == before + 1
    site = await read(register_of, f"/v1/sites/{key}?as_of=2022-01-01")
    assert (site["name"], site["province_code"]) == ("Cụm công nghiệp Thử Nghiệm", "06")
    (said,) = (await read(register_of, f"/v1/sites/{key}/statements"))["items"]
    source = await read(register_of, f"/v1/sources/{said['source_id']}")
    assert (source["number"], source["published_on"]) == ("320/QĐ-UBND", "2021-03-05")


async def test_a_state_that_others_changed_meanwhile_is_told(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    path = "/sites/alpha/state"
    typed = {"source": "report", "effective_from": "2023", "values.area_ha": "45"}
    page = await tried(editor, path, {**typed, **hidden(await look(editor, path))})
    body = {"source_id": "plan", "effective_from": "2022", "values": {"area_ha": 42}}
    await post(register_of, "/v1/sites/alpha/statements", body)
    answer = await fill(editor, path, {"step": "record", **hidden(page)})
    assert answer.status_code == 422
    page = Reader(answer.text)
    assert "Somebody else changed this meanwhile" in words(page)
    (field,) = [one for one in page.of("input") if one.get("name") == "values.area_ha"]
    assert field["value"] == "45"
    page = await tried(editor, path, {**typed, **hidden(page)})
    assert "Area 42 ha 45 ha" in words(page)


@pytest.mark.databases("sqlite")
async def test_an_editor_of_another_province_is_refused(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    rights = [{"code": "01", "on": "2025-08-01"}]
    body = {"name": "Hà Nội", "role": "editor", "provinces": rights}
    key = (await post(register_of, "/v1/keys", body))["key"]
    async with browser(register_of) as other:
        await sign_in(other, key)
        form = hidden(await look(other, "/sites/alpha/state"))
        fields = form | {"source": "report", "effective_from": "2023", "values.area_ha": "45"}
        refusal = await tried(other, "/sites/alpha/state", fields, 403)
        assert "Not allowed" in words(refusal)
    async with browser(register_of) as nobody:
        page = await look(nobody, "/sites/alpha/state", 401)
        assert "Sign in" in words(page)
        assert "/sites/alpha/state" not in (await look(nobody, "/sites/alpha")).links()
    answer = await fill(editor, "/sites/alpha/state", fields, {"origin": "https://evil"})
    assert answer.status_code == 403


@pytest.mark.databases("sqlite")
async def test_choices_are_found_by_words(
    register_of: httpx.AsyncClient, editor: httpx.AsyncClient
) -> None:
    await register(register_of, "alpha", area_ha=40)
    for path, expected in (
        (
            "/choices/organizations?q=ha tang",
            {"value": "Công ty Hạ tầng Đông Á", "label": "builder"},
        ),
        ("/choices/sources?q=report", {"value": "The report", "label": "report"}),
        ("/choices/sites?q=alpha", {"value": "alpha", "label": "alpha"}),
        ("/choices/provinces?q=bac kan&on=2023-01-01", {"value": "Bắc Kạn (06)", "label": "06"}),
    ):
        assert (await editor.get(path)).json() == [expected]
