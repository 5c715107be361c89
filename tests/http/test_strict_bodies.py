"""Refused bodies: with a problem document, never 500, nothing recorded; and text that is kept."""

import asyncio
import gzip
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.http import strict_routes
from app.http.strict_json import read_json
from tests.support.http import (
    as_problem,
    latest_revision,
    pointers,
    read,
    refused,
    register,
    said,
)
from tests.support.operations import BODIES, JSON, SOURCE, STATEMENTS, WRITES, address, media_type
from tests.support.registers import KINDS, get, post

# Refused before a database has a part in it; what is kept is kept by both.
pytestmark = pytest.mark.databases("sqlite")
on_both_databases = pytest.mark.databases(*KINDS)

NO_JSON = {
    "nothing": "",
    "blank": " \n",
    "NaN": '{"reason": NaN}',
    "Infinity": '{"reason": Infinity}',
    "-Infinity": '{"values": {"area_ha": -Infinity}}',
    "1e400": '{"values": {"area_ha": 1e400}}',
    "-1e400": '{"area_ha": -1e400}',
    "1e-400": '{"area_ha": 1e-400}',
    "5000-digits": '{"area_ha": %s}' % ("9" * 5000),
    "deep-lists": "[" * 100_000,
    "deep-objects": '{"a":' * 100_000,
    "51-levels": "[" * 51 + "]" * 51,
    "utf-16": '{"reason": "x"}'.encode("utf-16"),
    "utf-16-le": '{"reason": "x"}'.encode("utf-16-le"),
    "latin-1": '{"reason": "Cẩm"}'.encode().replace(b"\xe1\xba\xa9", b"\xe2"),
    "overlong": b'{"reason": "\xc0\x80"}',
    "surrogate-bytes": b'{"reason": "\xed\xa0\x80"}',
    "byte-order-mark": b'\xef\xbb\xbf{"reason": "x"}',
    "repeated-member": '{"reason": "a", "reason": "b"}',
    "repeated-deep-member": '{"values": {"area_ha": 1, "area_ha": 2}}',
    "repeated-surrogate": '{"\\ud800": 1, "\\ud800": 2}',
    "trailing-comma": '{"reason": "x",}',
    "single-quotes": "{'reason': 'x'}",
    "comment": '{"reason": "x"} // y',
    "two-documents": '{"reason": "x"} {}',
    "cut-off": '{"reason": "x',
    "raw-control": '{"reason": "a\x00b"}',
    "leading-zero": '{"area_ha": 05}',
    "hexadecimal": '{"area_ha": 0x5}',
    "null": "null",
    "list": "[]",
    "text": '"x"',
    "number": "1",
    "true": "true",
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
async def test_what_is_no_json_object_is_refused(
    unchanged: httpx.AsyncClient, body: str | bytes
) -> None:
    for method, path in WRITES:
        response = await unchanged.request(
            method, address(path, method), content=body, headers=media_type(method)
        )
        problem = as_problem(response, 422)
        assert problem["type"] == "/problems/bad-body"
        assert problem["errors"]
        assert all(error["pointer"].startswith("#") for error in problem["errors"])


async def test_a_number_that_is_too_long_is_told_to_its_sender(
    unchanged: httpx.AsyncClient,
) -> None:
    body = '{"reason": %s}' % ("9" * 5000)
    headers = {"Content-Type": "application/json"}
    answer = await unchanged.post("/v1/sites", content=body, headers=headers)
    problem = as_problem(answer, 422)
    too_long = "A number has 5000 digits; none here has more than 1000."
    assert problem["errors"] == [{"pointer": "#/reason", "detail": too_long}]


async def test_a_repeated_member_is_named_where_it_stands(unchanged: httpx.AsyncClient) -> None:
    for body, pointer in (
        ('{"note": "a", "note": "b"}', "#/note"),
        ('{"values": {"area_ha": 1, "area_ha": 2}}', "#/values/area_ha"),
        ('{"a": [{"b": 1}, {"c/d": 1, "c/d": 1}]}', "#/a/1/c~1d"),
    ):
        problem = as_problem(await unchanged.post(STATEMENTS, content=body, headers=JSON), 422)
        assert pointers(problem) == [pointer]


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_unknown_members_are_refused(
    unchanged: httpx.AsyncClient, method: str, path: str
) -> None:
    for name, pointer in (("nonsense", "#/nonsense"), ("a/b~", "#/a~1b~0"), ("", "#/")):
        response = await unchanged.request(
            method,
            address(path, method),
            json=BODIES[path] | {name: 1},
            headers=media_type(method),
        )
        assert pointers(as_problem(response, 422)) == [pointer]


@pytest.mark.parametrize("name", ["\ud800", "a\ud800"], ids=ascii)
async def test_unknown_members_that_are_no_text(unchanged: httpx.AsyncClient, name: str) -> None:
    escaped = name.encode("ascii", "backslashreplace").decode()
    for method, path in WRITES:
        response = await unchanged.request(
            method,
            address(path, method),
            content=f'{{"{escaped}": 1}}',
            headers=media_type(method),
        )
        as_problem(response, 422)


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_other_media_types_are_refused(
    unchanged: httpx.AsyncClient, method: str, path: str
) -> None:
    for other in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "json", ""):
        headers = {"content-type": other}
        url = address(path, method)
        response = await unchanged.request(method, url, content=b"{}", headers=headers)
        assert as_problem(response, 415)["type"] == "/problems/media-type"


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_coded_bodies_are_refused(
    unchanged: httpx.AsyncClient, method: str, path: str
) -> None:
    body = json.dumps(BODIES[path]).encode()
    for coding, content in (("gzip", gzip.compress(body)), ("br", body), ("gzip, identity", body)):
        headers = media_type(method) | {"Content-Encoding": coding}
        url = address(path, method)
        response = await unchanged.request(method, url, content=content, headers=headers)
        problem = as_problem(response, 415)
        assert "without Content-Encoding" in problem["detail"]
        # RFC 9110, section 15.5.16.
        assert response.headers["accept-encoding"] == "identity"


