"""Problem documents in the language of the client, from catalogues of messages."""

from pathlib import Path

import httpx
import pytest

from app.cli import program
from app.cli.documents import POT, messages_template
from app.core.messages import TEMPLATES, parameters_of
from app.http.languages import CATALOGUES, read_catalogues

# A message is known once the module that declares it is loaded: those of all commands are.
program()

CATALOGUE = """
msgid "title.no-such-path"
msgstr "Nincs ilyen út"

msgid "http.no-such-path"
msgstr "Itt nincs semmi; lásd: /docs."

msgid "title.bad-body"
msgstr "A törzs nem felel meg"

msgid "fault-at"
msgstr "{place} → {fault}"

msgid "body.required"
msgstr "kötelező."

msgid "body.one-of"
msgstr "válasszon: {expected}"

msgid "title.bad-parameter"
msgstr ""
"""


@pytest.fixture
def _hungarian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hu").mkdir()
    (tmp_path / "hu" / "messages.po").write_text(CATALOGUE, encoding="utf-8")
    for module in ("languages", "problems"):
        monkeypatch.setattr(f"app.http.{module}.CATALOGUES", read_catalogues(tmp_path))


@pytest.mark.parametrize(
    ("accepted", "is_hungarian"),
    [
        ("hu", True),
        ("hu-HU,hu;q=0.9,en;q=0.5", True),
        ("fr, HU;q=0.2", True),
        ("en, hu;q=0.9", False),
        ("en-GB, hu;q=0.9", False),
        ("hu;q=0, en", False),
        ("hu;q=0", False),
        ("*", False),
        ("fr", False),
        ("", False),
    ],
)
@pytest.mark.usefixtures("_hungarian")
async def test_the_language_is_the_one_that_the_client_prefers(
    seeded_client: httpx.AsyncClient, accepted: str, is_hungarian: bool
) -> None:
    response = await seeded_client.get("/nowhere", headers={"Accept-Language": accepted})
    problem = response.json()
    title = "Nincs ilyen út" if is_hungarian else "No such path"
    assert (problem["title"], problem["type"]) == (title, "/problems/no-such-path")
    assert response.headers["content-language"] == ("hu" if is_hungarian else "en")
    assert "accept-language" in response.headers["vary"].lower()


@pytest.mark.usefixtures("_hungarian")
async def test_faults_are_in_the_language_and_what_it_lacks_in_english(
    seeded_client: httpx.AsyncClient,
) -> None:
    response = await seeded_client.post(
        "/v1/sources", json={"id": "x", "kind": "rumour"}, headers={"Accept-Language": "hu"}
    )
    problem = response.json()
    details = {error["pointer"]: error["detail"] for error in problem["errors"]}
    assert problem["title"] == "A törzs nem felel meg"
    assert details["#/title"] == "kötelező."
    assert details["#/kind"].startswith("válasszon: law, ")
    assert problem["detail"].startswith(f"#/kind → {details['#/kind']} #/title → kötelező.")


def test_the_template_of_the_catalogues_is_up_to_date() -> None:
    """Otherwise: ``icr messages``."""
    of_service = {name: one for name, one in TEMPLATES.items() if not name.startswith("test-")}
    assert POT.read_bytes() == messages_template(of_service)


def test_every_message_is_translated_with_its_parameters() -> None:
    """Otherwise: ``icr messages``, and translate what app/locale/vi/messages.po then lacks."""
    of_service = {name: one for name, one in TEMPLATES.items() if not name.startswith("test-")}
    translated = {name: parameters_of(text) for name, text in CATALOGUES["vi"].items()}
    assert translated == {name: one.parameters for name, one in of_service.items()}


def test_a_translation_is_not_the_english_text() -> None:
    same = {name for name, text in CATALOGUES["vi"].items() if text == TEMPLATES[name].english}
    only_parameters = {"fault-at", "page.plain.fault-at", "page.plain.entry.bulk-refused"}
    assert same == {*only_parameters, "sentence", "sentences", "upkeep.not-ready"}
