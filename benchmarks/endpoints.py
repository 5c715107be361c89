"""What is measured: the requests of each endpoint, and what its answers must look like."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from benchmarks.building import Built
from benchmarks.load import get_request, post_request
from benchmarks.serving import get, tag_of

PAST_DAY = "2020-06-30"
_SAMPLE = 500
"""So many sites and provinces are requested in turn, so that no single row is always at hand."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is requested, in turn, and the ratios to reach."""

    name: str
    shown: str
    paths: Sequence[str]
    cold: Mapping[str, float] = field(default_factory=dict)
    """By database, where each answer is made anew."""
    hot: Mapping[str, float] = field(default_factory=dict)
    """By database, where the same is requested again."""
    items: int | None = None
    """How many items an answer must have."""

    is_page: bool = False
    """Whether it is looked at by people: HTML."""
    known: str | None = None
    """The tag of the answer, where it is only asked whether that is still the one."""

    def requests(self) -> list[str]:
        """Return the requests as HTTP text."""
        return [get_request(path, self.known) for path in self.paths]

    def check(self, port: int) -> int:
        """Send one request and return the length of the answer.

        ``RuntimeError`` unless that is the full one to be measured.
        """
        status, body = get(port, self.paths[0])
        answer: Any = {} if self.is_page else json.loads(body)
        items = None if self.items is None else len(answer["items"])
        if status != 200 or items != self.items:
            raise RuntimeError(f"{self.paths[0]} answers {status} with {items} items")
        return len(body)


def revalidated(port: int, limit: int) -> Endpoint:
    """Return the endpoint of a list that the client has: it is answered with 304.

    Its revision is named, since others are recorded meanwhile.
    """
    shown = f"/v1/sites?limit={limit}"
    path = f"{shown}&revision={json.loads(get(port, shown)[1])['revision']}"
    known = tag_of(port, path)
    return Endpoint(f"list of {limit}, 304", f"GET {shown}, If-None-Match", [path], known=known)


def endpoints(sites: Sequence[str], provinces: Sequence[str], limit: int) -> list[Endpoint]:
    """Return the endpoints that read; ``provinces`` are codes of today."""
    sampled = Random(1).sample(sites, min(_SAMPLE, len(sites)))
    page = f"/v1/sites?limit={limit}"
    return [
        Endpoint(
            "one site",
            "GET /v1/sites/{id}",
            [f"/v1/sites/{site}" for site in sampled],
            cold={"sqlite": 0.30, "postgresql": 0.25},
            hot={"sqlite": 0.9, "postgresql": 0.7},
        ),
        Endpoint(
            f"list of {limit}",
            f"GET {page}",
            [page],
            cold={"sqlite": 0.15, "postgresql": 0.15},
            hot={"sqlite": 0.9, "postgresql": 0.7},
            items=limit,
        ),
        Endpoint(
            f"list of {limit} as of a past date",
            f"GET {page}&as_of={PAST_DAY}",
            [f"{page}&as_of={PAST_DAY}"],
            items=limit,
        ),
        Endpoint(
            f"list of {limit} of one province",
            f"GET {page}&province_code={{code}}",
            [f"{page}&province_code={code}" for code in provinces],
        ),
        Endpoint(
            f"list of {limit} by words of the name",
            f"GET {page}&q=quang+ph",
            [f"{page}&q=quang+ph"],
            cold={"sqlite": 0.15, "postgresql": 0.12},
            hot={"sqlite": 0.9, "postgresql": 0.7},
        ),
        Endpoint(
            "history of one site",
            "GET /v1/sites/{id}/statements",
            [f"/v1/sites/{site}/statements" for site in sampled],
        ),
        Endpoint(
            "rollup of one province",
            "GET /v1/provinces/{code}/rollup",
            [f"/v1/provinces/{code}/rollup" for code in provinces],
            cold={"sqlite": 0.10, "postgresql": 0.10},
            hot={"sqlite": 0.9, "postgresql": 0.7},
        ),
        Endpoint(
            "rollup of all provinces",
            "GET /v1/rollups?group_by=province_code",
            ["/v1/rollups?group_by=province_code"],
            hot={"sqlite": 0.8, "postgresql": 0.6},
        ),
    ]


def pages(sites: Sequence[str], provinces: Sequence[str]) -> list[Endpoint]:
    """Return the pages that are looked at most: what they cost again, of the same bytes."""
    hot = {"sqlite": 0.8, "postgresql": 0.6}
    return [
        Endpoint("page: overview", "GET /", ["/"], hot=hot, is_page=True),
        Endpoint(
            "page: a province",
            "GET /provinces/{code}",
            [f"/provinces/{code}" for code in provinces],
            hot=hot,
            is_page=True,
        ),
        Endpoint(
            "page: a site",
            "GET /sites/{id}",
            [f"/sites/{site}" for site in sites[:_SAMPLE]],
            hot=hot,
            is_page=True,
        ),
    ]


def appending(built: Built, start: int = 0) -> Iterator[str]:
    """Yield requests that append one statement to one site after another, all different.

    Each gives the number of households affected from a day on: a fact that no rule holds against
    other facts, in the middle of a site's history as often as at its end.
    """
    random = Random(start)
    for number in count(start):
        site = built.sites[number % len(built.sites)]
        yield statement_request(built, site, f"{random.randint(2018, 2025)}-03-31", number)


def statement_request(built: Built, site: str, effective_from: str, number: int) -> str:
    """Return the request that appends one statement, made unlike any other by its number."""
    body = {
        "source_id": built.source_id,
        "effective_from": effective_from,
        "locator": f"benchmark {number}",
        "values": {"affected_households": number % 5000},
    }
    return post_request(f"/v1/sites/{site}/statements", built.key, body)