async def test_a_body_without_coding_may_say_so(unchanged: httpx.AsyncClient) -> None:
    headers = JSON | {"Content-Encoding": "Identity"}
    as_problem(await unchanged.post(STATEMENTS, content=b"{}", headers=headers), 422)


@pytest.mark.parametrize(
    ("count", "listed", "more"), [(99, 99, None), (100, 100, None), (999, 100, 899)]
)
async def test_so_many_faults_are_listed_and_the_others_counted(
    unchanged: httpx.AsyncClient, count: int, listed: int, more: int | None
) -> None:
    body = {"values": {f"m{number}": 1 for number in range(count - 2)}}
    problem = as_problem(await unchanged.post(STATEMENTS, json=body), 422)
    # Two members are missing besides.
    assert len(problem["errors"]) == listed
    assert problem.get("more_errors") == more


MEMBERS = ", ".join(f'"m{number}": 1' for number in range(70_000))
POSITIONS = ", ".join(['["a", "b"]'] * 80_000)
RINGS = ", ".join([f"[{', '.join(['[[0]]'] * 50)}]"] * 2_000)
HUGE = {
    "members": f'{{"values": {{{MEMBERS}}}}}',
    "positions": '{"values": {"geometry": {"type": "Polygon", "coordinates": [['
    + POSITIONS
    + "]]}}}",
    "rings": '{"values": {"geometry": {"type": "MultiPolygon", "coordinates": [' + RINGS + "]}}}",
    "values": f'{{"values": {{"area_ha": [{", ".join(["{}"] * 200_000)}]}}}}',
}


@pytest.mark.parametrize("body", HUGE.values(), ids=HUGE)
async def test_the_answer_to_a_huge_body_is_short(unchanged: httpx.AsyncClient, body: str) -> None:
    assert 600_000 < len(body) < 1_000_000
    answer = await unchanged.post(STATEMENTS, content=body, headers=JSON)
    assert as_problem(answer, 422)["errors"]
    assert len(answer.content) < 20_000


