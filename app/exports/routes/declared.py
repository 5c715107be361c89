"""How a table becomes operations: one file of it in each format that can hold it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from app.core.query_parameters import TimeQuery
from app.core.vocabulary import Boundaries, Language
from app.exports.chunks import DatesQuery
from app.exports.formats import LICENSED, AnyFormat, file_headers, licensed
from app.exports.tables import ABOUT, About, Table
from app.http.reading import AnyReading, ProvinceCode, Reading, reads
from app.http.responses import file_of
from app.ledger.snapshots import Note


@dataclass(frozen=True, slots=True)
class Export:
    """A table that there are files of, and its words in the OpenAPI document.

    ``read`` returns the table of a reading of ``query``, and of a province where the path names
    one. A table that is not ``streamed`` is small, and read before it is sent. One that
    ``is_dated`` may be of several dates. Texts have {words} of each format; ``answers`` and
    ``notes`` are those of single formats, by extension: instead of ``answer``, after ``text``.
    """

    path: str
    name: str
    summary: str
    text: str
    answer: str
    query: type[BaseModel]
    read: Callable[..., Awaitable[Table]]
    streamed: bool = False
    is_dated: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def add(self, router: APIRouter, of: AnyFormat) -> None:
        """Add the operation that exports the table in a format."""
        note = self.notes.get(of.extension)
        text = self.text.format(shape=of.shape)
        answer = self.answers.get(of.extension) or self.answer.format(contents=of.contents)
        router.add_api_route(
            f"{self.path}.{of.extension}",
            self._operation(of),
            name=f"export_{self.name}_{of.extension}",
            summary=f"Export {self.summary} as {of.label}",
            description=f"{text}\n\n{note}" if note else text,
            response_class=Response,
            responses=file_of(of.media_type, answer, LICENSED),
        )

    def _operation(self, of: AnyFormat) -> Callable[..., Awaitable[Response]]:
        dates = (DatesQuery,) if self.is_dated and not of.needs_places else ()
        reading = reads(of.query(self.query, *dates), heavy=True, streamed=self.streamed)

        async def export(read: Annotated[Reading[Any], reading]) -> Response:
            return await self._sent(of, await self.read(read), read)

        async def export_province(
            code: ProvinceCode, read: Annotated[Reading[Any], reading]
        ) -> Response:
            return await self._sent(of, await self.read(read, code), read)

        return export_province if "{code}" in self.path else export

    async def _sent(self, of: AnyFormat, table: Table, read: AnyReading) -> Response:
        licence = read.licence
        table = replace(table, about=replace(table.about, licence=licence))
        named = file_headers(of, f"{table.name}-{table.about.moment}")
        headers = named | licensed(licence) | read.headers
        parts = of.write(table, read.query)
        if self.streamed:
            return StreamingResponse(parts, headers=headers)
        return Response(b"".join([part async for part in parts]), headers=headers)


def about_of(read: AnyReading, query: type[BaseModel], title: str | tuple[str, str]) -> About:
    """Return the metadata of an export: its filters and its point in time."""
    filters = read.query.model_dump(
        mode="json",
        include=query.model_fields.keys() - {*TimeQuery.model_fields, "boundaries"},
        exclude_defaults=True,
        by_alias=True,
    )
    words = ABOUT[title] if isinstance(title, str) else title
    boundaries: Boundaries | None = getattr(read.query, "boundaries", None)
    return About(words, read.at, boundaries and boundaries.value, filters)


def noted(read: AnyReading, note: Note | None) -> dict[str, str]:
    """Return why a report is for another day than today, in its language."""
    if note is None:
        return {}
    is_vietnamese = getattr(read.query, "lang", None) is Language.vi
    return {"as_of": note.vi if is_vietnamese else note.en}
