"""Pages for tests: which there are, and how they are read."""

from html.parser import HTMLParser
from typing import Any

import httpx

PAGES = (
    "/",
    "/search?q=img",
    "/map",
    "/provinces/19",
    "/provinces/06",
    "/provinces/06?from=2021-01-01&to=2024-12-31",
    "/country",
    "/sites",
    "/sites?q=img&sort=-area_ha",
    "/sites/hostile",
    "/sites/hostile?as_of=2020-06-30",
    "/projects",
    "/projects?q=img",
    "/projects/hostile",
    "/organizations",
    "/sources",
    "/revisions/11",
    "/organizations/hostile",
    "/sources/hostile",
    "/values?attribute=area_ha",
    "/statements/11-1",
    "/findings",
    "/findings?province_code=06",
    "/changes",
    "/compare",
    "/compare?province_code=06&as_of=2024-12-31&other_as_of=2020-12-31",
)
"""The path of each page, in the register that ``prepare_hostile`` makes; add new pages."""
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
"""What browsers send."""


# An option and the title of a page have no elements within.
_SETS_APART = {"bdi", "option", "title", "script"}


class Reader(HTMLParser):
    """Reads a page: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.beside_bdi: list[str] = []
        """Texts in the page that no ``bdi`` sets apart."""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element; the text of a cell is apart from that of the one before."""
        if tag in {"td", "th", "dt", "dd", "li", "option"}:
            self.text += " "
        self.elements.append((tag, dict(attrs)))
        if tag in _SETS_APART:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note what ends."""
        if tag in _SETS_APART:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data
        if not self._open:
            self.beside_bdi.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        """Return where the page leads to."""
        return [str(a["href"]) for a in self.of("a")]


async def look(
    client: httpx.AsyncClient, path: str, status: int = 200, languages: str = "en", cookie: str = ""
) -> Reader:
    """Read a page as a browser does."""
    headers = HTML | {"accept-language": languages} | ({"cookie": cookie} if cookie else {})
    answer = await client.get(path, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Reader(answer.text)


def words(page: Reader) -> str:
    """Return the text of a page with single spaces."""
    return " ".join(page.text.split())


def with_query(path: str, query: str) -> str:
    """Return an address with a further parameter."""
    return f"{path}{'&' if '?' in path else '?'}{query}"


def attribute(page: Reader, tag: str, name: str) -> Any:
    """Return an attribute of the only element of a name."""
    (found,) = page.of(tag)
    return found[name]
