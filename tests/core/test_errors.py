"""The guide to problems has all of them, and no other."""

import re
from collections.abc import Iterator

from app.core import errors
from app.http.problems import HttpError
from tests.support.registers import SEEDS

# Told by the server itself, before there is a request (app/cli/server.py).
OF_THE_SERVER = {
    ("bad-request", 400),
    ("long-head", 431),
    ("transfer-coding", 501),
    ("http-version", 505),
}


def kinds(of: type[errors.RegistryError]) -> Iterator[tuple[str, int]]:
    yield of.type, of.status
    for narrower in of.__subclasses__():
        yield from kinds(narrower)


def test_the_guide_names_every_problem_with_its_status() -> None:
    text = (SEEDS.parent / "docs" / "problems.md").read_text(encoding="utf-8")
    told = re.findall(
        r"^\| `/problems/([a-z-]+)` \| ([0-9]{3}) \| .+ \| .+ \|$", text, re.MULTILINE
    )
    wanted = {*kinds(errors.RegistryError), *OF_THE_SERVER} - {(HttpError.type, HttpError.status)}
    assert {(kind, int(status)) for kind, status in told} == wanted
    assert len(told) == len(wanted)
