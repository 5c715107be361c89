"""The pages of sites and projects."""

from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.errors import WithdrawnError
from app.core.vocabulary import SubjectType
from app.http.reading import Reading
from app.http.service import service_of
from app.ledger.snapshots import Snapshot
from app.pages.addresses import address
from app.pages.linked_data import data_block, place
from app.pages.pages import SHEETS, Figures, File, files_of, moment, page_router, pinned, shown
from app.pages.speech import speech_of
from app.pages.subject_pages import read_statements, read_subject
from app.pages.values import members_of
from app.pages.views import Key, View, looks_at

router = page_router()
AView = Annotated[Reading[View], looks_at(heavy=True)]
_GONE = 410


@router.get("/sites/{site_id}")
async def show_site(site_id: Key, read: AView) -> HTMLResponse:
    """Show a site: its state, its history, and who said what of it."""
    return await _show(SubjectType.site, site_id, read)


@router.get("/projects/{project_id}")
async def show_project(project_id: Key, read: AView) -> HTMLResponse:
    """Show a project in the same way."""
    return await _show(SubjectType.project, project_id, read)


async def _show(what: SubjectType, key: str, read: Reading[View]) -> HTMLResponse:
    speech = speech_of(read.request)
    root = service_of(read.request).settings.root

    async def figures(snapshot: Snapshot) -> Figures:
        found = await read_subject(
            read.judges_at(snapshot.at.revision), what, key, snapshot, speech
        )
        about = place(f"{root}/sites/{key}", members_of(found["state"]))
        linked = data_block(about) if what is SubjectType.site else ""
        return {**found, "linked_data": linked, "is_past": snapshot.at.day < read.today}

    try:
        return await shown(read, "subject.html", figures, files=_files(what, key, read))
    except WithdrawnError as error:
        return await _show_withdrawn(what, key, read, error)


async def _show_withdrawn(
    what: SubjectType, key: str, read: Reading[View], error: WithdrawnError
) -> HTMLResponse:
    speech = speech_of(read.request)

    async def figures(snapshot: Snapshot) -> Figures:
        said = await read_statements(read.connection, what, key, snapshot, speech, is_gone=True)
        last = int(str(error.members["withdrawn_in"])) - 1
        detail = error.detail.render(speech.catalogue)
        return {"key": key, "detail": detail, "last": last, "statements": said}

    page = await shown(read, "withdrawn.html", figures)
    page.status_code = _GONE
    return page


def _files(what: SubjectType, key: str, read: Reading[View]) -> list[File]:
    path, revision = f"/v1/{what}s", read.at.revision
    maps = ["geojson"] if what is SubjectType.site else []
    # Words of an id find what has it.
    said = {"subject_type": what.value, "subject_id": key, **moment(read.at)}
    at_revision = address(f"{path}/{key}/timeline", {"revision": revision})
    return [
        File("JSON", pinned(f"{path}/{key}", read.at), "state"),
        *(
            File(name.upper(), pinned(f"{path}.{name}", read.at, q=key), "state")
            for name in ("csv", "xlsx", *maps)
        ),
        File("JSON", at_revision, "timeline"),
        File("JSON", pinned(f"{path}/{key}/provenance", read.at), "provenance"),
        File("JSON", pinned(f"{path}/{key}/statements", read.at), "statements"),
        *files_of("/v1/statements", said, "statements", SHEETS),
    ]