async def test_other_requests_are_answered_while_a_long_body_is_read(
    shared: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading it waits, in its thread, until another request has been answered."""
    answered = threading.Event()

    def reading(body: bytes, most_depth: int) -> Any:
        if len(body) > 100_000:
            assert answered.wait(10)
        return read_json(body, most_depth)

    monkeypatch.setattr(strict_routes, "read_json", reading)
    async with asyncio.TaskGroup() as tasks:
        long = tasks.create_task(shared.post(STATEMENTS, json={"note": "x" * 200_000}))
        await asyncio.sleep(0.05)
        as_problem(await shared.post(STATEMENTS, json={}), 422)
        answered.set()
    assert "#/note" in pointers(as_problem(long.result(), 422))


async def test_an_empty_body_is_called_empty(unchanged: httpx.AsyncClient) -> None:
    problem = as_problem(await unchanged.post(STATEMENTS, content=b"", headers=JSON), 422)
    assert problem["detail"] == (
        "#: the body is empty; send a JSON object, with its members in {}."
    )


async def test_a_type_that_there_is_not(unchanged: httpx.AsyncClient) -> None:
    body = said("2024", values={"geometry": {"type": "Line", "coordinates": [1, 2]}})
    problem = as_problem(await unchanged.post(STATEMENTS, json=body), 422)
    assert problem["errors"] == [
        {
            "pointer": "#/values/geometry/type",
            "detail": "Line is not known here; write one of 'Point', 'Polygon', 'MultiPolygon'.",
        }
    ]


async def test_a_required_text_that_is_blank(unchanged: httpx.AsyncClient) -> None:
    answer = await unchanged.post("/v1/statements/1-1/retraction", json={"reason": " "})
    assert as_problem(answer, 422)["detail"] == "#/reason: write some text, not blanks alone."


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_bodies_that_are_too_large(
    unchanged: httpx.AsyncClient, method: str, path: str
) -> None:
    limit = 32_000_000 if path.endswith("/bulk") else 1_000_000

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(21):
            yield b" " * (limit // 20)

    url, headers = address(path, method), media_type(method)
    for content in (b'{"reason": "' + b"x" * limit + b'"}', parts()):
        response = await unchanged.request(method, url, content=content, headers=headers)
        assert as_problem(response, 413)["type"] == "/problems/body-too-large"


@on_both_databases
async def test_a_body_may_be_large_and_its_numbers_long(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-large")
    body = said("2024", note="Ă" * 10_000, values={"aliases": ["Tên khác"] * 500})
    response = await shared.post(
        "/v1/sites/ccn-large/statements",
        json=body,
        headers={"content-type": "application/json; charset=utf-8"},
    )
    assert response.status_code == 201, response.text
    content = (
        '{"source_id": "article", "effective_from": "2025",'
        ' "values": {"area_ha": 43.5%s, "leased_ha": 1.25e1}}' % ("0" * 100)
    )
    response = await shared.post("/v1/sites/ccn-large/statements", content=content, headers=JSON)
    assert response.json()["values"] == {"area_ha": 43.5, "leased_ha": 12.5}


# Members


@pytest.mark.parametrize(
    ("attribute", "wrong"),
    [
        ("area_ha", ["5", "", True, False, [5], {}, "NaN", "5 ha", 1e15]),
        ("leased_ha", ["0", True, -1]),
        ("stated_occupancy_pct", ["50", "50%", True, -0.1, 100.0001, 50.00001]),
        ("affected_households", ["5", True, 1.5, -1, 1e10, [1]]),
        ("clearance_phase", ["1", True, 0, 101, 1.5]),
        ("name", [5, True, ["A"], {}, "", " ", "A" * 501]),
        ("aliases", ["A", {}, [1], [None], [""], 5]),
        ("province_code", [6, True, "6", "006000", "ab", "０６"]),
        ("investor", [5, "No Slug", "-a", ""]),
        ("legal_status", [1, True, "", "ESTABLISHED", ["established"]]),
        ("expected_operation", [2024, True, "", "2024-6", "2024-13", "2024-02-30", "1899"]),
        ("expected_operation", ["2200", "2024-06-30T00:00", "2024/2025", " 2024", "２０２４"]),
    ],
    ids=repr,
)
async def test_values_of_another_type_are_refused(
    unchanged: httpx.AsyncClient, attribute: str, wrong: list[Any]
) -> None:
    for value in wrong:
        body = said("2024", SOURCE, values={attribute: value})
        problem = as_problem(await unchanged.post(STATEMENTS, json=body), 422)
        (pointer,) = pointers(problem)
        assert pointer.startswith(f"#/values/{attribute}"), value


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        ("source_id", [None, 5, "", "No Slug", "a" * 101]),
        ("effective_from", [None, 2024, "", "2024-6", "2024-13", "2023-02-29", "1899", "2200"]),
        ("date_basis", [None, "guessed", 1]),
        ("basis", [None, "fact", True]),
        ("locator", [5, "", "A" * 501]),
        ("note", [5, "", "A" * 10_001]),
        ("reason", [5, " ", True]),
        ("override_reason", [5, "", []]),
        ("cites", ["article", {}, 5, ["article"] * 51]),
        ("values", [None, [], "x", 5]),
    ],
)
async def test_members_of_a_statement_that_do_not_fit(
    unchanged: httpx.AsyncClient, member: str, wrong: list[Any]
) -> None:
    for value in wrong:
        body = said("2024", SOURCE, values={"area_ha": 5}) | {member: value}
        problem = as_problem(await unchanged.post(STATEMENTS, json=body), 422)
        assert pointers(problem) == [f"#/{member}"], value


@pytest.mark.parametrize("path", ["/v1/sources", "/v1/organizations"])
async def test_registrations_of_what_is_named(unchanged: httpx.AsyncClient, path: str) -> None:
    for more in ({"id": "A"}, {"id": "a_b"}, {"id": ""}, {"id": None}, {"id": "a" * 101}):
        problem = as_problem(await unchanged.post(path, json=BODIES[path] | more), 422)
        assert pointers(problem) == ["#/id"]
    for missing in BODIES[path]:
        body = {name: value for name, value in BODIES[path].items() if name != missing}
        problem = as_problem(await unchanged.post(path, json=body), 422)
        assert pointers(problem) == [f"#/{missing}"]


@on_both_databases
async def test_sources_and_organizations_are_registered_once(shared: httpx.AsyncClient) -> None:
    for path in ("/v1/sources", "/v1/organizations"):
        body = BODIES[path] | {"id": "once"}
        response = await shared.post(path, json=body)
        assert response.status_code == 201
        assert await get(shared, response.headers["location"]) == response.json()
        problem = await refused(shared, "POST", path, 409, json=body)
        assert pointers(problem) == ["#/id"]


# Text


@on_both_databases
@pytest.mark.parametrize(
    "text",
    ["\x00", "a\x00b", "\x07", "a\x1b[31m", "\x7f", "a\x85b", "\r", "\ud800", "\udfff a"],
    ids=ascii,
)
async def test_text_that_cannot_be_kept(unchanged: httpx.AsyncClient, text: str) -> None:
    written = "".join(f"\\u{ord(c):04x}" for c in text)
    for member in ("note", "locator", "reason", "override_reason"):
        content = (
            f'{{"source_id": "{SOURCE}", "effective_from": "2024", "values": {{"area_ha": 5}},'
            f' "{member}": "A{written}B"}}'
        )
        problem = as_problem(await unchanged.post(STATEMENTS, content=content, headers=JSON), 422)
        assert pointers(problem) == [f"#/{member}"]
    for attribute in ("name", "name_en", "address"):
        content = (
            f'{{"source_id": "{SOURCE}", "effective_from": "2024",'
            f' "values": {{"{attribute}": "A{written}B"}}}}'
        )
        problem = as_problem(await unchanged.post(STATEMENTS, content=content, headers=JSON), 422)
        assert pointers(problem) == [f"#/values/{attribute}"]


@on_both_databases
async def test_a_line_is_one_line_and_a_note_may_be_several(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-lines")
    path = "/v1/sites/ccn-lines/statements"
    for attribute in ("name", "address"):
        body = said("2024", values={attribute: "Dòng 1\nDòng 2"})
        problem = await refused(shared, "POST", path, 422, json=body)
        assert pointers(problem) == [f"#/values/{attribute}"]
    note = "Dòng 1\nDòng 2\tcột"
    assert (await post(shared, path, said("2024", note=note)))["note"] == note


@on_both_databases
async def test_decomposed_text_is_kept_composed(shared: httpx.AsyncClient) -> None:
    decomposed = "CCN Qua\u0309ng Chu\u031b\u0301"
    composed = "CCN Quảng Chứ"
    await register(shared, "ccn-composed", name=f"  {decomposed} ")
    site = await get(shared, "/v1/sites/ccn-composed")
    assert site["name"] == composed
    path = "/v1/sites/ccn-composed/statements"
    await post(shared, path, said("2024", values={"address": decomposed}))
    again = said("2024", values={"address": composed})
    problem = await refused(shared, "POST", path, 409, json=again)
    assert problem["type"] == "/problems/duplicate-statement"
    for q in (decomposed, composed):
        page = await get(shared, "/v1/sites", q=q)
        assert [s["id"] for s in page["items"]] == ["ccn-composed"]


@on_both_databases
async def test_no_zero_is_less_than_none(shared: httpx.AsyncClient) -> None:
    await register(shared, "ccn-zero")
    path = "/v1/sites/ccn-zero/statements"
    content = '{"source_id": "article", "effective_from": "2024", "values": {"leased_ha": -0.0}}'
    response = await shared.post(path, content=content, headers=JSON)
    assert response.status_code == 201
    assert "-0" not in response.text.partition('"values"')[2]
    # It is the statement that nothing is leased, said once.
    body = said("2024", values={"leased_ha": 0})
    await refused(shared, "POST", path, 409, json=body)


# Nothing is half-written


@on_both_databases
async def test_after_all_refusals_revisions_have_no_gaps(shared: httpx.AsyncClient) -> None:
    latest = await latest_revision(shared)
    found = await read(shared, "/v1/revisions?limit=1000")
    assert [r["number"] for r in found["items"]] == list(range(latest, 0, -1))
